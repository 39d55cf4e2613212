"""A notice on paper in the manner of GB/T 9704: margins, sizes, lines and page numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from eventhub.outcomes.enums import NoticeKind
from eventhub.outcomes.papers.typeface import HEADING, Paper

LEFT, TOP, WIDTH, HEIGHT = 28.0, 37.0, 156.0, 225.0
END = TOP + HEIGHT
BODY, TITLE, SMALL, NUMBER = 16.0, 22.0, 10.5, 14.0  # points: 3号, 2号, 5号, 4号
LINE = HEIGHT / 22
POINT = 0.3528
CELL_LINE, PADDING = 5.4, 1.5
INK, RULE = (0, 0, 0), (90, 90, 90)


@dataclass(frozen=True)
class NoticeFacts:
    """What a notice says; ``rows`` as they were masked on the day of publication."""

    kind: NoticeKind
    title: str
    basis: str
    period: str
    zone: str
    contact: str
    signed_by: str
    published_at: datetime
    zone_key: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class _Column:
    head: str
    width: float
    key: str


_COLUMNS = {
    NoticeKind.ENTRIES: (
        _Column("序号", 12, "at"),  # not translated
        _Column("项目名称", 54, "name"),  # not translated
        _Column("组别", 34, "group"),  # not translated
        _Column("学校", 36, "school"),  # not translated
        _Column("负责人", 20, "captain"),  # not translated
    ),
    NoticeKind.ADVANCEMENT: (
        _Column("序号", 12, "at"),  # not translated
        _Column("项目名称", 46, "name"),  # not translated
        _Column("组别", 30, "group"),  # not translated
        _Column("学校", 30, "school"),  # not translated
        _Column("负责人", 16, "captain"),  # not translated
        _Column("晋级", 22, "outcome"),  # not translated
    ),
    NoticeKind.AWARDS: (
        _Column("序号", 11, "at"),  # not translated
        _Column("奖项", 17, "outcome"),  # not translated
        _Column("项目名称", 38, "name"),  # not translated
        _Column("学校", 27, "school"),  # not translated
        _Column("团队成员", 38, "members"),  # not translated
        _Column("指导教师", 25, "advisers"),  # not translated
    ),
}


def draw(facts: NoticeFacts, *, folder: Path) -> bytes:
    """The PDF. ``folder`` is where fonts are unpacked."""
    sheet = _Sheet(folder)
    sheet.title(facts.title)
    sheet.paragraphs(facts.basis)
    sheet.paragraphs(
        f"公示时间：{facts.period}，{facts.zone}。"  # not translated
        "公示期内如有异议，请以书面形式实名提出，写明事实并附证明材料，"  # not translated
        "逾期不予受理。"  # not translated
    )
    sheet.paragraphs(f"联系方式：{facts.contact}")  # not translated
    sheet.gap(4)
    sheet.table(_COLUMNS[facts.kind], facts.rows)
    day = facts.published_at.astimezone(ZoneInfo(facts.zone_key))
    sheet.sign(facts.signed_by, f"{day.year}年{day.month}月{day.day}日")  # not translated
    return sheet.finish()


class _Sheet:
    """Pages that fill from top to bottom."""

    def __init__(self, folder: Path) -> None:
        self.paper = Paper(landscape=False, folder=folder)
        self.paper.set_creator("EventHub")
        self.paper.set_lang("zh-CN")
        self.paper.set_text_color(*INK)
        self.paper.foot = self._number
        self.y = END
        self._turn()

    def title(self, text: str) -> None:
        """Centred, in the heading's font, broken where it is too long."""
        self.paper.set_title(text)
        self.paper.choose(text, TITLE, HEADING)
        for line in self._even(text):
            self.paper.write_at(LEFT + WIDTH / 2, self.y + TITLE * POINT, line, align="C")
            self.y += TITLE * POINT * 1.5
        self.y += LINE * 0.8

    def paragraphs(self, text: str) -> None:
        """Running text, each paragraph indented by two characters."""
        for paragraph in filter(None, (part.strip() for part in text.splitlines())):
            self.paper.choose("", BODY)
            indent = 2 * BODY * POINT
            for at, line in enumerate(self.paper.lines(paragraph, WIDTH, indent=indent)):
                self._room(LINE)
                self.paper.choose("", BODY)
                self.paper.text(LEFT + (0 if at else indent), self.y + BODY * POINT, line)
                self.y += LINE

    def gap(self, height: float) -> None:
        """Leave some white."""
        self.y += height

    def table(self, columns: Sequence[_Column], rows: Sequence[Mapping[str, Any]]) -> None:
        """The list; its head stands on each page again."""
        self._room(30)
        self._row([column.head for column in columns], columns)
        for at, row in enumerate(rows, 1):
            cells = [*_cells(at, row, columns)]
            below = 3 * LINE if at == len(rows) else 0  # the signature does not stand alone
            if self.y + self._height(cells, columns) + below > END:
                self._turn()
                self._row([column.head for column in columns], columns)
            self._row(cells, columns)

    def sign(self, unit: str, day: str) -> None:
        """Who publishes it, and when: at the right, together on one page."""
        self.gap(LINE)
        self._room(2 * LINE)
        for text in (unit, day):
            self.paper.choose("", BODY)
            width = self.paper.get_string_width(text)
            right = LEFT + WIDTH - 4 * BODY * POINT
            self.paper.text(max(LEFT, right - width), self.y + BODY * POINT, text)
            self.y += LINE

    def finish(self) -> bytes:
        """Close the last page."""
        return self.paper.whole()

    def _number(self, page: int) -> None:
        """The page's number at its outer edge."""
        self.paper.choose("", NUMBER)
        words, edge = f"— {page} —", BODY * POINT
        if page % 2:
            self.paper.write_at(LEFT + WIDTH - edge, END + 12, words, align="R")
        else:
            self.paper.write_at(LEFT + edge, END + 12, words)

    def _even(self, text: str) -> list[str]:
        """As few lines as needed, none much shorter than the others."""
        lines, width = self.paper.lines(text, WIDTH), WIDTH
        while len(lines) > 1:
            width -= 4
            narrower = self.paper.lines(text, width)
            if len(narrower) > len(lines):
                break
            lines = narrower
        return lines

    def _turn(self) -> None:
        self.paper.add_page()
        self.y = TOP

    def _room(self, height: float) -> None:
        if self.y + height > END:
            self._turn()

    def _height(self, cells: Sequence[str], columns: Sequence[_Column]) -> float:
        return max(len(lines) for lines in self._broken(cells, columns)) * CELL_LINE + 2 * PADDING

    def _broken(self, cells: Sequence[str], columns: Sequence[_Column]) -> list[list[str]]:
        self.paper.choose("", SMALL)
        return [
            self.paper.name_lines(cell, column.width - 2 * PADDING)
            for cell, column in zip(cells, columns, strict=True)
        ]

    def _row(self, cells: Sequence[str], columns: Sequence[_Column]) -> None:
        height, x = self._height(cells, columns), LEFT
        self.paper.set_draw_color(*RULE)
        self.paper.set_line_width(0.2)
        for lines, column in zip(self._broken(cells, columns), columns, strict=True):
            self.paper.rect(x, self.y, column.width, height)
            first = self.y + (height - len(lines) * CELL_LINE) / 2 + SMALL * POINT + 0.4
            for at, line in enumerate(lines):
                self.paper.write_at(x + column.width / 2, first + at * CELL_LINE, line, align="C")
            x += column.width
        self.y += height


def _cells(at: int, row: Mapping[str, Any], columns: Sequence[_Column]) -> Iterator[str]:
    for column in columns:
        value = at if column.key == "at" else row.get(column.key, "")
        joined = "、".join(value) if isinstance(value, list) else str(value)  # not translated
        yield joined
