"""Vocabulary of reminders."""

from __future__ import annotations

from enum import StrEnum

from eventhub.i18n import lazy


class Anchor(StrEnum):
    """What a reminder's time is counted from."""

    SLOT = "slot"
    ENTRY_DEADLINE = "entry_deadline"


ANCHOR_LABELS = {
    Anchor.SLOT: lazy("本队出场时间"),
    Anchor.ENTRY_DEADLINE: lazy("报名截止时间"),
}
