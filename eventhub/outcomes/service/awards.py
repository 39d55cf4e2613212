"""Who gets which award: proposed from the standings, by hand where it must be."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from eventhub.accounts.models import Person
from eventhub.db import transaction
from eventhub.domain import awards as rule
from eventhub.domain.awards import AwardGround
from eventhub.domain.cut import TieChoice
from eventhub.entries.enums import EntryState
from eventhub.errors import NotFoundError
from eventhub.judging.models import Standing
from eventhub.outcomes.errors import AwardingInForceError, LevelsMissingError, NotRankedError
from eventhub.outcomes.models import Award, Awarding, AwardLevel
from eventhub.outcomes.queries import awards as reads
from eventhub.outcomes.service import course, decisions
from eventhub.outcomes.service.course import Course


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

    def draw() -> Awarding:
        round_ = course.hold_round(round_id, by)
        standings = decisions.standings_of(round_)
        levels = reads.list_levels(round_id)
        if not levels:
            raise LevelsMissingError
        given = rule.propose(_judged(standings), _levels(levels), ties=ties)
        return Awarding(round=round_, lines=_lines(given, standings))

    return course.propose(AWARDS, draw, ties=ties, by=by)


def adjust_award(
    award_id: uuid.UUID, *, level_id: uuid.UUID | None, reason: str, by: Person
) -> Award:
    """Give one entry another award, or none; see ``course.adjust``.

    Raises:
        NotFoundError: no such line, or no such level in this round.
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: the list is not a proposal any more.
        NotRankedError: the entry takes part no more.
        AdjustReasonError: no reason, where it departs from the rules or decides a tie.

    """
    with transaction():
        awarding, award = course.hold_line(AWARDS, Award, award_id, by)
        names = {level.id: level.name for level in reads.list_levels(awarding.round_id)}
        if level_id is not None and level_id not in names:
            raise NotFoundError
        if level_id is not None and award.ground == AwardGround.WITHDRAWN:
            raise NotRankedError
        before = _facts(award, names)
        course.adjust(award, departs=level_id != award.proposed_level_id, reason=reason, by=by)
        award.level_id = level_id
        course.note(AWARDS, awarding, "adjusted", by=by, before=before, after=_facts(award, names))
    return award


def _facts(award: Award, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    given = names[award.level_id] if award.level_id else ""
    return {"entry": award.entry.code, "award": given, "reason": award.reason}


def _put_in_force(awarding: Awarding) -> dict[str, Any]:
    """Nothing but the list itself: certificates are issued by a step of their own."""
    return {award.entry.code: award.level.name for award in awarding.lines if award.level}


def _check_free(awarding: Awarding) -> None:
    """Refuse while valid certificates rest on it."""
    if any(award.certificate is not None for award in awarding.lines):
        raise AwardingInForceError


def _take_back(_awarding: Awarding) -> None:
    """Nothing was done that has to be undone."""


AWARDS = Course(Awarding, "awards", _put_in_force, _check_free, _take_back)


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


def _lines(
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
