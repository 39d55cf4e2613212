"""What judges gave: sheets, their marks, their history, and what came too late."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, attribute_keyed_dict, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.competitions.models import Round
from eventhub.db import Model
from eventhub.entries.models import Entry
from eventhub.judging.enums import ActState, ScoresheetState
from eventhub.judging.models.panels import REASON_MAX

NOTE_MAX = 1000
FEEDBACK_MAX = 1000


class Scoresheet(Model):
    """One judge's verdict on one entry. ``version`` grows with every save.

    ``note`` is the judge's own; ``feedback`` reaches the team, unsigned, once the round is
    published. ``device_id`` is the device whose edit made this version, where one said so.
    """

    __tablename__ = "scoresheets"
    __table_args__ = (
        UniqueConstraint("round_id", "entry_id", "judge_id"),
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_at"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[ScoresheetState] = mapped_column(default=ScoresheetState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    feedback: Mapped[str] = mapped_column(String(FEEDBACK_MAX), default="")
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    device_id: Mapped[uuid.UUID | None]

    round: Mapped[Round] = relationship()
    entry: Mapped[Entry] = relationship()
    judge: Mapped[Person] = relationship()
    marks: Mapped[dict[str, Mark]] = relationship(
        collection_class=attribute_keyed_dict("criterion_key"), cascade="all, delete-orphan"
    )
    gate_verdicts: Mapped[dict[str, GateVerdict]] = relationship(
        collection_class=attribute_keyed_dict("gate_key"), cascade="all, delete-orphan"
    )

    @property
    def is_submitted(self) -> bool:
        """Whether it is locked."""
        return self.state is ScoresheetState.SUBMITTED

    @property
    def points(self) -> dict[str, Decimal]:
        """The marks given so far, by criterion."""
        return {key: mark.points for key, mark in self.marks.items()}

    @property
    def total(self) -> Decimal:
        """The sum of the marks given so far."""
        return sum(self.points.values(), Decimal(0))


class Mark(Model):
    """The points of one criterion on a sheet. The key repeats the criterion's, for reading."""

    __tablename__ = "marks"
    __table_args__ = (
        UniqueConstraint("scoresheet_id", "criterion_id"),
        CheckConstraint("points >= 0", name="points"),
    )

    scoresheet_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("scoresheets.id", ondelete="CASCADE")
    )
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criteria.id"))
    criterion_key: Mapped[str] = mapped_column(String(40))
    points: Mapped[Decimal]


class GateVerdict(Model):
    """Whether a judge saw a gate met."""

    __tablename__ = "gate_verdicts"
    __table_args__ = (UniqueConstraint("scoresheet_id", "gate_id"),)

    scoresheet_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("scoresheets.id", ondelete="CASCADE")
    )
    gate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gates.id"))
    gate_key: Mapped[str] = mapped_column(String(40))
    is_met: Mapped[bool]


class SheetDevice(Model):
    """The last edit of a sheet that a device has sent.

    A device counts its edits. One that comes again, or after a later one of the same device, is
    known by its number and changes nothing.
    """

    __tablename__ = "sheet_devices"
    __table_args__ = (
        UniqueConstraint("scoresheet_id", "device_id"),
        CheckConstraint("edit_number >= 1", name="edit_number"),
    )

    scoresheet_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("scoresheets.id", ondelete="CASCADE")
    )
    device_id: Mapped[uuid.UUID]
    edit_number: Mapped[int]


class SubmittedSheet(Model):
    """A sheet as it was handed in, kept for good; a returned one is handed in again as the next.

    ``marks`` and ``gates`` are what ``scoresheet.submitted`` says in the log.
    """

    __tablename__ = "submitted_sheets"
    __table_args__ = (UniqueConstraint("scoresheet_id", "ordinal"),)

    scoresheet_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("scoresheets.id", ondelete="CASCADE")
    )
    ordinal: Mapped[int]
    marks: Mapped[dict[str, Any]]
    gates: Mapped[dict[str, Any]]
    feedback: Mapped[str] = mapped_column(String(FEEDBACK_MAX), default="")
    submitted_at: Mapped[datetime]

    scoresheet: Mapped[Scoresheet] = relationship()


class SheetReturn(Model):
    """A submitted sheet that shall be corrected: chief judge and supervisor both sign.

    Of a sheet that the chief judge wrote, an organiser signs in the chief's place.
    """

    __tablename__ = "sheet_returns"
    __table_args__ = (
        Index(
            "uq_sheet_returns_open", "scoresheet_id", unique=True, postgresql_where="state = 'open'"
        ),
        CheckConstraint(
            "state <> 'done' OR (chief_id IS NOT NULL AND supervisor_id IS NOT NULL)", name="both"
        ),
        CheckConstraint("chief_id <> supervisor_id", name="two_people"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_at"),
    )

    scoresheet_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("scoresheets.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[ActState] = mapped_column(default=ActState.OPEN)
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    chief_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    chief_at: Mapped[datetime | None]
    supervisor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    supervisor_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    refused_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    refusal: Mapped[str] = mapped_column(String(REASON_MAX), default="")

    scoresheet: Mapped[Scoresheet] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    chief: Mapped[Person | None] = relationship(foreign_keys=[chief_id])
    supervisor: Mapped[Person | None] = relationship(foreign_keys=[supervisor_id])
    refused_by: Mapped[Person | None] = relationship(foreign_keys=[refused_by_id])


class LateSheet(Model):
    """What a judge's device sent after the round had closed: kept to be seen, never counted.

    The last word of each judge on each entry. ``values`` holds ``marks``, ``gates``, ``feedback``
    and ``is_submission``.
    """

    __tablename__ = "late_sheets"
    __table_args__ = (UniqueConstraint("round_id", "entry_id", "judge_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    values: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]

    entry: Mapped[Entry] = relationship()
    judge: Mapped[Person] = relationship()
