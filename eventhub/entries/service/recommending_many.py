"""A school's word for several entries at once."""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from eventhub.accounts.models import Person
from eventhub.circles.permissions import works_for_school
from eventhub.competitions.models import Competition
from eventhub.competitions.queries import get_competition
from eventhub.db import db, transaction
from eventhub.entries.enums import EntryState
from eventhub.entries.errors import (
    EntryStateError,
    NothingToDecideError,
    SchoolQuotaError,
    TooManyRecommendedError,
)
from eventhub.entries.models import Entry, Recommendation
from eventhub.entries.queries.schools import RECOMMENDED_MAX, Allowance, Allowances, allowances
from eventhub.entries.service.recommendations import (
    note_recommendation,
    queue_for,
    refuse_when_over,
)
from eventhub.errors import ForbiddenError
from eventhub.i18n import _

log = logging.getLogger(__name__)


def recommend_entries(
    competition_id: uuid.UUID,
    *,
    university_id: uuid.UUID,
    entry_ids: Sequence[uuid.UUID],
    by: Person,
) -> int:
    """Speak for entries of a school, each at the end of its group's list; return how many.

    They are ranked in the order given. All of them or none; what is recommended already stays as
    it is, so a double click is safe.

    Raises:
        ForbiddenError: ``by`` does not work for the school.
        NothingToDecideError: none of them is an entry of the school in this competition.
        EntryStateError: one of them is not waiting for review.
        SchoolQuotaError: they are more than places are left, with the numbers.
        TooManyRecommendedError: a list would be too long.
        EntryLockedError: the competition is over.

    """
    with transaction():
        if not works_for_school(by, university_id):
            raise ForbiddenError
        competition = get_competition(competition_id)
        refuse_when_over(competition)
        found = _lock(competition_id, university_id, entry_ids)
        if not found:
            raise NothingToDecideError
        queue_for(university_id)
        new = _without_word(found)
        for entry in new:
            if entry.state is not EntryState.SUBMITTED:
                raise EntryStateError(
                    _("“%(name)s”现在不能推荐，请刷新页面查看最新状态。", name=entry.name)
                )
        allowed = allowances(competition_id, university_id, competition.groups)
        _check_room(competition, new, allowed)
        for entry, rank in _ranks(new, allowed):
            db.session.add(
                Recommendation(
                    entry_id=entry.id,
                    competition_id=competition_id,
                    university_id=university_id,
                    group_id=entry.group_id,
                    rank=rank,
                    recommended_by_id=by.id,
                )
            )
            note_recommendation("entry.recommended", entry, by, rank=rank)
    log.info("entries recommended", extra={"competition_id": str(competition_id)})
    return len(new)


def _lock(
    competition_id: uuid.UUID, university_id: uuid.UUID, ids: Sequence[uuid.UUID]
) -> list[Entry]:
    """The school's among these entries in the order given, locked in one order."""
    query = (
        select(Entry)
        .where(
            Entry.competition_id == competition_id,
            Entry.university_id == university_id,
            Entry.id.in_(ids),
        )
        .order_by(Entry.id)
        .with_for_update(of=Entry)
        .execution_options(populate_existing=True)
    )
    places = {entry_id: at for at, entry_id in enumerate(ids)}
    return sorted(db.session.scalars(query), key=lambda entry: places[entry.id])


def _without_word(entries: Sequence[Entry]) -> list[Entry]:
    query = select(Recommendation.entry_id).where(
        Recommendation.entry_id.in_([entry.id for entry in entries])
    )
    known = {*db.session.scalars(query)}
    return [entry for entry in entries if entry.id not in known]


def _check_room(competition: Competition, new: Sequence[Entry], allowed: Allowances) -> None:
    counts = Counter(entry.group_id for entry in new)
    for group in competition.groups:
        own = allowed.by_group[group.id]
        if _lacks(own, counts[group.id]):
            raise SchoolQuotaError(
                _(
                    "本校在“%(group)s”还可推荐 %(left)s 个，选了 %(count)s 个。没有推荐任何项目，"
                    "请减少几个再试。",
                    group=group.name,
                    left=own.left,
                    count=counts[group.id],
                )
            )
        if own.used + counts[group.id] > RECOMMENDED_MAX:
            raise TooManyRecommendedError
    if _lacks(allowed.overall, len(new)):
        raise SchoolQuotaError(
            _(
                "本校在本赛事还可推荐 %(left)s 个，选了 %(count)s 个。没有推荐任何项目，"
                "请减少几个再试。",
                left=allowed.overall.left,
                count=len(new),
            )
        )


def _lacks(allowance: Allowance, count: int) -> bool:
    return allowance.left is not None and count > allowance.left


def _ranks(new: Sequence[Entry], allowed: Allowances) -> list[tuple[Entry, int]]:
    """Each entry with its place behind those that are there."""
    taken = {group_id: own.used for group_id, own in allowed.by_group.items()}
    ranked = []
    for entry in new:
        taken[entry.group_id] += 1
        ranked.append((entry, taken[entry.group_id]))
    return ranked
