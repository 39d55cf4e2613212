"""Telling many people at once, away from the request that causes it."""

from __future__ import annotations

import uuid

from eventhub import queue
from eventhub.events import service


@queue.task("events.tell_changed")
def tell_changed(event_id: str, revision: int) -> None:
    """Tell that time or place moved."""
    service.tell_changed(uuid.UUID(event_id), revision=revision)


@queue.task("events.tell_cancelled")
def tell_cancelled(event_id: str) -> None:
    """Tell that an event is called off."""
    service.tell_cancelled(uuid.UUID(event_id))
