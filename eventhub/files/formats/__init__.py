"""What a file really is, told from its content and never from its name.

``recognise`` says which of the wanted formats the content is; a file of the right format that
must not be taken all the same is refused with a sentence of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from eventhub.files import sandbox
from eventhub.files.errors import (
    ActivePdfError,
    AmbiguousFileError,
    AttachedFilesError,
    BrokenFileError,
    LockedFileError,
    TooManyPagesError,
    TooManyPixelsError,
)
from eventhub.files.formats import ole, video, zips

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "mp4": "video/mp4",
    "ppt": "application/vnd.ms-powerpoint",
    "doc": "application/msword",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
ENDINGS = {media_type: name for name, media_type in MEDIA_TYPES.items()}

_PICTURES = ("png", "jpg")
_SECOND = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?php", b"<?xml", b"%pdf-")
HEAD = 1024  # as far as readers look for a beginning


def recognise(path: Path, formats: Sequence[str]) -> str | None:
    """The one of ``formats`` that the content is, or None.

    Raises:
        UnsafeFileError: it is one of them, and must not be taken; each kind has its own words.

    """
    with path.open("rb") as content:
        head = content.read(HEAD)
        family = _family(head)
        if family == "zip":
            return _zip(content, formats)
        if family == "ole":
            return _ole(content, formats)
        if family is None or family not in formats:
            return None
        _refuse_second(content, head)
        if family == "mp4":
            video.check(content)
    if family == "pdf":
        _pdf(path)
    elif family in _PICTURES:
        _picture(path, family)
    return family


def _family(head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head[4:8] == b"ftyp":
        return "mp4"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head.startswith(ole.SIGNATURE):
        return "ole"
    return None


def _zip(content: BinaryIO, formats: Sequence[str]) -> str | None:
    found = zips.kind_of(content)
    if found is None:
        return None
    wanted = found if found in formats else "zip"
    if wanted not in formats:
        return None
    zips.check(content, found)
    return wanted


def _ole(content: BinaryIO, formats: Sequence[str]) -> str | None:
    found = ole.kind_of(content)
    if found == "locked" and {"ppt", "doc", "pptx", "docx", "xlsx"} & set(formats):
        raise LockedFileError
    if found not in formats:
        return None
    ole.check(content)
    return found


def _refuse_second(content: BinaryIO, head: bytes) -> None:
    """Refuse what another program would take for a file of its own."""
    if any(mark in head[5:].lower() for mark in _SECOND) or zips.ends_as_zip(content):
        raise AmbiguousFileError


_PDF: dict[str, Callable[[], Exception]] = {
    "locked": LockedFileError,
    "empty": BrokenFileError,
    "many": TooManyPagesError,
    "active": ActivePdfError,
    "attached": AttachedFilesError,
}


def _pdf(path: Path) -> None:
    found = sandbox.read("check_pdf", path)
    if "refusal" in found:
        raise _PDF[found["refusal"]]()


def _picture(path: Path, kind: str) -> None:
    if "refusal" in sandbox.read("check_picture", path, kind=kind):
        raise TooManyPixelsError
