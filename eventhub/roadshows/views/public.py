"""What everybody may see: the timetable, its calendar, and the proof of the draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

import config
from eventhub.competitions import queries as competition_queries
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_see
from eventhub.domain import codes
from eventhub.errors import NotFoundError
from eventhub.i18n import _
from eventhub.notifications import calendar
from eventhub.roadshows import queries, service
from eventhub.roadshows.enums import ANNOUNCED, PUBLISHED, RoadshowState
from eventhub.roadshows.models import Roadshow, Room, Slot
from eventhub.roadshows.permissions import can_arrange
from eventhub.roadshows.views.blueprint import bp
from eventhub.web.access import authorize, public
from eventhub.web.downloads import attachment
from eventhub.web.navigation import person
from eventhub.web.urls import external_url


@bp.get("/c/<code>/timetable")
@public
def timetable(code: str) -> ResponseReturnValue:
    """Who is on stage when and where."""
    competition, roadshows, chosen = _find(code, PUBLISHED)
    words = request.args.get("q", "").strip()[:60]
    slots = queries.list_slots(chosen.id, with_vacant=True)
    feed = external_url("roadshows.feed", code=competition.event.code, round=chosen.round.position)
    return render_template(
        "roadshows/timetable.html",
        competition=competition,
        roadshows=roadshows,
        roadshow=chosen,
        days=_by_day(chosen, [slot for slot in slots if _mentions(slot, words)]),
        slot_count=sum(not slot.is_vacant for slot in slots),
        words=words,
        by_time=request.args.get("view") == "time",
        feed=feed,
        webcal="webcal:" + feed.partition(":")[2],
    )


@bp.get("/c/<code>/timetable.ics")
@public
def feed(code: str) -> ResponseReturnValue:
    """The timetable for a calendar client: all of it, or one entry's slot."""
    competition, _roadshows, chosen = _find(code, PUBLISHED)
    slots = queries.list_slots(chosen.id, with_vacant=True)
    entry = request.args.get("entry")
    if entry is not None:
        slots = [slot for slot in slots if slot.entry.code == codes.normalise(entry)]
        if not slots:
            raise NotFoundError
    text = calendar.feed(
        [service.appointment(slot, chosen) for slot in slots],
        name=_("%(competition)s 路演日程", competition=competition.event.title),
    )
    response = Response(text, mimetype="text/calendar")
    name = f"timetable-{competition.event.code}.ics"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@bp.get("/c/<code>/draw")
@public
def draw_proof(code: str) -> ResponseReturnValue:
    """The draw, and how anyone can check it."""
    competition, roadshows, chosen = _find(code, ANNOUNCED)
    return render_template(
        "roadshows/draw_proof.html",
        competition=competition,
        roadshows=roadshows,
        roadshow=chosen,
        entries=queries.list_entries_by_code(chosen),
        order=service.drawn_order(chosen) if chosen.is_drawn else [],
        places={slot.entry.code: slot for slot in _published_slots(chosen)},
        json_url=external_url(
            "roadshows.draw_json", code=competition.event.code, round=chosen.round.position
        ),
    )


@bp.get("/c/<code>/draw/stage")
@public
def reveal(code: str) -> ResponseReturnValue:
    """The order for the big screen, shown one after another."""
    competition, _roadshows, chosen = _find(code, ANNOUNCED)
    if not chosen.is_drawn:
        raise NotFoundError
    return render_template(
        "roadshows/reveal.html",
        competition=competition,
        roadshow=chosen,
        entries=queries.list_entries_by_code(chosen),
        order=service.drawn_order(chosen),
        may_arrange=can_arrange(person(), chosen),
    )


@bp.get("/c/<code>/draw.json")
@public
def draw_json(code: str) -> ResponseReturnValue:
    """The draw for ``tools/verify_draw.py``; before the draw, what there is to note down."""
    _competition, _roadshows, chosen = _find(code, ANNOUNCED)
    return jsonify(service.draw_document(chosen))


@bp.get("/tools/verify_draw.py")
@public
def verifier() -> ResponseReturnValue:
    """The program with which a stranger checks a draw."""
    program = config.ROOT / "tools" / "verify_draw.py"
    return attachment(BytesIO(program.read_bytes()), program.name, "text/x-python")


@dataclass(frozen=True)
class Day:
    """The slots of one day, by room and by time."""

    on: date
    rooms: list[tuple[Room, list[Slot]]]
    slots: list[Slot]


def _by_day(roadshow: Roadshow, slots: list[Slot]) -> list[Day]:
    zone = ZoneInfo(roadshow.round.competition.event.timezone)
    days: dict[date, list[Slot]] = {}
    for slot in slots:
        days.setdefault(slot.starts_at.astimezone(zone).date(), []).append(slot)
    return [
        Day(
            on,
            [
                (room, held)
                for room in roadshow.rooms
                if (held := [slot for slot in days[on] if slot.room_id == room.id])
            ],
            sorted(days[on], key=lambda slot: (slot.starts_at, slot.room.position)),
        )
        for on in sorted(days)
    ]


def _mentions(slot: Slot, words: str) -> bool:
    entry = slot.entry
    university = entry.university.name if entry.university else ""
    text = f"{entry.name} {university} {entry.group.name} {slot.room.name}".casefold()
    return words.casefold() in text or entry.code == codes.normalise(words)


def _published_slots(roadshow: Roadshow) -> list[Slot]:
    return list(queries.list_slots(roadshow.id)) if roadshow.is_published else []


def _find(code: str, states: tuple[RoadshowState, ...]) -> tuple[Competition, list[Roadshow], Any]:
    """The competition, its roadshows in these states, and the one that the address names.

    Without a name it is the last. Nothing tells whether there is one in another state.

    Raises:
        NotFoundError: no such competition or roadshow, or none that the public may see.

    """
    competition = authorize(can_see, competition_queries.get_competition_by_code(code))
    roadshows = list(queries.list_roadshows(competition.id, states=states))
    wanted = request.args.get("round", type=int)
    named = [r for r in roadshows if wanted is None or r.round.position == wanted]
    if not named:
        raise NotFoundError
    return competition, roadshows, named[-1]
