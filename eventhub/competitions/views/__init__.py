"""Pages of competitions: the public one, and the organiser's side."""

from __future__ import annotations

from typing import Any

from flask import Flask

from eventhub import clock
from eventhub.audit.subjects import name_by
from eventhub.circles.models import Circle
from eventhub.circles.permissions import is_organiser
from eventhub.competitions import catalogue, queries, tabs
from eventhub.competitions.conditions import sentences
from eventhub.competitions.differences import PART_LABELS, list_differences
from eventhub.competitions.enums import (
    COMPETITION_STATE_LOOKS,
    PERSONAL_FIELD_LABELS,
    ROUND_MODE_LABELS,
    ROUND_STATE_LOOKS,
    RUBRIC_STATUS_LOOKS,
    CompetitionState,
    EntryPhase,
    PersonalField,
)
from eventhub.competitions.models import Competition, Rubric
from eventhub.competitions.steps import list_steps
from eventhub.competitions.views import (
    conditions,
    manage,
    passages,
    public,
    rounds,
    rubrics,
    setup,
    templates,
)
from eventhub.competitions.views.base import bp
from eventhub.events.enums import (
    EVENT_STATE_LOOKS,
    HOST_ROLE_LABELS,
    EventKind,
    EventState,
)
from eventhub.events.models import Event
from eventhub.events.tabs import add_tab as add_event_tab
from eventhub.i18n import LazyString, lazy
from eventhub.web.navigation import NavEntry, Panel, add_nav, add_panel
from eventhub.web.sections import add_section

__all__ = [
    "conditions",
    "manage",
    "passages",
    "public",
    "register",
    "rounds",
    "rubrics",
    "setup",
    "templates",
]

FRONT = 6
DESK = 5

Look = tuple[str | LazyString, str, str]

_PHASE_LOOKS: dict[EntryPhase, Look] = {
    EntryPhase.UPCOMING: (lazy("即将开放报名"), "blue", "calendar-event"),
    EntryPhase.OVER: (lazy("报名已截止"), "amber", "lock"),
}


def competition_look(competition: Competition) -> Look:
    """Label, colour and icon of how far a competition is at this moment."""
    if competition.event.state is EventState.CANCELLED:
        return EVENT_STATE_LOOKS[EventState.CANCELLED]
    phase = competition.entry_phase(clock.now())
    if competition.state is CompetitionState.OPEN and phase in _PHASE_LOOKS:
        return _PHASE_LOOKS[phase]
    return COMPETITION_STATE_LOOKS[competition.state]


def rubric_look(rubric: Rubric) -> Look:
    """Label, colour and icon of what is known of a rubric; a confirmed one is no warning."""
    if rubric.confirmed_at is not None:
        return (lazy("主办方已确认"), "green", "circle-check")
    return RUBRIC_STATUS_LOOKS[rubric.status]


def _desk(person: Any) -> Panel | None:
    if not is_organiser(person):
        return None
    found = manage.competitions_of(person, page=1).items[:DESK]
    return Panel("competitions/_desk.html", {"competitions": found}) if found else None


def _front(_about: Any) -> Panel | None:
    found = {
        "open": queries.list_open(clock.now(), limit=FRONT),
        "running": queries.list_running(clock.now(), limit=FRONT),
    }
    return Panel("competitions/_front.html", found) if any(found.values()) else None


def _circle(circle: Circle) -> Panel | None:
    found = {
        "open": queries.list_open(clock.now(), limit=FRONT, circle_id=circle.id),
        "running": queries.list_running(clock.now(), limit=FRONT, circle_id=circle.id),
    }
    return Panel("competitions/_front.html", found) if any(found.values()) else None


def _is_contest(event: Event) -> bool:
    return event.kind is EventKind.CONTEST


def register(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        competition_look=competition_look,
        competition_steps=list_steps,
        competition_tabs=tabs.list_tabs,
        rubric_look=rubric_look,
        round_look=ROUND_STATE_LOOKS.__getitem__,
        round_mode=ROUND_MODE_LABELS.__getitem__,
        tab_url=tabs.find_tab_url,
        rule_sentences=sentences,
        host_role=HOST_ROLE_LABELS.__getitem__,
        template_base=lambda own: catalogue.find_shipped(own.based_on) if own.is_own else None,
        template_parts=lambda template: [PART_LABELS[p] for p in list_differences(template)],
    )
    app.jinja_env.filters["personal_field"] = lambda name: PERSONAL_FIELD_LABELS[
        PersonalField(name)
    ]
    add_nav(
        app, NavEntry(40, lazy("赛事管理"), "competitions.manage_index", "trophy", is_organiser)
    )
    add_panel(app, 40, _desk)
    add_section(app, "front", order=10, maker=_front)
    add_section(app, "circle", order=5, maker=_circle)
    name_by(app, "competitions", queries.name_competitions)
    name_by(app, "rounds", queries.name_rounds)
    name_by(app, "own_templates", queries.name_templates)
    add_event_tab(app, 50, lazy("赛事管理"), "competitions.of_event", "trophy", shown=_is_contest)
    tabs.add_tab(app, 10, lazy("概览"), "competitions.manage", "layout-dashboard")
    tabs.add_tab(app, 20, lazy("基本信息"), "competitions.settings", "settings")
    tabs.add_tab(app, 30, lazy("评审规则"), "competitions.rules", "scale")
