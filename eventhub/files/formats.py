"""What a file really is, told from its content and never from its name."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from pypdf import PdfReader

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
_OFFICE = {"pptx": "ppt/presentation.xml", "docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {
    "ppt": "PowerPoint Document".encode("utf-16-le"),
    "doc": "WordDocument".encode("utf-16-le"),
}


def recognise(content: BinaryIO, formats: list[str]) -> str | None:
    """The one of ``formats`` that the content is, or None. Leaves the stream at its start."""
    content.seek(0)
    head = content.read(16)
    try:
        for name in formats:
            if _is(name, head, content):
                return name
        return None
    finally:
        content.seek(0)


def _is(name: str, head: bytes, content: BinaryIO) -> bool:
    if name == "pdf":
        return head.startswith(b"%PDF-") and _opens_as_pdf(content)
    if name == "png":
        return head.startswith(b"\x89PNG\r\n\x1a\n")
    if name == "jpg":
        return head.startswith(b"\xff\xd8\xff")
    if name == "mp4":
        return head[4:8] == b"ftyp"
    if name in _OLE_STREAMS:
        return head.startswith(_OLE) and _contains(content, _OLE_STREAMS[name])
    if name in _OFFICE or name == "zip":
        return _opens_as_zip(content, _OFFICE.get(name))
    return False


def _opens_as_pdf(content: BinaryIO) -> bool:
    """Whether a reader finds at least one page; a locked one counts, it has pages too."""
    content.seek(0)
    try:
        reader = PdfReader(content)
        return reader.is_encrypted or len(reader.pages) > 0
    except Exception:  # noqa: BLE001 - a broken or hostile file may fail a reader in any way
        return False


def _opens_as_zip(content: BinaryIO, member: str | None) -> bool:
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            return member is None or member in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def _contains(content: BinaryIO, needle: bytes) -> bool:
    content.seek(0)
    tail = b""
    while block := content.read(1 << 20):
        if needle in tail + block:
            return True
        tail = block[-len(needle) :]
    return False
