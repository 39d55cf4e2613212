"""Housekeeping."""

from __future__ import annotations

from eventhub import queue
from eventhub.web import rate_storage


@queue.task("web.forget_expired")
def forget_expired() -> None:
    """Drop the rate counts whose windows have passed."""
    rate_storage.forget_expired()
