from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.scoring.exact import InvalidMarkError
from eventhub.domain.scoring.standard import spread, standard_scores

POINTS = st.decimals(min_value=0, max_value=100, places=2)
MARKS = st.lists(POINTS, min_size=2, max_size=9).map(lambda held: dict(enumerate(held)))


def scores(*marks: str, decimals: int = 2) -> list[str]:
    own = {at: Decimal(mark) for at, mark in enumerate(marks)}
    return [str(score) for score in standard_scores(own, decimals=decimals).values()]


def test_a_table_worked_by_hand() -> None:
    # mean 80, deviations -10, -2, 4, 8; squares 184 / 3, deviation 7.8316
    assert scores("70", "78", "84", "88", decimals=4) == [
        "37.2312",
        "47.4462",
        "55.1075",
        "60.2151",
    ]


def test_a_spread_without_a_remainder_is_exact() -> None:
    assert scores("70", "80", "90") == ["40.00", "50.00", "60.00"]


def test_an_exact_half_goes_up_on_both_sides_of_the_mean() -> None:
    # mean 80, squares 64, deviation 4: 52.5, 47.5, 52.5, 62.5, 35
    assert scores("81", "79", "81", "85", "74", decimals=0) == ["53", "48", "53", "63", "35"]


def test_the_decimal_context_has_no_say() -> None:
    with localcontext() as context:
        context.prec = 3
        found = scores("60.01", "60.02", decimals=12)

    assert found == ["42.928932188135", "57.071067811865"]  # two works: 50 ± 10 / sqrt(2)


def test_equal_marks_say_that_the_works_are_alike() -> None:
    assert scores("85", "85", "85.00") == ["50.00", "50.00", "50.00"]


def test_one_work_has_no_standard_score() -> None:
    assert standard_scores({"a": Decimal(85)}, decimals=2) == {"a": None}
    assert standard_scores({}, decimals=2) == {}


def test_a_mark_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidMarkError):
        standard_scores({"a": Decimal("NaN"), "b": Decimal(1)}, decimals=2)


def test_the_spread_of_an_entry_leaves_out_what_is_unknown() -> None:
    assert spread([Decimal(40), None, Decimal("61.5")]) == Decimal("21.5")
    assert spread([None, Decimal(40)]) == 0
    assert spread([]) == 0


@given(MARKS)
def test_it_is_the_formula(own: dict[int, Decimal]) -> None:
    found = standard_scores(own, decimals=6)

    values = [Fraction(mark) for mark in own.values()]
    deviation = float(stdev(values))
    for at, mark in own.items():
        expected = 50 + 10 * float(Fraction(mark) - mean(values)) / deviation if deviation else 50
        assert float(found[at] or 0) == pytest.approx(expected, abs=2e-6)


@given(MARKS, POINTS, st.integers(1, 5))
def test_neither_strictness_nor_scale_of_a_judge_matters(
    own: dict[int, Decimal], shift: Decimal, factor: int
) -> None:
    other = {at: mark * factor + shift for at, mark in own.items()}

    assert standard_scores(own, decimals=4) == standard_scores(other, decimals=4)


@given(MARKS)
def test_better_marks_have_better_scores(own: dict[int, Decimal]) -> None:
    found = standard_scores(own, decimals=4)

    for one, mark in own.items():
        for other, its in own.items():
            if mark > its:
                assert (found[one] or 0) > (found[other] or 0)
            if mark == its:
                assert found[one] == found[other]
