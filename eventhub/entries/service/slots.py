"""The documents that the rounds ask of an entry, each with the files that stand there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from eventhub.competitions.enums import EntryPhase, RoundState
from eventhub.competitions.models import DocumentRequirement
from eventhub.competitions.queries import takes_entries
from eventhub.entries import queries
from eventhub.entries.enums import EDITABLE, EntryState, LockedPart
from eventhub.entries.errors import (
    DocumentsDueError,
    EntriesClosedError,
    EntryLockedError,
    LateDocumentError,
    NotInRoundError,
    PartLockedError,
)
from eventhub.entries.models import Document, Entry
from eventhub.entries.queries.papers import list_rounds_of_others
from eventhub.entries.service.retention import is_expired
from eventhub.entries.service.window import (
    may_hand_in,
    refuse_locked,
    refuse_when_closed,
)
from eventhub.errors import ConflictError
from eventhub.i18n import _
from eventhub.web.jinja import show_datetime, zone_name


@dataclass(frozen=True)
class SlotFile:
    """One file of a document: its versions, the newest first. ``ordinal`` counts from 1."""

    ordinal: int
    versions: Sequence[Document]

    @property
    def newest(self) -> Document:
        """The version that counts, unless it was removed."""
        return self.versions[0]

    @property
    def is_removed(self) -> bool:
        """Whether the team took it back; its versions stay."""
        return self.newest.removed_at is not None


@dataclass(frozen=True)
class DocumentSlot:
    """A document that is asked for, and every version of it, newest first.

    ``is_due`` is one of the first round: it belongs to the submission. Those of later rounds
    may follow. ``is_asked`` is False where others went up into the round and this entry did not.
    """

    requirement: DocumentRequirement
    versions: Sequence[Document]
    is_due: bool
    is_asked: bool = True

    @property
    def all_files(self) -> list[SlotFile]:
        """The files in their order, those taken back among them."""
        ordinals = sorted({document.ordinal for document in self.versions})
        return [
            SlotFile(n, [document for document in self.versions if document.ordinal == n])
            for n in ordinals
        ]

    @property
    def files(self) -> list[SlotFile]:
        """The files that stand."""
        return [file for file in self.all_files if not file.is_removed]

    @property
    def removed_files(self) -> list[SlotFile]:
        """The files that were taken back."""
        return [file for file in self.all_files if file.is_removed]

    @property
    def is_full(self) -> bool:
        """Whether no further file has room."""
        return len(self.files) >= self.requirement.files_max

    @property
    def next_ordinal(self) -> int:
        """Where a further file goes: the first place that is free."""
        taken = {file.ordinal for file in self.files}
        return next(n for n in range(1, len(taken) + 2) if n not in taken)

    @property
    def formats(self) -> list[str]:
        """The formats that are taken: judges of a blind round can be shown PDF alone."""
        wanted = self.requirement.formats
        if self.is_for_blind_eyes and "pdf" in wanted:
            return ["pdf"]
        return list(wanted)

    @property
    def is_for_blind_eyes(self) -> bool:
        """Whether judges see it who must not know whose it is."""
        return self.requirement.round.is_blind and self.requirement.is_for_judges

    def is_forgotten(self, entry: Entry, now: datetime) -> bool:
        """Whether its files were deleted with the personal data; see ``retention``."""
        return self.requirement.is_personal and is_expired(entry.competition, now)

    def due_at(self, entry: Entry) -> datetime | None:
        """Up to when it can be handed in, where a moment is set."""
        if self.is_due:
            return entry.competition.entries_close_at
        return self.requirement.round.documents_due_at

    def obstacle(self, entry: Entry, now: datetime) -> ConflictError | None:
        """Why nothing can be added or taken back at ``now``; None when it can.

        What the submission asks for, while the entry is being written, and once the entries are
        over only where this part of it is open again; what a later round asks for, from then
        until its moment or until it is being judged.
        """
        if not self.is_asked:
            return NotInRoundError()
        if self.is_due:
            return _obstacle_to_writing(entry, now)
        if entry.state not in {*EDITABLE, EntryState.APPROVED}:
            return EntryLockedError()
        if self.requirement.round.state is not RoundState.DRAFT:
            return LateDocumentError()
        due_at = self.requirement.round.documents_due_at
        if due_at is not None and now >= due_at:
            zone = entry.competition.event.timezone
            words = _(
                "“%(round)s”的材料已于 %(time)s %(zone)s 截止，不能再修改。",
                round=self.requirement.round.name,
                time=show_datetime(due_at, zone),
                zone=zone_name(zone),
            )
            return DocumentsDueError(words)
        return None


def _obstacle_to_writing(entry: Entry, now: datetime) -> ConflictError | None:
    if entry.state not in EDITABLE:
        return EntryLockedError()
    competition = entry.competition
    if takes_entries(competition, now) or competition.entry_phase(now) is EntryPhase.UPCOMING:
        return None
    try:
        if not may_hand_in(entry, now):
            refuse_when_closed(competition, now)
        refuse_locked(entry, {LockedPart.DOCUMENTS}, now)
    except (EntriesClosedError, PartLockedError) as closed:
        return closed
    return None


def list_slots(entry: Entry) -> list[DocumentSlot]:
    """The documents of every round, the first round's first."""
    requirements = queries.list_requirements(entry.competition_id)
    first = min((r.round.position for r in requirements), default=None)
    others = list_rounds_of_others(entry)
    return [
        DocumentSlot(
            requirement,
            [d for d in entry.documents if d.requirement_id == requirement.id],
            requirement.round.position == first,
            requirement.round_id not in others,
        )
        for requirement in requirements
    ]
