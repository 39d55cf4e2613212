"""Publishing the timetable and changing it; after publication each change tells whom it moves."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.errors import ExclusionViolation
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions.enums import RoundState
from eventhub.db import db, transaction
from eventhub.domain.roadshow.timetable import lay_out
from eventhub.entries import queries as entry_queries
from eventhub.roadshows import queries
from eventhub.roadshows.enums import RoadshowState
from eventhub.roadshows.errors import (
    EntryNotForStageError,
    NotDrawnError,
    OtherRoadshowError,
    SameSlotError,
    SlotOverError,
    SlotOverlapError,
    TimetableFrozenError,
)
from eventhub.roadshows.models import Roadshow, Room, Slot
from eventhub.roadshows.service.notices import Place, tell
from eventhub.roadshows.service.setup import check_names, format_of, pause_of
from eventhub.roadshows.service.states import lock_for, move


def publish_timetable(roadshow_id: uuid.UUID, *, by: Person) -> Roadshow:
    """Show the timetable to everyone and mail each captain their slot.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        NotDrawnError, AlreadyPublishedError: too early, or done.

    """
    with transaction():
        roadshow = lock_for(roadshow_id, by=by)
        now = clock.now()
        move(
            roadshow,
            RoadshowState.PUBLISHED,
            published_at=now,
            changed_at=now,
            timetable_version=1,
        )
        slots = queries.list_slots(roadshow.id)
        record(
            "timetable.published",
            roadshow,
            by=by,
            circle_id=roadshow.round.competition.event.circle_id,
            after={slot.entry.code: Place.of(slot, roadshow).facts() for slot in slots},
        )
        for slot in slots:
            tell(roadshow, slot, before=None)
    return roadshow


def swap_slots(slot_id: uuid.UUID, *, with_slot_id: uuid.UUID, by: Person) -> None:
    """Let two teams change places, rooms included. A vacant slot changes places like a team.

    Raises:
        SameSlotError, OtherRoadshowError: they cannot be swapped.
        NotFoundError, and whatever a change of the timetable raises: see ``_changing``.

    """
    roadshow_id = queries.get_slot(slot_id).roadshow_id
    if slot_id == with_slot_id:
        raise SameSlotError(field="other")
    with _changing(roadshow_id, action="timetable.swapped", by=by) as board:
        _exchange(board.slot(slot_id), board.slot(with_slot_id))


def move_slot(slot_id: uuid.UUID, *, room_id: uuid.UUID, position: int, by: Person) -> None:
    """Put a team at a position of a room; past the room's end means its end.

    Is that place vacant, they change places and nobody else moves. Otherwise the teams there
    and behind move down one place, and those behind the place that is left move up.

    Raises:
        OtherRoadshowError: the room is another roadshow's.
        NotFoundError, and whatever a change of the timetable raises: see ``_changing``.

    """
    roadshow_id = queries.get_slot(slot_id).roadshow_id
    with _changing(roadshow_id, action="timetable.moved", by=by) as board:
        slot, room = board.slot(slot_id), board.room(room_id)
        source, target = board.slots_in(slot.room_id), board.slots_in(room_id)
        place = max(1, position)
        there = target[place - 1] if place <= len(target) else None
        if there is slot:
            return
        if there is not None and there.is_vacant:
            _exchange(slot, there)
            return
        frames = [_frame(held) for held in target]
        if room_id != slot.room_id:
            left = [_frame(held) for held in source]
            source.remove(slot)
            _seat(source, left)
            frames.append(_next_frame(board.roadshow, room, target))
        else:
            target.remove(slot)
        target.insert(place - 1, slot)
        _seat(target, frames)


def delay_room(room_id: uuid.UUID, *, from_position: int, minutes: int, by: Person) -> None:
    """Shift a room's slots from a position on; negative minutes are earlier.

    Raises:
        NotFoundError: no such room.
        Whatever a change of the timetable raises: see ``_changing``.

    """
    room = queries.get_room(room_id)
    with _changing(room.roadshow_id, action="timetable.delayed", by=by) as board:
        for slot in board.slots_in(room_id):
            if slot.position >= from_position:
                slot.starts_at += timedelta(minutes=minutes)
                slot.ends_at += timedelta(minutes=minutes)


def add_late_slot(
    roadshow_id: uuid.UUID, *, entry_id: uuid.UUID, room_id: uuid.UUID, by: Person
) -> Slot:
    """Give an entry that was approved after the draw was announced the last place of a room.

    Raises:
        EntryNotForStageError: it does not take part in the round, or has its slot.
        OtherRoadshowError: the room is another roadshow's.
        Whatever a change of the timetable raises: see ``_changing``.

    """
    with _changing(roadshow_id, action="timetable.entry_added", by=by) as board:
        entry = entry_queries.get_entry(entry_id)
        takes_part = entry_queries.takes_part(entry, board.roadshow.round)
        if not takes_part or board.holds(entry_id):
            raise EntryNotForStageError(field="entry")
        room = board.room(room_id)
        frame = _next_frame(board.roadshow, room, board.slots_in(room_id))
        slot = Slot(roadshow_id=roadshow_id, room=room, entry=entry)
        _seat([slot], [frame])
        db.session.add(slot)
        board.slots.append(slot)
    return slot


def change_places(
    roadshow_id: uuid.UUID, *, venue: str, room_names: Mapping[uuid.UUID, str], by: Person
) -> None:
    """Rename the venue and the rooms, as when a roadshow moves to another building.

    Raises:
        NoRoomError, RoomNameTwiceError: a name is blank or stands twice.
        OtherRoadshowError: a room is another roadshow's.
        Whatever a change of the timetable raises: see ``_changing``.

    """
    with _changing(roadshow_id, action="timetable.place_changed", by=by) as board:
        names = {room.id: room.name for room in board.roadshow.rooms} | dict(room_names)
        check_names(list(names.values()))
        for room_id, name in room_names.items():
            board.room(room_id).name = name.strip()
        board.roadshow.venue = venue


@dataclass
class _Board:
    """A timetable while it is changed: all slots, vacant ones too."""

    roadshow: Roadshow
    slots: list[Slot]

    def slot(self, slot_id: uuid.UUID) -> Slot:
        for slot in self.slots:
            if slot.id == slot_id:
                return slot
        raise OtherRoadshowError

    def room(self, room_id: uuid.UUID) -> Room:
        for room in self.roadshow.rooms:
            if room.id == room_id:
                return room
        raise OtherRoadshowError(field="room")

    def slots_in(self, room_id: uuid.UUID) -> list[Slot]:
        held = [slot for slot in self.slots if slot.room_id == room_id]
        return sorted(held, key=lambda slot: slot.position)

    def holds(self, entry_id: uuid.UUID) -> bool:
        return any(slot.entry_id == entry_id for slot in self.slots)

    def places(self) -> dict[uuid.UUID, Place]:
        return {slot.entry_id: Place.of(slot, self.roadshow) for slot in self.slots}


@contextmanager
def _changing(roadshow_id: uuid.UUID, *, action: str, by: Person) -> Iterator[_Board]:
    """Change a drawn timetable inside one transaction: checked, logged, and told if public.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        NotDrawnError: there is no timetable yet.
        TimetableFrozenError: the round is closed.
        SlotOverError: the timetable is public and a slot that has passed would change.
        SlotOverlapError: a room would hold two teams at once.

    """
    with transaction():
        roadshow = lock_for(roadshow_id, by=by)
        if not roadshow.is_drawn:
            raise NotDrawnError
        if roadshow.round.state in {RoundState.CLOSED, RoundState.PUBLISHED}:
            raise TimetableFrozenError
        board = _Board(
            roadshow, list(queries.list_slots(roadshow_id, with_vacant=True, refresh=True))
        )
        before = board.places()
        yield board
        _check_overlaps()
        after = board.places()
        changed = {key for key, place in after.items() if before.get(key) != place}
        if not changed:
            return
        _log(board, action, {key: before.get(key) for key in changed}, by=by)
        if roadshow.is_published:
            _announce(board, {key: before.get(key) for key in changed})


def _check_overlaps() -> None:
    """Let the database judge now what it would judge at the end."""
    try:
        db.session.flush()
        db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    except IntegrityError as error:
        if isinstance(error.orig, ExclusionViolation):
            raise SlotOverlapError from error
        raise
    db.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def _log(
    board: _Board, action: str, before: Mapping[uuid.UUID, Place | None], *, by: Person
) -> None:
    slots = [slot for slot in board.slots if slot.entry_id in before]
    was = {slot.entry.code: before[slot.entry_id] for slot in slots}
    record(
        action,
        board.roadshow,
        by=by,
        circle_id=board.roadshow.round.competition.event.circle_id,
        before={code: place.facts() if place else None for code, place in was.items()},
        after={slot.entry.code: Place.of(slot, board.roadshow).facts() for slot in slots},
    )


def _announce(board: _Board, before: Mapping[uuid.UUID, Place | None]) -> None:
    now = clock.now()
    board.roadshow.timetable_version += 1
    board.roadshow.changed_at = now
    for slot in board.slots:
        if slot.entry_id not in before or slot.is_vacant:
            continue
        place = before[slot.entry_id]
        if place is not None and place.ends_at <= now:
            raise SlotOverError
        tell(board.roadshow, slot, before=place)


_Frame = tuple[Room, int, datetime, datetime]


def _frame(slot: Slot) -> _Frame:
    return slot.room, slot.position, slot.starts_at, slot.ends_at


def _seat(slots: Sequence[Slot], frames: Sequence[_Frame]) -> None:
    """Give the slots these places, one after another; places left over fall away."""
    for slot, frame in zip(slots, frames, strict=False):
        slot.room, slot.position, slot.starts_at, slot.ends_at = frame


def _exchange(one: Slot, other: Slot) -> None:
    _seat([one, other], [_frame(other), _frame(one)])


def _next_frame(roadshow: Roadshow, room: Room, slots: Sequence[Slot]) -> _Frame:
    """The place behind a room's last, with changeover and pauses between."""
    starts_at, fmt = roadshow.starts_at, format_of(roadshow)
    if slots:
        gap = fmt.changeover
        if roadshow.break_after and len(slots) % roadshow.break_after == 0:
            gap = max(gap, timedelta(seconds=roadshow.break_seconds))
        starts_at = slots[-1].ends_at + gap
    (planned,) = lay_out([1], starts_at=starts_at, fmt=fmt, breaks=pause_of(roadshow))
    return room, len(slots) + 1, planned.starts_at, planned.ends_at
