"""Pages of events: the public ones, tickets, and those of the organisers."""

from __future__ import annotations

from flask import Flask

from eventhub.audit.subjects import name_by
from eventhub.circles.permissions import is_organiser
from eventhub.events import personal_data, queries
from eventhub.events.enums import EventKind
from eventhub.events.models import Event
from eventhub.events.tabs import add_tab
from eventhub.events.views import manage, people, public, sessions, tickets
from eventhub.events.views.blueprint import bp
from eventhub.events.views.panels import circle_section, places_panel
from eventhub.i18n import lazy
from eventhub.web.navigation import NavEntry, add_nav, add_panel
from eventhub.web.sections import add_section

__all__ = ["manage", "people", "public", "register", "sessions", "tickets"]


def _is_no_contest(event: Event) -> bool:
    return event.kind is not EventKind.CONTEST  # its parts are rounds and roadshows


def register(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(bp)
    add_nav(app, NavEntry(10, lazy("首页"), "events.home", "home", lambda _p: True))
    add_nav(app, NavEntry(15, lazy("活动日历"), "events.index", "calendar-event", lambda _p: True))
    add_nav(
        app, NavEntry(60, lazy("活动管理"), "events.manage_index", "calendar-plus", is_organiser)
    )
    add_panel(app, 40, places_panel)
    add_tab(app, 10, lazy("概况"), "events.manage", "home")
    add_tab(app, 15, lazy("场次"), "events.sessions", "calendar-event", shown=_is_no_contest)
    add_tab(app, 20, lazy("报名名单"), "events.attendees", "users")
    add_section(app, "circle", order=10, maker=circle_section)
    name_by(app, "events", queries.name_events)
    personal_data.register(app)
