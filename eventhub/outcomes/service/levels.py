"""The awards that a round has to give."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, or_, update

from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.db import db, transaction
from eventhub.i18n import _
from eventhub.outcomes.errors import LevelInvalidError, LevelsLockedError
from eventhub.outcomes.models import Award, AwardLevel
from eventhub.outcomes.queries import awards as awards_
from eventhub.outcomes.service.course import hold_round

LEVELS_MAX = 60


@dataclass(frozen=True)
class LevelDraft:
    """An award as an organiser sets it; highest first in a list of them."""

    name: str
    places: int | None = None
    total_min: Decimal | None = None
    group_id: uuid.UUID | None = None


def save_levels(round_id: uuid.UUID, *, drafts: Sequence[LevelDraft], by: Person) -> None:
    """Set a round's awards, highest first.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        LevelsLockedError: a list of awards stands.
        LevelInvalidError: one is incomplete, or stands twice; says which.

    """
    with transaction():
        round_ = hold_round(round_id, by)
        if awards_.find_awarding(round_id) is not None:
            raise LevelsLockedError
        _check(drafts, {group.id for group in round_.competition.groups})
        known = {(level.group_id, level.name): level for level in awards_.list_levels(round_id)}
        before = [_level_facts(level) for level in known.values()]
        for position, draft in enumerate(drafts, 1):
            level = known.pop((draft.group_id, draft.name), None)
            if level is None:
                level = AwardLevel(round_id=round_id, group_id=draft.group_id, name=draft.name)
                db.session.add(level)
            level.position, level.places = position, draft.places
            level.total_min = None if draft.total_min is None else f"{draft.total_min:f}"
        for level in known.values():
            _retire(level)
        db.session.flush()
        after = [_level_facts(level) for level in awards_.list_levels(round_id)]
        if after != before:
            record(
                "awards.levels_set",
                round_,
                by=by,
                circle_id=round_.competition.event.circle_id,
                before={"levels": before},
                after={"levels": after},
            )


def _check(drafts: Sequence[LevelDraft], groups: set[uuid.UUID]) -> None:
    if len(drafts) > LEVELS_MAX:
        raise LevelInvalidError(_("奖级太多，最多 %(max)s 行。", max=LEVELS_MAX))
    seen: set[tuple[uuid.UUID | None, str]] = set()
    for draft in drafts:
        if (draft.places is None) == (draft.total_min is None):
            raise LevelInvalidError(
                _("“%(name)s”请填写名额或最低总分，二者只填一项。", name=draft.name)
            )
        if draft.group_id is not None and draft.group_id not in groups:
            raise LevelInvalidError(_("“%(name)s”的组别不在这项赛事中。", name=draft.name))
        if (draft.group_id, draft.name) in seen:
            raise LevelInvalidError(_("“%(name)s”写了两次。", name=draft.name))
        seen.add((draft.group_id, draft.name))


def _retire(level: AwardLevel) -> None:
    """Delete a level; lists that were put aside forget it."""
    db.session.flush()
    db.session.execute(
        update(Award)
        .where(or_(Award.level_id == level.id, Award.proposed_level_id == level.id))
        .values(
            level_id=func.nullif(Award.level_id, level.id),
            proposed_level_id=func.nullif(Award.proposed_level_id, level.id),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.delete(level)


def _level_facts(level: AwardLevel) -> list[object]:
    group = level.group.name if level.group else ""
    return [level.name, group, level.places, level.total_min]
