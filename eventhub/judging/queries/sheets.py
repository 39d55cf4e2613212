"""Reads for a judge: what to score, in which order, and what was scored."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from eventhub.competitions.models import DocumentRequirement, Rubric
from eventhub.db import db
from eventhub.entries import queries as entries
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Document, Entry
from eventhub.errors import NotFoundError
from eventhub.judging.enums import ActState, ScoresheetState
from eventhub.judging.errors import EntryWithdrawnError, RecusedError
from eventhub.judging.models import LateSheet, PanelJudge, Recusal, Scoresheet, SheetReturn
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
    """What a judge has to score; those barred by recusal are only counted.

    ``withdrawn`` are entries that the judge had begun, or that a timetable had for them, whose
    teams have since withdrawn.
    """

    assignments: Sequence[Assignment]
    recused_count: int
    withdrawn: Sequence[Assignment] = ()

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
    gone = _list_withdrawn(seat)
    recusals = find_recusals(seat.round_id, [seat], [*heard, *gone])
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

    withdrawn = [
        Assignment(entry, None, sheets.get(entry.id))
        for entry in gone
        if not recusals.bar(seat.person_id, entry.id)
    ]
    return Worklist(sorted(work, key=place), len(heard) - len(work), withdrawn)


def _list_withdrawn(seat: PanelJudge) -> Sequence[Entry]:
    """Withdrawn entries that the judge had begun to score, or that stand in their timetable."""
    begun = exists().where(
        Scoresheet.round_id == seat.round_id,
        Scoresheet.entry_id == Entry.id,
        Scoresheet.judge_id == seat.person_id,
    )
    planned = exists().where(Slot.entry_id == Entry.id, Slot.room_id == seat.panel.room_id)
    query = (
        select(Entry)
        .where(
            Entry.competition_id == seat.panel.round.competition_id,
            Entry.state == EntryState.WITHDRAWN,
            or_(begun, planned),
        )
        .options(
            joinedload(Entry.university),
            joinedload(Entry.group),
            selectinload(Entry.members),
            selectinload(Entry.advisers),
        )
        .order_by(Entry.code)
    )
    return db.session.scalars(query).all()


def load_papers(assignments: Iterable[Assignment]) -> None:
    """Read the documents of many entries at once."""
    keys = [one.entry.id for one in assignments]
    papers = selectinload(Entry.documents)
    query = (
        select(Entry)
        .where(Entry.id.in_(keys))
        .options(
            papers.joinedload(Document.file),
            papers.joinedload(Document.requirement).joinedload(DocumentRequirement.round),
        )
    )
    db.session.scalars(query).all()


def list_return_reasons(seat: PanelJudge) -> dict[uuid.UUID, str]:
    """Why a judge's sheets came back, by sheet: the last reason of each that has to be redone."""
    query = (
        select(SheetReturn.scoresheet_id, SheetReturn.reason)
        .join(SheetReturn.scoresheet)
        .where(
            Scoresheet.round_id == seat.round_id,
            Scoresheet.judge_id == seat.person_id,
            Scoresheet.state == ScoresheetState.DRAFT,
            SheetReturn.state == ActState.DONE,
        )
        .order_by(SheetReturn.ended_at)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def find_return_reason(sheet: Scoresheet | None) -> str | None:
    """Why a sheet came back that has to be redone."""
    if sheet is None or sheet.is_submitted:
        return None
    query = (
        select(SheetReturn.reason)
        .where(SheetReturn.scoresheet_id == sheet.id, SheetReturn.state == ActState.DONE)
        .order_by(SheetReturn.ended_at.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def list_rubrics(round_id: uuid.UUID) -> Sequence[Rubric]:
    """By what each group of a round is judged, with criteria and gates."""
    query = (
        select(Rubric)
        .where(Rubric.round_id == round_id)
        .options(selectinload(Rubric.criteria), selectinload(Rubric.gates))
    )
    return db.session.scalars(query).all()


def _list_sheets(seat: PanelJudge) -> Sequence[Scoresheet]:
    query = (
        select(Scoresheet)
        .where(Scoresheet.round_id == seat.round_id, Scoresheet.judge_id == seat.person_id)
        .options(selectinload(Scoresheet.marks), selectinload(Scoresheet.gate_verdicts))
    )
    return db.session.scalars(query).all()


def get_assignment(seat: PanelJudge, entry_id: uuid.UUID) -> Assignment:
    """One entry for one judge, asked anew at every look.

    Raises:
        NotFoundError: no such entry, or it is not this judge's to hear.
        RecusedError: the judge must not score it.
        EntryWithdrawnError: its team has withdrawn.

    """
    entry = entries.get_entry(entry_id)
    round_ = seat.panel.round
    is_withdrawn = entry.state is EntryState.WITHDRAWN
    hearing = find_hearing(round_)
    sheet = find_sheet(seat, entry_id)
    is_handed_in = sheet is not None and sheet.is_submitted
    is_heard = hearing.covers(seat, entry_id) or is_handed_in
    if is_withdrawn:
        is_theirs = entry.competition_id == round_.competition_id
    else:
        is_theirs = is_heard and entries.takes_part(entry, round_)
    if not is_theirs:
        raise NotFoundError
    if find_recusals(seat.round_id, [seat], [entry]).bar(seat.person_id, entry.id):
        raise RecusedError
    if is_withdrawn:
        raise EntryWithdrawnError
    return Assignment(entry, hearing.slots.get(entry_id), sheet)


def find_sheet(seat: PanelJudge, entry_id: uuid.UUID, *, lock: bool = False) -> Scoresheet | None:
    """A judge's sheet with its marks; ``lock`` holds its row and reads it anew."""
    return find_sheet_of(seat.round_id, entry_id, seat.person_id, lock=lock)


def find_sheet_of(
    round_id: uuid.UUID, entry_id: uuid.UUID, judge_id: uuid.UUID, *, lock: bool = False
) -> Scoresheet | None:
    """The same by keys alone."""
    query = (
        select(Scoresheet)
        .where(
            Scoresheet.round_id == round_id,
            Scoresheet.entry_id == entry_id,
            Scoresheet.judge_id == judge_id,
        )
        .options(selectinload(Scoresheet.marks), selectinload(Scoresheet.gate_verdicts))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


@dataclass(frozen=True)
class SheetNow:
    """A sheet as it stood at one moment, to be told after the transaction has ended."""

    id: uuid.UUID
    judge_id: uuid.UUID
    version: int
    state: ScoresheetState
    total: Decimal
    points: Mapping[str, Decimal]
    verdicts: Mapping[str, bool]
    note: str
    feedback: str
    saved_at: datetime
    submitted_at: datetime | None
    device_id: uuid.UUID | None

    @classmethod
    def of(cls, sheet: Scoresheet) -> SheetNow:
        """What a row says; it has its marks and verdicts loaded."""
        return cls(
            id=sheet.id,
            judge_id=sheet.judge_id,
            version=sheet.version,
            state=sheet.state,
            total=sheet.total,
            points=sheet.points,
            verdicts={key: given.is_met for key, given in sheet.gate_verdicts.items()},
            note=sheet.note,
            feedback=sheet.feedback,
            saved_at=sheet.saved_at,
            submitted_at=sheet.submitted_at,
            device_id=sheet.device_id,
        )

    @property
    def is_submitted(self) -> bool:
        """Whether it is locked."""
        return self.state is ScoresheetState.SUBMITTED


@dataclass(frozen=True)
class Standing:
    """What has become of a judge and an entry since their sheet was begun."""

    group_id: uuid.UUID
    is_withdrawn: bool
    is_seated: bool
    is_recused: bool


def find_standing(round_id: uuid.UUID, entry_id: uuid.UUID, judge_id: uuid.UUID) -> Standing | None:
    """How judge and entry stand to each other by what is on record; None without a sheet.

    A recusal that follows from facts not yet on record is found by ``get_assignment``.
    """
    seated = exists().where(PanelJudge.round_id == round_id, PanelJudge.person_id == judge_id)
    recused = exists().where(
        Recusal.round_id == round_id, Recusal.judge_id == judge_id, Recusal.entry_id == entry_id
    )
    query = (
        select(Entry.group_id, Entry.state, seated, recused)
        .join(Scoresheet, Scoresheet.entry_id == Entry.id)
        .where(
            Entry.id == entry_id, Scoresheet.round_id == round_id, Scoresheet.judge_id == judge_id
        )
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    return Standing(row[0], row[1] is EntryState.WITHDRAWN, is_seated=row[2], is_recused=row[3])


def find_late(round_id: uuid.UUID, entry_id: uuid.UUID, judge_id: uuid.UUID) -> LateSheet | None:
    """What a judge's device sent of an entry after the round was closed."""
    query = select(LateSheet).where(
        LateSheet.round_id == round_id,
        LateSheet.entry_id == entry_id,
        LateSheet.judge_id == judge_id,
    )
    return db.session.scalar(query)
