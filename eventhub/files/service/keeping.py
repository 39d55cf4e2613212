"""Files under their sha-256."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy import update

from eventhub.accounts.models import Person
from eventhub.db import db, transaction
from eventhub.errors import NotFoundError
from eventhub.files import formats as known
from eventhub.files.errors import (
    EmptyFileError,
    FileTooLargeError,
    StorageFullError,
    WrongFormatError,
)
from eventhub.files.models import FILE_NAME_MAX, StoredFile
from eventhub.files.storage import BLOCK, current_storage
from eventhub.i18n import _, join_words
from eventhub.web.jinja import show_filesize

SPARE = 256 << 20  # bytes of the disk that stay free


@dataclass(frozen=True)
class Kept:
    """Content that lies in the storage and has no row yet."""

    sha256: str
    size: int
    media_type: str
    name: str


def store(
    content: BinaryIO,
    *,
    name: str,
    formats: Sequence[str],
    bytes_max: int,
    by: Person | None,
) -> StoredFile:
    """Keep a file, if its content is of one of the formats; see ``keep`` and ``record``."""
    kept = keep(content, name=name, formats=formats, bytes_max=bytes_max)
    with transaction():
        return record(kept, by=by)


def keep(content: BinaryIO, *, name: str, formats: Sequence[str], bytes_max: int) -> Kept:
    """Put a stream into the storage, if its content is of one of the formats.

    The bytes are kept before any row is written; a transaction that fails leaves bytes that no
    row names, which is harmless.

    Raises:
        EmptyFileError: no bytes.
        FileTooLargeError: more than ``bytes_max``.
        WrongFormatError: the content is something else, whatever the name says.
        UnsafeFileError: it must not be taken; each kind has its own words.
        StorageError: it cannot be kept now.

    """
    handle, draft = tempfile.mkstemp(dir=incoming())
    try:
        with os.fdopen(handle, "wb") as out:
            _copy(content, out, bytes_max)
        return keep_path(Path(draft), name=name, formats=formats, bytes_max=bytes_max)
    finally:
        Path(draft).unlink(missing_ok=True)


@contextlib.contextmanager
def examined(
    content: BinaryIO, *, name: str, formats: Sequence[str], bytes_max: int
) -> Iterator[Path]:
    """A stream as a file on this disk, looked at as ``keep`` does, and gone afterwards.

    Raises:
        As ``keep``.

    """
    handle, draft = tempfile.mkstemp(dir=incoming())
    try:
        with os.fdopen(handle, "wb") as out:
            _copy(content, out, bytes_max)
        _examine(Path(draft), name, formats, bytes_max)
        yield Path(draft)
    finally:
        Path(draft).unlink(missing_ok=True)


def keep_path(path: Path, *, name: str, formats: Sequence[str], bytes_max: int) -> Kept:
    """The same for a file on this disk. The caller deletes it: it may be gone already."""
    size = path.stat().st_size
    found = _examine(path, name, formats, bytes_max)
    with path.open("rb+") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        os.fsync(content.fileno())
    claim(digest)
    current_storage().put(path, digest)
    return Kept(digest, size, known.MEDIA_TYPES[found], short_name(name))


def claim(sha256: str) -> None:
    """Have content that is kept anew left alone by the sweep, or wait until it has deleted it."""
    with transaction():
        marked = (StoredFile.sha256 == sha256, StoredFile.unused_since.is_not(None))
        query = update(StoredFile).where(*marked).values(unused_since=None)
        db.session.execute(query.execution_options(synchronize_session=False))


def _examine(path: Path, name: str, formats: Sequence[str], bytes_max: int) -> str:
    """Which of the formats the content is."""
    size = path.stat().st_size
    if size == 0:
        raise EmptyFileError
    if size > bytes_max:
        raise too_large(bytes_max)
    found = known.recognise(path, formats)
    if found is None:
        raise WrongFormatError(
            _(
                "文件“%(name)s”的内容不是 %(formats)s，请另存为该格式后再上传。",
                name=short_name(name)[:60],
                formats=join_words(kind.upper() for kind in formats),
            )
        )
    return found


def record(kept: Kept, *, by: Person | None) -> StoredFile:
    """Write the row of kept content, in the caller's transaction."""
    return record_for(kept, by.id if by else None)


def record_for(kept: Kept, person_id: uuid.UUID | None) -> StoredFile:
    """The same, by the person's key."""
    stored = StoredFile(
        sha256=kept.sha256,
        size=kept.size,
        media_type=kept.media_type,
        name=kept.name,
        uploaded_by_id=person_id,
    )
    db.session.add(stored)
    db.session.flush()
    return stored


def incoming() -> Path:
    """The folder of what is on its way in, with room left on its disk.

    Raises:
        StorageFullError: there is none.

    """
    folder = Path(current_app.config["FILES_DIR"]) / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < SPARE:
        raise StorageFullError
    return folder


def _copy(content: BinaryIO, out: BinaryIO, bytes_max: int) -> None:
    size = 0
    while block := content.read(BLOCK):
        size += len(block)
        if size > bytes_max:
            raise too_large(bytes_max)
        out.write(block)


def too_large(bytes_max: int) -> FileTooLargeError:
    """The refusal that names the limit."""
    return FileTooLargeError(
        _("文件超过 %(limit)s 的上限，请压缩后再上传。", limit=show_filesize(bytes_max))
    )


def short_name(name: str) -> str:
    """A file's own name without folders or control characters, its ending kept when cut."""
    bare = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())
    bare = bare.strip(" .") or "file"
    stem, dot, ending = bare.rpartition(".")
    if len(bare) > FILE_NAME_MAX and dot and len(ending) < 10:
        return stem[: FILE_NAME_MAX - len(ending) - 1] + dot + ending
    return bare[:FILE_NAME_MAX]


def get_file(file_id: uuid.UUID) -> StoredFile:
    """One file's row.

    Raises:
        NotFoundError: no such file.

    """
    stored = db.session.get(StoredFile, file_id)
    if stored is None:
        raise NotFoundError
    return stored


def open_file(stored: StoredFile) -> BinaryIO:
    """The content, to read and to seek in; the caller closes it.

    Raises:
        FileLostError: it is not there.
        StorageError: the storage does not answer.

    """
    return current_storage().open(stored.sha256)


@contextlib.contextmanager
def local_copy(sha256: str) -> Iterator[Path]:
    """Content as a file on this disk, for what reads paths only; not to be changed.

    Raises:
        FileLostError, StorageError: as ``open_file``.

    """
    storage = current_storage()
    path = storage.path(sha256)
    if path is not None:
        yield path
        return
    with storage.open(sha256) as content, tempfile.NamedTemporaryFile(dir=incoming()) as copy:
        shutil.copyfileobj(content, copy, BLOCK)
        copy.flush()
        yield Path(copy.name)
