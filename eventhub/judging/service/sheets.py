"""Scoresheets: saved as a judge goes, locked when submitted."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Criterion, Rubric
from eventhub.db import db, transaction
from eventhub.errors import NotFoundError
from eventhub.i18n import _
from eventhub.judging.enums import SCORESHEET_TRANSITIONS, ScoresheetState
from eventhub.judging.errors import (
    MarkOutOfRangeError,
    RoundNotOpenError,
    SheetEditedElsewhereError,
    SheetIncompleteError,
    SheetSubmittedError,
    UnknownCriterionError,
)
from eventhub.judging.models import (
    GateVerdict,
    Mark,
    PanelJudge,
    Scoresheet,
    SubmittedSheet,
)
from eventhub.judging.queries import seats, sheets

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SheetValues:
    """What a judge filled in; None for what is still blank."""

    marks: Mapping[str, Decimal | None]
    gates: Mapping[str, bool | None]
    note: str
    feedback: str

    def stand_in(self, sheet: Scoresheet) -> bool:
        """Whether the sheet says the same."""
        marks = {key: points for key, points in self.marks.items() if points is not None}
        gates = {key: is_met for key, is_met in self.gates.items() if is_met is not None}
        given = {key: verdict.is_met for key, verdict in sheet.gate_verdicts.items()}
        words = (self.note, self.feedback)
        return (marks, gates, words) == (sheet.points, given, (sheet.note, sheet.feedback))


def save_sheet(
    round_id: uuid.UUID,
    entry_id: uuid.UUID,
    *,
    version: int,
    marks: Mapping[str, Decimal | None],
    gates: Mapping[str, bool | None],
    note: str = "",
    feedback: str = "",
    by: Person,
) -> Scoresheet:
    """Keep what a judge filled in so far.

    ``version`` is that of the sheet as the judge saw it, 0 before the first save. Saving the
    same values again changes nothing, so that a retried request is safe.

    Raises:
        NotFoundError: not a judge of this round, or the entry is not theirs to hear.
        RecusedError: they must not score it.
        RoundNotOpenError: the round is not open.
        SheetSubmittedError: the sheet is locked, and the values differ.
        SheetEditedElsewhereError: another device saved other values meanwhile.
        MarkOutOfRangeError, UnknownCriterionError: a mark does not fit the rubric.

    """
    values = SheetValues(marks, gates, note, feedback)
    with transaction():
        seat = seat_of(round_id, by)
        return _write(seat, entry_id, version, values)[0]


def submit_sheet(
    round_id: uuid.UUID,
    entry_id: uuid.UUID,
    *,
    version: int,
    marks: Mapping[str, Decimal | None],
    gates: Mapping[str, bool | None],
    note: str = "",
    feedback: str = "",
    by: Person,
) -> Scoresheet:
    """Make a judge's marks final. Submitting the same values again changes nothing.

    Raises:
        SheetIncompleteError: a criterion has no mark, or a gate no verdict.
        NotFoundError, RecusedError, RoundNotOpenError, SheetSubmittedError,
        SheetEditedElsewhereError, MarkOutOfRangeError, UnknownCriterionError: as in
            ``save_sheet``.

    """
    values = SheetValues(marks, gates, note, feedback)
    with transaction():
        seat = seat_of(round_id, by)
        sheet, rubric = _write(seat, entry_id, version, values)
        if sheet.is_submitted:
            return sheet
        hand_in(sheet, rubric, by=by)
    return sheet


def hand_in(sheet: Scoresheet, rubric: Rubric, *, by: Person) -> None:
    """Lock a sheet that is complete, keep it as it is, and note that in the log.

    Called inside the transaction that filled it, with its row held.

    Raises:
        SheetIncompleteError: a criterion has no mark, or a gate no verdict.

    """
    _check_complete(sheet, rubric)
    _move(sheet, ScoresheetState.SUBMITTED)
    sheet.submitted_at = clock.now()
    _keep_submitted(sheet)
    record(
        "scoresheet.submitted",
        sheet,
        by=by,
        circle_id=competitions.get_round(sheet.round_id).competition.event.circle_id,
        after={
            "marks": {key: f"{points:.2f}" for key, points in sheet.points.items()},
            "gates": {key: given.is_met for key, given in sheet.gate_verdicts.items()},
            "total": f"{sheet.total:.2f}",
        },
    )
    log.info("scoresheet submitted", extra={"scoresheet_id": str(sheet.id)})


def open_again(sheet: Scoresheet) -> None:
    """Let a judge correct a sheet that was returned; what was handed in is kept.

    Called inside the transaction that decides upon the return, with the sheet's row held.
    """
    _move(sheet, ScoresheetState.DRAFT)
    sheet.submitted_at = None
    sheet.version += 1


def _keep_submitted(sheet: Scoresheet) -> None:
    """Keep a sheet as it is handed in, beside what was handed in before."""
    count = select(func.count()).where(SubmittedSheet.scoresheet_id == sheet.id)
    db.session.add(
        SubmittedSheet(
            scoresheet_id=sheet.id,
            ordinal=(db.session.scalar(count) or 0) + 1,
            marks={key: f"{points:.2f}" for key, points in sheet.points.items()},
            gates={key: given.is_met for key, given in sheet.gate_verdicts.items()},
            feedback=sheet.feedback,
            submitted_at=sheet.submitted_at,
        )
    )


def seat_of(round_id: uuid.UUID, by: Person) -> PanelJudge:
    """The seat from which somebody scores.

    Raises:
        NotFoundError: they do not judge in this round.

    """
    seat = seats.find_seat(round_id, by.id)
    if seat is None:
        raise NotFoundError
    return seat


def _write(
    seat: PanelJudge, entry_id: uuid.UUID, version: int, values: SheetValues
) -> tuple[Scoresheet, Rubric]:
    """Bring a sheet to these values, the round held open meanwhile."""
    state = seats.hold_round_state(seat.round_id)
    entry = sheets.get_assignment(seat, entry_id).entry
    rubric = competitions.find_rubric(seat.round_id, entry.group_id)
    if rubric is None:
        raise NotFoundError
    sheet = sheets.find_sheet(seat, entry_id, lock=True)
    if sheet is not None and sheet.is_submitted and values.stand_in(sheet):
        return sheet, rubric
    if state is not RoundState.OPEN:
        raise RoundNotOpenError
    if sheet is None:
        sheet = start_sheet(seat.round_id, entry_id, seat.person)
    if sheet.is_submitted:
        raise SheetSubmittedError
    if values.stand_in(sheet) and sheet.version:
        return sheet, rubric
    if sheet.version != version:
        raise SheetEditedElsewhereError
    check_values(values, rubric)
    fill_sheet(sheet, rubric, values)
    return sheet, rubric


def start_sheet(round_id: uuid.UUID, entry_id: uuid.UUID, by: Person) -> Scoresheet:
    """The judge's sheet, made now unless another device was faster; its row is held."""
    db.session.execute(
        insert(Scoresheet)
        .values(
            id=uuid.uuid4(),
            created_at=clock.now(),
            round_id=round_id,
            entry_id=entry_id,
            judge_id=by.id,
            state=ScoresheetState.DRAFT,
            version=0,
            note="",
            feedback="",
            saved_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["round_id", "entry_id", "judge_id"])
    )
    sheet = sheets.find_sheet_of(round_id, entry_id, by.id, lock=True)
    assert sheet is not None
    return sheet


