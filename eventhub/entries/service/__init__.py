"""Entering a project: writing, handing in, reviewing."""

from __future__ import annotations

from eventhub.entries.service.checklist import (
    ChecklistItem,
    is_complete,
    list_checks,
    list_conditions,
    words_of,
)
from eventhub.entries.service.documents import add_document, may_add
from eventhub.entries.service.drafts import (
    AdviserDraft,
    EntryDraft,
    MemberDraft,
    draft_of,
    save_entry,
    start_entry,
)
from eventhub.entries.service.review import approve_entry, hand_out, return_entry
from eventhub.entries.service.slots import DocumentSlot, list_slots
from eventhub.entries.service.submission import submit_entry, withdraw_entry
from eventhub.entries.service.window import may_hand_in, next_step

__all__ = [
    "AdviserDraft",
    "ChecklistItem",
    "DocumentSlot",
    "EntryDraft",
    "MemberDraft",
    "add_document",
    "approve_entry",
    "draft_of",
    "hand_out",
    "is_complete",
    "list_checks",
    "list_conditions",
    "list_slots",
    "may_add",
    "may_hand_in",
    "next_step",
    "return_entry",
    "save_entry",
    "start_entry",
    "submit_entry",
    "withdraw_entry",
    "words_of",
]
