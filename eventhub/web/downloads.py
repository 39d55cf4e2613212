"""Files that leave: always as downloads, named for what and when, cells made harmless."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

import xlsxwriter
from flask import Response, send_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


_RISKY = frozenset("'=+-@\t\r")  # a formula's beginnings, and the sign that disarms it
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def harmless(value: Any) -> Any:
    """Disarm text that a spreadsheet would take for a formula; ``as_written`` undoes it."""
    if isinstance(value, str) and value[:1] in _RISKY and _FORMULA.match(value):
        return "'" + value
    return value


def as_written(text: str) -> str:
    """What ``harmless`` made harmless, as it was: its one apostrophe taken away again."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


def xlsx(name: str, sheets: Sequence[Sheet]) -> Response:
    """A workbook as a download; see ``workbook``."""
    return attachment(workbook(sheets), name, XLSX)


def workbook(sheets: Sequence[Sheet]) -> io.BytesIO:
    """A workbook of (title, header, rows) sheets. Long digit strings must be passed as text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "remove_timezone": True,
        },
    )
    head = book.add_format(
        {"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True, "valign": "vcenter"}
    )
    for title, header, rows in sheets:
        sheet = book.add_worksheet(title[:31])
        sheet.write_row(0, 0, header, head)
        widths = [_width(cell) for cell in header]
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write(at, column, harmless(cell))
                widths[column] = max(widths[column], _width(cell))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + 2, 60))
        sheet.freeze_panes(1, 0)
    book.close()
    buffer.seek(0)
    return buffer


def _width(cell: Any) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in str(cell or ""))


class LastReader:
    """A file that is read once, from its start to its end, and closed there."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        """The next bytes; none at the end, and never again."""
        if self._file.closed:
            return b""
        block = self._file.read(size)
        if not block:
            self._file.close()
        return block

    def close(self) -> None:
        """Close it early."""
        self._file.close()


def attachment(content: Any, name: str, media_type: str) -> Response:
    """Send a file or a stream as a download that no browser runs."""
    response = send_file(content, mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
