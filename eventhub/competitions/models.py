"""A competition, its groups and rounds, and by what its entries are judged."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.circles.models import Circle, University
from eventhub.competitions.enums import (
    CompetitionState,
    DocumentKind,
    EntryPhase,
    PassageKind,
    RevealMode,
    RoundKind,
    RoundMode,
    RoundState,
    RubricStatus,
)
from eventhub.db import Model
from eventhub.domain.scoring.rules import ScoreRuleKind
from eventhub.events.models import Event
from eventhub.questionnaires.models import Questionnaire

NAME_MAX = 60
NOTE_MAX = 400
KEY_MAX = 40
SOURCE_MAX = 1000
CRITERIA_MAX = 20
GATES_MAX = 10
REQUIREMENTS_MAX = 12
ROUNDS_MAX = 12
DOCUMENT_BYTES_MAX = 500 * 1024 * 1024
EDITION_KEY_MAX = 120
NAMING_MAX = 120
NAMING_DEFAULT = "{order}+{project}"
FILES_PER_REQUIREMENT_MAX = 20


class Competition(Model):
    """An event with entries, rounds and results.

    Title, hosts, venue, dates and code are the event's. ``source`` says where the rules come
    from; ``rules`` holds what the template knows of eligibility beyond the groups' numbers.
    Competitions with the same ``edition_key`` are stages of one edition: with ``is_one_project``
    a student takes part in one project of them all. ``needs_consent``: every member confirms for
    themselves before an entry is handed in. ``needs_recommendation``: the school recommends
    before the circle approves. ``personal_fields`` are ``PersonalField`` values; what they hold is
    deleted ``retention_days`` after the event has ended.
    """

    __tablename__ = "competitions"
    __table_args__ = (
        CheckConstraint("entries_close_at > entries_open_at", name="entry_window"),
        CheckConstraint(
            "state = 'draft' OR (entries_open_at IS NOT NULL AND entries_close_at IS NOT NULL)",
            name="open_has_dates",
        ),
        CheckConstraint("retention_days BETWEEN 1 AND 3650", name="retention_days"),
        Index("ix_competitions_edition_key", "edition_key"),
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
    edition_key: Mapped[str] = mapped_column(
        String(EDITION_KEY_MAX), default="", server_default=text("''")
    )
    is_one_project: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    needs_consent: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    needs_recommendation: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    personal_fields: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    retention_days: Mapped[int] = mapped_column(default=365, server_default=text("365"))
    cloned_from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("competitions.id"))

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

    ``rules`` are its conditions as data: see ``domain.eligibility.Rule``. ``questionnaire`` is
    the form that its entries fill in beside what every entry has.
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
    questionnaire_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("questionnaires.id"), index=True
    )

    competition: Mapped[Competition] = relationship(back_populates="groups")
    questionnaire: Mapped[Questionnaire | None] = relationship()


class Round(Model):
    """One round: 校级初赛, 复赛, 决赛. Marks are taken while it is open.

    ``drop_count`` counts at each end. The times of a roadshow are whole seconds.
    ``close_reason`` tells why it was closed although sheets were missing. In a blind round
    judges see neither school nor names. The first round hears every approved entry, a later one
    those that went up into it. ``documents_due_at`` bounds what a later round asks for.
    ``score_options`` is what the score rule needs beyond its kind: see ``domain.scoring``. With
    ``is_assigned`` a judge hears the entries that were assigned to them, else all of their panel.
    With ``needs_signatures`` the results are published only when scrutineer, chief judges and
    supervisor have signed them.
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
    kind: Mapped[RoundKind] = mapped_column(
        default=RoundKind.REGULAR, server_default=text("'regular'")
    )
    is_blind: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    score_options: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    is_assigned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    needs_signatures: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    reveal: Mapped[RevealMode] = mapped_column(
        default=RevealMode.AT_END, server_default=text("'at_end'")
    )
    documents_due_at: Mapped[datetime | None]
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
    passages: Mapped[list[Passage]] = relationship(
        back_populates="from_round",
        cascade="all, delete-orphan",
        foreign_keys="Passage.from_round_id",
        order_by="Passage.kind",
    )

    @property
    def hides_teams(self) -> bool:
        """Whether school and names stay off every page that a judge may come by."""
        return self.is_blind and self.state is not RoundState.PUBLISHED


