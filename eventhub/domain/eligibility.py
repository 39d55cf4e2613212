"""Whether a team's registration is complete and within the rules of its group.

The answer is a list of checks by key; what they say to people is written where they are
shown. Each check carries the numbers its sentence needs.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from eventhub.domain.conflicts import normalise_institution
from eventhub.domain.text import compact


class InvalidRulesError(ValueError):
    """No team could ever meet these rules."""


class CheckKey(StrEnum):
    """The checks, in the order they are listed, with their params.

    Positions are lists of member positions as given, counted from 1.
    """

    PROJECT_NAME = "project_name"
    SUMMARY = "summary"
    CATEGORY = "category"
    MEMBER_MIN = "member_min"  # count, minimum, missing_count
    MEMBER_MAX = "member_max"  # count, maximum, excess_count
    MEMBER_DETAILS = "member_details"  # positions without name or school
    MEMBER_ORDER = "member_order"
    CAPTAIN = "captain"  # captain_count
    DUPLICATE_MEMBERS = "duplicate_members"  # positions
    ADVISER_MIN = "adviser_min"  # count, minimum, missing_count
    ADVISER_MAX = "adviser_max"  # count, maximum, excess_count
    ADVISER_DETAILS = "adviser_details"  # positions without name
    DOCUMENT = "document"  # document: its key; one check a document
    BORN_ON_OR_AFTER = "born_on_or_after"  # on, positions (unmet or without proof)
    COMPANY_REGISTERED = "company_registered"  # rule, on, registered_on


class CheckStatus(StrEnum):
    """``NEEDS_PROOF``: nothing speaks against it, but a value is missing to tell."""

    MET = "met"
    UNMET = "unmet"
    NEEDS_PROOF = "needs_proof"


@dataclass(frozen=True, slots=True)
class Check:
    key: CheckKey
    status: CheckStatus
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A team member as entered, perhaps half filled.

    ``declares_age`` is the member's own yes or no to the age rule, for rounds that collect
    no dates of birth; a date that is given outweighs it.
    """

    position: int
    name: str
    school: str
    is_captain: bool = False
    student_number: str = ""
    born_on: date | None = None
    declares_age: bool | None = None


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """``is_registered`` is None while the team has not said; a date then says that it has."""

    is_registered: bool | None = None
    registered_on: date | None = None


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """What a team has entered. ``documents`` are the keys of those that are uploaded."""

    project_name: str
    summary: str
    category: str
    members: Sequence[MemberFacts]
    adviser_names: Sequence[str] = ()
    documents: frozenset[str] = frozenset()
    company: CompanyFacts = CompanyFacts()


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


@dataclass(frozen=True, slots=True)
class TeamRules:
    """The rules of a group. The captain counts as a member; None is no limit.

    Raises:
        InvalidRulesError: a minimum is above its maximum, or below zero.
    """

    member_min: int = 1
    member_max: int | None = None
    adviser_min: int = 0
    adviser_max: int | None = None
    required_documents: tuple[str, ...] = ()
    born_on_or_after: date | None = None
    company: CompanyRule | None = None
    needs_summary: bool = True
    needs_category: bool = True

    def __post_init__(self) -> None:
        for low, high in (
            (self.member_min, self.member_max),
            (self.adviser_min, self.adviser_max),
        ):
            if low < 0 or (high is not None and high < low):
                raise InvalidRulesError(f"no number is between {low} and {high}")


