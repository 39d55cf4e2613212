"""Making events, changing them, and the states they go through."""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypedDict, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy import select

from eventhub import clock, queue
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.circles.permissions import can_organise
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.errors import ForbiddenError
from eventhub.events import queries
from eventhub.events.enums import EVENT_TRANSITIONS, EventKind, EventState, HostRole
from eventhub.events.errors import (
    CapacityTooSmallError,
    EventHasPlacesError,
    EventStateError,
    EventTimesError,
    FixedKindError,
    HostsError,
    RegistrationWindowError,
)
from eventhub.events.models import CODE_LENGTH, Event, EventHost
from eventhub.events.permissions import can_manage_event, can_run_event

log = logging.getLogger(__name__)

TIME_AND_PLACE = {"starts_at", "ends_at", "timezone", "venue", "address", "online_url"}


class EventChanges(TypedDict, total=False):
    """What can be changed of an event; what is left out stays."""

    kind: EventKind
    title: str
    summary: str
    description: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    venue: str
    address: str
    online_url: str | None
    capacity: int | None
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None


def create_event(
    *,
    circle_id: uuid.UUID,
    kind: EventKind,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    venue: str = "",
    address: str = "",
    summary: str = "",
    description: str = "",
    online_url: str | None = None,
    capacity: int | None = None,
    registration_opens_at: datetime | None = None,
    registration_closes_at: datetime | None = None,
    timezone: str = "Asia/Shanghai",
    co_hosts: Sequence[tuple[uuid.UUID, HostRole]] = (),
    by: Person,
) -> Event:
    """Make a draft that the circle leads, with others beside it.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        EventTimesError, RegistrationWindowError: the times contradict each other.
        HostsError: a circle is named twice.

    """
    if not can_organise(by, circle_id):
        raise ForbiddenError
    with transaction():
        event = Event(
            code=_free_code(),
            circle_id=circle_id,
            kind=kind,
            title=title,
            summary=summary,
            description=description,
            starts_at=starts_at,
            ends_at=ends_at,
            timezone=timezone,
            venue=venue,
            address=address,
            online_url=online_url,
            capacity=capacity,
            registration_opens_at=registration_opens_at,
            registration_closes_at=registration_closes_at,
            created_by_id=by.id,
        )
        _check(event)
        hosts = [(circle_id, HostRole.LEAD), *co_hosts]
        if len({host for host, _role in hosts}) != len(hosts):
            raise HostsError
        event.hosts = [EventHost(circle_id=host, role=role) for host, role in hosts]
        db.session.add(event)
        db.session.flush()
        audit.record(
            "event.created", event, by=by, circle_id=circle_id, after={"title": title, "kind": kind}
        )
    log.info("event created", extra={"event_id": str(event.id)})
    return event


def _free_code() -> str:
    """A code that no event has; the unique column has the last word."""
    while True:
        code = codes.from_bytes(secrets.token_bytes(4 * CODE_LENGTH), CODE_LENGTH)
        if db.session.scalar(select(Event.id).where(Event.code == code)) is None:
            return code


def _check(event: Event) -> None:
    ZoneInfo(event.timezone)
    if event.ends_at <= event.starts_at:
        raise EventTimesError
    opens, closes = event.registration_opens_at, event.registration_closes_at
    if opens is not None and closes is not None and closes <= opens:
        raise RegistrationWindowError


