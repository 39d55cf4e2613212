"""A project in a competition, its team, its documents and its reviews."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import NAME_MAX, Person
from eventhub.circles.models import University
from eventhub.competitions.models import (
    EDITION_KEY_MAX,
    Competition,
    DocumentRequirement,
    Group,
    Round,
)
from eventhub.db import Encrypted, EncryptedJson, Model
from eventhub.entries.enums import (
    Degree,
    EntryState,
    IdKind,
    ImportState,
    MemberState,
    ParticipationWay,
    Verdict,
)
from eventhub.files.models import FILE_NAME_MAX, StoredFile
from eventhub.questionnaires.models import QuestionnaireVersion

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
CONSENT_TEXT_MAX = 40
COMPANY_NAME_MAX = 100
RULE_KEY_MAX = 60
STUDENT_KEY_MAX = 80


class Entry(Model):
    """A project entered in a competition.

    ``version`` grows with every edit, so that a second window cannot overwrite silently.
    ``university_id`` is the captain's: the school of record. ``code`` is unique in its
    competition and is what the draw is computed from. ``declared_at`` is when the captain
    last stood in for the conditions that no form can check. ``project_id`` stays the same when
    the entry goes on into another competition of the same edition; ``origin`` is the entry that
    it comes from. ``statements`` are the captain's answers to the rules that ask for one, by the
    rule's key. ``search_text`` is what a list is searched by; see ``service.searching``.
    ``needs_proof``: something in it was not provable from the form when it was handed in or last
    looked at, and waits for a person's eye.
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
    project_id: Mapped[uuid.UUID] = mapped_column(
        default=uuid.uuid4, server_default=func.gen_random_uuid(), index=True
    )
    origin_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("entries.id"), index=True)
    statements: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    search_text: Mapped[str] = mapped_column(default="", server_default=text("''"))
    needs_proof: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    competition: Mapped[Competition] = relationship()
    origin: Mapped[Entry | None] = relationship(remote_side="Entry.id")
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
    company: Mapped[Company | None] = relationship(
        back_populates="entry", cascade="all, delete-orphan"
    )
    answer: Mapped[Answer | None] = relationship(
        back_populates="entry", cascade="all, delete-orphan"
    )
    waivers: Mapped[list[Waiver]] = relationship(
        back_populates="entry", order_by="Waiver.created_at"
    )
    unlocks: Mapped[list[Unlock]] = relationship(
        back_populates="entry", order_by="Unlock.created_at.desc()"
    )
    recommendation: Mapped[Recommendation | None] = relationship(back_populates="entry")


class Member(Model):
    """Someone of the team. Positions count from 1, the captain; the order is theirs to say.

    ``person`` is set once someone has confirmed to be this member; ``consent_text`` is the key of
    the words they consented to. Identity papers and the birth date are filled in by the member
    alone, and only where the competition asks for them; ``id_hash`` tells equal numbers.
    ``is_enrolled``: says to have student status on the day that the rules name.
    ``purged_at``: when what personal data it held was deleted for good.
    """

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("entry_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("(state = 'confirmed') = (consented_at IS NOT NULL)", name="consented_at"),
        CheckConstraint("graduation_year BETWEEN 1950 AND 2100", name="graduation_year"),
        Index(
            "uq_members_person",
            "entry_id",
            "person_id",
            unique=True,
            postgresql_where="person_id IS NOT NULL",
        ),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[MemberState] = mapped_column(
        default=MemberState.LISTED, server_default=text("'listed'")
    )
    consented_at: Mapped[datetime | None]
    consent_text: Mapped[str] = mapped_column(
        String(CONSENT_TEXT_MAX), default="", server_default=text("''")
    )
    degree: Mapped[Degree | None]
    is_enrolled: Mapped[bool | None]
    graduation_year: Mapped[int | None]
    id_kind: Mapped[IdKind | None]
    id_number: Mapped[str | None] = mapped_column(Encrypted)
    id_hash: Mapped[str | None] = mapped_column(String(32), index=True)
    born_on: Mapped[str | None] = mapped_column(Encrypted)  # an ISO date
    purged_at: Mapped[datetime | None]
    university_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("universities.id"))
    student_number: Mapped[str] = mapped_column(String(STUDENT_NUMBER_MAX), default="")
    email: Mapped[str | None] = mapped_column(Encrypted)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    duty: Mapped[str] = mapped_column(String(DUTY_MAX), default="")

    entry: Mapped[Entry] = relationship(back_populates="members")
    university: Mapped[University | None] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def birthday(self) -> date | None:
        """The birth date, if it was given."""
        return date.fromisoformat(self.born_on) if self.born_on else None


