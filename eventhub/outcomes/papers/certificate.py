"""The certificate: one sheet of A4, landscape, to be hung on a wall."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eventhub.outcomes.papers.typeface import HEADING, NAME_SEPARATOR, Paper, chinese_date
from eventhub.web.qr import png

WIDTH, HEIGHT = 297.0, 210.0
INK, SOFT = (34, 40, 49), (92, 99, 110)
BLUE, GOLD, DEEP_GOLD, RED = (14, 58, 97), (190, 152, 72), (146, 108, 34), (158, 34, 36)
IVORY, MIST, FAR = (253, 251, 245), (237, 241, 240), (245, 246, 242)
LEFT, RIGHT = 38.0, WIDTH - 38.0
BODY_TOP, BODY_END = 72.0, 154.0
SIZES = (19.0, 18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0)
LEADING = 1.62
POINT = 0.3528  # millimetres

TITLE = "荣誉证书"  # not translated
SUBTITLE = "CERTIFICATE OF HONOUR"


@dataclass(frozen=True)
class CertificateFacts:
    """What a certificate says. ``number`` is as it is printed, ``address`` where it is verified."""

    number: str
    competition: str
    stage: str
    group: str
    project: str
    award: str
    school: str
    members: tuple[str, ...]
    advisers: tuple[str, ...]
    hosts: tuple[str, ...]
    day: date
    address: str


@dataclass(frozen=True)
class _Body:
    """The text at one size, broken into lines."""

    size: float
    recipients: list[str]
    words: list[str]
    thanks: list[str]
    advisers: list[str]

    @property
    def step(self) -> float:
        """From line to line."""
        return self.size * POINT * LEADING

    @property
    def height(self) -> float:
        """All of it, the award among it."""
        count = sum(map(len, (self.recipients, self.words, self.thanks, self.advisers)))
        return count * self.step + _award_height(self.size)


def _award_height(size: float) -> float:
    return 15.0 + size * 0.55


def draw(facts: CertificateFacts, *, folder: Path) -> bytes:
    """The PDF. ``folder`` is where fonts are unpacked."""
    paper = Paper(landscape=True, folder=folder)
    paper.set_title(f"{TITLE} {facts.number}")
    paper.set_creator("EventHub")
    paper.set_lang("zh-CN")
    paper.add_page()
    _ground(paper)
    _frame(paper)
    _heading(paper)
    _text(paper, facts)
    _foot(paper, facts)
    return paper.whole()


# ground and frame


def _ground(paper: Paper) -> None:
    paper.set_fill_color(*IVORY)
    paper.rect(14, 14, WIDTH - 28, HEIGHT - 28, style="F")
    _rosette(paper, WIDTH / 2, 104, 62)
    for base, height, colour, phase in ((172, 15, FAR, 0.4), (182, 13, MIST, 2.1)):
        _ridge(paper, base, height, colour, phase)


def _rosette(paper: Paper, x: float, y: float, radius: float) -> None:
    """A guilloche as on securities, so pale that text stands on it."""
    paper.set_draw_color(243, 236, 219)
    paper.set_line_width(0.13)
    for ring in range(7):
        size = radius * (1 - ring * 0.1)
        points = []
        for at in range(361):
            angle = math.tau * at / 360
            reach = size * (0.86 + 0.14 * math.sin(18 * angle + ring * 0.9))
            points.append((x + reach * math.cos(angle), y + reach * 0.72 * math.sin(angle)))
        paper.polygon(points, style="D")


def _ridge(
    paper: Paper, base: float, height: float, colour: tuple[int, int, int], phase: float
) -> None:
    """A range of hills, for a city built on them."""
    left, right, floor = 14.0, WIDTH - 14, HEIGHT - 14
    points = [(left, floor)]
    steps = 120
    for at in range(steps + 1):
        share = at / steps
        wave = (
            math.sin(share * 7.1 + phase) * 0.5
            + math.sin(share * 15.7 + phase * 2.3) * 0.3
            + math.sin(share * 31.0 + phase * 1.7) * 0.12
        )
        points.append((left + (right - left) * share, base - wave * height))
    points.append((right, floor))
    paper.set_fill_color(*colour)
    paper.polygon(points, style="F")


def _frame(paper: Paper) -> None:
    paper.set_draw_color(*BLUE)
    paper.set_line_width(1.5)
    paper.rect(9, 9, WIDTH - 18, HEIGHT - 18)
    paper.set_draw_color(*GOLD)
    paper.set_line_width(0.25)
    paper.rect(11.4, 11.4, WIDTH - 22.8, HEIGHT - 22.8)
    paper.set_line_width(0.55)
    for y in (14, HEIGHT - 14):
        paper.line(34, y, WIDTH - 34, y)
    for x in (14, WIDTH - 14):
        paper.line(x, 34, x, HEIGHT - 34)
    for right in (False, True):
        for lower in (False, True):
            _corner(paper, right=right, lower=lower)


def _corner(paper: Paper, *, right: bool, lower: bool) -> None:
    """A fret in the manner of 回纹, turned into its corner."""

    def place(x: float, y: float) -> tuple[float, float]:
        return (WIDTH - x if right else x, HEIGHT - y if lower else y)

    paper.set_draw_color(*GOLD)
    fret = ((31, 14), (14, 14), (14, 31), (17, 31), (17, 17), (31, 17), (31, 14))
    spiral = ((20, 29), (20, 20), (29, 20), (29, 26), (23.5, 26), (23.5, 23.5), (26.2, 23.5))
    paper.set_line_width(0.55)
    paper.polyline([place(x, y) for x, y in fret])
    paper.set_draw_color(*DEEP_GOLD)
    paper.set_line_width(0.8)
    paper.polyline([place(x, y) for x, y in spiral])
    paper.set_draw_color(*GOLD)
    paper.set_line_width(0.55)
    for start, end in (((31, 15.5), (34, 15.5)), ((15.5, 31), (15.5, 34))):
        paper.line(*place(*start), *place(*end))


# words


def _heading(paper: Paper) -> None:
    middle = WIDTH / 2
    paper.set_text_color(*DEEP_GOLD)
    paper.choose(TITLE, 44, HEADING)
    paper.spaced_at(middle, 48, TITLE, spacing=11)
    paper.choose(SUBTITLE, 10)
    paper.spaced_at(middle, 58.5, SUBTITLE, spacing=1.5)
    paper.set_draw_color(*GOLD)
    paper.set_line_width(0.3)
    for sign in (-1, 1):
        paper.line(middle + sign * 44, 57, middle + sign * 84, 57)
        paper.set_fill_color(*GOLD)
        x = middle + sign * 86
        paper.polygon([(x - 1.2, 57), (x, 55.8), (x + 1.2, 57), (x, 58.2)], style="F")


def _text(paper: Paper, facts: CertificateFacts) -> None:
    body = _fitting(paper, facts)
    y = BODY_TOP + (BODY_END - BODY_TOP - body.height) / 2 + body.size * POINT
    paper.set_text_color(*INK)
    paper.choose("", body.size)
    for line in body.recipients:
        paper.text(LEFT, y, line)
        y += body.step
    for at, line in enumerate(body.words):
        paper.text(LEFT + (_indent(body.size) if at == 0 else 0), y, line)
        y += body.step
    y += _award_height(body.size) - 13
    paper.set_text_color(*RED)
    _award(paper, facts.award, y)
    y += 13
    paper.set_text_color(*INK)
    paper.choose("", body.size)
    for part in (body.advisers, body.thanks):
        for at, line in enumerate(part):
            paper.text(LEFT + (_indent(body.size) if at == 0 else 0), y, line)
            y += body.step


def _award(paper: Paper, award: str, y: float) -> None:
    """As large as it fits: a word of two characters is spaced, a long one is not."""
    spacing = 9.0 if len(award) <= 4 else 2.0 if len(award) <= 10 else 0.0
    for size in (38, 34, 30, 26, 22, 18, 15, 12):
        paper.choose(award, size, HEADING)
        if paper.get_string_width(award) + spacing * (len(award) - 1) <= RIGHT - LEFT:
            break
    paper.spaced_at(WIDTH / 2, y, award, spacing=spacing)


def _indent(size: float) -> float:
    return 2 * size * POINT


def _fitting(paper: Paper, facts: CertificateFacts) -> _Body:
    """The text at the largest size at which all of it has room."""
    for size in SIZES:
        body = _set(paper, facts, size)
        if body.height <= BODY_END - BODY_TOP:
            return body
    return body


def _set(paper: Paper, facts: CertificateFacts, size: float) -> _Body:
    paper.choose("", size)
    width, indent = RIGHT - LEFT, _indent(size)
    head = f"{_names(facts.members)}："  # not translated
    stage = named(facts.competition, facts.stage)
    group = f"（{facts.group}）" if facts.group else ""  # not translated
    school = f"（{facts.school}）" if facts.school else ""  # not translated
    words = f"你们的项目“{facts.project}”{school}在{stage}{group}中荣获"  # not translated
    thanks = "特发此证，以资鼓励。"  # not translated
    teachers = f"指导教师：{_names(facts.advisers)}"  # not translated
    return _Body(
        size,
        paper.name_lines(head, width),
        paper.lines(words, width, indent=indent),
        paper.lines(thanks, width, indent=indent),
        paper.lines(teachers, width, indent=indent) if facts.advisers else [],
    )


def named(competition: str, stage: str) -> str:
    """A competition with its round, told once where its title ends in the round's name."""
    return competition if competition.endswith(stage) else f"{competition}{stage}"


