"""What the pages and workbooks show, put together for one reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.checkin.models import LEAD
from eventhub.circles.models import Circle
from eventhub.events.enums import (
    ATTENDEE_ROLE_LABELS,
    EVENT_KIND_LOOKS,
    AttendeeRole,
    EventKind,
)
from eventhub.events.models import Event
from eventhub.i18n import _
from eventhub.statistics import charts, queries
from eventhub.statistics.periods import Period, PeriodKind
from eventhub.statistics.permissions import (
    can_read_all_names,
    can_read_city,
    can_read_names,
    mask_name,
)
from eventhub.statistics.queries import AttendeeFilter, Reach, Sums
from eventhub.web.jinja import zone

AFTER = timedelta(hours=1)
UNIVERSITIES_SHOWN = 10


# --- one event


def name_reader(person: Person, event: Event) -> Callable[[str], str]:
    """How this person reads the attendees' names of an event."""
    return str if can_read_names(person, event) else mask_name


def event_figures(event: Event, person: Person) -> dict[str, Any]:
    """An event's figures with what stands behind them."""
    now = clock.now()
    groups = queries.list_by_university(event.id, others=_("其他单位"))
    return {
        "event": event,
        "turnout": queries.get_turnout(event.id),
        "universities": groups[:UNIVERSITIES_SHOWN],
        "more_universities": groups[UNIVERSITIES_SHOWN:],
        "roles": [
            queries.Group(role.value, str(ATTENDEE_ROLE_LABELS[role]), turnout)
            for role, turnout in queries.list_by_role(event.id)
        ],
        "newest": queries.list_newest_arrivals(event.id),
        "name_of": name_reader(person, event),
        "is_live": event.starts_at - LEAD <= now < event.ends_at + AFTER,
        "is_over": now >= event.ends_at,
    }


def read_attendee_filter(values: Mapping[str, str]) -> AttendeeFilter:
    """What an address asks for; nonsense does not restrict."""
    role = values.get("role", "")
    return AttendeeFilter(
        came={"yes": True, "no": False}.get(values.get("came", "")),
        role=AttendeeRole(role) if role in list(AttendeeRole) else None,
        university=values.get("university", "")[:40],
        search=values.get("q", "").strip()[:40],
    )


# --- many events


@dataclass(frozen=True)
class Scope:
    """What one reader asked to see of what they may see."""

    period: Period
    circles: Sequence[Circle]
    circle: Circle | None
    kind: EventKind | None
    reach: Reach
    is_city: bool

    def to_query(self, **changes: str | None) -> dict[str, str]:
        """The part of an address that asks for it, with some parts changed or dropped."""
        chosen: dict[str, str | None] = {
            **self.period.to_query(),
            "circle": self.circle.code if self.circle else None,
            "kind": self.kind.value if self.kind else None,
        }
        return {name: value for name, value in (chosen | changes).items() if value}


def read_scope(person: Person, values: Mapping[str, str]) -> Scope:
    """What an address asks for; a circle out of reach, or nonsense, does not restrict."""
    now = clock.now()
    tz = zone()
    period = Period.read(values, today=now.astimezone(tz).date())
    circles = queries.list_circles_in_reach(person)
    circle = next((c for c in circles if c.code == values.get("circle")), None)
    asked = values.get("kind", "")
    kind = EventKind(asked) if asked in list(EventKind) else None
    is_city = can_read_city(person)
    circle_ids = None if is_city else [c.id for c in circles]
    start, end = period.bounds(tz)
    reach = Reach(start, end, now, [circle.id] if circle else circle_ids, kind)
    return Scope(period, circles, circle, kind, reach, is_city and circle is None)


def tab_query(scope: Scope, kind: PeriodKind) -> dict[str, str]:
    """The address of the same scope over a period of another kind that holds its first day."""
    if kind is PeriodKind.OWN:
        days = {"from": scope.period.first.isoformat(), "to": scope.period.last.isoformat()}
        return scope.to_query(period=kind.value, **days)
    return scope.to_query(**Period.around(kind, scope.period.first).to_query(), to=None)


def overview(scope: Scope) -> dict[str, Any]:
    """The sums of a scope, by circle, kind and month."""
    by_circle = queries.list_by_circle(scope.reach)
    by_kind = queries.list_by_kind(scope.reach)
    shown = [scope.circle] if scope.circle else scope.circles
    circles = [(circle, by_circle.get(circle.id, Sums())) for circle in shown]
    kinds = [(kind, by_kind[kind]) for kind in EventKind if kind in by_kind]
    months = queries.list_by_month(scope.reach, tz=str(zone())) if scope.period.spans_months else {}
    return {
        "scope": scope,
        "sums": queries.get_sums(scope.reach),
        "by_circle": circles,
        "by_kind": kinds,
        "by_month": months,
        "circle_chart": charts.chart_sums(((c.name, s) for c, s in circles), horizontal=True),
        "kind_chart": charts.chart_sums(
            ((str(EVENT_KIND_LOOKS[k][0]), s) for k, s in kinds), horizontal=True
        ),
        "month_chart": charts.chart_sums(months.items()),
        "kind_looks": EVENT_KIND_LOOKS,
    }


def visitor_name_reader(person: Person) -> Callable[[str], str]:
    """How this person reads the names of visitors over many events."""
    return str if can_read_all_names(person) else mask_name
