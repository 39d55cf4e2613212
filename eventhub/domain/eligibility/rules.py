"""The rules of a competition and its groups, as data."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from eventhub.domain.eligibility.facts import DEGREES
from eventhub.domain.eligibility.shares import parse_share, write_share


class InvalidRulesError(ValueError):
    """No team could ever meet these rules."""


class InvalidRuleError(ValueError):
    """A parameter of a rule is missing or makes no sense; the argument names it."""


class RuleKind(StrEnum):
    """What a rule is about. The parameters of each are in ``PARAMS``."""

    TEAM_SIZE = "team_size"
    ADVISER_COUNT = "adviser_count"
    MEMBERS_CONFIRMED = "members_confirmed"
    BORN_ON_OR_AFTER = "born_on_or_after"
    AGE_MIN = "age_min"
    STATUS_ON = "status_on"
    DEGREE_IN = "degree_in"
    GRADUATED_WITHIN = "graduated_within"
    ONE_PROJECT = "one_project"
    SCHOOL_OF_RECORD = "school_of_record"
    CROSS_SCHOOL = "cross_school"
    COMPANY_NONE_BEFORE = "company_none_before"
    COMPANY_BEFORE = "company_before"
    COMPANY_ON_OR_AFTER = "company_on_or_after"
    CAPTAIN_IS_LEGAL_REPRESENTATIVE = "captain_is_legal_representative"
    LEGAL_REPRESENTATIVE_IS_MEMBER = "legal_representative_is_member"
    LEGAL_REP_SHARE_MIN = "legal_rep_share_min"
    TEAM_SHARE_MIN = "team_share_min"
    NO_EARLIER_AWARD = "no_earlier_award"
    NO_TEACHER_MEMBER = "no_teacher_member"
    INTEGRITY = "integrity"
    STATEMENT = "statement"
    NOTICE = "notice"


class Who(StrEnum):
    """Of whom a rule speaks. ``HIGHEST``: of the member with the highest degree."""

    ALL = "all"
    CAPTAIN = "captain"
    HIGHEST = "highest"


# only the captain's word can tell
STATEMENT_KINDS = frozenset(
    {
        RuleKind.NO_EARLIER_AWARD,
        RuleKind.NO_TEACHER_MEMBER,
        RuleKind.INTEGRITY,
        RuleKind.STATEMENT,
    }
)
# facts decide; where none were given the captain's word stands in
_DECLARABLE = frozenset(
    {
        RuleKind.BORN_ON_OR_AFTER,
        RuleKind.AGE_MIN,
        RuleKind.STATUS_ON,
        RuleKind.DEGREE_IN,
        RuleKind.GRADUATED_WITHIN,
        RuleKind.ONE_PROJECT,
        RuleKind.COMPANY_NONE_BEFORE,
    }
)
COMPANY_KINDS = frozenset(
    {
        RuleKind.COMPANY_NONE_BEFORE,
        RuleKind.COMPANY_BEFORE,
        RuleKind.COMPANY_ON_OR_AFTER,
        RuleKind.CAPTAIN_IS_LEGAL_REPRESENTATIVE,
        RuleKind.LEGAL_REPRESENTATIVE_IS_MEMBER,
        RuleKind.LEGAL_REP_SHARE_MIN,
        RuleKind.TEAM_SHARE_MIN,
    }
)
# by kind: its parameters in the order in which people fill them in
PARAMS: Mapping[RuleKind, tuple[str, ...]] = {
    RuleKind.BORN_ON_OR_AFTER: ("on",),
    RuleKind.AGE_MIN: ("years",),
    RuleKind.STATUS_ON: ("on", "who"),
    RuleKind.DEGREE_IN: ("degrees", "who"),
    RuleKind.GRADUATED_WITHIN: ("years", "year", "who"),
    RuleKind.CROSS_SCHOOL: ("is_allowed",),
    RuleKind.COMPANY_NONE_BEFORE: ("on", "year_offset"),
    RuleKind.COMPANY_BEFORE: ("on", "year_offset"),
    RuleKind.COMPANY_ON_OR_AFTER: ("on", "year_offset"),
    RuleKind.LEGAL_REP_SHARE_MIN: ("share",),
    RuleKind.TEAM_SHARE_MIN: ("share",),
}
# without these the rule says nothing; a day may also come from the group or from a year
_REQUIRED: Mapping[RuleKind, tuple[str, ...]] = {
    RuleKind.AGE_MIN: ("years",),
    RuleKind.DEGREE_IN: ("degrees",),
    RuleKind.LEGAL_REP_SHARE_MIN: ("share",),
    RuleKind.TEAM_SHARE_MIN: ("share",),
}
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its words and where they come from.

    ``is_changed``: an organiser has changed it since it was taken from its source. ``on`` is the
    day that counts; where it is the first of January of a year counted from the event's,
    ``year_offset`` says which, as -1 for the year before. ``year`` is the earliest year of
    graduation. ``minimum`` and ``maximum`` are the group's numbers.
    """

    key: str
    kind: RuleKind
    text: str = ""
    source: str = ""
    is_changed: bool = False
    on: date | None = None
    year_offset: int | None = None
    years: int | None = None
    year: int | None = None
    share: Fraction | None = None
    degrees: frozenset[str] = frozenset()
    who: Who = Who.ALL
    is_allowed: bool = True
    minimum: int = 0
    maximum: int | None = None

    def check(self) -> None:
        """Refuse parameters that make no sense.

        Raises:
            InvalidRuleError: with the parameter's name.
        """
        if not KEY.fullmatch(self.key):
            raise InvalidRuleError("key")
        for name in _REQUIRED.get(self.kind, ()):
            if not getattr(self, name):
                raise InvalidRuleError(name)
        if self.kind is RuleKind.GRADUATED_WITHIN and not (self.years or self.year):
            raise InvalidRuleError("years")
        if self.years is not None and not 1 <= self.years <= 100:
            raise InvalidRuleError("years")
        if self.year is not None and not 1950 <= self.year <= 2100:
            raise InvalidRuleError("year")
        if self.year_offset is not None and not -20 <= self.year_offset <= 0:
            raise InvalidRuleError("year_offset")
        if not self.degrees <= set(DEGREES):
            raise InvalidRuleError("degrees")
        if self.who is Who.HIGHEST and self.kind is not RuleKind.DEGREE_IN:
            raise InvalidRuleError("who")


