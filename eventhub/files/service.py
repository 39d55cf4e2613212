"""Keeping files by their content, on the local disk."""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from eventhub.accounts.models import Person
from eventhub.db import db, transaction
from eventhub.errors import NotFoundError
from eventhub.files import formats as known
from eventhub.files.errors import EmptyFileError, FileLostError, FileTooLargeError, WrongFormatError
from eventhub.files.models import FILE_NAME_MAX, StoredFile
from eventhub.i18n import _
from eventhub.web.jinja import show_filesize

BLOCK = 1 << 20


def store(
    content: BinaryIO,
    *,
    name: str,
    formats: Sequence[str],
    bytes_max: int,
    by: Person | None,
) -> StoredFile:
    """Keep a file, if its content is of one of the formats.

    The bytes are on disk before the row is written; a transaction that fails leaves bytes
    that no row names, which is harmless.

    Raises:
        EmptyFileError: no bytes.
        FileTooLargeError: more than ``bytes_max``.
        WrongFormatError: the content is something else, whatever the name says.

    """
    folder = Path(current_app.config["FILES_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "w+b") as out:
            digest, size = _copy(content, out, bytes_max)
            found = known.recognise(out, [*formats])
            if found is None:
                raise WrongFormatError(
                    _(
                        "文件“%(name)s”的内容不是 %(formats)s，请另存为该格式后再上传。",
                        name=name[:60],
                        formats="、".join(kind.upper() for kind in formats),
                    )
                )
            os.fsync(out.fileno())
        target = folder / digest[:2] / digest
        target.parent.mkdir(exist_ok=True)
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    with transaction():
        stored = StoredFile(
            sha256=digest,
            size=size,
            media_type=known.MEDIA_TYPES[found],
            name=short_name(name),
            uploaded_by_id=by.id if by else None,
        )
        db.session.add(stored)
        db.session.flush()
    return stored


def _copy(content: BinaryIO, out: BinaryIO, bytes_max: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := content.read(BLOCK):
        size += len(block)
        if size > bytes_max:
            raise FileTooLargeError(
                _("文件超过 %(limit)s 的上限，请压缩后再上传。", limit=show_filesize(bytes_max))
            )
        digest.update(block)
        out.write(block)
    if size == 0:
        raise EmptyFileError
    out.flush()
    return digest.hexdigest(), size


def short_name(name: str) -> str:
    """A file's own name without folders or control characters, its ending kept when cut."""
    bare = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())
    stem, dot, ending = bare.rpartition(".")
    if len(bare) > FILE_NAME_MAX and dot and len(ending) < 10:
        return stem[: FILE_NAME_MAX - len(ending) - 1] + dot + ending
    return bare[:FILE_NAME_MAX] or "file"


def get_file(file_id: uuid.UUID) -> StoredFile:
    """One file's row.

    Raises:
        NotFoundError: no such file.

    """
    stored = db.session.get(StoredFile, file_id)
    if stored is None:
        raise NotFoundError
    return stored


def path_of(stored: StoredFile) -> Path:
    """Where the content lies, for sending.

    Raises:
        FileLostError: it is not there.

    """
    path = Path(current_app.config["FILES_DIR"]) / stored.sha256[:2] / stored.sha256
    if not path.is_file():
        raise FileLostError
    return path
