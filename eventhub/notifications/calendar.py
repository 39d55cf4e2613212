"""Appointments as iCalendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable

from icalendar import Calendar, Event

from eventhub import clock
from eventhub.notifications.messages import CalendarEntry


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", clock.now())
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.title)
    event.add("location", entry.location)
    event.add("description", entry.description)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    return event


def method(entry: CalendarEntry) -> str:
    """How a calendar shall take it: a cancellation takes the earlier one out."""
    return "CANCEL" if entry.is_cancelled else "PUBLISH"


def one(entry: CalendarEntry) -> str:
    """An attachment with a single appointment."""
    return _calendar([entry], method=method(entry))


def feed(entries: Iterable[CalendarEntry], *, name: str) -> str:
    """A calendar to subscribe to; clients are asked to look again every quarter of an hour."""
    return _calendar(entries, method="PUBLISH", name=name)


def _calendar(entries: Iterable[CalendarEntry], *, method: str, name: str | None = None) -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//EventHub//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("name", name)
        calendar.add("x-published-ttl", "PT15M")
        calendar["refresh-interval;value=duration"] = "PT15M"
    for entry in entries:
        calendar.add_component(_event(entry))
    return str(calendar.to_ical().decode())