class Passage(Model):
    """A way on from a round: into which round, for whom, and for how many.

    ``places`` bounds the whole; a ``PassageQuota`` bounds a part of it. ``school_max`` is the most
    that one school may send this way; None is no bound.
    """

    __tablename__ = "passages"
    __table_args__ = (
        UniqueConstraint("from_round_id", "kind"),
        CheckConstraint("from_round_id <> to_round_id", name="onward"),
        CheckConstraint("places >= 1", name="places"),
        CheckConstraint("school_max >= 1", name="school_max"),
    )

    from_round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    to_round_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("rounds.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[PassageKind] = mapped_column(default=PassageKind.BEST)
    places: Mapped[int | None]
    school_max: Mapped[int | None]

    from_round: Mapped[Round] = relationship(
        foreign_keys=[from_round_id], back_populates="passages"
    )
    to_round: Mapped[Round] = relationship(foreign_keys=[to_round_id])
    quotas: Mapped[list[PassageQuota]] = relationship(
        back_populates="passage", cascade="all, delete-orphan", order_by="PassageQuota.position"
    )


class PassageQuota(Model):
    """How many of a part of the entries a passage takes. Empty parts do not narrow."""

    __tablename__ = "passage_quotas"
    __table_args__ = (
        UniqueConstraint(
            "passage_id",
            "track_name",
            "group_id",
            "category",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("places >= 0", name="places"),
    )

    passage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("passages.id", ondelete="CASCADE"))
    track_name: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    group_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("competition_groups.id", ondelete="CASCADE")
    )
    category: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    places: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)

    passage: Mapped[Passage] = relationship(back_populates="quotas")
    group: Mapped[Group | None] = relationship()


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
    """A document that a round asks for. ``formats`` are file endings without a dot.

    ``naming`` is how a copy that leaves the house is called, without its ending; it may hold
    ``{order} {code} {project} {school} {captain} {group} {document} {number}``.
    ``is_personal``: scans of papers of identity and the like, which go when the members' personal
    data goes.
    """

    __tablename__ = "document_requirements"
    __table_args__ = (
        UniqueConstraint("round_id", "key"),
        CheckConstraint("bytes_max > 0", name="bytes_max"),
        CheckConstraint("files_max BETWEEN 1 AND 20", name="files_max"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(KEY_MAX))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    formats: Mapped[list[str]] = mapped_column(default=list)
    kind: Mapped[DocumentKind] = mapped_column(
        default=DocumentKind.OTHER, server_default=text("'other'")
    )
    bytes_max: Mapped[int] = mapped_column(BigInteger, default=50 * 1024 * 1024)
    files_max: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    naming: Mapped[str] = mapped_column(
        String(NAMING_MAX), default=NAMING_DEFAULT, server_default=text(f"'{NAMING_DEFAULT}'")
    )
    is_required: Mapped[bool] = mapped_column(default=True)
    is_for_judges: Mapped[bool] = mapped_column(default=True)  # papers of identity are not
    is_personal: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    position: Mapped[int] = mapped_column(default=0)

    round: Mapped[Round] = relationship(back_populates="requirements")


class OwnTemplate(Model):
    """A circle's own template of a contest. ``facts`` has the shape of the shipped files."""

    __tablename__ = "own_templates"
    __table_args__ = (UniqueConstraint("circle_id", "name"),)

    circle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("circles.id"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    based_on: Mapped[str] = mapped_column(String(60), default="")
    edition: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(SOURCE_MAX), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    saved_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]

    circle: Mapped[Circle] = relationship()
    saved_by: Mapped[Person] = relationship()


class SchoolQuota(Model):
    """How many entries a school may recommend; without a school, every school not named.

    ``group_id`` None counts all groups together.
    """

    __tablename__ = "school_quotas"
    __table_args__ = (
        UniqueConstraint(
            "competition_id", "university_id", "group_id", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint("places >= 0", name="places"),
    )

    competition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competitions.id", ondelete="CASCADE")
    )
    university_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("universities.id"))
    group_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("competition_groups.id", ondelete="CASCADE")
    )
    places: Mapped[int]

    university: Mapped[University | None] = relationship()
    group: Mapped[Group | None] = relationship()
