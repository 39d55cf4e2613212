"""What the pages around the door show: events with their checkpoints and head counts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.checkin import queries
from eventhub.checkin.answers import show_window
from eventhub.checkin.models import Checkpoint
from eventhub.circles.permissions import is_staff
from eventhub.competitions.models import Competition
from eventhub.events.models import Event
from eventhub.events.permissions import can_manage_event
from eventhub.web.jinja import zone
from eventhub.web.navigation import Panel
from eventhub.web.paging import Page, paginate

PANEL_MAX = 3


@dataclass(frozen=True)
class Door:
    """An event with its checkpoints, as one person sees it."""

    event: Event
    checkpoints: Sequence[Checkpoint]
    heads: queries.Headcount
    is_today: bool
    can_manage: bool


@dataclass(frozen=True)
class Point:
    """A checkpoint with its window in words and what has happened there."""

    checkpoint: Checkpoint
    window: str
    scan_count: int
    admission_count: int


def list_doors(person: Person, *, page: int) -> Page[Door]:
    """The events at whose doors someone works, from today on."""
    now = clock.now()
    start = now.astimezone(zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    found = paginate(queries.select_door_events(person, after=start), page=page)
    tomorrow = start + timedelta(days=1)
    doors = _make_doors(found.items, person, before=tomorrow)
    return Page(doors, found.page, found.per_page, found.total)


def _make_doors(events: Sequence[Event], person: Person, *, before: datetime) -> list[Door]:
    ids = [event.id for event in events]
    heads = queries.count_heads(ids)
    points: dict[uuid.UUID, list[Checkpoint]] = {event_id: [] for event_id in ids}
    for checkpoint in queries.list_checkpoints(ids):
        points[checkpoint.event_id].append(checkpoint)
    return [
        Door(
            event,
            points[event.id],
            heads[event.id],
            is_today=event.starts_at < before,
            can_manage=can_manage_event(person, event),
        )
        for event in events
    ]


def list_points(event_id: uuid.UUID) -> list[Point]:
    """An event's checkpoints with their counts."""
    checkpoints = queries.list_checkpoints([event_id])
    counts = queries.count_scans(point.id for point in checkpoints)
    return [
        Point(point, show_window(point), *counts.get(point.id, (0, 0))) for point in checkpoints
    ]


def make_panel(person: Person | None) -> Panel | None:
    """Today's doors on the desk of whoever works there; nothing on a day without."""
    if person is None or not is_staff(person):
        return None
    doors = [door for door in list_doors(person, page=1).items if door.is_today]
    if not doors:
        return None
    context = {"doors": doors[:PANEL_MAX], "door_count": len(doors)}
    return Panel("checkin/_panel.html", context)


def make_overview(competition: Competition) -> Panel:
    """The doors of a contest, on its organiser's overview."""
    event = competition.event
    heads = queries.count_heads([event.id])[event.id]
    points = queries.list_checkpoints([event.id])
    context = {"event": event, "heads": heads, "checkpoints": points}
    return Panel("checkin/_overview.html", context)
