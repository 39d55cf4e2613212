"""Reading a table of marks that somebody else's program wrote."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from eventhub.domain.scoring.exact import add
from eventhub.errors import InvalidError
from eventhub.i18n import _

LARGEST_FILE = 64_000_000  # bytes
PLACES_MAX = 10
WHOLE_MAX = 9
COLUMNS = ("entry", "judge", "score", "criterion")
_NUMBER = re.compile(r"[+-]?([0-9]+)(?:\.([0-9]*))?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")

Sheets = dict[tuple[str, str], dict[str, Decimal]]


class MarksFileError(InvalidError):
    """The file is no table of marks; the message says where."""

    code = "marks_file"


def read_marks(content: bytes) -> list[tuple[str, str, Decimal]]:
    """Each judge's total of each entry, in the order of the file.

    Columns ``entry``, ``judge``, ``score``, and ``criterion`` where a sheet has several lines,
    which are added up. UTF-8 with or without BOM, UTF-16, GBK; commas, semicolons or tabs.

    Raises:
        MarksFileError: it cannot be read, or not in one way only.

    """
    if len(content) > LARGEST_FILE:
        raise MarksFileError(_("文件太大，最多 %(size)s MB。", size=LARGEST_FILE // 1_000_000))
    text = _decode(content)
    if not text.strip():
        raise MarksFileError(_("文件是空的。"))
    sheets: Sheets = {}
    for at, entry, judge, criterion, points in _rows(text):
        sheet = sheets.setdefault((entry, judge), {})
        if criterion in sheet:
            raise MarksFileError(
                _("第 %(row)s 行重复：评委“%(judge)s”已给项目“%(entry)s”打过分。",
                  row=at, judge=judge, entry=entry)
            )  # fmt: skip
        sheet[criterion] = points
    if not sheets:
        raise MarksFileError(_("文件只有表头，没有分数。"))
    _check_whole(sheets)
    return [(entry, judge, add(sheet.values())) for (entry, judge), sheet in sheets.items()]


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise MarksFileError(_("认不出文件的编码，请存为 UTF-8 编码的 CSV 文件。"))


def _rows(text: str) -> Iterator[tuple[int, str, str, str, Decimal]]:
    """Row number, entry, judge, criterion, points."""
    head = text.lstrip().splitlines()[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns: dict[str, int] = {}
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if not columns:
                columns = _columns(row)
                continue
            cells = _cells(row, columns, reader.line_num)
            points = _points(cells["score"], reader.line_num, delimiter)
            yield reader.line_num, cells["entry"], cells["judge"], cells["criterion"], points
    except csv.Error as error:
        raise MarksFileError(
            _("第 %(row)s 行读不懂，请检查引号和分隔符。", row=reader.line_num)
        ) from error


def _columns(row: list[str]) -> dict[str, int]:
    names = [cell.strip().lower() for cell in row]
    found: dict[str, int] = {}
    for column in COLUMNS:
        places = [at for at, name in enumerate(names) if name == column]
        if len(places) > 1:
            raise MarksFileError(_("“%(column)s”列出现了两次。", column=column))
        if places:
            found[column] = places[0]
    missing = [column for column in COLUMNS[:3] if column not in found]
    if missing:
        raise MarksFileError(
            _("缺少“%(column)s”列。第一行应为 entry,judge,score，可加 criterion。",
              column=missing[0])
        )  # fmt: skip
    return found


def _cells(row: list[str], columns: Mapping[str, int], at: int) -> dict[str, str]:
    cells = {
        column: row[place].strip() if place < len(row) else "" for column, place in columns.items()
    }
    for column, value in cells.items():
        if not value:
            raise MarksFileError(_("第 %(row)s 行没有填“%(column)s”。", row=at, column=column))
    return {"criterion": "", **cells}


def _points(text: str, at: int, delimiter: str) -> Decimal:
    if delimiter == ";" and _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    found = _NUMBER.fullmatch(text)
    if not found:
        raise MarksFileError(_("第 %(row)s 行的分数“%(text)s”不是数字。", row=at, text=text[:40]))
    whole, places = found.groups()
    if len(places or "") > PLACES_MAX:
        raise MarksFileError(
            _("第 %(row)s 行的分数有 %(count)s 位小数，最多 %(most)s 位。",
              row=at, count=len(places), most=PLACES_MAX)
        )  # fmt: skip
    if len(whole.lstrip("0")) > WHOLE_MAX:
        raise MarksFileError(_("第 %(row)s 行的分数太大。", row=at))
    return Decimal(text)


def _check_whole(sheets: Sheets) -> None:
    """Every sheet has a mark for every criterion; else its total would be too low."""
    wanted = dict.fromkeys(key for sheet in sheets.values() for key in sheet)
    for (entry, judge), sheet in sheets.items():
        for criterion in wanted:
            if criterion not in sheet:
                raise MarksFileError(
                    _("评委“%(judge)s”没有给项目“%(entry)s”的“%(criterion)s”打分。",
                      judge=judge, entry=entry, criterion=criterion)
                )  # fmt: skip
