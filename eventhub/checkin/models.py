"""The doors of an event, every attempt to pass one, and who is in."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.db import Model
from eventhub.domain.admission import Outcome, Reason
from eventhub.events.models import Event, Ticket

NAME_MAX = 40
READ_MAX = 64
LEAD = timedelta(hours=2)


class Checkpoint(Model):
    """A place where people are checked in.

    An end of its window that is not set follows the event: from ``LEAD`` before it starts,
    until it ends.
    """

    __tablename__ = "checkpoints"
    __table_args__ = (
        UniqueConstraint("event_id", "name"),
        CheckConstraint("closes_at > opens_at", name="window"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()

    @property
    def window(self) -> tuple[datetime | None, datetime | None]:
        """When it admits, half open.

        An end taken from the event gives way, to None, where the event was moved to the
        wrong side of the end that is set.
        """
        opens_at = self.opens_at or self.event.starts_at - LEAD
        closes_at = self.closes_at or self.event.ends_at
        if opens_at < closes_at:
            return opens_at, closes_at
        return self.opens_at, self.closes_at


class Scan(Model):
    """One attempt, successful or not; never changed. ``id`` is chosen by the device.

    ``code`` is what was read, normalised and cut; ``ticket_id`` what it was taken for.
    """

    __tablename__ = "scans"
    __table_args__ = (
        Index("ix_scans_checkpoint_at", "checkpoint_id", "scanned_at"),
        CheckConstraint("(outcome = 'admitted') = (reason IS NULL)", name="told_why"),
    )

    checkpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("checkpoints.id"))
    code: Mapped[str] = mapped_column(String(READ_MAX))
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
    """Someone is in: at most one a ticket, whoever scans at the same moment.

    It is written before its scan, whose outcome hangs on it; hence the deferred key.
    """

    __tablename__ = "admissions"
    __table_args__ = (Index("ix_admissions_event_at", "event_id", "admitted_at"),)

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tickets.id"), unique=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    checkpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("checkpoints.id"))
    scan_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("scans.id", deferrable=True, initially="DEFERRED"), unique=True
    )
    admitted_at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship()
    checkpoint: Mapped[Checkpoint] = relationship()
