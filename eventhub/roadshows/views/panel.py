"""What other pages show of roadshows: the captain's desk and a competition's public page."""

from __future__ import annotations

from typing import Any

from flask import url_for

from eventhub import clock
from eventhub.competitions.models import Competition
from eventhub.competitions.tabs import PublicLink
from eventhub.i18n import _
from eventhub.roadshows import queries
from eventhub.roadshows.enums import ANNOUNCED, PUBLISHED
from eventhub.web.navigation import Panel


def slots_panel(person: Any) -> Panel | None:
    """When and where this person's teams go on stage next."""
    if person is None:
        return None
    slots = queries.list_slots_of_captain(person, after=clock.now())
    return Panel("roadshows/desk_panel.html", {"slots": slots}) if slots else None


def timetable_link(competition: Competition) -> PublicLink | None:
    """The way to the timetable, once one is published."""
    if not queries.list_roadshows(competition.id, states=PUBLISHED):
        return None
    url = url_for("roadshows.timetable", code=competition.event.code)
    return PublicLink(_("出场安排"), url, "calendar-event")


def draw_link(competition: Competition) -> PublicLink | None:
    """The way to the draw, once one is announced."""
    if not queries.list_roadshows(competition.id, states=ANNOUNCED):
        return None
    url = url_for("roadshows.draw_proof", code=competition.event.code)
    return PublicLink(_("抽签公示"), url, "shield-check")
