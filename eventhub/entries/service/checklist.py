"""What an entry still lacks, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import format_date

from eventhub.competitions.queries import team_rules
from eventhub.domain import eligibility
from eventhub.domain.eligibility import (
    Check,
    CheckKey,
    CheckStatus,
    CompanyRuleKind,
    MemberFacts,
    TeamFacts,
)
from eventhub.domain.identifiers import is_mobile, normalise_mobile
from eventhub.entries.models import Entry, Member
from eventhub.entries.service.slots import DocumentSlot
from eventhub.i18n import _


@dataclass(frozen=True)
class ChecklistItem:
    """One line: ``state`` is met, missing or proof; ``anchor`` where it can be mended."""

    key: str
    state: str
    label: str
    note: str
    anchor: str


def list_checks(entry: Entry, slots: Sequence[DocumentSlot]) -> list[ChecklistItem]:
    """Every requirement of the group and how it stands; those of form only when broken."""
    names = {str(slot.requirement.id): slot.requirement.name for slot in slots}
    due = [str(s.requirement.id) for s in slots if s.is_due and s.requirement.is_required]
    rules = team_rules(entry.group, required_documents=due)
    checks = eligibility.check_team(_facts(entry, slots), rules)
    items = [
        _item(check, entry, names)
        for check in checks
        if check.status is not CheckStatus.MET or check.key not in _QUIET
    ]
    return [*items, *_reachable(entry), *_declared(entry)]


def is_complete(items: Sequence[ChecklistItem]) -> bool:
    """Nothing is missing. What needs proof is asked for in the review."""
    return all(item.state != "missing" for item in items)


def _facts(entry: Entry, slots: Sequence[DocumentSlot]) -> TeamFacts:
    return TeamFacts(
        project_name=entry.name,
        summary=entry.summary,
        category=entry.category,
        members=[
            MemberFacts(
                position=member.position,
                name=member.name,
                school=member.university.name if member.university else "",
                is_captain=member.position == 1,
                student_number=member.student_number,
                declares_age=True if entry.declared_at else None,
            )
            for member in entry.members
        ],
        adviser_names=[adviser.name for adviser in entry.advisers],
        documents=frozenset(str(s.requirement.id) for s in slots if s.files),
    )


# told only when broken: nobody needs to hear that there are no doubles
_QUIET = {
    CheckKey.MEMBER_MAX,
    CheckKey.MEMBER_ORDER,
    CheckKey.CAPTAIN,
    CheckKey.DUPLICATE_MEMBERS,
    CheckKey.ADVISER_MAX,
    CheckKey.ADVISER_DETAILS,
}
_STATES = {
    CheckStatus.MET: "met",
    CheckStatus.UNMET: "missing",
    CheckStatus.NEEDS_PROOF: "proof",
}
_ANCHORS = {
    CheckKey.PROJECT_NAME: "name",
    CheckKey.SUMMARY: "summary",
    CheckKey.CATEGORY: "category",
    CheckKey.ADVISER_MIN: "advisers",
    CheckKey.ADVISER_MAX: "advisers",
    CheckKey.ADVISER_DETAILS: "advisers",
    CheckKey.DOCUMENT: "documents",
    CheckKey.BORN_ON_OR_AFTER: "declaration",
    CheckKey.COMPANY_REGISTERED: "declaration",
}


def _item(check: Check, entry: Entry, names: Mapping[str, str]) -> ChecklistItem:
    state = _STATES[check.status]
    label, note = _WORDS[check.key](check, entry)
    key: str = check.key
    if check.key is CheckKey.DOCUMENT:
        document = str(check.params["document"])
        key = f"{key}:{document}"
        label = _("上传%(name)s", name=names[document])
    return ChecklistItem(
        key, state, label, "" if state == "met" else note, _ANCHORS.get(check.key, "members")
    )


def _positions(check: Check) -> str:
    """第 2、3 位: which members, as the list counts them."""
    found = check.params["positions"]
    assert isinstance(found, list)
    return "、".join(str(at) for at in found)


def _project_name(_check: Check, _entry: Entry) -> tuple[str, str]:
    return _("填写项目名称"), ""


def _summary(_check: Check, _entry: Entry) -> tuple[str, str]:
    return _("填写项目简介"), ""


def _category(_check: Check, _entry: Entry) -> tuple[str, str]:
    return _("选择参赛类别"), ""


def _member_min(check: Check, _entry: Entry) -> tuple[str, str]:
    return (
        _("团队至少 %(minimum)s 人（含负责人）", minimum=check.params["minimum"]),
        _("还差 %(count)s 人", count=check.params["missing_count"]),
    )


def _member_max(check: Check, _entry: Entry) -> tuple[str, str]:
    return (
        _("团队最多 %(maximum)s 人（含负责人）", maximum=check.params["maximum"]),
        _("超出 %(count)s 人", count=check.params["excess_count"]),
    )


def _member_details(check: Check, _entry: Entry) -> tuple[str, str]:
    return (
        _("每名成员都有姓名和学校"),
        _("第 %(positions)s 位成员的姓名或学校未填", positions=_positions(check)),
    )


def _member_order(_check: Check, _entry: Entry) -> tuple[str, str]:
    return _("成员顺序连续"), _("请重新保存一次成员名单")


def _captain(_check: Check, _entry: Entry) -> tuple[str, str]:
    return _("负责人排在第一位"), _("请重新保存一次成员名单")


def _duplicates(check: Check, _entry: Entry) -> tuple[str, str]:
    return (
        _("没有重复的成员"),
        _("第 %(positions)s 位成员的学校和学号相同", positions=_positions(check)),
    )


def _adviser_min(check: Check, _entry: Entry) -> tuple[str, str]:
    return (
        _("至少 %(minimum)s 名指导教师", minimum=check.params["minimum"]),
        _("还差 %(count)s 名", count=check.params["missing_count"]),
    )


def _adviser_max(check: Check, _entry: Entry) -> tuple[str, str]:
    return (
        _("最多 %(maximum)s 名指导教师", maximum=check.params["maximum"]),
        _("超出 %(count)s 名", count=check.params["excess_count"]),
    )


def _adviser_details(check: Check, _entry: Entry) -> tuple[str, str]:
    return (
        _("每名指导教师都有姓名"),
        _("第 %(positions)s 位指导教师的姓名未填", positions=_positions(check)),
    )


def _document(_check: Check, _entry: Entry) -> tuple[str, str]:
    return "", ""


def _born(check: Check, _entry: Entry) -> tuple[str, str]:
    on = check.params["on"]
    assert isinstance(on, date)
    return (
        _("成员均在 %(date)s 及以后出生", date=format_date(on, "long")),
        _("由负责人在“参赛承诺”中确认，组织者审核时核对"),
    )


def _company(check: Check, _entry: Entry) -> tuple[str, str]:
    on = check.params["on"]
    assert isinstance(on, date)
    if check.params["rule"] is CompanyRuleKind.BEFORE:
        label = _("%(date)s 之前已注册公司", date=format_date(on, "long"))
    else:
        label = _("%(date)s 之前未注册公司", date=format_date(on, "long"))
    return label, _("组织者审核时核对，请准备好证明材料")


_WORDS: dict[CheckKey, Callable[[Check, Entry], tuple[str, str]]] = {
    CheckKey.PROJECT_NAME: _project_name,
    CheckKey.SUMMARY: _summary,
    CheckKey.CATEGORY: _category,
    CheckKey.MEMBER_MIN: _member_min,
    CheckKey.MEMBER_MAX: _member_max,
    CheckKey.MEMBER_DETAILS: _member_details,
    CheckKey.MEMBER_ORDER: _member_order,
    CheckKey.CAPTAIN: _captain,
    CheckKey.DUPLICATE_MEMBERS: _duplicates,
    CheckKey.ADVISER_MIN: _adviser_min,
    CheckKey.ADVISER_MAX: _adviser_max,
    CheckKey.ADVISER_DETAILS: _adviser_details,
    CheckKey.DOCUMENT: _document,
    CheckKey.BORN_ON_OR_AFTER: _born,
    CheckKey.COMPANY_REGISTERED: _company,
}


def _reachable(entry: Entry) -> list[ChecklistItem]:
    """Each member can be told from namesakes, and what was given as mail or phone is one."""
    nameless = [m.position for m in entry.members if not _is_identified(m)]
    wrong = [m.position for m in entry.members if not _has_sound_contacts(m)]
    notes = []
    if nameless:
        notes.append(
            _(
                "第 %(positions)s 位成员的学号、邮箱、手机都未填",
                positions="、".join(map(str, nameless)),
            )
        )
    if wrong:
        notes.append(
            _(
                "第 %(positions)s 位成员的邮箱或手机格式不对",
                positions="、".join(map(str, wrong)),
            )
        )
    return [
        ChecklistItem(
            "member_contacts",
            "missing" if notes else "met",
            _("每名成员有学号、邮箱或手机之一"),
            " ".join(notes),
            "members",
        )
    ]


def _is_identified(member: Member) -> bool:
    return bool(member.student_number or member.email or member.phone)


def _has_sound_contacts(member: Member) -> bool:
    if member.phone and not is_mobile(normalise_mobile(member.phone)):
        return False
    if member.email:
        try:
            # the shape alone: reserved domains are nobody's concern here
            validate_email(member.email, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            return False
    return True


def _declared(entry: Entry) -> list[ChecklistItem]:
    state = "met" if entry.declared_at else "missing"
    return [ChecklistItem("declaration", state, _("确认参赛承诺"), "", "declaration")]


def list_conditions(entry: Entry) -> list[str]:
    """The conditions in words that no form can check: the competition's, then the group's."""
    return [*words_of(entry.competition.rules), *words_of(entry.group.rules)]


def words_of(rules: Mapping[str, Any]) -> list[str]:
    """The sentences among a competition's or group's rules."""
    return [str(line["text"]) for line in rules.get("rules", ())]
