"""Who may arrange a roadshow."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.competitions.permissions import can_manage_round
from eventhub.roadshows.models import Roadshow, Slot


def can_arrange(person: Person | None, roadshow: Roadshow) -> bool:
    """Runs the competition that the roadshow belongs to."""
    return can_manage_round(person, roadshow.round)


def can_arrange_slot(person: Person | None, slot: Slot) -> bool:
    """Runs the competition in whose timetable the slot stands."""
    return can_arrange(person, slot.roadshow)
