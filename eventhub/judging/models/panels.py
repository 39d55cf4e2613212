"""Who judges: panels, seats, officers, recusals, and what was given to whom to score."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.circles.models import University
from eventhub.competitions.models import Round
from eventhub.db import Model
from eventhub.entries.models import Entry
from eventhub.judging.enums import AssignmentState, OfficerRole, RecusalKind
from eventhub.roadshows.models import Room

PANEL_NAME_MAX = 40
ORGANISATION_MAX = 80
DETAIL_MAX = 200
REASON_MAX = 400


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

    A substitute owes no sheet before being called in: ``joins_at`` is then set, and ``replaces``
    is the seat that they sit for. A judge who comes late has ``joins_at``, one who leaves early
    ``leaves_at``; they owe what was on stage in between, and sheets already handed in count.
    ``change_reason`` says why. ``expertise`` are words of tracks, groups and categories; the
    loads bound how many entries an assignment may give them.

    ``university_id`` is where the organiser says that the judge works. It stands beside the
    person's own, which only they change; for recusal both count.
    """

    __tablename__ = "panel_judges"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        Index("uq_panel_judges_chief", "panel_id", unique=True, postgresql_where="is_chief"),
        CheckConstraint("load_min >= 0 AND load_max >= load_min", name="loads"),
        CheckConstraint("leaves_at > joins_at", name="stay"),
        CheckConstraint("NOT (is_chief AND is_substitute)", name="chief_is_no_substitute"),
        CheckConstraint("replaces_id IS NULL OR is_substitute", name="only_substitutes_replace"),
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
    is_substitute: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("panel_judges.id", ondelete="SET NULL")
    )
    joins_at: Mapped[datetime | None]
    leaves_at: Mapped[datetime | None]
    change_reason: Mapped[str] = mapped_column(
        String(REASON_MAX), default="", server_default=text("''")
    )
    expertise: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    load_min: Mapped[int | None]
    load_max: Mapped[int | None]

    panel: Mapped[Panel] = relationship(back_populates="judges")
    replaces: Mapped[PanelJudge | None] = relationship(remote_side="PanelJudge.id")
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


class RoundOfficer(Model):
    """Who watches over a round without judging in it: one office a person and round.

    The scrutineer adds up again what was added up; the supervisor sees that the rules are kept.
    """

    __tablename__ = "round_officers"
    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[OfficerRole]

    round: Mapped[Round] = relationship()
    person: Mapped[Person] = relationship()


class AssignedEntry(Model):
    """An entry that one seat has to score, in a round where not every judge hears every entry.

    ``is_by_hand``: an organiser put it there; the others follow from an accepted proposal.
    """

    __tablename__ = "judge_assignments"
    __table_args__ = (UniqueConstraint("seat_id", "entry_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("rounds.id", ondelete="CASCADE"), index=True
    )
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_judges.id", ondelete="CASCADE"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    is_by_hand: Mapped[bool] = mapped_column(default=False)

    seat: Mapped[PanelJudge] = relationship()
    entry: Mapped[Entry] = relationship()


class AssignmentProposal(Model):
    """A division of a round's entries among its judges, computed in the background.

    ``problem`` and ``answer`` are those of ``flask judging assign``; ``explanation`` says in
    words why there is none. A proposal is taken at most once.
    """

    __tablename__ = "assignment_proposals"
    __table_args__ = (
        Index("ix_assignment_proposals_round", "round_id", "created_at"),
        Index(
            "uq_assignment_proposals_open",
            "round_id",
            unique=True,
            postgresql_where="state IN ('waiting', 'computing')",
        ),
        CheckConstraint("(state = 'taken') = (taken_at IS NOT NULL)", name="taken_at"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    state: Mapped[AssignmentState] = mapped_column(default=AssignmentState.WAITING)
    problem: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    explanation: Mapped[str] = mapped_column(default="")
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    finished_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    taken_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    round: Mapped[Round] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    taken_by: Mapped[Person | None] = relationship(foreign_keys=[taken_by_id])
