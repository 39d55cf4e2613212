"""The course of a round: opened, closed, perhaps reopened, published."""

from __future__ import annotations

import logging
import uuid

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.competitions import queries
from eventhub.competitions.enums import ROUND_TRANSITIONS, CompetitionState, RoundState
from eventhub.competitions.errors import (
    ReasonMissingError,
    RoundNotReadyError,
    RoundStateError,
    RubricEmptyError,
    RubricNotConfirmedError,
    TieOrderError,
)
from eventhub.competitions.models import Round
from eventhub.competitions.service.rounds import check_ties, get_managed, record
from eventhub.db import transaction
from eventhub.i18n import _

log = logging.getLogger(__name__)


def readiness(round_: Round) -> list[RoundNotReadyError]:
    """What still keeps a round from opening, in words; nothing when it may open."""
    found: list[RoundNotReadyError] = []
    for rubric in round_.rubrics:
        names = {"track": rubric.group.track_name, "group": rubric.group.name}
        if rubric.total <= 0:
            found.append(
                RubricEmptyError(
                    _("%(track)s · %(group)s：评分标准还没有评分项，满分为 0。", **names)
                )
            )
        elif rubric.needs_confirmation:
            found.append(
                RubricNotConfirmedError(
                    _(
                        "%(track)s · %(group)s：评分标准不是本届官方标准，须先核对并确认。",
                        **names,
                    )
                )
            )
    if not round_.rubrics:
        found.append(RubricEmptyError())
    try:
        check_ties(round_.tie_order, {line.key for line in queries.common_criteria(round_)})
    except TieOrderError:
        found.append(
            RoundNotReadyError(_("同分规则里的评分项不是每个组都有，请在计分规则中重新选择。"))
        )
    return found


def open_round(round_id: uuid.UUID, *, by: Person) -> Round:
    """Begin to take marks; rubrics and rules are locked from here on. Again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RubricNotConfirmedError, RubricEmptyError, RoundNotReadyError: see ``readiness``.
        RoundStateError: the round is closed or published, or the competition is not announced.

    """
    with transaction():
        round_ = get_managed(round_id, by)
        if round_.state is RoundState.OPEN:
            return round_
        if round_.competition.state in {CompetitionState.DRAFT, CompetitionState.FINISHED}:
            raise RoundStateError(_("赛事还没有发布或已经结束，不能开始评分。"))
        if round_.state is RoundState.DRAFT:
            for obstacle in readiness(round_):
                raise obstacle
        if round_.state is not RoundState.DRAFT:
            raise RoundStateError
        _move(round_, RoundState.OPEN, by)
        round_.opened_at = clock.now()
    return round_


def close_round(round_id: uuid.UUID, *, by: Person, reason: str | None = None) -> Round:
    """Take no more marks. ``reason`` tells why although sheets are missing.

    Only the judging slice knows what is missing; it checks that before it calls.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundStateError: it is not open.

    """
    with transaction():
        round_ = get_managed(round_id, by)
        _move(round_, RoundState.CLOSED, by, reason=reason)
        round_.closed_at = clock.now()
        round_.closed_by_id = by.id
        round_.close_reason = reason
    return round_


def reopen_round(round_id: uuid.UUID, *, by: Person, reason: str) -> Round:
    """Take marks again after a mistake, and say why.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        ReasonMissingError: no reason.
        RoundStateError: it is not closed, or its results are published.

    """
    if not reason.strip():
        raise ReasonMissingError
    with transaction():
        round_ = get_managed(round_id, by)
        if round_.state is not RoundState.CLOSED:
            raise RoundStateError
        _move(round_, RoundState.OPEN, by, reason=reason)
        round_.closed_at = round_.closed_by_id = round_.close_reason = None
    return round_


def publish_round(round_id: uuid.UUID, *, by: Person) -> Round:
    """Let the public see the results. Again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundStateError: it is not closed.

    """
    with transaction():
        round_ = get_managed(round_id, by)
        if round_.state is not RoundState.PUBLISHED:
            _move(round_, RoundState.PUBLISHED, by)
            round_.published_at = clock.now()
    return round_


def _move(round_: Round, to: RoundState, by: Person, **facts: str | None) -> None:
    """The one function that changes a round's state."""
    if to not in ROUND_TRANSITIONS[round_.state]:
        raise RoundStateError
    before, round_.state = round_.state, to
    record(
        to.value,
        round_,
        by,
        before={"state": before.value},
        after={"state": to.value, **{k: v for k, v in facts.items() if v}},
    )
    log.info("round moved", extra={"round_id": str(round_.id), "state": to.value})
