"""Files on their way in: begun, looked up, given up, forgotten. See ``pieces`` for the rest."""

from __future__ import annotations

import contextlib
import logging
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.db import db, transaction
from eventhub.errors import NotFoundError
from eventhub.files.errors import (
    EmptyFileError,
    StorageFullError,
    TooManyUploadsError,
    UploadBusyError,
    UploadGoneError,
)
from eventhub.files.models import StoredFile, Upload
from eventhub.files.service.keeping import (
    SPARE,
    incoming,
    short_name,
    too_large,
)

log = logging.getLogger(__name__)

LIFETIME = timedelta(hours=48)  # since the last piece
OPEN_MAX = 10  # of one person
STILL_BUSY = timedelta(minutes=10)


@dataclass(frozen=True)
class Bounds:
    """What a purpose takes."""

    formats: Sequence[str]
    bytes_max: int


@dataclass(frozen=True)
class Purpose:
    """What a slice takes uploads for.

    ``check`` refuses who may not or what cannot be now, and says what is taken; it is asked
    before the first byte and again before the content is looked at. ``finish`` uses the file, in
    the transaction that records it, and checks once more under its own locks.
    """

    check: Callable[[Upload, Person], Bounds]
    finish: Callable[[Upload, StoredFile, Person], None]


def add_purpose(app: Flask, name: str, purpose: Purpose) -> None:
    """Take uploads for a slice; called in its ``register``."""
    app.extensions.setdefault("upload_purposes", {})[name] = purpose


def purpose_of(name: str) -> Purpose:
    purposes: dict[str, Purpose] = current_app.extensions.get("upload_purposes", {})
    if name not in purposes:
        raise NotFoundError
    return purposes[name]


def start_upload(
    *,
    purpose: str,
    subject_id: uuid.UUID,
    part_id: uuid.UUID | None,
    ordinal: int,
    name: str,
    size: int,
    by: Person,
) -> Upload:
    """Make room for a file of ``size`` bytes.

    A person has few uploads open; the one that waits longest makes room, unless all are busy.
    Beginning the same file anew forgets the earlier beginning.

    Raises:
        NotFoundError: nobody takes such files, or not from this person.
        EmptyFileError, FileTooLargeError, StorageFullError: its size.
        TooManyUploadsError: that many are on their way at this moment.
        EventHubError: whatever the purpose refuses.

    """
    if size <= 0:
        raise EmptyFileError
    with transaction():
        db.session.get(Person, by.id, with_for_update={"key_share": True})  # counts one by one
        upload = Upload(
            person_id=by.id,
            purpose=purpose,
            subject_id=subject_id,
            part_id=part_id,
            ordinal=ordinal,
            name=short_name(name),
            size=size,
            received=0,
            expires_at=clock.now() + LIFETIME,
        )
        bounds = purpose_of(purpose).check(upload, by)
        if size > bounds.bytes_max:
            raise too_large(bounds.bytes_max)
        if shutil.disk_usage(incoming()).free < size + SPARE:
            raise StorageFullError
        _make_room(upload)
        db.session.add(upload)
    return upload


def _make_room(upload: Upload) -> None:
    found = list_open_uploads(upload.person_id)
    same = [other for other in found if _is_same(other, upload)]
    waiting = [other for other in found if other not in same]
    excess = max(0, len(waiting) - OPEN_MAX + 1)
    idle = [o for o in waiting if o.expires_at < clock.now() + LIFETIME - STILL_BUSY]
    if len(idle) < excess:
        raise TooManyUploadsError
    for other in (*same, *idle[:excess]):
        db.session.delete(other)
        pieces_of(other.id).unlink(missing_ok=True)


def _is_same(one: Upload, other: Upload) -> bool:
    keys = ("purpose", "subject_id", "part_id", "ordinal", "name", "size")
    return all(getattr(one, key) == getattr(other, key) for key in keys)


def list_open_uploads(person_id: uuid.UUID) -> list[Upload]:
    """A person's uploads that are not over, the one that has waited longest first."""
    query = (
        select(Upload)
        .where(
            Upload.person_id == person_id,
            Upload.file_id.is_(None),
            Upload.refusal.is_(None),
            Upload.expires_at > clock.now(),
        )
        .order_by(Upload.expires_at)
    )
    return list(db.session.scalars(query))


def get_upload(upload_id: uuid.UUID, *, by: Person) -> Upload:
    """One's own upload.

    Raises:
        NotFoundError: no such upload, or somebody else's.
        UploadGoneError: it ran out, or what had come is lost.

    """
    upload = find_upload(upload_id)
    if upload is None or upload.person_id != by.id:
        raise NotFoundError
    refuse_gone(upload)
    return upload


def find_upload(upload_id: uuid.UUID) -> Upload | None:
    """An upload, whosever it is."""
    return db.session.get(Upload, upload_id)


def refuse_gone(upload: Upload) -> None:
    if upload.expires_at <= clock.now():
        raise UploadGoneError
    if is_over(upload) or upload.received == 0:
        return
    pieces = pieces_of(upload.id)
    if not pieces.exists() or pieces.stat().st_size < upload.received:
        raise UploadGoneError


def is_over(upload: Upload) -> bool:
    return upload.file_id is not None or upload.refusal is not None


def pieces_of(upload_id: uuid.UUID) -> Path:
    """Where the pieces of an upload lie."""
    return incoming() / f"{upload_id}.part"


def cancel_upload(upload_id: uuid.UUID, *, by: Person) -> None:
    """Forget an upload and what had come of it; a file that was made of it stays.

    Raises:
        NotFoundError: no such upload, or somebody else's.
        UploadBusyError: a piece of it is just being added.

    """
    with transaction():
        query = select(Upload).where(Upload.id == upload_id).with_for_update(nowait=True)
        try:
            upload = db.session.scalars(query).one_or_none()
        except OperationalError as error:
            raise UploadBusyError from error
        if upload is None or upload.person_id != by.id:
            raise NotFoundError
        db.session.delete(upload)
    pieces_of(upload_id).unlink(missing_ok=True)


def forget_expired() -> int:
    """Delete the rows that ran out, and the pieces that no row of the last days names."""
    now = clock.now()
    with transaction():
        query = select(Upload).where(Upload.expires_at <= now).with_for_update(skip_locked=True)
        gone = list(db.session.scalars(query))
        for upload in gone:
            db.session.delete(upload)
    for upload in gone:
        pieces_of(upload.id).unlink(missing_ok=True)
    _sweep((now - LIFETIME).timestamp())
    return len(gone)


def _sweep(oldest: float) -> None:
    """Delete what crashes left behind: old files that are no upload's pieces."""
    with transaction():
        kept = {pieces_of(key) for key in db.session.scalars(select(Upload.id))}
    for path in incoming().iterdir():
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and path not in kept and path.stat().st_mtime < oldest:
                path.unlink()
