from decimal import Decimal

import numpy as np
import pytest

from eventhub.domain.scoring.advice import Reason, Verdict
from eventhub.domain.scoring.analysis import Analysis, EntryFigures, Method, analyse
from eventhub.domain.scoring.exact import InvalidMarkError, NoMarksError
from eventhub.domain.scoring.standings import DuplicateSheetError
from tests.unit.scoring.marks import REFERENCE, Marks, simulated, skating


def table(**rows: str) -> Marks:
    """``a="80 90 -"``: entry a by J1 and J2, J3 has no sheet."""
    return [
        (entry, f"J{at}", Decimal(mark))
        for entry, marks in rows.items()
        for at, mark in enumerate(marks.split(), 1)
        if mark != "-"
    ]


def by_entry(analysis: Analysis[str, str]) -> dict[str, EntryFigures[str]]:
    return {figures.entry_id: figures for figures in analysis.entries}


TABLE = table(a="80 90 85", b="70 99 84", c="60 70 65")


@pytest.mark.parametrize(
    ("method", "scores"),
    [(Method.MEAN, (85, 84 + Decimal(1) / 3, 65)), (Method.TRIMMED, (85, 84, 65))],
)
def test_by_hand(method: Method, scores: tuple[Decimal, ...]) -> None:
    found = by_entry(analyse(TABLE, method=method))

    for name, score in zip("abc", scores, strict=True):
        assert float(found[name].score) == pytest.approx(float(score))
    assert [found[name].rank for name in "abc"] == [1, 2, 3]


def test_dropping_none_is_the_mean() -> None:
    trimmed = analyse(TABLE, method=Method.TRIMMED, drop=0)

    assert trimmed.entries == analyse(TABLE, method=Method.MEAN).entries


def test_standard_scores() -> None:
    found = by_entry(analyse(TABLE, method=Method.STANDARD))

    # J1: 60, 50, 40; J2: 50 + 10 * (90 - 86.333) / 14.844; J3: 50 + 10 * 7 / 11.269
    assert float(found["a"].score) == pytest.approx((60 + 52.4702 + 56.2115) / 3, abs=1e-4)


def test_errors_of_means_come_from_all_entries() -> None:
    analysis = analyse(TABLE, method=Method.MEAN)
    squares = sum(3 * np.var(row) for row in ([80, 90, 85], [70, 99, 84], [60, 70, 65]))

    for figures in analysis.entries:
        assert figures.standard_error == pytest.approx(np.sqrt(squares / 6 / 3))


def test_mixed_is_lme4() -> None:
    expected = REFERENCE["skate_incomplete_REML"]

    analysis = analyse(skating(), method=Method.MIXED)

    assert analysis.variance is not None
    assert analysis.variance.criterion == pytest.approx(expected["crit"], abs=1e-6)
    assert np.sqrt(analysis.variance.judge) == pytest.approx(expected["sd"]["judge"], rel=1e-4)
    for figures in analysis.entries:
        effect = expected["perf"][figures.entry_id]
        assert float(figures.score) == pytest.approx(expected["beta"] + effect, abs=1e-4)
    for judge in analysis.judges:
        assert judge.severity == pytest.approx(-expected["judge"][judge.judge_id], abs=1e-4)
        assert judge.scale == 1


def test_all_methods_agree_on_who_is_good() -> None:
    marks, quality = simulated(60, 8, 4, scale=0.2)
    for method in Method:
        found = by_entry(analyse(marks, method=method))
        scores = [float(found[f"E{at}"].score) for at in range(60)]
        assert np.corrcoef(scores, quality)[0, 1] > 0.8


def test_intervals_of_ranks_hold_the_truth() -> None:
    marks, quality = simulated(80, 8, 4)
    truth = np.argsort(np.argsort(-quality)) + 1
    for method in (Method.MIXED, Method.CORRECTED):
        found = by_entry(analyse(marks, method=method))
        held = 0
        for at in range(80):
            low, high = found[f"E{at}"].rank_interval or (0, 0)
            assert 1 <= low <= found[f"E{at}"].rank <= high <= 80
            held += low <= truth[at] <= high
        assert held >= 70


def test_the_same_marks_give_the_same_answer() -> None:
    marks, _ = simulated(12, 4, 3)

    assert analyse(marks, method=Method.CORRECTED) == analyse(marks, method=Method.CORRECTED)


