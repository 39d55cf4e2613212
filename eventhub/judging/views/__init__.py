"""Pages of judging: for judges, for organisers, and of the results."""

from __future__ import annotations

from flask import Flask

from eventhub.audit.subjects import name_by
from eventhub.competitions.models import Competition
from eventhub.competitions.tabs import PublicLink, add_public_link, add_tab
from eventhub.i18n import lazy
from eventhub.judging import personal_data
from eventhub.judging.queries import seats
from eventhub.judging.views import (
    cards,
    closing,
    judge,
    panels,
    phone,
    results,
    returns,
    steps,
    table,
)
from eventhub.judging.views.blueprint import bp
from eventhub.judging.views.panel import captain_panel, judge_panel, recent_results
from eventhub.web.navigation import NavEntry, add_nav, add_panel
from eventhub.web.sections import add_section

__all__ = [
    "cards",
    "closing",
    "judge",
    "panels",
    "phone",
    "register",
    "results",
    "returns",
    "steps",
    "table",
]


def _results_link(competition: Competition) -> PublicLink | None:
    return results.public_link(competition)


def register(app: Flask) -> None:
    """Mount the pages and hang them where people look."""
    app.register_blueprint(bp)
    nav = NavEntry(50, lazy("评审"), "judging.index", "gavel", seats.has_seat, seats.LINK_SCOPE)
    add_nav(app, nav)
    add_tab(app, 50, lazy("评审"), "judging.manage", "gavel")
    add_tab(app, 60, lazy("成绩"), "judging.results_manage", "trophy")
    add_public_link(app, 30, _results_link)
    add_panel(app, 20, judge_panel)
    add_panel(app, 40, captain_panel)
    add_section(app, "front", order=40, maker=recent_results)
    add_section(app, "circle", order=40, maker=recent_results)
    name_by(app, "panels", seats.name_panels)
    name_by(app, "panel_judges", seats.name_seats)
    name_by(app, "scoresheets", seats.name_scoresheets)
    personal_data.register(app)
