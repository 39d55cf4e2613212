"""Taking back what two people have confirmed: one asks with a reason, another agrees."""

from __future__ import annotations

import uuid

from sqlalchemy import delete

from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions.enums import PassageKind, RoundState
from eventhub.db import db, transaction
from eventhub.entries.models import Participation
from eventhub.outcomes.errors import (
    AwardingInForceError,
    NextRoundBegunError,
    OtherListRestsError,
)
from eventhub.outcomes.models import Advancement, Awarding
from eventhub.outcomes.queries import lists
from eventhub.outcomes.service import decisions, letters
from eventhub.outcomes.service.advancement import circle_of, hold_advancement, hold_round
from eventhub.outcomes.service.awards import hold_awarding
from eventhub.roadshows import queries as roadshows
from eventhub.roadshows.enums import RoadshowState


def ask_recall_advancement(advancement_id: uuid.UUID, *, reason: str, by: Person) -> None:
    """Ask for a list in force to be taken back; a second person agrees.

    Raises:
        ForbiddenError, DecisionStateError, ReasonMissingError: see ``decisions.ask_recall``.
        NextRoundBegunError, OtherListRestsError: see ``recall_advancement``.

    """
    with transaction():
        advancement = hold_advancement(advancement_id, by)
        decisions.ask_recall(advancement, reason=reason, by=by)
        _check_recallable(advancement)
        record(
            "advancement.recall_asked",
            advancement,
            by=by,
            circle_id=circle_of(advancement.passage),
            after={"reason": reason.strip()},
        )


def drop_recall_advancement(advancement_id: uuid.UUID, *, by: Person) -> None:
    """Leave the list in force after all.

    Raises:
        ForbiddenError, DecisionStateError: see ``decisions.drop_recall``.

    """
    with transaction():
        advancement = hold_advancement(advancement_id, by)
        decisions.drop_recall(advancement)
        record(
            "advancement.recall_dropped",
            advancement,
            by=by,
            circle_id=circle_of(advancement.passage),
        )


def recall_advancement(advancement_id: uuid.UUID, *, by: Person) -> None:
    """Take a list back as a second person: nobody takes part by it any more.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: nobody asked, or it is taken back already.
        SecondPersonRecallError: ``by`` is who asked.
        NextRoundBegunError: the next round has begun, or its order is announced.
        OtherListRestsError: the list of the revival rests on it.

    """
    with transaction():
        advancement = hold_advancement(advancement_id, by)
        passage = advancement.passage
        decisions.agree_recall(advancement, by=by)
        _check_recallable(advancement)
        chosen = [line.entry_id for line in advancement.lines if line.is_in]
        db.session.execute(
            delete(Participation).where(
                Participation.round_id == passage.to_round_id,
                Participation.from_round_id == passage.from_round_id,
                Participation.entry_id.in_(chosen),
            )
        )
        record(
            "advancement.recalled",
            advancement,
            by=by,
            circle_id=circle_of(passage),
            after={"reason": advancement.recall_reason},
        )
        for line in advancement.lines:
            if line.is_in:
                letters.tell_recalled(advancement, line.entry)


def ask_recall_awards(awarding_id: uuid.UUID, *, reason: str, by: Person) -> None:
    """Ask for a list in force to be taken back; a second person agrees.

    Raises:
        ForbiddenError, DecisionStateError, ReasonMissingError: see ``decisions.ask_recall``.
        AwardingInForceError: valid certificates rest on it.

    """
    with transaction():
        awarding = hold_awarding(awarding_id, by)
        decisions.ask_recall(awarding, reason=reason, by=by)
        _check_without_certificates(awarding)
        record(
            "awards.recall_asked",
            awarding,
            by=by,
            circle_id=awarding.round.competition.event.circle_id,
            after={"reason": reason.strip()},
        )


def drop_recall_awards(awarding_id: uuid.UUID, *, by: Person) -> None:
    """Leave the list in force after all.

    Raises:
        ForbiddenError, DecisionStateError: see ``decisions.drop_recall``.

    """
    with transaction():
        awarding = hold_awarding(awarding_id, by)
        decisions.drop_recall(awarding)
        record(
            "awards.recall_dropped",
            awarding,
            by=by,
            circle_id=awarding.round.competition.event.circle_id,
        )


def recall_awards(awarding_id: uuid.UUID, *, by: Person) -> None:
    """Take a list back, as a second person.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        DecisionStateError: nobody asked, or it is taken back already.
        SecondPersonRecallError: ``by`` is who asked.
        AwardingInForceError: valid certificates rest on it.

    """
    with transaction():
        awarding = hold_awarding(awarding_id, by)
        decisions.agree_recall(awarding, by=by)
        _check_without_certificates(awarding)
        record(
            "awards.recalled",
            awarding,
            by=by,
            circle_id=awarding.round.competition.event.circle_id,
            after={"reason": awarding.recall_reason},
        )


def _check_recallable(advancement: Advancement) -> None:
    passage = advancement.passage
    next_round = hold_round(passage.to_round_id)
    roadshow = roadshows.find_roadshow(next_round.id)
    arranged = roadshow is not None and roadshow.state is not RoadshowState.SETUP
    if next_round.state is not RoundState.DRAFT or arranged:
        raise NextRoundBegunError
    if passage.kind is PassageKind.BEST:
        for sister in lists.list_passages(passage.from_round_id):
            if sister.id != passage.id and lists.find_advancement(sister.id) is not None:
                raise OtherListRestsError


def _check_without_certificates(awarding: Awarding) -> None:
    if any(award.certificate is not None for award in awarding.awards):
        raise AwardingInForceError