def test_the_corrected_order_undoes_severity() -> None:
    """Two equally good entries, one of them seen by the strict judges."""
    marks, _ = simulated(40, 6, 3, severity=0, noise=1)
    strict = [(e, j, m - 8 if j in {"J0", "J1"} else m) for e, j, m in marks]

    plain = by_entry(analyse(strict, method=Method.MEAN))
    corrected = by_entry(analyse(strict, method=Method.CORRECTED))
    truth = by_entry(analyse(marks, method=Method.MEAN))

    def distance(found: dict[str, EntryFigures[str]]) -> int:
        return sum(abs(found[name].rank - truth[name].rank) for name in truth)

    assert distance(corrected) < distance(plain) / 3


def test_a_slip_of_the_pen_is_found() -> None:
    marks, _ = simulated(30, 5, 4, noise=1)
    entry, judge, mark = marks[17]
    marks[17] = (entry, judge, mark - 30)

    for method in (Method.MIXED, Method.CORRECTED):
        first, *others = analyse(marks, method=method).outliers
        assert (first.entry_id, first.judge_id, first.mark) == (entry, judge, mark - 30)
        assert first.residual < -15
        assert first.standardised < -5
        assert len(others) <= 2


def test_chance_has_no_outliers() -> None:
    found = [
        len(analyse(simulated(30, 5, 4, seed=seed)[0], method=Method.MIXED).outliers)
        for seed in range(10)
    ]

    assert sum(found) <= 3


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        (table(a="80", b="70"), Reason.ONE_JUDGE),
        (table(a="80 70 75"), Reason.ONE_ENTRY),
        (table(a="85 85", b="85 85"), Reason.ALL_EQUAL),
        (table(a="80 - 70", b="- 90 -", c="60 - 80")[1:2], Reason.ONE_JUDGE),
        (table(a="80 -", b="70 -", c="- 90"), Reason.NOTHING_SHARED),
    ],
)
def test_what_no_model_can_tell_falls_back_to_the_mean(
    method: Method, marks: Marks, reason: Reason
) -> None:
    analysis = analyse(marks, method=method)

    assert analysis.advice.verdict is Verdict.IMPOSSIBLE
    assert reason in analysis.advice.reasons
    assert analysis.variance is None
    assert len(analysis.entries) == len({entry for entry, _, _ in marks})
    if method in {Method.MIXED, Method.CORRECTED}:
        means = by_entry(analyse(marks, method=Method.MEAN))
        assert all(each.score == means[each.entry_id].score for each in analysis.entries)


def test_panels_without_a_common_entry_are_told() -> None:
    one, _ = simulated(20, 4, 3, seed=1)
    other, _ = simulated(20, 4, 3, seed=2)
    marks = one + [(f"{e}x", f"{j}x", m) for e, j, m in other]

    advice = analyse(marks, method=Method.CORRECTED).advice

    assert (advice.verdict, advice.reasons[0]) == (Verdict.UNWISE, Reason.DISCONNECTED)
    assert advice.parts == 2


def test_few_works_are_told() -> None:
    marks, _ = simulated(8, 8, 3)

    advice = analyse(marks, method=Method.MIXED).advice

    assert advice.verdict is Verdict.UNWISE
    assert Reason.FEW_WORKS in advice.reasons
    assert advice.works_median == 3


def test_judges_alike_need_no_correction() -> None:
    marks, _ = simulated(40, 5, 3, severity=0)

    assert analyse(marks, method=Method.CORRECTED).advice.verdict is Verdict.NEEDLESS


def test_a_judge_of_one_work_is_a_caution() -> None:
    marks, _ = simulated(40, 5, 3, severity=5)
    advice = analyse([*marks, ("E0", "late", Decimal(80))], method=Method.CORRECTED).advice

    assert advice.verdict is Verdict.ADVISABLE
    assert advice.reasons[0] is Reason.SEVERITY_DIFFERS
    assert advice.reasons[-1] is Reason.ONE_WORK
    assert advice.judges_of_one_work == 1


def test_agreement_of_a_whole_table_and_of_one_with_gaps() -> None:
    whole = analyse(TABLE, method=Method.MEAN).agreement
    gaps = analyse(skating(), method=Method.MEAN).agreement

    assert whole.icc is not None
    assert whole.concordance is not None
    assert whole.concordance.value == pytest.approx(7 / 9)
    assert gaps.icc is gaps.concordance is None
    assert 0.8 < (gaps.alpha or 0) < 1
    assert 0.7 < (gaps.alpha_ordinal or 0) < 1


def test_marks_that_are_none() -> None:
    with pytest.raises(NoMarksError):
        analyse([], method=Method.MEAN)
    with pytest.raises(InvalidMarkError):
        analyse([("a", "J1", Decimal("NaN"))], method=Method.MEAN)
    with pytest.raises(DuplicateSheetError):
        analyse([("a", "J1", Decimal(1)), ("a", "J1", Decimal(2))], method=Method.MIXED)
