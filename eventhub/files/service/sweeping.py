"""Letting go of files that nothing refers to any more.

A row is first marked, and goes with its content once it has been marked for the days of grace.
Whoever keeps the same content meanwhile takes the mark away, and waits for a sweep that is just
deleting it; see ``keeping.claim``. So content never goes under a row that is being made.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from flask import Flask, current_app
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update

from eventhub import clock
from eventhub.db import db, transaction
from eventhub.errors import EventHubError
from eventhub.files.models import StoredFile
from eventhub.files.service import previews
from eventhub.files.storage import current_storage

log = logging.getLogger(__name__)

Holder = Callable[[], Collection[uuid.UUID]]

UNNAMED = "unnamed"  # what content is called that a crash left behind without a row
BATCH = 500


def add_holder(app: Flask, holder: Holder) -> None:
    """Say which files a slice refers to otherwise than by a foreign key."""
    app.extensions.setdefault("file_holders", []).append(holder)


def sweep() -> int:
    """Mark what nothing refers to, and delete what has been marked long enough.

    Running it again, or twice at once, deletes nothing that a single run would have kept.

    Returns:
        How many contents were deleted.

    """
    now = clock.now()
    _name_strays(now)
    held = _held()
    _mark(held, now)
    due = select(StoredFile.sha256).where(StoredFile.unused_since <= now - _grace())
    contents = db.session.scalars(due.distinct().order_by(StoredFile.sha256)).all()
    gone = sum(_drop(sha256, held, now - _grace()) for sha256 in contents)
    if gone:
        log.info("files deleted", extra={"n": gone})
    return gone


def let_go(file_ids: Collection[uuid.UUID]) -> None:
    """Inside the caller's transaction: let the next sweep delete these without days of grace.

    What something else refers to stays all the same.
    """
    query = update(StoredFile).where(StoredFile.id.in_(file_ids))
    since = clock.now() - _grace()
    db.session.execute(
        query.values(unused_since=since).execution_options(synchronize_session=False)
    )


def _grace() -> timedelta:
    return timedelta(days=int(current_app.config["FILES_GRACE_DAYS"]))


def _held() -> frozenset[uuid.UUID]:
    """What is referred to without a foreign key."""
    holders: list[Holder] = current_app.extensions.get("file_holders", [])
    return frozenset().union(*(holder() for holder in holders))


def _is_referred_to() -> ColumnElement[bool]:
    """Whether any row of any table points to a file."""
    columns = [
        key.parent
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.references(StoredFile.__table__)
    ]
    return or_(*(exists().where(column == StoredFile.id) for column in columns))


def _name_strays(now: datetime) -> None:
    """Give content without a row one, so that it goes like all other: after the days of grace."""
    storage = current_storage()
    for keys in _batches(storage.list_keys()):
        with transaction():
            named = select(StoredFile.sha256).where(StoredFile.sha256.in_(keys))
            for key in {*keys} - {*db.session.scalars(named)}:
                stray = StoredFile(
                    sha256=key,
                    size=storage.size(key) or 0,
                    media_type="application/octet-stream",
                    name=UNNAMED,
                    unused_since=now,
                )
                db.session.add(stray)


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while batch := [*islice(rest, BATCH)]:
        yield batch


def _mark(held: Collection[uuid.UUID], now: datetime) -> None:
    """Note since when each row has been without use; take the note from what is used again."""
    is_used = or_(_is_referred_to(), StoredFile.id.in_(held))
    marked = StoredFile.unused_since.is_not(None)
    with transaction():
        for condition, since in ((and_(~marked, ~is_used), now), (and_(marked, is_used), None)):
            query = update(StoredFile).where(condition).values(unused_since=since)
            db.session.execute(query.execution_options(synchronize_session=False))


def _drop(sha256: str, held: Collection[uuid.UUID], latest: datetime) -> bool:
    """Delete the rows of a content that were marked by ``latest``, and with the last one itself.

    The rows stay locked until the content is gone, so that whoever keeps it anew comes after.
    """
    try:
        with transaction():
            rows = db.session.scalars(_rows(sha256).with_for_update()).all()
            unused = db.session.scalars(_rows(sha256).where(~_is_referred_to())).all()
            due = [r for r in unused if r.unused_since and r.unused_since <= latest]
            due = [row for row in due if row.id not in held]
            for row in due:
                db.session.delete(row)
            db.session.flush()
            if not due or len(due) < len(rows):
                return False
            current_storage().delete(sha256)
            previews.forget(sha256)
    except EventHubError as failure:
        log.warning("a file was not deleted", extra={"code": failure.code})
        return False
    return True


def _rows(sha256: str) -> Select[StoredFile]:
    return (
        select(StoredFile)
        .where(StoredFile.sha256 == sha256)
        .order_by(StoredFile.id)
        .execution_options(populate_existing=True)
    )
