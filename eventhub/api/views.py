"""Public JSON, version 1."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue

from eventhub.competitions import queries as competition_queries
from eventhub.competitions.permissions import can_see
from eventhub.roadshows import queries as roadshow_queries
from eventhub.roadshows.enums import RoadshowState
from eventhub.roadshows.models import Roadshow, Slot
from eventhub.web.access import authorize, public

bp = Blueprint("api", __name__, url_prefix="/api/v1")


@bp.get("/competitions/<code>/timetable")
@public
def timetable(code: str) -> ResponseReturnValue:
    """The published timetables of a competition, round by round; moments are UTC."""
    competition = authorize(can_see, competition_queries.get_competition_by_code(code))
    roadshows = roadshow_queries.list_roadshows(competition.id, states=[RoadshowState.PUBLISHED])
    return jsonify(
        competition={"code": competition.event.code, "title": competition.event.title},
        timezone=competition.event.timezone,
        rounds=[_roadshow(roadshow) for roadshow in roadshows],
    )


def _roadshow(roadshow: Roadshow) -> dict[str, Any]:
    return {
        "round": {"position": roadshow.round.position, "name": roadshow.round.name},
        "venue": roadshow.venue,
        "version": roadshow.timetable_version,
        "rooms": [room.name for room in roadshow.rooms],
        "slots": [_slot(slot) for slot in roadshow_queries.list_slots(roadshow.id)],
    }


def _slot(slot: Slot) -> dict[str, Any]:
    entry = slot.entry
    shown = None if slot.roadshow.round.hides_teams else entry.university
    return {
        "room": slot.room.name,
        "position": slot.position,
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
        "entry": {
            "code": entry.code,
            "name": entry.name,
            "group": entry.group.name,
            "university": shown.name if shown else None,
        },
    }


def register(app: Flask) -> None:
    """Mount the interface."""
    app.register_blueprint(bp)
