"""The course that every list takes: drawn up, adjusted, confirmed and taken back by two people.

A kind of list has a model of its own and says in a ``Course`` what follows from it; whatever two
people do to it on the way is the same for all and stands here.
"""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from sqlalchemy.exc import IntegrityError

from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competitions
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage_round
from eventhub.db import db, transaction
from eventhub.domain.cut import Outcome, TieChoice
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.outcomes.errors import (
    AdjustReasonError,
    AlreadyProposedError,
    ListChangedError,
    TiesOpenError,
)
from eventhub.outcomes.models import AdvancementLine, Award
from eventhub.outcomes.queries import lists
from eventhub.outcomes.queries.lists import AnyLine, AnyList
from eventhub.outcomes.service import decisions

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Course(Generic[AnyList]):
    """What is one kind of list's own.

    ``area`` is its name in the log. ``put_in_force`` does what a list leads to and tells the log
    what that is; ``check_free`` refuses while something rests on the list; ``take_back`` undoes
    what ``put_in_force`` did.
    """

    kind: type[AnyList]
    area: str
    put_in_force: Callable[[AnyList], dict[str, Any]]
    check_free: Callable[[AnyList], None]
    take_back: Callable[[AnyList], None]


def propose(
    course: Course[AnyList], draw: Callable[[], AnyList], *, ties: TieChoice, by: Person
) -> AnyList:
    """Keep what ``draw`` draws up, for a second person to confirm.

    Raises:
        AlreadyProposedError: a list stands already.
        Whatever ``draw`` refuses.

    """
    try:
        with transaction():
            made = draw()
            made.ties, made.proposed_by_id = ties, by.id
            db.session.add(made)
            db.session.flush()
            count = sum(line.is_in for line in made.lines)
            note(course, made, "proposed", by=by, after={"count": count, "ties": ties.value})
    except IntegrityError as error:
        raise AlreadyProposedError from error
    log.info("list proposed", extra={"kind": course.area, "list_id": str(made.id)})
    return made


def adjust(line: AdvancementLine | Award, *, departs: bool, reason: str, by: Person) -> None:
    """Note on a line who chose it by hand, and why; whoever does cannot confirm the list.

    What the rules say needs no reason, unless it decides a tie.

    Raises:
        AdjustReasonError: no reason.

    """
    needs_reason = departs or line.ground == Outcome.TIED.value
    if needs_reason and not reason.strip():
        raise AdjustReasonError
    line.reason, line.adjusted_by_id = reason.strip() if needs_reason else "", by.id


def confirm(
    course: Course[AnyList], list_id: uuid.UUID, *, seen: str | None = None, by: Person
) -> AnyList:
    """Put a list in force, as a second person.

    ``seen`` is the ``fingerprint`` of what they read; None where nobody reads, as in a script.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: it is not a proposal any more.
        SecondPersonError: ``by`` drew it up or changed it.
        ListChangedError: it was adjusted since it was read.
        TiesOpenError: a tie at an edge is undecided.
        StandingsChangedError: it was drawn from other standings.
        WithdrawnListedError: somebody on it takes part no more.
        Whatever the course refuses.

    """
    with transaction():
        decision = hold(course, list_id, by)
        adjusters = [line.adjusted_by_id for line in decision.lines]
        decisions.confirm(decision, adjusters=adjusters, by=by)
        if seen is not None and seen != fingerprint(decision):
            raise ListChangedError
        if open_ties(decision):
            raise TiesOpenError
        decisions.check_standings(
            decisions.standings_of(decision.round),
            {line.entry_id: (line.rank, line.total) for line in decision.lines},
        )
        decisions.check_present(line.entry for line in decision.lines if line.is_in)
        note(course, decision, "confirmed", by=by, after=course.put_in_force(decision))
    log.info("list confirmed", extra={"kind": course.area, "list_id": str(list_id)})
    return decision


def discard(course: Course[AnyList], list_id: uuid.UUID, *, reason: str = "", by: Person) -> None:
    """Put a proposal aside.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: it is not a proposal any more.

    """
    with transaction():
        decision = hold(course, list_id, by)
        decisions.discard(decision, reason=reason.strip())
        note(course, decision, "discarded", by=by, after={"reason": reason.strip()})


def ask_recall(course: Course[AnyList], list_id: uuid.UUID, *, reason: str, by: Person) -> None:
    """Ask for a list in force to be taken back; a second person agrees.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError, ReasonMissingError: see ``decisions.ask_recall``.
        Whatever ``check_free`` of the course refuses.

    """
    with transaction():
        decision = hold(course, list_id, by)
        decisions.ask_recall(decision, reason=reason, by=by)
        course.check_free(decision)
        note(course, decision, "recall_asked", by=by, after={"reason": reason.strip()})


def drop_recall(course: Course[AnyList], list_id: uuid.UUID, *, by: Person) -> None:
    """Leave the list in force after all.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: nobody asked, or it is taken back.

    """
    with transaction():
        decision = hold(course, list_id, by)
        decisions.drop_recall(decision)
        note(course, decision, "recall_dropped", by=by)


def recall(course: Course[AnyList], list_id: uuid.UUID, *, by: Person) -> None:
    """Take a list back, as a second person.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: nobody asked, or it is taken back already.
        SecondPersonRecallError: ``by`` is who asked.
        Whatever ``check_free`` of the course refuses.

    """
    with transaction():
        decision = hold(course, list_id, by)
        decisions.agree_recall(decision, by=by)
        course.check_free(decision)
        course.take_back(decision)
        note(course, decision, "recalled", by=by, after={"reason": decision.recall_reason})


def open_ties(decision: AnyList) -> list[uuid.UUID]:
    """The entries tied at an edge of which nobody has decided."""
    if decision.ties is not TieChoice.DECIDE:
        return []
    return [
        line.entry_id
        for line in decision.lines
        if line.ground == Outcome.TIED.value and not line.reason
    ]


def fingerprint(decision: AnyList) -> str:
    """What a list says, in brief: another one once a line of it is adjusted."""
    told = [(str(line.entry_id), str(line.choice), line.reason) for line in decision.lines]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def hold(course: Course[AnyList], list_id: uuid.UUID, by: Person) -> AnyList:
    """A list, its row and that of its round held.

    Raises:
        ForbiddenError: ``by`` does not run the competition.

    """
    hold_round(lists.get_head(course.kind, list_id).round.id, by)
    return lists.get_list(course.kind, list_id, lock=True)


def hold_line(
    course: Course[AnyList], kind: type[AnyLine], line_id: uuid.UUID, by: Person
) -> tuple[AnyList, AnyLine]:
    """A proposal and one line of it, held as ``hold`` does.

    Raises:
        NotFoundError: no such line.
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: it is not a proposal any more.

    """
    line = db.session.get(kind, line_id)
    if line is None:
        raise NotFoundError
    decision = hold(course, line.list_id, by)
    decisions.check_proposed(decision)
    return decision, line


def hold_round(round_id: uuid.UUID, by: Person) -> Round:
    """A round, its row held, so that neither its state nor its standings change.

    Raises:
        ForbiddenError: ``by`` does not run the competition.

    """
    round_ = competitions.get_round(round_id, lock=True)
    if not can_manage_round(by, round_):
        raise ForbiddenError
    return round_


def note(
    course: Course[AnyList],
    decision: AnyList,
    deed: str,
    *,
    by: Person,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write a step into the log."""
    record(
        f"{course.area}.{deed}",
        decision,
        by=by,
        circle_id=decision.round.competition.event.circle_id,
        before=before,
        after=after,
    )
