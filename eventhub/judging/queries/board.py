"""The organiser's table: who gave what, what is missing, and what would come of it now."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from eventhub.circles.models import University
from eventhub.competitions.models import Gate, Group, Round, Rubric
from eventhub.db import db
from eventhub.domain.scoring.ranking import TieBreak
from eventhub.domain.scoring.rules import ScoreRule
from eventhub.domain.scoring.standings import Facts, Sheet
from eventhub.entries import queries as entries_
from eventhub.entries.models import Entry
from eventhub.judging.enums import CellState, ScoresheetState
from eventhub.judging.models import Panel, PanelJudge, Recusal, Scoresheet
from eventhub.judging.queries import recusals, scoring, seats
from eventhub.judging.queries.facts import find_facts
from eventhub.judging.queries.hearing import find_hearing
from eventhub.judging.queries.recusals import Recusals
from eventhub.roadshows.models import Roadshow, Slot


@dataclass(frozen=True)
class Cell:
    """Where one judge stands with one entry. ``is_dropped``: the rule leaves this sheet out."""

    seat: PanelJudge
    state: CellState
    total: Decimal | None = None
    is_dropped: bool = False
    sheet_id: uuid.UUID | None = None


@dataclass(frozen=True)
class GateDoubt:
    """A gate that some judges saw unmet; more than half of the sheets veto the entry."""

    gate: Gate
    unmet_count: int
    sheet_count: int

    @property
    def is_veto(self) -> bool:
        """Whether it costs the entry its result."""
        return 2 * self.unmet_count > self.sheet_count


@dataclass(frozen=True)
class Line:
    """An entry with its cells, its sheets that count, and its place as things stand."""

    entry: Entry
    slot: Slot | None
    cells: Mapping[uuid.UUID, Cell]
    counted: Sequence[Scoresheet]
    doubts: Sequence[GateDoubt]
    sheets_min: int
    scored: scoring.Line | None = None

    @property
    def is_vetoed(self) -> bool:
        """Whether a gate costs it its result."""
        return any(doubt.is_veto for doubt in self.doubts)

    @property
    def rank(self) -> int | None:
        """Its place, among the sheets that are in."""
        return self.scored.rank if self.scored else None

    @property
    def is_tied(self) -> bool:
        """Whether it shares its place."""
        standing = self.scored.standing if self.scored else None
        return standing is not None and standing.is_tied

    @property
    def decided_by(self) -> str | None:
        """The text of the tie-break that set it apart."""
        standing = self.scored.standing if self.scored else None
        return str(standing.decided_by) if standing and standing.decided_by else None

    @property
    def total(self) -> str | None:
        """The total as it would be published."""
        if self.scored is None or self.scored.total is None or self.is_vetoed:
            return None
        return str(self.scored.total)

    @property
    def is_split(self) -> bool:
        """Whether its judges are further apart than the rule lets pass (复议)."""
        return self.scored is not None and self.scored.needs_review

    @property
    def expected_count(self) -> int:
        """How many sheets there should be."""
        return sum(1 for cell in self.cells.values() if cell.state is not CellState.RECUSED)

    @property
    def missing(self) -> list[PanelJudge]:
        """Whose sheet is still to come."""
        wanting = (CellState.MISSING, CellState.DRAFT)
        return [cell.seat for cell in self.cells.values() if cell.state in wanting]

    @property
    def is_thin(self) -> bool:
        """Whether fewer sheets than the rule asks for can come at all."""
        return self.expected_count < self.sheets_min


@dataclass(frozen=True)
class GroupBoard:
    """A group's entries, best first; those without a sheet at the end."""

    group: Group
    rubric: Rubric | None
    tie_order: Sequence[TieBreak]
    lines: Sequence[Line]
    scored: scoring.Scored | None = None


@dataclass(frozen=True)
class PanelBoard:
    """A panel's entries in the order of the timetable."""

    panel: Panel
    lines: Sequence[Line]


