import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from eventhub.domain.reliability import (
    IncompleteTableError,
    Level,
    icc,
    kendall_w,
    krippendorff_alpha,
)

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "data" / "judging" / "reference.json").read_text()
)["reliability"]["shrout_fleiss_1979"]
SHROUT_FLEISS = np.array(REFERENCE["ratings"], dtype=float)
GAP = np.nan
# Krippendorff (2011): four observers, twelve units, gaps
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3],
        [GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP],
    ]
).T


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("one", "ICC(1,1)"),
        ("two", "ICC(2,1)"),
        ("three", "ICC(3,1)"),
        ("one_mean", "ICC(1,4)"),
        ("two_mean", "ICC(2,4)"),
        ("three_mean", "ICC(3,4)"),
    ],
)
def test_the_table_of_shrout_and_fleiss(form: str, name: str) -> None:
    found = icc(SHROUT_FLEISS)

    assert found is not None
    assert getattr(found, form).value == pytest.approx(REFERENCE[name], abs=1e-6)


def test_the_intervals() -> None:
    found = icc(SHROUT_FLEISS)

    assert found is not None
    assert [found.two_mean.low, found.two_mean.high] == pytest.approx(
        REFERENCE["ICC(2,4)_95ci"], abs=1e-4
    )
    # McGraw and Wong's and psych's figures for the same table
    assert [found.one.low, found.one.high] == pytest.approx([-0.1329, 0.7226], abs=1e-4)
    assert [found.two.low, found.two.high] == pytest.approx([0.0188, 0.7611], abs=1e-4)
    assert [found.three.low, found.three.high] == pytest.approx([0.3425, 0.9459], abs=1e-4)
    assert [found.one_mean.low, found.one_mean.high] == pytest.approx([-0.8844, 0.9124], abs=1e-4)
    assert [found.three_mean.low, found.three_mean.high] == pytest.approx(
        [0.6757, 0.9859], abs=1e-4
    )


@pytest.mark.parametrize(
    "table",
    [
        np.full((3, 3), 85.0),
        np.array([[1.0, 2.0], [2.0, 3.0], [3.0, 4.0]]),  # nothing but severity
    ],
)
def test_nothing_to_divide_by(table: np.ndarray) -> None:
    assert icc(table) is None


def test_judges_who_contradict_each_other() -> None:
    found = icc(np.array([[59.0, 19.0], [25.0, 99.0], [54.0, 78.0], [68.0, 12.0]]))

    assert found is not None
    assert found.two.value == pytest.approx(-16 / 15)
    assert found.two_mean.value == float("-inf")


@pytest.mark.parametrize("shape", [(1, 3), (3, 1)])
def test_one_judge_or_one_entry_has_no_agreement(shape: tuple[int, int]) -> None:
    with pytest.raises(IncompleteTableError):
        icc(np.zeros(shape))
    with pytest.raises(IncompleteTableError):
        kendall_w(np.zeros(shape))


def test_a_gap_is_refused_where_it_cannot_be_bridged() -> None:
    with pytest.raises(IncompleteTableError):
        icc(OBSERVERS)
    with pytest.raises(IncompleteTableError):
        kendall_w(OBSERVERS)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Level.NOMINAL, 0.7434),
        (Level.ORDINAL, 0.8154),
        (Level.INTERVAL, 0.8491),
        (Level.RATIO, 0.7974),
    ],
)
def test_krippendorffs_table(level: Level, expected: float) -> None:
    assert krippendorff_alpha(OBSERVERS, level=level) == pytest.approx(expected, abs=5e-5)


def test_alpha_needs_pairs_and_differences() -> None:
    assert krippendorff_alpha(np.array([[1, GAP], [GAP, 2]]), level=Level.INTERVAL) is None
    assert krippendorff_alpha(np.full((3, 2), 4.0), level=Level.ORDINAL) is None


def test_zeros_are_ratios_too() -> None:
    found = krippendorff_alpha(np.array([[0.0, 0.0], [1.0, 1.0]]), level=Level.RATIO)

    assert found == 1


def test_siegels_executives() -> None:
    """Siegel (1956): three executives rank six applicants, without ties."""
    table = np.array([[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]], float).T

    found = kendall_w(table)

    assert found is not None
    assert found.value == found.uncorrected == pytest.approx(0.16, abs=0.005)


def test_siegels_ties() -> None:
    """Siegel (1956): .796 without and .828 with the correction for ties."""
    table = np.array(
        [
            [1, 4.5, 2, 4.5, 3, 7.5, 6, 9, 7.5, 10],
            [2.5, 1, 2.5, 4.5, 4.5, 8, 9, 6.5, 10, 6.5],
            [2, 1, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10],
        ]
    ).T

    found = kendall_w(table)

    assert found is not None
    assert (found.value, found.uncorrected) == pytest.approx((0.8277, 0.7960), abs=5e-5)
    assert found.doubt < 0.01


def test_judges_who_tell_nothing_apart() -> None:
    assert kendall_w(np.full((4, 3), 85.0)) is None


TABLES = arrays.arrays(
    float, st.tuples(st.integers(2, 6), st.integers(2, 5)), elements=st.integers(0, 9).map(float)
)


@given(TABLES)
def test_alpha_of_squares_is_the_definition(table: np.ndarray) -> None:
    """The sums of squares against all pairs, one by one."""
    found = krippendorff_alpha(table, level=Level.INTERVAL)

    count = table.size
    within = sum((a - b) ** 2 / (table.shape[1] - 1) for row in table for a in row for b in row)
    overall = sum((a - b) ** 2 for a in table.flat for b in table.flat) / (count - 1)
    if overall == 0:
        assert found is None
    else:
        assert found == pytest.approx(1 - within / overall)


@given(TABLES, st.randoms(use_true_random=False))
def test_neither_entries_nor_judges_have_an_order(table: np.ndarray, random: object) -> None:
    rows, columns = list(range(table.shape[0])), list(range(table.shape[1]))
    random.shuffle(rows)  # type: ignore[attr-defined]
    random.shuffle(columns)  # type: ignore[attr-defined]
    other = table[rows][:, columns]

    for level in Level:
        assert krippendorff_alpha(other, level=level) == pytest.approx(
            krippendorff_alpha(table, level=level)
        )
    one, two = kendall_w(table), kendall_w(other)
    assert (one and one.value) == pytest.approx(two and two.value)


@given(TABLES)
def test_agreement_has_its_bounds(table: np.ndarray) -> None:
    found, concordance = icc(table), kendall_w(table)

    if found is not None:
        assert found.two.value <= 1
        for each in (found.one, found.three):  # of form 2 the interval is an approximation
            assert each.low <= each.value + 1e-9 <= each.high + 2e-9
            assert each.value <= 1
    if concordance is not None:
        assert -1e-9 <= concordance.uncorrected <= concordance.value <= 1 + 1e-9
