"""Reads of entries."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from eventhub.accounts.models import Person
from eventhub.circles.models import University
from eventhub.competitions.models import Competition, DocumentRequirement, Round
from eventhub.db import db
from eventhub.domain import codes
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Document, Entry, Member, Participation, Review
from eventhub.errors import NotFoundError
from eventhub.events.models import Event

_COMPETITION: tuple[ORMOption, ...] = (
    joinedload(Entry.competition)
    .joinedload(Competition.event)
    .options(joinedload(Event.circle), selectinload(Event.hosts)),
    joinedload(Entry.group),
    joinedload(Entry.captain),
    joinedload(Entry.university),
)
_TEAM: tuple[ORMOption, ...] = (
    selectinload(Entry.members).joinedload(Member.university),
    selectinload(Entry.advisers),
)
_PAPERS: tuple[ORMOption, ...] = (
    selectinload(Entry.documents).joinedload(Document.file),
    selectinload(Entry.documents)
    .joinedload(Document.requirement)
    .joinedload(DocumentRequirement.round),
    selectinload(Entry.reviews).joinedload(Review.reviewer),
)


@dataclass(frozen=True)
class EntryFilter:
    """What a list of entries is narrowed to; an empty value does not narrow.

    ``words`` are looked for in project, captain, member and code.
    """

    state: EntryState | None = None
    group_id: uuid.UUID | None = None
    university_id: uuid.UUID | None = None
    words: str = ""


def get_entry(entry_id: uuid.UUID, *, lock: bool = False) -> Entry:
    """One entry with everything that belongs to it.

    ``lock`` keeps others from changing it until the transaction ends, and reads it afresh.

    Raises:
        NotFoundError: no such entry.

    """
    query = select(Entry).where(Entry.id == entry_id).options(*_COMPETITION, *_TEAM, *_PAPERS)
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
        .options(*_COMPETITION, *_TEAM)
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
        .options(*_COMPETITION, *_TEAM)
        .order_by(Entry.code)
    )
    if group_id is not None:
        query = query.where(Entry.group_id == group_id)
    return db.session.scalars(query).all()


def select_entries_of(person_id: uuid.UUID) -> Select[Entry]:
    """A captain's entries, newest first; the caller pages."""
    return (
        select(Entry)
        .where(Entry.captain_id == person_id)
        .options(*_COMPETITION, selectinload(Entry.reviews))
        .order_by(Entry.created_at.desc(), Entry.id)
    )


def list_entries_of(person_id: uuid.UUID, *, limit: int) -> Sequence[Entry]:
    """A captain's newest entries."""
    return db.session.scalars(select_entries_of(person_id).limit(limit)).all()


def select_entries(competition_id: uuid.UUID, wanted: EntryFilter) -> Select[Entry]:
    """A competition's entries: what waits for review first, then by time of submission."""
    waiting = (Entry.state == EntryState.SUBMITTED).desc()
    query = (
        select(Entry)
        .join(Entry.captain)
        .where(Entry.competition_id == competition_id)
        .options(
            contains_eager(Entry.captain), joinedload(Entry.group), joinedload(Entry.university)
        )
        .order_by(waiting, Entry.submitted_at.asc().nulls_last(), Entry.created_at, Entry.id)
    )
    if wanted.state is not None:
        query = query.where(Entry.state == wanted.state)
    if wanted.group_id is not None:
        query = query.where(Entry.group_id == wanted.group_id)
    if wanted.university_id is not None:
        query = query.where(Entry.university_id == wanted.university_id)
    if wanted.words:
        query = query.where(_mentions(wanted.words))
    return query


def list_for_export(competition_id: uuid.UUID, wanted: EntryFilter) -> Sequence[Entry]:
    """The same entries with their teams, for a workbook."""
    query = select_entries(competition_id, wanted).options(*_TEAM)
    return db.session.scalars(query).unique().all()


def _mentions(words: str) -> ColumnElement[bool]:
    pattern = f"%{words.translate(_LITERAL)}%"
    named = exists().where(Member.entry_id == Entry.id, Member.name.ilike(pattern))
    return or_(
        Entry.name.ilike(pattern),
        Person.name.ilike(pattern),
        named,
        Entry.code == codes.normalise(words),
    )


_LITERAL = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


def count_by_state(competition_id: uuid.UUID) -> dict[EntryState, int]:
    """How many entries are in each state; a state without entries counts 0."""
    query = (
        select(Entry.state, func.count())
        .where(Entry.competition_id == competition_id)
        .group_by(Entry.state)
    )
    found = dict(db.session.execute(query).all())
    return {state: found.get(state, 0) for state in EntryState}


def count_waiting(circle_ids: Collection[uuid.UUID]) -> Sequence[tuple[Competition, int]]:
    """The competitions of these circles where entries wait for review, and how many."""
    waiting = (
        select(Entry.competition_id, func.count().label("count"))
        .where(Entry.state == EntryState.SUBMITTED)
        .group_by(Entry.competition_id)
        .subquery()
    )
    query = (
        select(Competition, waiting.c.count)
        .join(waiting, waiting.c.competition_id == Competition.id)
        .join(Competition.event)
        .where(Event.circle_id.in_(circle_ids))
        .options(contains_eager(Competition.event))
        .order_by(Event.starts_at, Event.title)
        .limit(20)
    )
    return [(competition, count) for competition, count in db.session.execute(query)]


def list_universities_of(competition_id: uuid.UUID) -> Sequence[University]:
    """The universities from which entries come, by name."""
    query = (
        select(University)
        .where(
            University.id.in_(
                select(Entry.university_id).where(Entry.competition_id == competition_id)
            )
        )
        .order_by(University.name)
    )
    return db.session.scalars(query).all()


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
