"""MP4: a row of boxes from the first byte to the last."""

from __future__ import annotations

import os
from typing import BinaryIO

from eventhub.files.errors import BrokenFileError, QuickTimeError

BOXES_MAX = 100_000
INNER_MAX = 64 << 20


def check(content: BinaryIO) -> None:
    """Refuse what is cut off, has something behind its end, or holds no track.

    Raises:
        BrokenFileError, QuickTimeError: as said.

    """
    size = content.seek(0, os.SEEK_END)
    kinds: list[bytes] = []
    brand, has_track, at = b"", False, 0
    while at < size:
        kind, start, end = _box(content, at, size)
        kinds.append(kind)
        if kind == b"ftyp":
            brand = content.read(4)
        elif kind == b"moov" and end - start <= INNER_MAX:
            has_track = has_track or _holds(content, start, end, {b"mvhd", b"trak"})
        if len(kinds) > BOXES_MAX:
            raise BrokenFileError
        at = end
    if brand == b"qt  ":
        raise QuickTimeError
    if kinds[:1] != [b"ftyp"] or not has_track or not {b"mdat", b"moof"} & set(kinds):
        raise BrokenFileError


def _box(content: BinaryIO, at: int, limit: int) -> tuple[bytes, int, int]:
    """Kind, start of the content and end of the box at ``at``; leaves the stream at the start."""
    content.seek(at)
    head = content.read(8)
    size, kind, start = int.from_bytes(head[:4], "big"), head[4:], at + 8
    if size == 1:
        size, start = int.from_bytes(content.read(8), "big"), at + 16
    end = limit if size == 0 else at + size
    if (
        len(head) < 8
        or end < start
        or end > limit
        or not all(32 <= c < 127 or c == 169 for c in kind)
    ):
        raise BrokenFileError
    return kind, start, end


def _holds(content: BinaryIO, start: int, end: int, wanted: set[bytes]) -> bool:
    found: set[bytes] = set()
    at = start
    while at < end:
        kind, _start, at = _box(content, at, end)
        found.add(kind)
    return wanted <= found
