"""Lists of entries: narrowed, searched, sorted, counted."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import contains_eager, defer, joinedload

from eventhub.circles.models import University
from eventhub.competitions.models import Competition, Group, Round
from eventhub.db import db
from eventhub.domain.pinyin import fold
from eventhub.entries.enums import EntryOrder, EntryState
from eventhub.entries.models import Entry, Recommendation
from eventhub.entries.queries.entries import participants
from eventhub.events.enums import HostRole
from eventhub.events.models import Event, EventHost
from eventhub.web.paging import PER_PAGE, Page

WAITING_MAX = 20


@dataclass(frozen=True)
class EntryFilter:
    """What a list of entries is narrowed to, and its order; an empty value does not narrow.

    ``words`` are looked for in project, code, captain, members, school and their pinyin; every
    one of them must be found.
    """

    state: EntryState | None = None
    group_id: uuid.UUID | None = None
    track: str = ""
    category: str = ""
    university_id: uuid.UUID | None = None
    is_recommended: bool | None = None
    needs_proof: bool | None = None
    round_id: uuid.UUID | None = None
    words: str = ""
    order: EntryOrder = EntryOrder.WAITING

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return self != EntryFilter(order=self.order)


def select_entries(competition_id: uuid.UUID, wanted: EntryFilter) -> Select[Entry]:
    """A competition's entries, narrowed and ordered; the caller pages."""
    query = (
        select(Entry)
        .join(Entry.group)
        .outerjoin(Entry.university)
        .outerjoin(Entry.recommendation)
        .where(Entry.competition_id == competition_id, *conditions(wanted))
        .options(
            joinedload(Entry.captain),
            contains_eager(Entry.group),
            contains_eager(Entry.university),
            contains_eager(Entry.recommendation),
        )
    )
    return query.order_by(*ordering(wanted.order))


