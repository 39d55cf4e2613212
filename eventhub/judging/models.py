"""Who judges what, what they gave, and what came of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, attribute_keyed_dict, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.circles.models import University
from eventhub.competitions.models import Group, Round
from eventhub.db import Model
from eventhub.entries.models import Entry
from eventhub.judging.enums import RecusalKind, ScoresheetState
from eventhub.roadshows.models import Room

PANEL_NAME_MAX = 40
ORGANISATION_MAX = 80
DETAIL_MAX = 200
NOTE_MAX = 1000
FEEDBACK_MAX = 1000


class Panel(Model):
    """Judges who hear the same entries: those of a room, or all of a round without rooms."""

    __tablename__ = "panels"
    __table_args__ = (
        UniqueConstraint("round_id", "name"),
        Index("uq_panels_room", "room_id", unique=True, postgresql_where="room_id IS NOT NULL"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    room_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("rooms.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(PANEL_NAME_MAX))

    round: Mapped[Round] = relationship()
    room: Mapped[Room | None] = relationship()
    judges: Mapped[list[PanelJudge]] = relationship(
        back_populates="panel", cascade="all, delete-orphan", order_by="PanelJudge.position"
    )


class PanelJudge(Model):
    """A judge's seat; one seat a round, so nobody judges in two rooms at once.

    ``university_id`` is where the organiser says that the judge works. It stands beside the
    person's own, which only they change; for recusal both count.
    """

    __tablename__ = "panel_judges"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        Index("uq_panel_judges_chief", "panel_id", unique=True, postgresql_where="is_chief"),
    )

    panel_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("panels.id", ondelete="CASCADE"), index=True
    )
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    position: Mapped[int]
    is_chief: Mapped[bool] = mapped_column(default=False)
    university_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("universities.id"))
    organisation: Mapped[str] = mapped_column(String(ORGANISATION_MAX), default="")

    panel: Mapped[Panel] = relationship(back_populates="judges")
    person: Mapped[Person] = relationship()
    university: Mapped[University | None] = relationship()


class Recusal(Model):
    """A judge who must not score an entry, and why. ``declared_by_id`` is None when found."""

    __tablename__ = "recusals"
    __table_args__ = (UniqueConstraint("round_id", "judge_id", "entry_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    kind: Mapped[RecusalKind]
    detail: Mapped[str] = mapped_column(String(DETAIL_MAX), default="")
    declared_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    judge: Mapped[Person] = relationship(foreign_keys=[judge_id])
    entry: Mapped[Entry] = relationship()


class Scoresheet(Model):
    """One judge's verdict on one entry. ``version`` grows with every save.

    ``note`` is the judge's own; ``feedback`` reaches the team, unsigned, once the round is
    published.
    """

    __tablename__ = "scoresheets"
    __table_args__ = (
        UniqueConstraint("round_id", "entry_id", "judge_id"),
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_at"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[ScoresheetState] = mapped_column(default=ScoresheetState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    feedback: Mapped[str] = mapped_column(String(FEEDBACK_MAX), default="")
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship()
    entry: Mapped[Entry] = relationship()
    judge: Mapped[Person] = relationship()
    marks: Mapped[dict[str, Mark]] = relationship(
        collection_class=attribute_keyed_dict("criterion_key"), cascade="all, delete-orphan"
    )
    gate_verdicts: Mapped[dict[str, GateVerdict]] = relationship(
        collection_class=attribute_keyed_dict("gate_key"), cascade="all, delete-orphan"
    )

    @property
    def is_submitted(self) -> bool:
        """Whether it is locked."""
        return self.state is ScoresheetState.SUBMITTED

    @property
    def points(self) -> dict[str, Decimal]:
        """The marks given so far, by criterion."""
        return {key: mark.points for key, mark in self.marks.items()}

    @property
    def total(self) -> Decimal:
        """The sum of the marks given so far."""
        return sum(self.points.values(), Decimal(0))


class Mark(Model):
    """The points of one criterion on a sheet. The key repeats the criterion's, for reading."""

    __tablename__ = "marks"
    __table_args__ = (
        UniqueConstraint("scoresheet_id", "criterion_id"),
        CheckConstraint("points >= 0", name="points"),
    )

    scoresheet_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("scoresheets.id", ondelete="CASCADE")
    )
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criteria.id"))
    criterion_key: Mapped[str] = mapped_column(String(40))
    points: Mapped[Decimal]


class GateVerdict(Model):
    """Whether a judge saw a gate met."""

    __tablename__ = "gate_verdicts"
    __table_args__ = (UniqueConstraint("scoresheet_id", "gate_id"),)

    scoresheet_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("scoresheets.id", ondelete="CASCADE")
    )
    gate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gates.id"))
    gate_key: Mapped[str] = mapped_column(String(40))
    is_met: Mapped[bool]


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
