from itertools import product
from math import erfc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventhub.domain.scoring.crossed import Design, Scales, solve
from eventhub.domain.scoring.severity import fit_severity, severity_doubt
from tests.unit.scoring.marks import (
    PENICILLIN,
    REFERENCE,
    Marks,
    design_of,
    read,
    simulated,
    skating,
)


def compare(marks: Marks, expected: dict[str, Any], entries: str, judges: str) -> None:
    """Criterion, deviations and every effect, as lme4 gives them."""
    design, entry_names, judge_names = design_of(marks)
    fit = fit_severity(design)
    found = fit.solution

    of_entries = expected.get("perf") or expected["blup_plate"]
    of_judges = expected.get("judge") or expected["blup_sample"]
    assert found.criterion == pytest.approx(expected["crit"], abs=1e-6)
    assert found.centre == pytest.approx(expected["beta"], rel=1e-6)
    assert fit.entry_sd == pytest.approx(expected["sd"][entries], rel=1e-4)
    assert fit.judge_sd == pytest.approx(expected["sd"][judges], rel=1e-4)
    assert fit.residual_sd == pytest.approx(expected["sd"]["Residual"], rel=1e-5)
    for name, effect in zip(entry_names, found.entries, strict=True):
        assert effect == pytest.approx(of_entries[name], rel=1e-4)
    for name, effect in zip(judge_names, found.judges, strict=True):
        assert effect == pytest.approx(of_judges[name], rel=1e-4)


def test_four_of_nine_judges_a_skater() -> None:
    compare(skating(), REFERENCE["skate_incomplete_REML"], "performance_id", "judge")


@pytest.mark.skipif(not PENICILLIN.exists(), reason="lme4's data cannot be shipped with us")
def test_penicillin() -> None:
    marks = read(PENICILLIN, "plate", "sample", "diameter")
    compare(marks, REFERENCE["penicillin_REML"], "plate", "sample")


def dense_criterion(
    design: Design, entry_sd: float, judge_sd: float, sigma: float, scales: Scales
) -> float:
    """Minus twice the restricted log-likelihood from the whole matrix, as in the textbook."""
    marks, judges = len(design.points), design.judge
    by_entry = np.equal.outer(design.entry, design.entry)
    by_judge = np.equal.outer(judges, judges)
    wide = scales.of_quality[judges]
    covariance = (
        entry_sd**2 * by_entry * np.outer(wide, wide)
        + judge_sd**2 * by_judge
        + np.diag((sigma * scales.of_errors[judges]) ** 2)
    )
    inverse = np.linalg.inv(covariance)
    weight = inverse.sum()
    points = design.points + design.level
    rest = points - inverse.sum(axis=0) @ points / weight
    return float(
        np.linalg.slogdet(covariance)[1]
        + np.log(weight)
        + rest @ inverse @ rest
        + (marks - 1) * np.log(2 * np.pi)
    )


@st.composite
def designs(draw: st.DrawFn) -> Design:
    pairs = draw(
        st.lists(
            st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=4, max_size=15, unique=True
        )
    )
    marks = draw(st.lists(st.integers(0, 400), min_size=len(pairs), max_size=len(pairs)))
    _, entry = np.unique([pair[0] for pair in pairs], return_inverse=True)
    _, judge = np.unique([pair[1] for pair in pairs], return_inverse=True)
    return Design.of(entry, judge, np.array(marks) / 4 + np.arange(len(marks)) % 3)


@given(designs(), st.floats(0, 3), st.floats(0, 3), st.booleans(), st.integers(0, 9))
@settings(max_examples=60)
def test_elimination_gives_what_the_whole_matrix_gives(
    design: Design, entry: float, judge: float, with_errors: bool, seed: int
) -> None:
    logs = np.random.default_rng(seed).normal(0, 0.3, len(design.works_by_judge))
    scales = Scales(logs, with_errors)

    found = solve(design, (entry, judge), scales)

    sigma = np.sqrt(found.sigma2)
    expected = dense_criterion(design, entry * sigma, judge * sigma, sigma, scales)
    assert found.criterion == pytest.approx(expected, rel=1e-7, abs=1e-6)


