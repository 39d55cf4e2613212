"""A competition, its groups and rounds, and by what its entries are judged."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.competitions.enums import (
    CompetitionState,
    EntryPhase,
    RoundMode,
    RoundState,
    RubricStatus,
)
from eventhub.db import Model
from eventhub.domain.scoring.rules import ScoreRuleKind
from eventhub.events.models import Event

NAME_MAX = 60
NOTE_MAX = 400
KEY_MAX = 40
SOURCE_MAX = 1000
CRITERIA_MAX = 20
GATES_MAX = 10
REQUIREMENTS_MAX = 12


class Competition(Model):
    """An event with entries, rounds and results.

    Title, hosts, venue, dates and code are the event's. ``source`` says where the rules come
    from; ``rules`` holds what the template knows of eligibility beyond the groups' numbers.
    """

    __tablename__ = "competitions"
    __table_args__ = (
        CheckConstraint("entries_close_at > entries_open_at", name="entry_window"),
        CheckConstraint(
            "state = 'draft' OR (entries_open_at IS NOT NULL AND entries_close_at IS NOT NULL)",
            name="open_has_dates",
        ),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("events.id"), unique=True)
    template_key: Mapped[str | None] = mapped_column(String(60))
    edition: Mapped[str] = mapped_column(String(40), default="")
    theme: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    source: Mapped[str] = mapped_column(String(SOURCE_MAX), default="")
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[CompetitionState] = mapped_column(default=CompetitionState.DRAFT)
    entries_open_at: Mapped[datetime | None]
    entries_close_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    groups: Mapped[list[Group]] = relationship(
        back_populates="competition", cascade="all, delete-orphan", order_by="Group.position"
    )
    rounds: Mapped[list[Round]] = relationship(
        back_populates="competition", cascade="all, delete-orphan", order_by="Round.position"
    )

    def entry_phase(self, now: datetime) -> EntryPhase:
        """Whether entries are taken at ``now``; the window is half-open."""
        if self.state is CompetitionState.DRAFT or not (
            self.entries_open_at and self.entries_close_at
        ):
            return EntryPhase.NOT_ANNOUNCED
        if self.state is not CompetitionState.OPEN or now >= self.entries_close_at:
            return EntryPhase.OVER
        return EntryPhase.UPCOMING if now < self.entries_open_at else EntryPhase.OPEN


class Group(Model):
    """Where an entry competes: a group of a track, with its eligibility.

    ``rules`` are the template's further conditions, each with its words, for people to check.
    """

    __tablename__ = "competition_groups"
    __table_args__ = (
        UniqueConstraint("competition_id", "key"),
        CheckConstraint("member_min >= 1 AND member_max >= member_min", name="members"),
        CheckConstraint("adviser_min >= 0 AND adviser_max >= adviser_min", name="advisers"),
    )

    competition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competitions.id", ondelete="CASCADE")
    )
    key: Mapped[str] = mapped_column(String(60))
    track_name: Mapped[str] = mapped_column(String(NAME_MAX))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    categories: Mapped[list[str]] = mapped_column(default=list)
    member_min: Mapped[int] = mapped_column(default=1)
    member_max: Mapped[int] = mapped_column(default=15)
    adviser_min: Mapped[int] = mapped_column(default=0)
    adviser_max: Mapped[int] = mapped_column(default=5)
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)

    competition: Mapped[Competition] = relationship(back_populates="groups")


class Round(Model):
    """One round: 校级初赛, 复赛, 决赛. Marks are taken while it is open.

    ``drop_count`` counts at each end. The times of a roadshow are whole seconds.
    ``close_reason`` tells why it was closed although sheets were missing.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("competition_id", "position"),
        CheckConstraint("drop_count BETWEEN 0 AND 10", name="drop_count"),
        CheckConstraint("decimals BETWEEN 0 AND 4", name="decimals"),
        CheckConstraint("sheets_min >= 1", name="sheets_min"),
        CheckConstraint(
            "(state IN ('closed', 'published')) = (closed_at IS NOT NULL)", name="closed_at"
        ),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_at"),
        CheckConstraint("pitch_seconds > 0 AND qa_seconds >= 0", name="times"),
    )

    competition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competitions.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    mode: Mapped[RoundMode] = mapped_column(default=RoundMode.ROADSHOW)
    state: Mapped[RoundState] = mapped_column(default=RoundState.DRAFT)
    score_rule: Mapped[ScoreRuleKind] = mapped_column(default=ScoreRuleKind.DROP_EXTREMES)
    drop_count: Mapped[int] = mapped_column(default=1)
    decimals: Mapped[int] = mapped_column(default=2)
    sheets_min: Mapped[int] = mapped_column(default=3)
    tie_order: Mapped[list[Any]] = mapped_column(default=list)
    pitch_seconds: Mapped[int] = mapped_column(default=480)
    qa_seconds: Mapped[int] = mapped_column(default=420)
    scoring_seconds: Mapped[int] = mapped_column(default=60)
    marks_due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    close_reason: Mapped[str | None] = mapped_column(String(NOTE_MAX))
    published_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship(back_populates="rounds")
    rubrics: Mapped[list[Rubric]] = relationship(
        back_populates="round",
        cascade="all, delete-orphan",
        order_by=lambda: (
            select(Group.position).where(Group.id == Rubric.group_id).scalar_subquery()
        ),
    )
    requirements: Mapped[list[DocumentRequirement]] = relationship(
        back_populates="round",
        cascade="all, delete-orphan",
        order_by="DocumentRequirement.position",
    )


