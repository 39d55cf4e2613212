"""Rooms, the draw, and who is on stage when."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.competitions.models import Round
from eventhub.db import Encrypted, Model
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.roadshows.enums import RoadshowState

ROOM_NAME_MAX = 40
VENUE_MAX = 80
PUBLIC_TEXT_MAX = 200
RECALL_REASON_MAX = 200


class Roadshow(Model):
    """The live part of a round.

    The draw: ``secret`` is made and its ``commitment`` shown when the draw is announced,
    together with ``codes``, the entries that take part, and ``public_source``, which public
    text will be used; at the draw ``public_text`` is added, which nobody could know before,
    and the secret is shown. See ``eventhub.domain.draw``. ``recalls`` lists the announcements
    that were taken back before their draw, with reason, for everyone to see.

    ``timetable_version`` counts the published timetables, ``changed_at`` is the moment of the
    last. Pauses: of ``break_seconds`` after every ``break_after`` slots of a room, and of
    ``pause_seconds`` at ``pause_at``, for instance at noon.
    """

    __tablename__ = "roadshows"
    __table_args__ = (
        CheckConstraint(
            "(state = 'setup') = (commitment IS NULL)", name="announced_has_commitment"
        ),
        CheckConstraint(
            "(state IN ('drawn', 'published')) = (drawn_at IS NOT NULL)", name="drawn_at"
        ),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_at"),
        CheckConstraint(
            "(break_after IS NULL) = (break_seconds = 0) AND break_after >= 1", name="break_after"
        ),
        CheckConstraint("(pause_at IS NULL) = (pause_seconds = 0)", name="pause_at"),
        CheckConstraint(
            "changeover_seconds >= 0 AND break_seconds >= 0 AND pause_seconds >= 0", name="seconds"
        ),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), unique=True)
    state: Mapped[RoadshowState] = mapped_column(default=RoadshowState.SETUP)
    starts_at: Mapped[datetime]
    venue: Mapped[str] = mapped_column(String(VENUE_MAX), default="")
    changeover_seconds: Mapped[int] = mapped_column(default=60)
    break_after: Mapped[int | None]
    break_seconds: Mapped[int] = mapped_column(default=0)
    pause_at: Mapped[datetime | None]
    pause_seconds: Mapped[int] = mapped_column(default=0)
    secret: Mapped[str | None] = mapped_column(Encrypted)  # hex
    commitment: Mapped[str | None] = mapped_column(String(64))
    codes: Mapped[list[str] | None]
    public_source: Mapped[str] = mapped_column(String(PUBLIC_TEXT_MAX), default="")
    public_text: Mapped[str | None] = mapped_column(String(PUBLIC_TEXT_MAX))
    recalls: Mapped[list[Any]] = mapped_column(default=list)
    announced_at: Mapped[datetime | None]
    drawn_at: Mapped[datetime | None]
    drawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime | None]
    timetable_version: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship()
    rooms: Mapped[list[Room]] = relationship(
        back_populates="roadshow", cascade="all, delete-orphan", order_by="Room.position"
    )
    slots: Mapped[list[Slot]] = relationship(
        back_populates="roadshow", cascade="all, delete-orphan", order_by="Slot.starts_at"
    )

    @property
    def is_drawn(self) -> bool:
        """Whether the order stands."""
        return self.drawn_at is not None

    @property
    def is_published(self) -> bool:
        """Whether the public sees the timetable."""
        return self.state is RoadshowState.PUBLISHED


class Room(Model):
    """A place where teams pitch."""

    __tablename__ = "rooms"
    __table_args__ = (
        UniqueConstraint("roadshow_id", "name", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("roadshow_id", "position", deferrable=True, initially="DEFERRED"),
    )

    roadshow_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("roadshows.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(ROOM_NAME_MAX))
    position: Mapped[int]

    roadshow: Mapped[Roadshow] = relationship(back_populates="rooms")


class Slot(Model):
    """A team's time on stage, ``[starts_at, ends_at)``; a room holds one team at a time.

    A team that withdraws after the draw leaves its slot behind, vacant, until another team
    is moved there.
    """

    __tablename__ = "slots"
    __table_args__ = (
        UniqueConstraint("roadshow_id", "entry_id"),
        UniqueConstraint("room_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        ExcludeConstraint(
            ("room_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_slots_room_time",
            using="gist",
            deferrable=True,
            initially="DEFERRED",
        ),
    )

    roadshow_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("roadshows.id", ondelete="CASCADE"))
    room_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    position: Mapped[int]  # in its room, from 1
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    roadshow: Mapped[Roadshow] = relationship(back_populates="slots")
    room: Mapped[Room] = relationship()
    entry: Mapped[Entry] = relationship()

    @property
    def is_vacant(self) -> bool:
        """Whether its team has withdrawn."""
        return self.entry.state is EntryState.WITHDRAWN
