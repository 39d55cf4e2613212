"""Reads of awards."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import contains_eager

from eventhub.competitions.models import Competition, Group, Round
from eventhub.db import db
from eventhub.events.models import Event
from eventhub.outcomes.enums import ProposalState
from eventhub.outcomes.models import Award, Awarding, AwardLevel
from eventhub.outcomes.queries.lists import one_list
from eventhub.outcomes.queries.loading import OF_LIST, WITH_LINES


def list_levels(round_id: uuid.UUID) -> Sequence[AwardLevel]:
    """A round's awards, highest first."""
    query = (
        select(AwardLevel)
        .where(AwardLevel.round_id == round_id)
        .outerjoin(AwardLevel.group)
        .options(contains_eager(AwardLevel.group))
        .order_by(AwardLevel.position, Group.position, AwardLevel.name)
    )
    return db.session.scalars(query).all()


def find_awarding(round_id: uuid.UUID) -> Awarding | None:
    """The list of a round that is proposed or in force, without its lines."""
    return one_list(
        Awarding, [Awarding.round_id == round_id, Awarding.state != ProposalState.DISCARDED]
    )


def list_awardings(competition_id: uuid.UUID) -> Sequence[Awarding]:
    """The lists of awards in force of a competition, in the order of the rounds."""
    query = (
        select(Awarding)
        .join(Awarding.round)
        .where(Round.competition_id == competition_id, Awarding.state == ProposalState.CONFIRMED)
        .options(*OF_LIST[Awarding], WITH_LINES[Awarding])
        .order_by(Round.position)
    )
    return db.session.scalars(query).unique().all()


def list_awarded_rounds(competition_id: uuid.UUID) -> set[uuid.UUID]:
    """The rounds of a competition whose awards are in force."""
    query = (
        select(Awarding.round_id)
        .join(Awarding.round)
        .where(Round.competition_id == competition_id, Awarding.state == ProposalState.CONFIRMED)
    )
    return {*db.session.scalars(query)}


def count_by_level(awarding_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many entries have each award."""
    query = (
        select(Award.level_id, func.count())
        .where(Award.awarding_id == awarding_id, Award.is_in)
        .group_by(Award.level_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query) if row[0]}


def name_awardings(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Lists of awards, by competition and round."""
    query = (
        select(Awarding.id, Event.title + " · " + Round.name)
        .join(Awarding.round)
        .join(Round.competition)
        .join(Competition.event)
        .where(Awarding.id.in_(ids))
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def has_public_list(competition_id: uuid.UUID) -> bool:
    """Whether an award list is public: in force, on published results."""
    query = exists().where(
        Awarding.state == ProposalState.CONFIRMED,
        Awarding.round_id == Round.id,
        Round.competition_id == competition_id,
        Round.published_at.is_not(None),
    )
    return bool(db.session.scalar(select(query)))
