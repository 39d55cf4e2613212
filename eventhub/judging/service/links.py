"""The personal links by which judges come."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from eventhub import clock
from eventhub.accounts import service as accounts
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions.permissions import can_manage_round
from eventhub.db import transaction
from eventhub.errors import ForbiddenError
from eventhub.judging.models import PanelJudge
from eventhub.judging.queries import hearing, seats

LIFE_MIN = timedelta(days=14)
GRACE = timedelta(days=3)  # after the last mark is due


def issue_judge_link(seat_id: uuid.UUID, *, by: Person) -> str:
    """Make a judge's link and return its secret, which is kept nowhere; earlier ones end.

    It lives until three days after the last mark is due, and fourteen days at least.

    Raises:
        ForbiddenError: ``by`` does not run the competition.

    """
    with transaction():
        seat = _seat_for(seat_id, by)
        accounts.revoke_links(seat.person_id, scope=seats.LINK_SCOPE, subject_id=seat.round_id)
        now = clock.now()
        token = accounts.issue_link(
            seat.person_id,
            scope=seats.LINK_SCOPE,
            subject_id=seat.round_id,
            life=max(LIFE_MIN, _last_mark_at(seat) + GRACE - now),
        )
        record("judge.link_issued", seat, by=by, circle_id=_circle(seat))
    return token


def revoke_judge_link(seat_id: uuid.UUID, *, by: Person) -> None:
    """End a judge's link, and every session that it opened.

    Raises:
        ForbiddenError: ``by`` does not run the competition.

    """
    with transaction():
        seat = _seat_for(seat_id, by)
        accounts.revoke_links(seat.person_id, scope=seats.LINK_SCOPE, subject_id=seat.round_id)
        record("judge.link_revoked", seat, by=by, circle_id=_circle(seat))


def _seat_for(seat_id: uuid.UUID, by: Person) -> PanelJudge:
    seat = seats.get_seat(seat_id)
    if not can_manage_round(by, seat.panel.round):
        raise ForbiddenError
    return seat


def _last_mark_at(seat: PanelJudge) -> datetime:
    """When the round should be over, as far as is known."""
    round_ = seat.panel.round
    ends = [slot.ends_at for slot in hearing.slots_by_entry(round_.id).values()]
    due = [round_.marks_due_at] if round_.marks_due_at else []
    return max([*ends, *due, round_.competition.event.ends_at])


def _circle(seat: PanelJudge) -> uuid.UUID:
    return seat.panel.round.competition.event.circle_id
