"""What members changed of themselves once the office had their project before it.

They may: people have a right to correct what is held of them, and some papers are asked for only
later. What an office decided upon must not change unnoticed, though.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from eventhub.audit.queries import list_deeds
from eventhub.entries.enums import EntryState, Verdict
from eventhub.entries.models import Entry, Member

DEED = "member.details_changed"
DECISIVE = frozenset(
    {"name", "university", "student_number", "degree", "is_enrolled", "graduation_year"}
    | {"id_number", "born_on"}
)
DECIDED_UPON = frozenset({EntryState.SUBMITTED, EntryState.APPROVED})


@dataclass(frozen=True)
class LateChange:
    """Which parts (see ``DECISIVE``) a member gave, changed or deleted, and when.

    ``deeds`` tells which of the three, by part; what the parts hold is told nowhere.
    """

    member: Member
    at: datetime
    deeds: dict[str, str]
    is_after_approval: bool


def list_late_changes(entry: Entry) -> Sequence[LateChange]:
    """Since the entry was last handed in, the newest first; none while the team writes."""
    if entry.state not in DECIDED_UPON or entry.submitted_at is None:
        return []
    approvals = [r.created_at for r in entry.reviews if r.verdict is Verdict.APPROVED]
    is_approved = entry.state is EntryState.APPROVED and bool(approvals)
    members = {member.id: member for member in entry.members}
    changes = []
    for deed in list_deeds(DEED, members, of=Member.__tablename__, since=entry.submitted_at):
        parts = {key: str(word) for key, word in (deed.after or {}).items() if key in DECISIVE}
        if parts:
            is_late = is_approved and deed.at > max(approvals)
            changes.append(LateChange(members[deed.subject_id], deed.at, parts, is_late))
    return changes


def note_late(entry: Entry, changes: dict[str, str]) -> None:
    """Within a transaction: let the office's list show that a change waits for a person's eye."""
    if entry.state in DECIDED_UPON and DECISIVE & changes.keys():
        entry.needs_proof = True
