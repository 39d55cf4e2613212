"""Housekeeping of files."""

from __future__ import annotations

from eventhub import queue
from eventhub.files.service import previews, sweeping, uploads


@queue.task("files.forget_expired")
def forget_expired() -> None:
    """Drop uploads that nobody continues, and the oldest of the drawn pages."""
    uploads.forget_expired()
    previews.trim()


@queue.task("files.sweep")
def sweep() -> None:
    """Delete what nothing refers to any more."""
    sweeping.sweep()
