"""Reads of awards."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from eventhub.competitions.models import Competition, Group, Round
from eventhub.db import db
from eventhub.domain.awards import AwardGround
from eventhub.entries.models import Entry
from eventhub.errors import NotFoundError
from eventhub.events.models import Event
from eventhub.outcomes.enums import LineFilter, ProposalState
from eventhub.outcomes.models import Award, Awarding, AwardLevel, Certificate
from eventhub.outcomes.queries.loading import OF_AWARD, OF_AWARDING, OF_ENTRY


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


def get_awarding(awarding_id: uuid.UUID, *, lock: bool = False) -> Awarding:
    """A list of awards, with certificates; ``lock`` holds its row and reads it anew.

    Raises:
        NotFoundError: no such list.

    """
    awards = selectinload(Awarding.awards).options(*OF_AWARD)
    found = _one_awarding([Awarding.id == awarding_id], awards, lock=lock)
    if found is None:
        raise NotFoundError
    return found


def find_awarding(round_id: uuid.UUID) -> Awarding | None:
    """The list of a round that is proposed or in force, without its lines."""
    return _one_awarding([Awarding.round_id == round_id, Awarding.state != ProposalState.DISCARDED])


def _one_awarding(
    where: Sequence[ColumnElement[bool]], *more: _AbstractLoad, lock: bool = False
) -> Awarding | None:
    query = select(Awarding).where(*where).options(*OF_AWARDING, *more)
    if lock:
        query = query.with_for_update(of=Awarding).execution_options(populate_existing=True)
    return db.session.scalars(query).unique().one_or_none()


def list_awardings(competition_id: uuid.UUID) -> Sequence[Awarding]:
    """The lists of awards in force of a competition, in the order of the rounds."""
    query = (
        select(Awarding)
        .join(Awarding.round)
        .where(Round.competition_id == competition_id, Awarding.state == ProposalState.CONFIRMED)
        .options(*OF_AWARDING, selectinload(Awarding.awards).options(*OF_AWARD))
        .order_by(Round.position)
    )
    return db.session.scalars(query).unique().all()


def select_awards(awarding_id: uuid.UUID, show: LineFilter) -> Select[Award]:
    """The lines of a list of awards by group and rank; the caller pages."""
    query = (
        select(Award)
        .join(Award.entry)
        .join(Entry.group)
        .where(Award.awarding_id == awarding_id)
        .options(
            contains_eager(Award.entry).options(*OF_ENTRY),
            joinedload(Award.level),
            selectinload(Award.certificates).joinedload(Certificate.file),
        )
        .order_by(Group.position, Award.rank.asc().nulls_last(), Entry.code)
    )
    wanted = {
        LineFilter.IN: Award.level_id.is_not(None),
        LineFilter.OUT: Award.level_id.is_(None),
        LineFilter.TIED: Award.ground == AwardGround.TIED.value,
        LineFilter.ADJUSTED: Award.reason != "",
    }
    return query.where(wanted[show]) if show in wanted else query


def count_awards(awarding_id: uuid.UUID) -> dict[LineFilter, int]:
    """How many lines each filter shows."""
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(Award.level_id.is_not(None)),
            func.count().filter(Award.level_id.is_(None)),
            func.count().filter(Award.ground == AwardGround.TIED.value),
            func.count().filter(Award.reason != ""),
        ).where(Award.awarding_id == awarding_id)
    ).one()
    return dict(zip(LineFilter, row, strict=True))


def count_by_level(awarding_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many entries have each award."""
    query = (
        select(Award.level_id, func.count())
        .where(Award.awarding_id == awarding_id, Award.level_id.is_not(None))
        .group_by(Award.level_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query) if row[0]}


def get_award(award_id: uuid.UUID) -> Award:
    """One line of a list of awards.

    Raises:
        NotFoundError: no such line.

    """
    query = (
        select(Award)
        .where(Award.id == award_id)
        .options(*OF_AWARD, joinedload(Award.awarding).options(*OF_AWARDING))
    )
    award = db.session.scalars(query).unique().one_or_none()
    if award is None:
        raise NotFoundError
    return award


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