def check_values(values: SheetValues, rubric: Rubric) -> None:
    """Hold what was filled in against the rubric.

    Raises:
        UnknownCriterionError: something is marked that is not in it.
        MarkOutOfRangeError: a mark is below zero, above its maximum, or finer than two decimals.

    """
    criteria = {line.key: line for line in rubric.criteria}
    if values.marks.keys() - criteria or values.gates.keys() - {g.key for g in rubric.gates}:
        raise UnknownCriterionError
    for key, points in values.marks.items():
        if points is not None:
            _check_mark(points, criteria[key])


def _check_mark(points: Decimal, line: Criterion) -> None:
    if not points.is_finite() or not 0 <= points <= line.points_max:
        raise MarkOutOfRangeError(
            _(
                "“%(name)s”应在 0 到 %(max)s 分之间。",
                name=line.name,
                max=f"{line.points_max.normalize():f}",
            ),
            field=f"mark_{line.key}",
        )
    if points != points.quantize(Decimal("0.01")):
        raise MarkOutOfRangeError(
            _("“%(name)s”最多保留两位小数。", name=line.name), field=f"mark_{line.key}"
        )


def fill_sheet(
    sheet: Scoresheet, rubric: Rubric, values: SheetValues, *, device_id: uuid.UUID | None = None
) -> None:
    """Set marks and verdicts in place: replacing rows would meet their unique constraint.

    ``device_id`` is the device that made this version; None for a page without scripts.
    """
    for line in rubric.criteria:
        points = values.marks.get(line.key)
        if points is None:
            sheet.marks.pop(line.key, None)
        elif line.key in sheet.marks:
            sheet.marks[line.key].points = points
        else:
            sheet.marks[line.key] = Mark(
                criterion_id=line.id, criterion_key=line.key, points=points
            )
    for gate in rubric.gates:
        is_met = values.gates.get(gate.key)
        if is_met is None:
            sheet.gate_verdicts.pop(gate.key, None)
        elif gate.key in sheet.gate_verdicts:
            sheet.gate_verdicts[gate.key].is_met = is_met
        else:
            sheet.gate_verdicts[gate.key] = GateVerdict(
                gate_id=gate.id, gate_key=gate.key, is_met=is_met
            )
    sheet.note, sheet.feedback = values.note, values.feedback
    sheet.device_id = device_id
    sheet.version += 1
    sheet.saved_at = clock.now()


def _check_complete(sheet: Scoresheet, rubric: Rubric) -> None:
    for line in rubric.criteria:
        if line.key not in sheet.marks:
            raise SheetIncompleteError(
                _("“%(name)s”还没有打分。", name=line.name), field=f"mark_{line.key}"
            )
    for gate in rubric.gates:
        if gate.key not in sheet.gate_verdicts:
            raise SheetIncompleteError(
                _("“%(name)s”还没有判断是否满足。", name=gate.name), field=f"gate_{gate.key}"
            )


def _move(sheet: Scoresheet, to: ScoresheetState) -> None:
    """The one function that changes a sheet's state."""
    if to not in SCORESHEET_TRANSITIONS[sheet.state]:
        raise SheetSubmittedError
    sheet.state = to
