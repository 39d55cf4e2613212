"""The worked example of docs/scoring: what it says is what is computed."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from eventhub.domain.scoring.analysis import Method, analyse
from eventhub.domain.scoring.correction import Correction, JudgeCorrection
from eventhub.domain.scoring.rules import ScoreRule, ScoreRuleKind
from eventhub.domain.scoring.scale import fit_scales, to_correction
from eventhub.domain.scoring.standings import RoundRule, Sheet, standings
from tests.unit.scoring.marks import Marks, design_of

DOCS = Path(__file__).parents[3] / "docs"
PAGES = ("scoring.md", "scoring.zh-CN.md")
JUDGES = "甲乙丙丁"


def rows(page: str) -> dict[str, list[list[str]]]:
    """The cells of all lines of tables, by their first cell."""
    found: dict[str, list[list[str]]] = {}
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
        if line.startswith("| "):
            first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            found.setdefault(first, []).append(cells)
    return found


def marks_of(page: str) -> Marks:
    table = rows(page)
    return [
        (entry, judge, Decimal(mark))
        for entry in "ABCDEFGH"
        for judge, mark in zip(JUDGES, table[entry][0], strict=True)
        if mark != "–"
    ]


def correction_of(page: str) -> Correction[str]:
    table, text = rows(page), (DOCS / page).read_text(encoding="utf-8")
    columns = [
        [Decimal(cell.replace("−", "-")) for cell in table[name][0]]
        for name in (
            ("severity", "scale", "weight") if "scale" in table else ("严度", "尺度", "分量")
        )
    ]
    found = re.search(r"(?:Centre|中心) (82\.\d{6})(?:, pull|，回拉) (\d\.\d{6})", text)
    assert found is not None
    figures = zip(*columns, strict=True)
    judges = {judge: JudgeCorrection(*own) for judge, own in zip(JUDGES, figures, strict=True)}
    return Correction(Decimal(found[1]), Decimal(found[2]), judges)


@pytest.mark.parametrize("page", PAGES)
def test_totals_and_ranks(page: str) -> None:
    sheets = [Sheet(entry, judge, {"": mark}) for entry, judge, mark in marks_of(page)]
    for column, kind in enumerate(ScoreRuleKind):
        correction = correction_of(page) if kind is ScoreRuleKind.CORRECTED else None
        lines = standings(sheets, rule=RoundRule(ScoreRule(kind), correction=correction))
        for line in lines:
            said = re.findall(r"[\d.]+", rows(page)[line.entry_id][1][column])
            assert said == [str(line.total), str(line.rank)]


@pytest.mark.parametrize("page", PAGES)
def test_the_steps_by_hand(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    sheets = [Sheet(entry, judge, {"": mark}) for entry, judge, mark in marks_of(page)]
    rules: list[RoundRule[str]] = [
        RoundRule(ScoreRule(ScoreRuleKind.STANDARD)),
        RoundRule(ScoreRule(ScoreRuleKind.CORRECTED), correction=correction_of(page)),
    ]
    for rule in rules:
        line = next(line for line in standings(sheets, rule=rule) if line.entry_id == "H")
        assert all(str(mark) in text for mark in line.converted)


def test_the_published_figures_come_from_the_model() -> None:
    design, _, judges = design_of(marks_of("scoring.md"))
    found, said = to_correction(fit_scales(design), judges), correction_of("scoring.md")

    assert float(found.centre) == pytest.approx(float(said.centre), abs=1e-3)
    assert float(found.pull) == pytest.approx(float(said.pull), abs=1e-3)
    for judge in judges:
        for name in ("severity", "scale", "weight"):
            ours, theirs = getattr(found.judges[judge], name), getattr(said.judges[judge], name)
            assert float(ours) == pytest.approx(float(theirs), abs=2e-3)


def test_the_intervals() -> None:
    analysis = analyse(marks_of("scoring.md"), method=Method.CORRECTED)
    intervals = {each.entry_id: each.rank_interval for each in analysis.entries}

    assert (intervals["A"], intervals["H"], intervals["C"]) == ((1, 2), (1, 2), (3, 4))