def _names(names: Sequence[str]) -> str:
    return NAME_SEPARATOR.join(names)


def _foot(paper: Paper, facts: CertificateFacts) -> None:
    top = 160.0
    paper.set_fill_color(255, 255, 255)
    paper.rect(LEFT - 0.6, top - 0.6, 26.2, 26.2, style="F")
    paper.image(io.BytesIO(png(facts.address)), LEFT, top, 25, 25)
    paper.set_text_color(*SOFT)
    paper.choose("", 9.5)
    words = (
        f"证书编号：{facts.number}",  # not translated
        "扫描二维码核验真伪",  # not translated
    )
    for at, line in enumerate(words):
        paper.text(LEFT + 29, top + 14.5 + at * 5.4, line)
    for size in (7.5, 6.5, 5.5):
        paper.choose("", size)
        if paper.get_string_width(facts.address) <= 90:
            break
    paper.text(LEFT + 29, top + 24.6, facts.address)
    _signatures(paper, facts, top)


def _signatures(paper: Paper, facts: CertificateFacts, top: float) -> None:
    day = chinese_date(facts.day.year, facts.day.month, facts.day.day)
    lines = [*facts.hosts[:5], day]
    size = 13.5 if len(lines) <= 3 else 11.0 if len(lines) <= 4 else 9.5
    step = size * POINT * 1.6
    y = top + 23.4 - step * (len(lines) - 1)
    paper.set_text_color(*INK)
    for line in lines:
        chosen = size
        paper.choose(line, chosen)
        while paper.get_string_width(line) > 105 and chosen > 7:
            chosen -= 0.5
            paper.choose(line, chosen)
        paper.write_at(RIGHT, y, line, align="R")
        y += step
