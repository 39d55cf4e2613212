"""A project in a competition, its team, its documents and its reviews."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import NAME_MAX, Person
from eventhub.circles.models import University
from eventhub.competitions.models import Competition, DocumentRequirement, Group
from eventhub.db import Encrypted, Model
from eventhub.entries.enums import EntryState, Verdict
from eventhub.files.models import StoredFile

PROJECT_NAME_MAX = 60
SUMMARY_MAX = 1000
REASON_MAX = 1000
CATEGORY_MAX = 40
STUDENT_NUMBER_MAX = 30
DUTY_MAX = 60
PHONE_MAX = 30
ADVISER_TITLE_MAX = 30
ADVISER_ORGANISATION_MAX = 60
CODE_LENGTH = 6


class Entry(Model):
    """A project entered in a competition.

    ``version`` grows with every edit, so that a second window cannot overwrite silently.
    ``university_id`` is the captain's: the school of record. ``code`` is unique in its
    competition and is what the draw is computed from. ``declared_at`` is when the captain
    last stood in for the conditions that no form can check.
    """

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("competition_id", "code"),
        Index("ix_entries_competition_state", "competition_id", "state"),
        Index(
            "uq_entries_live",
            "captain_id",
            "group_id",
            unique=True,
            postgresql_where="state <> 'withdrawn'",
        ),
        CheckConstraint("(state <> 'draft') OR submitted_at IS NULL", name="draft"),
        CheckConstraint("version >= 1", name="version"),
    )

    competition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competitions.id"))
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competition_groups.id"), index=True)
    code: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(PROJECT_NAME_MAX), default="")
    category: Mapped[str] = mapped_column(String(CATEGORY_MAX), default="")
    summary: Mapped[str] = mapped_column(String(SUMMARY_MAX), default="")
    captain_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    university_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("universities.id"))
    state: Mapped[EntryState] = mapped_column(default=EntryState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    group: Mapped[Group] = relationship()
    captain: Mapped[Person] = relationship()
    university: Mapped[University | None] = relationship()
    members: Mapped[list[Member]] = relationship(
        back_populates="entry", cascade="all, delete-orphan", order_by="Member.position"
    )
    advisers: Mapped[list[Adviser]] = relationship(
        back_populates="entry", cascade="all, delete-orphan", order_by="Adviser.position"
    )
    documents: Mapped[list[Document]] = relationship(
        back_populates="entry", order_by="Document.version.desc()"
    )
    reviews: Mapped[list[Review]] = relationship(
        back_populates="entry", order_by="Review.created_at.desc()"
    )


class Member(Model):
    """Someone of the team. Positions count from 1, the captain; the order is theirs to say."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("entry_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("position >= 1", name="position"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    university_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("universities.id"))
    student_number: Mapped[str] = mapped_column(String(STUDENT_NUMBER_MAX), default="")
    email: Mapped[str | None] = mapped_column(Encrypted)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    duty: Mapped[str] = mapped_column(String(DUTY_MAX), default="")

    entry: Mapped[Entry] = relationship(back_populates="members")
    university: Mapped[University | None] = relationship()


class Adviser(Model):
    """A teacher or mentor of the team, in order."""

    __tablename__ = "advisers"
    __table_args__ = (
        UniqueConstraint("entry_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("position >= 1", name="position"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    title: Mapped[str] = mapped_column(String(ADVISER_TITLE_MAX), default="")
    organisation: Mapped[str] = mapped_column(String(ADVISER_ORGANISATION_MAX), default="")

    entry: Mapped[Entry] = relationship(back_populates="advisers")


class Document(Model):
    """A version of a document of an entry; the highest version counts, none is overwritten."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("entry_id", "requirement_id", "version"),)

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    requirement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document_requirements.id"))
    version: Mapped[int]
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_files.id"))
    uploaded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    entry: Mapped[Entry] = relationship(back_populates="documents")
    requirement: Mapped[DocumentRequirement] = relationship()
    file: Mapped[StoredFile] = relationship()


class Review(Model):
    """What an organiser said of an entry.

    ``reopens``: returned when the competition took no entries any more, so that the team may
    hand in again although the deadline has passed.
    """

    __tablename__ = "entry_reviews"
    __table_args__ = (
        CheckConstraint("verdict <> 'returned' OR reason <> ''", name="returned_has_reason"),
        CheckConstraint("verdict = 'returned' OR NOT reopens", name="only_returned_reopens"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("entries.id", ondelete="CASCADE"), index=True
    )
    verdict: Mapped[Verdict]
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    reopens: Mapped[bool] = mapped_column(default=False)
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    entry: Mapped[Entry] = relationship(back_populates="reviews")
    reviewer: Mapped[Person] = relationship()
