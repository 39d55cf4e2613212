"""Why a rule is not met, or what is still to be shown, in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from flask_babel import format_date

from eventhub.domain.eligibility import (
    COMPANY_KINDS,
    Check,
    CheckStatus,
    Rule,
    RuleKind,
    round_share,
)
from eventhub.i18n import _, join_clauses, join_words

CAPTAIN = 1  # the position of who leads


def anchor_of(check: Check, rule: Rule, *, is_declared: bool) -> tuple[str, str]:
    """Page and anchor where a rule can be mended; ``is_declared``: the captain's word is asked."""
    if rule.kind is RuleKind.MEMBERS_CONFIRMED:
        return ("show", "consent") if CAPTAIN in _members(check.params) else ("team", "")
    if is_declared:
        return "show", f"statement-{rule.key}"
    if rule.kind in COMPANY_KINDS:
        return "company", ""
    if rule.kind is RuleKind.ADVISER_COUNT:
        return "show", "advisers"
    if rule.kind is RuleKind.SCHOOL_OF_RECORD:
        return "show", "university_id"
    return "show", "members"


def note_of(check: Check) -> str:
    """What is wrong with a rule, or what is missing to tell; a rule that is met needs no note."""
    rule, params = check.rule, check.params
    if rule is None or check.status is CheckStatus.MET:
        return ""
    if params.get("reason") == "not_declared":
        return str(_("负责人还没有确认"))
    if rule.kind in COMPANY_KINDS:
        return str(_of_company(check, rule))
    words = _UNMET if check.status is CheckStatus.UNMET else _NEEDED
    say = words.get(rule.kind)
    return str(say(params)) if say else ""


def positions(params: Mapping[str, object]) -> str:
    """2、3: which members, as the list counts them."""
    return join_words(_members(params))


def _members(params: Mapping[str, object]) -> list[int]:
    found = params["positions"]
    assert isinstance(found, list)
    return found


def _counted(params: Mapping[str, object]) -> object:
    if params["missing_count"]:
        return _("还差 %(count)s 人", count=params["missing_count"])
    return _("超出 %(count)s 人", count=params["excess_count"])


def _unconfirmed(params: Mapping[str, object]) -> object:
    """The captain agrees on the page itself, the others by their invitations."""
    others = [at for at in _members(params) if at != CAPTAIN]
    notes = []
    if CAPTAIN in _members(params):
        notes.append(_("负责人本人还没有同意个人信息处理说明"))
    if others:
        notes.append(
            _(
                "第 %(positions)s 位成员还没有确认，请发送邀请链接",
                positions=join_words(others),
            )
        )
    return join_clauses(notes)


_UNMET: dict[RuleKind, Callable[[Mapping[str, object]], object]] = {
    RuleKind.TEAM_SIZE: _counted,
    RuleKind.ADVISER_COUNT: _counted,
    RuleKind.MEMBERS_CONFIRMED: _unconfirmed,
    RuleKind.BORN_ON_OR_AFTER: lambda p: _(
        "第 %(positions)s 位成员的出生日期早于规定", positions=positions(p)
    ),
    RuleKind.AGE_MIN: lambda p: _("第 %(positions)s 位成员未满规定年龄", positions=positions(p)),
    RuleKind.STATUS_ON: lambda p: _(
        "第 %(positions)s 位成员表示当日没有学籍", positions=positions(p)
    ),
    RuleKind.DEGREE_IN: lambda p: (
        _("第 %(positions)s 位成员的学历层次不符", positions=positions(p))
        if p["positions"]
        else _("没有成员属于这一学历层次")
    ),
    RuleKind.GRADUATED_WITHIN: lambda p: _(
        "第 %(positions)s 位成员的毕业年份早于规定", positions=positions(p)
    ),
    RuleKind.ONE_PROJECT: lambda p: _(
        "第 %(positions)s 位成员已在本届另一个项目中", positions=positions(p)
    ),
    RuleKind.SCHOOL_OF_RECORD: lambda _p: _("请选择参赛学校"),
    RuleKind.CROSS_SCHOOL: lambda p: _(
        "第 %(positions)s 位成员来自其他学校", positions=positions(p)
    ),
}


def _members_fill_in(words: Callable[[str], object]) -> Callable[[Mapping[str, object]], object]:
    def say(params: Mapping[str, object]) -> object:
        return words(positions(params)) if params["positions"] else _("先填写团队成员")

    return say


_NEEDED: dict[RuleKind, Callable[[Mapping[str, object]], object]] = {
    RuleKind.BORN_ON_OR_AFTER: _members_fill_in(
        lambda p: _("第 %(positions)s 位成员还没有在“我的信息”中填写出生日期", positions=p)
    ),
    RuleKind.AGE_MIN: _members_fill_in(
        lambda p: _("第 %(positions)s 位成员还没有在“我的信息”中填写出生日期", positions=p)
    ),
}


def _of_company(check: Check, rule: Rule) -> object:
    reason = check.params.get("reason")
    if reason == "no_company":
        return _("这一条要求已注册公司，团队表示没有公司")
    if reason == "no_date":
        return _("请填写公司的注册日期，并准备好营业执照")
    if reason == "no_representative":
        return _("请填写法定代表人")
    if reason == "other_person":
        return _other_person(rule)
    if reason == "date":
        registered_on = check.params["registered_on"]
        assert isinstance(registered_on, date)
        return _("填写的注册日期是 %(date)s", date=format_date(registered_on, "long"))
    if reason in {"share", "not_all_listed"}:
        return _shares(check.params, is_open=reason == "not_all_listed")
    return _("请在“企业与股权”中填写")


def _other_person(rule: Rule) -> object:
    if rule.kind is RuleKind.CAPTAIN_IS_LEGAL_REPRESENTATIVE:
        return _("填写的法定代表人不是项目负责人")
    return _("填写的法定代表人不在团队成员中")


def _shares(params: Mapping[str, Any], *, is_open: bool) -> object:
    held: Fraction = params["held"]
    if is_open:
        return _(
            "目前持股 %(held)s，已列股东合计 %(total)s，请把股东列全",
            held=round_share(held),
            total=round_share(params["total"]),
        )
    return _("目前持股 %(held)s", held=round_share(held))
