"""Who goes up: proposed from the standings, adjusted, confirmed by a second person."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Hashable, Sequence
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import PassageKind, RoundKind, RoundState
from eventhub.competitions.models import Passage, Round
from eventhub.db import db, transaction
from eventhub.domain import advancement as rule
from eventhub.domain.advancement import Candidate, Ground, Limits, Quota
from eventhub.domain.cut import TieChoice
from eventhub.entries.enums import EntryState, ParticipationWay
from eventhub.entries.models import Participation
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.judging.models import Standing
from eventhub.outcomes.errors import (
    AdjustReasonError,
    AlreadyProposedError,
    BestFirstError,
    NextRoundBegunError,
    NotRankedError,
    TiesOpenError,
)
from eventhub.outcomes.models import Advancement, AdvancementLine
from eventhub.outcomes.permissions import can_decide_passage
from eventhub.outcomes.queries import lists
from eventhub.outcomes.service import decisions, letters

log = logging.getLogger(__name__)

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
    try:
        with transaction():
            passage = _hold(passage_id, by)
            standings = decisions.standings_of(passage.from_round)
            if passage.to_round.state is not RoundState.DRAFT:
                raise NextRoundBegunError
            candidates = _candidates(passage, standings)
            lines = rule.propose(candidates, limits_of(passage), ties=ties)
            made = Advancement(passage_id=passage.id, ties=ties, proposed_by_id=by.id)
            made.lines = _lines(lines, standings)
            db.session.add(made)
            db.session.flush()
            record(
                "advancement.proposed",
                made,
                by=by,
                circle_id=circle_of(passage),
                after={"count": sum(line.is_in for line in lines), "ties": ties.value},
            )
    except IntegrityError as error:
        raise AlreadyProposedError from error
    log.info("advancement proposed", extra={"advancement_id": str(made.id)})
    return made


def adjust_line(line_id: uuid.UUID, *, is_in: bool, reason: str, by: Person) -> AdvancementLine:
    """Put one entry in or out by hand; whoever does cannot confirm the list.

    Going back to what the rules say needs no reason, deciding a tie does.

    Raises:
        NotFoundError: no such line.
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: the list is not a proposal any more.
        NotRankedError: the entry takes part no more, or went up another way.
        AdjustReasonError: no reason.

    """
    with transaction():
        found = db.session.get(AdvancementLine, line_id)
        if found is None:
            raise NotFoundError
        advancement = hold_advancement(found.advancement_id, by)
        line = next(each for each in advancement.lines if each.id == line_id)
        decisions.check_proposed(advancement)
        if is_in and line.ground in _CLOSED_GROUNDS:
            raise NotRankedError
        departs = is_in != line.is_proposed or line.ground == Ground.TIED
        if departs and not reason.strip():
            raise AdjustReasonError
        before = {"is_in": line.is_in, "reason": line.reason}
        line.is_in, line.reason = is_in, reason.strip() if departs else ""
        line.adjusted_by_id = by.id
        record(
            "advancement.adjusted",
            advancement,
            by=by,
            circle_id=circle_of(advancement.passage),
            before={"entry": line.entry.code, **before},
            after={"entry": line.entry.code, "is_in": line.is_in, "reason": line.reason},
        )
    return line


def confirm_advancement(advancement_id: uuid.UUID, *, by: Person) -> Advancement:
    """Put the list in force: those on it take part in the round, and their captains hear of it.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: it is not a proposal any more.
        SecondPersonError: ``by`` drew it up or changed it.
        TiesOpenError: a tie at the edge is undecided.
        StandingsChangedError: it was drawn from other standings.
        WithdrawnListedError: somebody on it takes part no more.
        NextRoundBegunError: the round that it leads to has begun.

    """
    with transaction():
        advancement = hold_advancement(advancement_id, by)
        passage = advancement.passage
        decisions.confirm(
            advancement, adjusters=[line.adjusted_by_id for line in advancement.lines], by=by
        )
        if open_ties(advancement):
            raise TiesOpenError
        chosen = [line for line in advancement.lines if line.is_in]
        decisions.check_standings(
            decisions.standings_of(passage.from_round),
            {line.entry_id: (line.rank, line.total) for line in advancement.lines},
        )
        decisions.check_present(line.entry for line in chosen)
        if hold_round(passage.to_round_id).state is not RoundState.DRAFT:
            raise NextRoundBegunError
        up = lists.entries_up([passage.to_round_id])
        for line in chosen:
            if line.entry_id not in up:
                db.session.add(_participation(passage, line))
        record(
            "advancement.confirmed",
            advancement,
            by=by,
            circle_id=circle_of(passage),
            after={"codes": [line.entry.code for line in chosen]},
        )
        for line in chosen:
            letters.tell_advanced(advancement, line.entry)
    log.info("advancement confirmed", extra={"advancement_id": str(advancement_id)})
    return advancement


def discard_advancement(advancement_id: uuid.UUID, *, reason: str = "", by: Person) -> None:
    """Put a proposal aside.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: it is not a proposal any more.

    """
    with transaction():
        advancement = hold_advancement(advancement_id, by)
        decisions.discard(advancement, reason=reason.strip())
        record(
            "advancement.discarded",
            advancement,
            by=by,
            circle_id=circle_of(advancement.passage),
            after={"reason": reason.strip()},
        )


def open_ties(advancement: Advancement) -> list[AdvancementLine]:
    """The ties at the edge that nobody has decided."""
    if advancement.ties is not TieChoice.DECIDE:
        return []
    return [line for line in advancement.lines if line.ground == Ground.TIED and not line.reason]


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
    entries = lists.list_chosen(advancement.id)
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
    up = lists.entries_up(_rounds_ahead(passage))
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
    sisters = lists.list_passages(passage.from_round_id)
    if passage.kind is PassageKind.OTHERS:
        for sister in sisters:
            if sister.kind is PassageKind.BEST:
                held = lists.find_advancement(sister.id)
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


def _hold(passage_id: uuid.UUID, by: Person) -> Passage:
    """The passage, its round's row held, so that the standings stay."""
    passage = lists.get_passage(passage_id)
    if not can_decide_passage(by, passage):
        raise ForbiddenError
    hold_round(passage.from_round_id)
    return passage


def hold_advancement(advancement_id: uuid.UUID, by: Person) -> Advancement:
    """A list, its row and that of its round held.

    Raises:
        ForbiddenError: ``by`` does not run the competition.

    """
    passage_id = lists.get_advancement(advancement_id).passage_id
    _hold(passage_id, by)
    return lists.get_advancement(advancement_id, lock=True)


def hold_round(round_id: uuid.UUID) -> Round:
    """A round, its row held, so that neither its state nor its standings change."""
    return competitions.get_round(round_id, lock=True)


def circle_of(passage: Passage) -> uuid.UUID:
    """The circle that runs the competition."""
    return passage.from_round.competition.event.circle_id
