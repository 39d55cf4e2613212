"""Plans of made-up projects, set in the font of the house so that they read the same anywhere.

The font is cut once to the characters that the world uses: a plan is made in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from string import printable

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont

from eventhub.demo.cast import FOLDER
from eventhub.outcomes.papers.typeface import TEXT, break_lines, font_path, tokens_of

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT, MIDDLE, FOOT = 24.0, WIDTH - 24.0, 98.0, HEIGHT - 22.0
STEP, ROW = 6.8, 8.2  # from line to line, from row to row, in millimetres
WHITE, INK, SOFT, BLUE, SKY, PALE, RULE = (
    (255, 255, 255), (34, 40, 49), (92, 99, 110), (14, 58, 97), (190, 208, 226), (240, 244, 248),
    (205, 213, 222),
)  # fmt: skip
NUMBERS = "一二三四五六七八九"  # not translated


@dataclass(frozen=True)
class Plan:
    """What a project's plan says. ``team`` are names with duties, ``schedule`` weeks with aims."""

    name: str
    contest: str
    school: str
    sections: Sequence[tuple[str, str]]
    team: Sequence[tuple[str, str]]
    schedule: Sequence[tuple[str, str]]


class Press:
    """Where plans are made: ``folder`` keeps the house's fonts, ``work`` takes what is cut."""

    def __init__(self, folder: Path, work: Path) -> None:
        self._font = _cut(font_path(TEXT, folder), work)

    def plan(self, plan: Plan) -> BytesIO:
        """The plan as a PDF, most of them of one sheet."""
        sheet = _Sheet(self._font)
        sheet.cover(plan)
        count = len(plan.sections)
        for number, (heading, words) in zip(NUMBERS, plan.sections, strict=False):
            sheet.section(f"{number}、{heading}", words)
        sheet.tables(
            (f"{NUMBERS[count]}、团队分工", plan.team),  # not translated
            (f"{NUMBERS[count + 1]}、进度安排", plan.schedule),  # not translated
        )
        return sheet.whole()


def _cut(font: Path, work: Path) -> Path:
    """The font with no more than what the world writes."""
    written = {*printable, *"·　—–…“”‘’（）《》，。；：、？！%℃"}
    for path in (*FOLDER.glob("*.json"), *FOLDER.glob("*.py")):
        written |= {*path.read_text("utf-8")}
    options = subset.Options(layout_features=[], hinting=False)
    target = work / font.name
    with TTFont(font, lazy=True) as face:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[ord(character) for character in written])
        cutter.subset(face)
        face.save(target)
    return target


class _Sheet(FPDF):
    """Sheets of A4 that fill from the top."""

    def __init__(self, font: Path) -> None:
        super().__init__("portrait", "mm", "A4")
        self.add_font(TEXT, fname=font)
        for each in self._faces():
            each.ttfont.recalcBBoxes = False  # they stand in the font, and half the time is theirs
        self.set_auto_page_break(False)
        self.set_lang("zh-CN")
        self.at = 0.0

    def footer(self) -> None:
        """The page's number, as FPDF asks for it when a page is full."""
        self._ink(SOFT, 9)
        self.text(WIDTH / 2 - 1, HEIGHT - 11, str(self.page_no()))

    def whole(self) -> BytesIO:
        """The PDF, the font's file closed."""
        content = BytesIO(bytes(self.output()))
        for each in self._faces():
            each.close()
        return content

    def _faces(self) -> list[TTFFont]:
        return [font for font in self.fonts.values() if isinstance(font, TTFFont)]

    def cover(self, plan: Plan) -> None:
        """Begin the first sheet with the project's name on a band."""
        self.set_title(plan.name)
        self.add_page()
        self.set_fill_color(*BLUE)
        self.rect(0, 0, WIDTH, 56, style="F")
        self._ink(SKY, 10.5)
        self.text(LEFT, 17, plan.contest)
        self.text(LEFT, 48, f"项目计划书 · {plan.school}")  # not translated
        self._ink(WHITE, 21)
        lines = self._lines(plan.name)[:2]
        for at, line in enumerate(lines, -len(lines) + 1):
            self._bold(LEFT, 36 + 9.5 * at, line)
        self.at = 71

    def section(self, heading: str, words: str) -> None:
        """A heading and a paragraph."""
        self._room(24)
        self._heading(heading, LEFT, RIGHT)
        self._ink(INK, 11)
        for line in self._lines(words):
            self._room(STEP)
            self._ink(INK, 11)
            self.text(LEFT, self.at, line)
            self.at += STEP
        self.at += 5.5

    def tables(self, *tables: tuple[str, Sequence[tuple[str, str]]]) -> None:
        """Two short tables side by side."""
        self._room(11 + ROW * max(len(rows) for _heading, rows in tables))
        top = self.at
        sides = ((LEFT, MIDDLE - 6, 26.0), (MIDDLE, RIGHT, 24.0))
        for (heading, rows), (left, right, second) in zip(tables, sides, strict=True):
            self.at = top
            self._heading(heading, left, right)
            for at, (name, words) in enumerate(rows):
                self._row(name, words, left, right, second, is_tinted=at % 2 == 0)

    def _row(
        self, name: str, words: str, left: float, right: float, second: float, *, is_tinted: bool
    ) -> None:
        if is_tinted:
            self.set_fill_color(*PALE)
            self.rect(left, self.at - 5.4, right - left, ROW, style="F")
        self._ink(INK, 9.5)
        self.text(left + 2, self.at, name)
        self._ink(SOFT, 9.5)
        wide = self.get_string_width(name) + 6
        self.text(left + max(second, wide), self.at, words)
        self.at += ROW

    def _heading(self, words: str, left: float, right: float) -> None:
        self._ink(BLUE, 13)
        self._bold(left, self.at, words)
        self.set_draw_color(*RULE)
        self.set_line_width(0.3)
        self.line(left, self.at + 2.8, right, self.at + 2.8)
        self.at += 10.5

    def _bold(self, x: float, y: float, words: str) -> None:
        """The text with its outline drawn as well."""
        with self.local_context(text_mode=TextMode.FILL_STROKE, line_width=0.22):
            self.text(x, y, words)

    def _room(self, height: float) -> None:
        if self.at + height > FOOT:
            self.add_page()
            self.at = 32

    def _ink(self, colour: tuple[int, int, int], size: float) -> None:
        self.set_text_color(*colour)
        self.set_draw_color(*colour)
        self.set_font(TEXT, size=size)

    def _lines(self, words: str) -> list[str]:
        return break_lines(tokens_of(words), RIGHT - LEFT, self.get_string_width)
