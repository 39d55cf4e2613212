"""Who hears which entry of a round: by room, by assignment, and while they are there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from eventhub import clock
from eventhub.competitions.models import Round
from eventhub.db import db
from eventhub.judging.models import AssignedEntry, PanelJudge
from eventhub.roadshows import queries as roadshows
from eventhub.roadshows.models import Slot


@dataclass(frozen=True)
class Hearing:
    """What a round has fixed about who hears whom.

    ``slots`` are the times on stage by entry, once the order is drawn. ``assigned`` holds the
    entries of each seat; None where every judge of a panel hears all of its entries.
    """

    slots: Mapping[uuid.UUID, Slot]
    assigned: Mapping[uuid.UUID, Set[uuid.UUID]] | None
    now: datetime

    def covers(self, seat: PanelJudge, entry_id: uuid.UUID) -> bool:
        """Whether the entry is the seat's to hear.

        A substitute hears nothing before being called in. Whoever comes late or leaves early
        hears what begins on stage in between; without a timetable a judge who has left hears
        nothing more, and one who comes late hears all.
        """
        slot = self.slots.get(entry_id)
        room_id = seat.panel.room_id
        if room_id is not None and (slot is None or slot.room_id != room_id):
            return False
        if self.assigned is not None and entry_id not in self.assigned.get(seat.id, frozenset()):
            return False
        return self._is_there(seat, slot)

    def _is_there(self, seat: PanelJudge, slot: Slot | None) -> bool:
        if seat.is_substitute and seat.joins_at is None:
            return False
        if slot is None:
            return seat.leaves_at is None or self.now < seat.leaves_at
        late = seat.joins_at is not None and slot.starts_at < seat.joins_at
        gone = seat.leaves_at is not None and slot.starts_at >= seat.leaves_at
        return not (late or gone)


def slots_by_entry(round_id: uuid.UUID) -> dict[uuid.UUID, Slot]:
    """Each entry's time on stage in a round, once the order is drawn."""
    roadshow = roadshows.find_roadshow(round_id)
    if roadshow is None or not roadshow.is_drawn:
        return {}
    return {slot.entry_id: slot for slot in roadshows.list_slots(roadshow.id)}


def find_hearing(round_: Round) -> Hearing:
    """Who hears whom in a round, as it stands now."""
    assigned: dict[uuid.UUID, set[uuid.UUID]] | None = None
    if round_.is_assigned:
        assigned = {}
        for row in list_assigned(round_.id):
            assigned.setdefault(row.seat_id, set()).add(row.entry_id)
    return Hearing(slots_by_entry(round_.id), assigned, clock.now())


def list_assigned(round_id: uuid.UUID) -> Sequence[AssignedEntry]:
    """Every entry that was assigned to a seat of a round."""
    query = select(AssignedEntry).where(AssignedEntry.round_id == round_id)
    return db.session.scalars(query).all()
