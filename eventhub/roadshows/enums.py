"""Vocabulary of roadshows."""

from __future__ import annotations

from enum import StrEnum

from eventhub.i18n import lazy


class RoadshowState(StrEnum):
    """How far a roadshow is: set up, draw announced, drawn, timetable published."""

    SETUP = "setup"
    ANNOUNCED = "announced"
    DRAWN = "drawn"
    PUBLISHED = "published"


ROADSHOW_TRANSITIONS = {
    RoadshowState.SETUP: {RoadshowState.ANNOUNCED},
    RoadshowState.ANNOUNCED: {RoadshowState.SETUP, RoadshowState.DRAWN},
    RoadshowState.DRAWN: {RoadshowState.PUBLISHED},
    RoadshowState.PUBLISHED: set(),
}

# label, colour, icon
ROADSHOW_STATE_LOOKS = {
    RoadshowState.SETUP: (lazy("设置中"), "grey", "settings"),
    RoadshowState.ANNOUNCED: (lazy("抽签已公告"), "blue", "speakerphone"),
    RoadshowState.DRAWN: (lazy("已抽签，日程未发布"), "amber", "arrows-shuffle"),
    RoadshowState.PUBLISHED: (lazy("日程已发布"), "green", "calendar-event"),
}

# in which states the public sees the draw, and the timetable
ANNOUNCED = (RoadshowState.ANNOUNCED, RoadshowState.DRAWN, RoadshowState.PUBLISHED)
PUBLISHED = (RoadshowState.PUBLISHED,)
