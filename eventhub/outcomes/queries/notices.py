"""Reads of notices and objections."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from eventhub.competitions.models import Competition
from eventhub.db import db
from eventhub.domain import codes
from eventhub.errors import NotFoundError
from eventhub.events.enums import EventState
from eventhub.events.models import Event, EventHost
from eventhub.outcomes.enums import NoticeKind, NoticeState, ObjectionState
from eventhub.outcomes.models import Objection, PublicNotice

_EVENT: _AbstractLoad = (
    joinedload(PublicNotice.competition)
    .joinedload(Competition.event)
    .options(joinedload(Event.circle), selectinload(Event.hosts).joinedload(EventHost.circle))
)
OPEN = frozenset({ObjectionState.RECEIVED, ObjectionState.ACCEPTED})


def get_notice(notice_id: uuid.UUID, *, lock: bool = False) -> PublicNotice:
    """One notice with its competition.

    Raises:
        NotFoundError: no such notice.

    """
    query = select(PublicNotice).where(PublicNotice.id == notice_id)
    return _one(query, lock=lock)


def get_published(code: str, *, lock: bool = False) -> PublicNotice:
    """A notice that was made public, by its code; it may have ended, or been withdrawn.

    Raises:
        NotFoundError: no such notice, or still a draft.

    """
    query = select(PublicNotice).where(
        PublicNotice.code == codes.normalise(code), PublicNotice.state != NoticeState.DRAFT
    )
    return _one(query, lock=lock)


def _one(query: Select[PublicNotice], *, lock: bool) -> PublicNotice:
    query = query.options(_EVENT, joinedload(PublicNotice.round))
    if lock:
        query = query.with_for_update(of=PublicNotice).execution_options(populate_existing=True)
    notice = db.session.scalars(query).unique().one_or_none()
    if notice is None:
        raise NotFoundError
    return notice


def is_up(notice: PublicNotice, now: datetime) -> bool:
    """Whether what it lists may be shown: published, begun and not over."""
    return notice.state is NoticeState.PUBLISHED and notice.opens_at <= now < notice.closes_at


def select_up(now: datetime, *, competition_id: uuid.UUID | None = None) -> Select[PublicNotice]:
    """The notices that are up, those that end first at the head; the caller pages."""
    query = (
        select(PublicNotice)
        .join(PublicNotice.competition)
        .join(Competition.event)
        .where(
            PublicNotice.state == NoticeState.PUBLISHED,
            PublicNotice.opens_at <= now,
            PublicNotice.closes_at > now,
            Event.state == EventState.PUBLISHED,
        )
        .options(
            contains_eager(PublicNotice.competition)
            .contains_eager(Competition.event)
            .joinedload(Event.circle)
        )
        .order_by(PublicNotice.closes_at, PublicNotice.id)
    )
    if competition_id is not None:
        query = query.where(PublicNotice.competition_id == competition_id)
    return query


def list_of_competition(competition_id: uuid.UUID) -> Sequence[PublicNotice]:
    """A competition's notices, the newest first."""
    query = (
        select(PublicNotice)
        .where(PublicNotice.competition_id == competition_id)
        .options(joinedload(PublicNotice.round))
        .order_by(PublicNotice.created_at.desc())
        .limit(100)
    )
    return db.session.scalars(query).all()


def select_objections(competition_id: uuid.UUID) -> Select[Objection]:
    """A competition's objections: what waits first, then the newest; the caller pages."""
    return (
        select(Objection)
        .join(Objection.notice)
        .where(PublicNotice.competition_id == competition_id)
        .options(contains_eager(Objection.notice), joinedload(Objection.entry))
        .order_by(Objection.state.in_(OPEN).desc(), Objection.created_at.desc())
    )


def list_standing(round_id: uuid.UUID, kind: NoticeKind, now: datetime) -> Sequence[PublicNotice]:
    """The published notices of a round's list that are up, or will be."""
    query = (
        select(PublicNotice)
        .where(
            PublicNotice.round_id == round_id,
            PublicNotice.kind == kind,
            PublicNotice.state == NoticeState.PUBLISHED,
            PublicNotice.closes_at > now,
        )
        .order_by(PublicNotice.closes_at)
    )
    return db.session.scalars(query).all()


def count_open_of(round_id: uuid.UUID, kind: NoticeKind) -> int:
    """How many objections to the notices of a round's list wait for somebody."""
    query = (
        select(func.count(Objection.id))
        .join(Objection.notice)
        .where(
            PublicNotice.round_id == round_id,
            PublicNotice.kind == kind,
            Objection.state.in_(OPEN),
        )
    )
    return db.session.scalar(query) or 0


def get_objection(objection_id: uuid.UUID, *, lock: bool = False) -> Objection:
    """One objection with its notice, entry and evidence.

    Raises:
        NotFoundError: no such objection.

    """
    return _objection(select(Objection).where(Objection.id == objection_id), lock=lock)


def get_objection_by_code(code: str) -> Objection:
    """The same, by the code on its receipt, however it is typed.

    Raises:
        NotFoundError: no such objection.

    """
    return _objection(select(Objection).where(Objection.code == codes.normalise(code)), lock=False)


def _objection(query: Select[Objection], *, lock: bool) -> Objection:
    query = query.options(
        joinedload(Objection.notice).options(_EVENT),
        joinedload(Objection.entry),
        joinedload(Objection.evidence),
        joinedload(Objection.decided_by),
    )
    if lock:
        query = query.with_for_update(of=Objection).execution_options(populate_existing=True)
    objection = db.session.scalars(query).unique().one_or_none()
    if objection is None:
        raise NotFoundError
    return objection


def name_notices(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Notices, by title."""
    query = select(PublicNotice.id, PublicNotice.title).where(PublicNotice.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(query)}


def name_objections(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Objections, by code: who objects is nobody's but the organiser's."""
    query = select(Objection.id, Objection.code).where(Objection.id.in_(ids))
    return {row[0]: codes.format_code(row[1]) for row in db.session.execute(query)}
