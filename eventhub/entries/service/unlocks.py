"""Exceptions from the lock, for one entry, for a reason and for a time."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions.enums import CompetitionState
from eventhub.db import db, transaction
from eventhub.entries import queries
from eventhub.entries.enums import EDITABLE, EntryState, LockedPart
from eventhub.entries.errors import (
    EntryLockedError,
    ReasonMissingError,
    TextTooLongError,
    UnlockTermsError,
)
from eventhub.entries.models import REASON_MAX, Entry, Unlock
from eventhub.entries.permissions import can_review
from eventhub.entries.service import letters
from eventhub.entries.service.review import give_back
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.i18n import _

log = logging.getLogger(__name__)

LIFE_MAX = timedelta(days=30)


def unlock_entry(
    entry_id: uuid.UUID,
    *,
    parts: Collection[LockedPart],
    reason: str,
    ends_at: datetime,
    gives_back: bool = False,
    by: Person,
) -> Unlock:
    """Let a team change parts of its entry after the closing moment, until ``ends_at``.

    ``gives_back`` also returns an entry that is handed in or approved, for the same reason:
    before that the team cannot change anything. What is not among the parts stays locked then
    too. The captain is told by one mail.

    Raises:
        ForbiddenError: ``by`` does not organise for the competition.
        UnlockTermsError: no part, or an end that has passed or is more than 30 days away.
        ReasonMissingError, TextTooLongError: the reason cannot be taken.
        EntryLockedError: the entry is withdrawn, or the competition is over.

    """
    reason = reason.strip()
    _check_reason(reason)
    with transaction():
        entry = _get_for_review(entry_id, by)
        now = clock.now()
        _check_terms(parts, ends_at, now)
        is_returned = gives_back and entry.state not in EDITABLE
        unlock = Unlock(
            review=give_back(entry, reason=reason, by=by) if is_returned else None,
            parts=[part.value for part in LockedPart if part in parts],
            reason=reason,
            ends_at=ends_at,
            granted_by_id=by.id,
            created_at=now,
        )
        entry.unlocks.insert(0, unlock)
        db.session.flush()
        facts = {"parts": unlock.parts, "ends_at": ends_at.isoformat(), "reason": reason}
        _note("entry.unlocked", entry, by, facts)
        letters.send_unlock(entry, unlock)
    log.info("entry unlocked", extra={"entry_id": str(entry_id)})
    return unlock


def restore_lock(entry_id: uuid.UUID, *, unlock_id: uuid.UUID, by: Person) -> Entry:
    """End an exception before its time; what was changed meanwhile stays. Again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not organise for the competition.
        NotFoundError: the entry has no such exception.

    """
    with transaction():
        entry = _get_for_review(entry_id, by, even_over=True)
        unlock = next((u for u in entry.unlocks if u.id == unlock_id), None)
        if unlock is None:
            raise NotFoundError
        now = clock.now()
        if unlock.revoked_at is None and now < unlock.ends_at:
            unlock.revoked_at = now
            _note("entry.lock_restored", entry, by, {"parts": unlock.parts})
    log.info("lock restored", extra={"entry_id": str(entry_id)})
    return entry


def _get_for_review(entry_id: uuid.UUID, by: Person, *, even_over: bool = False) -> Entry:
    entry = queries.get_entry(entry_id, lock=True)
    if not can_review(by, entry):
        raise ForbiddenError
    if even_over:
        return entry
    if entry.state is EntryState.WITHDRAWN:
        raise EntryLockedError(_("项目已退赛，不能解锁。"))
    if entry.competition.state is CompetitionState.FINISHED:
        raise EntryLockedError(_("赛事已结束，不能解锁。"))
    return entry


def _check_reason(reason: str) -> None:
    if not reason:
        raise ReasonMissingError(_("请写明解锁原因，留作记录。"))
    if len(reason) > REASON_MAX:
        words = _("最多 %(limit)s 字，现在有 %(count)s 字。", limit=REASON_MAX, count=len(reason))
        raise TextTooLongError(words, field="reason")


def _check_terms(parts: Collection[LockedPart], ends_at: datetime, now: datetime) -> None:
    if not parts:
        raise UnlockTermsError(_("请至少选择一项要解锁的内容。"), field="parts")
    if ends_at <= now:
        raise UnlockTermsError(_("截止时间必须晚于现在。"), field="ends_at")
    if ends_at > now + LIFE_MAX:
        days = LIFE_MAX.days
        raise UnlockTermsError(_("解锁最长 %(days)s 天。", days=days), field="ends_at")


def _note(action: str, entry: Entry, by: Person, facts: Mapping[str, object]) -> None:
    circle_id = entry.competition.event.circle_id
    audit.record(action, entry, by=by, circle_id=circle_id, after=dict(facts))
