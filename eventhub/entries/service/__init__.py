"""Entering a project: writing, handing in, reviewing."""

from __future__ import annotations

from eventhub.entries.service.bounds import AdviserDraft, EntryDraft, MemberDraft
from eventhub.entries.service.checklist import (
    ChecklistItem,
    is_complete,
    list_checks,
    list_conditions,
    words_of,
)
from eventhub.entries.service.documents import add_document, may_add
from eventhub.entries.service.drafts import draft_of, save_entry, speaks_for_self
from eventhub.entries.service.invitations import (
    fits,
    invite_member,
    issue_team_link,
    list_open,
    open_invitation,
    revoke_team_link,
    withdraw_invitation,
)
from eventhub.entries.service.joining import Confirmation, confirm_captain, find_own, join_team
from eventhub.entries.service.review import approve_entry, hand_out, return_entry
from eventhub.entries.service.slots import DocumentSlot, list_slots
from eventhub.entries.service.starting import start_entry
from eventhub.entries.service.submission import submit_entry, withdraw_entry
from eventhub.entries.service.teams import change_group, hand_over, leave_team, remove_member
from eventhub.entries.service.unlocks import restore_lock, unlock_entry
from eventhub.entries.service.window import (
    active_unlocks,
    hands_in_until,
    is_past_lock,
    lock_words,
    locked_parts,
    may_hand_in,
    next_step,
)

__all__ = [
    "AdviserDraft",
    "ChecklistItem",
    "Confirmation",
    "DocumentSlot",
    "EntryDraft",
    "MemberDraft",
    "active_unlocks",
    "add_document",
    "approve_entry",
    "change_group",
    "confirm_captain",
    "draft_of",
    "find_own",
    "fits",
    "hand_out",
    "hand_over",
    "hands_in_until",
    "invite_member",
    "is_complete",
    "is_past_lock",
    "issue_team_link",
    "join_team",
    "leave_team",
    "list_checks",
    "list_conditions",
    "list_open",
    "list_slots",
    "lock_words",
    "locked_parts",
    "may_add",
    "may_hand_in",
    "next_step",
    "open_invitation",
    "remove_member",
    "restore_lock",
    "return_entry",
    "revoke_team_link",
    "save_entry",
    "speaks_for_self",
    "start_entry",
    "submit_entry",
    "unlock_entry",
    "withdraw_entry",
    "withdraw_invitation",
    "words_of",
]
