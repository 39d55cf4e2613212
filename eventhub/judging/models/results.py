"""What came of the marks: adjustments, standings, signatures, and what was changed afterwards."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.competitions.models import Group, Round
from eventhub.db import Model
from eventhub.entries.models import Entry
from eventhub.judging.enums import ActState, RecheckOutcome, SignatureRole
from eventhub.judging.models.panels import REASON_MAX, Panel
from eventhub.judging.models.sheets import Scoresheet


class Adjustment(Model):
    """Points given to an entry, or taken from it, beside the judges' marks, and why."""

    __tablename__ = "score_adjustments"
    __table_args__ = (
        CheckConstraint("points <> 0", name="points"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("rounds.id", ondelete="CASCADE"), index=True
    )
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    points: Mapped[Decimal]
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    entry: Mapped[Entry] = relationship()
    decided_by: Mapped[Person] = relationship(foreign_keys=[decided_by_id])


class VoteCount(Model):
    """How many votes an entry had in an online vote; ``source`` says who counted them."""

    __tablename__ = "vote_counts"
    __table_args__ = (
        UniqueConstraint("round_id", "entry_id"),
        CheckConstraint("votes >= 0", name="votes"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    votes: Mapped[int]
    source: Mapped[str] = mapped_column(String(REASON_MAX))

    entry: Mapped[Entry] = relationship()


class Recheck(Model):
    """What the panel said of an entry on which its judges were far apart (复议).

    ``spread`` is the range of their standard scores at that time, as text.
    """

    __tablename__ = "rechecks"
    __table_args__ = (UniqueConstraint("round_id", "entry_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    spread: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[RecheckOutcome]
    note: Mapped[str] = mapped_column(String(REASON_MAX))
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    entry: Mapped[Entry] = relationship()
    decided_by: Mapped[Person] = relationship()


class RuleChange(Model):
    """A score rule changed after the first mark: one asks with a reason, a second one agrees.

    ``before`` and ``after`` hold the round's rule as the results file writes it.
    """

    __tablename__ = "rule_changes"
    __table_args__ = (
        Index("uq_rule_changes_open", "round_id", unique=True, postgresql_where="state = 'open'"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("state <> 'done' OR decided_by_id <> asked_by_id", name="two_people"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("rounds.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[ActState] = mapped_column(default=ActState.OPEN)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]

    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class Standing(Model):
    """An entry's place when its round was closed; nothing of it is computed again.

    ``rank`` is None for a vetoed entry or one without sheets. ``details`` holds ``sheets``,
    ascending by total so that no judge can be told from the order, each with ``criteria``
    (marks as text), ``total`` and ``is_counted``; and ``decided_by``, the text of the
    tie-break that set it apart, or None.
    """

    __tablename__ = "standings"
    __table_args__ = (UniqueConstraint("round_id", "entry_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competition_groups.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    rank: Mapped[int | None]
    total: Mapped[str | None] = mapped_column(String(20))  # decimal text: up to four places
    is_tied: Mapped[bool] = mapped_column(default=False)
    is_vetoed: Mapped[bool] = mapped_column(default=False)
    is_withdrawn: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

    round: Mapped[Round] = relationship()
    group: Mapped[Group] = relationship()
    entry: Mapped[Entry] = relationship()

    @property
    def sheets(self) -> list[dict[str, Any]]:
        """What the judges gave, see ``details``."""
        kept: list[dict[str, Any]] = self.details.get("sheets", [])
        return kept

    @property
    def decided_by(self) -> str | None:
        """The text of the tie-break that set it apart."""
        text: str | None = self.details.get("decided_by")
        return text


class RoundAnalysis(Model):
    """What the severity model and the measures of agreement said when the round was closed.

    ``document`` is what ``flask scoring analyse`` prints, with the keys of entries and seats.
    """

    __tablename__ = "round_analyses"
    __table_args__ = (UniqueConstraint("round_id", "group_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competition_groups.id"))
    document: Mapped[dict[str, Any]]


class Recount(Model):
    """A sheet of the sample that the scrutineer added up by hand, and what came out."""

    __tablename__ = "recounts"
    __table_args__ = (UniqueConstraint("round_id", "scoresheet_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    scoresheet_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("scoresheets.id", ondelete="CASCADE"), index=True
    )
    total: Mapped[Decimal]
    is_equal: Mapped[bool]
    counted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    scoresheet: Mapped[Scoresheet] = relationship()
    counted_by: Mapped[Person] = relationship()


class Signature(Model):
    """Somebody's name under the results, as they stood: ``digest`` is that of the results file.

    A chief judge signs for a panel. When the results change afterwards the digest no longer
    fits, and the signature has to be given again.
    """

    __tablename__ = "result_signatures"
    __table_args__ = (
        Index(
            "uq_result_signatures",
            "round_id",
            "role",
            "panel_id",
            "person_id",
            "digest",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("(role = 'chief') = (panel_id IS NOT NULL)", name="panel_of_chief"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    role: Mapped[SignatureRole]
    panel_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("panels.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))

    panel: Mapped[Panel | None] = relationship()
    person: Mapped[Person] = relationship()


class Deliberation(Model):
    """An entry moved to another rank after the marks were in: chief judge and supervisor sign.

    ``rank_from`` and ``rank_to`` are places within its group. The page of results tells it.
    """

    __tablename__ = "deliberations"
    __table_args__ = (
        Index("uq_deliberations_open", "round_id", unique=True, postgresql_where="state = 'open'"),
        CheckConstraint(
            "state <> 'done' OR (chief_id IS NOT NULL AND supervisor_id IS NOT NULL)", name="both"
        ),
        CheckConstraint("chief_id <> supervisor_id", name="two_people"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("rank_to >= 1 AND rank_to <> rank_from", name="ranks"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("rounds.id", ondelete="CASCADE"), index=True
    )
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    state: Mapped[ActState] = mapped_column(default=ActState.OPEN)
    rank_from: Mapped[int]
    rank_to: Mapped[int]
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    chief_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    chief_at: Mapped[datetime | None]
    supervisor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    supervisor_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    refused_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    refusal: Mapped[str] = mapped_column(String(REASON_MAX), default="")

    entry: Mapped[Entry] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    chief: Mapped[Person | None] = relationship(foreign_keys=[chief_id])
    supervisor: Mapped[Person | None] = relationship(foreign_keys=[supervisor_id])
    refused_by: Mapped[Person | None] = relationship(foreign_keys=[refused_by_id])


class Reveal(Model):
    """An entry whose total the big screen may show (亮分) before the results are published."""

    __tablename__ = "reveals"
    __table_args__ = (UniqueConstraint("round_id", "entry_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    revealed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
