"""Rooms and times, until the draw is announced."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competition_queries
from eventhub.competitions.enums import RoundMode
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage_round
from eventhub.competitions.service.stage_times import set_stage_times
from eventhub.db import db, transaction
from eventhub.domain.roadshow.timetable import Break, Format, PlannedSlot, lay_out
from eventhub.errors import ForbiddenError
from eventhub.roadshows import queries
from eventhub.roadshows.enums import RoadshowState
from eventhub.roadshows.errors import (
    AlreadyAnnouncedError,
    AlreadyDrawnError,
    FormatInvalidError,
    NoRoadshowRoundError,
    NoRoomError,
    RoomNameTwiceError,
    TooManyRoomsError,
)
from eventhub.roadshows.models import Roadshow, Room

ROOMS_MAX = 20


def set_up(
    round_id: uuid.UUID,
    *,
    rooms: Sequence[str],
    starts_at: datetime,
    venue: str = "",
    pitch_minutes: int = 8,
    qa_minutes: int = 7,
    scoring_seconds: int = 60,
    changeover_seconds: int = 60,
    break_after: int | None = None,
    break_minutes: int = 0,
    pause_at: datetime | None = None,
    pause_minutes: int = 0,
    by: Person,
) -> Roadshow:
    """Say where and when a round's roadshow takes place; again until the draw is announced.

    A room that keeps its name stays the same room, so that a panel seated in it stays there.
    A break without a length, or a length without a break, counts as none.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        NoRoadshowRoundError: the round is judged online.
        AlreadyAnnouncedError, AlreadyDrawnError: too late.
        NoRoomError, TooManyRoomsError, RoomNameTwiceError, FormatInvalidError: refused input.

    """
    names = check_names(rooms)
    lengths = (qa_minutes, scoring_seconds, changeover_seconds, break_minutes, pause_minutes)
    if pitch_minutes < 1 or min(lengths) < 0 or (break_after is not None and break_after < 1):
        raise FormatInvalidError
    with transaction():
        round_ = competition_queries.get_round(round_id, lock=True)
        if not can_manage_round(by, round_):
            raise ForbiddenError
        if round_.mode is not RoundMode.ROADSHOW:
            raise NoRoadshowRoundError
        roadshow = _open_for_setup(round_, starts_at)
        before = _facts(roadshow) if roadshow.rooms else None
        set_stage_times(
            round_id,
            pitch_seconds=pitch_minutes * 60,
            qa_seconds=qa_minutes * 60,
            scoring_seconds=scoring_seconds,
            by=by,
        )
        has_break = break_after is not None and break_minutes > 0
        has_pause = pause_at is not None and pause_minutes > 0
        roadshow.starts_at, roadshow.venue = starts_at, venue
        roadshow.changeover_seconds = changeover_seconds
        roadshow.break_after = break_after if has_break else None
        roadshow.break_seconds = break_minutes * 60 if has_break else 0
        roadshow.pause_at = pause_at if has_pause else None
        roadshow.pause_seconds = pause_minutes * 60 if has_pause else 0
        _place_rooms(roadshow, names)
        db.session.flush()
        record(
            "roadshow.set_up",
            roadshow,
            by=by,
            circle_id=round_.competition.event.circle_id,
            before=before,
            after=_facts(roadshow),
        )
    return roadshow


def plan(roadshow: Roadshow, counts: Sequence[int]) -> list[PlannedSlot]:
    """Lay out so many slots a room by the roadshow's start, minutes and pauses."""
    breaks = []
    if roadshow.break_after:
        length = timedelta(seconds=roadshow.break_seconds)
        places = range(roadshow.break_after, max(counts, default=0) + 1, roadshow.break_after)
        breaks = [Break(length, after_position=place) for place in places]
    return lay_out(
        counts,
        starts_at=roadshow.starts_at,
        fmt=format_of(roadshow),
        breaks=breaks + pause_of(roadshow),
    )


def format_of(roadshow: Roadshow) -> Format:
    """The round's minutes and the roadshow's changeover."""
    round_ = roadshow.round
    return Format(
        pitch=timedelta(seconds=round_.pitch_seconds),
        qa=timedelta(seconds=round_.qa_seconds),
        scoring=timedelta(seconds=round_.scoring_seconds),
        changeover=timedelta(seconds=roadshow.changeover_seconds),
    )


def pause_of(roadshow: Roadshow) -> list[Break]:
    """The pause at a time of day, if there is one."""
    if roadshow.pause_at is None:
        return []
    return [Break(timedelta(seconds=roadshow.pause_seconds), at=roadshow.pause_at)]


def check_names(rooms: Sequence[str]) -> list[str]:
    """Leave blank names out and refuse what cannot be a list of rooms.

    Raises:
        NoRoomError, TooManyRoomsError, RoomNameTwiceError: see their docstrings.

    """
    names = [name.strip() for name in rooms if name.strip()]
    if not names:
        raise NoRoomError
    if len(names) > ROOMS_MAX:
        raise TooManyRoomsError
    if len({name.casefold() for name in names}) != len(names):
        raise RoomNameTwiceError
    return names


def _open_for_setup(round_: Round, starts_at: datetime) -> Roadshow:
    """The round's roadshow, still changeable; the caller holds the round's row."""
    found = queries.find_roadshow(round_.id)
    if found is None:
        made = Roadshow(round=round_, starts_at=starts_at, rooms=[])
        db.session.add(made)
        return made
    roadshow = queries.get_roadshow(found.id, lock=True)
    if roadshow.is_drawn:
        raise AlreadyDrawnError
    if roadshow.state is RoadshowState.ANNOUNCED:
        raise AlreadyAnnouncedError
    return roadshow


def _place_rooms(roadshow: Roadshow, names: Sequence[str]) -> None:
    held = {room.name: room for room in roadshow.rooms}
    spare = [room for room in roadshow.rooms if room.name not in names]
    placed = []
    for position, name in enumerate(names, 1):
        room = held.get(name) or (spare.pop(0) if spare else Room(name=name, position=position))
        room.name, room.position = name, position
        placed.append(room)
    roadshow.rooms = placed


def _facts(roadshow: Roadshow) -> dict[str, object]:
    return {
        "rooms": [room.name for room in roadshow.rooms],
        "starts_at": roadshow.starts_at.isoformat(),
        "venue": roadshow.venue,
        "changeover_seconds": roadshow.changeover_seconds,
        "break": [roadshow.break_after, roadshow.break_seconds],
        "pause": [
            roadshow.pause_at.isoformat() if roadshow.pause_at else None,
            roadshow.pause_seconds,
        ],
    }
