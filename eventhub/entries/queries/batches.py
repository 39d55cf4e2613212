"""Reads of verdicts on many entries at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from eventhub.db import db
from eventhub.entries.models import ReviewBatch
from eventhub.errors import NotFoundError

OPEN_MAX = 5


def get_batch(batch_id: uuid.UUID, *, lock: bool = False) -> ReviewBatch:
    """One batch; ``lock`` keeps others from changing it, and reads it afresh.

    Raises:
        NotFoundError: no such batch.

    """
    query = select(ReviewBatch).where(ReviewBatch.id == batch_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    batch: ReviewBatch | None = db.session.scalar(query)
    if batch is None:
        raise NotFoundError
    return batch


def list_undoable(competition_id: uuid.UUID, now: datetime) -> Sequence[ReviewBatch]:
    """The latest batches that may still be taken back."""
    query = (
        select(ReviewBatch)
        .where(
            ReviewBatch.competition_id == competition_id,
            ReviewBatch.letters_due_at > now,
            ReviewBatch.undone_at.is_(None),
            ReviewBatch.letters_sent_at.is_(None),
        )
        .order_by(ReviewBatch.created_at.desc())
        .limit(OPEN_MAX)
    )
    return db.session.scalars(query).all()
