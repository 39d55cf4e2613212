"""What a judge's device sends when the line is back: once, in any order, however often."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Rubric
from eventhub.db import db, transaction
from eventhub.errors import NotFoundError
from eventhub.judging.errors import (
    EntryWithdrawnError,
    RecusedError,
    RoundNotOpenError,
    SheetEditedElsewhereError,
    SheetLateError,
    SheetSubmittedError,
)
from eventhub.judging.models import LateSheet, Scoresheet, SheetDevice
from eventhub.judging.queries import seats, sheets
from eventhub.judging.queries.sheets import SheetNow
from eventhub.judging.service.sheets import (
    SheetValues,
    check_values,
    fill_sheet,
    hand_in,
    seat_of,
    start_sheet,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SheetEdit:
    """How one device wants a sheet to be.

    ``number`` counts the device's edits of the sheet. ``base`` is the version from which the
    judge started on that device, 0 before the first save.
    """

    device_id: uuid.UUID
    number: int
    base: int
    values: SheetValues
    is_submission: bool


def sync_sheet(
    round_id: uuid.UUID, entry_id: uuid.UUID, *, edit: SheetEdit, by: Person
) -> SheetNow:
    """Bring a judge's sheet to what their device holds, and hand it in if that was asked.

    An edit that came before, or that a later one of the same device has overtaken, changes
    nothing: the sheet is returned as it stands. What another device saved meanwhile is never
    overwritten.

    The first save and the submission ask everything anew; a save in between asks what can be
    told without looking the whole entry up: whether the judge still sits here, has declared an
    interest, and whether the entry still takes part. It shows the judge nothing but their own
    marks, and nothing of a draft is counted.

    Raises:
        NotFoundError: not a judge of this round, or the entry is not theirs to hear.
        RecusedError: they must not score it.
        EntryWithdrawnError: its team has withdrawn.
        RoundNotOpenError: the round has not been opened.
        SheetLateError: the round is closed; the edit is kept, and not counted.
        SheetSubmittedError: the sheet is locked, and the values differ.
        SheetEditedElsewhereError: another device saved other values meanwhile.
        SheetIncompleteError, MarkOutOfRangeError, UnknownCriterionError: it does not fit.

    """
    with transaction():
        state = seats.hold_round_state(round_id)
        group_id = _check_right(round_id, entry_id, edit, by)
        rubric = competitions.find_rubric(round_id, group_id)
        if rubric is None:
            raise NotFoundError
        sheet = sheets.find_sheet_of(round_id, entry_id, by.id, lock=True)
        if state is RoundState.OPEN:
            sheet = sheet or start_sheet(round_id, entry_id, by)
            if _note_number(sheet, edit):
                _apply(sheet, edit, rubric, by)
        elif state is RoundState.DRAFT:
            raise RoundNotOpenError
        elif sheet is None or not (_is_said(sheet, edit) or _is_known(sheet, edit)):
            _keep_late(round_id, entry_id, edit, rubric, by)
            sheet = None
        stands = SheetNow.of(sheet) if sheet else None
    if stands is None:
        log.info("scoresheet late", extra={"round_id": str(round_id), "entry_id": str(entry_id)})
        raise SheetLateError
    return stands


def _check_right(
    round_id: uuid.UUID, entry_id: uuid.UUID, edit: SheetEdit, by: Person
) -> uuid.UUID:
    """Whether this judge may score this entry; returns the entry's group."""
    known = None if edit.is_submission else sheets.find_standing(round_id, entry_id, by.id)
    if known is None:
        return sheets.get_assignment(seat_of(round_id, by), entry_id).entry.group_id
    if not known.is_seated:
        raise NotFoundError
    if known.is_recused:
        raise RecusedError
    if known.is_withdrawn:
        raise EntryWithdrawnError
    return known.group_id


def _is_said(sheet: Scoresheet, edit: SheetEdit) -> bool:
    """Whether the sheet says the same, and is handed in if that was asked."""
    return edit.values.stand_in(sheet) and (sheet.is_submitted or not edit.is_submission)


def _is_known(sheet: Scoresheet, edit: SheetEdit) -> bool:
    """Whether this edit, or a later one of the device, came while the round was open."""
    query = select(SheetDevice.edit_number).where(
        SheetDevice.scoresheet_id == sheet.id, SheetDevice.device_id == edit.device_id
    )
    return (db.session.scalar(query) or 0) >= edit.number


def _note_number(sheet: Scoresheet, edit: SheetEdit) -> bool:
    """Keep the edit's number; False when it, or a later one of the device, has come before.

    The sheet's row is held. A refusal takes the number back with the whole transaction.
    """
    newer = (
        insert(SheetDevice)
        .values(
            id=uuid.uuid4(),
            created_at=clock.now(),
            scoresheet_id=sheet.id,
            device_id=edit.device_id,
            edit_number=edit.number,
        )
        .on_conflict_do_update(
            index_elements=["scoresheet_id", "device_id"],
            set_={"edit_number": edit.number},
            where=SheetDevice.edit_number < edit.number,
        )
        .returning(SheetDevice.edit_number)
    )
    return db.session.scalar(newer) is not None


def _apply(sheet: Scoresheet, edit: SheetEdit, rubric: Rubric, by: Person) -> None:
    if _is_said(sheet, edit):
        return
    if sheet.is_submitted:
        raise SheetSubmittedError
    if not edit.values.stand_in(sheet):
        is_moved = sheet.version not in {0, edit.base}
        if is_moved and sheet.device_id != edit.device_id:
            raise SheetEditedElsewhereError
        check_values(edit.values, rubric)
        fill_sheet(sheet, rubric, edit.values, device_id=edit.device_id)
    if edit.is_submission:
        hand_in(sheet, rubric, by=by)


def _keep_late(
    round_id: uuid.UUID, entry_id: uuid.UUID, edit: SheetEdit, rubric: Rubric, by: Person
) -> None:
    """Keep the judge's last word to be seen; nothing of it is counted."""
    check_values(edit.values, rubric)
    values = {
        "marks": {
            k: f"{points:.2f}" for k, points in edit.values.marks.items() if points is not None
        },
        "gates": {k: is_met for k, is_met in edit.values.gates.items() if is_met is not None},
        "feedback": edit.values.feedback,
        "is_submission": edit.is_submission,
    }
    late = sheets.find_late(round_id, entry_id, by.id)
    if late is not None and late.values == values:
        return
    if late is None:
        late = LateSheet(round_id=round_id, entry_id=entry_id, judge_id=by.id)
        db.session.add(late)
    late.values, late.received_at = values, clock.now()
    db.session.flush()
    circle_id = competitions.get_round(round_id).competition.event.circle_id
    record("scoresheet.late", late, by=by, circle_id=circle_id, after=values)
