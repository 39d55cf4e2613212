"""What a school's office sees: its entries, its word for them, its places."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from eventhub.circles.models import University
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition, Group, SchoolQuota
from eventhub.db import db
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry, Member, Recommendation
from eventhub.entries.queries.lists import EntryFilter, conditions
from eventhub.errors import NotFoundError
from eventhub.events.models import Event

RECOMMENDED_MAX = 500
LIVE = (EntryState.SUBMITTED, EntryState.RETURNED, EntryState.APPROVED)


@dataclass(frozen=True)
class SchoolWork:
    """A school in a competition: what waits for its word, and what has it."""

    competition: Competition
    university: University
    waiting: int
    recommended: int
    approved: int


@dataclass(frozen=True)
class Allowance:
    """How many a school may recommend, and has. ``places`` None is no bound."""

    places: int | None
    used: int

    @property
    def is_full(self) -> bool:
        """No place is left."""
        return self.places is not None and self.used >= self.places

    @property
    def left(self) -> int | None:
        """How many places are left; None without a bound."""
        return None if self.places is None else max(0, self.places - self.used)


@dataclass(frozen=True)
class Allowances:
    """A school's places in a competition: together, and by the group."""

    overall: Allowance
    by_group: dict[uuid.UUID, Allowance]


def get_school(university_id: uuid.UUID) -> University:
    """One university.

    Raises:
        NotFoundError: no such university.

    """
    university = db.session.get(University, university_id)
    if university is None:
        raise NotFoundError
    return university


def list_school_work(university_ids: Collection[uuid.UUID]) -> list[SchoolWork]:
    """The competitions with entries of these schools, those that still run first."""
    counted = (
        select(
            Entry.competition_id,
            Entry.university_id,
            func.count()
            .filter(Entry.state == EntryState.SUBMITTED, Recommendation.id.is_(None))
            .label("waiting"),
            func.count(Recommendation.id).filter(Entry.state.in_(LIVE)).label("recommended"),
            func.count().filter(Entry.state == EntryState.APPROVED).label("approved"),
        )
        .outerjoin(Recommendation, Recommendation.entry_id == Entry.id)
        .where(Entry.university_id.in_(university_ids))
        .group_by(Entry.competition_id, Entry.university_id)
        .subquery()
    )
    query = (
        select(
            Competition, University, counted.c.waiting, counted.c.recommended, counted.c.approved
        )
        .join(counted, counted.c.competition_id == Competition.id)
        .join(University, University.id == counted.c.university_id)
        .join(Competition.event)
        .options(contains_eager(Competition.event).joinedload(Event.circle))
        .order_by(
            Competition.state == CompetitionState.FINISHED, Event.starts_at.desc(), University.name
        )
        .limit(100)
    )
    return [SchoolWork(*row) for row in db.session.execute(query)]


def list_recommended(
    competition_id: uuid.UUID, university_id: uuid.UUID, *, group_id: uuid.UUID | None = None
) -> Sequence[Entry]:
    """What a school recommends, by group and rank, with teams; withdrawn entries left out."""
    query = (
        select(Entry)
        .join(Entry.recommendation)
        .join(Entry.group)
        .where(
            Recommendation.competition_id == competition_id,
            Recommendation.university_id == university_id,
            Entry.state != EntryState.WITHDRAWN,
        )
        .options(
            contains_eager(Entry.recommendation).joinedload(Recommendation.recommended_by),
            contains_eager(Entry.group),
            joinedload(Entry.captain),
            selectinload(Entry.members).joinedload(Member.university),
            selectinload(Entry.advisers),
        )
        .order_by(Group.position, Group.key, Recommendation.rank)
        .execution_options(populate_existing=True)
    )
    if group_id is not None:
        query = query.where(Entry.group_id == group_id)
    return db.session.scalars(query).all()


def select_unrecommended(
    competition_id: uuid.UUID,
    university_id: uuid.UUID,
    *,
    group_id: uuid.UUID | None = None,
    words: str = "",
) -> Select[Entry]:
    """A school's entries without its word, those that wait for it first; the caller pages.

    ``words`` are looked for as in ``EntryFilter``.
    """
    return (
        select(Entry)
        .outerjoin(Entry.recommendation)
        .where(
            Entry.competition_id == competition_id,
            Entry.university_id == university_id,
            Entry.state != EntryState.WITHDRAWN,
            Recommendation.id.is_(None),
            *conditions(EntryFilter(group_id=group_id, words=words)),
        )
        .options(joinedload(Entry.group), joinedload(Entry.captain))
        .order_by(
            (Entry.state == EntryState.SUBMITTED).desc(),
            Entry.submitted_at.asc().nulls_last(),
            Entry.created_at,
            Entry.id,
        )
    )


def allowances(
    competition_id: uuid.UUID, university_id: uuid.UUID, groups: Sequence[Group]
) -> Allowances:
    """A school's places: its own numbers, else those of every school."""
    quotas = db.session.scalars(
        select(SchoolQuota).where(
            SchoolQuota.competition_id == competition_id,
            or_(SchoolQuota.university_id == university_id, SchoolQuota.university_id.is_(None)),
        )
    ).all()
    own = {q.group_id: q.places for q in quotas if q.university_id is not None}
    common = {q.group_id: q.places for q in quotas if q.university_id is None}
    used = dict(
        db.session.execute(
            select(Recommendation.group_id, func.count())
            .join(Recommendation.entry)
            .where(
                Recommendation.competition_id == competition_id,
                Recommendation.university_id == university_id,
                Entry.state != EntryState.WITHDRAWN,
            )
            .group_by(Recommendation.group_id)
        ).all()
    )

    def allow(group_id: uuid.UUID | None, taken: int) -> Allowance:
        return Allowance(own.get(group_id, common.get(group_id)), taken)

    return Allowances(
        allow(None, sum(used.values())),
        {group.id: allow(group.id, used.get(group.id, 0)) for group in groups},
    )


def list_quotas(competition_id: uuid.UUID) -> Sequence[SchoolQuota]:
    """What was set for every school, then for single ones by name; overall before groups."""
    query = (
        select(SchoolQuota)
        .outerjoin(SchoolQuota.university)
        .outerjoin(SchoolQuota.group)
        .where(SchoolQuota.competition_id == competition_id)
        .options(contains_eager(SchoolQuota.university), contains_eager(SchoolQuota.group))
        .order_by(University.name.nulls_first(), Group.position.nulls_first(), Group.key)
    )
    return db.session.scalars(query).all()


def get_quota(quota_id: uuid.UUID) -> SchoolQuota:
    """One number of places.

    Raises:
        NotFoundError: no such row.

    """
    quota = db.session.get(SchoolQuota, quota_id)
    if quota is None:
        raise NotFoundError
    return quota


def list_school_counts(competition_id: uuid.UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """Each school's handed-in and recommended entries, by name: about a hundred at most."""
    query = (
        select(
            University.id,
            University.name,
            func.count(Entry.id).filter(Entry.state.in_(LIVE)).label("handed_in"),
            func.count(Recommendation.id).filter(Entry.state.in_(LIVE)).label("recommended"),
            func.count(Entry.id).filter(Entry.state == EntryState.APPROVED).label("approved"),
        )
        .join(Entry, Entry.university_id == University.id)
        .outerjoin(Recommendation, Recommendation.entry_id == Entry.id)
        .where(Entry.competition_id == competition_id)
        .group_by(University.id, University.name)
        .order_by(University.name)
        .limit(500)
    )
    return db.session.execute(query).all()
