"""What is asked of an entry: that it is filled in, and that it keeps the rules of its group."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from eventhub.domain.conflicts import normalise_institution
from eventhub.domain.eligibility.facts import MemberFacts, Params, TeamFacts
from eventhub.domain.eligibility.judgements import CheckStatus, judge_rule
from eventhub.domain.eligibility.rules import Rule, TeamRules
from eventhub.domain.text import compact


class CheckKey(StrEnum):
    """The checks, in the order they are listed, with their params.

    Positions are lists of member positions as given, counted from 1.
    """

    PROJECT_NAME = "project_name"
    SUMMARY = "summary"
    CATEGORY = "category"
    MEMBER_DETAILS = "member_details"  # positions without name or school
    MEMBER_ORDER = "member_order"
    CAPTAIN = "captain"  # captain_count
    DUPLICATE_MEMBERS = "duplicate_members"  # positions
    ADVISER_DETAILS = "adviser_details"  # positions without name
    DOCUMENT = "document"  # document: its key; one check a document
    RULE = "rule"  # one check a rule, with the params of its kind


@dataclass(frozen=True, slots=True)
class Check:
    """How one thing stands. ``rule`` is what asks for it, where a rule does."""

    key: CheckKey
    status: CheckStatus
    params: Params
    rule: Rule | None = None


def check_team(facts: TeamFacts, rules: TeamRules) -> list[Check]:
    """Check everything that the rules ask; what they do not ask is not listed."""
    checks = [_check(CheckKey.PROJECT_NAME, _is_filled(facts.project_name))]
    if rules.needs_summary:
        checks.append(_check(CheckKey.SUMMARY, _is_filled(facts.summary)))
    if rules.needs_category:
        checks.append(_check(CheckKey.CATEGORY, _is_filled(facts.category)))
    checks += _check_members(facts.members)
    if facts.adviser_names:
        nameless = [n for n, name in enumerate(facts.adviser_names, 1) if not _is_filled(name)]
        checks.append(_check(CheckKey.ADVISER_DETAILS, not nameless, positions=nameless))
    checks += [
        _check(CheckKey.DOCUMENT, document in facts.documents, document=document)
        for document in rules.required_documents
    ]
    for rule in rules.rules:
        verdict = judge_rule(rule, facts, rules.settled)
        if verdict is not None:
            checks.append(Check(CheckKey.RULE, *verdict, rule=rule))
    return checks


def is_complete(checks: Iterable[Check], waived: frozenset[str] = frozenset()) -> bool:
    """Tell whether the entry may be submitted: nothing is unmet but rules that were waived.

    What needs proof does not hold it back; the organiser's review asks for the proof.
    """
    return all(
        check.status is not CheckStatus.UNMET
        or (check.rule is not None and check.rule.key in waived)
        for check in checks
    )


def _check(key: CheckKey, holds: bool, **params: object) -> Check:
    return Check(key, CheckStatus.MET if holds else CheckStatus.UNMET, params)


def _is_filled(text: str) -> bool:
    return bool(text.strip())


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
