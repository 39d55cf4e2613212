import numpy as np
import pytest

from eventhub.domain.scoring.crossed import Design
from eventhub.domain.scoring.scale import Blend, fit_scales, to_correction
from tests.unit.scoring.marks import design_of, simulated


def table(
    quality: list[float], severity: list[float], scale: list[float], noise: float, seed: int = 1
) -> Design:
    """Every judge marks every entry."""
    random = np.random.default_rng(seed)
    entry, judge = np.indices((len(quality), len(severity)))
    good = np.array(quality)[entry] + random.normal(0, noise, entry.shape)
    points = 80 - np.array(severity)[judge] + np.array(scale)[judge] * good
    return Design.of(entry.ravel(), judge.ravel(), points.ravel())


def test_many_works_tell_severity_and_scale() -> None:
    quality = np.random.default_rng(4).normal(0, 5, 150).tolist()
    design = table(quality, [4, 0, -4], [0.6, 1, 1.6], noise=2)

    blend = fit_scales(design)

    scales = np.exp(blend.log_scales)
    assert scales[1] / scales[0] == pytest.approx(1 / 0.6, rel=0.1)
    assert scales[2] / scales[1] == pytest.approx(1.6, rel=0.1)
    assert blend.severities - blend.severities.mean() == pytest.approx([4, 0, -4], abs=0.7)
    assert blend.scale_chance > 0.99


def test_few_works_leave_scales_alone() -> None:
    marks, _ = simulated(8, 8, 3)
    design, _, _ = design_of(marks)

    blend = fit_scales(design)

    assert np.abs(blend.log_scales).max() < 0.15
    assert blend.scale_chance < 0.8


def test_alike_scales_stay_alike() -> None:
    marks, _ = simulated(60, 6, 4)
    design, _, _ = design_of(marks)

    assert np.abs(fit_scales(design).log_scales).max() < 0.1


def test_whether_errors_grow_with_the_scale_is_told_by_the_marks() -> None:
    quality = np.random.default_rng(4).normal(0, 5, 200).tolist()
    growing = table(quality, [0, 0, 0, 0], [0.5, 0.8, 1.2, 1.8], noise=4)
    entry, judge = growing.entry, growing.judge
    random = np.random.default_rng(5)
    wide = np.array([0.5, 0.8, 1.2, 1.8])[judge] * np.array(quality)[entry]
    steady = Design.of(entry, judge, 80 + wide + random.normal(0, 4, len(entry)))

    assert fit_scales(growing).likeliest.scales.with_errors
    assert not fit_scales(steady).likeliest.scales.with_errors


def test_probabilities_are_probabilities() -> None:
    marks, _ = simulated(30, 5, 3, scale=0.3)
    blend = fit_scales(design_of(marks)[0])

    assert sum(each.probability for each in blend.possibilities) == pytest.approx(1)
    assert all(0 < each.probability <= 1 for each in blend.possibilities)


@pytest.mark.parametrize("scale", [0, 0.4])
def test_what_is_published_gives_the_models_totals(scale: float) -> None:
    """The formula that can be checked by hand, against the average of all models."""
    marks, _ = simulated(40, 8, 3, scale=scale)
    design, entries, judges = design_of(marks)
    blend = fit_scales(design)
    correction = to_correction(blend, judges)
    by_model = sum(
        each.probability * (each.fit.solution.centre + each.fit.solution.entries)
        for each in blend.possibilities
    )

    for at, name in enumerate(entries):
        right = {
            judge: correction.put_right(judge, mark, decimals=4)
            for entry, judge, mark in marks
            if entry == name
        }
        assert float(correction.total(right)) == pytest.approx(by_model[at], abs=0.35)


@pytest.mark.parametrize(("judge", "more"), [(0, 2.0), (1, -25.0), (2, 0.5)])
def test_a_judge_who_gives_everyone_more_changes_nothing(judge: int, more: float) -> None:
    """Where every judge marks every entry, severity is told apart from quality exactly."""
    quality = np.random.default_rng(7).normal(0, 5, 12).tolist()
    design = table(quality, [1, -1, 3], [1, 1.4, 0.8], noise=2)
    raised = design.points + design.level + more * (design.judge == judge)

    before = fit_scales(design)
    after = fit_scales(Design.of(design.entry, design.judge, raised))

    assert after.log_scales == pytest.approx(before.log_scales, abs=0.01)
    assert apart(after) == pytest.approx(apart(before), abs=0.05)


def apart(blend: Blend) -> np.ndarray:
    """How far entries are from their mean."""
    parts = [each.probability * each.fit.solution.entries for each in blend.possibilities]
    entries = np.sum(parts, axis=0)
    return np.asarray(entries - entries.mean())


def test_the_order_of_marks_changes_nothing() -> None:
    marks, _ = simulated(15, 5, 3, scale=0.3)
    design, _, judges = design_of(marks)
    other, _, others = design_of(sorted(marks, key=lambda mark: mark[2]))

    before = dict(zip(judges, fit_scales(design).severities, strict=True))
    after = dict(zip(others, fit_scales(other).severities, strict=True))

    assert after == pytest.approx(before, abs=0.01)
