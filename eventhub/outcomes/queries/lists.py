"""Reads of lists, of whatever kind: of who goes up, of awards."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from eventhub.competitions.models import Group, Passage
from eventhub.db import db
from eventhub.domain.cut import Outcome
from eventhub.entries.models import Entry
from eventhub.errors import NotFoundError
from eventhub.outcomes.enums import LineFilter, ProposalState
from eventhub.outcomes.models import Advancement, AdvancementLine, Award, Awarding
from eventhub.outcomes.queries.loading import (
    OF_ENTRY,
    OF_LIST,
    OF_TEAM,
    WITH_CERTIFICATES,
    WITH_LINES,
)

AnyList = TypeVar("AnyList", Advancement, Awarding)
AnyLine = TypeVar("AnyLine", AdvancementLine, Award)


def get_list(kind: type[AnyList], list_id: uuid.UUID, *, lock: bool = False) -> AnyList:
    """A list with its lines; ``lock`` holds its row and reads it anew.

    Raises:
        NotFoundError: no such list.

    """
    found = one_list(kind, [kind.id == list_id], WITH_LINES[kind], lock=lock)
    if found is None:
        raise NotFoundError
    return found


def get_head(kind: type[AnyList], list_id: uuid.UUID) -> AnyList:
    """A list without its lines.

    Raises:
        NotFoundError: no such list.

    """
    found = one_list(kind, [kind.id == list_id])
    if found is None:
        raise NotFoundError
    return found


def one_list(
    kind: type[AnyList],
    where: Sequence[ColumnElement[bool]],
    *more: _AbstractLoad,
    lock: bool = False,
) -> AnyList | None:
    """The list that this is true of, without its lines unless ``more`` loads them."""
    query = select(kind).where(*where).options(*OF_LIST[kind], *more)
    if lock:
        query = query.with_for_update(of=kind).execution_options(populate_existing=True)
    return db.session.scalars(query).unique().one_or_none()


def get_line(kind: type[AnyLine], line_id: uuid.UUID) -> AnyLine:
    """One line with its entry and its list.

    Raises:
        NotFoundError: no such line.

    """
    whole: type[Advancement] | type[Awarding] = Advancement if kind is AdvancementLine else Awarding
    query = (
        select(kind)
        .where(kind.id == line_id)
        .options(
            joinedload(kind.entry).options(*OF_ENTRY),
            joinedload(kind.decision).options(*OF_LIST[whole]),
        )
    )
    line = db.session.scalars(query).unique().one_or_none()
    if line is None:
        raise NotFoundError
    return line


def select_lines(kind: type[AnyLine], list_id: uuid.UUID, show: LineFilter) -> Select[AnyLine]:
    """The lines of a list by group and rank, those without a rank last; the caller pages."""
    query = (
        select(kind)
        .join(kind.entry)
        .join(Entry.group)
        .where(kind.list_id == list_id)
        .options(contains_eager(kind.entry).options(*OF_ENTRY))
        .order_by(Group.position, kind.rank.asc().nulls_last(), Entry.code)
    )
    if kind is Award:
        query = query.options(*WITH_CERTIFICATES)
    wanted = {
        LineFilter.IN: kind.is_in,
        LineFilter.OUT: ~kind.is_in,
        LineFilter.TIED: kind.ground == Outcome.TIED.value,
        LineFilter.ADJUSTED: kind.reason != "",
    }
    return query.where(wanted[show]) if show in wanted else query


def count_lines(kind: type[AnyLine], list_id: uuid.UUID) -> dict[LineFilter, int]:
    """How many lines each filter shows."""
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(kind.is_in),
            func.count().filter(~kind.is_in),
            func.count().filter(kind.ground == Outcome.TIED.value),
            func.count().filter(kind.reason != ""),
        ).where(kind.list_id == list_id)
    ).one()
    return dict(zip(LineFilter, row, strict=True))


def count_open_ties(kind: type[AnyLine], list_id: uuid.UUID) -> int:
    """How many ties at an edge nobody has decided."""
    query = select(func.count()).where(
        kind.list_id == list_id, kind.ground == Outcome.TIED.value, kind.reason == ""
    )
    return db.session.scalar(query) or 0


def list_adjusters(kind: type[AnyLine], list_id: uuid.UUID) -> set[uuid.UUID]:
    """Who has changed a list by hand."""
    query = (
        select(kind.adjusted_by_id)
        .where(kind.list_id == list_id, kind.adjusted_by_id.is_not(None))
        .distinct()
    )
    return {each for each in db.session.scalars(query) if each}


def has_lists(round_id: uuid.UUID) -> bool:
    """Whether a list of who goes up or of awards rests on a round's standings."""
    standing = ProposalState.DISCARDED
    going_up = exists().where(
        Advancement.passage_id == Passage.id,
        Passage.from_round_id == round_id,
        Advancement.state != standing,
    )
    awarded = exists().where(Awarding.round_id == round_id, Awarding.state != standing)
    return bool(db.session.scalar(select(going_up | awarded)))


def load_teams(entry_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Entry]:
    """Entries with members and advisers: a fixed number of statements."""
    query = (
        select(Entry)
        .where(Entry.id.in_(entry_ids))
        .options(*OF_ENTRY, *OF_TEAM)
        .execution_options(populate_existing=True)
    )
    return {entry.id: entry for entry in db.session.scalars(query).unique()}


def list_winners(round_id: uuid.UUID) -> Sequence[Entry]:
    """The entries that a list in force lets up from a round, or gives an award, by code."""
    up = (
        select(AdvancementLine.entry_id)
        .join(AdvancementLine.decision)
        .join(Advancement.passage)
        .where(
            Passage.from_round_id == round_id,
            Advancement.state == ProposalState.CONFIRMED,
            AdvancementLine.is_in,
        )
    )
    awarded = (
        select(Award.entry_id)
        .join(Award.decision)
        .where(
            Awarding.round_id == round_id,
            Awarding.state == ProposalState.CONFIRMED,
            Award.is_in,
        )
    )
    query = (
        select(Entry).where(Entry.id.in_(up.union(awarded))).options(*OF_ENTRY).order_by(Entry.code)
    )
    return db.session.scalars(query).all()
