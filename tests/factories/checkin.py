"""Doors, tickets and scans."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.checkin import service
from eventhub.checkin.models import Checkpoint
from eventhub.checkin.service import ScanAnswer
from eventhub.circles.models import Circle
from eventhub.events import service as events
from eventhub.events.attendees import Attendee
from eventhub.events.enums import EventKind
from eventhub.events.models import Event, Registration
from tests.factories.people import make_circle, make_organiser

_numbers = count(1)


def make_gathering(
    *, by: Person | None = None, circle: Circle | None = None, **changes: Any
) -> Event:
    """A published lecture that began half an hour ago and lasts two hours more.

    Other words go to ``create_event``; with ``by``, it is by someone who organises already.
    """
    circle = circle or make_circle()
    by = by or make_organiser(circle=circle)
    now = clock.now()
    facts: dict[str, Any] = {
        "circle_id": circle.id,
        "kind": EventKind.LECTURE,
        "title": "大模型时代的创业机会",
        "starts_at": now - timedelta(minutes=30),
        "ends_at": now + timedelta(hours=2),
        "venue": "创新楼 201 报告厅",
        "by": by,
        **changes,
    }
    event = events.create_event(**facts)
    return events.publish_event(event.id, by=by)


def make_checkpoint(event: Event | None = None, *, by: Person, **changes: Any) -> Checkpoint:
    """A place to check people in, by someone who organises the event."""
    event = event or make_gathering(by=by)
    facts: dict[str, Any] = {"name": "主入口", **changes}
    return service.add_checkpoint(event.id, **facts, by=by)


def make_place(
    event: Event, name: str = "陈一鸣", *, by: Person, email: str | None = None, **changes: Any
) -> Registration:
    """Someone's place at an event, made by its organiser; a person of their own each time."""
    address = email or f"guest{next(_numbers)}@eventhub.test"
    attendee = Attendee(name=name, email=address, **changes)
    return events.register_attendee(event.id, attendee=attendee, by=by)


def check_in(
    checkpoint: Checkpoint, place: Registration, *, by: Person, at: datetime | None = None
) -> ScanAnswer:
    """Scan someone's ticket."""
    return service.scan(
        checkpoint.id,
        scan_id=uuid.uuid4(),
        code=place.ticket.code,
        scanned_at=at or clock.now(),
        by=by,
    )
