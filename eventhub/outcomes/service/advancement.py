"""Who goes up: proposed from the standings, by hand where it must be, with what follows from it."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import delete

from eventhub.accounts.models import Person
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import PassageKind, RoundKind, RoundState
from eventhub.competitions.models import Passage
from eventhub.db import db, transaction
from eventhub.domain import advancement as rule
from eventhub.domain.advancement import Candidate, Ground, Limits, Quota
from eventhub.domain.cut import TieChoice
from eventhub.entries.enums import EntryState, ParticipationWay
from eventhub.entries.models import Participation
from eventhub.judging.models import Standing
from eventhub.outcomes.errors import (
    BestFirstError,
    NextRoundBegunError,
    NotRankedError,
    OtherListRestsError,
)
from eventhub.outcomes.models import Advancement, AdvancementLine
from eventhub.outcomes.queries import advancements as reads
from eventhub.outcomes.service import course, decisions, letters
from eventhub.outcomes.service.course import Course
from eventhub.roadshows import queries as roadshows
from eventhub.roadshows.enums import RoadshowState

_CLOSED_GROUNDS = frozenset({Ground.ALREADY_UP, Ground.WITHDRAWN})


def propose_advancement(
    passage_id: uuid.UUID, *, ties: TieChoice = TieChoice.DECIDE, by: Person
) -> Advancement:
    """Draw the line under the standings of the passage's round.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundNotClosedError: marks may still change.
        BestFirstError: a revival before it is confirmed who went up.
        NextRoundBegunError: the round that it leads to has begun.
        AlreadyProposedError: a list stands already.

    """

    def draw() -> Advancement:
        passage = reads.get_passage(passage_id)
        course.hold_round(passage.from_round_id, by)
        standings = decisions.standings_of(passage.from_round)
        if passage.to_round.state is not RoundState.DRAFT:
            raise NextRoundBegunError
        told = rule.propose(_candidates(passage, standings), limits_of(passage), ties=ties)
        return Advancement(passage=passage, lines=_lines(told, standings))

    return course.propose(ADVANCEMENT, draw, ties=ties, by=by)


def adjust_line(line_id: uuid.UUID, *, is_in: bool, reason: str, by: Person) -> AdvancementLine:
    """Put one entry in or out by hand; see ``course.adjust``.

    Raises:
        NotFoundError: no such line.
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: the list is not a proposal any more.
        NotRankedError: the entry takes part no more, or went up another way.
        AdjustReasonError: no reason.

    """
    with transaction():
        advancement, line = course.hold_line(ADVANCEMENT, AdvancementLine, line_id, by)
        if is_in and line.ground in _CLOSED_GROUNDS:
            raise NotRankedError
        before = _facts(line)
        course.adjust(line, departs=is_in != line.is_proposed, reason=reason, by=by)
        line.is_in = is_in
        course.note(ADVANCEMENT, advancement, "adjusted", by=by, before=before, after=_facts(line))
    return line


def _facts(line: AdvancementLine) -> dict[str, Any]:
    return {"entry": line.entry.code, "is_in": line.is_in, "reason": line.reason}


def _put_in_force(advancement: Advancement) -> dict[str, Any]:
    """Those on the list take part in the round that it leads to, and their captains hear of it.

    Raises:
        NextRoundBegunError: that round has begun.

    """
    passage = advancement.passage
    if competitions.get_round(passage.to_round_id, lock=True).state is not RoundState.DRAFT:
        raise NextRoundBegunError
    chosen = [line for line in advancement.lines if line.is_in]
    up = reads.entries_up([passage.to_round_id])
    for line in chosen:
        if line.entry_id not in up:
            db.session.add(_participation(passage, line))
        letters.tell_advanced(advancement, line.entry)
    return {"codes": [line.entry.code for line in chosen]}


def _check_free(advancement: Advancement) -> None:
    """Refuse once the next round has begun or its order is announced, or a revival rests on it."""
    passage = advancement.passage
    next_round = competitions.get_round(passage.to_round_id, lock=True)
    roadshow = roadshows.find_roadshow(next_round.id)
    arranged = roadshow is not None and roadshow.state is not RoadshowState.SETUP
    if next_round.state is not RoundState.DRAFT or arranged:
        raise NextRoundBegunError
    if passage.kind is PassageKind.BEST:
        for sister in reads.list_passages(passage.from_round_id):
            if sister.id != passage.id and reads.find_advancement(sister.id) is not None:
                raise OtherListRestsError


def _take_back(advancement: Advancement) -> None:
    """Nobody takes part by the list any more, and their captains hear of it."""
    passage = advancement.passage
    chosen = [line for line in advancement.lines if line.is_in]
    db.session.execute(
        delete(Participation).where(
            Participation.round_id == passage.to_round_id,
            Participation.from_round_id == passage.from_round_id,
            Participation.entry_id.in_([line.entry_id for line in chosen]),
        )
    )
    for line in chosen:
        letters.tell_recalled(advancement, line.entry)


ADVANCEMENT = Course(Advancement, "advancement", _put_in_force, _check_free, _take_back)


def limits_of(passage: Passage) -> Limits:
    """What bounds a passage."""
    return Limits(
        places=passage.places,
        school_max=passage.school_max,
        quotas=tuple(
            Quota(quota.places, quota.track_name, quota.group_id, quota.category)
            for quota in passage.quotas
        ),
    )


def excess_of(advancement: Advancement) -> list[tuple[Ground, int | None, str, int]]:
    """By how many the list goes past its limits: ground, quota's place, school, how many."""
    entries = reads.list_chosen(advancement.id)
    chosen = [
        Candidate(
            entry.id,
            entry.group_id,
            None,
            None,
            entry.group.track_name,
            entry.category,
            entry.university_id,
        )
        for entry in entries
    ]
    names: dict[Hashable, str] = {
        entry.university_id: entry.university.name for entry in entries if entry.university
    }
    return [
        (ground, quota, names.get(school, ""), count)
        for ground, quota, school, count in rule.excess(chosen, limits_of(advancement.passage))
    ]


