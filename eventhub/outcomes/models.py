"""Who goes up, awards, certificates, public notices and objections."""

from __future__ import annotations

import uuid
from collections.abc import Hashable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship, synonym

from eventhub.accounts.models import Person
from eventhub.competitions.models import Competition, Group, Passage, Round
from eventhub.db import Encrypted, Model
from eventhub.domain.cut import TieChoice
from eventhub.entries.models import Entry
from eventhub.files.models import StoredFile
from eventhub.outcomes.enums import NoticeKind, NoticeState, ObjectionState, ProposalState

NAME_MAX = 60
REASON_MAX = 400
TEXT_MAX = 4000
TITLE_MAX = 120
CONTACT_MAX = 200
NUMBER_MAX = 24


def _two_people() -> tuple[CheckConstraint, ...]:
    """What keeps one person from deciding alone, both when confirming and when taking back."""
    return (
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_at"),
        CheckConstraint("state <> 'proposed' OR confirmed_at IS NULL", name="not_yet_confirmed"),
        CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_someone"
        ),
        CheckConstraint("confirmed_by_id <> proposed_by_id", name="two_people"),
        CheckConstraint("recalled_by_id <> recall_asked_by_id", name="two_people_recall"),
        CheckConstraint(
            "(recall_asked_by_id IS NULL) = (recall_reason = '')", name="recall_has_reason"
        ),
    )


class Decision(Model):
    """What two people decide: one proposes, a second one confirms.

    Taking a confirmed one back goes the same way: somebody asks with a reason, a second one
    agrees. ``ties`` is what was chosen for entries tied where places end.

    Each kind of list has a ``round``, whose standings it rests on, and ``lines``.
    """

    __abstract__ = True

    state: Mapped[ProposalState] = mapped_column(default=ProposalState.PROPOSED)
    ties: Mapped[TieChoice] = mapped_column(default=TieChoice.DECIDE)
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    discard_reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    recall_reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    recall_asked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    recalled_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    @declared_attr
    def proposed_by(cls) -> Mapped[Person]:  # noqa: N805
        """Whoever drew it up."""
        return relationship(foreign_keys=f"{cls.__name__}.proposed_by_id")

    @declared_attr
    def confirmed_by(cls) -> Mapped[Person | None]:  # noqa: N805
        """The second one."""
        return relationship(foreign_keys=f"{cls.__name__}.confirmed_by_id")

    @declared_attr
    def recall_asked_by(cls) -> Mapped[Person | None]:  # noqa: N805
        """Whoever wants it taken back."""
        return relationship(foreign_keys=f"{cls.__name__}.recall_asked_by_id")

    @property
    def is_proposed(self) -> bool:
        """Whether it waits for the second one."""
        return self.state is ProposalState.PROPOSED

    @property
    def is_confirmed(self) -> bool:
        """Whether it is in force."""
        return self.state is ProposalState.CONFIRMED


class Line(Model):
    """What is decided of one entry. ``ground`` is the key of why the rules said what they said.

    Where the choice departs from the rules, or decides a tie, there is a ``reason``. ``rank`` and
    ``total`` are those of the standings that the list was drawn from.
    """

    __abstract__ = True

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    position: Mapped[int]
    rank: Mapped[int | None]
    total: Mapped[str | None] = mapped_column(String(20))
    ground: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    adjusted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    @declared_attr
    def entry(cls) -> Mapped[Entry]:  # noqa: N805
        """Of which it is decided."""
        return relationship()


class Advancement(Decision):
    """Who takes a passage: proposed from the standings, adjusted, confirmed by a second person."""

    __tablename__ = "advancements"
    __table_args__ = (
        Index(
            "uq_advancements_standing",
            "passage_id",
            unique=True,
            postgresql_where="state <> 'discarded'",
        ),
        *_two_people(),
    )

    passage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("passages.id"), index=True)

    passage: Mapped[Passage] = relationship()
    lines: Mapped[list[AdvancementLine]] = relationship(
        back_populates="decision",
        cascade="all, delete-orphan",
        order_by="AdvancementLine.position",
    )

    @property
    def round(self) -> Round:
        """Whose standings it rests on."""
        return self.passage.from_round


class AdvancementLine(Line):
    """One entry that goes up, or does not."""

    __tablename__ = "advancement_lines"
    __table_args__ = (
        UniqueConstraint("advancement_id", "entry_id"),
        CheckConstraint("is_in = is_proposed OR reason <> ''", name="adjusted_has_reason"),
    )

    advancement_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("advancements.id", ondelete="CASCADE")
    )
    is_proposed: Mapped[bool]
    is_in: Mapped[bool]

    list_id: Mapped[uuid.UUID] = synonym("advancement_id")
    decision: Mapped[Advancement] = relationship(back_populates="lines")

    @property
    def choice(self) -> Hashable:
        """Whether it goes up."""
        return self.is_in


