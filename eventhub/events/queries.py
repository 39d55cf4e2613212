"""Reads of events, places and tickets."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from eventhub.accounts.models import Person
from eventhub.circles.models import University
from eventhub.db import blind_index, db
from eventhub.domain import codes
from eventhub.domain.identifiers import normalise_mobile
from eventhub.errors import NotFoundError
from eventhub.events.enums import AttendeeRole, EventKind, EventState, RegistrationState
from eventhub.events.models import (
    TICKET_CODE_LENGTH,
    Event,
    EventHost,
    Registration,
    Session,
    Ticket,
)

HELD = Registration.state != RegistrationState.CANCELLED
SHOWN = (EventState.PUBLISHED, EventState.CANCELLED)
MONTHS_MAX = 36


@dataclass(frozen=True)
class EventFilter:
    """What someone looks for in a list of events; what is None or empty does not restrict."""

    kind: EventKind | None = None
    circle_id: uuid.UUID | None = None
    month: datetime | None = None  # the month's first moment, in the zone of the calendar
    search: str = ""
    state: EventState | None = None


def get_event(event_id: uuid.UUID, *, lock: bool = False) -> Event:
    """One event; with ``lock``, read anew and held until the transaction ends.

    Raises:
        NotFoundError: no such event.

    """
    query = select(Event).where(Event.id == event_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    else:
        query = query.options(*_WITH_HOSTS)
    event: Event | None = db.session.scalar(query)
    if event is None:
        raise NotFoundError
    return event


def get_session(session_id: uuid.UUID) -> Session:
    """One session, with its event.

    Raises:
        NotFoundError: no such session.

    """
    query = select(Session).where(Session.id == session_id).options(joinedload(Session.event))
    session: Session | None = db.session.scalar(query)
    if session is None:
        raise NotFoundError
    return session


def find_event(code: str) -> Event | None:
    """The event with this code, however it is typed."""
    query = select(Event).where(Event.code == codes.normalise(code)).options(*_WITH_HOSTS)
    return db.session.scalar(query)


def get_event_by_code(code: str) -> Event:
    """The event with this code.

    Raises:
        NotFoundError: no such event.

    """
    event = find_event(code)
    if event is None:
        raise NotFoundError
    return event


_WITH_HOSTS = (
    joinedload(Event.circle),
    selectinload(Event.hosts).joinedload(EventHost.circle),
)


# --- lists of events


def select_public_events(wanted: EventFilter, *, after: datetime | None = None) -> Select[Event]:
    """What the public calendar shows, soonest first; the caller pages.

    With ``after``, only events that end later; a month asked for shows its past days too.
    """
    query = _filtered(wanted).where(Event.state.in_(SHOWN)).order_by(Event.starts_at, Event.id)
    if after is not None and wanted.month is None:
        query = query.where(Event.ends_at > after)
    return query


def select_managed_events(circle_ids: Iterable[uuid.UUID], wanted: EventFilter) -> Select[Event]:
    """Events that these circles run, newest first; the caller pages."""
    query = _filtered(wanted).where(Event.circle_id.in_([*circle_ids]))
    return query.order_by(Event.starts_at.desc(), Event.id)


def _filtered(wanted: EventFilter) -> Select[Event]:
    query = select(Event).options(*_WITH_HOSTS)
    if wanted.kind is not None:
        query = query.where(Event.kind == wanted.kind)
    if wanted.state is not None:
        query = query.where(Event.state == wanted.state)
    if wanted.circle_id is not None:
        hosting = select(EventHost.event_id).where(EventHost.circle_id == wanted.circle_id)
        query = query.where(Event.id.in_(hosting))
    if wanted.month is not None:
        start = wanted.month
        end = _next_month(start)
        query = query.where(Event.starts_at < end, Event.ends_at > start)
    if wanted.search:
        words = f"%{_literal(wanted.search)}%"
        query = query.where(
            or_(
                Event.title.ilike(words),
                Event.summary.ilike(words),
                Event.venue.ilike(words),
                Event.code == codes.normalise(wanted.search),
            )
        )
    return query


def _next_month(start: datetime) -> datetime:
    if start.month == 12:
        return start.replace(year=start.year + 1, month=1)
    return start.replace(month=start.month + 1)


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def list_months(*, tz: str) -> Sequence[str]:
    """The months, such as ``2026-11``, in which published events begin; newest first."""
    month = func.to_char(func.timezone(tz, Event.starts_at), "YYYY-MM").label("month")
    query = select(month).where(Event.state.in_(SHOWN)).distinct().order_by(month.desc())
    return db.session.scalars(query.limit(MONTHS_MAX)).all()


def month_start(month: str, *, tz: str) -> datetime | None:
    """The first moment of ``2026-11`` in a zone; None where it is no month of our time."""
    try:
        start = datetime.fromisoformat(f"{month}-01").replace(tzinfo=ZoneInfo(tz))
    except ValueError:
        return None
    return start if 2000 <= start.year < 2100 else None


def list_events_between(start: datetime, end: datetime, *, limit: int) -> Sequence[Event]:
    """Published events that happen at some moment in ``[start, end)``, soonest first."""
    query = (
        select(Event)
        .options(*_WITH_HOSTS)
        .where(Event.state == EventState.PUBLISHED, Event.starts_at < end, Event.ends_at > start)
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def list_upcoming_events(
    after: datetime, *, limit: int, circle_id: uuid.UUID | None = None
) -> Sequence[Event]:
    """Published events that begin at ``after`` or later, soonest first, contests left out."""
    query = (
        _filtered(EventFilter(circle_id=circle_id, state=EventState.PUBLISHED))
        .where(Event.starts_at >= after, Event.kind != EventKind.CONTEST)
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def count_upcoming_by_circle(after: datetime) -> dict[uuid.UUID, int]:
    """How many published events lie ahead, for each circle that hosts one."""
    query = (
        select(EventHost.circle_id, func.count())
        .join(Event)
        .where(Event.state == EventState.PUBLISHED, Event.ends_at > after)
        .group_by(EventHost.circle_id)
    )
    return dict(db.session.execute(query).all())


# --- places and tickets


def get_registration(registration_id: uuid.UUID) -> Registration:
    """One place with its event, university and ticket.

    Raises:
        NotFoundError: no such place.

    """
    query = select(Registration).where(Registration.id == registration_id).options(*_WHOLE_PLACE)
    registration: Registration | None = db.session.scalar(query)
    if registration is None:
        raise NotFoundError
    return registration


_WHOLE_PLACE = (
    joinedload(Registration.event).joinedload(Event.circle),
    joinedload(Registration.university),
    joinedload(Registration.ticket),
)


def find_ticket(code: str) -> Ticket | None:
    """The ticket with this code, however it is typed, with its place, event and university."""
    plain = codes.normalise(code)
    if not codes.is_well_formed(plain, length=TICKET_CODE_LENGTH, checked=True):
        return None
    place = joinedload(Ticket.registration)
    query = (
        select(Ticket)
        .where(Ticket.code == plain)
        .options(
            place.joinedload(Registration.event).joinedload(Event.circle),
            place.joinedload(Registration.university),
        )
    )
    return db.session.scalar(query)


def find_place(event_id: uuid.UUID, identity: str) -> Registration | None:
    """The place that this identity holds at an event."""
    query = (
        select(Registration)
        .where(Registration.event_id == event_id, Registration.identity == identity, HELD)
        .options(joinedload(Registration.ticket))
    )
    return db.session.scalar(query)


def find_own_place(
    event_id: uuid.UUID, *, person: Person | None, registration_ids: Sequence[uuid.UUID]
) -> Registration | None:
    """The place at an event that a person holds, or one of these."""
    mine: list[ColumnElement[bool]] = [Registration.id.in_(registration_ids)]
    if person is not None:
        mine.append(Registration.person_id == person.id)
    query = (
        select(Registration)
        .where(Registration.event_id == event_id, HELD, or_(*mine))
        .options(joinedload(Registration.ticket))
        .order_by(Registration.created_at)
        .limit(1)
    )
    return db.session.scalar(query)


def list_party(event_id: uuid.UUID, party_id: uuid.UUID) -> Sequence[Registration]:
    """The places that a team holds at an event, with their tickets, in the order of making."""
    query = (
        select(Registration)
        .where(
            Registration.event_id == event_id,
            or_(
                Registration.party_id == party_id,
                Registration.also.contains([{"party_id": str(party_id)}]),
            ),
            HELD,
        )
        .options(joinedload(Registration.ticket), joinedload(Registration.university))
        .order_by(Registration.created_at, Registration.id)
    )
    return db.session.scalars(query).all()


def count_places(event_id: uuid.UUID) -> int:
    """How many places are held."""
    query = select(func.count()).where(Registration.event_id == event_id, HELD)
    return db.session.scalar(query) or 0


def count_places_of(event_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many places are held at each of these events; one without any is missing."""
    query = (
        select(Registration.event_id, func.count())
        .where(Registration.event_id.in_([*event_ids]), HELD)
        .group_by(Registration.event_id)
    )
    return dict(db.session.execute(query).all())


