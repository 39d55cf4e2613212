"""What of an entry a list can change, as the log keeps it: no person can be read out of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from eventhub.circles.models import University
from eventhub.db import db
from eventhub.domain.masking import (
    OutputKind,
    mask_mail,
    mask_name,
    mask_phone,
    mask_student_number,
)
from eventhub.entries.models import Adviser, Company, Entry, Member
from eventhub.entries.service.cells import shorten
from eventhub.entries.service.companies import draft_of

NOTICE, REVIEW = OutputKind.PUBLIC_NOTICE, OutputKind.REVIEW
JOINT = " · "


class Fact(NamedTuple):
    """What stands there, and how much of it is shown."""

    held: Any
    shown: str | list[str]


Facts = dict[str, Fact]


def listed_facts(entry: Entry) -> Facts:
    """Everything that a list speaks of."""
    group = f"{entry.group.track_name}{JOINT}{entry.group.name}"
    return {
        "project": Fact(entry.name, entry.name),
        "group": Fact(entry.group_id, group),
        "category": Fact(entry.category, entry.category),
        "entry_school": Fact(entry.university_id, _school(entry)),
        "entry_summary": Fact(entry.summary, shorten(entry.summary)),
        "members": Fact(*_lines(map(_member, entry.members))),
        "advisers": Fact(*_lines(map(_adviser, entry.advisers))),
        "company": _company(entry.company),
    }


def differing(before: Facts, after: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between two states, as it was and as it is; names and numbers masked."""
    keys = [key for key in after if before[key].held != after[key].held]
    return {key: before[key].shown for key in keys}, {key: after[key].shown for key in keys}


def _lines(facts: Iterable[Fact]) -> tuple[list[Any], list[str]]:
    told = [*facts]
    return [fact.held for fact in told], [str(fact.shown) for fact in told]


def _school(entry: Entry) -> str:
    if entry.university_id is None:
        return ""
    return db.session.get_one(University, entry.university_id).name


def _member(member: Member) -> Fact:
    held = (member.name, member.student_number, member.email, member.phone, member.duty)
    shown = (
        mask_name(member.name, NOTICE),
        mask_student_number(member.student_number, NOTICE),
        mask_mail(member.email, REVIEW),
        mask_phone(member.phone, REVIEW),
        member.duty,
    )
    return Fact((*held, member.university_id), JOINT.join(filter(None, shown)))


def _adviser(adviser: Adviser) -> Fact:
    share = "" if adviser.share is None else f"{adviser.share}%"
    held = (adviser.name, adviser.title, adviser.organisation, share)
    shown = (mask_name(adviser.name, NOTICE), *held[1:])
    return Fact(held, JOINT.join(filter(None, shown)))


def _company(company: Company | None) -> Fact:
    if company is None:
        return Fact(None, "")
    draft = draft_of(company)
    shown = (
        company.name,
        mask_student_number(company.credit_code, NOTICE),
        company.registered_on.isoformat() if company.registered_on else "",
        mask_name(company.legal_representative, NOTICE),
        *(f"{mask_name(row.name, NOTICE)} {row.share}" for row in draft.shareholders),
    )
    return Fact(draft, JOINT.join(filter(None, shown)))
