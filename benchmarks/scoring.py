"""The arithmetic of scores: how fast it is, and whether the correction is worth having.

Speed: 5,000 entries, 7 sheets each of 4 criteria, by 7 judges and by 300; standings by every rule
in 1 s, the severity model in 3 s and 500 MB, each in a process of its own.

Worth: marks are simulated from a known quality, over designs from 3 to 100 works a judge, with
judges of equal and of different severity and scale, and errors that grow with the scale or do
not. What counts is how far the totals are from the truth (root of the mean square, after the
straight line that fits best, so that standard scores are not blamed for their unit) and Kendall's
tau. "corrected" should be as good as the best of the others in every line, whichever that is:
"worse" stands where it is behind by more than twice the error of the simulation and half a percent.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from scipy import stats

from eventhub.domain.scoring.correction import Correction, JudgeCorrection
from eventhub.domain.scoring.crossed import Design, Floats
from eventhub.domain.scoring.ranking import TieBreak, TieRule
from eventhub.domain.scoring.rules import ScoreRule, ScoreRuleKind
from eventhub.domain.scoring.scale import fit_scales, to_correction
from eventhub.domain.scoring.severity import fit_severity
from eventhub.domain.scoring.standings import RoundRule, Sheet, standings

ENTRIES, SHEETS, CRITERIA = 5000, 7, "abcd"
GOALS = {"standings": 1.0, "severity": 3.0, "peak_mb": 500.0}
METHODS = ("mean", "trimmed", "standard", "mixed", "corrected")
QUALITY_SD = 5.0


@dataclass(frozen=True)
class Cell:
    """A design and how its judges are."""

    entries: int
    judges: int
    per_entry: int
    severity: float
    scale: float
    noise: float
    is_growing: bool

    @property
    def name(self) -> str:
        """As the table shows it."""
        works = self.entries * self.per_entry / self.judges
        kind = ("grow" if self.is_growing else "steady") if self.scale else "-"
        return (
            f"{self.entries:>4} x {self.judges:<3} {works:>5.0f} {self.severity:>5.0f}"
            f" {self.scale:>5.1f} {self.noise:>5.0f}  {kind:<7}"
        )


DESIGNS = ((10, 10, 3), (8, 3, 3), (12, 5, 5), (20, 10, 3), (40, 12, 5), (60, 5, 3), (100, 7, 7))
JUDGES = ((0, 0.0, 3, False), (3, 0.0, 3, False), (3, 0.2, 3, True), (3, 0.2, 3, False),
          (3, 0.5, 3, True), (3, 0.5, 3, False), (1, 0.3, 5, True))  # fmt: skip


def main(_environment: dict[str, str], _options: argparse.Namespace) -> None:
    """Print the table of times, then the one of worth."""
    tell_times()
    tell_worth()


def tell_times() -> None:
    """Every rule and both models, each in a fresh process."""
    print(f"\nscoring: {ENTRIES} entries, {SHEETS} sheets each of {len(CRITERIA)} criteria")
    print(f"{'what':<34}{'CPU s':>8}{'peak MB':>9}")
    fresh = multiprocessing.get_context("spawn")
    for judges in (7, 300):
        for name, work, goal in (
            *((f"standings: {kind}", kind.value, GOALS["standings"]) for kind in ScoreRuleKind),
            ("severity: plain model", "plain", GOALS["severity"]),
            ("severity: recommended model", "recommended", GOALS["severity"]),
        ):
            with fresh.Pool(1) as pool:
                seconds, peak = pool.apply(measure, (work, judges))
            good = seconds <= goal and peak <= GOALS["peak_mb"]
            print(
                f"{f'{name}, {judges} judges':<34}{seconds:>8.2f}{peak:>9.0f}"
                f"  {'yes' if good else 'NO'} ({goal:g} s, {GOALS['peak_mb']:g} MB)",
                flush=True,
            )


def measure(work: str, judges: int) -> tuple[float, float]:
    """CPU seconds of one piece of work, and the most memory of this process in MB."""
    sheets = make_sheets(judges)
    doing: Callable[[], Any]
    if work in {"plain", "recommended"}:
        model = fit_severity if work == "plain" else fit_scales
        totals = np.array([float(sum(sheet.marks.values())) for sheet in sheets])
        entry, judge = (np.array([key(s) for s in sheets]) for key in (_entry, _judge))
        doing = lambda: model(Design.of(entry, judge, totals))  # noqa: E731
    else:
        rule = make_rule(ScoreRuleKind(work), judges)
        doing = lambda: standings(sheets, rule=rule)  # noqa: E731
    started = time.process_time()
    doing()
    spent = time.process_time() - started
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _entry(sheet: Sheet[int, int]) -> int:
    return sheet.entry_id


def _judge(sheet: Sheet[int, int]) -> int:
    return sheet.judge_id


def make_sheets(judges: int) -> list[Sheet[int, int]]:
    """Sheets of judges who are strict and wide in their own ways."""
    chance = random.Random(1)
    strict = [chance.gauss(0, 0.8) for _ in range(judges)]
    wide = [chance.lognormvariate(0, 0.2) for _ in range(judges)]
    sheets = []
    for entry in range(ENTRIES):
        quality = chance.gauss(0, 1.5)
        for judge in chance.sample(range(judges), SHEETS):
            marks = {
                key: Decimal(
                    round(100 * (20 - strict[judge] + wide[judge] * (quality + chance.gauss(0, 1))))
                )
                / 100
                for key in CRITERIA
            }
            sheets.append(Sheet(entry, judge, marks))
    return sheets


def make_rule(kind: ScoreRuleKind, judges: int) -> RoundRule[int]:
    """A rule with three steps of breaking ties and 复议."""
    correction = None
    if kind is ScoreRuleKind.CORRECTED:
        figures = JudgeCorrection(Decimal("1.234567"), Decimal("1.078125"), Decimal("0.987654"))
        correction = Correction(
            Decimal("80.123456"), Decimal("0.123456"), dict.fromkeys(range(judges), figures)
        )
    ties = (TieBreak(TieRule.RAW_SUM), TieBreak(TieRule.CRITERION, "a"), TieBreak(TieRule.MEDIAN))
    return RoundRule(ScoreRule(kind), ties, correction=correction, review_above=Decimal(25))


def tell_worth(repeats: int = 20) -> None:
    """A line for every cell: errors of all methods, taus of three, and the verdict."""
    print(
        f"\nscoring: distance from the truth, quality {QUALITY_SD:g} apart, {repeats} rounds a line"
    )
    print(
        f"{'entries x judges  works sev.':<27}{'scale':>5} {'noise':>5}  {'errors':<7}"
        + "".join(f"{name:>10}" for name in METHODS)
        + f"{'behind':>9}{'±':>7}   tau: standard, mixed, corrected"
    )
    for cell in cells():
        found = np.array([worth(cell, seed) for seed in range(repeats)])
        errors, taus = found[:, 0].mean(axis=0), found[:, 1].mean(axis=0)
        best = int(np.argmin(errors[:-1]))
        behind = found[:, 0, -1] - found[:, 0, best]
        unsure = float(behind.std(ddof=1)) / repeats**0.5
        is_worse = behind.mean() > max(2 * unsure, 0.005 * errors[best])
        print(
            cell.name
            + "".join(f"{error:>10.3f}" for error in errors)
            + f"{behind.mean():>+9.3f}{unsure:>7.3f}"
            + "".join(f"{tau:>7.3f}" for tau in taus[2:])
            + ("  worse" if is_worse else ""),
            flush=True,
        )


def cells() -> Iterator[Cell]:
    """The grid."""
    for entries, judges, per_entry in DESIGNS:
        for severity, scale, noise, is_growing in JUDGES:
            yield Cell(entries, judges, per_entry, severity, scale, noise, is_growing)


def worth(cell: Cell, seed: int) -> tuple[list[float], list[float]]:
    """Of each method the distance from the truth, and Kendall's tau."""
    design, quality = simulate(cell, np.random.default_rng([seed, cell.entries, cell.judges]))
    totals = score(design)
    errors = [distance(each, quality) for each in totals]
    taus = [float(stats.kendalltau(each, quality).statistic) for each in totals]
    return errors, np.nan_to_num(taus).tolist()  # of totals all alike it is 0