def count_by_role(event_id: uuid.UUID) -> dict[AttendeeRole, int]:
    """How many places are held as what."""
    query = (
        select(Registration.role, func.count())
        .where(Registration.event_id == event_id, HELD)
        .group_by(Registration.role)
    )
    return dict(db.session.execute(query).all())


def select_registrations(
    event_id: uuid.UUID,
    *,
    search: str = "",
    state: RegistrationState | None = None,
    role: AttendeeRole | None = None,
) -> Select[Registration]:
    """Places at an event, in the order of registering; the caller pages.

    ``search`` finds part of a name, team or institution, and a whole mail address, mobile
    number or ticket code.
    """
    query = (
        select(Registration)
        .join(Registration.ticket)
        .outerjoin(Registration.university)
        .where(Registration.event_id == event_id)
        .options(
            contains_eager(Registration.ticket),
            contains_eager(Registration.university),
        )
        .order_by(Registration.created_at, Registration.id)
    )
    if state is not None:
        query = query.where(Registration.state == state)
    if role is not None:
        query = query.where(Registration.role == role)
    if search:
        words = f"%{_literal(search)}%"
        known = [blind_index(f"mail:{search}"), blind_index(f"phone:{normalise_mobile(search)}")]
        query = query.where(
            or_(
                Registration.name.ilike(words),
                Registration.party.ilike(words),
                Registration.organisation.ilike(words),
                University.name.ilike(words),
                Ticket.code == codes.normalise(search),
                Registration.identity.in_(known),
            )
        )
    return query


def list_registrations(
    event_id: uuid.UUID, *, state: RegistrationState | None = RegistrationState.CONFIRMED
) -> Sequence[Registration]:
    """Every place at an event with ticket and university, for exports and counts."""
    return db.session.scalars(select_registrations(event_id, state=state)).all()


def list_places_of(person: Person, *, after: datetime, limit: int) -> Sequence[Registration]:
    """The places that someone holds at events that have not ended, soonest first."""
    query = (
        select(Registration)
        .join(Registration.event)
        .where(Registration.person_id == person.id, HELD, Event.ends_at > after)
        .options(contains_eager(Registration.event), joinedload(Registration.ticket))
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def name_events(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The titles of events."""
    return {
        row[0]: row[1]
        for row in db.session.execute(select(Event.id, Event.title).where(Event.id.in_(ids)))
    }
