"""Sending what is due, once."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from eventhub import clock
from eventhub.db import db, transaction
from eventhub.reminders import queries
from eventhub.reminders.models import ReminderSent
from eventhub.reminders.queries import Pending
from eventhub.reminders.service import letters

log = logging.getLogger(__name__)

BATCH = 1000  # a tick; what is left is due at the next one


def send_due(now: datetime | None = None) -> int:
    """Queue every reminder that is due and has not been sent; return how many.

    Due is what the slots and deadlines of this moment say, from lead before the anchor until
    the anchor itself. Each goes in a transaction of its own, so that one that fails holds up
    no other. Any number of clocks may call this at once: each message goes out once.
    """
    now = now or clock.now()
    return sum(_try(pending, now=now) for pending in queries.list_due(now, limit=BATCH))


def _try(pending: Pending, *, now: datetime) -> bool:
    facts = {"rule_id": str(pending.rule_id), "entry_id": str(pending.entry_id)}
    try:
        with transaction():
            went = _send(pending, now=now)
    except Exception:  # it stays due, and the others must go
        log.exception("reminder not sent", extra=facts)
        return False
    if went:
        log.info("reminder queued", extra=facts)
    return went


def _send(pending: Pending, *, now: datetime) -> bool:
    held = queries.hold(pending, now=now)
    if held is None:
        return False
    delivery_id = letters.send(held)
    return delivery_id is not None and _note(held, delivery_id)


def _note(pending: Pending, delivery_id: uuid.UUID) -> bool:
    """Write down that it went; False when somebody else has done so."""
    query = (
        insert(ReminderSent)
        .values(
            id=uuid.uuid4(),
            created_at=clock.now(),
            rule_id=pending.rule_id,
            recipient_id=pending.recipient_id,
            entry_id=pending.entry_id,
            occasion_id=pending.occasion_id,
            anchored_at=pending.anchored_at,
            delivery_id=delivery_id,
        )
        .on_conflict_do_nothing(
            index_elements=["rule_id", "occasion_id", "entry_id", "recipient_id"]
        )
    )
    return db.session.scalar(query.returning(ReminderSent.id)) is not None