class Rubric(Model):
    """By what a group's entries are judged in a round.

    A rubric that is not ``SOURCED`` or ``OWN`` must be confirmed before the round opens.
    """

    __tablename__ = "rubrics"
    __table_args__ = (UniqueConstraint("round_id", "group_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    group_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competition_groups.id", ondelete="CASCADE"), index=True
    )
    status: Mapped[RubricStatus]
    source: Mapped[str] = mapped_column(String(SOURCE_MAX), default="")
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    round: Mapped[Round] = relationship(back_populates="rubrics")
    group: Mapped[Group] = relationship()
    confirmed_by: Mapped[Person | None] = relationship()
    criteria: Mapped[list[Criterion]] = relationship(
        back_populates="rubric", cascade="all, delete-orphan", order_by="Criterion.position"
    )
    gates: Mapped[list[Gate]] = relationship(
        back_populates="rubric", cascade="all, delete-orphan", order_by="Gate.position"
    )

    @property
    def total(self) -> Decimal:
        """The most that a sheet can reach."""
        return sum((line.points_max for line in self.criteria), Decimal(0))

    @property
    def needs_confirmation(self) -> bool:
        """Whether an organiser still has to stand in for its source."""
        official = self.status in {RubricStatus.SOURCED, RubricStatus.OWN}
        return not official and self.confirmed_at is None


class Criterion(Model):
    """A line of a rubric. ``points_to_judge`` are the sub-points a judge considers."""

    __tablename__ = "criteria"
    __table_args__ = (
        UniqueConstraint("rubric_id", "key"),
        CheckConstraint("points_max > 0", name="points_max"),
    )

    rubric_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rubrics.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(KEY_MAX))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    points_max: Mapped[Decimal]
    points_to_judge: Mapped[list[str]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)

    rubric: Mapped[Rubric] = relationship(back_populates="criteria")


class Gate(Model):
    """A condition without points: not met means no result."""

    __tablename__ = "gates"
    __table_args__ = (UniqueConstraint("rubric_id", "key"),)

    rubric_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rubrics.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(KEY_MAX))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    rule: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    position: Mapped[int] = mapped_column(default=0)

    rubric: Mapped[Rubric] = relationship(back_populates="gates")


class DocumentRequirement(Model):
    """A document that a round asks for. ``formats`` are file endings without a dot."""

    __tablename__ = "document_requirements"
    __table_args__ = (
        UniqueConstraint("round_id", "key"),
        CheckConstraint("bytes_max > 0", name="bytes_max"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(KEY_MAX))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    formats: Mapped[list[str]] = mapped_column(default=list)
    bytes_max: Mapped[int] = mapped_column(default=50 * 1024 * 1024)
    is_required: Mapped[bool] = mapped_column(default=True)
    is_for_judges: Mapped[bool] = mapped_column(default=True)  # papers of identity are not
    position: Mapped[int] = mapped_column(default=0)

    round: Mapped[Round] = relationship(back_populates="requirements")