def page_entries(competition_id: uuid.UUID, wanted: EntryFilter, *, page: int) -> Page[Entry]:
    """One page of the same entries, in two statements; past the end the last page.

    Which entries are on the page is found over narrow rows, with their number in the same
    breath; only then are these few read whole, without what a list does not show.
    """
    found = _page_of(competition_id, wanted, page)
    if not found and page > 1:
        total = count_entries(competition_id, wanted)
        page = max(1, -(-total // PER_PAGE))
        found = _page_of(competition_id, wanted, page)
    order = {entry_id: at for at, (entry_id, _total) in enumerate(found)}
    query = (
        select(Entry)
        .where(Entry.id.in_(order))
        .options(
            joinedload(Entry.captain),
            joinedload(Entry.group),
            joinedload(Entry.university),
            joinedload(Entry.recommendation),
            defer(Entry.summary),
            defer(Entry.search_text),
            defer(Entry.statements),
        )
    )
    rows = sorted(db.session.scalars(query).unique(), key=lambda entry: order[entry.id])
    return Page(rows, page, PER_PAGE, found[0][1] if found else 0)


def _page_of(
    competition_id: uuid.UUID, wanted: EntryFilter, page: int
) -> Sequence[tuple[uuid.UUID, int]]:
    query = (
        select(Entry.id, func.count().over())
        .where(Entry.competition_id == competition_id, *conditions(wanted))
        .order_by(*ordering(wanted.order))
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    if wanted.order in _JOINED:
        query = query.join(Entry.group).outerjoin(Entry.university).outerjoin(Entry.recommendation)
    return [(row[0], row[1]) for row in db.session.execute(query)]


def select_ids(competition_id: uuid.UUID, wanted: EntryFilter) -> Select[uuid.UUID]:
    """The keys of the same entries, in no order."""
    return select(Entry.id).where(Entry.competition_id == competition_id, *conditions(wanted))


@dataclass(frozen=True)
class Neighbours:
    """Where an entry stands in a list, from 1, and who stands beside it.

    An entry that the list leaves out has no place, and the list begins ``after`` it.
    """

    place: int | None = None
    total: int = 0
    before: uuid.UUID | None = None
    after: uuid.UUID | None = None


def find_neighbours(
    competition_id: uuid.UUID, wanted: EntryFilter, entry_id: uuid.UUID
) -> Neighbours:
    """An entry's place in a narrowed list, in one statement."""
    order = ordering(wanted.order)
    query = select(
        Entry.id,
        func.row_number().over(order_by=order).label("place"),
        func.lag(Entry.id).over(order_by=order).label("before"),
        func.lead(Entry.id).over(order_by=order).label("after"),
        func.count().over().label("total"),
    ).where(Entry.competition_id == competition_id, *conditions(wanted))
    if wanted.order in _JOINED:
        query = query.join(Entry.group).outerjoin(Entry.university).outerjoin(Entry.recommendation)
    line = query.subquery()
    found = (
        select(line)
        .where(or_(line.c.id == entry_id, line.c.place == 1))
        .order_by((line.c.id == entry_id).desc())
    )
    row = db.session.execute(found.limit(1)).first()
    if row is None:
        return Neighbours()
    if row.id != entry_id:
        return Neighbours(total=row.total, after=row.id)
    return Neighbours(row.place, row.total, row.before, row.after)


def count_entries(competition_id: uuid.UUID, wanted: EntryFilter) -> int:
    """How many entries the filter leaves."""
    query = select(func.count()).select_from(select_ids(competition_id, wanted).subquery())
    return db.session.scalar(query) or 0


def ordering(order: EntryOrder) -> Sequence[ColumnElement[Any]]:
    """The columns to sort by; needs the joins of ``select_entries``."""
    return (*_ORDERS[order], Entry.id.asc())


_ORDERS: dict[EntryOrder, tuple[ColumnElement[Any], ...]] = {
    EntryOrder.WAITING: (
        (Entry.state == EntryState.SUBMITTED).desc(),
        Entry.submitted_at.asc().nulls_last(),
        Entry.created_at.asc(),
    ),
    EntryOrder.LATEST: (Entry.submitted_at.desc().nulls_last(), Entry.created_at.desc()),
    EntryOrder.NAME: (Entry.name.asc(),),
    EntryOrder.SCHOOL: (
        University.name.asc().nulls_last(),
        Group.position.asc(),
        Recommendation.rank.asc().nulls_last(),
        Entry.name.asc(),
    ),
    EntryOrder.RANK: (
        Group.position.asc(),
        Recommendation.rank.asc().nulls_last(),
        University.name.asc().nulls_last(),
    ),
}


_JOINED = frozenset({EntryOrder.SCHOOL, EntryOrder.RANK})


def conditions(wanted: EntryFilter) -> list[ColumnElement[bool]]:
    """What the filter asks of an entry."""
    kept: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        kept.append(Entry.state == wanted.state)
    if wanted.group_id is not None:
        kept.append(Entry.group_id == wanted.group_id)
    if wanted.track:
        groups = select(Group.id).where(Group.track_name == wanted.track)
        kept.append(Entry.group_id.in_(groups))
    if wanted.category:
        kept.append(Entry.category == wanted.category)
    if wanted.university_id is not None:
        kept.append(Entry.university_id == wanted.university_id)
    if wanted.is_recommended is not None:
        recommended = Entry.id.in_(select(Recommendation.entry_id))
        kept.append(recommended if wanted.is_recommended else ~recommended)
    if wanted.needs_proof is not None:
        kept.append(Entry.needs_proof.is_(wanted.needs_proof))
    if wanted.round_id is not None:
        kept.append(_takes_part(wanted.round_id))
    return [*kept, *map(_mentions, wanted.words.split())]


def _takes_part(round_id: uuid.UUID) -> ColumnElement[bool]:
    round_ = db.session.get(Round, round_id)
    return false() if round_ is None else participants(round_)


def _mentions(word: str) -> ColumnElement[bool]:
    """A word in any of its forms; of one that is all signs the signs count."""
    return Entry.search_text.contains(fold(word) or word, autoescape=True)


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
    """The competitions that these circles run, where entries wait for review, and how many."""
    waiting = (
        select(Entry.competition_id, func.count().label("count"))
        .where(Entry.state == EntryState.SUBMITTED)
        .group_by(Entry.competition_id)
        .subquery()
    )
    hosted = exists().where(
        EventHost.event_id == Event.id,
        EventHost.circle_id.in_(circle_ids),
        EventHost.role.in_([HostRole.LEAD, HostRole.ORGANISER]),
    )
    query = (
        select(Competition, waiting.c.count)
        .join(waiting, waiting.c.competition_id == Competition.id)
        .join(Competition.event)
        .where(or_(Event.circle_id.in_(circle_ids), hosted))
        .options(contains_eager(Competition.event))
        .order_by(Event.starts_at, Event.title)
        .limit(WAITING_MAX)
    )
    return [(competition, count) for competition, count in db.session.execute(query)]


def list_universities_of(competition_id: uuid.UUID) -> Sequence[University]:
    """The universities from which entries come, by name."""
    entered = select(Entry.university_id).where(Entry.competition_id == competition_id)
    query = select(University).where(University.id.in_(entered)).order_by(University.name)
    return db.session.scalars(query).all()


def list_categories_of(competition_id: uuid.UUID) -> list[str]:
    """The categories that entries have chosen, by name."""
    query = (
        select(Entry.category)
        .where(and_(Entry.competition_id == competition_id, Entry.category != ""))
        .distinct()
        .order_by(Entry.category)
    )
    return [*db.session.scalars(query)]
