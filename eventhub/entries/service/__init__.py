"""Entering a project: writing, handing in, reviewing."""

from __future__ import annotations

from eventhub.entries.service.archives import pack_documents
from eventhub.entries.service.batches import (
    BATCH_MAX,
    UNDO_LIFE,
    Undone,
    decide_batch,
    preview_batch,
    undo_batch,
)
from eventhub.entries.service.blank import write_blank
from eventhub.entries.service.blind_copies import look_over, make_missing, remake
from eventhub.entries.service.blind_papers import (
    ReadyPaper,
    blind_round_of,
    find_next_blind,
    get_blind_file,
    get_blind_paper,
    judge_file,
    judge_papers,
    list_blind_papers,
)
from eventhub.entries.service.bounds import AdviserDraft, EntryDraft, MemberDraft
from eventhub.entries.service.checklist import (
    ChecklistItem,
    is_complete,
    list_checks,
    list_conditions,
    words_of,
)
from eventhub.entries.service.documents import add_document, list_newest, remove_document
from eventhub.entries.service.drafts import draft_of, save_entry, speaks_for_self
from eventhub.entries.service.exporting import export_entries
from eventhub.entries.service.importing import BYTES_MAX, discard_run, import_run, upload_list
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
from eventhub.entries.service.order import order_of
from eventhub.entries.service.quotas import remove_quota, set_quota
from eventhub.entries.service.reading import note_reading
from eventhub.entries.service.recommendations import (
    move_recommended,
    rank_entries,
    recommend_entry,
    take_back_recommendation,
)
from eventhub.entries.service.recommending_many import recommend_entries
from eventhub.entries.service.review import approve_entry, return_entry
from eventhub.entries.service.slots import DocumentSlot, list_slots
from eventhub.entries.service.starting import start_entry
from eventhub.entries.service.submission import submit_entry, withdraw_entry
from eventhub.entries.service.summaries import export_recommendations
from eventhub.entries.service.teams import change_group, hand_over, leave_team, remove_member
from eventhub.entries.service.unlocks import restore_lock, unlock_entry
from eventhub.entries.service.window import (
    active_unlocks,
    hands_in_until,
    is_past_lock,
    lock_words,
    locked_parts,
    may_hand_in,
    mends,
    name_parts,
    next_step,
)

__all__ = [
    "BATCH_MAX",
    "BYTES_MAX",
    "UNDO_LIFE",
    "AdviserDraft",
    "ChecklistItem",
    "Confirmation",
    "DocumentSlot",
    "EntryDraft",
    "MemberDraft",
    "ReadyPaper",
    "Undone",
    "active_unlocks",
    "add_document",
    "approve_entry",
    "blind_round_of",
    "change_group",
    "confirm_captain",
    "decide_batch",
    "discard_run",
    "draft_of",
    "export_entries",
    "export_recommendations",
    "find_next_blind",
    "find_own",
    "fits",
    "get_blind_file",
    "get_blind_paper",
    "hand_over",
    "hands_in_until",
    "import_run",
    "invite_member",
    "is_complete",
    "is_past_lock",
    "issue_team_link",
    "join_team",
    "judge_file",
    "judge_papers",
    "leave_team",
    "list_blind_papers",
    "list_checks",
    "list_conditions",
    "list_newest",
    "list_open",
    "list_slots",
    "lock_words",
    "locked_parts",
    "look_over",
    "make_missing",
    "may_hand_in",
    "mends",
    "move_recommended",
    "name_parts",
    "next_step",
    "note_reading",
    "open_invitation",
    "order_of",
    "pack_documents",
    "preview_batch",
    "rank_entries",
    "recommend_entries",
    "recommend_entry",
    "remake",
    "remove_document",
    "remove_member",
    "remove_quota",
    "restore_lock",
    "return_entry",
    "revoke_team_link",
    "save_entry",
    "set_quota",
    "speaks_for_self",
    "start_entry",
    "submit_entry",
    "take_back_recommendation",
    "undo_batch",
    "unlock_entry",
    "upload_list",
    "withdraw_entry",
    "withdraw_invitation",
    "words_of",
    "write_blank",
]
