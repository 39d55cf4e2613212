"""One verdict on many entries, which may be taken back for some minutes.

The states change at once; places, tickets and letters follow when the minutes are over, so that
nobody hears of what was taken back.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from eventhub import clock, queue
from eventhub.accounts.models import Person
from eventhub.accounts.queries import get_person
from eventhub.audit import service as audit
from eventhub.competitions.models import Competition
from eventhub.competitions.queries import get_competition
from eventhub.db import db, transaction
from eventhub.entries import queries
from eventhub.entries.enums import ENTRY_TRANSITIONS, EntryState, Verdict
from eventhub.entries.errors import BatchOverError, NothingToDecideError
from eventhub.entries.models import Entry, Review, ReviewBatch
from eventhub.entries.permissions import can_review_competition
from eventhub.entries.queries.batches import get_batch
from eventhub.entries.service import letters
from eventhub.entries.service.places import sync_places
from eventhub.entries.service.review import admit, check_reason, give_back
from eventhub.errors import ForbiddenError
from eventhub.i18n import LazyString, lazy

log = logging.getLogger(__name__)

BATCH_MAX = 500
UNDO_LIFE = timedelta(minutes=10)
JOB = "entries.finish_batch"
_STATES = {Verdict.APPROVED: EntryState.APPROVED, Verdict.RETURNED: EntryState.RETURNED}


@dataclass(frozen=True)
class Skipped:
    """An entry that a verdict passes over, and why."""

    entry: Entry
    why: LazyString


@dataclass(frozen=True)
class Preview:
    """What a verdict would do to the chosen entries. ``beyond`` were more than fit."""

    entries: Sequence[Entry]
    skipped: Sequence[Skipped]
    beyond: int = 0


@dataclass(frozen=True)
class Undone:
    """What became of taking a batch back: how many went back, and which had moved on."""

    restored: int
    moved_on: Sequence[Entry]


def preview_batch(
    competition_id: uuid.UUID,
    *,
    verdict: Verdict,
    entry_ids: Collection[uuid.UUID] | None,
    wanted: queries.EntryFilter,
    by: Person,
) -> Preview:
    """Tell beforehand what a verdict on the chosen entries would do; change nothing.

    Without ``entry_ids`` everything that the filter shows is chosen, at most ``BATCH_MAX``.

    Raises:
        ForbiddenError: ``by`` does not organise for a circle that runs the competition.

    """
    competition = get_competition(competition_id)
    if not can_review_competition(by, competition):
        raise ForbiddenError
    query = queries.select_entries(competition_id, wanted)
    if entry_ids is not None:
        query = query.where(Entry.id.in_(entry_ids))
    found = db.session.scalars(query.limit(BATCH_MAX)).unique().all()
    total = len(entry_ids or ()) or queries.count_entries(competition_id, wanted)
    good, skipped = _sort_out(found, verdict, competition)
    return Preview(good, skipped, max(0, total - len(found)) if len(found) == BATCH_MAX else 0)


def decide_batch(
    competition_id: uuid.UUID,
    *,
    verdict: Verdict,
    entry_ids: Collection[uuid.UUID],
    reason: str = "",
    by: Person,
) -> tuple[ReviewBatch, Sequence[Skipped]]:
    """Approve or return many entries at once; return the batch, and what was passed over.

    Raises:
        ForbiddenError: ``by`` does not organise for a circle that runs the competition.
        ReasonMissingError, TextTooLongError: entries are returned, and the reason cannot be taken.
        NothingToDecideError: all of them would be passed over.

    """
    reason = check_reason(reason) if verdict is Verdict.RETURNED else ""
    with transaction():
        competition = get_competition(competition_id)
        if not can_review_competition(by, competition):
            raise ForbiddenError
        found = _lock_entries(competition_id, [*entry_ids][:BATCH_MAX])
        good, skipped = _sort_out(found, verdict, competition)
        if not good:
            raise NothingToDecideError
        batch = _open_batch(competition, verdict, reason, by)
        batch.lines = [{"entry_id": str(e.id), "state": e.state.value} for e in good]
        for entry in good:
            if verdict is Verdict.APPROVED:
                admit(entry, by=by, batch_id=batch.id)
            else:
                give_back(entry, reason=reason, by=by, batch_id=batch.id)
        _note(f"entries.batch_{verdict.value}", batch, competition, by, count=len(good))
        queue.defer(JOB, at=batch.letters_due_at, batch_id=str(batch.id))
    log.info("batch decided", extra={"batch_id": str(batch.id)})
    return batch, skipped


def undo_batch(batch_id: uuid.UUID, *, by: Person) -> Undone:
    """Put every entry of a batch back to where it was, unless something happened to it since.

    Raises:
        NotFoundError: no such batch.
        ForbiddenError: ``by`` does not organise for a circle that runs the competition.
        BatchOverError: the letters have gone out, or it was undone already.

    """
    with transaction():
        batch = get_batch(batch_id, lock=True)
        competition = get_competition(batch.competition_id)
        if not can_review_competition(by, competition):
            raise ForbiddenError
        now = clock.now()
        if batch.undone_at or batch.letters_sent_at or now >= batch.letters_due_at:
            raise BatchOverError
        batch.undone_at, batch.undone_by_id = now, by.id
        restored, moved_on = 0, []
        before = {uuid.UUID(line["entry_id"]): line["state"] for line in batch.lines}
        for entry in _lock_entries(batch.competition_id, [*before]):
            review = _find_standing(entry, batch)
            if review is None:
                moved_on.append(entry)
                continue
            _restore(entry, review, EntryState(before[entry.id]), by)
            restored += 1
        _note("entries.batch_undone", batch, competition, by, count=restored)
    log.info("batch undone", extra={"batch_id": str(batch_id)})
    return Undone(restored, moved_on)


def finish_batch(batch_id: uuid.UUID) -> None:
    """Give places and tickets and send the letters, once nobody can take the batch back.

    Safe to run twice: the first thing it does is to close the time for undoing, and each letter
    and ticket knows its own key. Entries to which something happened since are left alone.
    """
    with transaction():
        batch = get_batch(batch_id, lock=True)
        if batch.undone_at is not None:
            return
        now = clock.now()
        if now < batch.letters_due_at:
            queue.defer(JOB, at=batch.letters_due_at, batch_id=str(batch.id))
            return
        batch.letters_sent_at = batch.letters_sent_at or now
        ids = [uuid.UUID(line["entry_id"]) for line in batch.lines]
    for entry_id in ids:
        _tell(entry_id, batch_id)
    log.info("batch finished", extra={"batch_id": str(batch_id)})


def _tell(entry_id: uuid.UUID, batch_id: uuid.UUID) -> None:
    with transaction():
        entry = queries.get_entry(entry_id, lock=True)
        batch = get_batch(batch_id)
        review = _find_standing(entry, batch)
        if review is None:
            return
        if batch.verdict is Verdict.APPROVED:
            sync_places(entry, by=get_person(batch.reviewer_id))
            letters.send_approval(entry, review)
        else:
            letters.send_return(entry, review)


def _sort_out(
    entries: Sequence[Entry], verdict: Verdict, competition: Competition
) -> tuple[list[Entry], list[Skipped]]:
    good, skipped = [], []
    for entry in entries:
        why = _why_not(entry, verdict, competition)
        if why is None:
            good.append(entry)
        else:
            skipped.append(Skipped(entry, why))
    return good, skipped


_NOT_WAITING = {
    EntryState.DRAFT: lazy("团队还在填写"),
    EntryState.RETURNED: lazy("已退回，等待团队修改"),
    EntryState.APPROVED: lazy("已通过审核"),
    EntryState.WITHDRAWN: lazy("已退赛"),
}


def _why_not(entry: Entry, verdict: Verdict, competition: Competition) -> LazyString | None:
    if _STATES[verdict] not in ENTRY_TRANSITIONS[entry.state]:
        return _NOT_WAITING[entry.state]
    lacks_word = competition.needs_recommendation and entry.recommendation is None
    if verdict is Verdict.APPROVED and lacks_word:
        return lazy("学校还没有推荐")
    return None


def _lock_entries(competition_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> Sequence[Entry]:
    """These entries of the competition, locked in one order, so that two batches never cross."""
    query = (
        select(Entry)
        .where(Entry.competition_id == competition_id, Entry.id.in_(ids))
        .options(
            joinedload(Entry.competition).joinedload(Competition.event),
            joinedload(Entry.recommendation),
            selectinload(Entry.reviews),
        )
        .order_by(Entry.id)
        .with_for_update(of=Entry)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).unique().all()


def _open_batch(competition: Competition, verdict: Verdict, reason: str, by: Person) -> ReviewBatch:
    batch = ReviewBatch(
        competition_id=competition.id,
        verdict=verdict,
        reason=reason,
        reviewer_id=by.id,
        letters_due_at=clock.now() + UNDO_LIFE,
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def _find_standing(entry: Entry, batch: ReviewBatch) -> Review | None:
    """The batch's review of an entry, if the entry is as the batch left it: nothing came after."""
    own = next((review for review in entry.reviews if review.batch_id == batch.id), None)
    if own is None or entry.state is not _STATES[batch.verdict]:
        return None
    later = any(review.created_at > own.created_at for review in entry.reviews)
    return None if later else own


def _restore(entry: Entry, review: Review, state: EntryState, by: Person) -> None:
    """Back to what it was; the review that is taken back goes, the log keeps both."""
    db.session.delete(review)
    before, entry.state = entry.state, state
    audit.record(
        "entry.restored",
        entry,
        by=by,
        circle_id=entry.competition.event.circle_id,
        before={"state": before.value},
        after={"state": state.value, "code": entry.code},
    )


def _note(
    action: str, batch: ReviewBatch, competition: Competition, by: Person, *, count: int
) -> None:
    circle_id = competition.event.circle_id
    audit.record(action, batch, by=by, circle_id=circle_id, after={"count": count})
