"""Writing the log, and proving that nobody changed it."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, text

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.models import AuditEntry
from eventhub.db import before_commit, db

_LOCK = 0x45484155  # one writer at a time appends to the chain
GENESIS = "0" * 64


def record(
    action: str,
    subject: Any,
    *,
    by: Person | None,
    circle_id: uuid.UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Note a deed inside the running transaction; it is chained when that commits.

    ``subject`` is the row it was done to. ``before`` and ``after`` hold JSON values, and no
    personal data beyond what the deed is about.
    """
    pending = db.session().info.setdefault("audit", [])
    pending.append((action, subject, by, circle_id, before, after, clock.now()))


@before_commit
def _append() -> None:
    """Chain what was recorded: last in the transaction, so that the lock is held briefly."""
    pending = db.session().info.pop("audit", [])
    if not pending:
        return
    db.session.flush()
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = select(AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    previous = db.session.scalar(last) or GENESIS
    for action, subject, by, circle_id, before, after, at in pending:
        entry = AuditEntry(
            at=at,
            actor_id=by.id if by else None,
            action=action,
            subject_type=subject.__tablename__,
            subject_id=subject.id,
            circle_id=circle_id,
            before=before,
            after=after,
        )
        entry.hash = previous = digest(previous, entry)
        db.session.add(entry)
        db.session.flush()  # one by one: the sequence is the order of the chain


def digest(previous: str, entry: AuditEntry) -> str:
    """SHA-256 of the previous hash and the row, as canonical JSON."""
    body = [
        previous,
        entry.at.isoformat(),
        str(entry.actor_id),
        entry.action,
        entry.subject_type,
        str(entry.subject_id),
        str(entry.circle_id),
        entry.before,
        entry.after,
    ]
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_break(entries: Iterable[AuditEntry]) -> int | None:
    """The sequence number at which a chain, given from its start, no longer holds."""
    previous = GENESIS
    for entry in entries:
        if entry.hash != digest(previous, entry):
            return entry.seq
        previous = entry.hash
    return None
