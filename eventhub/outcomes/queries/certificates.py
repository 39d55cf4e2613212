"""Reads of certificates."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from eventhub.competitions.models import Competition
from eventhub.db import db
from eventhub.domain import codes
from eventhub.entries.models import Entry
from eventhub.errors import NotFoundError
from eventhub.events.models import Event
from eventhub.outcomes.models import Award, Certificate

_WHOLE: tuple[ORMOption, ...] = (
    joinedload(Certificate.file),
    joinedload(Certificate.award).options(
        joinedload(Award.decision),
        joinedload(Award.level),
        joinedload(Award.entry).options(
            joinedload(Entry.captain),
            joinedload(Entry.competition)
            .joinedload(Competition.event)
            .options(joinedload(Event.circle), selectinload(Event.hosts)),
        ),
    ),
)


def get_certificate(certificate_id: uuid.UUID, *, lock: bool = False) -> Certificate:
    """One certificate with award, entry and competition.

    Raises:
        NotFoundError: no such certificate.

    """
    query = select(Certificate).where(Certificate.id == certificate_id).options(*_WHOLE)
    if lock:
        query = query.with_for_update(of=Certificate).execution_options(populate_existing=True)
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFoundError
    return found


def find_by_number(number: str) -> Certificate | None:
    """The certificate of a number, however it is typed."""
    query = select(Certificate).where(Certificate.number == codes.normalise(number))
    return db.session.scalar(query.options(joinedload(Certificate.award)))


def list_of_entry(entry_id: uuid.UUID) -> Sequence[Certificate]:
    """An entry's certificates, the newest first, revoked ones among them."""
    query = (
        select(Certificate)
        .join(Certificate.award)
        .where(Award.entry_id == entry_id)
        .options(contains_eager(Certificate.award), joinedload(Certificate.file))
        .order_by(Certificate.created_at.desc())
    )
    return db.session.scalars(query).all()


def has_certificates(entry_id: uuid.UUID) -> bool:
    """Whether an entry has ever been given one."""
    query = select(exists().where(Certificate.award_id == Award.id, Award.entry_id == entry_id))
    return bool(db.session.scalar(query))


class Papers(NamedTuple):
    """Of a list: how many certificates are valid, how many awards never had one, what is drawn."""

    issued: int
    wanting: int
    drawn: int


def count_papers(awarding_id: uuid.UUID) -> Papers:
    """How far the certificates of a list are."""
    valid = Certificate.revoked_at.is_(None)
    query = (
        select(
            func.count(Certificate.id).filter(valid),
            func.count().filter(Certificate.id.is_(None)),
            func.count(Certificate.file_id).filter(valid),
        )
        .select_from(Award)
        .outerjoin(Certificate, Certificate.award_id == Award.id)
        .where(Award.awarding_id == awarding_id, Award.is_in)
    )
    return Papers(*db.session.execute(query).one())


def list_undrawn(awarding_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The valid certificates of a list whose file is still to be made."""
    query = (
        select(Certificate.id)
        .join(Certificate.award)
        .where(
            Award.awarding_id == awarding_id,
            Certificate.file_id.is_(None),
            Certificate.revoked_at.is_(None),
        )
        .order_by(Award.position)
    )
    return db.session.scalars(query).all()


def list_drawn(awarding_id: uuid.UUID) -> Sequence[Certificate]:
    """The valid certificates of a list that can be downloaded, in the list's order."""
    query = (
        select(Certificate)
        .join(Certificate.award)
        .where(
            Award.awarding_id == awarding_id,
            Certificate.file_id.is_not(None),
            Certificate.revoked_at.is_(None),
        )
        .options(joinedload(Certificate.file), contains_eager(Certificate.award))
        .order_by(Award.position)
    )
    return db.session.scalars(query).all()


def name_certificates(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Certificates, by number."""
    query = select(Certificate.id, Certificate.number).where(Certificate.id.in_(ids))
    return {row[0]: codes.format_code(row[1]) for row in db.session.execute(query)}
