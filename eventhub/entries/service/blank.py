"""The empty workbook that an office fills in: the sheets, a page of explanations, drop-downs."""

from __future__ import annotations

from typing import IO

import xlsxwriter

from eventhub.circles.queries import list_universities
from eventhub.competitions.models import Competition
from eventhub.entries.service.exporting import BOOK_OPTIONS, SheetWriter, handing_out
from eventhub.entries.service.sheets import COMPANIES, GROUP_JOINT, MEMBERS, PROJECTS, SHEETS
from eventhub.i18n import _

ROWS = 5001  # as far as the drop-downs reach


def write_blank(competition: Competition) -> IO[bytes]:
    """The template of a competition, in a file that goes when it is closed."""
    with handing_out() as out:
        book = xlsxwriter.Workbook(out, {**BOOK_OPTIONS, "constant_memory": False})
        _write_book(book, competition)
        book.close()
    return out


def _write_book(book: xlsxwriter.Workbook, competition: Competition) -> None:
    sheets = {}
    for shape in SHEETS:
        columns = [c for c in shape.columns if not c.is_told or c.key == "project"]
        sheets[shape.key] = SheetWriter(book, shape, columns)
    choices = _write_choices(book, competition)
    _offer(sheets[PROJECTS.key], "group", choices["groups"])
    _offer(sheets[PROJECTS.key], "category", choices["categories"])
    _offer(sheets[PROJECTS.key], "school", choices["schools"])
    _offer(sheets[MEMBERS.key], "school", choices["schools"])
    _offer(sheets[COMPANIES.key], "is_registered", choices["flags"])
    _explain(book, competition)


def _write_choices(book: xlsxwriter.Workbook, competition: Competition) -> dict[str, str]:
    """The lists behind the drop-downs, on a sheet of their own; return where each stands."""
    title = _("选项")
    sheet = book.add_worksheet(title)
    lists = {
        "groups": [g.track_name + GROUP_JOINT + g.name for g in competition.groups],
        "categories": sorted({name for g in competition.groups for name in g.categories}),
        "schools": [university.name for university in list_universities()],
        "flags": [_("是"), _("否")],
    }
    headings = (_("组别"), _("参赛类别"), _("学校"), _("是或否"))
    places = {}
    for at, ((key, words), heading) in enumerate(zip(lists.items(), headings, strict=True)):
        sheet.write_string(0, at, heading)
        for row, word in enumerate(words, 1):
            sheet.write_string(row, at, word)
        sheet.set_column(at, at, 34)
        column = "ABCD"[at]
        places[key] = f"='{title}'!${column}$2:${column}${len(words) + 1}" if words else ""
    return places


def _offer(writer: SheetWriter, key: str, source: str) -> None:
    """A drop-down on a column; another word is let through, the check tells what is wrong."""
    if not source:
        return
    at = next(n for n, column in enumerate(writer.columns) if column.key == key)
    rule = {"validate": "list", "source": source, "error_type": "warning"}
    writer.sheet.data_validation(1, at, ROWS, at, rule)


def _explain(book: xlsxwriter.Workbook, competition: Competition) -> None:
    sheet = book.add_worksheet(_("说明"))
    bold = book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 2, 80, wrap)
    lines: list[tuple[str, ...]] = [
        (_("赛事"), competition.event.title, ""),
        (_("怎么填"), "", _("每个项目在“项目”里占一行；成员和指导教师每人一行，用项目编号对上。")),
        ("", "", _("新项目编号填“新1”“新2”；导出的名单改好后，可以原样导入，编号不要改。")),
        ("", "", _("成员里排序为 1 的是负责人，新项目要填负责人的邮箱。")),
        ("", "", _("某张表里没有提到的项目，这部分内容保持不变。不要合并单元格，不要用公式。")),
        ("", "", _("上传后先检查，不会立即写入；哪一格有问题会逐条列出。")),
        ("", "", ""),
    ]
    for shape in SHEETS:
        for column in shape.columns:
            if column.note is not None and not column.is_told:
                lines.append((str(shape.title), str(column.title), str(column.note)))
    sheet.write_row(0, 0, [_("工作表"), _("列"), _("说明")], bold)
    for at, line in enumerate(lines, 1):
        for column_at, text in enumerate(line):
            sheet.write_string(at, column_at, text)
