"""Reads of one entry, and of those that take part."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from eventhub.competitions.models import Competition, DocumentRequirement, Round
from eventhub.db import db
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Document, Entry, Member, Participation, Review
from eventhub.errors import NotFoundError
from eventhub.events.models import Event

WITH_COMPETITION: tuple[ORMOption, ...] = (
    joinedload(Entry.competition)
    .joinedload(Competition.event)
    .options(joinedload(Event.circle), selectinload(Event.hosts)),
    joinedload(Entry.group),
    joinedload(Entry.captain),
    joinedload(Entry.university),
)
WITH_TEAM: tuple[ORMOption, ...] = (
    selectinload(Entry.members).joinedload(Member.university),
    selectinload(Entry.advisers),
)
WITH_PAPERS: tuple[ORMOption, ...] = (
    selectinload(Entry.documents).joinedload(Document.file),
    selectinload(Entry.documents)
    .joinedload(Document.requirement)
    .joinedload(DocumentRequirement.round),
    selectinload(Entry.reviews).joinedload(Review.reviewer),
)


def get_entry(entry_id: uuid.UUID, *, lock: bool = False) -> Entry:
    """One entry with everything that belongs to it.

    ``lock`` keeps others from changing it until the transaction ends, and reads it afresh.

    Raises:
        NotFoundError: no such entry.

    """
    query = (
        select(Entry)
        .where(Entry.id == entry_id)
        .options(*WITH_COMPETITION, *WITH_TEAM, *WITH_PAPERS)
    )
    if lock:
        query = query.with_for_update(of=Entry).execution_options(populate_existing=True)
    entry = db.session.scalars(query).one_or_none()
    if entry is None:
        raise NotFoundError
    return entry


def list_live_entries(person_id: uuid.UUID, *, competition_id: uuid.UUID) -> Sequence[Entry]:
    """A captain's entries in a competition that are not withdrawn, oldest first."""
    query = (
        select(Entry)
        .where(
            Entry.captain_id == person_id,
            Entry.competition_id == competition_id,
            Entry.state != EntryState.WITHDRAWN,
        )
        .options(joinedload(Entry.group))
        .order_by(Entry.created_at)
    )
    return db.session.scalars(query).all()


def list_approved(competition_id: uuid.UUID, group_id: uuid.UUID | None = None) -> Sequence[Entry]:
    """The approved entries with their teams, by code."""
    query = (
        select(Entry)
        .where(Entry.competition_id == competition_id, Entry.state == EntryState.APPROVED)
        .options(*WITH_COMPETITION, *WITH_TEAM)
        .order_by(Entry.code)
    )
    if group_id is not None:
        query = query.where(Entry.group_id == group_id)
    return db.session.scalars(query).all()


def participants(round_: Round) -> ColumnElement[bool]:
    """The condition that an entry takes part in a round.

    The first round hears every approved entry of the competition, a later one those of them
    that went up into it.
    """
    approved = and_(
        Entry.competition_id == round_.competition_id, Entry.state == EntryState.APPROVED
    )
    if round_.position == 1:
        return approved
    went_up = select(Participation.entry_id).where(Participation.round_id == round_.id)
    return and_(approved, Entry.id.in_(went_up))


def list_participants(round_: Round, *, group_id: uuid.UUID | None = None) -> Sequence[Entry]:
    """Who takes part in a round, with their teams, by code."""
    query = (
        select(Entry)
        .where(participants(round_))
        .options(*WITH_COMPETITION, *WITH_TEAM)
        .order_by(Entry.code)
    )
    if group_id is not None:
        query = query.where(Entry.group_id == group_id)
    return db.session.scalars(query).all()


def takes_part(entry: Entry, round_: Round) -> bool:
    """Whether an entry is among the participants of a round."""
    query = select(exists().where(Entry.id == entry.id, participants(round_)))
    return bool(db.session.scalar(query))


def count_participants(round_: Round) -> int:
    """How many entries take part in a round."""
    return db.session.scalar(select(func.count(Entry.id)).where(participants(round_))) or 0


def select_entries_of(person_id: uuid.UUID) -> Select[Entry]:
    """The entries that someone leads or has joined, newest first; the caller pages."""
    joined = select(Member.entry_id).where(Member.person_id == person_id)
    return (
        select(Entry)
        .where(or_(Entry.captain_id == person_id, Entry.id.in_(joined)))
        .options(*WITH_COMPETITION, selectinload(Entry.reviews), selectinload(Entry.unlocks))
        .order_by(Entry.created_at.desc(), Entry.id)
    )


def list_entries_of(person_id: uuid.UUID, *, limit: int) -> Sequence[Entry]:
    """The newest entries that someone leads or has joined."""
    return db.session.scalars(select_entries_of(person_id).limit(limit)).all()


def list_requirements(competition_id: uuid.UUID) -> Sequence[DocumentRequirement]:
    """What documents the rounds ask for, with the round, in the order of the rounds."""
    query = (
        select(DocumentRequirement)
        .join(DocumentRequirement.round)
        .where(Round.competition_id == competition_id)
        .options(contains_eager(DocumentRequirement.round))
        .order_by(Round.position, DocumentRequirement.position, DocumentRequirement.key)
    )
    return db.session.scalars(query).all()


def get_document(entry: Entry, document_id: uuid.UUID) -> Document:
    """One version of a document of this entry.

    Raises:
        NotFoundError: the entry has no such document.

    """
    for document in entry.documents:
        if document.id == document_id:
            return document
    raise NotFoundError


def list_shared_members(entry: Entry) -> Sequence[Member]:
    """Members of other live entries of the competition with a student number of this team.

    Most contests let a student take part in one project only; the organiser decides.
    """
    mine = {(m.university_id, m.student_number) for m in entry.members if m.student_number}
    if not mine:
        return []
    query = (
        select(Member)
        .join(Member.entry)
        .where(
            Entry.competition_id == entry.competition_id,
            Entry.id != entry.id,
            Entry.state.in_([EntryState.SUBMITTED, EntryState.APPROVED, EntryState.RETURNED]),
            Member.student_number.in_([number for _where, number in mine]),
        )
        .options(contains_eager(Member.entry))
        .order_by(Entry.code, Member.position)
        .limit(50)
    )
    found = db.session.scalars(query).all()
    return [member for member in found if (member.university_id, member.student_number) in mine]


def name_entries(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of entries, each with its code."""
    query = select(Entry.id, Entry.name + " " + Entry.code).where(Entry.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(query)}
