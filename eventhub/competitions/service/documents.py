"""What a round asks teams to hand in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from eventhub.accounts.models import Person
from eventhub.competitions.enums import RoundState
from eventhub.competitions.errors import (
    RequirementInUseError,
    RoundLockedError,
    TooManyLinesError,
)
from eventhub.competitions.models import REQUIREMENTS_MAX, DocumentRequirement, Round
from eventhub.competitions.service.rounds import get_managed, record
from eventhub.db import db, transaction
from eventhub.i18n import _


@dataclass(frozen=True)
class RequirementDraft:
    """A document as an organiser asks for it; ``key`` is empty for a new one."""

    name: str
    formats: Sequence[str]
    bytes_max: int
    is_required: bool
    key: str = ""
    is_for_judges: bool = True


def save_requirements(
    round_id: uuid.UUID, *, drafts: Sequence[RequirementDraft], by: Person
) -> Round:
    """Set what a round asks for, until its marks are taken.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RoundLockedError: marks are taken or were.
        TooManyLinesError: too many documents.
        RequirementInUseError: one that somebody has handed in would go.

    """
    if len(drafts) > REQUIREMENTS_MAX:
        raise TooManyLinesError(_("材料最多 %(limit)s 项。", limit=REQUIREMENTS_MAX))
    with transaction():
        round_ = get_managed(round_id, by)
        if round_.state is not RoundState.DRAFT:
            raise RoundLockedError
        before = _facts_of(round_)
        try:
            with db.session.begin_nested():
                _put(round_, drafts)
        except IntegrityError:
            raise RequirementInUseError from None
        after = _facts_of(round_)
        if after != before:
            record("documents_changed", round_, by, before=before, after=after)
    return round_


def _put(round_: Round, drafts: Sequence[RequirementDraft]) -> None:
    present = {line.key: line for line in round_.requirements}
    numbers = [int(key[4:]) for key in present if key.startswith("own_") and key[4:].isdigit()]
    number = max(numbers, default=0)
    for position, draft in enumerate(drafts):
        line = present.pop(draft.key, None)
        if line is None:
            number += 1
            line = DocumentRequirement(key=f"own_{number}")
            round_.requirements.append(line)
        line.name, line.position = draft.name, position
        line.formats, line.bytes_max = list(draft.formats), draft.bytes_max
        line.is_required, line.is_for_judges = draft.is_required, draft.is_for_judges
    for line in present.values():
        round_.requirements.remove(line)
    round_.requirements.sort(key=lambda line: line.position)


def _facts_of(round_: Round) -> dict[str, Any]:
    return {
        "documents": [
            [
                line.key,
                line.name,
                list(line.formats),
                line.bytes_max,
                line.is_required,
                line.is_for_judges,
            ]
            for line in round_.requirements
        ]
    }
