"""Who has looked at an entry from outside."""

from __future__ import annotations

import uuid

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.db import transaction
from eventhub.entries import queries
from eventhub.entries.permissions import can_read_masked
from eventhub.errors import ForbiddenError


def note_reading(entry_id: uuid.UUID, *, by: Person) -> None:
    """Note that a bureau has opened an entry.

    Raises:
        ForbiddenError: ``by`` works for no bureau, or it was not handed in.

    """
    with transaction():
        entry = queries.get_entry(entry_id)
        if not can_read_masked(by, entry):
            raise ForbiddenError
        circle_id = entry.competition.event.circle_id
        audit.record("entry.read_masked", entry, by=by, circle_id=circle_id)
