"""How long a team has on stage: the one part of a round that the roadshow sets."""

from __future__ import annotations

import uuid

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions import queries
from eventhub.competitions.enums import RoundState
from eventhub.competitions.errors import RoundStateError
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage_round
from eventhub.db import transaction
from eventhub.errors import ForbiddenError


def set_stage_times(
    round_id: uuid.UUID, *, pitch_seconds: int, qa_seconds: int, scoring_seconds: int, by: Person
) -> Round:
    """Set the seconds of pitch, questions and scoring, also while marks are taken.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundStateError: the round is closed.

    """
    wanted = {
        "pitch_seconds": pitch_seconds,
        "qa_seconds": qa_seconds,
        "scoring_seconds": scoring_seconds,
    }
    with transaction():
        round_ = queries.get_round(round_id, lock=True)
        if not can_manage_round(by, round_):
            raise ForbiddenError
        if round_.state not in {RoundState.DRAFT, RoundState.OPEN}:
            raise RoundStateError
        before = {k: getattr(round_, k) for k in wanted if getattr(round_, k) != wanted[k]}
        for name in before:
            setattr(round_, name, wanted[name])
        if before:
            audit.record(
                "round.changed",
                round_,
                by=by,
                circle_id=round_.competition.event.circle_id,
                before=before,
                after={name: wanted[name] for name in before},
            )
    return round_
