"""The rules, and the proof that each said its word once."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.competitions.models import Competition
from eventhub.db import Model
from eventhub.entries.models import Entry
from eventhub.notifications.models import Delivery
from eventhub.reminders.enums import Anchor


class ReminderRule(Model):
    """Tell the captains of a competition, ``lead`` before the anchor."""

    __tablename__ = "reminder_rules"
    __table_args__ = (
        UniqueConstraint("competition_id", "anchor", "lead"),
        CheckConstraint(text("lead > interval '0'"), name="lead"),
    )

    competition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competitions.id"))
    anchor: Mapped[Anchor]
    lead: Mapped[timedelta]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    competition: Mapped[Competition] = relationship()


class ReminderSent(Model):
    """A reminder that went out: at most one a rule, recipient, entry and occasion.

    ``occasion_id`` is the roadshow for a slot, since an entry may appear in several rounds,
    and the competition for a deadline. ``anchored_at`` is the moment that the message named.
    """

    __tablename__ = "reminders_sent"
    __table_args__ = (UniqueConstraint("rule_id", "occasion_id", "entry_id", "recipient_id"),)

    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reminder_rules.id", ondelete="CASCADE"))
    recipient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    occasion_id: Mapped[uuid.UUID]
    anchored_at: Mapped[datetime]
    delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliveries.id"))

    rule: Mapped[ReminderRule] = relationship()
    recipient: Mapped[Person] = relationship()
    entry: Mapped[Entry] = relationship()
    delivery: Mapped[Delivery] = relationship()
