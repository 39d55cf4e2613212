"""Reads of lists that offices hand in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventhub.db import db
from eventhub.entries.models import ImportRun
from eventhub.errors import NotFoundError

SHOWN_MAX = 20


def get_run(run_id: uuid.UUID, *, lock: bool = False) -> ImportRun:
    """One list; ``lock`` keeps others from changing it, and reads it afresh.

    Raises:
        NotFoundError: no such run.

    """
    query = select(ImportRun).where(ImportRun.id == run_id)
    query = query.options(joinedload(ImportRun.made_by))
    if lock:
        query = query.with_for_update(of=ImportRun)
    run: ImportRun | None = db.session.scalar(query.execution_options(populate_existing=True))
    if run is None:
        raise NotFoundError
    return run


def list_runs(
    competition_id: uuid.UUID, *, made_by_id: uuid.UUID | None = None
) -> Sequence[ImportRun]:
    """The latest lists of a competition, of everybody or of one person."""
    query = (
        select(ImportRun)
        .where(ImportRun.competition_id == competition_id)
        .options(joinedload(ImportRun.made_by))
        .order_by(ImportRun.created_at.desc())
        .limit(SHOWN_MAX)
    )
    if made_by_id is not None:
        query = query.where(ImportRun.made_by_id == made_by_id)
    return db.session.scalars(query).all()
