"""Reading a workbook that somebody else has made: as text, cell by cell, or not at all."""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils import get_column_letter

from eventhub.entries.errors import BadWorkbookError
from eventhub.entries.service.cells import UnreadableError, as_read, text_of
from eventhub.entries.service.sheets import (
    ANSWERS,
    PRIVATE,
    SHEETS,
    Column,
    SheetShape,
    titles_of,
)
from eventhub.i18n import LOCALES, _, join_words, speaking

log = logging.getLogger(__name__)

ROWS_MAX = 90_000
COLUMNS_MAX = 40
HEAD_ROWS = 10  # as far as the row of headings is looked for
MERGES_MAX = 200
PART_MAX = 128_000_000  # bytes of a sheet, unpacked; a full list has a third of it
STRINGS_MAX = 32_000_000  # bytes of the texts that cells share: all of them are held in memory
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}(?::[A-Z]{1,3}\d{1,7})?)"')
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell, or worth a look: where, what stands there, and why."""

    sheet: str
    cell: str
    found: str
    why: str


@dataclass
class SheetRow:
    """A row that is not blank: its number, and its cells' text by the column's key."""

    number: int
    text: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  # column key to cell, such as B7


@dataclass
class ReadSheet:
    """A sheet as read. ``keys`` are the columns that it has."""

    shape: SheetShape
    title: str
    keys: frozenset[str] = frozenset()
    rows: list[SheetRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


@dataclass
class ReadBook:
    """The known sheets of a workbook, and what was passed over."""

    sheets: dict[str, ReadSheet]
    unread: list[str]

    @property
    def problems(self) -> Iterator[Problem]:
        """What is wrong in any sheet."""
        for sheet in self.sheets.values():
            yield from sheet.problems

    @property
    def private_cells(self) -> frozenset[tuple[str, str]]:
        """Sheet and column, such as ``("成员", "I")``, of what tells of people."""
        return frozenset(
            (sheet.title, letters_of(place))
            for sheet in self.sheets.values()
            for row in sheet.rows[:1]
            for key, place in row.places.items()
            if key in PRIVATE.get(sheet.shape.key, ())
        )


def refuse_unsafe(content: BinaryIO | Path) -> None:
    """Refuse what only a spreadsheet may hide; the archive itself was checked when it was kept.

    Raises:
        BadWorkbookError: it points outside, its XML defines entities, or a part is too large.

    """
    with zipfile.ZipFile(content) as archive:
        for part in archive.infolist():
            name, lowered = part.filename, part.filename.lower()
            if part.file_size > (STRINGS_MAX if "sharedstrings" in lowered else PART_MAX):
                raise BadWorkbookError(
                    _("文件里的内容太多，无法读取。请删去空行和无关的工作表，或分几次导入。")
                )
            if lowered.startswith(("xl/externallinks/", "xl/querytables/", "xl/connections")):
                raise BadWorkbookError(
                    _("文件里有指向其他文件或数据源的链接。请在 Excel 中断开链接，再另存后上传。")
                )
            if lowered.startswith(("xl/activex/", "xl/embeddings/", "xl/ctrlprops/")):
                raise BadWorkbookError(
                    _("文件里嵌有控件或其他文件。请下载模板，把内容填进去后再上传。")
                )
            if lowered.endswith((".xml", ".rels")):
                _refuse_entities(archive, name)


def _refuse_entities(archive: zipfile.ZipFile, name: str) -> None:
    tail = b""
    with archive.open(name) as content:
        while block := content.read(1 << 20):
            if not tail and block[:2] in {b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"}:
                raise BadWorkbookError
            if _DOCTYPE.search(tail + block):
                raise BadWorkbookError
            tail = block[-16:]


def read_workbook(content: BinaryIO) -> ReadBook:
    """The known sheets of a workbook.

    Raises:
        BadWorkbookError: it cannot be read, has no sheet of projects, or too many rows.

    """
    refuse_unsafe(content)
    try:
        book = openpyxl.load_workbook(content, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # a broken file may fail a reader in any way
        raise _unreadable(error) from error
    try:
        return _read_sheets(book, content)
    finally:
        book.close()


def _unreadable(error: Exception) -> BadWorkbookError:
    log.warning("workbook cannot be read", extra={"kind": type(error).__name__})
    return BadWorkbookError()


def _read_sheets(book: openpyxl.Workbook, content: BinaryIO) -> ReadBook:
    known: dict[str, ReadSheet] = {}
    unread = []
    for sheet in book.worksheets:
        shape = next((s for s in SHEETS if sheet.title.strip() in titles_of(s)), None)
        if shape is None:
            if sheet.title not in _own_titles():
                unread.append(sheet.title)
        elif shape.key in known:
            raise BadWorkbookError(_("有两张工作表都叫“%(title)s”。", title=sheet.title))
        else:
            known[shape.key] = _read_sheet(sheet, shape, content)
    if SHEETS[0].key not in known:
        titles = join_words(title[:20] for title in unread[:8]) or "—"
        raise BadWorkbookError(
            _(
                "没有找到名为“%(wanted)s”的工作表，文件里有：%(titles)s。请下载模板，把内容填进去。",
                wanted=SHEETS[0].title,
                titles=titles,
            )
        )
    return ReadBook(known, unread)


def _own_titles() -> set[str]:
    """Sheets that the house itself adds and does not read."""
    found = titles_of(ANSWERS)
    for locale in LOCALES:
        with speaking(locale):
            found |= {str(_("选项")), str(_("说明"))}
    return found


def _read_sheet(sheet: Any, shape: SheetShape, content: BinaryIO) -> ReadSheet:
    read = ReadSheet(shape, sheet.title)
    for ref in _merged(content, sheet._worksheet_path):  # no public way to its part
        read.problems.append(
            Problem(read.title, ref, "", str(_("这是合并的单元格。请取消合并，把每一行都填全。")))
        )
    sheet.reset_dimensions()  # what a file says of its size may be false
    columns: dict[int, Column] = {}
    titles = {title: column for column in shape.columns for title in titles_of(column)}
    try:
        for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX), 1):
            if number > ROWS_MAX:
                raise BadWorkbookError(
                    _("“%(title)s”的行数超过 %(limit)s。", title=read.title, limit=ROWS_MAX)
                )
            if not columns:
                columns = _find_head(row, titles, read)
                if not columns and number >= HEAD_ROWS:
                    break
            else:
                _read_row(number, row, columns, read)
    except BadWorkbookError:
        raise
    except Exception as error:  # as above: what is lazily read may be broken too
        raise _unreadable(error) from error
    _refuse_headless(shape, read)
    return read


def _merged(content: BinaryIO, part: str) -> list[str]:
    found: list[str] = []
    tail = b""
    with zipfile.ZipFile(content) as archive, archive.open(part) as stream:
        while block := stream.read(1 << 20):
            text = tail + block
            found += [match[1].decode() for match in _MERGE.finditer(text)]
            tail = text[-200:]
            if len(found) > MERGES_MAX:
                break
    return [*dict.fromkeys(found)][:MERGES_MAX]


def _find_head(
    row: tuple[Any, ...], titles: dict[str, Column], read: ReadSheet
) -> dict[int, Column]:
    """The row of headings is the first that names at least two columns."""
    found: dict[int, Column] = {}
    for at, cell in enumerate(row):
        column = titles.get(str(cell.value or "").strip())
        if column is None:
            continue
        if column in found.values():
            raise BadWorkbookError(
                _(
                    "“%(sheet)s”里有两列都叫“%(column)s”。",
                    sheet=read.title,
                    column=column.title,
                )
            )
        found[at] = column
    if len(found) < 2:
        return {}
    read.keys = frozenset(column.key for column in found.values())
    return found


def _refuse_headless(shape: SheetShape, read: ReadSheet) -> None:
    missing = [str(shape.column(key).title) for key in sorted(shape.needed - read.keys)]
    if missing:
        raise BadWorkbookError(
            _(
                "“%(sheet)s”缺少这些列：%(columns)s。请下载模板，对照第一行的标题。",
                sheet=read.title,
                columns=join_words(missing),
            )
        )


def _read_row(
    number: int, row: tuple[Any, ...], columns: dict[int, Column], read: ReadSheet
) -> None:
    line = SheetRow(number)
    faults = []
    for at, column in columns.items():
        place = f"{get_column_letter(at + 1)}{number}"
        line.places[column.key] = place
        cell = row[at] if at < len(row) else None
        try:
            text = "" if cell is None or column.is_told else text_of(cell, column)
        except UnreadableError as fault:
            faults.append(Problem(read.title, place, fault.found, fault.why))
            text = ""
        line.text[column.key] = text
        if cell is not None and column.is_told and not isinstance(cell.value, bool):
            line.text[column.key] = as_read(str(cell.value or ""))
    taken = [column.key for column in columns.values() if not column.is_told]
    if faults or any(line.text[key] for key in taken):
        read.rows.append(line)
        read.problems += faults


def row_of(cell: str) -> int:
    """The row of a cell such as B7, or of the first of several; 0 for none."""
    return int("0" + "".join(c for c in cell.split(":", maxsplit=1)[0] if c.isdigit()))


def letters_of(cell: str) -> str:
    """The column of a cell such as B7."""
    return cell.rstrip("0123456789")