def _candidates(passage: Passage, standings: Sequence[Standing]) -> list[Candidate[uuid.UUID]]:
    up = reads.entries_up(_rounds_ahead(passage))
    return [
        Candidate(
            standing.entry_id,
            standing.group_id,
            standing.rank,
            None if standing.total is None else Decimal(standing.total),
            standing.group.track_name,
            standing.entry.category,
            standing.entry.university_id,
            is_vetoed=standing.is_vetoed,
            is_up=standing.entry_id in up,
            is_gone=standing.entry.state is not EntryState.APPROVED,
        )
        for standing in standings
    ]


def _rounds_ahead(passage: Passage) -> list[uuid.UUID]:
    """The rounds whose participants are up already: where any way on from this round leads.

    Raises:
        BestFirstError: a revival whose sister list is not in force.

    """
    sisters = reads.list_passages(passage.from_round_id)
    if passage.kind is PassageKind.OTHERS:
        for sister in sisters:
            if sister.kind is PassageKind.BEST:
                held = reads.find_advancement(sister.id)
                if held is None or not held.is_confirmed:
                    raise BestFirstError
    return [each.to_round_id for each in sisters]


def _lines(
    told: Sequence[rule.Line[uuid.UUID]], standings: Sequence[Standing]
) -> list[AdvancementLine]:
    by_entry = {standing.entry_id: standing for standing in standings}
    return [
        AdvancementLine(
            entry_id=line.entry_id,
            position=position,
            rank=by_entry[line.entry_id].rank,
            total=by_entry[line.entry_id].total,
            ground=line.ground.value,
            is_proposed=line.is_in,
            is_in=line.is_in,
        )
        for position, line in enumerate(told, 1)
    ]


def _participation(passage: Passage, line: AdvancementLine) -> Participation:
    by_hand = line.is_in != line.is_proposed
    is_revival = passage.kind is PassageKind.OTHERS or passage.from_round.kind is RoundKind.REVIVAL
    regular = ParticipationWay.REVIVAL if is_revival else ParticipationWay.QUOTA
    return Participation(
        round_id=passage.to_round_id,
        entry_id=line.entry_id,
        from_round_id=passage.from_round_id,
        way=ParticipationWay.HAND if by_hand else regular,
    )
