"""Reads of attendance. 人次 and 人数 come from admissions alone, never from registrations."""

from __future__ import annotations

from eventhub.statistics.queries.event import (
    OTHERS,
    AttendeeFilter,
    Group,
    Turnout,
    get_turnout,
    list_arrival_times,
    list_attendees,
    list_by_role,
    list_by_university,
    list_newest_arrivals,
    list_turnouts,
    select_attendees,
)
from eventhub.statistics.queries.overview import (
    Reach,
    Sums,
    Visitor,
    get_sums,
    list_by_circle,
    list_by_circle_and_kind,
    list_by_kind,
    list_by_month,
    list_circles_in_reach,
    list_events,
    list_visitors,
    select_events,
)

__all__ = [
    "OTHERS",
    "AttendeeFilter",
    "Group",
    "Reach",
    "Sums",
    "Turnout",
    "Visitor",
    "get_sums",
    "get_turnout",
    "list_arrival_times",
    "list_attendees",
    "list_by_circle",
    "list_by_circle_and_kind",
    "list_by_kind",
    "list_by_month",
    "list_by_role",
    "list_by_university",
    "list_circles_in_reach",
    "list_events",
    "list_newest_arrivals",
    "list_turnouts",
    "list_visitors",
    "select_attendees",
    "select_events",
]
