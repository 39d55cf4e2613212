"""Reads of documents: who handed in what for a round, and their blind copies."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from eventhub.competitions.models import Competition, DocumentRequirement, Round
from eventhub.db import db
from eventhub.entries.models import BlindCopy, Document, Entry, Member, Participation
from eventhub.entries.queries.entries import participants
from eventhub.errors import NotFoundError
from eventhub.events.models import Event
from eventhub.files.models import StoredFile


def list_rounds_of_others(entry: Entry) -> set[uuid.UUID]:
    """The rounds into which others of the competition went up, and this entry did not."""
    query = (
        select(Participation.round_id)
        .join(Participation.round)
        .where(Round.competition_id == entry.competition_id)
        .group_by(Participation.round_id)
        .having(func.bool_and(Participation.entry_id != entry.id))
    )
    return set(db.session.scalars(query))


def list_standing_documents(
    round_: Round,
    *,
    requirements: Collection[uuid.UUID] | None = None,
    with_team: bool = False,
) -> Sequence[Document]:
    """The newest version of every file of this round's participants that was not taken back.

    Those that this round asks for, or those of ``requirements``; by requirement, entry code and
    place, with file, requirement, entry, its captain, school and group; ``with_team`` also with
    members and advisers.
    """
    newer = aliased(Document)
    wanted = requirements if requirements is not None else [r.id for r in round_.requirements]
    query = (
        select(Document)
        .join(Document.entry)
        .join(Document.requirement)
        .where(
            participants(round_),
            Document.requirement_id.in_(wanted),
            Document.removed_at.is_(None),
            ~select(newer.id)
            .where(
                newer.entry_id == Document.entry_id,
                newer.requirement_id == Document.requirement_id,
                newer.ordinal == Document.ordinal,
                newer.version > Document.version,
            )
            .exists(),
        )
        .options(
            joinedload(Document.file),
            contains_eager(Document.requirement),
            contains_eager(Document.entry).options(
                joinedload(Entry.captain), joinedload(Entry.university), joinedload(Entry.group)
            ),
        )
        .order_by(DocumentRequirement.position, Entry.code, Document.ordinal)
    )
    if with_team:
        team = contains_eager(Document.entry)
        query = query.options(
            team.selectinload(Entry.members).joinedload(Member.university),
            team.selectinload(Entry.advisers),
        )
    return db.session.scalars(query).unique().all()


@dataclass(frozen=True)
class Handed:
    """How far a requirement is: entries that handed in, files and bytes."""

    entry_count: int
    file_count: int
    size: int


def count_handed(competition_id: uuid.UUID) -> dict[uuid.UUID, Handed]:
    """For each requirement of a competition, what its rounds' participants have handed in."""
    latest = (
        select(
            Document.requirement_id,
            Document.entry_id,
            Document.removed_at,
            Document.file_id,
        )
        .join(Document.entry)
        .where(Entry.competition_id == competition_id)
        .ext(distinct_on(Document.entry_id, Document.requirement_id, Document.ordinal))
        .order_by(
            Document.entry_id, Document.requirement_id, Document.ordinal, Document.version.desc()
        )
        .subquery()
    )
    found: dict[uuid.UUID, Handed] = {}
    for round_ in db.session.scalars(select(Round).where(Round.competition_id == competition_id)):
        query = (
            select(
                latest.c.requirement_id,
                func.count(latest.c.entry_id.distinct()),
                func.count(),
                func.sum(StoredFile.size),
            )
            .join(StoredFile, StoredFile.id == latest.c.file_id)
            .join(DocumentRequirement, DocumentRequirement.id == latest.c.requirement_id)
            .join(Entry, Entry.id == latest.c.entry_id)
            .where(
                DocumentRequirement.round_id == round_.id,
                latest.c.removed_at.is_(None),
                participants(round_),
            )
            .group_by(latest.c.requirement_id)
        )
        for requirement_id, entries, files, size in db.session.execute(query):
            found[requirement_id] = Handed(entries, files, int(size))
    return found


def list_blind_copies(documents: Collection[uuid.UUID]) -> dict[uuid.UUID, BlindCopy]:
    """The blind copies of documents, by the document's key, each with its file."""
    query = (
        select(BlindCopy)
        .where(BlindCopy.document_id.in_(documents))
        .options(joinedload(BlindCopy.file))
    )
    return {copy.document_id: copy for copy in db.session.scalars(query)}


def get_document_of_entry(document_id: uuid.UUID, *, lock: bool = False) -> Document:
    """One document with its file, its entry and everything that names who made it.

    Raises:
        NotFoundError: no such document.

    """
    query = (
        select(Document)
        .where(Document.id == document_id)
        .options(
            joinedload(Document.file),
            joinedload(Document.requirement).joinedload(DocumentRequirement.round),
            joinedload(Document.entry).options(
                joinedload(Entry.captain),
                joinedload(Entry.university),
                joinedload(Entry.competition)
                .joinedload(Competition.event)
                .options(joinedload(Event.circle), selectinload(Event.hosts)),
                selectinload(Entry.members).joinedload(Member.university),
                selectinload(Entry.advisers),
            ),
        )
    )
    if lock:
        query = query.with_for_update(of=Document).execution_options(populate_existing=True)
    document = db.session.scalars(query).unique().one_or_none()
    if document is None:
        raise NotFoundError
    return document