def update_event(event_id: uuid.UUID, *, by: Person, **changes: Unpack[EventChanges]) -> Event:
    """Change some of an event. Who holds a place is told when time or place moved.

    Raises:
        ForbiddenError: ``by`` does not organise for a circle that runs it.
        EventStateError: it was cancelled.
        EventTimesError, RegistrationWindowError, CapacityTooSmallError, FixedKindError: see there.

    """
    with transaction():
        event = _get_managed(event_id, by, may=can_run_event)
        if event.state is EventState.CANCELLED:
            raise EventStateError
        kind = changes.get("kind", event.kind)
        if kind is not event.kind and EventKind.CONTEST in {kind, event.kind}:
            raise FixedKindError
        before: dict[str, Any] = {}
        for name, value in changes.items():
            if getattr(event, name) != value:
                before[name] = _plain(getattr(event, name))
                setattr(event, name, value)
        if not before:
            return event
        _check(event)
        if "capacity" in before and 0 < (event.capacity or 0) < queries.count_places(event.id):
            raise CapacityTooSmallError
        if TIME_AND_PLACE & before.keys():
            event.revision += 1
            if event.state is EventState.PUBLISHED and event.ends_at > clock.now():
                queue.defer("events.tell_changed", event_id=str(event.id), revision=event.revision)
        after = {name: _plain(getattr(event, name)) for name in before}
        audit.record(
            "event.changed", event, by=by, circle_id=event.circle_id, before=before, after=after
        )
    return event


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def set_hosts(event_id: uuid.UUID, *, hosts: Mapping[uuid.UUID, HostRole], by: Person) -> Event:
    """Say which circles take part, and how; the circle that runs it is always among them.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        HostsError: the running circle or a 主办 is missing.

    """
    with transaction():
        event = _get_managed(event_id, by)
        if event.circle_id not in hosts or HostRole.LEAD not in hosts.values():
            raise HostsError
        present = {host.circle_id: host for host in event.hosts}
        before = {str(host.circle_id): host.role.value for host in event.hosts}
        for circle_id, role in hosts.items():
            if circle_id in present:
                present[circle_id].role = role
            else:
                event.hosts.append(EventHost(circle_id=circle_id, role=role))
        for circle_id, host in present.items():
            if circle_id not in hosts:
                event.hosts.remove(host)
        after = {str(circle_id): role.value for circle_id, role in hosts.items()}
        if after != before:
            audit.record(
                "event.hosts_set",
                event,
                by=by,
                circle_id=event.circle_id,
                before=before,
                after=after,
            )
    return event


def publish_event(event_id: uuid.UUID, *, by: Person) -> Event:
    """Show it to everybody; publishing again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not organise for a circle that runs it.
        EventStateError: it was cancelled.

    """
    with transaction():
        event = _get_managed(event_id, by, may=can_run_event)
        if event.state is not EventState.PUBLISHED:
            _move(event, EventState.PUBLISHED, by)
    return event


def unpublish_event(event_id: uuid.UUID, *, by: Person) -> Event:
    """Take a published event back to a draft while nobody holds a place.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        EventHasPlacesError: someone registered.
        EventStateError: it is not published.

    """
    with transaction():
        event = _get_managed(event_id, by)
        if queries.count_places(event.id):
            raise EventHasPlacesError
        _move(event, EventState.DRAFT, by)
    return event


def remove_event(event_id: uuid.UUID, *, by: Person) -> None:
    """Take a draft away with its sessions. Whatever else hangs on it makes the database refuse.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        EventStateError: it is or was published.

    """
    with transaction():
        event = _get_managed(event_id, by)
        if event.state is not EventState.DRAFT:
            raise EventStateError
        before = {"title": event.title, "kind": event.kind.value}
        audit.record("event.removed", event, by=by, circle_id=event.circle_id, before=before)
        db.session.delete(event)
    log.info("event removed", extra={"event_id": str(event_id)})


def cancel_event(event_id: uuid.UUID, *, reason: str, by: Person) -> Event:
    """Call it off for good; everybody with a place is told why. Again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.

    """
    with transaction():
        event = _get_managed(event_id, by)
        if event.state is EventState.CANCELLED:
            return event
        event.cancelled_at = clock.now()
        event.cancel_reason = reason
        event.revision += 1
        _move(event, EventState.CANCELLED, by, reason=reason)
        queue.defer("events.tell_cancelled", event_id=str(event.id))
    return event


def _get_managed(
    event_id: uuid.UUID, by: Person, *, may: Callable[[Person, Event], bool] = can_manage_event
) -> Event:
    event = queries.get_event(event_id, lock=True)
    if not may(by, event):
        raise ForbiddenError
    return event


def _move(event: Event, to: EventState, by: Person, **facts: str) -> None:
    """The one function that changes an event's state."""
    if to not in EVENT_TRANSITIONS[event.state]:
        raise EventStateError
    before, event.state = event.state, to
    audit.record(
        f"event.{to.value}" if to is not EventState.DRAFT else "event.unpublished",
        event,
        by=by,
        circle_id=event.circle_id,
        before={"state": before.value},
        after={"state": to.value, **facts},
    )
    log.info("event moved", extra={"event_id": str(event.id), "state": to.value})
