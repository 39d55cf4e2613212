"""Who judges what: panels and the seats in them."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from eventhub.accounts import service as accounts
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage_round
from eventhub.db import db, transaction
from eventhub.domain.conflicts import normalise_name
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.judging.errors import (
    PanelNotEmptyError,
    PanelTakenError,
    RoundSettledError,
    SeatInUseError,
    SeatTakenError,
)
from eventhub.judging.models import Panel, PanelJudge, Scoresheet
from eventhub.judging.queries import seats
from eventhub.roadshows import queries as roadshows

log = logging.getLogger(__name__)

_UNSETTLED = frozenset({RoundState.DRAFT, RoundState.OPEN})


def check_unsettled(round_: Round, *, by: Person) -> None:
    """Refuse whoever does not run the round, and any change once it is closed.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundSettledError: the round is closed or published.

    """
    if not can_manage_round(by, round_):
        raise ForbiddenError
    if seats.hold_round_state(round_.id) not in _UNSETTLED:
        raise RoundSettledError


def add_panel(
    round_id: uuid.UUID, *, name: str, room_id: uuid.UUID | None = None, by: Person
) -> Panel:
    """Make a panel, for a room of the roadshow or, without one, for the whole round.

    Raises:
        ForbiddenError, RoundSettledError: see ``check_unsettled``.
        NotFoundError: the room is not one of this round's.
        PanelTakenError: the name or the room has a panel.

    """
    round_ = competitions.get_round(round_id)
    try:
        with transaction():
            check_unsettled(round_, by=by)
            if room_id is not None and room_id not in _rooms(round_id):
                raise NotFoundError
            panel = Panel(round_id=round_id, room_id=room_id, name=name)
            db.session.add(panel)
            db.session.flush()
            record("panel.added", panel, by=by, circle_id=_circle(round_), after={"name": name})
    except IntegrityError as error:
        raise PanelTakenError from error
    return panel


def add_room_panels(round_id: uuid.UUID, *, by: Person) -> Sequence[Panel]:
    """Make a panel for each room of the roadshow that has none; it bears the room's name.

    Raises:
        ForbiddenError, RoundSettledError: see ``check_unsettled``.
        PanelTakenError: a panel without a room bears a room's name.

    """
    with transaction():
        taken = {panel.room_id for panel in seats.list_panels(round_id)}
        return [
            add_panel(round_id, name=name, room_id=room_id, by=by)
            for room_id, name in _rooms(round_id).items()
            if room_id not in taken
        ]


def _rooms(round_id: uuid.UUID) -> dict[uuid.UUID, str]:
    roadshow = roadshows.find_roadshow(round_id)
    return {room.id: room.name for room in roadshow.rooms} if roadshow else {}


def remove_panel(panel_id: uuid.UUID, *, by: Person) -> None:
    """Take an empty panel away.

    Raises:
        ForbiddenError, RoundSettledError: see ``check_unsettled``.
        PanelNotEmptyError: somebody sits in it.

    """
    with transaction():
        panel = seats.get_panel(panel_id, lock=True)
        check_unsettled(panel.round, by=by)
        if panel.judges:
            raise PanelNotEmptyError
        record(
            "panel.removed",
            panel,
            by=by,
            circle_id=_circle(panel.round),
            before={"name": panel.name},
        )
        db.session.delete(panel)


def seat_judge(
    panel_id: uuid.UUID,
    *,
    name: str,
    email: str | None = None,
    university_id: uuid.UUID | None = None,
    organisation: str = "",
    is_chief: bool = False,
    by: Person,
) -> PanelJudge:
    """Give someone a seat.

    Whoever has an account under this address is seated as who they are; else a person is
    made who comes by personal link only.

    Raises:
        ForbiddenError, RoundSettledError: see ``check_unsettled``.
        SeatTakenError: they sit in this round already, or a judge of the same name and
            university does.

    """
    try:
        with transaction():
            panel = seats.get_panel(panel_id, lock=True)
            check_unsettled(panel.round, by=by)
            _check_namesake(panel.round_id, name, university_id)
            person = accounts.add_person(name, email=email or None, university_id=university_id)
            last = select(func.max(PanelJudge.position)).where(PanelJudge.panel_id == panel_id)
            seat = PanelJudge(
                panel=panel,
                round_id=panel.round_id,
                person=person,
                position=(db.session.scalar(last) or 0) + 1,
                university_id=university_id,
                organisation=organisation,
            )
            db.session.add(seat)
            db.session.flush()
            if is_chief:
                _crown(seat)
            record(
                "judge.seated",
                seat,
                by=by,
                circle_id=_circle(panel.round),
                after={"judge": person.name, "panel": panel.name, "is_chief": is_chief},
            )
    except IntegrityError as error:
        raise SeatTakenError from error
    log.info("judge seated", extra={"seat_id": str(seat.id)})
    return seat


def _check_namesake(round_id: uuid.UUID, name: str, university_id: uuid.UUID | None) -> None:
    for other in seats.list_seats(round_id):
        same_place = other.university_id == university_id
        if same_place and normalise_name(other.person.name) == normalise_name(name):
            raise SeatTakenError


def set_chief(seat_id: uuid.UUID, *, by: Person) -> PanelJudge:
    """Make a judge the chief of their panel; a panel has one at most.

    Raises:
        ForbiddenError, RoundSettledError: see ``check_unsettled``.

    """
    with transaction():
        seat = seats.get_seat(seat_id)
        check_unsettled(seat.panel.round, by=by)
        seats.get_panel(seat.panel_id, lock=True)
        _crown(seat)
        record(
            "judge.made_chief",
            seat,
            by=by,
            circle_id=_circle(seat.panel.round),
            after={"judge": seat.person.name, "panel": seat.panel.name},
        )
    return seat


def _crown(seat: PanelJudge) -> None:
    for other in seat.panel.judges:
        other.is_chief = False
    db.session.flush()  # the index allows one chief at every moment
    seat.is_chief = True


def unseat_judge(seat_id: uuid.UUID, *, by: Person) -> None:
    """Take a seat away, with its unfinished sheets and its link.

    Raises:
        ForbiddenError, RoundSettledError: see ``check_unsettled``.
        SeatInUseError: the judge submitted a sheet in this round.

    """
    with transaction():
        seat = seats.get_seat(seat_id)
        check_unsettled(seat.panel.round, by=by)
        mine = (Scoresheet.round_id == seat.round_id, Scoresheet.judge_id == seat.person_id)
        held = db.session.scalars(select(Scoresheet).where(*mine).with_for_update()).all()
        if any(sheet.is_submitted for sheet in held):
            raise SeatInUseError
        db.session.execute(delete(Scoresheet).where(*mine))
        accounts.revoke_links(seat.person_id, scope=seats.LINK_SCOPE, subject_id=seat.round_id)
        record(
            "judge.unseated",
            seat,
            by=by,
            circle_id=_circle(seat.panel.round),
            before={"judge": seat.person.name, "panel": seat.panel.name},
        )
        db.session.delete(seat)


def _circle(round_: Round) -> uuid.UUID:
    return round_.competition.event.circle_id
