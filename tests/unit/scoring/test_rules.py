from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.scoring.rules import (
    InvalidMarkError,
    InvalidRuleError,
    NoMarksError,
    ScoreRule,
    ScoreRuleKind,
    UnequalSheetsError,
    criterion_means,
    round_half_up,
    total,
    trimmed_mean,
)

MEAN = ScoreRule(ScoreRuleKind.MEAN)
DROP_ONE = ScoreRule(ScoreRuleKind.DROP_EXTREMES)
POINTS = st.decimals(min_value=0, max_value=100, places=2)


def marks(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def test_mean_of_all_sheets() -> None:
    result = total(marks("86.50", "90.00", "79.25"), MEAN)

    assert result.total == Decimal("85.25")
    assert result.exact == Fraction(25575, 300)
    assert result.used == (0, 1, 2)
    assert result.dropped == ()
    assert result.raw_sum == Decimal("255.75")


def test_extremes_are_dropped_and_named() -> None:
    result = total(marks("70", "95", "85", "86", "40"), DROP_ONE)

    assert result.used == (0, 2, 3)
    assert result.dropped == (1, 4)
    assert result.total == Decimal("80.33")
    assert result.exact == Fraction(241, 3)
    assert result.raw_mean == Fraction(376, 5)


def test_of_equal_extremes_only_as_many_as_asked_are_dropped() -> None:
    result = total(marks("90", "90", "90", "60", "60", "75"), DROP_ONE)

    assert result.dropped == (2, 3)
    assert result.exact == Fraction(90 + 90 + 60 + 75, 4)


@pytest.mark.parametrize(("count", "dropped"), [(1, 0), (2, 0), (3, 2), (4, 2)])
def test_nothing_is_dropped_from_too_few_sheets(count: int, dropped: int) -> None:
    assert len(total(marks("10", "20", "60", "99")[:count], DROP_ONE).dropped) == dropped


def test_dropping_two_needs_five() -> None:
    rule = ScoreRule(ScoreRuleKind.DROP_EXTREMES, drop=2)

    assert total(marks("1", "2", "3", "50"), rule).exact == Fraction(56, 4)
    assert total(marks("1", "2", "3", "50", "99"), rule).total == Decimal("3.00")


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("86.125", 2, "86.13"),
        ("86.135", 2, "86.14"),
        ("86.1249", 2, "86.12"),
        ("2.5", 0, "3"),
        ("0.5", 0, "1"),
        ("-0.5", 0, "-1"),
        ("-0.004", 2, "0.00"),
        ("7", 2, "7.00"),
    ],
)
def test_halves_go_away_from_zero(value: str, decimals: int, expected: str) -> None:
    assert str(round_half_up(Decimal(value), decimals)) == expected


def test_a_third_is_rounded_once() -> None:
    # 84.9949… would reach 85.00 through 84.995 if it were rounded on the way.
    exact = Fraction(849949, 10000)

    assert round_half_up(exact, 2) == Decimal("84.99")
    assert round_half_up(round_half_up(exact, 3), 2) == Decimal("85.00")


def test_the_decimal_context_has_no_say() -> None:
    with localcontext() as context:
        context.prec = 3
        result = total(marks("98.76", "98.77"), MEAN)

    assert str(result.total) == "98.77"
    assert str(result.raw_sum) == "197.53"


@pytest.mark.parametrize("mark", [Decimal("NaN"), Decimal("Infinity"), 86.5, 86, "86"])
def test_only_finite_decimals_are_marks(mark: object) -> None:
    with pytest.raises(InvalidMarkError):
        total([mark], MEAN)  # type: ignore[list-item]


def test_no_sheets_no_total() -> None:
    with pytest.raises(NoMarksError):
        total([], MEAN)
    with pytest.raises(NoMarksError):
        trimmed_mean([], drop=1)
    with pytest.raises(NoMarksError):
        criterion_means([])


def test_impossible_rules_are_refused() -> None:
    with pytest.raises(InvalidRuleError):
        ScoreRule(ScoreRuleKind.DROP_EXTREMES, drop=0)
    with pytest.raises(InvalidRuleError):
        ScoreRule(ScoreRuleKind.MEAN, decimals=-1)
    with pytest.raises(InvalidRuleError):
        trimmed_mean(marks("1"), drop=-1)
    with pytest.raises(InvalidRuleError):
        round_half_up(Decimal(1), -1)


def test_criterion_means_count_every_sheet() -> None:
    sheets = [
        {"growth": Decimal(30), "team": Decimal(10)},
        {"growth": Decimal(25), "team": Decimal(15)},
        {"growth": Decimal("20.50"), "team": Decimal(12)},
    ]

    assert criterion_means(sheets) == {"growth": Fraction(151, 6), "team": Fraction(37, 3)}


def test_sheets_of_different_criteria_are_refused() -> None:
    with pytest.raises(UnequalSheetsError):
        criterion_means([{"growth": Decimal(1)}, {"team": Decimal(1)}])


@given(st.lists(POINTS, min_size=1, max_size=12), st.integers(0, 3))
def test_trimmed_mean_equals_the_textbook(values: list[Decimal], drop: int) -> None:
    ascending = sorted(Fraction(value) for value in values)
    kept = ascending[drop : len(values) - drop] if len(values) > 2 * drop else ascending

    assert trimmed_mean(values, drop=drop) == mean(kept)


@given(st.lists(POINTS, min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_the_order_of_sheets_changes_no_figure(values: list[Decimal], random: object) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = total(values, DROP_ONE), total(shuffled, DROP_ONE)

    assert (one.exact, one.raw_mean, one.raw_sum) == (other.exact, other.raw_mean, other.raw_sum)


@given(st.lists(POINTS, min_size=1, max_size=9), st.integers(1, 3))
def test_every_sheet_is_either_used_or_dropped(values: list[Decimal], drop: int) -> None:
    result = total(values, ScoreRule(ScoreRuleKind.DROP_EXTREMES, drop=drop))

    assert sorted(result.used + result.dropped) == list(range(len(values)))
    assert min(values) <= result.exact <= max(values)
    if result.dropped:
        assert min(values[i] for i in result.dropped) == min(values)
        assert max(values[i] for i in result.dropped) == max(values)


@given(st.fractions(min_value=-200, max_value=200), st.integers(0, 4))
def test_rounding_moves_by_half_a_unit_at_most(value: Fraction, decimals: int) -> None:
    rounded = round_half_up(value, decimals)

    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**decimals)
    assert rounded.as_tuple().exponent == -decimals
    assert round_half_up(-value, decimals) == -rounded


@given(st.fractions(-200, 200), st.fractions(-200, 200))
def test_rounding_never_turns_two_values_around(one: Fraction, other: Fraction) -> None:
    low, high = sorted((one, other))

    assert round_half_up(low, 2) <= round_half_up(high, 2)
