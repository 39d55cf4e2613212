"""Reads of who goes up."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from eventhub.competitions.models import Competition, Passage, Round
from eventhub.db import db
from eventhub.entries.models import Entry, Participation
from eventhub.errors import NotFoundError
from eventhub.events.models import Event
from eventhub.outcomes.enums import ProposalState
from eventhub.outcomes.models import Advancement, AdvancementLine
from eventhub.outcomes.queries.lists import one_list
from eventhub.outcomes.queries.loading import OF_LIST, WITH_LINES, WITH_ROUNDS


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


def find_advancement(passage_id: uuid.UUID) -> Advancement | None:
    """The list of a passage that is proposed or in force, without its lines."""
    return one_list(
        Advancement,
        [Advancement.passage_id == passage_id, Advancement.state != ProposalState.DISCARDED],
    )


def list_confirmed(
    *, competition_id: uuid.UUID | None = None, round_id: uuid.UUID | None = None
) -> Sequence[Advancement]:
    """The lists in force of a competition, or from one round, in the order of the rounds."""
    query = (
        select(Advancement)
        .join(Advancement.passage)
        .join(Passage.from_round)
        .where(Advancement.state == ProposalState.CONFIRMED)
        .options(*OF_LIST[Advancement], WITH_LINES[Advancement])
        .order_by(Round.position, Passage.kind)
    )
    if competition_id is not None:
        query = query.where(Round.competition_id == competition_id)
    if round_id is not None:
        query = query.where(Round.id == round_id)
    return db.session.scalars(query).unique().all()


def list_rounds_left(competition_id: uuid.UUID) -> set[uuid.UUID]:
    """The rounds of a competition from which a list in force leads on."""
    query = (
        select(Passage.from_round_id)
        .join(Advancement, Advancement.passage_id == Passage.id)
        .join(Passage.from_round)
        .where(Round.competition_id == competition_id, Advancement.state == ProposalState.CONFIRMED)
    )
    return {*db.session.scalars(query)}


def list_chosen(advancement_id: uuid.UUID) -> Sequence[Entry]:
    """The entries that a list lets up."""
    query = (
        select(Entry)
        .join(AdvancementLine, AdvancementLine.entry_id == Entry.id)
        .where(AdvancementLine.advancement_id == advancement_id, AdvancementLine.is_in)
        .options(joinedload(Entry.group), joinedload(Entry.university))
    )
    return db.session.scalars(query).all()


def entries_up(round_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which entries take part in one of these later rounds."""
    query = select(Participation.entry_id).where(Participation.round_id.in_(round_ids))
    return {*db.session.scalars(query)}


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
