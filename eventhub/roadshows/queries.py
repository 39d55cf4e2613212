"""Reads of roadshows, rooms and slots."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from eventhub.accounts.models import Person
from eventhub.competitions.models import Competition, Round
from eventhub.db import db
from eventhub.entries import queries as entry_queries
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.errors import NotFoundError
from eventhub.events.models import Event
from eventhub.roadshows.enums import RoadshowState
from eventhub.roadshows.models import Roadshow, Room, Slot

_WHOLE = (
    joinedload(Roadshow.round).joinedload(Round.competition).joinedload(Competition.event),
    selectinload(Roadshow.rooms),
)
_SLOT_PARTS = (
    joinedload(Slot.room),
    joinedload(Slot.entry).options(
        joinedload(Entry.university), joinedload(Entry.group), joinedload(Entry.captain)
    ),
)


def get_roadshow(roadshow_id: uuid.UUID, *, lock: bool = False) -> Roadshow:
    """One roadshow with its rooms, round, competition and event.

    Args:
        roadshow_id: its key.
        lock: hold its row until the transaction ends, and read it anew.

    Raises:
        NotFoundError: no such roadshow.

    """
    query = select(Roadshow).where(Roadshow.id == roadshow_id).options(*_WHOLE)
    if lock:
        query = query.with_for_update(of=Roadshow).execution_options(populate_existing=True)
    roadshow = db.session.scalars(query).one_or_none()
    if roadshow is None:
        raise NotFoundError
    return roadshow


def find_roadshow(round_id: uuid.UUID) -> Roadshow | None:
    """The roadshow of a round, if one was set up."""
    return db.session.scalar(select(Roadshow).where(Roadshow.round_id == round_id).options(*_WHOLE))


def list_roadshows(
    competition_id: uuid.UUID, *, states: Sequence[RoadshowState] = tuple(RoadshowState)
) -> Sequence[Roadshow]:
    """A competition's roadshows in the order of its rounds."""
    query = (
        select(Roadshow)
        .join(Roadshow.round)
        .where(Round.competition_id == competition_id, Roadshow.state.in_(states))
        .options(*_WHOLE)
        .order_by(Round.position)
    )
    return db.session.scalars(query).all()


def get_room(room_id: uuid.UUID) -> Room:
    """One room.

    Raises:
        NotFoundError: no such room.

    """
    room = db.session.get(Room, room_id)
    if room is None:
        raise NotFoundError
    return room


def get_slot(slot_id: uuid.UUID) -> Slot:
    """One slot with its entry and its whole roadshow.

    Raises:
        NotFoundError: no such slot.

    """
    query = (
        select(Slot)
        .where(Slot.id == slot_id)
        .options(*_SLOT_PARTS, joinedload(Slot.roadshow).options(*_WHOLE))
    )
    slot = db.session.scalars(query).one_or_none()
    if slot is None:
        raise NotFoundError
    return slot


def list_slots(
    roadshow_id: uuid.UUID, *, with_vacant: bool = False, refresh: bool = False
) -> Sequence[Slot]:
    """A roadshow's slots by room, then time, with room, entry, university, group and captain.

    Args:
        roadshow_id: whose slots.
        with_vacant: also those whose team has withdrawn.
        refresh: read anew what this session has read before, as after waiting for a lock.

    """
    query = (
        _select_slots(with_vacant=with_vacant)
        .where(Slot.roadshow_id == roadshow_id)
        .order_by(Room.position, Slot.position)
        .execution_options(populate_existing=refresh)
    )
    return db.session.scalars(query).unique().all()


def slots_of_entry(entry_id: uuid.UUID) -> Sequence[Slot]:
    """An entry's slots in published timetables, by time, each with its roadshow."""
    query = (
        _select_slots(with_vacant=False)
        .join(Slot.roadshow)
        .where(Slot.entry_id == entry_id, Roadshow.state == RoadshowState.PUBLISHED)
        .options(contains_eager(Slot.roadshow).options(*_WHOLE))
        .order_by(Slot.starts_at)
    )
    return db.session.scalars(query).unique().all()


def list_slots_of_captain(captain: Person, *, after: datetime, limit: int = 10) -> Sequence[Slot]:
    """The next published slots of someone's entries that end after a moment, by time."""
    query = (
        _select_slots(with_vacant=False)
        .join(Slot.roadshow)
        .where(
            Entry.captain_id == captain.id,
            Roadshow.state == RoadshowState.PUBLISHED,
            Slot.ends_at > after,
        )
        .options(contains_eager(Slot.roadshow).options(*_WHOLE))
        .order_by(Slot.starts_at)
        .limit(limit)
    )
    return db.session.scalars(query).unique().all()


def _select_slots(*, with_vacant: bool) -> Select[Slot]:
    query = (
        select(Slot)
        .join(Slot.room)
        .join(Slot.entry)
        .options(
            contains_eager(Slot.room),
            contains_eager(Slot.entry).options(
                joinedload(Entry.university), joinedload(Entry.group), joinedload(Entry.captain)
            ),
        )
    )
    return query if with_vacant else query.where(Entry.state != EntryState.WITHDRAWN)


def list_without_slot(roadshow: Roadshow) -> Sequence[Entry]:
    """Entries of the round that a drawn roadshow has no slot for, by code."""
    placed = select(Slot.entry_id).where(Slot.roadshow_id == roadshow.id)
    query = (
        select(Entry)
        .where(
            entry_queries.participants(roadshow.round),
            Entry.id.not_in(placed),
        )
        .order_by(Entry.code)
    )
    return db.session.scalars(query).all()


def list_entries_by_code(roadshow: Roadshow) -> dict[str, Entry]:
    """The entries that take part in the announced draw, by code, with their universities."""
    query = (
        select(Entry)
        .where(
            Entry.competition_id == roadshow.round.competition_id,
            Entry.code.in_(roadshow.codes or []),
        )
        .options(joinedload(Entry.university))
        .order_by(Entry.code)
    )
    return {entry.code: entry for entry in db.session.scalars(query)}


def name_roadshows(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Roadshows, by the name of their round."""
    query = select(Roadshow.id, Event.title + " · " + Round.name).join(Roadshow.round)
    query = query.join(Round.competition).join(Competition.event).where(Roadshow.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(query)}
