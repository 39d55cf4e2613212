"""Events and places at them."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.circles.models import Circle
from eventhub.events import service
from eventhub.events.attendees import Attendee
from eventhub.events.enums import AttendeeRole, EventKind
from eventhub.events.models import Event, Registration
from tests.factories.people import make_circle, make_organiser

_numbers = count(1)


def make_event(
    title: str = "大模型与科技创业",
    *,
    kind: EventKind = EventKind.LECTURE,
    circle: Circle | None = None,
    by: Person | None = None,
    is_published: bool = True,
    **values: Any,
) -> Event:
    """A lecture tomorrow for two hours, published, without limit of places."""
    circle = circle or make_circle()
    by = by or make_organiser(circle=circle)
    start = clock.now() + timedelta(days=1)
    given = {"starts_at": start, "ends_at": start + timedelta(hours=2), "venue": "创新楼 201"}
    event = service.create_event(
        circle_id=circle.id, kind=kind, title=title, by=by, **given | values
    )
    return service.publish_event(event.id, by=by) if is_published else event


def make_attendee(name: str = "王小雨", **values: Any) -> Attendee:
    """A visitor with a mail address of their own."""
    if not values.keys() & {"email", "phone", "person_id", "student_number"}:
        values["email"] = f"guest{next(_numbers)}@eventhub.test"
    return Attendee(name, **{"role": AttendeeRole.VISITOR, "organisation": "某公司"} | values)


def make_registration(
    event: Event | None = None, *, attendee: Attendee | None = None, by: Person | None = None
) -> Registration:
    """A place with its ticket."""
    event = event or make_event()
    return service.register_attendee(event.id, attendee=attendee or make_attendee(), by=by)
