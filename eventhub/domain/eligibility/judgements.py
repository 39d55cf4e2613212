"""How a rule stands, by what a team has entered.

Everything is decided as far as the facts go: what they already break is unmet, what no further
fact could break is met, and what lies between needs proof, or the captain's word where that
stands in.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction

from eventhub.domain.conflicts import normalise_institution, normalise_name
from eventhub.domain.eligibility.facts import DEGREES, CompanyFacts, MemberFacts, Params, TeamFacts
from eventhub.domain.eligibility.rules import (
    STATEMENT_KINDS,
    Rule,
    RuleKind,
    Who,
    is_declarable,
)


class CheckStatus(StrEnum):
    """``NEEDS_PROOF``: nothing speaks against it, but a value is missing to tell."""

    MET = "met"
    UNMET = "unmet"
    NEEDS_PROOF = "needs_proof"


Verdict = tuple[CheckStatus, Params]
MET, UNMET, NEEDS_PROOF = CheckStatus.MET, CheckStatus.UNMET, CheckStatus.NEEDS_PROOF


def judge_rule(
    rule: Rule, facts: TeamFacts, settled: frozenset[RuleKind] = frozenset()
) -> Verdict | None:
    """Tell how a rule stands, with the numbers of its sentence; a notice stands nowhere.

    Where the facts are not given and the kind is not ``settled``, the captain's tick decides.
    ``reason`` says why it is not met, in one word; ``positions`` are members' places from 1.
    """
    if rule.kind is RuleKind.NOTICE:
        return None
    if rule.kind in STATEMENT_KINDS:
        return _declared(rule, facts)
    status, params = _JUDGES[rule.kind](rule, facts)
    if status is not NEEDS_PROOF:
        return status, params
    if is_declarable(rule.kind, settled):
        return _declared(rule, facts)
    if rule.kind is RuleKind.ONE_PROJECT:
        return MET, params  # the claims of the whole edition say so
    return status, params


def _declared(rule: Rule, facts: TeamFacts) -> Verdict:
    if rule.key in facts.declared:
        return MET, {"reason": "declared"}
    return UNMET, {"reason": "not_declared"}


def _status(holds: bool) -> CheckStatus:
    return MET if holds else UNMET


# --- the team


def _team_size(rule: Rule, facts: TeamFacts) -> Verdict:
    return _counted(rule, len(facts.members))


def _adviser_count(rule: Rule, facts: TeamFacts) -> Verdict:
    return _counted(rule, len(facts.adviser_names))


def _counted(rule: Rule, count: int) -> Verdict:
    missing = max(0, rule.minimum - count)
    excess = 0 if rule.maximum is None else max(0, count - rule.maximum)
    params = {"count": count, "missing_count": missing, "excess_count": excess}
    return _status(not missing and not excess), params


def _members_confirmed(_rule: Rule, facts: TeamFacts) -> Verdict:
    open_ = [m.position for m in facts.members if not m.is_confirmed]
    return _status(not open_), {"positions": open_}


def _cross_school(rule: Rule, facts: TeamFacts) -> Verdict:
    own = next((normalise_institution(m.school) for m in facts.members if m.is_captain), "")
    others = [
        member.position
        for member in facts.members
        if member.school and own and normalise_institution(member.school) != own
    ]
    return _status(rule.is_allowed or not others), {"positions": others}


def _school_of_record(_rule: Rule, facts: TeamFacts) -> Verdict:
    return _status(any(m.is_captain and m.school.strip() for m in facts.members)), {}


def _one_project(_rule: Rule, facts: TeamFacts) -> Verdict:
    if facts.taken:
        return UNMET, {"positions": sorted(facts.taken)}
    return NEEDS_PROOF, {"positions": []}


# --- each member


def _of(rule: Rule, members: Sequence[MemberFacts]) -> list[MemberFacts]:
    return [m for m in members if rule.who is not Who.CAPTAIN or m.is_captain]


def _each(rule: Rule, facts: TeamFacts, holds: Callable[[MemberFacts], bool | None]) -> Verdict:
    """One who breaks the rule outweighs one of whom too little is known."""
    members = _of(rule, facts.members)
    found = [(member.position, holds(member)) for member in members]
    broken = [position for position, answer in found if answer is False]
    if broken:
        return UNMET, {"positions": broken}
    unknown = [position for position, answer in found if answer is None]
    if unknown or not members:
        return NEEDS_PROOF, {"positions": unknown}
    return MET, {"positions": []}


def _born_on_or_after(rule: Rule, facts: TeamFacts) -> Verdict:
    on = rule.on
    return _each(
        rule, facts, lambda m: None if m.born_on is None or on is None else m.born_on >= on
    )


def _age_min(rule: Rule, facts: TeamFacts) -> Verdict:
    """The birthday itself counts; who was born on 29 February is a year older on 1 March."""
    on, years = rule.on, rule.years or 0

    def holds(member: MemberFacts) -> bool | None:
        if member.born_on is None or on is None:
            return None
        return _birthday(member.born_on, years) <= on

    return _each(rule, facts, holds)


def _birthday(born_on: date, years: int) -> date:
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return date(born_on.year + years, 3, 1)


def _status_on(rule: Rule, facts: TeamFacts) -> Verdict:
    return _each(rule, facts, lambda member: member.is_enrolled)


def _graduated_within(rule: Rule, facts: TeamFacts) -> Verdict:
    """In school on the day that counts, or graduated in the earliest year or later."""
    earliest = rule.year

    def holds(member: MemberFacts) -> bool | None:
        if member.is_enrolled:
            return True
        if member.graduation_year is None or earliest is None:
            return None
        return member.graduation_year >= earliest

    return _each(rule, facts, holds)


def _degree_in(rule: Rule, facts: TeamFacts) -> Verdict:
    if rule.who is not Who.HIGHEST:
        return _each(rule, facts, lambda m: (m.degree in rule.degrees) if m.degree else None)
    known = [(DEGREES.index(m.degree), m) for m in facts.members if m.degree in DEGREES]
    unknown = [m.position for m in facts.members if m.degree not in DEGREES]
    highest = max((rank for rank, _member in known), default=-1)
    allowed = [DEGREES.index(degree) for degree in rule.degrees]
    if highest > max(allowed):
        return UNMET, {"positions": [m.position for rank, m in known if rank > max(allowed)]}
    if unknown or not known:
        return NEEDS_PROOF, {"positions": unknown}
    return _status(highest in allowed), {"positions": []}


# --- the company


def _company(
    facts: TeamFacts, judge: Callable[[CompanyFacts], Verdict], *, without: CheckStatus
) -> Verdict:
    """``without`` is how the rule stands for a team that has no company."""
    company = facts.company
    if company.is_registered is False:
        return without, {"reason": "no_company"}
    if company.is_registered is None and company.registered_on is None:
        return UNMET, {"reason": "not_told"}
    return judge(company)


def _registered(rule: Rule, facts: TeamFacts, *, before: bool, without: CheckStatus) -> Verdict:
    on = rule.on

    def judge(company: CompanyFacts) -> Verdict:
        params = {"on": on, "registered_on": company.registered_on}
        if company.registered_on is None or on is None:
            return NEEDS_PROOF, {**params, "reason": "no_date"}
        return _status((company.registered_on < on) is before), {**params, "reason": "date"}

    return _company(facts, judge, without=without)


def _company_none_before(rule: Rule, facts: TeamFacts) -> Verdict:
    status, params = _registered(rule, facts, before=False, without=MET)
    if params.get("reason") == "not_told":  # nothing speaks against it: most have none
        return NEEDS_PROOF, params
    return status, params


def _company_before(rule: Rule, facts: TeamFacts) -> Verdict:
    return _registered(rule, facts, before=True, without=UNMET)


def _company_on_or_after(rule: Rule, facts: TeamFacts) -> Verdict:
    return _registered(rule, facts, before=False, without=UNMET)


def _captain_represents(_rule: Rule, facts: TeamFacts) -> Verdict:
    captains = [m.name for m in facts.members if m.is_captain]
    return _represented_by(captains, facts, without=UNMET)


def _member_represents(_rule: Rule, facts: TeamFacts) -> Verdict:
    return _represented_by([m.name for m in facts.members], facts, without=MET)


def _represented_by(names: Iterable[str], facts: TeamFacts, *, without: CheckStatus) -> Verdict:
    def judge(company: CompanyFacts) -> Verdict:
        person = normalise_name(company.legal_representative)
        if not person:
            return NEEDS_PROOF, {"reason": "no_representative"}
        return _status(person in map(normalise_name, names)), {"reason": "other_person"}

    return _company(facts, judge, without=without)


def _legal_rep_share(rule: Rule, facts: TeamFacts) -> Verdict:
    def judge(company: CompanyFacts) -> Verdict:
        if not normalise_name(company.legal_representative):
            return NEEDS_PROOF, {"reason": "no_representative"}
        return _holds_share(rule, company, [company.legal_representative])

    return _company(facts, judge, without=UNMET)


def _team_share(rule: Rule, facts: TeamFacts) -> Verdict:
    names = [member.name for member in facts.members]
    return _company(facts, lambda company: _holds_share(rule, company, names), without=UNMET)


def _holds_share(rule: Rule, company: CompanyFacts, names: Iterable[str]) -> Verdict:
    """What is not listed yet could still be theirs: it needs proof until it no longer matters."""
    wanted = {normalise_name(name) for name in names} - {""}
    known = [s for s in company.shareholders if s.share is not None and s.name.strip()]
    total = sum((s.share for s in known if s.share is not None), Fraction(0))
    held = sum(
        (s.share for s in known if s.share is not None and normalise_name(s.name) in wanted),
        Fraction(0),
    )
    params = {"held": held, "total": total}
    least = rule.share or Fraction(0)
    if held >= least:
        return MET, {**params, "reason": "share"}
    if held + max(Fraction(0), 1 - total) >= least:
        return NEEDS_PROOF, {**params, "reason": "not_all_listed"}
    return UNMET, {**params, "reason": "share"}


_JUDGES: dict[RuleKind, Callable[[Rule, TeamFacts], Verdict]] = {
    RuleKind.TEAM_SIZE: _team_size,
    RuleKind.ADVISER_COUNT: _adviser_count,
    RuleKind.MEMBERS_CONFIRMED: _members_confirmed,
    RuleKind.BORN_ON_OR_AFTER: _born_on_or_after,
    RuleKind.AGE_MIN: _age_min,
    RuleKind.STATUS_ON: _status_on,
    RuleKind.DEGREE_IN: _degree_in,
    RuleKind.GRADUATED_WITHIN: _graduated_within,
    RuleKind.ONE_PROJECT: _one_project,
    RuleKind.SCHOOL_OF_RECORD: _school_of_record,
    RuleKind.CROSS_SCHOOL: _cross_school,
    RuleKind.COMPANY_NONE_BEFORE: _company_none_before,
    RuleKind.COMPANY_BEFORE: _company_before,
    RuleKind.COMPANY_ON_OR_AFTER: _company_on_or_after,
    RuleKind.CAPTAIN_IS_LEGAL_REPRESENTATIVE: _captain_represents,
    RuleKind.LEGAL_REPRESENTATIVE_IS_MEMBER: _member_represents,
    RuleKind.LEGAL_REP_SHARE_MIN: _legal_rep_share,
    RuleKind.TEAM_SHARE_MIN: _team_share,
}
