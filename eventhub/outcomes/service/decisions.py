"""What keeps a list honest: two people, standings that stay, and the way back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.competitions.enums import RoundState
from eventhub.competitions.errors import ReasonMissingError
from eventhub.competitions.models import Round
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.i18n import _
from eventhub.judging.models import Standing
from eventhub.judging.queries.results import list_standings
from eventhub.outcomes.enums import ProposalState
from eventhub.outcomes.errors import (
    DecisionStateError,
    RoundNotClosedError,
    SecondPersonError,
    SecondPersonRecallError,
    StandingsChangedError,
    WithdrawnListedError,
)
from eventhub.outcomes.models import Decision

NAMES_SHOWN = 5
SETTLED = frozenset({RoundState.CLOSED, RoundState.PUBLISHED})


def standings_of(round_: Round) -> list[Standing]:
    """The standings of a closed round.

    Raises:
        RoundNotClosedError: marks may still change.

    """
    if round_.state not in SETTLED:
        raise RoundNotClosedError
    return [*list_standings(round_.id)]


def check_proposed(decision: Decision) -> None:
    """Refuse what can be done to a proposal only."""
    if not decision.is_proposed:
        raise DecisionStateError


def check_standings(
    standings: Iterable[Standing], listed: Mapping[uuid.UUID, tuple[int | None, str | None]]
) -> None:
    """Refuse to confirm a list that was drawn from other standings."""
    if {each.entry_id: (each.rank, each.total) for each in standings} != dict(listed):
        raise StandingsChangedError


def check_present(chosen: Iterable[Entry]) -> None:
    """Refuse a list with somebody on it who takes part no more."""
    gone = [entry.name for entry in chosen if entry.state is not EntryState.APPROVED]
    if gone:
        names = "、".join(gone[:NAMES_SHOWN])
        raise WithdrawnListedError(
            _("以下项目已退赛或被退回，请先移出名单：%(names)s。", names=names)
        )


def confirm(decision: Decision, *, adjusters: Iterable[uuid.UUID | None], by: Person) -> None:
    """Put a list in force.

    Raises:
        DecisionStateError: it is not proposed any more.
        SecondPersonError: ``by`` drew it up or changed it.

    """
    check_proposed(decision)
    if by.id in {decision.proposed_by_id, *adjusters}:
        raise SecondPersonError
    decision.state = ProposalState.CONFIRMED
    decision.confirmed_by_id, decision.confirmed_at = by.id, clock.now()


def discard(decision: Decision, *, reason: str) -> None:
    """Put a proposal aside.

    Raises:
        DecisionStateError: it is not proposed any more.

    """
    check_proposed(decision)
    decision.state, decision.discard_reason = ProposalState.DISCARDED, reason


def ask_recall(decision: Decision, *, reason: str, by: Person) -> None:
    """Ask for a list in force to be taken back.

    Raises:
        DecisionStateError: it is not in force, or somebody asked already.
        ReasonMissingError: no reason.

    """
    if not decision.is_confirmed or decision.recall_asked_by_id is not None:
        raise DecisionStateError
    if not reason.strip():
        raise ReasonMissingError
    decision.recall_reason, decision.recall_asked_by_id = reason.strip(), by.id


def drop_recall(decision: Decision) -> None:
    """Leave the list in force after all.

    Raises:
        DecisionStateError: nobody asked, or it is taken back.

    """
    if not decision.is_confirmed or decision.recall_asked_by_id is None:
        raise DecisionStateError
    decision.recall_reason, decision.recall_asked_by_id = "", None


def agree_recall(decision: Decision, *, by: Person) -> None:
    """Take a list back, as a second person.

    Raises:
        DecisionStateError: nobody asked, or it is taken back.
        SecondPersonRecallError: ``by`` is who asked.

    """
    if not decision.is_confirmed or decision.recall_asked_by_id is None:
        raise DecisionStateError
    if decision.recall_asked_by_id == by.id:
        raise SecondPersonRecallError
    decision.state, decision.recalled_by_id = ProposalState.DISCARDED, by.id
