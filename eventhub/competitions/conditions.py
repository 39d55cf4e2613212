"""The conditions of a group: its rules as data, settled, and what each says in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_date

from eventhub.competitions.enums import PersonalField
from eventhub.competitions.models import Group
from eventhub.domain.eligibility import (
    CompanyRule,
    CompanyRuleKind,
    Rule,
    RuleKind,
    Who,
    read_rule,
    write_share,
)
from eventhub.i18n import LazyString, _, join_words, lazy

# what the organiser chooses from, in this order
RULE_KIND_LABELS: dict[RuleKind, LazyString] = {
    RuleKind.STATEMENT: lazy("由负责人声明的条件"),
    RuleKind.NOTICE: lazy("只作告知，不需确认"),
    RuleKind.BORN_ON_OR_AFTER: lazy("出生日期不早于某日"),
    RuleKind.AGE_MIN: lazy("年满若干周岁"),
    RuleKind.STATUS_ON: lazy("某日具有学籍"),
    RuleKind.DEGREE_IN: lazy("学历层次"),
    RuleKind.GRADUATED_WITHIN: lazy("在校或毕业若干年以内"),
    RuleKind.ONE_PROJECT: lazy("每名学生只参加一个项目"),
    RuleKind.SCHOOL_OF_RECORD: lazy("以负责人学校为参赛学校"),
    RuleKind.CROSS_SCHOOL: lazy("能否跨校组队"),
    RuleKind.COMPANY_NONE_BEFORE: lazy("某日之前未注册公司"),
    RuleKind.COMPANY_BEFORE: lazy("某日之前已注册公司"),
    RuleKind.COMPANY_ON_OR_AFTER: lazy("某日及以后注册公司"),
    RuleKind.CAPTAIN_IS_LEGAL_REPRESENTATIVE: lazy("负责人是法定代表人"),
    RuleKind.LEGAL_REPRESENTATIVE_IS_MEMBER: lazy("法定代表人是团队成员"),
    RuleKind.LEGAL_REP_SHARE_MIN: lazy("法定代表人持股下限"),
    RuleKind.TEAM_SHARE_MIN: lazy("团队合计持股下限"),
    RuleKind.NO_EARLIER_AWARD: lazy("往届获奖项目不得参赛"),
    RuleKind.NO_TEACHER_MEMBER: lazy("教师不得作为成员"),
    RuleKind.INTEGRITY: lazy("诚信要求"),
    RuleKind.TEAM_SIZE: lazy("团队人数（取自本组的人数设置）"),
    RuleKind.ADVISER_COUNT: lazy("指导教师人数（取自本组的人数设置）"),
    RuleKind.MEMBERS_CONFIRMED: lazy("成员本人确认"),
}
WHO_LABELS: dict[Who, LazyString] = {
    Who.ALL: lazy("每名成员"),
    Who.CAPTAIN: lazy("负责人"),
    Who.HIGHEST: lazy("学历最高的成员"),
}
DEGREE_NAMES: dict[str, LazyString] = {
    "high_school": lazy("高中"),
    "vocational": lazy("专科（高职）"),
    "bachelor": lazy("本科"),
    "master": lazy("硕士研究生"),
    "doctor": lazy("博士研究生"),
}
# these rules take their day from the group unless they name one
_GROUP_COMPANY = {RuleKind.COMPANY_NONE_BEFORE, RuleKind.COMPANY_BEFORE}
_SIZES = {RuleKind.TEAM_SIZE, RuleKind.ADVISER_COUNT}
# what a member fills in decides these, once the competition asks for it
_SETTLED_BY = {PersonalField.BORN_ON: {RuleKind.BORN_ON_OR_AFTER, RuleKind.AGE_MIN}}


def read_rules(rules: dict[str, Any]) -> list[Rule]:
    """The rules that a competition or a group stores, as they stand there."""
    return [read_rule(line) for line in rules.get("rules", ())]


def list_rules(group: Group) -> list[Rule]:
    """What holds in a group: the competition's rules, then its own, with their parameters.

    A rule of the group replaces the competition's of the same key. What the group's numbers and
    days say without words of their own is listed as well; a rule whose day was taken out of the
    group is not.
    """
    own = read_rules(group.rules)
    keys = {rule.key for rule in own}
    common = [r for r in read_rules(group.competition.rules) if r.key not in keys]
    rules = [*_unspoken(group, [*common, *own]), *common, *own]
    settled = [settle(rule, group) for rule in rules]
    return [rule for rule in settled if _applies(rule)]


def sentences(rules: dict[str, Any], group: Group | None) -> list[str]:
    """The rules of a competition or group for everybody to read; one without words by its kind."""
    return [
        rule.text or describe(settle(rule, group) if group else rule) for rule in read_rules(rules)
    ]


def settled_kinds(group: Group) -> frozenset[RuleKind]:
    """The kinds that facts alone decide, because this competition collects them."""
    competition = group.competition
    kinds = {RuleKind.ONE_PROJECT} if competition.is_one_project else set()
    for field, decided in _SETTLED_BY.items():
        if field.value in competition.personal_fields:
            kinds |= decided
    return frozenset(kinds)


def _unspoken(group: Group, spoken: Iterable[Rule]) -> list[Rule]:
    kinds = {rule.kind for rule in spoken}
    company = _company_of(group)
    wanted = [RuleKind.TEAM_SIZE]
    if group.adviser_min or group.adviser_max:
        wanted.append(RuleKind.ADVISER_COUNT)
    if group.competition.needs_consent:
        wanted.append(RuleKind.MEMBERS_CONFIRMED)
    if group.competition.is_one_project:
        wanted.append(RuleKind.ONE_PROJECT)
    if group.rules.get("born_on_or_after"):
        wanted.append(RuleKind.BORN_ON_OR_AFTER)
    if company is not None:
        wanted.append(company.rule_kind)
    return [Rule(kind.value, kind) for kind in wanted if kind not in kinds]


def settle(rule: Rule, group: Group) -> Rule:
    """With the parameters that stand in the group and in the event's year."""
    if rule.kind is RuleKind.TEAM_SIZE:
        return replace(rule, minimum=group.member_min, maximum=group.member_max)
    if rule.kind is RuleKind.ADVISER_COUNT:
        return replace(rule, minimum=group.adviser_min, maximum=group.adviser_max)
    if rule.kind is RuleKind.AGE_MIN:
        return replace(rule, on=_event_day(group))
    if rule.kind is RuleKind.GRADUATED_WITHIN and rule.year is None:
        return replace(rule, year=_event_day(group).year - (rule.years or 0))
    if rule.on is None and rule.year_offset is not None:
        return replace(rule, on=date(_event_day(group).year + rule.year_offset, 1, 1))
    if rule.on is None and rule.kind is RuleKind.BORN_ON_OR_AFTER:
        born = group.rules.get("born_on_or_after")
        return replace(rule, on=date.fromisoformat(born) if born else None)
    company = _company_of(group)
    if rule.on is None and company is not None and company.rule_kind is rule.kind:
        return replace(rule, on=company.on)
    return rule


