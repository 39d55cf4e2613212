"""Panels, judges and their sheets, each made through the services."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import count
from typing import Any

from eventhub.accounts.models import Person
from eventhub.circles.models import University
from eventhub.competitions import queries as competitions
from eventhub.competitions.models import Round
from eventhub.db import db, transaction
from eventhub.entries.models import Entry
from eventhub.judging import service
from eventhub.judging.enums import OfficerRole
from eventhub.judging.models import Panel, PanelJudge, RoundOfficer, Scoresheet
from eventhub.judging.queries import sheets
from tests.factories.competitions import make_round
from tests.factories.people import make_organiser, make_person, make_university
from tests.factories.roadshows import make_approved

_numbers = count(1)


def make_panel(
    round_: Round | None = None, *, name: str | None = None, by: Person | None = None
) -> Panel:
    """A panel that hears the whole round."""
    by = by or make_organiser()
    round_ = round_ or make_round(by=by)
    return service.add_panel(round_.id, name=name or f"第{next(_numbers)}组", by=by)


def make_judge(
    panel: Panel | None = None,
    *,
    person: Person | None = None,
    university: University | None = None,
    is_chief: bool = False,
    by: Person | None = None,
) -> PanelJudge:
    """A judge's seat; the judge has an account and comes from 重庆师范大学 unless told."""
    by = by or make_organiser()
    panel = panel or make_panel(by=by)
    university = university or make_university("重庆师范大学")
    person = person or make_person(f"评委{next(_numbers)}", university=university)
    return service.seat_judge(
        panel.id,
        name=person.name,
        email=person.email,
        university_id=university.id,
        is_chief=is_chief,
        by=by,
    )


def full_marks(round_: Round, entry: Entry, share: str = "0.80") -> dict[str, Decimal]:
    """The same share of each criterion's maximum."""
    rubric = competitions.find_rubric(round_.id, entry.group_id)
    assert rubric is not None
    return {line.key: line.points_max * Decimal(share) for line in rubric.criteria}


def all_gates(round_: Round, entry: Entry, *, is_met: bool = True) -> dict[str, bool]:
    """One verdict on every gate."""
    rubric = competitions.find_rubric(round_.id, entry.group_id)
    assert rubric is not None
    return {gate.key: is_met for gate in rubric.gates}


def make_sheet(
    seat: PanelJudge,
    entry: Entry,
    *,
    share: str = "0.80",
    marks: Mapping[str, Decimal | None] | None = None,
    is_met: bool = True,
    is_submitted: bool = True,
    **words: Any,
) -> Scoresheet:
    """A judge's sheet on an entry, submitted unless told otherwise."""
    round_ = competitions.get_round(seat.round_id)
    held = sheets.find_sheet(seat, entry.id)
    step = service.submit_sheet if is_submitted else service.save_sheet
    return step(
        round_.id,
        entry.id,
        version=held.version if held else 0,
        marks=full_marks(round_, entry, share) if marks is None else marks,
        gates=all_gates(round_, entry, is_met=is_met),
        by=seat.person,
        **words,
    )


def make_judged_round(
    *, by: Person | None = None, entry_count: int = 3, judge_count: int = 3, sheets_in: bool = True
) -> Round:
    """An open round without a roadshow: entries of 重庆大学, judges of 重庆师范大学.

    With ``sheets_in`` every sheet is submitted; the first entry is the best.
    """
    by = by or make_organiser()
    round_ = make_round(by=by)
    panel = make_panel(round_, by=by)
    entries = [make_approved(round_.competition, f"智巡山城{at + 1}") for at in range(entry_count)]
    seats = [make_judge(panel, by=by) for _each in range(judge_count)]
    with transaction():
        round_.sheets_min = min(round_.sheets_min, judge_count)
    for at, entry in enumerate(entries if sheets_in else []):
        for off, seat in enumerate(seats):
            make_sheet(seat, entry, share=f"0.{90 - 5 * at - off}")
    return round_


def make_watch(
    round_: Round, role: OfficerRole = OfficerRole.SUPERVISOR, *, person: Person | None = None
) -> Person:
    """A scrutineer or supervisor of a round."""
    person = person or make_person(f"监督{next(_numbers)}")
    with transaction():
        db.session.add(RoundOfficer(round_id=round_.id, person_id=person.id, role=role))
    return person
