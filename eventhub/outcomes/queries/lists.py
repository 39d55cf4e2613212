"""Reads of who goes up and of awards."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from eventhub.competitions.models import Competition, Group, Passage, Round
from eventhub.db import db
from eventhub.domain.advancement import Ground
from eventhub.entries.models import Entry, Participation
from eventhub.errors import NotFoundError
from eventhub.events.models import Event
from eventhub.outcomes.enums import LineFilter, ProposalState
from eventhub.outcomes.models import Advancement, AdvancementLine, Award, Awarding
from eventhub.outcomes.queries.loading import (
    OF_ADVANCEMENT,
    OF_ENTRY,
    OF_TEAM,
    WITH_LINES,
    WITH_ROUNDS,
)


def list_passages(round_id: uuid.UUID) -> Sequence[Passage]:
    """The ways on from a round."""
    query = (
        select(Passage)
        .where(Passage.from_round_id == round_id)
        .options(*WITH_ROUNDS)
        .order_by(Passage.kind)
    )
    return db.session.scalars(query).unique().all()


def get_passage(passage_id: uuid.UUID) -> Passage:
    """One way on, with its rounds and quotas.

    Raises:
        NotFoundError: no such passage.

    """
    query = select(Passage).where(Passage.id == passage_id).options(*WITH_ROUNDS)
    passage = db.session.scalars(query).unique().one_or_none()
    if passage is None:
        raise NotFoundError
    return passage


def get_advancement(advancement_id: uuid.UUID, *, lock: bool = False) -> Advancement:
    """A list of who goes up, with its lines; ``lock`` holds its row and reads it anew.

    Raises:
        NotFoundError: no such list.

    """
    found = _one_advancement([Advancement.id == advancement_id], WITH_LINES, lock=lock)
    if found is None:
        raise NotFoundError
    return found


def find_advancement(passage_id: uuid.UUID) -> Advancement | None:
    """The list of a passage that is proposed or in force, without its lines."""
    return _one_advancement(
        [Advancement.passage_id == passage_id, Advancement.state != ProposalState.DISCARDED]
    )


def _one_advancement(
    where: Sequence[ColumnElement[bool]], *more: _AbstractLoad, lock: bool = False
) -> Advancement | None:
    query = select(Advancement).where(*where).options(*OF_ADVANCEMENT, *more)
    if lock:
        query = query.with_for_update(of=Advancement).execution_options(populate_existing=True)
    return db.session.scalars(query).unique().one_or_none()


def list_confirmed(
    *, competition_id: uuid.UUID | None = None, round_id: uuid.UUID | None = None
) -> Sequence[Advancement]:
    """The lists in force of a competition, or from one round, in the order of the rounds."""
    query = (
        select(Advancement)
        .join(Advancement.passage)
        .join(Passage.from_round)
        .where(Advancement.state == ProposalState.CONFIRMED)
        .options(*OF_ADVANCEMENT, WITH_LINES)
        .order_by(Round.position, Passage.kind)
    )
    if competition_id is not None:
        query = query.where(Round.competition_id == competition_id)
    if round_id is not None:
        query = query.where(Round.id == round_id)
    return db.session.scalars(query).unique().all()


def select_lines(advancement_id: uuid.UUID, show: LineFilter) -> Select[AdvancementLine]:
    """The lines of a list by group and rank, those without a rank last; the caller pages."""
    query = (
        select(AdvancementLine)
        .join(AdvancementLine.entry)
        .join(Entry.group)
        .where(AdvancementLine.advancement_id == advancement_id)
        .options(contains_eager(AdvancementLine.entry).options(*OF_ENTRY))
        .order_by(Group.position, AdvancementLine.rank.asc().nulls_last(), Entry.code)
    )
    wanted = {
        LineFilter.IN: AdvancementLine.is_in.is_(True),
        LineFilter.OUT: AdvancementLine.is_in.is_(False),
        LineFilter.TIED: AdvancementLine.ground == Ground.TIED.value,
        LineFilter.ADJUSTED: AdvancementLine.reason != "",
    }
    return query.where(wanted[show]) if show in wanted else query


def count_lines(advancement_id: uuid.UUID) -> dict[LineFilter, int]:
    """How many lines each filter shows."""
    line = AdvancementLine
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(line.is_in),
            func.count().filter(~line.is_in),
            func.count().filter(line.ground == Ground.TIED.value),
            func.count().filter(line.reason != ""),
        ).where(line.advancement_id == advancement_id)
    ).one()
    return dict(zip(LineFilter, row, strict=True))


def list_chosen(advancement_id: uuid.UUID) -> Sequence[Entry]:
    """The entries that a list lets up."""
    query = (
        select(Entry)
        .join(AdvancementLine, AdvancementLine.entry_id == Entry.id)
        .where(AdvancementLine.advancement_id == advancement_id, AdvancementLine.is_in)
        .options(joinedload(Entry.group), joinedload(Entry.university))
    )
    return db.session.scalars(query).all()


def get_line(line_id: uuid.UUID) -> AdvancementLine:
    """One line with its entry and its list.

    Raises:
        NotFoundError: no such line.

    """
    query = (
        select(AdvancementLine)
        .where(AdvancementLine.id == line_id)
        .options(
            joinedload(AdvancementLine.entry).options(*OF_ENTRY),
            joinedload(AdvancementLine.advancement).options(*OF_ADVANCEMENT),
        )
    )
    line = db.session.scalars(query).unique().one_or_none()
    if line is None:
        raise NotFoundError
    return line


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


def entries_up(round_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which entries take part in one of these later rounds."""
    query = select(Participation.entry_id).where(Participation.round_id.in_(round_ids))
    return {*db.session.scalars(query)}


def load_teams(entry_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Entry]:
    """Entries with members and advisers: a fixed number of statements."""
    query = (
        select(Entry)
        .where(Entry.id.in_(entry_ids))
        .options(*OF_ENTRY, *OF_TEAM)
        .execution_options(populate_existing=True)
    )
    return {entry.id: entry for entry in db.session.scalars(query).unique()}


def name_advancements(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Lists of who goes up, by competition and round."""
    query = (
        select(Advancement.id, Event.title + " · " + Round.name)
        .join(Advancement.passage)
        .join(Passage.from_round)
        .join(Round.competition)
        .join(Competition.event)
        .where(Advancement.id.in_(ids))
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def has_public_list(competition_id: uuid.UUID) -> bool:
    """Whether a list of who went up is public: in force, on published results."""
    query = exists().where(
        Advancement.passage_id == Passage.id,
        Advancement.state == ProposalState.CONFIRMED,
        Passage.from_round_id == Round.id,
        Round.competition_id == competition_id,
        Round.published_at.is_not(None),
    )
    return bool(db.session.scalar(select(query)))


def list_winners(round_id: uuid.UUID) -> Sequence[Entry]:
    """The entries that a list in force lets up from a round, or gives an award, by code."""
    up = (
        select(AdvancementLine.entry_id)
        .join(AdvancementLine.advancement)
        .join(Advancement.passage)
        .where(
            Passage.from_round_id == round_id,
            Advancement.state == ProposalState.CONFIRMED,
            AdvancementLine.is_in,
        )
    )
    awarded = (
        select(Award.entry_id)
        .join(Award.awarding)
        .where(
            Awarding.round_id == round_id,
            Awarding.state == ProposalState.CONFIRMED,
            Award.level_id.is_not(None),
        )
    )
    query = (
        select(Entry).where(Entry.id.in_(up.union(awarded))).options(*OF_ENTRY).order_by(Entry.code)
    )
    return db.session.scalars(query).all()
