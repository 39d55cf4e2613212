"""The awards of a round: its levels, and who gets them."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage_round
from eventhub.db import db, transaction
from eventhub.domain import awards as rule
from eventhub.domain.awards import AwardGround
from eventhub.domain.cut import TieChoice
from eventhub.entries.enums import EntryState
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.judging.models import Standing
from eventhub.outcomes.errors import (
    AdjustReasonError,
    AlreadyProposedError,
    LevelsMissingError,
    NotRankedError,
    TiesOpenError,
)
from eventhub.outcomes.models import Award, Awarding, AwardLevel
from eventhub.outcomes.queries import awards as awards_
from eventhub.outcomes.service import decisions

log = logging.getLogger(__name__)

LEVELS_MAX = 60


def propose_awards(
    round_id: uuid.UUID, *, ties: TieChoice = TieChoice.DECIDE, by: Person
) -> Awarding:
    """Give the awards by the standings, for a second person to confirm.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundNotClosedError: marks may still change.
        LevelsMissingError: the round has no awards.
        AlreadyProposedError: a list stands already.

    """
    try:
        with transaction():
            round_ = hold_managed(round_id, by)
            standings = decisions.standings_of(round_)
            levels = awards_.list_levels(round_id)
            if not levels:
                raise LevelsMissingError
            given = rule.propose(_judged(standings), _levels(levels), ties=ties)
            made = Awarding(round_id=round_id, ties=ties, proposed_by_id=by.id)
            made.awards = _awards(given, standings)
            db.session.add(made)
            db.session.flush()
            record(
                "awards.proposed",
                made,
                by=by,
                circle_id=circle_of(round_),
                after={"count": sum(1 for one in given if one.level_id), "ties": ties.value},
            )
    except IntegrityError as error:
        raise AlreadyProposedError from error
    log.info("awards proposed", extra={"awarding_id": str(made.id)})
    return made


def adjust_award(
    award_id: uuid.UUID, *, level_id: uuid.UUID | None, reason: str, by: Person
) -> Award:
    """Give one entry another award, or none; whoever does cannot confirm the list.

    Raises:
        NotFoundError: no such line, or no such level in this round.
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: the list is not a proposal any more.
        NotRankedError: the entry takes part no more.
        AdjustReasonError: no reason, where it departs from the rules or decides a tie.

    """
    with transaction():
        found = db.session.get(Award, award_id)
        if found is None:
            raise NotFoundError
        awarding = hold_awarding(found.awarding_id, by)
        award = next(each for each in awarding.awards if each.id == award_id)
        decisions.check_proposed(awarding)
        levels = {level.id: level for level in awards_.list_levels(awarding.round_id)}
        if level_id is not None and level_id not in levels:
            raise NotFoundError
        if level_id is not None and award.ground == AwardGround.WITHDRAWN:
            raise NotRankedError
        departs = level_id != award.proposed_level_id or award.ground == AwardGround.TIED
        if departs and not reason.strip():
            raise AdjustReasonError
        before = award.level.name if award.level else ""
        award.level_id, award.reason = level_id, reason.strip() if departs else ""
        award.adjusted_by_id = by.id
        record(
            "awards.adjusted",
            awarding,
            by=by,
            circle_id=circle_of(awarding.round),
            before={"entry": award.entry.code, "award": before},
            after={
                "entry": award.entry.code,
                "award": levels[level_id].name if level_id else "",
                "reason": award.reason,
            },
        )
    return award


def confirm_awards(awarding_id: uuid.UUID, *, by: Person) -> Awarding:
    """Put the list in force, as a second person.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: it is not a proposal any more.
        SecondPersonError: ``by`` drew it up or changed it.
        TiesOpenError: a tie at an edge is undecided.
        StandingsChangedError, WithdrawnListedError: see ``decisions``.

    """
    with transaction():
        awarding = hold_awarding(awarding_id, by)
        decisions.confirm(
            awarding, adjusters=[award.adjusted_by_id for award in awarding.awards], by=by
        )
        if open_ties(awarding):
            raise TiesOpenError
        decisions.check_standings(
            decisions.standings_of(awarding.round),
            {award.entry_id: (award.rank, award.total) for award in awarding.awards},
        )
        chosen = [award for award in awarding.awards if award.level_id is not None]
        decisions.check_present(award.entry for award in chosen)
        record(
            "awards.confirmed",
            awarding,
            by=by,
            circle_id=circle_of(awarding.round),
            after={award.entry.code: award.level.name for award in chosen if award.level},
        )
    log.info("awards confirmed", extra={"awarding_id": str(awarding_id)})
    return awarding


def discard_awards(awarding_id: uuid.UUID, *, reason: str = "", by: Person) -> None:
    """Put a proposal aside.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: it is not a proposal any more.

    """
    with transaction():
        awarding = hold_awarding(awarding_id, by)
        decisions.discard(awarding, reason=reason.strip())
        record(
            "awards.discarded",
            awarding,
            by=by,
            circle_id=circle_of(awarding.round),
            after={"reason": reason.strip()},
        )


def open_ties(awarding: Awarding) -> list[Award]:
    """The ties at an edge that nobody has decided."""
    if awarding.ties is not TieChoice.DECIDE:
        return []
    return [a for a in awarding.awards if a.ground == AwardGround.TIED and not a.reason]


def _judged(standings: Sequence[Standing]) -> list[rule.Judged[uuid.UUID]]:
    return [
        rule.Judged(
            standing.entry_id,
            standing.group_id,
            standing.rank,
            None if standing.total is None else Decimal(standing.total),
            is_vetoed=standing.is_vetoed,
            is_gone=standing.entry.state is not EntryState.APPROVED,
        )
        for standing in standings
    ]


def _levels(levels: Sequence[AwardLevel]) -> list[rule.Level[uuid.UUID]]:
    return [
        rule.Level(
            level.id,
            level.places,
            None if level.total_min is None else Decimal(level.total_min),
            level.group_id,
        )
        for level in levels
    ]


def _awards(
    given: Sequence[rule.Given[uuid.UUID, uuid.UUID]], standings: Sequence[Standing]
) -> list[Award]:
    by_entry = {standing.entry_id: standing for standing in standings}
    return [
        Award(
            entry_id=one.entry_id,
            position=position,
            rank=by_entry[one.entry_id].rank,
            total=by_entry[one.entry_id].total,
            ground=one.ground.value,
            level_id=one.level_id,
            proposed_level_id=one.level_id,
        )
        for position, one in enumerate(given, 1)
    ]


def hold_managed(round_id: uuid.UUID, by: Person) -> Round:
    """A round, its row held, for whoever runs the competition.

    Raises:
        ForbiddenError: ``by`` does not.

    """
    round_ = competitions.get_round(round_id, lock=True)
    if not can_manage_round(by, round_):
        raise ForbiddenError
    return round_


def hold_awarding(awarding_id: uuid.UUID, by: Person) -> Awarding:
    """A list of awards, its row and that of its round held.

    Raises:
        ForbiddenError: ``by`` does not run the competition.

    """
    hold_managed(awards_.get_awarding(awarding_id).round_id, by)
    return awards_.get_awarding(awarding_id, lock=True)


def circle_of(round_: Round) -> uuid.UUID:
    """The circle that runs the competition."""
    return round_.competition.event.circle_id
