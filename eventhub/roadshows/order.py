"""The order on stage, for those who name files by it."""

from __future__ import annotations

import uuid

from eventhub.competitions.models import Round
from eventhub.roadshows import queries


def stage_order(round_: Round) -> dict[uuid.UUID, str] | None:
    """Each entry's place: ``03``, and with several rooms ``B-03``; None before the timetable.

    The rooms are lettered in their order.
    """
    roadshow = queries.find_roadshow(round_.id)
    slots = queries.list_slots(roadshow.id) if roadshow is not None else []
    if roadshow is None or not slots:
        return None
    wide = max(2, len(str(max(slot.position for slot in slots))))
    rooms = sorted({(slot.room.position, slot.room_id) for slot in slots})
    letters = {room_id: _letter(at) for at, (_position, room_id) in enumerate(rooms)}
    many = len(roadshow.rooms) > 1
    return {
        slot.entry_id: (f"{letters[slot.room_id]}-" if many else "") + f"{slot.position:0{wide}}"
        for slot in slots
    }


def _letter(at: int) -> str:
    """Letters as spreadsheets count columns: A to Z, then AA."""
    rest, last = divmod(at, 26)
    return (_letter(rest - 1) if rest else "") + chr(ord("A") + last)
