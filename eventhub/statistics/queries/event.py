"""An event's figures and the rows behind them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, distinct, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventhub.checkin.models import Admission, Checkpoint
from eventhub.checkin.queries import Arrival, is_counted
from eventhub.circles.models import University
from eventhub.db import db
from eventhub.events.enums import AttendeeRole
from eventhub.events.models import Registration, Ticket

Rows: TypeAlias = Select[*tuple[Any, ...]]
NEWEST = 8
OTHERS = "others"


@dataclass(frozen=True)
class Turnout:
    """Who was expected and who came. ``people`` are distinct, ``visits`` one an event each."""

    registered: int
    came: int
    visits: int = 0
    people: int = 0

    @property
    def absent(self) -> int:
        """Registered, and not seen at the door."""
        return self.registered - self.came

    @property
    def absence_rate(self) -> float | None:
        """Absent as a share of the registered; None where nobody was."""
        return self.absent / self.registered if self.registered else None


@dataclass(frozen=True)
class Group:
    """A part of the attendees of an event; ``key`` is what the list of attendees filters by."""

    key: str
    label: str
    turnout: Turnout


@dataclass(frozen=True)
class AttendeeFilter:
    """Which attendees are looked for; None or empty does not restrict.

    ``university`` is a key, or ``OTHERS`` for whoever named none.
    """

    came: bool | None = None
    role: AttendeeRole | None = None
    university: str = ""
    search: str = ""


def get_turnout(event_id: uuid.UUID) -> Turnout:
    """An event's figures."""
    people = func.count(distinct(Registration.identity)).filter(Admission.id.is_not(None))
    query = _of_event(select(func.count(), func.count(Admission.id), people), event_id)
    registered, came, distinct_people = db.session.execute(query).one()
    return Turnout(registered, came, visits=distinct_people, people=distinct_people)


def list_turnouts(event_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Turnout]:
    """The figures of each of these events."""
    came = func.count(Admission.id)
    people = func.count(distinct(Registration.identity)).filter(Admission.id.is_not(None))
    query = (
        select(Registration.event_id, func.count(), came, people)
        .join(Ticket, Ticket.registration_id == Registration.id)
        .outerjoin(Admission, Admission.ticket_id == Ticket.id)
        .where(Registration.event_id.in_([*event_ids]), is_counted())
        .group_by(Registration.event_id)
    )
    found = {row[0]: Turnout(*row[1:], people=row[3]) for row in db.session.execute(query)}
    return {event_id: found.get(event_id, Turnout(0, 0)) for event_id in event_ids}


def list_by_university(event_id: uuid.UUID, *, others: str) -> list[Group]:
    """Turnout by university, most arrivals first; last, as ``others``, whoever belongs to none."""
    query = _of_event(
        select(Registration.university_id, University.name, func.count(), func.count(Admission.id)),
        event_id,
    ).outerjoin(University, University.id == Registration.university_id)
    query = query.group_by(Registration.university_id, University.name)
    query = query.order_by(
        Registration.university_id.is_(None),
        func.count(Admission.id).desc(),
        func.count().desc(),
        University.name,
    )
    return [
        Group(str(row[0] or OTHERS), row[1] or others, Turnout(row[2], row[3]))
        for row in db.session.execute(query)
    ]


def list_by_role(event_id: uuid.UUID) -> list[tuple[AttendeeRole, Turnout]]:
    """Turnout by role, in the order of the roles."""
    query = _of_event(
        select(Registration.role, func.count(), func.count(Admission.id)), event_id
    ).group_by(Registration.role)
    found = {row[0]: Turnout(row[1], row[2]) for row in db.session.execute(query)}
    return [(role, found[role]) for role in AttendeeRole if role in found]


def list_arrival_times(event_id: uuid.UUID) -> Sequence[datetime]:
    """When each came in, in order."""
    query = select(Admission.admitted_at).where(Admission.event_id == event_id)
    return db.session.scalars(query.order_by(Admission.admitted_at)).all()


def list_newest_arrivals(event_id: uuid.UUID) -> list[tuple[Registration, Arrival]]:
    """Who came in last, newest first."""
    query = (
        select(Registration, Admission.admitted_at, Checkpoint.name)
        .join(Ticket, Ticket.registration_id == Registration.id)
        .join(Admission, Admission.ticket_id == Ticket.id)
        .join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
        .where(Admission.event_id == event_id)
        .options(joinedload(Registration.university))
        .order_by(Admission.admitted_at.desc(), Admission.id)
        .limit(NEWEST)
    )
    return [(row[0], Arrival(row[1], row[2])) for row in db.session.execute(query)]


def select_attendees(event_id: uuid.UUID, wanted: AttendeeFilter) -> Select[Any]:
    """The rows behind an event's figures, by name; the caller pages."""
    query = (
        select(Registration)
        .join(Registration.ticket)
        .outerjoin(Admission, Admission.ticket_id == Ticket.id)
        .where(Registration.event_id == event_id, is_counted())
        .options(contains_eager(Registration.ticket), joinedload(Registration.university))
        .order_by(Registration.name, Registration.id)
    )
    if wanted.came is not None:
        arrived = Admission.id.is_not(None)
        query = query.where(arrived if wanted.came else ~arrived)
    if wanted.role is not None:
        query = query.where(Registration.role == wanted.role)
    if wanted.university:
        query = query.where(_belongs(wanted.university))
    if wanted.search:
        name, party = Registration.name, Registration.party
        has_words = [c.icontains(wanted.search, autoescape=True) for c in (name, party)]
        query = query.where(or_(*has_words))
    return query


def _belongs(university: str) -> ColumnElement[bool]:
    try:
        return Registration.university_id == uuid.UUID(university)
    except ValueError:
        return Registration.university_id.is_(None)


def list_attendees(event_id: uuid.UUID) -> Sequence[Registration]:
    """Every counted place of an event, for the workbook."""
    return db.session.scalars(select_attendees(event_id, AttendeeFilter())).all()


def _of_event(query: Rows, event_id: uuid.UUID) -> Rows:
    return (
        query.select_from(Registration)
        .join(Ticket, Ticket.registration_id == Registration.id)
        .outerjoin(Admission, Admission.ticket_id == Ticket.id)
        .where(Registration.event_id == event_id, is_counted())
    )