@dataclass(frozen=True)
class Board:
    """Everything of a round at one moment."""

    round: Round
    rule: ScoreRule
    groups: Sequence[GroupBoard]
    panels: Sequence[PanelBoard]
    recusals: Recusals
    seats: Mapping[uuid.UUID, PanelJudge] = field(default_factory=dict)

    @property
    def lines(self) -> list[Line]:
        """Every entry, group by group."""
        return [line for group in self.groups for line in group.lines]

    @property
    def missing(self) -> dict[PanelJudge, int]:
        """How many sheets each judge still owes."""
        owed: dict[PanelJudge, int] = {}
        for line in self.lines:
            for seat in line.missing:
                owed[seat] = owed.get(seat, 0) + 1
        return owed

    @property
    def thin(self) -> list[Line]:
        """Entries that have, or can get, fewer sheets than the rule asks for."""
        return [line for line in self.lines if line.is_thin]

    @property
    def is_complete(self) -> bool:
        """Whether the round can be closed without a reason."""
        return bool(self.lines) and not self.missing and not self.thin

    @property
    def expected_count(self) -> int:
        """How many sheets there should be."""
        return sum(line.expected_count for line in self.lines)

    @property
    def counted_count(self) -> int:
        """How many of them are in."""
        return sum(len(line.counted) for line in self.lines)


def build_board(round_: Round) -> Board:
    """Read a round's sheets and compute what follows; the number of statements is constant.

    ``round_`` comes from ``competitions.queries.get_round``, which loads its rubrics.
    """
    entries = entries_.list_participants(round_)
    hearing = find_hearing(round_)
    panels = seats.list_panels(round_.id)
    seated = [seat for panel in panels for seat in panel.judges]
    barred = recusals.find_recusals(round_.id, seated, entries)
    rubrics = {rubric.group_id: rubric for rubric in round_.rubrics}
    given = {(sheet.judge_id, sheet.entry_id): sheet for sheet in _list_sheets(round_.id)}
    lines = [
        _line(
            entry,
            hearing.slots.get(entry.id),
            [
                seat
                for seat in seated
                if hearing.covers(seat, entry.id) or _has_submitted(seat, entry, given)
            ],
            given,
            barred,
            rubrics.get(entry.group_id),
            round_.sheets_min,
        )
        for entry in entries
    ]
    chiefs = {seat.person_id for seat in seated if seat.is_chief}
    groups = _by_group(round_, lines, rubrics, find_facts(round_), chiefs)
    ranked = [line for group in groups for line in group.lines]
    return Board(
        round_,
        scoring.rule_of(round_),
        groups,
        [PanelBoard(panel, _heard(panel, ranked)) for panel in panels],
        barred,
        {seat.person_id: seat for seat in seated},
    )


def _has_submitted(
    seat: PanelJudge, entry: Entry, given: Mapping[tuple[uuid.UUID, uuid.UUID], Scoresheet]
) -> bool:
    """Whether a judge who hears it no longer had handed in a sheet: it counts."""
    sheet = given.get((seat.person_id, entry.id))
    return sheet is not None and sheet.is_submitted


