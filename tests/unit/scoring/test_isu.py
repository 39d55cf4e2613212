"""The rules of skating, made of our pieces, against what the skating union published."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from eventhub.domain.scoring.composing import Adjustment, AdjustmentKind
from eventhub.domain.scoring.exact import add
from eventhub.domain.scoring.ranking import Result, TieBreak, TieRule, rank
from eventhub.domain.scoring.rules import (
    CriterionRule,
    ScoreRule,
    ScoreRuleKind,
    criterion_points,
    round_half_up,
)

DATA = Path(__file__).parents[2] / "data" / "judging" / "figure-skating"
PANEL = ScoreRule(ScoreRuleKind.DROP_EXTREMES)
ELEMENT = CriterionRule(PANEL)
ABSENT = Decimal(0)


def rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(DATA / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@dataclass
class Performance:
    row: dict[str, str]
    elements: list[Decimal] = field(default_factory=list)
    components: list[Decimal] = field(default_factory=list)
    is_whole: bool = True

    @property
    def total(self) -> Decimal:
        points = add([*self.elements, *self.components])
        taken = Decimal(self.row["total_deductions"])
        if not taken:
            return points
        return points + Adjustment(AdjustmentKind.PENALTY, taken, "fall").signed


@dataclass
class Season:
    """Everything recomputed from raw marks, and the panel marks beside the published ones."""

    performances: dict[str, Performance]
    elements: list[tuple[Decimal, Decimal]] = field(default_factory=list)
    components: list[tuple[Decimal, Decimal]] = field(default_factory=list)


@pytest.fixture(scope="module")
def season() -> Season:
    executions: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows("judge-goe"):
        executions[row["aspect_id"]].append(Decimal(row["judge_goe"]))
    scores: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows("judge-scores"):
        scores[row["aspect_id"]].append(Decimal(row["score"]))
    season = Season({row["performance_id"]: Performance(row) for row in rows("performances")})
    for row in rows("judged-aspects"):
        aspect_id, performance = row["aspect_id"], season.performances[row["performance_id"]]
        if row["section"] == "components":
            bare = criterion_points(scores[aspect_id], CriterionRule(PANEL, absent=ABSENT))
            season.components.append((bare, Decimal(row["scores_of_panel"])))
            rule = CriterionRule(PANEL, Decimal(row["factor"]), absent=ABSENT)
            performance.components.append(criterion_points(scores[aspect_id], rule))
        elif aspect_id in executions:
            points = criterion_points(executions[aspect_id], ELEMENT)
            season.elements.append((points, Decimal(row["goe"])))
            performance.elements += [Decimal(row["base_value"]), points]
        else:  # the source translated no mark of this element
            performance.is_whole = False
    return season


def test_grades_of_execution(season: Season) -> None:
    assert len(season.elements) == 14_430
    assert all(ours == published for ours, published in season.elements)


def test_marks_of_components(season: Season) -> None:
    assert len(season.components) == 8_630
    assert all(ours == published for ours, published in season.components)


def test_totals(season: Season) -> None:
    whole = [each for each in season.performances.values() if each.is_whole]

    assert len(whole) == 1_553
    for each in whole:
        assert add(each.elements) == Decimal(each.row["total_element_score"])
        assert add(each.components) == Decimal(each.row["total_component_score"])
        assert each.total == Decimal(each.row["total_segment_score"])


def test_ranks(season: Season) -> None:
    segments: dict[tuple[str, str], list[Performance]] = defaultdict(list)
    for each in season.performances.values():
        segments[each.row["competition"], each.row["program"]].append(each)
    whole = {
        segment: each
        for segment, each in segments.items()
        if all(performance.is_whole for performance in each)
    }
    assert len(whole) == 87
    assert sum(map(len, whole.values())) == 901

    for (_, program), performances in whole.items():
        decides = "elements" if "SHORT" in program else "components"
        results = [
            Result(
                each.row["rank"],
                each.total,
                raw_mean=each.total,
                criterion_means={
                    "elements": add(each.elements),
                    "components": add(each.components),
                },
            )
            for each in performances
        ]
        standings = rank(results, tie_order=[TieBreak(TieRule.CRITERION, decides)])
        assert [str(standing.rank) for standing in standings] == [s.entry_id for s in standings]


def test_the_product_is_rounded_before_the_sum(season: Season) -> None:
    """It matters: left to the end, a third of the sums would be others."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows("judged-aspects"):
        if row["section"] == "components":
            product = Decimal(row["scores_of_panel"]) * Decimal(row["factor"])
            sums[row["performance_id"]] += product
    same = sum(
        round_half_up(points, 2) == Decimal(season.performances[key].row["total_component_score"])
        for key, points in sums.items()
    )
    assert 0.6 < same / len(sums) < 0.8
