"""Files on their way in, piece by piece: what the tus protocol asks of a server.

No piece is read or kept while a transaction is open, so that a slow line holds no row.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.db import db, transaction
from eventhub.errors import EventHubError, NotFoundError
from eventhub.files.errors import (
    EmptyFileError,
    StorageError,
    StorageFullError,
    TooManyUploadsError,
    UploadBusyError,
    UploadGoneError,
    UploadOverError,
    WrongOffsetError,
)
from eventhub.files.models import StoredFile, Upload
from eventhub.files.service.keeping import (
    SPARE,
    incoming,
    keep_path,
    record_for,
    short_name,
    too_large,
)
from eventhub.files.storage import BLOCK

log = logging.getLogger(__name__)

PIECE_MAX = 8 << 20
LIFETIME = timedelta(hours=48)  # since the last piece
OPEN_MAX = 10  # of one person
STILL_BUSY = timedelta(minutes=10)
REFUSAL_MAX = 400


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


def _purpose(name: str) -> Purpose:
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
        bounds = _purpose(purpose).check(upload, by)
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
    _refuse_gone(upload)
    return upload


def find_upload(upload_id: uuid.UUID) -> Upload | None:
    """An upload, whosever it is."""
    return db.session.get(Upload, upload_id)


def _refuse_gone(upload: Upload) -> None:
    if upload.expires_at <= clock.now():
        raise UploadGoneError
    if _is_over(upload) or upload.received == 0:
        return
    pieces = pieces_of(upload.id)
    if not pieces.exists() or pieces.stat().st_size < upload.received:
        raise UploadGoneError


def _is_over(upload: Upload) -> bool:
    return upload.file_id is not None or upload.refusal is not None


def pieces_of(upload_id: uuid.UUID) -> Path:
    """Where the pieces of an upload lie."""
    return incoming() / f"{upload_id}.part"


def continue_upload(
    upload_id: uuid.UUID, *, offset: int, stream: BinaryIO, by: Person
) -> tuple[int, int]:
    """Add what comes next, and with the last piece look at the whole and use it.

    A line that breaks keeps what had come over it. An empty piece at the end tries again to use
    a file that is whole, and changes nothing where that has been done.

    Returns:
        How many bytes are there now, and how many there will be.

    Raises:
        NotFoundError, UploadGoneError: see ``get_upload``.
        WrongOffsetError: ``offset`` is not where the last piece ended.
        UploadBusyError: another piece of it is just being added.
        UploadOverError: it was refused.
        FileTooLargeError: more bytes than were announced.
        StorageError: it is whole and cannot be kept now; try again.
        EventHubError: why the whole file was refused.

    """
    with transaction():
        upload = get_upload(upload_id, by=by)
        person_id, size = by.id, upload.size
        _refuse_offset(upload, offset)
    piece = _spool(stream, most=size - offset)
    try:
        received = _append(upload_id, offset, piece)
    finally:
        piece.unlink(missing_ok=True)
    if received == size:
        _finish(upload_id, person_id)
    return received, size


def _refuse_offset(upload: Upload, offset: int) -> None:
    if upload.refusal is not None:
        raise UploadOverError(upload.refusal)
    if offset != upload.received:
        raise WrongOffsetError


def _spool(stream: BinaryIO, *, most: int) -> Path:
    """What comes over the line, in a file of its own; a broken line ends it early."""
    handle, name = tempfile.mkstemp(dir=incoming(), suffix=".piece")
    path, count = Path(name), 0
    try:
        with os.fdopen(handle, "wb") as out:
            while block := _read(stream):
                count += len(block)
                if count > most:
                    raise too_large(most)
                out.write(block)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _read(stream: BinaryIO) -> bytes:
    from werkzeug.exceptions import ClientDisconnected  # noqa: PLC0415  # what a stream may raise

    try:
        return stream.read(BLOCK >> 2)
    except (ClientDisconnected, ConnectionError, TimeoutError):
        return b""


def _append(upload_id: uuid.UUID, offset: int, piece: Path) -> int:
    """Add a piece under the row's lock; a crash before the commit leaves bytes that are cut off."""
    with transaction():
        query = select(Upload).where(Upload.id == upload_id).with_for_update(nowait=True)
        try:
            upload = db.session.scalars(
                query.execution_options(populate_existing=True)
            ).one_or_none()
        except OperationalError as error:
            raise UploadBusyError from error
        if upload is None:
            raise UploadGoneError
        if upload.file_id is not None:
            return upload.size
        _refuse_gone(upload)
        _refuse_offset(upload, offset)
        pieces = pieces_of(upload_id)
        pieces.touch(mode=0o600)
        with pieces.open("rb+") as whole, piece.open("rb") as more:
            whole.truncate(offset)
            whole.seek(offset)
            shutil.copyfileobj(more, whole, BLOCK)
            upload.received = whole.tell()
        upload.expires_at = clock.now() + LIFETIME
        return upload.received


def _finish(upload_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Look at the whole file, keep it, and hand it to whom it is for; one at a time."""
    with _alone(upload_id) as lock:
        with transaction():
            is_over = _is_over(_whole(upload_id))
        try:
            if not is_over:
                _keep_and_use(upload_id, person_id)
        except StorageError:
            raise
        except EventHubError as refusal:
            _refuse(upload_id, refusal)
            lock.unlink(missing_ok=True)
            raise
        pieces_of(upload_id).unlink(missing_ok=True)
        lock.unlink(missing_ok=True)


def _keep_and_use(upload_id: uuid.UUID, person_id: uuid.UUID) -> None:
    with transaction():
        upload, person = _whole(upload_id), db.session.get_one(Person, person_id)
        bounds = _purpose(upload.purpose).check(upload, person)
        name = upload.name
    kept = keep_path(
        pieces_of(upload_id), name=name, formats=bounds.formats, bytes_max=bounds.bytes_max
    )
    with transaction():
        upload, person = _whole(upload_id, lock=True), db.session.get_one(Person, person_id)
        stored = record_for(kept, person_id)
        _purpose(upload.purpose).finish(upload, stored, person)
        upload.file = stored
    log.info("upload finished", extra={"upload_id": str(upload_id), "size": kept.size})


@contextlib.contextmanager
def _alone(upload_id: uuid.UUID) -> Iterator[Path]:
    """Hold a lock of the file system, which ends with the process and needs no transaction.

    The lock's file may go once the upload is over: who comes later finds nothing to do.

    Raises:
        UploadBusyError: somebody else holds it.

    """
    path = pieces_of(upload_id).with_suffix(".lock")
    with path.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadBusyError from None
        yield path


def _whole(upload_id: uuid.UUID, *, lock: bool = False) -> Upload:
    query = select(Upload).where(Upload.id == upload_id)
    if lock:
        query = query.with_for_update()
    upload = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if upload is None:
        raise UploadGoneError
    return upload


def _refuse(upload_id: uuid.UUID, refusal: EventHubError) -> None:
    """Keep the words, so that a page that comes back later can show them."""
    with transaction():
        upload = _whole(upload_id, lock=True)
        upload.refusal = str(refusal.message)[:REFUSAL_MAX]
    pieces_of(upload_id).unlink(missing_ok=True)
    log.info("upload refused", extra={"upload_id": str(upload_id), "code": refusal.code})


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
