"""Who may judge. Who may run the judging is competitions' ``can_manage``."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.judging.models import PanelJudge


def is_seated(person: Person | None, seat: PanelJudge | None) -> bool:
    """The judge whose seat it is."""
    return person is not None and seat is not None and seat.person_id == person.id
