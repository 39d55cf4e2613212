"""Sending a submitted sheet back to its judge: chief judge and supervisor both sign."""

from __future__ import annotations

import logging
import uuid

from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Round
from eventhub.db import db, transaction
from eventhub.i18n import _
from eventhub.judging.enums import ActState
from eventhub.judging.errors import (
    ActEndedError,
    NotYoursToSignError,
    RecusedError,
    ReturnOpenError,
    RoundNotOpenError,
    SheetNotSubmittedError,
    SignedAlreadyError,
)
from eventhub.judging.models import PanelJudge, Scoresheet, SheetReturn
from eventhub.judging.queries import closing, seats
from eventhub.judging.queries.offices import Office, find_office, is_kept_from
from eventhub.judging.service.sheets import open_again
from eventhub.notifications.messages import Action, Message, Recipient
from eventhub.notifications.service import notify

log = logging.getLogger(__name__)


def ask_return(sheet_id: uuid.UUID, *, reason: str, by: Person) -> SheetReturn:
    """Ask that a judge corrects a submitted sheet. Chief judge and supervisor sign by asking.

    Raises:
        NotYoursToSignError: ``by`` is neither organiser nor supervisor nor the panel's chief judge.
        RoundNotOpenError: the round is closed.
        SheetNotSubmittedError: the judge can change it anyway.
        ReturnOpenError: somebody asked already.

    """
    try:
        with transaction():
            sheet, round_, seat = _hold(sheet_id)
            office = _office(round_, sheet, by)
            if not (office.is_organiser or office.is_supervisor or _chairs(office, seat)):
                raise NotYoursToSignError
            if not sheet.is_submitted:
                raise SheetNotSubmittedError
            asked = SheetReturn(scoresheet_id=sheet.id, reason=reason, asked_by_id=by.id)
            db.session.add(asked)
            db.session.flush()
            _record("scoresheet.return_asked", sheet, round_, by, reason)
            if office.is_supervisor or _signs_as_chief(office, seat):
                _sign(asked, sheet, round_, seat, office, by)
    except IntegrityError as error:
        if "uq_sheet_returns_open" in str(error):
            raise ReturnOpenError from error
        raise
    return asked


def sign_return(return_id: uuid.UUID, *, by: Person) -> SheetReturn:
    """Agree to a return; with the second signature the sheet is the judge's again.

    Raises:
        NotYoursToSignError: ``by`` is neither supervisor nor the panel's chief judge, who does
            not sign for a sheet of their own: there an organiser does.
        SignedAlreadyError: this line is signed.
        ActEndedError: it was decided upon.
        RoundNotOpenError: the round is closed.

    """
    with transaction():
        sheet, round_, seat = _hold(closing.get_return(return_id).scoresheet_id)
        asked = closing.get_return(return_id, lock=True)
        if asked.state is not ActState.OPEN:
            raise ActEndedError
        _sign(asked, sheet, round_, seat, _office(round_, sheet, by), by)
    return asked


def refuse_return(return_id: uuid.UUID, *, reason: str, by: Person) -> SheetReturn:
    """Let a submitted sheet stand, and say why.

    Raises:
        NotYoursToSignError: as in ``sign_return``; organisers may refuse too.
        ActEndedError: it was decided upon.

    """
    with transaction():
        sheet, round_, seat = _hold(closing.get_return(return_id).scoresheet_id, is_open=False)
        asked = closing.get_return(return_id, lock=True)
        office = _office(round_, sheet, by)
        if not (office.is_organiser or office.is_supervisor or _chairs(office, seat)):
            raise NotYoursToSignError
        if asked.state is not ActState.OPEN:
            raise ActEndedError
        asked.state, asked.ended_at = ActState.REFUSED, clock.now()
        asked.refused_by_id, asked.refusal = by.id, reason
        _record("scoresheet.return_refused", sheet, round_, by, reason)
    return asked


