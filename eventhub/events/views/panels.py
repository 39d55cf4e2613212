"""What events add to the desk and to a circle's page."""

from __future__ import annotations

from typing import Any

from eventhub import clock
from eventhub.circles.models import Circle
from eventhub.events import queries
from eventhub.events.views.listing import listings
from eventhub.web.navigation import Panel

ROWS = 6


def places_panel(person: Any) -> Panel | None:
    """The places that someone holds at what lies ahead."""
    places = queries.list_places_of(person, after=clock.now(), limit=ROWS)
    if not places:
        return None
    return Panel("events/panels/places.html", {"places": places})


def circle_section(circle: Circle) -> Panel | None:
    """What a circle offers next."""
    events = queries.list_upcoming_events(clock.now(), limit=ROWS, circle_id=circle.id)
    return Panel("events/panels/circle.html", {"lines": listings(events), "circle": circle})
