"""What the clock does with reminders."""

from __future__ import annotations

from eventhub import queue
from eventhub.reminders import service


@queue.task("reminders.send_due")
def send_due() -> None:
    """Queue what is due."""
    service.send_due()
