"""The pieces of an upload, one behind the other, and what becomes of the whole.

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
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.db import db, transaction
from eventhub.errors import EventHubError
from eventhub.files.errors import (
    StorageError,
    UploadBusyError,
    UploadGoneError,
    UploadOverError,
    WrongOffsetError,
)
from eventhub.files.models import Upload
from eventhub.files.service.keeping import incoming, keep_path, record_for, too_large
from eventhub.files.service.uploads import (
    LIFETIME,
    get_upload,
    is_over,
    pieces_of,
    purpose_of,
    refuse_gone,
)
from eventhub.files.storage import BLOCK

log = logging.getLogger(__name__)

PIECE_MAX = 8 << 20
REFUSAL_MAX = 400


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
        refuse_gone(upload)
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
            is_done = is_over(_whole(upload_id))
        try:
            if not is_done:
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
        bounds = purpose_of(upload.purpose).check(upload, person)
        name = upload.name
    kept = keep_path(
        pieces_of(upload_id), name=name, formats=bounds.formats, bytes_max=bounds.bytes_max
    )
    with transaction():
        upload, person = _whole(upload_id, lock=True), db.session.get_one(Person, person_id)
        stored = record_for(kept, person_id)
        purpose_of(upload.purpose).finish(upload, stored, person)
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
