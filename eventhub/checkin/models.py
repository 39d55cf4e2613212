"""The doors of an event, every attempt to pass one, and who is in."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.db import Model
from eventhub.domain.admission import Outcome, Reason
from eventhub.events.models import Event, Ticket


class Checkpoint(Model):
    """A place where people are checked in; its window may be narrower than the event's."""

    __tablename__ = "checkpoints"
    __table_args__ = (
        UniqueConstraint("event_id", "name"),
        CheckConstraint("closes_at > opens_at", name="window"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    name: Mapped[str] = mapped_column(String(40))
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()


class Scan(Model):
    """One attempt, successful or not; never changed. ``id`` is chosen by the device.

    ``code`` is what was read, cut to 64 characters; ``ticket_id`` what it was taken for.
    """

    __tablename__ = "scans"
    __table_args__ = (Index("ix_scans_checkpoint_at", "checkpoint_id", "scanned_at"),)

    checkpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("checkpoints.id"))
    code: Mapped[str] = mapped_column(String(64))
    ticket_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    outcome: Mapped[Outcome]
    reason: Mapped[Reason | None]
    scanned_at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    first_admitted_at: Mapped[datetime | None]

    checkpoint: Mapped[Checkpoint] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    by: Mapped[Person] = relationship()


class Admission(Model):
    """Someone is in: at most one a ticket, whoever scans at the same moment."""

    __tablename__ = "admissions"

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tickets.id"), unique=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"), index=True)
    checkpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("checkpoints.id"))
    scan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scans.id"), unique=True)
    admitted_at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship()
    checkpoint: Mapped[Checkpoint] = relationship()
