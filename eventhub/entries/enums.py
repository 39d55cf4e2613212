"""Vocabulary of entries."""

from __future__ import annotations

from enum import StrEnum

from eventhub.i18n import lazy


class EntryState(StrEnum):
    """How far an entry is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


ENTRY_TRANSITIONS = {
    EntryState.DRAFT: {EntryState.SUBMITTED, EntryState.WITHDRAWN},
    EntryState.SUBMITTED: {EntryState.APPROVED, EntryState.RETURNED, EntryState.WITHDRAWN},
    EntryState.RETURNED: {EntryState.SUBMITTED, EntryState.WITHDRAWN},
    EntryState.APPROVED: {EntryState.RETURNED, EntryState.WITHDRAWN},
    EntryState.WITHDRAWN: set(),
}

# label, colour, icon
ENTRY_STATE_LOOKS = {
    EntryState.DRAFT: (lazy("草稿，未提交"), "grey", "edit"),
    EntryState.SUBMITTED: (lazy("已提交，待审核"), "blue", "clock"),
    EntryState.RETURNED: (lazy("已退回，请修改"), "amber", "arrow-back-up"),
    EntryState.APPROVED: (lazy("审核通过"), "green", "circle-check"),
    EntryState.WITHDRAWN: (lazy("已退赛"), "red", "ban"),
}

EDITABLE = frozenset({EntryState.DRAFT, EntryState.RETURNED})


class Verdict(StrEnum):
    """What a review says."""

    APPROVED = "approved"
    RETURNED = "returned"
