"""Reads for a judge: what to score, in which order, and what was scored."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from eventhub.db import db
from eventhub.entries import queries as entries
from eventhub.entries.models import Entry
from eventhub.errors import NotFoundError
from eventhub.judging.errors import RecusedError
from eventhub.judging.models import PanelJudge, Scoresheet
from eventhub.judging.queries.hearing import find_hearing
from eventhub.judging.queries.recusals import find_recusals
from eventhub.roadshows.models import Slot


@dataclass(frozen=True)
class Assignment:
    """An entry that a judge scores; ``slot`` where a timetable says when it is on stage."""

    entry: Entry
    slot: Slot | None
    sheet: Scoresheet | None

    def is_on_stage(self, now: datetime) -> bool:
        """Whether its time runs."""
        return self.slot is not None and self.slot.starts_at <= now < self.slot.ends_at


@dataclass(frozen=True)
class Worklist:
    """What a judge has to score; those barred by recusal are only counted."""

    assignments: Sequence[Assignment]
    recused_count: int

    @property
    def submitted_count(self) -> int:
        """How many sheets are in."""
        return sum(1 for one in self.assignments if one.sheet and one.sheet.is_submitted)


def list_work(seat: PanelJudge, *, now: datetime) -> Worklist:
    """What a judge scores: who is on stage first, then what is to be done, then what is done.

    Each part is in the order of the timetable.
    """
    round_ = seat.panel.round
    hearing = find_hearing(round_)
    slots = hearing.slots
    heard = [entry for entry in entries.list_participants(round_) if hearing.covers(seat, entry.id)]
    recusals = find_recusals(seat.round_id, [seat], heard)
    sheets = {sheet.entry_id: sheet for sheet in _list_sheets(seat)}
    work = [
        Assignment(entry, slots.get(entry.id), sheets.get(entry.id))
        for entry in heard
        if not recusals.bar(seat.person_id, entry.id)
    ]

    def place(one: Assignment) -> tuple[bool, bool, bool, object, str]:
        is_on = one.is_on_stage(now)
        is_done = one.sheet is not None and one.sheet.is_submitted
        starts = one.slot.starts_at if one.slot else now
        return (not is_on, is_done and not is_on, one.slot is None, starts, one.entry.code)

    return Worklist(sorted(work, key=place), len(heard) - len(work))


def _list_sheets(seat: PanelJudge) -> Sequence[Scoresheet]:
    query = (
        select(Scoresheet)
        .where(Scoresheet.round_id == seat.round_id, Scoresheet.judge_id == seat.person_id)
        .options(selectinload(Scoresheet.marks))
    )
    return db.session.scalars(query).all()


def get_assignment(seat: PanelJudge, entry_id: uuid.UUID) -> Assignment:
    """One entry for one judge, asked anew at every look and every save.

    Raises:
        NotFoundError: no such entry, or it is not this judge's to hear.
        RecusedError: the judge must not score it.

    """
    entry = entries.get_entry(entry_id)
    hearing = find_hearing(seat.panel.round)
    sheet = find_sheet(seat, entry_id)
    is_handed_in = sheet is not None and sheet.is_submitted
    if not (hearing.covers(seat, entry_id) or is_handed_in):
        raise NotFoundError
    if not entries.takes_part(entry, seat.panel.round):
        raise NotFoundError
    if find_recusals(seat.round_id, [seat], [entry]).bar(seat.person_id, entry.id):
        raise RecusedError
    return Assignment(entry, hearing.slots.get(entry_id), sheet)


def find_sheet(seat: PanelJudge, entry_id: uuid.UUID, *, lock: bool = False) -> Scoresheet | None:
    """A judge's sheet with its marks; ``lock`` holds its row and reads it anew."""
    query = (
        select(Scoresheet)
        .where(
            Scoresheet.round_id == seat.round_id,
            Scoresheet.entry_id == entry_id,
            Scoresheet.judge_id == seat.person_id,
        )
        .options(selectinload(Scoresheet.marks), selectinload(Scoresheet.gate_verdicts))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)
