"""Entries, each written, handed in and reviewed through the services."""

from __future__ import annotations

import io
from itertools import count
from typing import Any

from pypdf import PdfWriter

from eventhub.accounts.models import Person
from eventhub.circles.queries import get_circle
from eventhub.competitions import catalogue
from eventhub.competitions.models import Competition
from eventhub.domain.eligibility import STATEMENT_KINDS, is_declarable, read_rule
from eventhub.entries import service
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.entries.service import AdviserDraft, EntryDraft, MemberDraft, list_slots
from eventhub.entries.service.statements import list_statements
from tests.factories.competitions import make_competition
from tests.factories.people import make_organiser, make_person, make_university

_students = count(2024210001)


def usual_statements() -> frozenset[str]:
    """What the captain of 本科生创意组 ticks, as the factories' competition stands."""
    template = catalogue.find_shipped("cicic-2026")
    group = template.group("ug-creative") if template else None
    assert template is not None
    assert group is not None
    rules = map(read_rule, [*template.facts["rules"], *group.facts["rules"]])
    return frozenset(
        rule.key for rule in rules if rule.kind in STATEMENT_KINDS or is_declarable(rule.kind)
    )


def make_pdf(pages: int = 1) -> bytes:
    """A PDF with blank pages."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(width=595, height=842)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def make_draft(captain: Person, **changes: Any) -> EntryDraft:
    """Everything that 本科生创意组 asks for, but the documents: three members, one adviser."""
    school = captain.university_id or make_university().id
    members = [
        MemberDraft(captain.name, None, str(next(_students)), captain.email or "", "", "算法"),
        MemberDraft("吉克·阿呷", school, str(next(_students)), "", "13883000002", "硬件"),
        MemberDraft("𠮷田晓", school, str(next(_students)), "", "", "市场"),
    ]
    facts: dict[str, Any] = {
        "name": "智巡山城",
        "category": "新工科",
        "summary": "用双光谱无人机替山城桥梁做体检，已在三座桥上试飞。",
        "university_id": school,
        "members": tuple(members),
        "advisers": (AdviserDraft("周文渊", "教授", "重庆邮电大学自动化学院"),),
        "statements": usual_statements(),
        "is_declared": True,
        **changes,
    }
    return EntryDraft(**facts)


def make_entry(
    competition: Competition | None = None,
    *,
    captain: Person | None = None,
    state: EntryState = EntryState.APPROVED,
    by: Person | None = None,
    is_complete: bool = True,
    **changes: Any,
) -> Entry:
    """An entry of the competition's first group, taken as far as ``state``.

    ``changes`` replace parts of ``make_draft``; ``is_complete`` False leaves a draft as it
    was begun.
    """
    competition = competition or make_competition()
    captain = captain or make_person("田佳", university=make_university())
    entry = service.start_entry(competition.id, group_id=competition.groups[0].id, by=captain)
    if not is_complete:
        return entry
    changes.setdefault("statements", frozenset(rule.key for rule in list_statements(entry)))
    draft = make_draft(captain, **changes)
    entry = service.save_entry(entry.id, version=entry.version, draft=draft, by=captain)
    for slot in list_slots(entry):
        if slot.is_due and slot.requirement.is_required:
            service.add_document(
                entry.id,
                requirement_id=slot.requirement.id,
                content=io.BytesIO(make_pdf()),
                name="项目计划书.pdf",
                by=captain,
            )
    if state is EntryState.DRAFT:
        return entry
    entry = service.submit_entry(entry.id, by=captain)
    by = by or make_organiser(circle=get_circle(competition.event.circle_id))
    if state is EntryState.APPROVED:
        service.approve_entry(entry.id, by=by)
    elif state is EntryState.RETURNED:
        service.return_entry(entry.id, reason="请补充第二位成员的分工。", by=by)
    elif state is EntryState.WITHDRAWN:
        service.withdraw_entry(entry.id, by=captain)
    return entry
