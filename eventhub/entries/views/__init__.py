"""Pages of entries: the captain's and the organiser's."""

from __future__ import annotations

from typing import Any

from flask import Flask, session

from eventhub import clock
from eventhub.audit.subjects import name_by
from eventhub.circles.enums import CircleRole
from eventhub.circles.permissions import is_officer, is_staff
from eventhub.circles.queries import list_circles_of
from eventhub.competitions.models import Competition
from eventhub.competitions.tabs import add_overview, add_tab
from eventhub.entries import queries, service
from eventhub.entries.enums import ENTRY_STATE_LOOKS
from eventhub.entries.views import captain, review
from eventhub.entries.views.blueprint import bp
from eventhub.i18n import lazy
from eventhub.web.access import LINK_SCOPE
from eventhub.web.navigation import NavEntry, Panel, add_nav, add_panel

__all__ = ["captain", "register", "review"]

PANEL_ROWS = 5


def _enters(person: Any) -> bool:
    """Someone who may lead a team: signed in with a password, without an office here."""
    if person is None or LINK_SCOPE in session:
        return False
    return not is_staff(person) and not is_officer(person)


def _mine(person: Any) -> Panel | None:
    """One's own entries and what to do next."""
    entries = queries.list_entries_of(person.id, limit=PANEL_ROWS) if person else []
    if not entries:
        return None
    now = clock.now()
    rows = [(entry, service.next_step(entry, now)) for entry in entries]
    return Panel("entries/_desk_mine.html", {"rows": rows, "looks": ENTRY_STATE_LOOKS})


def _waiting(person: Any) -> Panel | None:
    """Entries that wait for this organiser."""
    circles = list_circles_of(person, role=CircleRole.ORGANISER) if person else []
    waiting = queries.count_waiting([circle.id for circle in circles]) if circles else []
    return Panel("entries/_desk_waiting.html", {"waiting": waiting}) if waiting else None


def _overview(competition: Competition) -> Panel:
    """How many entries are in which state."""
    counts = {state.value: n for state, n in queries.count_by_state(competition.id).items()}
    return Panel("entries/_overview.html", {"competition": competition, "counts": counts})


def register(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(bp)
    add_nav(app, NavEntry(25, lazy("我的项目"), "entries.mine", "rocket", _enters))
    add_panel(app, 10, _waiting)
    add_panel(app, 20, _mine)
    add_tab(app, 30, lazy("报名项目"), "entries.review_index", "clipboard-list")
    add_overview(app, 10, _overview)
    name_by(app, "entries", queries.name_entries)
