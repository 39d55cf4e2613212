"""Reads of panels, who sits in them, and by which link they come."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from flask import g, has_app_context
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from eventhub.accounts.models import Person, PersonalLink
from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Competition, Round
from eventhub.db import db
from eventhub.entries.models import Entry
from eventhub.errors import NotFoundError
from eventhub.events.models import Event
from eventhub.judging.enums import LinkState, ScoresheetState
from eventhub.judging.models import Panel, PanelJudge, Scoresheet

LINK_SCOPE = "judging"
_WHOLE_ROUND = joinedload(Round.competition).joinedload(Competition.event).joinedload(Event.circle)
_WHOLE_PERSON = joinedload(PanelJudge.person)
_WHOLE_SEAT: tuple[ORMOption, ...] = (
    _WHOLE_PERSON,
    joinedload(PanelJudge.university),
    joinedload(PanelJudge.panel).options(
        joinedload(Panel.room), joinedload(Panel.round).options(_WHOLE_ROUND)
    ),
)


def hold_round_state(round_id: uuid.UUID) -> RoundState:
    """A round's state, which stays so until the transaction ends.

    Any number of judges hold it at once; closing the round waits for them, and they for it.

    Raises:
        NotFoundError: no such round.

    """
    query = select(Round.state).where(Round.id == round_id).with_for_update(read=True)
    state = db.session.scalar(query)
    if state is None:
        raise NotFoundError
    return state


def get_panel(panel_id: uuid.UUID, *, lock: bool = False) -> Panel:
    """A panel with its round; ``lock`` holds its row, so that seats are numbered one by one.

    Raises:
        NotFoundError: no such panel.

    """
    query = (
        select(Panel)
        .where(Panel.id == panel_id)
        .options(joinedload(Panel.round).options(_WHOLE_ROUND), joinedload(Panel.room))
    )
    if lock:
        query = query.with_for_update(of=Panel)
    panel: Panel | None = db.session.scalar(query)
    if panel is None:
        raise NotFoundError
    return panel


def list_panels(round_id: uuid.UUID) -> Sequence[Panel]:
    """A round's panels by name, each with its room and its judges in their order."""
    query = (
        select(Panel)
        .where(Panel.round_id == round_id)
        .options(
            joinedload(Panel.room),
            selectinload(Panel.judges).options(
                joinedload(PanelJudge.person), joinedload(PanelJudge.university)
            ),
        )
        .order_by(Panel.name)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def get_seat(seat_id: uuid.UUID) -> PanelJudge:
    """A seat with its person, panel, room, round and competition.

    Raises:
        NotFoundError: no such seat.

    """
    seat = _one_seat(PanelJudge.id == seat_id)
    if seat is None:
        raise NotFoundError
    return seat


def find_seat(round_id: uuid.UUID, person_id: uuid.UUID) -> PanelJudge | None:
    """Someone's seat in a round."""
    return _one_seat(PanelJudge.round_id == round_id, PanelJudge.person_id == person_id)


def _one_seat(*where: ColumnElement[bool]) -> PanelJudge | None:
    return db.session.scalar(select(PanelJudge).where(*where).options(*_WHOLE_SEAT))


def list_seats(round_id: uuid.UUID) -> Sequence[PanelJudge]:
    """Every seat of a round, by panel and position."""
    query = (
        select(PanelJudge)
        .join(PanelJudge.panel)
        .where(PanelJudge.round_id == round_id)
        .options(
            contains_eager(PanelJudge.panel).joinedload(Panel.room),
            joinedload(PanelJudge.person),
            joinedload(PanelJudge.university),
        )
        .order_by(Panel.name, PanelJudge.position)
    )
    return db.session.scalars(query).unique().all()


def list_seats_of(person_id: uuid.UUID, *, limit: int = 30) -> Sequence[PanelJudge]:
    """Someone's seats, the newest contest first."""
    query = (
        select(PanelJudge)
        .join(PanelJudge.panel)
        .join(Panel.round)
        .join(Round.competition)
        .join(Competition.event)
        .where(PanelJudge.person_id == person_id)
        .options(
            contains_eager(PanelJudge.panel).options(
                joinedload(Panel.room),
                contains_eager(Panel.round)
                .contains_eager(Round.competition)
                .contains_eager(Competition.event)
                .joinedload(Event.circle),
            )
        )
        .order_by(Event.starts_at.desc(), Round.position.desc())
        .limit(limit)
    )
    return db.session.scalars(query).unique().all()


def has_seat(person: Person | None) -> bool:
    """Whether someone judges anywhere; asked once a request."""
    if person is None:
        return False
    memory: dict[uuid.UUID, bool] = g.setdefault("judging_seats", {}) if has_app_context() else {}
    if person.id not in memory:
        query = select(exists().where(PanelJudge.person_id == person.id))
        memory[person.id] = bool(db.session.scalar(query))
    return memory[person.id]


def count_submitted(person_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many sheets someone has submitted, by round."""
    query = (
        select(Scoresheet.round_id, func.count())
        .where(Scoresheet.judge_id == person_id, Scoresheet.state == ScoresheetState.SUBMITTED)
        .group_by(Scoresheet.round_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def has_submitted(round_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Whether someone submitted a sheet in a round."""
    query = select(
        exists().where(
            Scoresheet.round_id == round_id,
            Scoresheet.judge_id == person_id,
            Scoresheet.state == ScoresheetState.SUBMITTED,
        )
    )
    return bool(db.session.scalar(query))


def list_links(round_id: uuid.UUID) -> dict[uuid.UUID, PersonalLink]:
    """The newest link of each judge of a round, by person."""
    query = (
        select(PersonalLink)
        .where(PersonalLink.scope == LINK_SCOPE, PersonalLink.subject_id == round_id)
        .order_by(PersonalLink.created_at)
    )
    return {link.person_id: link for link in db.session.scalars(query)}


def link_state(link: PersonalLink | None, now: datetime) -> LinkState:
    """What became of a link."""
    if link is None:
        return LinkState.NONE
    if link.revoked_at is not None or now >= link.expires_at:
        return LinkState.OVER
    return LinkState.USED if link.first_used_at is not None else LinkState.ISSUED


def name_panels(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of panels."""
    return {
        row[0]: row[1]
        for row in db.session.execute(select(Panel.id, Panel.name).where(Panel.id.in_(ids)))
    }


def name_seats(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Seats, by who sits in them."""
    query = select(PanelJudge.id, Person.name).join(PanelJudge.person)
    return {row[0]: row[1] for row in db.session.execute(query.where(PanelJudge.id.in_(ids)))}


def name_scoresheets(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Scoresheets, by the entry that they mark."""
    query = select(Scoresheet.id, Entry.name + " " + Entry.code).join(Scoresheet.entry)
    return {row[0]: row[1] for row in db.session.execute(query.where(Scoresheet.id.in_(ids)))}