@given(designs(), st.booleans(), st.integers(0, 9))
@settings(max_examples=30)
def test_slopes_are_slopes(design: Design, with_errors: bool, seed: int) -> None:
    random = np.random.default_rng(seed)
    at = np.concatenate([[0.3, -0.4], random.normal(0, 0.3, len(design.works_by_judge))])

    def criterion(values: np.ndarray) -> float:
        ratios = (float(np.exp(values[0])), float(np.exp(values[1])))
        return solve(design, ratios, Scales(values[2:], with_errors)).criterion

    slopes = solve(
        design, (float(np.exp(at[0])), float(np.exp(at[1]))), Scales(at[2:], with_errors)
    ).slopes
    for place in range(len(at)):
        side = np.zeros_like(at)
        side[place] = 1e-5
        measured = (criterion(at + side) - criterion(at - side)) / 2e-5
        assert slopes[place] == pytest.approx(measured, rel=1e-4, abs=1e-4)


def complete(table: list[list[float]]) -> Design:
    """A row an entry, a column a judge."""
    held = np.array(table)
    entry, judge = np.indices(held.shape)
    return Design.of(entry.ravel(), judge.ravel(), held.ravel())


def test_judges_equally_strict_have_no_variance() -> None:
    fit = fit_severity(complete([[80, 82, 81], [70, 71, 72], [91, 90, 89], [60, 58, 59]]))

    assert fit.judge_sd == 0
    assert np.all(fit.solution.judges == 0)
    assert fit.entry_sd == pytest.approx(13.4, abs=0.3)


def test_entries_alike_have_no_variance() -> None:
    fit = fit_severity(complete([[80, 70, 91], [82, 71, 90], [81, 72, 89]]))

    assert fit.entry_sd == 0
    assert np.all(fit.solution.entries == 0)


def test_judges_who_agree_but_for_severity() -> None:
    fit = fit_severity(complete([[80, 75, 85], [70, 65, 75], [90, 85, 95], [60, 55, 65]]))

    assert fit.residual_sd < 0.01
    assert fit.solution.judges == pytest.approx([0, -5, 5], abs=1e-3)


def test_a_complete_table_is_the_analysis_of_variance() -> None:
    """Of a complete table the estimates are known: Searle, Casella and McCulloch (1992)."""
    table = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9]], float)
    rows, columns = table.shape
    between = columns * table.mean(axis=1).var(ddof=1)
    judges = rows * table.mean(axis=0).var(ddof=1)
    error = (table.var() * table.size - between * (rows - 1) - judges * (columns - 1)) / (
        (rows - 1) * (columns - 1)
    )

    fit = fit_severity(complete(table.tolist()))

    assert fit.solution.sigma2 == pytest.approx(error, rel=1e-6)
    assert fit.entry_sd**2 == pytest.approx((between - error) / columns, rel=1e-5)
    assert fit.judge_sd**2 == pytest.approx((judges - error) / rows, rel=1e-5)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("entries", "judges", "per_entry"), [(12, 5, 5), (8, 3, 3), (40, 12, 3)])
def test_the_optimum_is_the_best_there_is(
    entries: int, judges: int, per_entry: int, seed: int
) -> None:
    """The likelihood is flat towards 0: a search that goes astray would stay there."""
    marks, _ = simulated(entries, judges, per_entry, scale=0.5, seed=seed)
    design, _, _ = design_of(marks)
    plain = Scales(np.zeros(judges))
    ratios = (0, 0.1, 0.4, 0.8, 1.5, 4, 20)

    best = min(solve(design, pair, plain).criterion for pair in product(ratios, repeat=2))

    assert fit_severity(design).solution.criterion <= best


def test_the_doubt_tells_strict_judges_from_chance() -> None:
    strict = complete([[80, 70, 81], [70, 61, 72], [91, 80, 89], [60, 50, 59]])
    alike = complete([[80, 82, 81], [70, 71, 72], [91, 90, 89], [60, 58, 59]])

    assert severity_doubt(strict, fit_severity(strict)) < 0.001
    assert severity_doubt(alike, fit_severity(alike)) == 1


def test_the_doubt_of_the_skaters_judges() -> None:
    """Without judges the model is one-way and, with four marks each, known in closed form."""
    design, _, _ = design_of(skating())
    rows = (design.points + design.level)[np.argsort(design.entry, kind="stable")].reshape(-1, 4)
    within = float(rows.var(axis=1, ddof=1).mean())
    between = 4 * float(rows.mean(axis=1).var(ddof=1))
    plain = Scales(np.zeros(9))
    alone = dense_criterion(design, np.sqrt((between - within) / 4), 0, np.sqrt(within), plain)
    ratio = alone - REFERENCE["skate_incomplete_REML"]["crit"]

    doubt = severity_doubt(design, fit_severity(design))

    assert 0 < ratio < 1
    assert doubt == pytest.approx(erfc(np.sqrt(ratio / 2)) / 2, rel=1e-3)
