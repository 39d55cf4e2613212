"""Use cases of the door: checkpoints, and scanning at them."""

from __future__ import annotations

from eventhub.checkin.service.checkpoints import (
    add_checkpoint,
    add_main_entrance,
    change_checkpoint,
    remove_checkpoint,
)
from eventhub.checkin.service.scans import Holder, ScanAnswer, read_code, scan

__all__ = [
    "Holder",
    "ScanAnswer",
    "add_checkpoint",
    "add_main_entrance",
    "change_checkpoint",
    "read_code",
    "remove_checkpoint",
    "scan",
]