def _list_sheets(round_id: uuid.UUID) -> Sequence[Scoresheet]:
    query = (
        select(Scoresheet)
        .where(Scoresheet.round_id == round_id)
        .options(selectinload(Scoresheet.marks), selectinload(Scoresheet.gate_verdicts))
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def _line(
    entry: Entry,
    slot: Slot | None,
    hearing: Sequence[PanelJudge],
    given: Mapping[tuple[uuid.UUID, uuid.UUID], Scoresheet],
    barred: Recusals,
    rubric: Rubric | None,
    sheets_min: int,
) -> Line:
    open_to = [seat for seat in hearing if not barred.bar(seat.person_id, entry.id)]
    cells = {seat.id: Cell(seat, CellState.RECUSED) for seat in hearing if seat not in open_to}
    counted = []
    for seat in open_to:
        sheet = given.get((seat.person_id, entry.id))
        if sheet is None:
            cells[seat.id] = Cell(seat, CellState.MISSING)
        elif sheet.is_submitted:
            cells[seat.id] = Cell(seat, CellState.SUBMITTED, sheet.total, sheet_id=sheet.id)
            counted.append(sheet)
        else:
            cells[seat.id] = Cell(seat, CellState.DRAFT)
    return Line(entry, slot, cells, counted, _doubts(rubric, counted), sheets_min)


def _doubts(rubric: Rubric | None, counted: Sequence[Scoresheet]) -> list[GateDoubt]:
    doubts = []
    for gate in rubric.gates if rubric else ():
        verdicts = [sheet.gate_verdicts.get(gate.key) for sheet in counted]
        unmet = sum(1 for verdict in verdicts if verdict is not None and not verdict.is_met)
        if unmet:
            doubts.append(GateDoubt(gate, unmet, len(counted)))
    return doubts


def _by_group(
    round_: Round,
    lines: Sequence[Line],
    rubrics: Mapping[uuid.UUID, Rubric],
    facts: Mapping[uuid.UUID, Facts],
    chiefs: Set[uuid.UUID],
) -> list[GroupBoard]:
    boards = []
    groups = {line.entry.group_id: line.entry.group for line in lines}
    for group in sorted(groups.values(), key=lambda each: each.position):
        rubric = rubrics.get(group.id)
        own = {line.entry.id: line for line in lines if line.entry.group_id == group.id}
        scored = scoring.score_group(
            round_,
            rubric,
            [
                Sheet(line.entry.id, sheet.judge_id, sheet.points)
                for line in own.values()
                for sheet in line.counted
            ],
            facts={
                key: replace(facts.get(key, Facts()), is_vetoed=line.is_vetoed)
                for key, line in own.items()
            },
            chiefs=chiefs,
        )
        ranked = [_placed(own[each.entry_id], each) for each in scored.lines]
        order = scoring.tie_order_of(round_, rubric)
        boards.append(GroupBoard(group, rubric, order, ranked, scored))
    return boards


def _placed(line: Line, scored: scoring.Line) -> Line:
    """A line with its result; its cells say which sheets the rule leaves out."""
    dropped = {line.counted[at].id for at in scored.dropped}
    cells = {
        key: replace(cell, is_dropped=cell.sheet_id in dropped) if cell.sheet_id else cell
        for key, cell in line.cells.items()
    }
    return replace(line, cells=cells, scored=scored if line.counted else None)


def _heard(panel: Panel, lines: Sequence[Line]) -> list[Line]:
    """A panel's entries by time on stage, or by code where there is no timetable."""
    room_id = panel.room_id
    heard = [
        line
        for line in lines
        if room_id is None or (line.slot is not None and line.slot.room_id == room_id)
    ]

    def place(line: Line) -> tuple[bool, float, str]:
        starts = line.slot.starts_at.timestamp() if line.slot else 0.0
        return (line.slot is None, starts, line.entry.code)

    return sorted(heard, key=place)


def fingerprint(round_: Round) -> str:
    """A short text that changes whenever the table would: one statement, however long it is."""
    mine = Scoresheet.round_id == round_.id

    def one(*columns: Any) -> Any:
        return select(*columns)

    parts: list[Any] = [
        one(Round.state).where(Round.id == round_.id),
        one(func.count()).select_from(Scoresheet).where(mine),
        one(func.sum(Scoresheet.version)).where(mine),
        one(func.count()).where(mine, Scoresheet.state == ScoresheetState.SUBMITTED),
        one(func.max(Scoresheet.saved_at)).where(mine),
        one(func.count()).select_from(PanelJudge).where(PanelJudge.round_id == round_.id),
        one(func.max(PanelJudge.created_at)).where(PanelJudge.round_id == round_.id),
        one(func.count()).select_from(Recusal).where(Recusal.round_id == round_.id),
        one(func.max(Recusal.created_at)).where(Recusal.round_id == round_.id),
        one(func.max(Roadshow.changed_at)).where(Roadshow.round_id == round_.id),
        one(func.max(Roadshow.drawn_at)).where(Roadshow.round_id == round_.id),
        one(func.count()).select_from(University),
    ]
    heard = entries_.participants(round_)
    parts.append(one(func.count()).select_from(Entry).where(heard))
    parts.append(one(func.max(Entry.saved_at)).where(heard))
    row = db.session.execute(select(*(part.scalar_subquery() for part in parts))).one()
    return hashlib.sha256(repr(tuple(row)).encode()).hexdigest()[:24]
