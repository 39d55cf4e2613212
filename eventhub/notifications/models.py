"""Messages to people."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.db import Encrypted, Model
from eventhub.notifications.enums import Channel, DeliveryState

NAME_MAX = 60
TITLE_MAX = 200


class Delivery(Model):
    """One message to one person by one channel.

    ``key`` makes a message unique: queueing it again is a no-op. ``calendar`` is the text of
    an iCalendar attachment. ``subject_id`` is what the message is about. ``due_at`` is when it
    shall be tried next, ``claimed_at`` when a worker last took it up.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        Index("ix_deliveries_subject", "subject_id"),
        Index("ix_deliveries_circle_created", "circle_id", "created_at"),
        Index("ix_deliveries_unsent", "state", "due_at", postgresql_where="state <> 'sent'"),
    )

    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    channel: Mapped[Channel] = mapped_column(default=Channel.MAIL)
    recipient_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    recipient_name: Mapped[str] = mapped_column(String(NAME_MAX))
    address: Mapped[str] = mapped_column(Encrypted)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    text: Mapped[str] = mapped_column(Encrypted)
    html: Mapped[str | None] = mapped_column(Encrypted)
    calendar: Mapped[str | None]
    calendar_method: Mapped[str | None] = mapped_column(String(10))
    subject_id: Mapped[uuid.UUID | None]
    circle_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("circles.id"))
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]

    recipient: Mapped[Person | None] = relationship()

    @property
    def masked_address(self) -> str:
        """Enough to recognise the address by, not enough to write to it."""
        local, _at, domain = self.address.rpartition("@")
        return f"{local[:1]}***@{domain}"

    @property
    def is_retried(self) -> bool:
        """Whether it waits for another attempt after one that failed."""
        return self.state is DeliveryState.QUEUED and self.last_error is not None