class CompanyRuleKind(StrEnum):
    """When a company may have been registered.

    ``NONE_BEFORE`` holds for a team without a company too (创意组); ``BEFORE`` needs one (创业组).
    """

    NONE_BEFORE = "none_before"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class CompanyRule:
    """The day ``on`` itself is not before."""

    kind: CompanyRuleKind
    on: date

    @property
    def rule_kind(self) -> RuleKind:
        """The kind of rule that says the same."""
        return RuleKind(f"company_{self.kind.value}")


@dataclass(frozen=True, slots=True)
class TeamRules:
    """What a group asks: its numbers, and its rules with their parameters settled.

    The captain counts as a member; None is no limit. ``settled`` are the kinds that are decided
    by facts alone, because the competition asks for those facts: nobody's word stands in.

    Raises:
        InvalidRulesError: a minimum is above its maximum, or below zero.
    """

    member_min: int = 1
    member_max: int | None = None
    adviser_min: int = 0
    adviser_max: int | None = None
    required_documents: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    settled: frozenset[RuleKind] = frozenset()
    needs_summary: bool = True
    needs_category: bool = True

    def __post_init__(self) -> None:
        for low, high in (
            (self.member_min, self.member_max),
            (self.adviser_min, self.adviser_max),
        ):
            if low < 0 or (high is not None and high < low):
                raise InvalidRulesError(f"no number is between {low} and {high}")

    @property
    def born_on_or_after(self) -> date | None:
        """The day from which members must be born, if any."""
        return self._day(RuleKind.BORN_ON_OR_AFTER)

    @property
    def company(self) -> CompanyRule | None:
        """When a company may have been registered, if that matters."""
        for kind in CompanyRuleKind:
            if on := self._day(RuleKind(f"company_{kind.value}")):
                return CompanyRule(kind, on)
        return None

    @property
    def asks_company(self) -> bool:
        """Whether a rule looks at the team's company."""
        return any(rule.kind in COMPANY_KINDS for rule in self.rules)

    @property
    def status_day(self) -> date | None:
        """The day on which student status counts, if a rule names one."""
        return self._day(RuleKind.STATUS_ON)

    @property
    def statements(self) -> tuple[Rule, ...]:
        """The rules that the captain ticks one by one."""
        return tuple(
            rule
            for rule in self.rules
            if rule.kind in STATEMENT_KINDS or is_declarable(rule.kind, self.settled)
        )

    def _day(self, kind: RuleKind) -> date | None:
        return next((rule.on for rule in self.rules if rule.kind is kind and rule.on), None)


def is_declarable(kind: RuleKind, settled: frozenset[RuleKind] = frozenset()) -> bool:
    """Whether the captain's word stands in where the facts were not given."""
    return kind in _DECLARABLE and kind not in settled


def derive_key(text: str) -> str:
    """A key for words that have none: the same words always get the same."""
    return f"s-{hashlib.sha256(text.strip().encode()).hexdigest()[:12]}"


def read_rule(data: Mapping[str, Any]) -> Rule:
    """A rule as it is stored.

    Bare words, a kind that is not known, and parameters that cannot be read become a statement:
    what no machine can check, people declare.
    """
    text, source = str(data.get("text", "")), str(data.get("source", ""))
    key = str(data.get("key") or derive_key(text))
    bare = Rule(
        key if KEY.fullmatch(key) else derive_key(key),
        RuleKind.STATEMENT,
        text,
        source,
        bool(data.get("is_changed")),
    )
    try:
        rule = replace(bare, **_params(RuleKind(data["kind"]), data))
        rule.check()
    except (KeyError, ValueError, TypeError):
        return bare
    return rule


def _params(kind: RuleKind, data: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: data[name] for name in PARAMS.get(kind, ()) if data.get(name) is not None}
    read = {
        "on": date.fromisoformat,
        "share": parse_share,
        "degrees": frozenset,
        "who": Who,
        "is_allowed": bool,
    }
    return {"kind": kind, **{name: read.get(name, int)(value) for name, value in given.items()}}


def write_rule(rule: Rule) -> dict[str, Any]:
    """A rule as ``read_rule`` reads it."""
    data: dict[str, Any] = {
        "key": rule.key,
        "kind": rule.kind.value,
        "text": rule.text,
        "source": rule.source,
    }
    for name in PARAMS.get(rule.kind, ()):
        value = getattr(rule, name)
        if isinstance(value, date):
            data[name] = value.isoformat()
        elif isinstance(value, Fraction):
            data[name] = write_share(value)
        elif isinstance(value, frozenset):
            data[name] = sorted(value, key=DEGREES.index)
        elif value is not None:
            data[name] = value.value if isinstance(value, Who) else value
    if rule.is_changed:
        data["is_changed"] = True
    return data
