"""Reads of entries."""

from __future__ import annotations

from eventhub.entries.queries.batches import get_batch, list_undoable
from eventhub.entries.queries.entries import (
    count_participants,
    get_document,
    get_entry,
    list_approved,
    list_entries_of,
    list_live_entries,
    list_participants,
    list_requirements,
    list_shared_members,
    name_entries,
    participants,
    select_entries_of,
    takes_part,
)
from eventhub.entries.queries.lists import (
    EntryFilter,
    Neighbours,
    count_by_state,
    count_entries,
    count_waiting,
    find_neighbours,
    list_categories_of,
    list_universities_of,
    page_entries,
    select_entries,
    select_ids,
)

__all__ = [
    "EntryFilter",
    "Neighbours",
    "count_by_state",
    "count_entries",
    "count_participants",
    "count_waiting",
    "find_neighbours",
    "get_batch",
    "get_document",
    "get_entry",
    "list_approved",
    "list_categories_of",
    "list_entries_of",
    "list_live_entries",
    "list_participants",
    "list_requirements",
    "list_shared_members",
    "list_undoable",
    "list_universities_of",
    "name_entries",
    "page_entries",
    "participants",
    "select_entries",
    "select_entries_of",
    "select_ids",
    "takes_part",
]
