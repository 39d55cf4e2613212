"""Declaring that a judge must not score an entry."""

from __future__ import annotations

import uuid

from sqlalchemy.exc import IntegrityError

from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions.enums import RoundState
from eventhub.competitions.permissions import can_manage_round
from eventhub.db import db, transaction
from eventhub.entries import queries as entries
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.judging.enums import RecusalKind
from eventhub.judging.errors import (
    RecusalCertainError,
    RecusalKnownError,
    RecusalNeedsDetailError,
    RoundSettledError,
)
from eventhub.judging.models import PanelJudge, Recusal
from eventhub.judging.queries import recusals, seats


def declare_recusal(
    round_id: uuid.UUID,
    entry_id: uuid.UUID,
    *,
    judge_id: uuid.UUID,
    kind: RecusalKind,
    detail: str = "",
    by: Person,
) -> Recusal:
    """Note that a judge must not score an entry; a sheet given before no longer counts.

    The judge declares for themself, an organiser for anyone.

    Raises:
        NotFoundError: the judge has no seat in the round, or the entry is not in it.
        ForbiddenError: ``by`` is neither the judge nor runs the competition.
        RecusalNeedsDetailError: another reason, and not told which.
        RoundSettledError: the round is closed.
        RecusalKnownError: noted before.

    """
    if kind is RecusalKind.OTHER and not detail.strip():
        raise RecusalNeedsDetailError
    try:
        with transaction():
            seat = _seat_for(round_id, judge_id, by)
            _check_open(round_id)
            entry = entries.get_entry(entry_id)
            if entry.competition_id != seat.panel.round.competition_id:
                raise NotFoundError
            recusal = Recusal(
                round_id=round_id,
                judge_id=judge_id,
                entry_id=entry_id,
                kind=kind,
                detail=detail,
                declared_by_id=by.id,
            )
            db.session.add(recusal)
            db.session.flush()
            _record("recusal.declared", recusal, seat, entry.code, by=by)
    except IntegrityError as error:
        raise RecusalKnownError from error
    return recusal


def withdraw_recusal(recusal_id: uuid.UUID, *, by: Person) -> None:
    """Take a declared recusal back.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundSettledError: the round is closed.
        RecusalCertainError: it was not declared, it follows from facts.

    """
    with transaction():
        recusal = recusals.get_recusal(recusal_id)
        seat = seats.find_seat(recusal.round_id, recusal.judge_id)
        if seat is None or not can_manage_round(by, seat.panel.round):
            raise ForbiddenError
        _check_open(recusal.round_id)
        if recusal.declared_by_id is None:
            raise RecusalCertainError
        _record("recusal.withdrawn", recusal, seat, recusal.entry.code, by=by)
        db.session.delete(recusal)


def _seat_for(round_id: uuid.UUID, judge_id: uuid.UUID, by: Person) -> PanelJudge:
    seat = seats.find_seat(round_id, judge_id)
    if seat is None:
        raise NotFoundError
    if by.id != judge_id and not can_manage_round(by, seat.panel.round):
        raise ForbiddenError
    return seat


def _check_open(round_id: uuid.UUID) -> None:
    if seats.hold_round_state(round_id) not in {RoundState.DRAFT, RoundState.OPEN}:
        raise RoundSettledError


def _record(action: str, recusal: Recusal, seat: PanelJudge, code: str, *, by: Person) -> None:
    facts = {
        "judge": seat.person.name,
        "entry": code,
        "kind": recusal.kind.value,
        "detail": recusal.detail,
    }
    is_new = action == "recusal.declared"
    record(
        action,
        recusal,
        by=by,
        circle_id=seat.panel.round.competition.event.circle_id,
        before=None if is_new else facts,
        after=facts if is_new else None,
    )