class Adviser(Model):
    """A teacher or mentor of the team, in order. ``share``: percent of the advising, if told."""

    __tablename__ = "advisers"
    __table_args__ = (
        UniqueConstraint("entry_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("share BETWEEN 0 AND 100", name="share"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    share: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(ADVISER_TITLE_MAX), default="")
    organisation: Mapped[str] = mapped_column(String(ADVISER_ORGANISATION_MAX), default="")

    entry: Mapped[Entry] = relationship(back_populates="advisers")


class Document(Model):
    """A version of a document of an entry; the highest version counts, none is overwritten.

    ``ordinal`` tells the files of one requirement apart, from 1; a version with ``removed_at``
    ends that file without deleting what was handed in before.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("entry_id", "requirement_id", "ordinal", "version"),
        CheckConstraint("ordinal >= 1", name="ordinal"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    requirement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document_requirements.id"))
    ordinal: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    version: Mapped[int]
    removed_at: Mapped[datetime | None]
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_files.id"))
    uploaded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    entry: Mapped[Entry] = relationship(back_populates="documents")
    requirement: Mapped[DocumentRequirement] = relationship()
    file: Mapped[StoredFile] = relationship()
    uploaded_by: Mapped[Person] = relationship()


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
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("review_batches.id"), index=True)
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    entry: Mapped[Entry] = relationship(back_populates="reviews")
    reviewer: Mapped[Person] = relationship()


class BlindCopy(Model):
    """A copy of a document without school, teacher and names, for a blind round.

    ``findings`` say what was covered on which page, and which pages hold no text and need eyes.
    ``words_hash`` tells the words that were looked for: a team that changes needs a new copy.
    """

    __tablename__ = "blind_copies"

    document_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), unique=True
    )
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    findings: Mapped[list[Any]] = mapped_column(default=list)
    failure: Mapped[str] = mapped_column(String(200), default="")
    words_hash: Mapped[str] = mapped_column(String(64), default="")
    looked_over_at: Mapped[datetime | None]
    looked_over_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    document: Mapped[Document] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class Company(Model):
    """The company that an entry is about, as the team states it.

    ``is_registered`` is None while the team has not said. ``shareholders`` are objects with
    ``name`` and ``percent``, a decimal as text.
    """

    __tablename__ = "companies"

    entry_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("entries.id", ondelete="CASCADE"), unique=True
    )
    is_registered: Mapped[bool | None]
    name: Mapped[str] = mapped_column(String(COMPANY_NAME_MAX), default="")
    credit_code: Mapped[str] = mapped_column(String(18), default="")
    registered_on: Mapped[date | None]
    legal_representative: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    shareholders: Mapped[list[Any]] = mapped_column(default=list)

    entry: Mapped[Entry] = relationship(back_populates="company")


class Answer(Model):
    """What a team wrote into its group's form; ``version`` is the form it was given to.

    ``values`` by the key of the question, as ``domain.questionnaire`` describes them; teams write
    names and phone numbers, so all of it is encrypted. ``revision`` grows with every save.
    ``purged_at``: when the numbers and phones in it were deleted for good.
    """

    __tablename__ = "answers"
    __table_args__ = (CheckConstraint("revision >= 1", name="revision"),)

    entry_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("entries.id", ondelete="CASCADE"), unique=True
    )
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("questionnaire_versions.id"))
    values: Mapped[dict[str, Any]] = mapped_column(EncryptedJson, default=dict)
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    purged_at: Mapped[datetime | None]

    entry: Mapped[Entry] = relationship(back_populates="answer")
    version: Mapped[QuestionnaireVersion] = relationship()


class StudentClaim(Model):
    """A student's one project in an edition: two projects at once are refused here.

    ``student_key`` is a keyed fingerprint of school and student number, of an identity number, or
    of an account. A confirmed member claims at once, the others when the entry is handed in.
    """

    __tablename__ = "student_claims"
    __table_args__ = (
        UniqueConstraint("entry_id", "student_key"),
        ExcludeConstraint(
            ("edition_key", "="),
            ("student_key", "="),
            ("project_id", "<>"),
            name="ex_student_claims_one_project",
            using="gist",
        ),
    )

    edition_key: Mapped[str] = mapped_column(String(EDITION_KEY_MAX))
    student_key: Mapped[str] = mapped_column(String(STUDENT_KEY_MAX))
    project_id: Mapped[uuid.UUID]
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), index=True
    )


class Waiver(Model):
    """A rule that an organiser set aside for one entry, and why."""

    __tablename__ = "waivers"
    __table_args__ = (
        Index(
            "uq_waivers_standing",
            "entry_id",
            "rule_key",
            unique=True,
            postgresql_where="revoked_at IS NULL",
        ),
        CheckConstraint("reason <> ''", name="reason"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    rule_key: Mapped[str] = mapped_column(String(RULE_KEY_MAX))
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    granted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None]

    entry: Mapped[Entry] = relationship(back_populates="waivers")
    granted_by: Mapped[Person] = relationship()


class Unlock(Model):
    """Parts of one entry that may be changed after the closing moment, until ``ends_at``.

    ``review`` is the return that came with it: such a return opens nothing else.
    """

    __tablename__ = "unlocks"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("ends_at > created_at", name="ends_at"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("entries.id", ondelete="CASCADE"), index=True
    )
    parts: Mapped[list[str]] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    ends_at: Mapped[datetime]
    granted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None]
    review_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("entry_reviews.id", ondelete="SET NULL")
    )

    entry: Mapped[Entry] = relationship(back_populates="unlocks")
    granted_by: Mapped[Person] = relationship()
    review: Mapped[Review | None] = relationship()


class Invitation(Model):
    """A secret link into a team: for one listed member, or for whoever the captain gives it to."""

    __tablename__ = "invitations"

    entry_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("entries.id", ondelete="CASCADE"), index=True
    )
    member_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    entry: Mapped[Entry] = relationship()
    member: Mapped[Member | None] = relationship()


class Recommendation(Model):
    """A school's word for an entry, with its rank among the school's entries of that group."""

    __tablename__ = "recommendations"
    __table_args__ = (
        UniqueConstraint(
            "competition_id",
            "university_id",
            "group_id",
            "rank",
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("rank >= 1", name="rank"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("entries.id", ondelete="CASCADE"), unique=True
    )
    competition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competitions.id"))
    university_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("universities.id"))
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competition_groups.id"))
    rank: Mapped[int]
    opinion: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    recommended_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    entry: Mapped[Entry] = relationship(back_populates="recommendation")
    recommended_by: Mapped[Person] = relationship()


class ReviewBatch(Model):
    """One verdict on many entries at once, which may be taken back until ``letters_due_at``.

    ``lines`` are objects with ``entry_id`` and ``state``, what it was before.
    """

    __tablename__ = "review_batches"

    competition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competitions.id"), index=True)
    verdict: Mapped[Verdict]
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    lines: Mapped[list[Any]] = mapped_column(default=list)
    letters_due_at: Mapped[datetime]
    letters_sent_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))


class ImportRun(Model):
    """A list that an office handed in: read, checked, and perhaps taken over.

    ``content`` is the workbook in base64, encrypted, since it holds what members gave; it goes
    when the list is decided upon. ``report`` is what the check found; see ``service.importing``.
    """

    __tablename__ = "import_runs"

    competition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("competitions.id"), index=True)
    name: Mapped[str] = mapped_column(String(FILE_NAME_MAX))
    content: Mapped[str | None] = mapped_column(Encrypted, deferred=True)
    state: Mapped[ImportState] = mapped_column(default=ImportState.CHECKING)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    finished_at: Mapped[datetime | None]

    made_by: Mapped[Person] = relationship()


class Participation(Model):
    """An entry's place in a round after the first; see ``queries.list_participants``."""

    __tablename__ = "participations"
    __table_args__ = (UniqueConstraint("round_id", "entry_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    from_round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    way: Mapped[ParticipationWay]

    round: Mapped[Round] = relationship(foreign_keys=[round_id])
    entry: Mapped[Entry] = relationship()
