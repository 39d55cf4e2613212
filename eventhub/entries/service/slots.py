"""The documents that the rounds ask of an entry, each with the files that stand there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eventhub.competitions.models import DocumentRequirement
from eventhub.entries import queries
from eventhub.entries.models import Document, Entry


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
    may follow.
    """

    requirement: DocumentRequirement
    versions: Sequence[Document]
    is_due: bool

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


def list_slots(entry: Entry) -> list[DocumentSlot]:
    """The documents of every round, the first round's first."""
    requirements = queries.list_requirements(entry.competition_id)
    first = min((r.round.position for r in requirements), default=None)
    return [
        DocumentSlot(
            requirement,
            [d for d in entry.documents if d.requirement_id == requirement.id],
            requirement.round.position == first,
        )
        for requirement in requirements
    ]
