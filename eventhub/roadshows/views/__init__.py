"""Pages of roadshows: the organisers', the public's, and the captain's panel."""

from __future__ import annotations

from flask import Flask

from eventhub.audit.subjects import name_by
from eventhub.competitions.tabs import add_public_link, add_tab
from eventhub.entries.service.order import add_order
from eventhub.i18n import lazy
from eventhub.roadshows import queries
from eventhub.roadshows.order import stage_order
from eventhub.roadshows.views import manage, public, timetable
from eventhub.roadshows.views.blueprint import bp
from eventhub.roadshows.views.panel import draw_link, slots_panel, timetable_link
from eventhub.web.navigation import add_panel

__all__ = ["manage", "public", "register", "timetable"]


def register(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(bp)
    add_tab(app, 40, lazy("路演"), "roadshows.manage", "presentation")
    add_public_link(app, 10, timetable_link)
    add_public_link(app, 20, draw_link)
    add_panel(app, 10, slots_panel)
    add_order(app, stage_order)
    name_by(app, "roadshows", queries.name_roadshows)
