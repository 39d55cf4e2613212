from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.scoring.correction import (
    Correction,
    JudgeCorrection,
    UnknownJudgeError,
    figure,
)
from eventhub.domain.scoring.exact import InvalidRuleError, NoMarksError

STRICT = JudgeCorrection(Decimal("4.5"), Decimal("1.2"), Decimal("1.44"))
MILD = JudgeCorrection(Decimal("-3"), Decimal("0.8"), Decimal("0.64"))
CORRECTION = Correction(Decimal(80), Decimal("0.1"), {"strict": STRICT, "mild": MILD})


def test_worked_by_hand() -> None:
    # 80 + (78.5 - 80 + 4.5) / 1.2 = 82.5;  80 + (87 - 80 - 3) / 0.8 = 85
    right = {
        "strict": CORRECTION.put_right("strict", Decimal("78.5"), decimals=4),
        "mild": CORRECTION.put_right("mild", Decimal(87), decimals=4),
    }
    assert right == {"strict": Decimal("82.5000"), "mild": Decimal("85.0000")}

    # 80 + (1.44 * 2.5 + 0.64 * 5) / (1.44 + 0.64 + 0.1) = 80 + 6.8 / 2.18
    assert CORRECTION.total(right) == 80 + Fraction("6.8") / Fraction("2.18")


def test_a_judge_whom_the_correction_does_not_know() -> None:
    with pytest.raises(UnknownJudgeError):
        CORRECTION.put_right("new", Decimal(80), decimals=4)
    with pytest.raises(UnknownJudgeError):
        CORRECTION.total({"new": Decimal(80)})


def test_nobody_judged() -> None:
    with pytest.raises(NoMarksError):
        CORRECTION.total({})


@pytest.mark.parametrize(("scale", "weight"), [("0", "1"), ("-1", "1"), ("1", "0")])
def test_scales_are_positive(scale: str, weight: str) -> None:
    with pytest.raises(InvalidRuleError):
        JudgeCorrection(Decimal(0), Decimal(scale), Decimal(weight))


def test_a_float_becomes_a_figure_in_one_place() -> None:
    assert str(figure(0.1)) == "0.100000"
    assert str(figure(2.0000005)) == "2.000001"  # the binary value lies above the half
    assert str(figure(-1e-12)) == "0.000000"


FIGURES = st.decimals(min_value="0.5", max_value=2, places=6)
POINTS = st.decimals(min_value=0, max_value=100, places=2)


@given(POINTS, st.decimals(-20, 20, places=6), FIGURES)
def test_putting_right_is_the_formula(points: Decimal, severity: Decimal, scale: Decimal) -> None:
    judge = JudgeCorrection(severity, scale)
    found = Correction(Decimal("77.123456"), Decimal(0), {1: judge}).put_right(
        1, points, decimals=4
    )

    centre = Fraction("77.123456")
    exact = centre + (Fraction(points) - centre + Fraction(severity)) / Fraction(scale)
    assert abs(Fraction(found) - exact) <= Fraction(1, 20000)


@given(st.lists(POINTS, min_size=1, max_size=5), st.integers(0, 4), POINTS)
def test_a_better_mark_never_lowers_the_total(
    given_: list[Decimal], at: int, better: Decimal
) -> None:
    correction = Correction(
        Decimal(80),
        Decimal("0.3"),
        {
            number: JudgeCorrection(Decimal(number), Decimal(1 + number) / 4, Decimal(1 + number))
            for number in range(5)
        },
    )
    before = dict(enumerate(given_))
    at %= len(given_)
    after = {**before, at: max(better, before[at])}

    assert correction.total(after) >= correction.total(before)
