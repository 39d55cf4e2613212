"""A school's word for its entries: which, in what order, and how many."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.circles.models import University
from eventhub.circles.permissions import works_for_school
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition, Group
from eventhub.competitions.queries import get_competition
from eventhub.db import db, transaction
from eventhub.entries import queries
from eventhub.entries.enums import EntryState
from eventhub.entries.errors import (
    DecidedError,
    EntryLockedError,
    EntryStateError,
    RankingChangedError,
    SchoolQuotaError,
    TextTooLongError,
    TooManyRecommendedError,
)
from eventhub.entries.models import REASON_MAX, Entry, Recommendation
from eventhub.entries.permissions import can_recommend
from eventhub.entries.queries.schools import (
    RECOMMENDED_MAX,
    Allowance,
    allowances,
    list_recommended,
)
from eventhub.errors import ForbiddenError
from eventhub.i18n import _

log = logging.getLogger(__name__)


def recommend_entry(entry_id: uuid.UUID, *, opinion: str = "", by: Person) -> Recommendation:
    """Speak for an entry; it goes to the end of the school's list of its group.

    Recommending again keeps the rank and takes the new opinion, so a double click is safe.

    Raises:
        ForbiddenError: ``by`` does not work for the entry's school.
        EntryStateError: it is not waiting for review.
        DecidedError: the organiser has approved it, and the opinion would change.
        SchoolQuotaError: no place is left, with the numbers.
        TooManyRecommendedError: the list is full.
        TextTooLongError: the opinion exceeds its limit.
        EntryLockedError: the competition is over.

    """
    opinion = _short(opinion.strip())
    with transaction():
        entry = _hold(entry_id, by)
        known = entry.recommendation
        if known is not None:
            if known.opinion != opinion:
                _refuse_when_decided(entry)
                known.opinion = opinion
                note_recommendation("entry.opinion_changed", entry, by, rank=known.rank)
            return known
        if entry.state is not EntryState.SUBMITTED:
            raise EntryStateError
        rank = _next_rank(entry)
        made = Recommendation(
            competition_id=entry.competition_id,
            university_id=entry.university_id,
            group_id=entry.group_id,
            rank=rank,
            opinion=opinion,
            recommended_by_id=by.id,
        )
        entry.recommendation = made
        db.session.flush()
        note_recommendation("entry.recommended", entry, by, rank=rank)
    log.info("entry recommended", extra={"entry_id": str(entry_id)})
    return made


def take_back_recommendation(entry_id: uuid.UUID, *, by: Person) -> None:
    """Take the school's word back; those below move up. Without one nothing happens.

    Raises:
        ForbiddenError: ``by`` does not work for the entry's school.
        DecidedError: the organiser has approved the entry.
        EntryLockedError: the competition is over.

    """
    with transaction():
        entry = _hold(entry_id, by)
        if entry.recommendation is None:
            return
        _refuse_when_decided(entry)
        rank = entry.recommendation.rank
        drop_recommendation(entry)
        note_recommendation("entry.recommendation_taken_back", entry, by, rank=rank)
    log.info("recommendation taken back", extra={"entry_id": str(entry_id)})


def rank_entries(
    competition_id: uuid.UUID,
    *,
    university_id: uuid.UUID,
    group_id: uuid.UUID,
    order: Sequence[uuid.UUID],
    by: Person,
) -> None:
    """Put a school's recommended entries of a group into this order, best first.

    Raises:
        ForbiddenError: ``by`` does not work for the school.
        RankingChangedError: ``order`` is not exactly what is recommended now.
        DecidedError: an approved entry would get another rank.
        EntryLockedError: the competition is over.

    """
    with transaction():
        if not works_for_school(by, university_id):
            raise ForbiddenError
        competition = get_competition(competition_id)
        refuse_when_over(competition)
        queue_for(university_id)
        standing = list_recommended(competition_id, university_id, group_id=group_id)
        if {entry.id for entry in standing} != {*order} or len(standing) != len(order):
            raise RankingChangedError
        _write_ranks(competition, standing, order, by)
    log.info("entries ranked", extra={"competition_id": str(competition_id)})


def move_recommended(entry_id: uuid.UUID, *, up: bool, by: Person) -> None:
    """Change places with the neighbour above or below; at the end of the list nothing happens.

    Raises:
        As ``rank_entries``.

    """
    with transaction():
        entry = _hold(entry_id, by)
        assert entry.university_id is not None
        ids = [
            standing.id
            for standing in list_recommended(
                entry.competition_id, entry.university_id, group_id=entry.group_id
            )
        ]
        if entry.id not in ids:
            raise RankingChangedError
        at = ids.index(entry.id)
        other = at - 1 if up else at + 1
        if not 0 <= other < len(ids):
            return
        ids[at], ids[other] = ids[other], ids[at]
        rank_entries(
            entry.competition_id,
            university_id=entry.university_id,
            group_id=entry.group_id,
            order=ids,
            by=by,
        )


def drop_recommendation(entry: Entry) -> None:
    """Take the word for an entry away and close the gap; for one that leaves the competition."""
    gone = entry.recommendation
    if gone is None:
        return
    queue_for(gone.university_id)
    db.session.delete(gone)
    db.session.flush()
    db.session.expire(entry, ["recommendation"])
    below = db.session.scalars(
        select(Recommendation)
        .where(
            Recommendation.competition_id == gone.competition_id,
            Recommendation.university_id == gone.university_id,
            Recommendation.group_id == gone.group_id,
            Recommendation.rank > gone.rank,
        )
        .order_by(Recommendation.rank)
        .execution_options(populate_existing=True)
    )
    for recommendation in below:
        recommendation.rank -= 1
    db.session.flush()


def _hold(entry_id: uuid.UUID, by: Person) -> Entry:
    """The entry, once whoever else of the school is at its lists has finished."""
    entry = queries.get_entry(entry_id, lock=True)
    if not can_recommend(by, entry):
        raise ForbiddenError
    assert entry.university_id is not None
    refuse_when_over(entry.competition)
    queue_for(entry.university_id)
    db.session.refresh(entry, ["recommendation"])
    return entry


def queue_for(university_id: uuid.UUID) -> None:
    """One hand at a school's lists: its row is the turnstile, open to who only refers to it.

    An entry's row is locked before it, never after, so that nobody waits in a circle.
    """
    query = select(University.id).where(University.id == university_id)
    db.session.execute(query.with_for_update(key_share=True))


def refuse_when_over(competition: Competition) -> None:
    if competition.state is CompetitionState.FINISHED:
        raise EntryLockedError(_("赛事已结束，推荐不能再修改。"))


def _refuse_when_decided(entry: Entry) -> None:
    if entry.state is EntryState.APPROVED:
        raise DecidedError


def _next_rank(entry: Entry) -> int:
    """The rank at the end of the list.

    Raises:
        SchoolQuotaError, TooManyRecommendedError: there is no place for another.

    """
    assert entry.university_id is not None
    allowed = allowances(entry.competition_id, entry.university_id, [entry.group])
    in_group = allowed.by_group[entry.group_id]
    _refuse_when_full(in_group, entry.group)
    _refuse_when_full(allowed.overall, None)
    if in_group.used >= RECOMMENDED_MAX:
        raise TooManyRecommendedError
    return in_group.used + 1


def _refuse_when_full(allowance: Allowance, group: Group | None) -> None:
    if not allowance.is_full:
        return
    if group is None:
        words = _(
            "本校在本赛事的推荐名额共 %(places)s 个，已推荐 %(used)s 个。"
            "要推荐这个项目，请先撤回一个。",
            places=allowance.places,
            used=allowance.used,
        )
    else:
        words = _(
            "本校在“%(group)s”的推荐名额为 %(places)s 个，已推荐 %(used)s 个。"
            "要推荐这个项目，请先撤回一个。",
            group=group.name,
            places=allowance.places,
            used=allowance.used,
        )
    raise SchoolQuotaError(words)


def _write_ranks(
    competition: Competition, standing: Sequence[Entry], order: Sequence[uuid.UUID], by: Person
) -> None:
    places = {entry_id: rank for rank, entry_id in enumerate(order, 1)}
    moved = [e for e in standing if e.recommendation and e.recommendation.rank != places[e.id]]
    for entry in moved:
        _refuse_when_decided(entry)
        assert entry.recommendation is not None
        before = entry.recommendation.rank
        entry.recommendation.rank = places[entry.id]
        audit.record(
            "entry.ranked",
            entry,
            by=by,
            circle_id=competition.event.circle_id,
            before={"rank": before},
            after={"rank": places[entry.id], "code": entry.code},
        )


def _short(opinion: str) -> str:
    if len(opinion) > REASON_MAX:
        words = _("最多 %(limit)s 字，现在有 %(count)s 字。", limit=REASON_MAX, count=len(opinion))
        raise TextTooLongError(words, field="opinion")
    return opinion


def note_recommendation(action: str, entry: Entry, by: Person, **facts: Any) -> None:
    circle_id = entry.competition.event.circle_id
    audit.record(action, entry, by=by, circle_id=circle_id, after={"code": entry.code, **facts})
