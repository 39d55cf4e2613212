"""What the terminal says once everything runs."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import qrcode


@dataclass(frozen=True)
class SignIn:
    """One of the demonstration's people."""

    role: str
    name: str
    email: str
    password: str
    path: str


@dataclass(frozen=True)
class Welcome:
    """Where the house is reached, and as whom."""

    seconds: float
    here: str
    phones: str | None
    mail_folder: Path | None
    sign_ins: Sequence[SignIn]

    def text(self, *, colours: bool) -> str:
        """The whole message; with ``colours`` the code is readable on any terminal theme."""
        blocks = [f"EventHub runs, ready in {self.seconds:.1f} s. Ctrl-C stops everything."]
        blocks.append(self._places())
        if self.phones:
            blocks.append(qr_code(self.phones, colours=colours))
        if self.sign_ins:
            blocks.append(self._people())
        return "\n\n".join(blocks) + "\n"

    def _places(self) -> str:
        lines = [f"  This machine    {self.here}"]
        if self.phones:
            lines.append(
                f"  Phones          {self.phones}\n"
                "                  (same network; the certificate is this machine's own,"
                " so a phone asks once)"
            )
        if self.mail_folder:
            lines.append(f"  Mail            is written to {self.mail_folder}")
        return "\n".join(lines)

    def _people(self) -> str:
        rows = [("Role", "Name", "E-mail", "Password", "Page")]
        rows += [(p.role, p.name, p.email, p.password, p.path) for p in self.sign_ins]
        widths = [max(_width(row[column]) for row in rows) for column in range(5)]
        return "\n".join(
            "  "
            + "  ".join(_pad(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )


def read_sign_ins(text: str) -> list[SignIn]:
    """The output of ``flask demo sign-ins --json``."""
    return [
        SignIn(**{name: entry[name] or "" for name in SignIn.__annotations__})
        for entry in json.loads(text)
    ]


def qr_code(address: str, *, colours: bool) -> str:
    """An address as a QR code of half blocks, light on dark."""
    code = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(address)
    out = io.StringIO()
    code.print_ascii(out=out, invert=True)
    lines = out.getvalue().rstrip("\n").split("\n")
    if colours:
        lines = [f"\x1b[38;5;231;48;5;16m{line}\x1b[0m" for line in lines]
    return "\n".join("  " + line for line in lines)


def say(text: str) -> None:
    """Write to the terminal, whatever its encoding can show."""
    encoding = sys.stdout.encoding or "ascii"
    print(text.encode(encoding, "replace").decode(encoding), flush=True)


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