def may_sign_return(
    asked: SheetReturn, office: Office, seat: PanelJudge | None, by: Person
) -> bool:
    """Whether a return waits for the name of whoever stands in this office."""
    if asked.state is not ActState.OPEN or by.id in {asked.chief_id, asked.supervisor_id}:
        return False
    if office.is_supervisor and asked.supervisor_id is None:
        return True
    return asked.chief_id is None and _signs_as_chief(office, seat)


def _hold(
    sheet_id: uuid.UUID, *, is_open: bool = True
) -> tuple[Scoresheet, Round, PanelJudge | None]:
    """The round held open, then the sheet's row: the order in which a judge's save holds them."""
    round_id = closing.get_sheet(sheet_id).round_id
    if is_open and seats.hold_round_state(round_id) is not RoundState.OPEN:
        raise RoundNotOpenError
    sheet = closing.get_sheet(sheet_id, lock=True)
    return sheet, competitions.get_round(round_id), seats.find_seat(round_id, sheet.judge_id)


def _office(round_: Round, sheet: Scoresheet, by: Person) -> Office:
    """As what they stand, unless all they could say is barred by a recusal."""
    office = find_office(round_, by)
    if is_kept_from(office, by, sheet.entry):
        raise RecusedError
    return office


def _chairs(office: Office, seat: PanelJudge | None) -> bool:
    """Whether they chair the panel in which the sheet was written."""
    return seat is not None and any(panel.id == seat.panel_id for panel in office.panels)


def _signs_as_chief(office: Office, seat: PanelJudge | None) -> bool:
    if seat is not None and not seat.is_chief:
        return _chairs(office, seat)
    return office.is_organiser


def _sign(
    asked: SheetReturn,
    sheet: Scoresheet,
    round_: Round,
    seat: PanelJudge | None,
    office: Office,
    by: Person,
) -> None:
    now = clock.now()
    if by.id in {asked.chief_id, asked.supervisor_id}:
        raise SignedAlreadyError
    if office.is_supervisor and asked.supervisor_id is None:
        asked.supervisor_id, asked.supervisor_at = by.id, now
    elif _signs_as_chief(office, seat) and asked.chief_id is None:
        asked.chief_id, asked.chief_at = by.id, now
    elif office.is_supervisor or _signs_as_chief(office, seat):
        raise SignedAlreadyError
    else:
        raise NotYoursToSignError
    _record("scoresheet.return_signed", sheet, round_, by, asked.reason)
    if asked.chief_id is None or asked.supervisor_id is None:
        return
    asked.state, asked.ended_at = ActState.DONE, now
    before = {key: f"{points:.2f}" for key, points in sheet.points.items()}
    open_again(sheet)
    _record("scoresheet.returned", sheet, round_, by, asked.reason, before={"marks": before})
    _tell(asked, sheet, round_)
    log.info("scoresheet returned", extra={"scoresheet_id": str(sheet.id)})


def _record(
    action: str,
    sheet: Scoresheet,
    round_: Round,
    by: Person,
    reason: str,
    before: dict[str, object] | None = None,
) -> None:
    circle_id = round_.competition.event.circle_id
    record(action, sheet, by=by, circle_id=circle_id, before=before, after={"reason": reason})


def _tell(asked: SheetReturn, sheet: Scoresheet, round_: Round) -> None:
    entry, reason = sheet.entry, asked.reason

    def compose() -> Message:
        return Message(
            title=_("请修改评分表：%(entry)s", entry=entry.name),
            paragraphs=(
                _(
                    "评委组长和监督员同意退回您提交的评分表，请修改后重新提交。原来的评分会保留备查。"
                ),
            ),
            facts=(
                (_("项目"), entry.name),
                (_("轮次"), round_.name),
                (_("退回理由"), reason),
            ),
            action=Action(
                _("修改评分表"),
                "judging.sheet",
                {"round_id": round_.id, "entry_id": entry.id},
            ),
        )

    notify(
        Recipient.of(sheet.judge),
        key=f"judging.returned:{asked.id}",
        kind="judging.sheet_returned",
        compose=compose,
        subject_id=sheet.id,
        circle_id=round_.competition.event.circle_id,
    )