def _applies(rule: Rule) -> bool:
    needs_day = rule.kind in _GROUP_COMPANY | {
        RuleKind.BORN_ON_OR_AFTER,
        RuleKind.COMPANY_ON_OR_AFTER,
    }
    return rule.on is not None or not needs_day


def _company_of(group: Group) -> CompanyRule | None:
    company = group.rules.get("company")
    if not company:
        return None
    return CompanyRule(CompanyRuleKind(company["kind"]), date.fromisoformat(company["on"]))


def _event_day(group: Group) -> date:
    event = group.competition.event
    return event.starts_at.astimezone(ZoneInfo(event.timezone)).date()


# --- in words


def describe(rule: Rule) -> str:
    """What a rule asks, in one sentence by its parameters; where it has none, its own words."""
    words = _WORDS.get(rule.kind)
    return str(words(rule) if words else rule.text) or str(RULE_KIND_LABELS[rule.kind])


def _day(on: date | None) -> object:
    return format_date(on, "long") if on else _("（日期未填）")


def _size(rule: Rule) -> object:
    if rule.maximum is None:
        return _("团队至少 %(least)s 人（含负责人）", least=rule.minimum)
    if rule.minimum == rule.maximum:
        return _("团队 %(count)s 人（含负责人）", count=rule.minimum)
    return _("团队 %(least)s–%(most)s 人（含负责人）", least=rule.minimum, most=rule.maximum)


