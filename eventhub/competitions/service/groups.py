"""Groups: who may enter."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from eventhub.accounts.models import Person
from eventhub.competitions import queries
from eventhub.competitions.conditions import describe, read_rules
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.errors import (
    CompanyDateError,
    CompetitionFinishedError,
    RuleParameterError,
    TeamSizeError,
    TooManyRulesError,
)
from eventhub.competitions.models import NOTE_MAX, SOURCE_MAX, Competition, Group
from eventhub.competitions.service.changes import Facts, check_unchanged, stamp
from eventhub.competitions.service.competitions import get_managed, record
from eventhub.db import transaction
from eventhub.domain.eligibility import (
    CompanyRule,
    CompanyRuleKind,
    InvalidRuleError,
    Rule,
    RuleKind,
    read_rule,
    write_rule,
)
from eventhub.i18n import _

RULES_MAX = 40


def update_group(
    group_id: uuid.UUID,
    *,
    name: str,
    track_name: str,
    categories: Sequence[str],
    member_min: int,
    member_max: int,
    adviser_min: int,
    adviser_max: int,
    born_on_or_after: date | None,
    company: CompanyRule | None,
    rules: Sequence[Rule],
    by: Person,
    seen: str | None = None,
) -> Group:
    """Change a group's conditions. A rule that stays as it is keeps its source.

    A rule without a key is new. What an organiser changes is marked, and so is a rule of the
    whole competition whose number the group now sets otherwise: the group gets its own of it.
    ``seen`` is the stamp of what the form showed.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError: it is over.
        TeamSizeError: a greatest number is below its least.
        RuleParameterError: a rule says nothing, or makes no sense; ``field`` names row and cell.
        TooManyRulesError: more than a page can hold.
        ChangedMeanwhileError: somebody else changed it since ``seen``.

    """
    if member_max < member_min:
        raise TeamSizeError(field="member_max")
    if adviser_max < adviser_min:
        raise TeamSizeError(field="adviser_max")
    with transaction():
        group = queries.get_group(group_id)
        competition = _get_open(group.competition_id, by)
        before = _facts_of(group)
        check_unchanged(seen, before, _words)
        kept = _settle(rules, read_rules(group.rules))
        group.name, group.track_name = name, track_name
        group.categories = list(categories)
        group.member_min, group.member_max = member_min, member_max
        group.adviser_min, group.adviser_max = adviser_min, adviser_max
        group.rules = {
            **group.rules,
            "born_on_or_after": born_on_or_after.isoformat() if born_on_or_after else None,
            "company": {"kind": company.kind.value, "on": company.on.isoformat()}
            if company
            else None,
        }
        kept = _mark_numbers(kept, competition, _numbers(before), _numbers(_facts_of(group)))
        group.rules = {**group.rules, "rules": [write_rule(rule) for rule in kept]}
        after = _facts_of(group)
        if after != before:
            record("group_changed", competition, by, before=before, after=after)
    return group


def update_conditions(
    competition_id: uuid.UUID, *, rules: Sequence[Rule], by: Person, seen: str | None = None
) -> Competition:
    """Change the rules that hold in every group of a competition.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError: it is over.
        RuleParameterError: a rule says nothing, or makes no sense; ``field`` names row and cell.
        TooManyRulesError: more than a page can hold.
        ChangedMeanwhileError: somebody else changed them since ``seen``.

    """
    with transaction():
        competition = _get_open(competition_id, by)
        before = _rules_of(competition)
        check_unchanged(seen, before, _words)
        kept = _settle(rules, read_rules(competition.rules))
        competition.rules = {**competition.rules, "rules": [write_rule(rule) for rule in kept]}
        after = _rules_of(competition)
        if after != before:
            record("conditions_changed", competition, by, before=before, after=after)
    return competition


def group_stamp(group: Group) -> str:
    """What the page of a group shows."""
    return stamp(_facts_of(group))


def conditions_stamp(competition: Competition) -> str:
    """What the page of the common rules shows."""
    return stamp(_rules_of(competition))


def company_rule(kind: str, on: date | None) -> CompanyRule | None:
    """A rule on the day a company was registered, from what a form gives; "" is none.

    Raises:
        CompanyDateError: a rule without its day.

    """
    if not kind:
        return None
    if on is None:
        raise CompanyDateError
    return CompanyRule(CompanyRuleKind(kind), on)


def _get_open(competition_id: uuid.UUID, by: Person) -> Competition:
    competition = get_managed(competition_id, by)
    if competition.state is CompetitionState.FINISHED:
        raise CompetitionFinishedError
    return competition


def _settle(rules: Sequence[Rule], stored: Sequence[Rule]) -> list[Rule]:
    """The rules as they are stored: each with a key of its own, marked where it was changed."""
    if len(rules) > RULES_MAX:
        raise TooManyRulesError(_("最多 %(count)s 条规则。", count=RULES_MAX))
    known = {rule.key: rule for rule in stored}
    taken = set(known) | {rule.key for rule in rules}
    settled: list[Rule] = []
    seen: set[str] = set()
    for at, rule in enumerate(rules):
        before = known.get(rule.key) if rule.key not in seen else None
        if before is not None and _same(rule, before):
            settled.append(before)
        else:
            key = rule.key if before is not None else _new_key(taken)
            settled.append(_checked(replace(rule, key=key, is_changed=True), at))
        seen.add(settled[-1].key)
        taken.add(settled[-1].key)
    return settled


def _same(rule: Rule, before: Rule) -> bool:
    """Whether they are stored alike, the mark aside."""
    return write_rule(replace(rule, is_changed=False)) == write_rule(
        replace(before, is_changed=False)
    )


def _new_key(taken: set[str]) -> str:
    return next(key for n in range(1, len(taken) + 2) if (key := f"own-{n}") not in taken)


def _checked(rule: Rule, at: int) -> Rule:
    speaks_itself = rule.kind in {RuleKind.STATEMENT, RuleKind.NOTICE, RuleKind.INTEGRITY}
    if speaks_itself and not rule.text:
        raise RuleParameterError(_("请写明这一条的内容。"), field=f"rules-{at}-text")
    for name, text, limit in (("text", rule.text, NOTE_MAX), ("source", rule.source, SOURCE_MAX)):
        if len(text) > limit:
            words = _("最多 %(limit)s 字，现在有 %(count)s 字。", limit=limit, count=len(text))
            raise RuleParameterError(words, field=f"rules-{at}-{name}")
    try:
        rule.check()
    except InvalidRuleError as error:
        raise RuleParameterError(field=f"rules-{at}-{error.args[0]}") from error
    return rule


def _numbers(facts: Facts) -> dict[RuleKind, Any]:
    """What a group's own fields set, by the kind of rule that speaks of it."""
    company = facts["company"]
    numbers = {
        RuleKind.TEAM_SIZE: facts["members"],
        RuleKind.ADVISER_COUNT: facts["advisers"],
        RuleKind.BORN_ON_OR_AFTER: facts["born_on_or_after"],
    }
    if company:
        numbers[CompanyRule(CompanyRuleKind(company["kind"]), date.min).rule_kind] = company["on"]
    return numbers


