"""Who may work at a checkpoint."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.checkin.models import Checkpoint
from eventhub.events.permissions import can_staff_event


def can_staff_checkpoint(person: Person | None, checkpoint: Checkpoint) -> bool:
    """Scans there: staff and organisers of every circle that hosts the event."""
    return can_staff_event(person, checkpoint.event)