def check_team(facts: TeamFacts, rules: TeamRules) -> list[Check]:
    """Check everything that the rules ask; what they do not ask is not listed."""
    checks = [_check(CheckKey.PROJECT_NAME, _is_filled(facts.project_name))]
    if rules.needs_summary:
        checks.append(_check(CheckKey.SUMMARY, _is_filled(facts.summary)))
    if rules.needs_category:
        checks.append(_check(CheckKey.CATEGORY, _is_filled(facts.category)))
    checks += _check_count(
        len(facts.members),
        (CheckKey.MEMBER_MIN, rules.member_min),
        (CheckKey.MEMBER_MAX, rules.member_max),
    )
    checks += _check_members(facts.members)
    checks += _check_count(
        len(facts.adviser_names),
        (CheckKey.ADVISER_MIN, rules.adviser_min),
        (CheckKey.ADVISER_MAX, rules.adviser_max),
    )
    if facts.adviser_names:
        nameless = [n for n, name in enumerate(facts.adviser_names, 1) if not _is_filled(name)]
        checks.append(_check(CheckKey.ADVISER_DETAILS, not nameless, positions=nameless))
    checks += [
        _check(CheckKey.DOCUMENT, document in facts.documents, document=document)
        for document in rules.required_documents
    ]
    if rules.born_on_or_after is not None:
        checks.append(_check_ages(facts.members, rules.born_on_or_after))
    if rules.company is not None:
        checks.append(_check_company(facts.company, rules.company))
    return checks


def is_complete(checks: Iterable[Check]) -> bool:
    """Tell whether the entry may be submitted: nothing is unmet.

    What needs proof does not hold it back; the organiser's review asks for the proof.
    """
    return all(check.status is not CheckStatus.UNMET for check in checks)


def _check(key: CheckKey, holds: bool, **params: object) -> Check:
    return Check(key, CheckStatus.MET if holds else CheckStatus.UNMET, params)


def _is_filled(text: str) -> bool:
    return bool(text.strip())


def _check_count(
    count: int, low: tuple[CheckKey, int], high: tuple[CheckKey, int | None]
) -> list[Check]:
    checks = []
    key, minimum = low
    if minimum:
        missing = max(0, minimum - count)
        checks.append(_check(key, not missing, count=count, minimum=minimum, missing_count=missing))
    key, maximum = high
    if maximum is not None:
        excess = max(0, count - maximum)
        checks.append(_check(key, not excess, count=count, maximum=maximum, excess_count=excess))
    return checks


def _check_members(members: Sequence[MemberFacts]) -> list[Check]:
    unnamed = [m.position for m in members if not (_is_filled(m.name) and _is_filled(m.school))]
    positions = sorted(member.position for member in members)
    captains = [member.position for member in members if member.is_captain]
    students = [_student(member) for member in members]
    seen = Counter(students)
    doubled = [
        member.position
        for member, student in zip(members, students, strict=True)
        if student is not None and seen[student] > 1
    ]
    return [
        _check(CheckKey.MEMBER_DETAILS, not unnamed, positions=unnamed),
        _check(CheckKey.MEMBER_ORDER, positions == list(range(1, len(members) + 1))),
        _check(CheckKey.CAPTAIN, captains == [1], captain_count=len(captains)),
        _check(CheckKey.DUPLICATE_MEMBERS, not doubled, positions=doubled),
    ]


def _student(member: MemberFacts) -> tuple[str, str] | None:
    number = compact(member.student_number).casefold()
    return (normalise_institution(member.school), number) if number else None


def _check_ages(members: Sequence[MemberFacts], on: date) -> Check:
    too_old, unknown = [], []
    for member in members:
        if member.born_on is not None:
            holds: bool | None = member.born_on >= on
        else:
            holds = member.declares_age
        if holds is None:
            unknown.append(member.position)
        elif not holds:
            too_old.append(member.position)
    status = CheckStatus.MET
    if too_old:
        status = CheckStatus.UNMET
    elif unknown:
        status = CheckStatus.NEEDS_PROOF
    return Check(CheckKey.BORN_ON_OR_AFTER, status, {"on": on, "positions": too_old or unknown})


def _check_company(company: CompanyFacts, rule: CompanyRule) -> Check:
    params = {"rule": rule.kind, "on": rule.on, "registered_on": company.registered_on}
    if company.is_registered is False:
        return _check(
            CheckKey.COMPANY_REGISTERED, rule.kind is CompanyRuleKind.NONE_BEFORE, **params
        )
    if company.registered_on is None:
        return Check(CheckKey.COMPANY_REGISTERED, CheckStatus.NEEDS_PROOF, params)
    is_before = company.registered_on < rule.on
    return _check(
        CheckKey.COMPANY_REGISTERED, is_before is (rule.kind is CompanyRuleKind.BEFORE), **params
    )