def _mark_numbers(
    own: list[Rule],
    competition: Competition,
    before: dict[RuleKind, Any],
    after: dict[RuleKind, Any],
) -> list[Rule]:
    """Mark the rules whose number the group has changed in its fields."""
    moved = {kind for kind in after if kind in before and after[kind] != before[kind]}
    marked = [
        replace(rule, is_changed=True) if rule.kind in moved and rule.on is None else rule
        for rule in own
    ]
    spoken = {rule.kind for rule in own}
    common = [
        replace(rule, is_changed=True)
        for rule in read_rules(competition.rules)
        if rule.kind in moved - spoken and rule.on is None
    ]
    return [*common, *marked]


def _rules_of(competition: Competition) -> Facts:
    return {"rules": [write_rule(rule) for rule in read_rules(competition.rules)]}


def _facts_of(group: Group) -> Facts:
    return {
        "group": group.key,
        "name": group.name,
        "track_name": group.track_name,
        "categories": list(group.categories),
        "members": [group.member_min, group.member_max],
        "advisers": [group.adviser_min, group.adviser_max],
        "born_on_or_after": group.rules.get("born_on_or_after"),
        "company": group.rules.get("company"),
        "rules": [write_rule(rule) for rule in read_rules(group.rules)],
    }


def _words(before: Facts, after: Facts) -> list[str]:
    """In what two states of a page differ, for whoever is told of the other's change."""
    labels = {
        "name": _("组别名称"),
        "track_name": _("赛道"),
        "categories": _("项目类别"),
        "members": _("团队人数"),
        "advisers": _("指导教师人数"),
        "born_on_or_after": _("出生日期"),
        "company": _("公司注册要求"),
    }
    told = [
        str(words) for key, words in labels.items() if key in after and before[key] != after[key]
    ]
    old = {rule["key"]: rule for rule in before["rules"]}
    new = {rule["key"]: rule for rule in after["rules"]}
    told += [
        str(_("修改了“%(rule)s”", rule=describe(read_rule(new[key]))))
        for key in new
        if key in old and old[key] != new[key]
    ]
    told += [
        str(_("增加了“%(rule)s”", rule=describe(read_rule(new[key]))))
        for key in new
        if key not in old
    ]
    told += [
        str(_("删除了“%(rule)s”", rule=describe(read_rule(old[key]))))
        for key in old
        if key not in new
    ]
    return told
