"""Events, who hosts them, who comes, and what they show at the door."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import NAME_MAX, Person
from eventhub.circles.models import Circle, University
from eventhub.db import Encrypted, Model
from eventhub.events.enums import (
    AttendeeRole,
    EventKind,
    EventState,
    HostRole,
    RegistrationState,
)

TITLE_MAX = 80
SUMMARY_MAX = 200
DESCRIPTION_MAX = 8000
VENUE_MAX = 80
ADDRESS_MAX = 160
CODE_LENGTH = 6
TICKET_CODE_LENGTH = 10
REASON_MAX = 500
URL_MAX = 300
ORGANISATION_MAX = 80
PARTY_MAX = 120


class Event(Model):
    """Anything people attend. ``circle_id`` is the circle that runs it, a host among others.

    ``revision`` counts the changes of time and place since publication; calendars and mails
    carry it, so that each change is told once and the newest wins.
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint(
            "registration_closes_at > registration_opens_at", name="registration_window"
        ),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_at"),
        Index("ix_events_starts_at", "starts_at"),
    )

    code: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[EventKind]
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    summary: Mapped[str] = mapped_column(String(SUMMARY_MAX), default="")
    description: Mapped[str] = mapped_column(String(DESCRIPTION_MAX), default="")
    state: Mapped[EventState] = mapped_column(default=EventState.DRAFT)
    circle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("circles.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    venue: Mapped[str] = mapped_column(String(VENUE_MAX), default="")
    address: Mapped[str] = mapped_column(String(ADDRESS_MAX), default="")
    online_url: Mapped[str | None] = mapped_column(String(URL_MAX))
    capacity: Mapped[int | None]
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    circle: Mapped[Circle] = relationship()
    hosts: Mapped[list[EventHost]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="EventHost.created_at"
    )
    sessions: Mapped[list[Session]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="Session.starts_at"
    )


class EventHost(Model):
    """A circle's part in an event."""

    __tablename__ = "event_hosts"
    __table_args__ = (UniqueConstraint("event_id", "circle_id"),)

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    circle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("circles.id"), index=True)
    role: Mapped[HostRole]

    event: Mapped[Event] = relationship(back_populates="hosts")
    circle: Mapped[Circle] = relationship()


class Session(Model):
    """A part of an event with its own time and venue."""

    __tablename__ = "event_sessions"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"),)

    event_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("events.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(TITLE_MAX))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    venue: Mapped[str] = mapped_column(String(VENUE_MAX), default="")

    event: Mapped[Event] = relationship(back_populates="sessions")


class Registration(Model):
    """One person's place at an event.

    ``identity`` is a blind index of whatever names the person best (account, mail, phone,
    student number): the same identity is the same person when people are counted, and holds
    one place at an event. ``party`` is the team or company they come with; ``party_id`` its
    key, for instance an entry's. Someone who comes for several reasons, such as the adviser of
    two teams, still holds one place: ``also`` keeps the other reasons as mappings with
    ``party_id``, ``party`` and ``role``, and the place lasts until the last one falls away.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        Index(
            "uq_registrations_place",
            "event_id",
            "identity",
            unique=True,
            postgresql_where="state <> 'cancelled'",
        ),
        Index("ix_registrations_event_state", "event_id", "state"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_at"),
        CheckConstraint("locale IN ('zh', 'en')", name="locale"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    identity: Mapped[str] = mapped_column(String(32), index=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    email: Mapped[str | None] = mapped_column(Encrypted)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    university_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("universities.id"))
    organisation: Mapped[str] = mapped_column(String(ORGANISATION_MAX), default="")
    role: Mapped[AttendeeRole] = mapped_column(default=AttendeeRole.VISITOR)
    party: Mapped[str] = mapped_column(String(PARTY_MAX), default="")
    party_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    also: Mapped[list[Any]] = mapped_column(default=list)
    locale: Mapped[str] = mapped_column(String(2), default="zh")
    state: Mapped[RegistrationState] = mapped_column(default=RegistrationState.CONFIRMED)
    cancelled_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    person: Mapped[Person | None] = relationship()
    university: Mapped[University | None] = relationship()
    ticket: Mapped[Ticket] = relationship(back_populates="registration", uselist=False)


class Ticket(Model):
    """What a registration shows at the door: a random code, printed and in the QR link."""

    __tablename__ = "tickets"

    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("registrations.id"), unique=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    revoked_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship(back_populates="ticket")
