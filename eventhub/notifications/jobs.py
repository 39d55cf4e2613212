"""What workers do with messages."""

from __future__ import annotations

import uuid

from eventhub import queue
from eventhub.notifications import service


@queue.task("notifications.deliver")
def deliver(delivery_id: str) -> None:
    """Send one message."""
    service.deliver(uuid.UUID(delivery_id))


@queue.task("notifications.retry_stuck")
def retry_stuck() -> None:
    """Give back what silent workers held."""
    service.retry_stuck()
