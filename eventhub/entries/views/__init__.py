"""Pages of entries: the captain's and the organiser's."""

from __future__ import annotations

from typing import Any

from flask import Flask, session

from eventhub import clock
from eventhub.audit.subjects import name_by
from eventhub.circles.enums import CircleRole
from eventhub.circles.permissions import is_officer, is_school_officer, is_staff
from eventhub.circles.queries import list_circles_of
from eventhub.circles.roles import universities_of
from eventhub.competitions.models import Competition
from eventhub.competitions.tabs import add_overview, add_tab
from eventhub.entries import personal_data, queries, service
from eventhub.entries.enums import ENTRY_STATE_LOOKS
from eventhub.entries.forms.statements import list_boxes
from eventhub.entries.permissions import is_captain
from eventhub.entries.queries.answers import list_answer_files
from eventhub.entries.queries.schools import list_school_work
from eventhub.entries.service import companies
from eventhub.entries.service.documents import UPLOAD, check_upload, finish_upload
from eventhub.entries.views import (
    answers,
    batches,
    captain,
    company,
    documents,
    group_forms,
    importing,
    invitation,
    my_part,
    papers,
    recommendation,
    review,
    team,
    unlocks,
    waivers,
)
from eventhub.entries.views.blueprint import bp
from eventhub.files.service import Purpose, add_holder, add_purpose
from eventhub.i18n import lazy
from eventhub.questionnaires.uses import add_uses
from eventhub.web.access import LINK_SCOPE
from eventhub.web.navigation import NavEntry, Panel, add_nav, add_panel

__all__ = [
    "answers",
    "batches",
    "captain",
    "company",
    "documents",
    "importing",
    "invitation",
    "papers",
    "recommendation",
    "register",
    "review",
    "team",
    "unlocks",
    "viewer",
    "waivers",
]

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
    rows = [(entry, service.next_step(entry, now), is_captain(person, entry)) for entry in entries]
    return Panel("entries/_desk_mine.html", {"rows": rows, "looks": ENTRY_STATE_LOOKS})


def _waiting(person: Any) -> Panel | None:
    """Entries that wait for this organiser."""
    circles = list_circles_of(person, role=CircleRole.ORGANISER) if person else []
    waiting = queries.count_waiting([circle.id for circle in circles]) if circles else []
    return Panel("entries/_desk_waiting.html", {"waiting": waiting}) if waiting else None


def _school(person: Any) -> Panel | None:
    """Entries that wait for the word of this officer's school."""
    mine = universities_of(person)
    waiting = [line for line in list_school_work(mine) if line.waiting] if mine else []
    return (
        Panel("entries/_school_waiting.html", {"waiting": waiting[:PANEL_ROWS]}) if mine else None
    )


def _overview(competition: Competition) -> Panel:
    """How many entries are in which state."""
    counts = {state.value: n for state, n in queries.count_by_state(competition.id).items()}
    return Panel("entries/_overview.html", {"competition": competition, "counts": counts})


def register(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(bp)
    add_nav(app, NavEntry(24, lazy("学校推荐"), "entries.school", "school", is_school_officer))
    add_nav(app, NavEntry(25, lazy("我的项目"), "entries.mine", "rocket", _enters))
    add_panel(app, 10, _waiting)
    add_panel(app, 15, _school)
    add_panel(app, 20, _mine)
    add_tab(app, 30, lazy("报名项目"), "entries.review_index", "clipboard-list")
    add_tab(app, 32, lazy("参赛材料"), "entries.papers_index", "files")
    add_holder(app, list_answer_files)
    add_purpose(app, UPLOAD, Purpose(check=check_upload, finish=finish_upload))
    add_tab(app, 25, lazy("报名表"), "entries.forms_index", "forms")
    add_overview(app, 10, _overview)
    add_overview(app, 5, group_forms.unpublished)
    add_uses(app, group_forms.uses_of, group_forms.runs_one)
    name_by(app, "entries", queries.name_entries)
    name_by(app, "members", personal_data.name_members)
    app.jinja_env.globals["identity_of"] = my_part.identity_of
    app.jinja_env.globals["late_changes_of"] = my_part.late_changes_of
    app.jinja_env.globals["statement_boxes"] = list_boxes
    app.jinja_env.globals["waivers_of"] = waivers.list_waivers
    app.jinja_env.globals["show_share"] = companies.show_percent
    personal_data.register(app)
