"""The parts of an event, each with its own time and venue."""

from __future__ import annotations

import uuid
from datetime import datetime

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError
from eventhub.events import queries
from eventhub.events.enums import EventState
from eventhub.events.errors import (
    EventStateError,
    EventTimesError,
    SessionOutsideEventError,
    TooManySessionsError,
)
from eventhub.events.models import Event, Session
from eventhub.events.permissions import can_manage_event

SESSIONS_MAX = 60


def add_session(
    event_id: uuid.UUID,
    *,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    venue: str = "",
    by: Person,
) -> Session:
    """Add a part to an event; without a venue it is held at the event's.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        EventStateError: the event was cancelled.
        EventTimesError, SessionOutsideEventError, TooManySessionsError: see there.

    """
    with transaction():
        event = _lock(event_id, by)
        if len(event.sessions) >= SESSIONS_MAX:
            raise TooManySessionsError
        session = Session(name=name, starts_at=starts_at, ends_at=ends_at, venue=venue)
        _check(event, session)
        event.sessions.append(session)
        audit.record(
            "event.session_added", event, by=by, circle_id=event.circle_id, after=_facts(session)
        )
    return session


def change_session(
    session_id: uuid.UUID,
    *,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    venue: str = "",
    by: Person,
) -> Session:
    """Change a part of an event; the same values again change nothing.

    Raises:
        NotFoundError: no such session.
        ForbiddenError, EventStateError, EventTimesError, SessionOutsideEventError: as on adding.

    """
    with transaction():
        session = queries.get_session(session_id)
        event = _lock(session.event_id, by)
        before = _facts(session)
        session.name, session.venue = name, venue
        session.starts_at, session.ends_at = starts_at, ends_at
        _check(event, session)
        after = _facts(session)
        if after != before:
            audit.record(
                "event.session_changed",
                event,
                by=by,
                circle_id=event.circle_id,
                before=before,
                after=after,
            )
    return session


def remove_session(session_id: uuid.UUID, *, by: Person) -> None:
    """Take a part out of an event; nobody's place hangs on it.

    Raises:
        NotFoundError: no such session.
        ForbiddenError: ``by`` does not organise for the circle.
        EventStateError: the event was cancelled.

    """
    with transaction():
        session = queries.get_session(session_id)
        event = _lock(session.event_id, by)
        audit.record(
            "event.session_removed",
            event,
            by=by,
            circle_id=event.circle_id,
            before=_facts(session),
        )
        db.session.delete(session)


def _lock(event_id: uuid.UUID, by: Person) -> Event:
    event = queries.get_event(event_id, lock=True)
    if not can_manage_event(by, event):
        raise ForbiddenError
    if event.state is EventState.CANCELLED:
        raise EventStateError
    return event


def _check(event: Event, session: Session) -> None:
    if session.ends_at <= session.starts_at:
        raise EventTimesError
    if session.starts_at < event.starts_at or session.ends_at > event.ends_at:
        raise SessionOutsideEventError


def _facts(session: Session) -> dict[str, str]:
    return {
        "name": session.name,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "venue": session.venue,
    }
