"""Reads of checkpoints, scans and admissions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from eventhub.accounts.models import Person
from eventhub.checkin.models import Admission, Checkpoint, Scan
from eventhub.circles.roles import roles_of
from eventhub.db import db
from eventhub.errors import NotFoundError
from eventhub.events.enums import EventState, RegistrationState
from eventhub.events.models import Event, EventHost, Registration, Ticket
from eventhub.events.queries import select_registrations

RECENT = 12
FOUND_MAX = 20


@dataclass(frozen=True)
class Headcount:
    """How many are in, of how many who are expected."""

    admitted: int = 0
    expected: int = 0


@dataclass(frozen=True)
class Arrival:
    """When and where someone came in."""

    at: datetime
    where: str


def get_checkpoint(checkpoint_id: uuid.UUID) -> Checkpoint:
    """One checkpoint with its event and the circles that host it.

    Raises:
        NotFoundError: no such checkpoint.

    """
    query = (
        select(Checkpoint)
        .where(Checkpoint.id == checkpoint_id)
        .options(joinedload(Checkpoint.event).selectinload(Event.hosts))
    )
    checkpoint: Checkpoint | None = db.session.scalar(query)
    if checkpoint is None:
        raise NotFoundError
    return checkpoint


def list_checkpoints(event_ids: Iterable[uuid.UUID]) -> Sequence[Checkpoint]:
    """The checkpoints of these events, each event's in the order of making."""
    query = (
        select(Checkpoint)
        .where(Checkpoint.event_id.in_([*event_ids]))
        .options(joinedload(Checkpoint.event))
        .order_by(Checkpoint.created_at, Checkpoint.id)
    )
    return db.session.scalars(query).all()


def count_scans(checkpoint_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """Scans and admissions at each checkpoint; one without any is missing."""
    query = (
        select(Scan.checkpoint_id, func.count(), func.count(Admission.id))
        .outerjoin(Admission, Admission.scan_id == Scan.id)
        .where(Scan.checkpoint_id.in_([*checkpoint_ids]))
        .group_by(Scan.checkpoint_id)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def select_door_events(person: Person, *, after: datetime) -> Select[Event]:
    """Published events that end later, at whose doors someone works; soonest first.

    The caller pages.
    """
    query = (
        select(Event)
        .where(Event.state == EventState.PUBLISHED, Event.ends_at > after)
        .options(selectinload(Event.hosts), joinedload(Event.circle))
        .order_by(Event.starts_at, Event.id)
    )
    if person.is_admin:
        return query
    mine = {circle_id for circle_id, _role in roles_of(person)}
    hosting = select(EventHost.event_id).where(EventHost.circle_id.in_(mine))
    return query.where(Event.id.in_(hosting))


def is_counted() -> ColumnElement[bool]:
    """Whether a place counts as registered: it is confirmed, or its holder came all the same."""
    return or_(Registration.state == RegistrationState.CONFIRMED, Admission.id.is_not(None))


def count_heads(event_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Headcount]:
    """The head count of each of these events."""
    wanted = [*event_ids]
    query = (
        select(Registration.event_id, func.count(Admission.id), func.count())
        .join(Ticket, Ticket.registration_id == Registration.id)
        .outerjoin(Admission, Admission.ticket_id == Ticket.id)
        .where(Registration.event_id.in_(wanted), is_counted())
        .group_by(Registration.event_id)
    )
    counted = {row[0]: Headcount(row[1], row[2]) for row in db.session.execute(query)}
    return {event_id: counted.get(event_id, Headcount()) for event_id in wanted}


def find_scan(scan_id: uuid.UUID) -> Scan | None:
    """The scan that a device named so, with whom it was of."""
    place = joinedload(Scan.ticket).joinedload(Ticket.registration)
    query = (
        select(Scan)
        .where(Scan.id == scan_id)
        .options(place.joinedload(Registration.event), place.joinedload(Registration.university))
    )
    return db.session.scalar(query)


def list_recent_scans(checkpoint_id: uuid.UUID) -> Sequence[Scan]:
    """The last scans at a checkpoint, newest first."""
    query = (
        select(Scan)
        .where(Scan.checkpoint_id == checkpoint_id)
        .options(joinedload(Scan.ticket).joinedload(Ticket.registration))
        .order_by(Scan.scanned_at.desc(), Scan.id)
        .limit(RECENT)
    )
    return db.session.scalars(query).all()


def find_arrivals(ticket_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Arrival]:
    """When and where the holders of these tickets came in; who did not is missing."""
    query = (
        select(Admission.ticket_id, Admission.admitted_at, Checkpoint.name)
        .join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
        .where(Admission.ticket_id.in_([*ticket_ids]))
    )
    return {row[0]: Arrival(row[1], row[2]) for row in db.session.execute(query)}


def search_places(event_id: uuid.UUID, words: str) -> Sequence[Registration]:
    """The first places at an event that match a name, team, institution, mail or mobile."""
    return db.session.scalars(select_registrations(event_id, search=words).limit(FOUND_MAX)).all()
