"""Which rounds a competition has, in which order, and how they hang together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from eventhub.accounts.models import Person
from eventhub.competitions import queries
from eventhub.competitions.enums import (
    CompetitionState,
    PassageKind,
    RoundKind,
    RoundMode,
    RoundState,
)
from eventhub.competitions.errors import (
    CompetitionFinishedError,
    RoundInUseError,
    RoundOrderError,
    RoundStateError,
    TooManyRoundsError,
)
from eventhub.competitions.models import (
    ROUNDS_MAX,
    Competition,
    Criterion,
    DocumentRequirement,
    Gate,
    Passage,
    Round,
    Rubric,
)
from eventhub.competitions.permissions import can_manage
from eventhub.competitions.service.passages import find
from eventhub.competitions.service.rounds import record
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError

BEST, OTHERS = PassageKind.BEST, PassageKind.OTHERS


def add_round(
    competition_id: uuid.UUID,
    *,
    name: str,
    mode: RoundMode,
    by: Person,
    kind: RoundKind = RoundKind.REGULAR,
    position: int | None = None,
) -> Round:
    """Add a round, last or at ``position``, with a copy of the rules of the one before it.

    It takes its place in the course: the round before it leads into it, and it leads to where
    that one led. A copied rubric has to be confirmed anew.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError: it is over.
        RoundOrderError: before a round that has begun, or a revival at the very start.
        TooManyRoundsError: there are enough.

    """
    with transaction():
        competition, rounds = _get_managed(competition_id, by)
        if len(rounds) >= ROUNDS_MAX:
            raise TooManyRoundsError
        place = len(rounds) + 1 if position is None else position
        if not first_place(competition, rounds) <= place <= len(rounds) + 1:
            raise RoundOrderError
        if kind is RoundKind.REVIVAL and place == 1:
            raise RoundOrderError
        model = rounds[max(place - 2, 0)]
        added = _copy_round(model, name=name, mode=mode, kind=kind)
        db.session.add(added)
        _set_order([*rounds[: place - 1], added, *rounds[place - 1 :]])
        _put_in(added, rounds[: place - 1], rounds[place - 1 :])
        db.session.flush()
        after = {"name": name, "mode": mode.value, "kind": kind.value, "position": place}
        record("added", added, by, after=after)
    return added


def first_place(competition: Competition, rounds: Sequence[Round]) -> int:
    """The first position that a round which has not begun may take.

    Nothing comes before what has begun. The first round of an announced competition stays
    first: teams hand in what it asks for.
    """
    begun = [each.position for each in rounds if each.state is not RoundState.DRAFT]
    fixed = 0 if competition.state is CompetitionState.DRAFT else 1
    return max(begun, default=fixed) + 1


def _put_in(added: Round, before: Sequence[Round], after: Sequence[Round]) -> None:
    """Let the ways on lead through a round that was added."""
    regular = [each for each in before if each.kind is RoundKind.REGULAR]
    next_one = next((each for each in after if each.kind is RoundKind.REGULAR), None)
    previous = regular[-1] if regular else None
    way = find(previous, BEST) if previous else None
    onward = way.to_round if way else next_one
    if added.kind is RoundKind.REVIVAL:
        if previous and find(previous, OTHERS) is None:
            previous.passages.append(Passage(kind=OTHERS, to_round=added))
    elif way:
        way.to_round = added
    elif previous:
        previous.passages.append(Passage(kind=BEST, to_round=added))
    if added.kind is RoundKind.REGULAR:
        for each in before:
            if each.kind is RoundKind.REVIVAL and find(each, BEST) is None:
                each.passages.append(Passage(kind=BEST, to_round=added))
    if onward is not None and onward.position > added.position:
        added.passages.append(Passage(kind=BEST, to_round=onward))


def remove_round(round_id: uuid.UUID, *, by: Person) -> None:
    """Take away a round while nothing hangs on it; one always stays.

    Whoever led into it then leads to where it led.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundStateError: it has begun, is the only one, or the first of an announced competition.
        RoundInUseError: a roadshow, judges, documents or a list of those who go up hang on it.

    """
    with transaction():
        competition, rounds = _get_managed(queries.get_round(round_id).competition_id, by)
        round_ = next(each for each in rounds if each.id == round_id)
        if round_.state is not RoundState.DRAFT or len(rounds) == 1:
            raise RoundStateError
        if round_.position < first_place(competition, rounds):
            raise RoundStateError
        record("removed", round_, by, before={"name": round_.name, "position": round_.position})
        left = [each for each in rounds if each is not round_]
        try:
            with db.session.begin_nested():
                _lead_past(round_, left)
                db.session.flush()
                db.session.delete(round_)
                db.session.flush()
                db.session.expire(competition, ["rounds"])
        except IntegrityError:
            raise RoundInUseError from None
        _set_order(left)


def _lead_past(round_: Round, others: Sequence[Round]) -> None:
    onward = find(round_, BEST)
    for each in others:
        for way in [way for way in each.passages if way.to_round is round_]:
            if way.kind is BEST and onward is not None:
                way.to_round = onward.to_round
            else:
                each.passages.remove(way)


def move_round(round_id: uuid.UUID, *, up: bool, by: Person) -> Round:
    """Let a round change places with the one before it or after it.

    Two regular rounds of which one leads into the other change places in the course as well.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundOrderError: one of the two stays where it is, or a way on would lead backwards.

    """
    with transaction():
        competition, rounds = _get_managed(queries.get_round(round_id).competition_id, by)
        at = next(i for i, each in enumerate(rounds) if each.id == round_id)
        pair = (at - 1, at) if up else (at, at + 1)
        least = first_place(competition, rounds)
        if pair[0] < 0 or pair[1] >= len(rounds) or rounds[pair[0]].position < least:
            raise RoundOrderError
        earlier, later = rounds[pair[0]], rounds[pair[1]]
        _swap_ways(earlier, later, rounds)
        order = list(rounds)
        order[pair[0]], order[pair[1]] = later, earlier
        _set_order(order)
        for each in order:
            if any(way.to_round.position <= each.position for way in each.passages):
                raise RoundOrderError
        if order[0].kind is RoundKind.REVIVAL:
            raise RoundOrderError
        moved = rounds[at]
        record("moved", moved, by, after={"name": moved.name, "position": moved.position})
    return moved


def _swap_ways(earlier: Round, later: Round, rounds: Sequence[Round]) -> None:
    """A → B → C becomes B → A → C, where both are regular rounds of one line."""
    way = find(earlier, BEST)
    if way is None or way.to_round is not later or RoundKind.REVIVAL in {earlier.kind, later.kind}:
        return
    for each in rounds:
        for incoming in each.passages:
            if incoming.to_round is earlier:
                incoming.to_round = later
    onward = find(later, BEST)
    if onward is None:
        earlier.passages.remove(way)
        later.passages.append(Passage(kind=BEST, to_round=earlier))
    else:
        way.to_round, onward.to_round = onward.to_round, earlier


def _get_managed(competition_id: uuid.UUID, by: Person) -> tuple[Competition, list[Round]]:
    """The competition, its row held, and its rounds with all that belongs to them."""
    competition = queries.get_competition(competition_id, lock=True)
    if not can_manage(by, competition):
        raise ForbiddenError
    if competition.state is CompetitionState.FINISHED:
        raise CompetitionFinishedError
    return competition, list(queries.load_rubrics(competition, fresh=True))


def _set_order(rounds: Sequence[Round]) -> None:
    """Number the rounds anew: first out of the way, since no two may share a number."""
    for position, round_ in enumerate(rounds, 1):
        if round_.position != position:
            round_.position = -position
    db.session.flush()
    for position, round_ in enumerate(rounds, 1):
        round_.position = position
    db.session.flush()
    db.session.expire(rounds[0].competition, ["rounds"])


def _copy_round(model: Round, *, name: str, mode: RoundMode, kind: RoundKind) -> Round:
    return Round(
        competition=model.competition,
        position=0,
        name=name,
        mode=mode,
        kind=kind,
        is_blind=model.is_blind,
        score_rule=model.score_rule,
        drop_count=model.drop_count,
        decimals=model.decimals,
        sheets_min=model.sheets_min,
        tie_order=list(model.tie_order),
        pitch_seconds=model.pitch_seconds,
        qa_seconds=model.qa_seconds,
        scoring_seconds=model.scoring_seconds,
        rubrics=[_copy_rubric(rubric) for rubric in model.rubrics],
        requirements=[_copy_requirement(line) for line in model.requirements],
    )


def _copy_rubric(rubric: Rubric) -> Rubric:
    return Rubric(
        group=rubric.group,
        status=rubric.status,
        source=rubric.source,
        note=rubric.note,
        criteria=[
            Criterion(
                key=line.key,
                name=line.name,
                points_max=line.points_max,
                points_to_judge=list(line.points_to_judge),
                position=line.position,
            )
            for line in rubric.criteria
        ],
        gates=[
            Gate(key=gate.key, name=gate.name, rule=gate.rule, position=gate.position)
            for gate in rubric.gates
        ],
    )


def _copy_requirement(line: DocumentRequirement) -> DocumentRequirement:
    return DocumentRequirement(
        key=line.key,
        name=line.name,
        kind=line.kind,
        formats=list(line.formats),
        bytes_max=line.bytes_max,
        files_max=line.files_max,
        naming=line.naming,
        is_required=line.is_required,
        is_for_judges=line.is_for_judges,
        is_personal=line.is_personal,
        position=line.position,
    )
