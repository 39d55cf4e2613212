"""Archives, and the office formats that are archives."""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from eventhub.files.errors import (
    AmbiguousFileError,
    BrokenFileError,
    LockedFileError,
    MacroError,
    NestedArchiveError,
    UnsafePathError,
    UnusualArchiveError,
    ZipBombError,
)

ENTRIES_MAX = 5_000
UNPACKED_MAX = 1_500_000_000
RATIO_MAX = 150  # of the whole, once it is large
RATIO_FROM = 50_000_000
DEPTH_MAX = 3
BLOCK = 1 << 16
_END = b"PK\x05\x06"
_END_LENGTH = 22
_OFFICE = {"pptx": "ppt/presentation.xml", "docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_PACKED = (
    b"PK\x03\x04",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"\xfd7zXZ",
    b"BZh9",
)


def kind_of(content: BinaryIO) -> str | None:
    """``pptx``, ``docx``, ``xlsx`` or ``zip``; None for what cannot be read as an archive."""
    try:
        with zipfile.ZipFile(content) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError):
        return None
    return next((kind for kind, member in _OFFICE.items() if member in names), "zip")


def ends_as_zip(content: BinaryIO) -> bool:
    """Whether a program that looks for an archive from the end would find one."""
    size = content.seek(0, os.SEEK_END)
    content.seek(max(0, size - (1 << 16) - _END_LENGTH))
    tail = content.read()
    at = tail.rfind(_END)
    while at >= 0:
        end = tail[at : at + _END_LENGTH]
        length, offset = int.from_bytes(end[12:16], "little"), int.from_bytes(end[16:20], "little")
        directory = size - len(tail) + at - length
        for start in {directory, offset}:
            if 0 <= start < size:
                content.seek(start)
                if content.read(4) in {b"PK\x01\x02", _END}:
                    return True
        at = tail.rfind(_END, 0, at)
    return False


def check(content: BinaryIO, kind: str, *, depth: int = 1) -> None:
    """Refuse what unpacks to too much, elsewhere, or into something that acts.

    Every entry is unpacked once, without being kept: what an archive says of itself may be false.

    Raises:
        UnsafeFileError: as the words of its kind say.

    """
    try:
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
            _check_frame(content, archive, entries)
            if kind != "zip":
                _refuse_macros(archive, entries)
            left = UNPACKED_MAX
            for entry in entries:
                left -= _unpack(content, archive, entry, kind, depth, left)
    except (
        *(zipfile.BadZipFile, zlib.error, ValueError, KeyError),
        *(OSError, RuntimeError, EOFError),
    ):
        raise BrokenFileError from None


def _check_frame(
    content: BinaryIO, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]
) -> None:
    """Numbers, names and places, before anything is unpacked."""
    if len(entries) > ENTRIES_MAX:
        raise ZipBombError
    size = content.seek(0, os.SEEK_END)
    content.seek(max(0, size - _END_LENGTH - len(archive.comment)))
    if content.read(4) != _END:
        raise AmbiguousFileError  # something stands behind its end
    declared = sum(entry.file_size for entry in entries)
    if declared > UNPACKED_MAX or (declared > RATIO_FROM and declared > RATIO_MAX * size):
        raise ZipBombError
    for entry in entries:
        _check_entry(entry)
    places = sorted(entries, key=lambda entry: entry.header_offset)
    if places and places[0].header_offset != 0:
        raise AmbiguousFileError  # something stands before its beginning
    at = 0
    for entry in places:
        if entry.header_offset < at:
            raise ZipBombError  # two entries share their bytes
        at = entry.header_offset + 30 + entry.compress_size
    if at > archive.start_dir:
        raise ZipBombError
    if len({entry.filename for entry in entries}) < len(entries):
        raise AmbiguousFileError  # of two with one name each program takes another


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 1:
        raise LockedFileError
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnusualArchiveError
    name = entry.orig_filename
    parts = name.replace("\\", "/").split("/")
    strange = any(ord(character) < 32 for character in name)
    if strange or ".." in parts or parts[0] == "" or ":" in parts[0]:
        raise UnsafePathError
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UnsafePathError


def _refuse_macros(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        name = entry.filename.lower()
        if "vbaproject" in name or "/macrosheets/" in name or name.endswith(".vbs"):
            raise MacroError
    with archive.open("[Content_Types].xml") as types:
        if b"macroenabled" in types.read(4 << 20).lower():
            raise MacroError


def _unpack(
    content: BinaryIO,
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    kind: str,
    depth: int,
    left: int,
) -> int:
    """How many bytes an entry really is; what it holds is looked at where it is an archive."""
    if entry.is_dir():
        return 0
    blocks = _blocks(content, entry)
    first = next(blocks, b"")
    inner = first.startswith(_PACKED if kind == "zip" else _PACKED[:1])  # a picture may be packed
    count = len(first)
    with tempfile.SpooledTemporaryFile(max_size=8 << 20) as copy:
        if inner:
            copy.write(first)
        for block in blocks:
            count += len(block)
            if count > entry.file_size or count > left:
                raise ZipBombError
            if inner:
                copy.write(block)
        if count != entry.file_size:
            raise BrokenFileError if count < entry.file_size else ZipBombError
        if inner:
            _check_inner(cast(BinaryIO, copy), depth)
    return count


def _check_inner(copy: BinaryIO, depth: int) -> None:
    """An office file inside is common, such as a chart's table; other archives are not taken."""
    copy.seek(0)
    found = kind_of(copy) if copy.read(4) == b"PK\x03\x04" else None
    if found is None or found == "zip" or depth >= DEPTH_MAX:
        raise NestedArchiveError
    check(copy, found, depth=depth + 1)


def _blocks(content: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked content, block by block, read past zipfile, which stops where it is told to."""
    content.seek(entry.header_offset)
    head = content.read(30)
    if head[:4] != b"PK\x03\x04":
        raise BrokenFileError
    content.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    left = entry.compress_size
    unpacker = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    at = content.tell()
    while left > 0:
        content.seek(at)
        packed = content.read(min(BLOCK, left))
        if not packed:
            raise BrokenFileError
        at, left = at + len(packed), left - len(packed)
        if unpacker is None:
            yield packed
            continue
        while packed:
            yield unpacker.decompress(packed, BLOCK)
            packed = unpacker.unconsumed_tail
    if unpacker is not None:
        yield unpacker.flush()
