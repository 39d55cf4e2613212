"""Events as lists show them: with how many places are held and whether one can register."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import request, url_for
from flask_babel import format_date, get_locale

from eventhub import clock
from eventhub.circles.models import Circle
from eventhub.circles.queries import find_circle_by_code
from eventhub.events import queries, service
from eventhub.events.enums import (
    EVENT_KIND_LOOKS,
    EVENT_STATE_LOOKS,
    EventKind,
    EventState,
    RegistrationStatus,
)
from eventhub.events.forms import local_zone
from eventhub.events.models import Event
from eventhub.events.queries import EventFilter
from eventhub.web.jinja import show_range, show_time

Kind = TypeVar("Kind", EventKind, EventState)


@dataclass(frozen=True)
class Listing:
    """A line of a list; ``left`` is None where places are not limited."""

    event: Event
    url: str
    taken: int
    status: RegistrationStatus
    is_running: bool
    is_over: bool

    @property
    def begins(self) -> datetime:
        """The start as people at the venue read it."""
        return self.event.starts_at.astimezone(ZoneInfo(self.event.timezone))

    @property
    def hours(self) -> str:
        """14:00–17:00 beside the day; with dates for several days or another year."""
        event, ends = self.event, self.event.ends_at.astimezone(self.begins.tzinfo)
        if ends.date() != self.begins.date() or self.begins.year != clock.now().year:
            return show_range(event.starts_at, event.ends_at, event.timezone)
        return f"{show_time(event.starts_at, event.timezone)}–{show_time(ends, event.timezone)}"

    @property
    def month_and_day(self) -> str:
        """11月24日 / Nov 24."""
        return _words("MMMd", self.begins.date())

    @property
    def month(self) -> str:
        """11月 / Nov."""
        return str(format_date(self.begins.date(), "MMM"))

    @property
    def weekday(self) -> str:
        """周五 / Fri."""
        return str(format_date(self.begins.date(), "EEE"))

    @property
    def left(self) -> int | None:
        """How many places are free."""
        if self.event.capacity is None:
            return None
        return max(0, self.event.capacity - self.taken)


def _words(skeleton: str, day: date) -> str:
    return str(format_skeleton(skeleton, day, locale=get_locale()))


def event_url(event: Event) -> str:
    """The public page: a contest's is the competition's, which has the same code."""
    endpoint = "competitions.show" if event.kind is EventKind.CONTEST else "events.show"
    return url_for(endpoint, code=event.code)


def listings(events: Iterable[Event]) -> list[Listing]:
    """Lines for a list, with one statement for all their numbers."""
    events = [*events]
    now = clock.now()
    held = queries.count_places_of(event.id for event in events)
    lines = []
    for event in events:
        taken = held.get(event.id, 0)
        status = service.registration_status(event, taken=taken, now=now)
        lines.append(
            Listing(
                event,
                event_url(event),
                taken,
                status,
                is_running=event.starts_at <= now < event.ends_at,
                is_over=now >= event.ends_at,
            )
        )
    return lines


def kind_options() -> list[tuple[str, str]]:
    """Kinds for a select."""
    return [(kind.value, str(look[0])) for kind, look in EVENT_KIND_LOOKS.items()]


def state_options() -> list[tuple[str, str]]:
    """States for a select."""
    return [(state.value, str(look[0])) for state, look in EVENT_STATE_LOOKS.items()]


def circle_options(circles: Iterable[Circle]) -> list[tuple[str, str]]:
    """Circles for a select, by their codes."""
    return [(circle.code, circle.name) for circle in circles]


def month_options(months: Iterable[str]) -> list[tuple[str, str]]:
    """Months such as ``2026-11`` for a select."""
    return [(month, _words("yMMMM", date.fromisoformat(f"{month}-01"))) for month in months]


def asked_for() -> EventFilter:
    """The filter that the address spells; nonsense in it does not restrict."""
    args = request.args
    circle = find_circle_by_code(args["circle"]) if args.get("circle") else None
    return EventFilter(
        kind=_member(EventKind, args.get("kind", "")),
        circle_id=circle.id if circle else None,
        month=queries.month_start(args.get("month", ""), tz=local_zone()),
        search=args.get("search", "").strip()[:80],
        state=_member(EventState, args.get("state", "")),
    )


def _member(kind: type[Kind], value: str) -> Kind | None:
    return next((member for member in kind if member.value == value), None)
