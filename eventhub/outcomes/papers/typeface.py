"""The fonts of the house, unpacked once, and text broken into lines as Chinese is set."""

from __future__ import annotations

import json
import lzma
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.fonts import TTFFont

FONTS = Path(__file__).parent.parent / "fonts"
TEXT, HEADING = "text", "heading"
NAME_SEPARATOR = "、"  # not translated
_NO_START = frozenset("，。、；：？！”’）》〉】」』·…—,.;:?!)%")  # not translated
_NO_END = frozenset("“‘（《〈【「『(")  # not translated
_TOKEN = re.compile(r"[A-Za-z0-9À-ɏ'’._@+#&/-]+|\s|.", re.DOTALL)


@lru_cache(maxsize=2)
def _facts(use: str) -> dict[str, str]:
    facts: dict[str, str] = json.loads((FONTS / "manifest.json").read_text())["fonts"][use]
    return facts


def font_path(use: str, folder: Path) -> Path:
    """The unpacked font; several processes may unpack it at once."""
    facts = _facts(use)
    target = folder / f"{facts['sha256'][:16]}{Path(facts['file']).with_suffix('').suffix}"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as out:
        out.write(lzma.decompress((FONTS / facts["file"]).read_bytes()))
    Path(draft).replace(target)
    return target


@lru_cache(maxsize=2)
def _characters(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


class Paper(FPDF):
    """A sheet with both fonts at hand. ``folder`` is where fonts are unpacked."""

    def __init__(self, *, landscape: bool, folder: Path) -> None:
        super().__init__("landscape" if landscape else "portrait", "mm", "A4")
        self._paths = {use: font_path(use, folder) for use in (TEXT, HEADING)}
        for use, path in self._paths.items():
            self.add_font(use, fname=path)
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.c_margin = 0
        self.foot: Callable[[int], None] | None = None

    def footer(self) -> None:
        """What FPDF draws on each page when it is full; ``foot`` takes the page's number."""
        if self.foot is not None:
            self.foot(self.page_no())

    def choose(self, text: str, size: float, use: str = TEXT) -> None:
        """Set the font, in points; a heading with a rare character is set in the text's font."""
        if use == HEADING and not {ord(c) for c in text} <= _characters(self._paths[HEADING]):
            use = TEXT
        self.set_font(use, size=size)

    def whole(self) -> bytes:
        """The PDF, the fonts' files closed."""
        content = bytes(self.output())
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
        return content

    def missing(self, text: str) -> str:
        """The characters of a text that no font of the house can show."""
        known = _characters(self._paths[TEXT])
        return "".join(dict.fromkeys(c for c in text if c.isprintable() and ord(c) not in known))

    def write_at(self, x: float, y: float, text: str, *, align: str = "L") -> None:
        """Draw one line with its baseline at ``y``; ``x`` is its left, middle or right."""
        width = self.get_string_width(text)
        self.text(x - {"L": 0.0, "C": width / 2, "R": width}[align], y, text)

    def spaced_at(self, x: float, y: float, text: str, *, spacing: float) -> None:
        """Draw one line, letters ``spacing`` millimetres apart, its middle at ``x``."""
        widths = [self.get_string_width(letter) for letter in text]
        at = x - (sum(widths) + spacing * (len(text) - 1)) / 2
        for letter, width in zip(text, widths, strict=True):
            self.text(at, y, letter)
            at += width + spacing

    def lines(self, text: str, width: float, *, indent: float = 0) -> list[str]:
        """Break a text for the font that is set."""
        return break_lines(tokens_of(text), width, self.get_string_width, indent=indent)

    def name_lines(self, text: str, width: float) -> list[str]:
        """The same for a list of names: lines end between two, not within one that fits."""
        parts = text.split(NAME_SEPARATOR)
        names = [f"{part}{NAME_SEPARATOR}" for part in parts[:-1]] + parts[-1:]
        lines, line = [], ""
        for name in names:
            if line and self.get_string_width(line + name) > width:
                lines.append(line)
                line = ""
            line += name
        found = [piece for each in [*lines, line] for piece in self.lines(each, width)]
        return [each for each in found if each] or [""]


def tokens_of(text: str) -> list[str]:
    """What a line may end behind: words of letters, single ideographs."""
    return _TOKEN.findall(text)


def break_lines(
    tokens: Sequence[str], width: float, measure: Callable[[str], float], *, indent: float = 0
) -> list[str]:
    """Fill lines greedily; no line starts with a closing mark or ends with an opening one.

    A token longer than a line is cut. ``indent`` shortens the first line.
    """
    lines: list[str] = []
    line = ""
    for token in _bound(tokens):
        room = width - (indent if not lines else 0)
        if measure(line + token.rstrip()) <= room:
            line += token
            continue
        if line:
            lines.append(line.rstrip())
            room, line = width, ""
        rest = token.lstrip()
        while measure(rest) > room and len(rest) > 1:
            cut = next(
                n for n in range(len(rest) - 1, 0, -1) if n == 1 or measure(rest[:n]) <= room
            )
            lines.append(rest[:cut])
            rest, room = rest[cut:], width
        line = rest
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _bound(tokens: Sequence[str]) -> list[str]:
    """Tie closing marks to what stands before them, and what stands behind to opening ones."""
    bound: list[str] = []
    for token in tokens:
        closes = token[:1] in _NO_START
        opened = bool(bound) and bound[-1][-1:] in _NO_END
        if bound and (closes or opened):
            bound[-1] += token
        else:
            bound.append(token)
    return bound


_DIGITS = "〇一二三四五六七八九"  # not translated
_TEN = "十"  # not translated


def chinese_date(year: int, month: int, day: int) -> str:
    """二〇二六年十一月二十三日."""
    digits = "".join(_DIGITS[int(digit)] for digit in str(year))
    return f"{digits}年{_count(month)}月{_count(day)}日"  # not translated


def _count(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = {0: "", 1: _TEN}.get(tens, f"{_DIGITS[tens]}{_TEN}")
    return head + (_DIGITS[ones] if ones else "")