def _advisers(rule: Rule) -> object:
    if rule.maximum is None:
        return _("指导教师至少 %(least)s 名", least=rule.minimum)
    if rule.maximum == 0:
        return _("不设指导教师")
    if rule.minimum == rule.maximum:
        return _("指导教师 %(count)s 名", count=rule.minimum)
    return _("指导教师 %(least)s–%(most)s 名", least=rule.minimum, most=rule.maximum)


def _born(rule: Rule) -> object:
    return _("成员均在 %(date)s 及以后出生", date=_day(rule.on))


def _age(rule: Rule) -> object:
    return _("成员在活动当天均年满 %(years)s 周岁", years=rule.years)


def _status(rule: Rule) -> object:
    if rule.on is None:
        if rule.who is Who.CAPTAIN:
            return _("负责人具有学籍")
        return _("成员均具有学籍")
    if rule.who is Who.CAPTAIN:
        return _("负责人在 %(date)s 具有学籍", date=_day(rule.on))
    return _("成员在 %(date)s 均具有学籍", date=_day(rule.on))


def _degree(rule: Rule) -> object:
    names = join_words(str(name) for key, name in DEGREE_NAMES.items() if key in rule.degrees)
    if rule.who is Who.HIGHEST:
        return _("成员的最高学历层次为%(degrees)s", degrees=names)
    if rule.who is Who.CAPTAIN:
        return _("负责人的学历层次为%(degrees)s", degrees=names)
    return _("成员的学历层次均为%(degrees)s", degrees=names)


def _graduated(rule: Rule) -> object:
    if rule.year is None:
        if rule.who is Who.CAPTAIN:
            return _("负责人在校，或毕业 %(years)s 年以内", years=rule.years)
        return _("成员均在校，或毕业 %(years)s 年以内", years=rule.years)
    if rule.who is Who.CAPTAIN:
        return _("负责人在校，或在 %(year)s 年及以后毕业", year=rule.year)
    return _("成员均在校，或在 %(year)s 年及以后毕业", year=rule.year)


def _cross(rule: Rule) -> object:
    return _("可以跨校组队") if rule.is_allowed else _("成员均来自负责人的学校")


_WORDS: dict[RuleKind, Callable[[Rule], object]] = {
    RuleKind.TEAM_SIZE: _size,
    RuleKind.ADVISER_COUNT: _advisers,
    RuleKind.MEMBERS_CONFIRMED: lambda _rule: _("每名成员本人已确认参赛"),
    RuleKind.BORN_ON_OR_AFTER: _born,
    RuleKind.AGE_MIN: _age,
    RuleKind.STATUS_ON: _status,
    RuleKind.DEGREE_IN: _degree,
    RuleKind.GRADUATED_WITHIN: _graduated,
    RuleKind.ONE_PROJECT: lambda _rule: _("每名学生只参加一个项目"),
    RuleKind.SCHOOL_OF_RECORD: lambda _rule: _("以负责人学籍所在学校为参赛学校"),
    RuleKind.CROSS_SCHOOL: _cross,
    RuleKind.COMPANY_NONE_BEFORE: lambda r: _("%(date)s 之前未注册公司", date=_day(r.on)),
    RuleKind.COMPANY_BEFORE: lambda r: _("%(date)s 之前已注册公司", date=_day(r.on)),
    RuleKind.COMPANY_ON_OR_AFTER: lambda r: _("公司在 %(date)s 及以后注册", date=_day(r.on)),
    RuleKind.CAPTAIN_IS_LEGAL_REPRESENTATIVE: lambda _rule: _("负责人是公司的法定代表人"),
    RuleKind.LEGAL_REPRESENTATIVE_IS_MEMBER: lambda _rule: _("公司的法定代表人是团队成员"),
    RuleKind.LEGAL_REP_SHARE_MIN: lambda r: _(
        "法定代表人持股不低于 %(share)s", share=write_share(r.share) if r.share else "—"
    ),
    RuleKind.TEAM_SHARE_MIN: lambda r: _(
        "团队成员合计持股不低于 %(share)s", share=write_share(r.share) if r.share else "—"
    ),
}