class AwardLevel(Model):
    """An award of a round: for so many, or for all from a total on; of one group or of all.

    ``position`` 1 is the highest; an entry gets the highest that it reaches.
    """

    __tablename__ = "award_levels"
    __table_args__ = (
        UniqueConstraint("round_id", "group_id", "name", postgresql_nulls_not_distinct=True),
        CheckConstraint("(places IS NULL) <> (total_min IS NULL)", name="count_or_threshold"),
        CheckConstraint("places >= 1", name="places"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("competition_groups.id"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    position: Mapped[int]
    places: Mapped[int | None]
    total_min: Mapped[str | None] = mapped_column(String(20))

    round: Mapped[Round] = relationship()
    group: Mapped[Group | None] = relationship()


class Awarding(Decision):
    """The awards of a round: proposed from the standings, adjusted, confirmed by a second one."""

    __tablename__ = "awardings"
    __table_args__ = (
        Index(
            "uq_awardings_standing",
            "round_id",
            unique=True,
            postgresql_where="state <> 'discarded'",
        ),
        *_two_people(),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), index=True)

    round: Mapped[Round] = relationship()
    lines: Mapped[list[Award]] = relationship(
        back_populates="decision", cascade="all, delete-orphan", order_by="Award.position"
    )


class Award(Line):
    """One entry's award, if any; ``proposed_level_id`` is what the rules gave."""

    __tablename__ = "awards"
    __table_args__ = (
        UniqueConstraint("awarding_id", "entry_id"),
        CheckConstraint(
            "level_id IS NOT DISTINCT FROM proposed_level_id OR reason <> ''",
            name="adjusted_has_reason",
        ),
    )

    awarding_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("awardings.id", ondelete="CASCADE"))
    level_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_levels.id"))
    proposed_level_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_levels.id"))

    list_id: Mapped[uuid.UUID] = synonym("awarding_id")
    decision: Mapped[Awarding] = relationship(back_populates="lines")
    level: Mapped[AwardLevel | None] = relationship(foreign_keys=[level_id])
    certificates: Mapped[list[Certificate]] = relationship(
        back_populates="award", order_by="Certificate.created_at.desc()"
    )

    @hybrid_property
    def is_in(self) -> bool:
        """Whether it gets one."""
        return self.level_id is not None

    @is_in.inplace.expression
    @classmethod
    def _is_in(cls) -> ColumnElement[bool]:
        return cls.level_id.is_not(None)

    @property
    def choice(self) -> Hashable:
        """Which one."""
        return self.level_id

    @property
    def certificate(self) -> Certificate | None:
        """The one that is valid."""
        return next((each for each in self.certificates if each.revoked_at is None), None)


class Certificate(Model):
    """A certificate of an award. ``facts`` are what it says, as on the day it was issued.

    An award has one that is valid; an older one stays, revoked. ``file`` is there once drawn.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        Index(
            "uq_certificates_valid",
            "award_id",
            unique=True,
            postgresql_where="revoked_at IS NULL",
        ),
        CheckConstraint("(revoked_at IS NULL) = (revoke_reason = '')", name="revoke_reason"),
    )

    award_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("awards.id"))
    number: Mapped[str] = mapped_column(String(NUMBER_MAX), unique=True)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    issued_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    revoked_at: Mapped[datetime | None]
    revoke_reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")

    award: Mapped[Award] = relationship(back_populates="certificates")
    file: Mapped[StoredFile | None] = relationship()


class PublicNotice(Model):
    """A list made public for objections, from ``opens_at`` until ``closes_at``.

    ``rows`` are kept as they were masked on the day of publication, so that no later change of
    an entry shows through; each is an object whose ``entry_id`` is for the house alone.
    """

    __tablename__ = "public_notices"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="period"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_at"),
    )

    competition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competitions.id"), index=True)
    round_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("rounds.id"))
    kind: Mapped[NoticeKind]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    basis: Mapped[str] = mapped_column(String(TEXT_MAX), default="")
    contact: Mapped[str] = mapped_column(String(CONTACT_MAX))
    signed_by: Mapped[str] = mapped_column(String(TITLE_MAX))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.DRAFT)
    rows: Mapped[list[Any]] = mapped_column(default=list)
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    withdraw_reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")

    competition: Mapped[Competition] = relationship()
    round: Mapped[Round | None] = relationship()
    objections: Mapped[list[Objection]] = relationship(
        back_populates="notice", order_by="Objection.created_at"
    )


class Objection(Model):
    """What somebody, by name, holds against a line of a notice.

    ``contact`` is a mail address or a telephone number; with ``code`` it opens the answer. It and
    ``name`` are empty once they have been kept as long as they may be.
    """

    __tablename__ = "objections"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('upheld', 'rejected', 'inadmissible')) = (decided_at IS NOT NULL)",
            name="decided_at",
        ),
    )

    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("public_notices.id"), index=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("entries.id"))
    name: Mapped[str] = mapped_column(Encrypted)
    contact: Mapped[str] = mapped_column(Encrypted)
    text: Mapped[str] = mapped_column(String(TEXT_MAX))
    evidence_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    state: Mapped[ObjectionState] = mapped_column(default=ObjectionState.RECEIVED)
    answer: Mapped[str] = mapped_column(String(TEXT_MAX), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    notice: Mapped[PublicNotice] = relationship(back_populates="objections")
    decided_by: Mapped[Person | None] = relationship()
    entry: Mapped[Entry | None] = relationship()
    evidence: Mapped[StoredFile | None] = relationship()

    @property
    def has_author(self) -> bool:
        """Whether it is still known who objected."""
        return bool(self.contact)
