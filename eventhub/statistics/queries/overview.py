"""Figures over many events and the rows behind them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, distinct, func, select
from sqlalchemy.orm import selectinload

from eventhub.accounts.models import Person
from eventhub.checkin.models import Admission
from eventhub.circles.models import Circle
from eventhub.circles.permissions import can_organise, is_officer
from eventhub.circles.queries import list_circles
from eventhub.db import db
from eventhub.events.enums import EventKind, EventState, HostRole
from eventhub.events.models import Event, EventHost, Registration, Ticket
from eventhub.statistics.queries.event import Rows
from eventhub.web.paging import PER_PAGE, Page


@dataclass(frozen=True)
class Reach:
    """Which events are summed: begun in ``[start, end)`` and hosted by one of the circles.

    ``circle_ids`` None is every circle; ``until`` is now, since what has not begun is not held.
    """

    start: datetime
    end: datetime
    until: datetime
    circle_ids: Collection[uuid.UUID] | None
    kind: EventKind | None = None


@dataclass(frozen=True)
class Sums:
    """Events held, 人次 and 人数; ``by_host_role`` counts the events by the circle's part."""

    events: int = 0
    visits: int = 0
    people: int = 0
    by_host_role: Mapping[HostRole, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Visitor:
    """One person over many events."""

    name: str
    visits: int
    last_at: datetime


def list_circles_in_reach(person: Person) -> list[Circle]:
    """Every circle for bureaus, for organisers their own."""
    circles = list_circles()
    if is_officer(person):
        return list(circles)
    return [circle for circle in circles if can_organise(person, circle.id)]


def get_sums(reach: Reach) -> Sums:
    """The whole; an event that circles share counts once."""
    held = _held(reach)
    return Sums(*db.session.execute(_sum(held, _visits(held))).one())


def list_by_kind(reach: Reach) -> dict[EventKind, Sums]:
    """By kind of event; kinds without an event are missing."""
    held = _held(reach)
    query = _sum(held, _visits(held), held.c.kind).group_by(held.c.kind)
    return {row[0]: Sums(*row[1:]) for row in db.session.execute(query)}


def list_by_month(reach: Reach, *, tz: str) -> dict[str, Sums]:
    """By month of beginning, such as ``2026-11``, in order; empty months are missing."""
    held = _held(reach)
    month = func.to_char(func.timezone(tz, held.c.starts_at), "YYYY-MM")
    query = _sum(held, _visits(held), month).group_by(month).order_by(month)
    return {row[0]: Sums(*row[1:]) for row in db.session.execute(query)}


def list_by_circle(reach: Reach) -> dict[uuid.UUID, Sums]:
    """By hosting circle: a shared event counts with each, so the rows may exceed the whole."""
    held = _held(reach)
    visits = _visits(held)
    roles = [
        func.count(distinct(held.c.id)).filter(EventHost.role == host_role)
        for host_role in HostRole
    ]
    query = _hosted(_sum(held, visits, EventHost.circle_id, *roles), held, reach)
    found = db.session.execute(query.group_by(EventHost.circle_id))
    return {
        circle_id: Sums(rest[-3], rest[-2], rest[-1], dict(zip(HostRole, rest[:-3], strict=True)))
        for circle_id, *rest in found
    }


def list_by_circle_and_kind(reach: Reach) -> dict[tuple[uuid.UUID, EventKind], Sums]:
    """By hosting circle and kind of event."""
    held = _held(reach)
    columns = (EventHost.circle_id, held.c.kind)
    query = _hosted(_sum(held, _visits(held), *columns), held, reach).group_by(*columns)
    return {(row[0], row[1]): Sums(*row[2:]) for row in db.session.execute(query)}


def select_events(reach: Reach) -> Rows:
    """The events behind the sums, newest first; the caller pages."""
    return (
        select(Event)
        .where(Event.id.in_(select(_held(reach).c.id)))
        .options(selectinload(Event.hosts).joinedload(EventHost.circle))
        .order_by(Event.starts_at.desc(), Event.id)
    )


def list_events(reach: Reach) -> Sequence[Event]:
    """Every event behind the sums, for the workbook."""
    return db.session.scalars(select_events(reach)).all()


def list_visitors(reach: Reach, *, page: int) -> Page[Visitor]:
    """The people behind 人数, those with most visits first."""
    held = _held(reach)
    visits = func.count(distinct(Admission.event_id))
    query = (
        select(func.max(Registration.name), visits, func.max(Admission.admitted_at))
        .join(Ticket, Ticket.registration_id == Registration.id)
        .join(Admission, Admission.ticket_id == Ticket.id)
        .where(Admission.event_id.in_(select(held.c.id)))
        .group_by(Registration.identity)
        .order_by(visits.desc(), func.max(Admission.admitted_at).desc(), Registration.identity)
    )
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    total = db.session.scalar(counted) or 0
    page = min(page, max(1, -(-total // PER_PAGE)))
    rows = db.session.execute(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return Page([Visitor(*row) for row in rows], page, PER_PAGE, total)


def _held(reach: Reach) -> CTE:
    query = select(Event.id, Event.kind, Event.starts_at).where(
        Event.state == EventState.PUBLISHED,
        Event.starts_at >= reach.start,
        Event.starts_at < reach.end,
        Event.starts_at <= reach.until,
    )
    if reach.kind is not None:
        query = query.where(Event.kind == reach.kind)
    if reach.circle_ids is not None:
        hosting = select(EventHost.event_id).where(EventHost.circle_id.in_([*reach.circle_ids]))
        query = query.where(Event.id.in_(hosting))
    return query.cte("held")


def _visits(held: CTE) -> CTE:
    """One row an event and person, however many tickets they had there."""
    return (
        select(Admission.event_id, Registration.identity)
        .join(Ticket, Ticket.id == Admission.ticket_id)
        .join(Registration, Registration.id == Ticket.registration_id)
        .where(Admission.event_id.in_(select(held.c.id)))
        .distinct()
        .cte("visits")
    )


def _sum(held: CTE, visits: CTE, *columns: Any) -> Rows:
    figures = (
        func.count(distinct(held.c.id)),
        func.count(visits.c.identity),
        func.count(distinct(visits.c.identity)),
    )
    joined = held.outerjoin(visits, visits.c.event_id == held.c.id)
    return select(*columns, *figures).select_from(joined)


def _hosted(query: Rows, held: CTE, reach: Reach) -> Rows:
    query = query.join(EventHost, EventHost.event_id == held.c.id)
    if reach.circle_ids is not None:
        query = query.where(EventHost.circle_id.in_([*reach.circle_ids]))
    return query
