"""Moving an entry after the marks are in (合议): two sign, and everyone can see it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.competitions.errors import RoundStateError
from eventhub.competitions.models import Round
from eventhub.db import db, transaction
from eventhub.domain.deliberation import CannotMoveError, move
from eventhub.judging.enums import ActState
from eventhub.judging.errors import (
    ActEndedError,
    CannotMoveEntryError,
    DeliberationOpenError,
    NotYoursToSignError,
    SignedAlreadyError,
)
from eventhub.judging.models import Deliberation, Standing
from eventhub.judging.queries import closing
from eventhub.judging.queries.offices import Office, find_office
from eventhub.judging.queries.results import list_standings


def propose_move(
    round_id: uuid.UUID, entry_id: uuid.UUID, *, rank: int, reason: str, by: Person
) -> Deliberation:
    """Ask that an entry stands at another rank. Chief judge and supervisor sign by asking.

    Raises:
        NotYoursToSignError: ``by`` is neither organiser nor chief judge nor supervisor.
        RoundStateError: the round is not closed, or its results are published.
        CannotMoveEntryError: there is no such rank in its group, or it stands there.
        DeliberationOpenError: another move waits for a signature.

    """
    try:
        with transaction():
            round_ = _hold(round_id)
            office = find_office(round_, by)
            if not (office.is_organiser or office.is_chief or office.is_supervisor):
                raise NotYoursToSignError
            standing, _ranks = _moved(round_id, entry_id, rank)
            asked = Deliberation(
                round_id=round_id,
                entry_id=entry_id,
                rank_from=standing.rank,
                rank_to=rank,
                reason=reason,
                asked_by_id=by.id,
            )
            db.session.add(asked)
            db.session.flush()
            _record("results.move_asked", round_, asked, by)
            if office.is_chief or office.is_supervisor:
                _sign(asked, round_, office, by)
    except IntegrityError as error:
        if "uq_deliberations_open" in str(error):
            raise DeliberationOpenError from error
        raise
    return asked


def sign_move(deliberation_id: uuid.UUID, *, by: Person) -> Deliberation:
    """Agree to a move; with the second signature the ranks are what it says.

    Signatures under the results as they were no longer fit.

    Raises:
        NotYoursToSignError: ``by`` is neither a chief judge nor a supervisor of the round.
        SignedAlreadyError: this line is signed, or ``by`` signed the other.
        ActEndedError: it was decided upon.
        RoundStateError: the round is not closed, or its results are published.

    """
    with transaction():
        round_, asked = _hold_open(deliberation_id)
        _sign(asked, round_, find_office(round_, by), by)
    return asked


def refuse_move(deliberation_id: uuid.UUID, *, reason: str, by: Person) -> Deliberation:
    """Let the ranks stand, and say why.

    Raises:
        NotYoursToSignError: ``by`` has no say.
        ActEndedError: it was decided upon.
        RoundStateError: the round is not closed, or its results are published.

    """
    with transaction():
        round_, asked = _hold_open(deliberation_id)
        office = find_office(round_, by)
        if not (office.is_organiser or office.is_chief or office.is_supervisor):
            raise NotYoursToSignError
        asked.state, asked.ended_at = ActState.REFUSED, clock.now()
        asked.refused_by_id, asked.refusal = by.id, reason
        _record("results.move_refused", round_, asked, by)
    return asked


def _hold(round_id: uuid.UUID) -> Round:
    round_ = competitions.get_round(round_id, lock=True)
    if round_.state is not RoundState.CLOSED:
        raise RoundStateError
    return round_


def _hold_open(deliberation_id: uuid.UUID) -> tuple[Round, Deliberation]:
    round_ = _hold(closing.get_deliberation(deliberation_id).round_id)
    asked = closing.get_deliberation(deliberation_id, lock=True)
    if asked.state is not ActState.OPEN:
        raise ActEndedError
    return round_, asked


def _sign(asked: Deliberation, round_: Round, office: Office, by: Person) -> None:
    now = clock.now()
    if by.id in {asked.chief_id, asked.supervisor_id}:
        raise SignedAlreadyError
    if office.is_supervisor and asked.supervisor_id is None:
        asked.supervisor_id, asked.supervisor_at = by.id, now
    elif office.is_chief and asked.chief_id is None:
        asked.chief_id, asked.chief_at = by.id, now
    elif office.is_supervisor or office.is_chief:
        raise SignedAlreadyError
    else:
        raise NotYoursToSignError
    _record("results.move_signed", round_, asked, by)
    if asked.chief_id is not None and asked.supervisor_id is not None:
        asked.state, asked.ended_at = ActState.DONE, now
        db.session.flush()
        _apply(asked)
        _record("results.moved", round_, asked, by)


def _moved(
    round_id: uuid.UUID, entry_id: uuid.UUID, rank: int
) -> tuple[Standing, list[tuple[Standing, int]]]:
    """The entry's standing, and every standing of its group with the rank that it would get."""
    standings = list_standings(round_id)
    mine = next((each for each in standings if each.entry_id == entry_id), None)
    if mine is None:
        raise CannotMoveEntryError
    group = [each for each in standings if each.group_id == mine.group_id]
    known = [(each.entry_id, each.rank) for each in group if each.rank is not None]
    try:
        ranks = move(known, entry_id=entry_id, to=rank)
    except CannotMoveError as error:
        raise CannotMoveEntryError from error
    return mine, [(each, ranks[each.entry_id]) for each in group if each.rank is not None]


def _apply(asked: Deliberation) -> None:
    standing, ranks = _moved(asked.round_id, asked.entry_id, asked.rank_to)
    told: list[dict[str, Any]] = [*standing.details.get("deliberations", [])]
    assert asked.chief is not None
    assert asked.supervisor is not None
    for each, rank in ranks:
        each.rank = rank
        each.is_tied = sum(1 for _other, found in ranks if found == rank) > 1
    told.append(
        {
            "from": asked.rank_from,
            "to": standing.rank,
            "reason": asked.reason,
            "signed_by": [asked.chief.name, asked.supervisor.name],
        }
    )
    standing.details = {**standing.details, "deliberations": told}


def _record(action: str, round_: Round, asked: Deliberation, by: Person) -> None:
    record(
        action,
        round_,
        by=by,
        circle_id=round_.competition.event.circle_id,
        after={
            "entry": str(asked.entry_id),
            "from": asked.rank_from,
            "to": asked.rank_to,
            "reason": asked.refusal or asked.reason,
        },
    )
