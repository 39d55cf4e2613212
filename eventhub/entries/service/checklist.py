"""What an entry still lacks, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from email_validator import EmailNotValidError, validate_email

from eventhub.competitions.conditions import describe, list_rules, read_rules
from eventhub.competitions.queries import team_rules
from eventhub.domain import eligibility
from eventhub.domain.eligibility import (
    Check,
    CheckKey,
    CheckStatus,
    MemberFacts,
    RuleKind,
    TeamFacts,
)
from eventhub.domain.identifiers import (
    get_birth_date,
    is_mobile,
    is_resident_id,
    normalise_mobile,
)
from eventhub.entries.enums import IdKind, MemberState
from eventhub.entries.models import Entry, Member
from eventhub.entries.service import answers, claims, companies, statements
from eventhub.entries.service.needs import list_without_personal
from eventhub.entries.service.rule_notes import anchor_of, note_of, positions
from eventhub.entries.service.slots import DocumentSlot
from eventhub.i18n import _, join_clauses, join_words


@dataclass(frozen=True)
class ChecklistItem:
    """One line: ``state`` is met, missing, proof or waived.

    ``page`` (an endpoint of entries) and ``anchor`` say where it can be mended. A line that
    stands for a rule has its key, its words and where they come from; ``is_changed`` by the
    organiser; ``is_declared``: the captain's word decides; ``reason`` why it was waived.
    """

    key: str
    state: str
    label: str
    note: str
    anchor: str
    page: str = "show"
    rule_key: str = ""
    text: str = ""
    source: str = ""
    is_changed: bool = False
    is_declared: bool = False
    reason: str = ""


def list_checks(entry: Entry, slots: Sequence[DocumentSlot]) -> list[ChecklistItem]:
    """Every requirement of the group and how it stands; those of form only when broken."""
    names = {str(slot.requirement.id): slot.requirement.name for slot in slots}
    due = [str(s.requirement.id) for s in slots if s.is_due and s.requirement.is_required]
    rules = team_rules(entry.group, required_documents=due)
    waived = {w.rule_key: w.reason for w in entry.waivers if w.revoked_at is None}
    checks = eligibility.check_team(facts_of(entry, slots), rules)
    items = [
        _rule_item(check, waived) if check.rule else _item(check, names)
        for check in checks
        if check.status is not CheckStatus.MET or check.key not in _QUIET
    ]
    if rules.asks_company:
        items += _company(entry)
    return [*items, *_reachable(entry), *_personal(entry), *_form(entry), *_declared(entry)]


def is_complete(items: Sequence[ChecklistItem]) -> bool:
    """Nothing is missing. What needs proof is asked for in the review."""
    return all(item.state != "missing" for item in items)


def facts_of(entry: Entry, slots: Sequence[DocumentSlot]) -> TeamFacts:
    """What the team has entered, as the rules look at it."""
    return TeamFacts(
        project_name=entry.name,
        summary=entry.summary,
        category=entry.category,
        members=[_member(member) for member in entry.members],
        adviser_names=[adviser.name for adviser in entry.advisers],
        documents=frozenset(str(s.requirement.id) for s in slots if s.files),
        company=companies.facts_of(entry.company),
        declared=statements.ticked(entry),
        taken=claims.list_taken(entry),
    )


def _member(member: Member) -> MemberFacts:
    return MemberFacts(
        position=member.position,
        name=member.name,
        school=member.university.name if member.university else "",
        is_captain=member.position == 1,
        student_number=member.student_number,
        born_on=_born_on(member),
        degree=member.degree.value if member.degree else "",
        is_enrolled=member.is_enrolled,
        graduation_year=member.graduation_year,
        is_confirmed=member.state is MemberState.CONFIRMED,
    )


def _born_on(member: Member) -> date | None:
    """As they gave it, else as their resident identity card says."""
    number = member.id_number if member.id_kind is IdKind.RESIDENT else None
    if member.birthday is None and number and is_resident_id(number):
        return get_birth_date(number)
    return member.birthday


# told only when broken: nobody needs to hear that there are no doubles
_QUIET = {
    CheckKey.MEMBER_ORDER,
    CheckKey.CAPTAIN,
    CheckKey.DUPLICATE_MEMBERS,
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
    CheckKey.ADVISER_DETAILS: "advisers",
    CheckKey.DOCUMENT: "documents",
}


def _rule_item(check: Check, waived: Mapping[str, str]) -> ChecklistItem:
    rule = check.rule
    assert rule is not None
    is_waived = rule.key in waived and check.status is not CheckStatus.MET
    asks_word = check.params.get("reason") in {"declared", "not_declared"}
    page, anchor = anchor_of(check, rule, is_declared=asks_word)
    return ChecklistItem(
        key=f"rule:{rule.key}",
        state="waived" if is_waived else _STATES[check.status],
        label=describe(rule).rstrip("。."),
        note=note_of(check),
        anchor=anchor,
        page=page,
        rule_key=rule.key,
        text=rule.text,
        source=rule.source,
        is_changed=rule.is_changed,
        is_declared=asks_word,
        reason=waived[rule.key] if is_waived else "",
    )


def _item(check: Check, names: Mapping[str, str]) -> ChecklistItem:
    state = _STATES[check.status]
    key: str = check.key
    if check.key is CheckKey.DOCUMENT:
        document = str(check.params["document"])
        key = f"{key}:{document}"
        label, note = _("上传%(name)s", name=names[document]), ""
    else:
        label, note = _WORDS[check.key](check)
    return ChecklistItem(
        key, state, label, "" if state == "met" else note, _ANCHORS.get(check.key, "members")
    )


_WORDS: dict[CheckKey, Callable[[Check], tuple[str, str]]] = {
    CheckKey.PROJECT_NAME: lambda _check: (_("填写项目名称"), ""),
    CheckKey.SUMMARY: lambda _check: (_("填写项目简介"), ""),
    CheckKey.CATEGORY: lambda _check: (_("选择参赛类别"), ""),
    CheckKey.MEMBER_DETAILS: lambda check: (
        _("每名成员都有姓名和学校"),
        _("第 %(positions)s 位成员的姓名或学校未填", positions=positions(check.params)),
    ),
    CheckKey.MEMBER_ORDER: lambda _check: (_("成员顺序连续"), _("请重新保存一次成员名单")),
    CheckKey.CAPTAIN: lambda _check: (_("负责人排在第一位"), _("请重新保存一次成员名单")),
    CheckKey.DUPLICATE_MEMBERS: lambda check: (
        _("没有重复的成员"),
        _("第 %(positions)s 位成员的学校和学号相同", positions=positions(check.params)),
    ),
    CheckKey.ADVISER_DETAILS: lambda check: (
        _("每名指导教师都有姓名"),
        _("第 %(positions)s 位指导教师的姓名未填", positions=positions(check.params)),
    ),
}


def _company(entry: Entry) -> list[ChecklistItem]:
    """A company that is told of is told of wholly, and its code can be right."""
    company = entry.company
    if company is None or not company.is_registered:
        return []
    lacks = companies.list_lacks(company)
    return [
        ChecklistItem(
            "company",
            "missing" if lacks else "met",
            _("企业信息填写完整"),
            join_clauses(lacks),
            "",
            page="company",
        )
    ]


def _reachable(entry: Entry) -> list[ChecklistItem]:
    """Each member can be told from namesakes, and what was given as mail or phone is one."""
    nameless = [m.position for m in entry.members if not _is_identified(m)]
    wrong = [m.position for m in entry.members if not _has_sound_contacts(m)]
    notes = []
    if nameless:
        notes.append(
            _(
                "第 %(positions)s 位成员的学号、邮箱、手机都未填",
                positions=join_words(nameless),
            )
        )
    if wrong:
        notes.append(
            _(
                "第 %(positions)s 位成员的邮箱或手机格式不对",
                positions=join_words(wrong),
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


def _personal(entry: Entry) -> list[ChecklistItem]:
    """What only the members can give. Where they need not confirm, the office asks them for it."""
    if not entry.competition.personal_fields:
        return []
    lacking = list_without_personal(entry)
    state = "missing" if entry.competition.needs_consent else "proof"
    note = _(
        "第 %(positions)s 位成员还没有在“我的信息”中填完",
        positions=join_words(lacking),
    )
    return [
        ChecklistItem(
            "personal",
            state if lacking else "met",
            _("每名成员填好本人信息"),
            note if lacking else "",
            "",
            "my_part",
        )
    ]


def _form(entry: Entry) -> list[ChecklistItem]:
    """The group's own form, as one line."""
    form = answers.form_of(entry)
    if form.version is None:
        return []
    missing = answers.missing_in(form)
    label = _("填好报名表")
    if not missing:
        return [ChecklistItem("form", "met", label, "", "", "answers")]
    names = join_words(line.label for line in missing[:3])
    note = _("还有 %(count)s 处，如：%(names)s", count=len(missing), names=names)
    return [ChecklistItem("form", "missing", label, note, missing[0].anchor, "answers")]


def _declared(entry: Entry) -> list[ChecklistItem]:
    state = "met" if entry.declared_at else "missing"
    return [ChecklistItem("declaration", state, _("确认参赛承诺"), "", "declaration")]


def list_conditions(entry: Entry) -> list[str]:
    """What the team is told and need not confirm: the competition's notices, then the group's."""
    rules = list_rules(entry.group)
    return [rule.text for rule in rules if rule.kind is RuleKind.NOTICE]


def words_of(rules: Mapping[str, Any]) -> list[str]:
    """The sentences among a competition's or group's rules."""
    return [rule.text or describe(rule) for rule in read_rules(dict(rules))]