def simulate(cell: Cell, chance: np.random.Generator) -> tuple[Design, Floats]:
    """Marks to the hundredth, judges with nearly equal loads; and the truth."""
    load, entry, judge = np.zeros(cell.judges), [], []
    for number in range(cell.entries):
        chosen = np.lexsort((chance.random(cell.judges), load))[: cell.per_entry]
        load[chosen] += 1
        entry += [number] * cell.per_entry
        judge += chosen.tolist()
    at, by = np.array(entry), np.array(judge)
    quality = chance.normal(0, QUALITY_SD, cell.entries)
    strict = chance.normal(0, 1, cell.judges) * cell.severity
    wide = np.exp(chance.normal(0, 1, cell.judges) * cell.scale)[by]
    noise = chance.normal(0, cell.noise, len(at)) * (wide if cell.is_growing else 1)
    marks = np.round(80 - strict[by] + wide * quality[at] + noise, 2)
    return Design.of(at, by, marks), quality


def score(design: Design) -> list[Floats]:
    """The totals by each method, in the order of ``METHODS``."""
    plain = fit_severity(design)
    correction = to_correction(fit_scales(design, plain), list(range(len(design.works_by_judge))))
    rows: list[dict[int, float]] = [{} for _ in design.works_by_entry]
    for entry, judge, points in zip(design.entry, design.judge, design.points, strict=True):
        rows[entry][int(judge)] = float(points)
    means = np.bincount(design.judge, design.points) / design.works_by_judge
    apart = design.points - means[design.judge]
    free = np.maximum(design.works_by_judge - 1, 1)
    deviation = np.sqrt(np.bincount(design.judge, apart**2) / free)[design.judge]
    standard = np.divide(apart, deviation, out=np.zeros_like(apart), where=deviation > 0)
    corrected = []
    for own in rows:
        right = {
            judge: correction.put_right(judge, Decimal(f"{points + design.level:.2f}"), decimals=4)
            for judge, points in own.items()
        }
        corrected.append(float(correction.total(right)))
    return [
        np.array([np.mean(list(own.values())) for own in rows]),
        np.array([stats.trim_mean(list(own.values()), 1 / len(own)) if len(own) > 2 else
                  np.mean(list(own.values())) for own in rows]),
        np.bincount(design.entry, standard) / design.works_by_entry,
        plain.solution.entries,
        np.array(corrected),
    ]  # fmt: skip


def distance(totals: Floats, quality: Floats) -> float:
    """Root mean square error after the best straight line."""
    if np.ptp(totals) == 0:
        return float(quality.std())
    likeness = np.corrcoef(totals, quality)[0, 1]
    return float(quality.std() * np.sqrt(max(1 - likeness**2, 0)))
