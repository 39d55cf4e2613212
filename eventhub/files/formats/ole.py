"""The old office formats: a file system inside a file ([MS-CFB])."""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

from eventhub.files.errors import BrokenFileError, LockedFileError, MacroError

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END = 0xFFFFFFFA  # this and above are marks, not sectors
ENTRY = 128
ENTRIES_MAX = 20_000
# a presentation names its program in a record of its own: type 0x0400, twelve bytes long
_VBA_ATOM = b"\x02\x00\x00\x04\x0c\x00\x00\x00"
_MACROS = {"_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros"}


class _Reader:
    """The sectors of the file and the names in its directory."""

    def __init__(self, content: BinaryIO) -> None:
        self.content = content
        self.bytes = content.seek(0, os.SEEK_END)
        content.seek(0)
        head = content.read(512)
        if len(head) < 512 or head[30:32] not in {b"\x09\x00", b"\x0c\x00"}:
            raise BrokenFileError
        self.size = 1 << struct.unpack_from("<H", head, 30)[0]
        (self.first,) = struct.unpack_from("<I", head, 48)
        self.table = self._table(head)

    def sector(self, number: int) -> bytes:
        """One sector; a file that ends before it is broken."""
        at = (number + 1) * self.size
        if at >= self.bytes:
            raise BrokenFileError
        self.content.seek(at)
        return self.content.read(self.size)

    def _table(self, head: bytes) -> list[int]:
        """Which sector follows which."""
        places = list(struct.unpack_from("<109I", head, 76))
        (more,) = struct.unpack_from("<I", head, 68)
        seen: set[int] = set()
        while more < END:
            if more in seen:
                raise BrokenFileError
            seen.add(more)
            block = struct.unpack(f"<{self.size // 4}I", self.sector(more).ljust(self.size, b"\0"))
            places += block[:-1]
            more = block[-1]
        table: list[int] = []
        for place in places:
            if place < END:
                table += struct.unpack(
                    f"<{self.size // 4}I", self.sector(place).ljust(self.size, b"\xff")
                )
        return table

    def names(self) -> set[str]:
        """The names of all streams and storages."""
        names, number, steps = set(), self.first, 0
        while number < END:
            block = self.sector(number)
            for at in range(0, len(block) - ENTRY + 1, ENTRY):
                length, kind = struct.unpack_from("<HB", block, at + 64)
                if kind and 2 <= length <= 64:
                    names.add(block[at : at + length - 2].decode("utf-16-le", "replace"))
            steps += 1
            if number >= len(self.table) or steps * self.size > ENTRIES_MAX * ENTRY:
                raise BrokenFileError
            number = self.table[number]
        return names


def kind_of(content: BinaryIO) -> str | None:
    """``ppt``, ``doc``, ``locked`` for a newer format under a password, or None.

    Raises:
        BrokenFileError: the directory cannot be read.

    """
    names = _Reader(content).names()
    if "EncryptedPackage" in names:
        return "locked"
    if "PowerPoint Document" in names:
        return "ppt"
    return "doc" if "WordDocument" in names else None


def check(content: BinaryIO) -> None:
    """Refuse programs and passwords.

    Raises:
        MacroError, LockedFileError: as said.

    """
    names = _Reader(content).names()
    if names & _MACROS or _presentation_has_program(content):
        raise MacroError
    if "EncryptedSummary" in names or "EncryptedSummaryInformation" in names:
        raise LockedFileError


def _presentation_has_program(content: BinaryIO) -> bool:
    content.seek(0)
    tail = b""
    while block := content.read(1 << 20):
        window = tail + block
        at = window.find(_VBA_ATOM)
        while at >= 0:
            atom = window[at + 8 : at + 20]
            if len(atom) == 12 and struct.unpack_from("<I", atom, 4)[0] == 1:
                return True
            at = window.find(_VBA_ATOM, at + 1)
        tail = window[-32:]
    return False
