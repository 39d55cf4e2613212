from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.scoring.composing import (
    Adjustment,
    AdjustmentKind,
    GradeRule,
    MissingStageError,
    StageRule,
    VoteRule,
    grades,
    stage_total,
)
from eventhub.domain.scoring.exact import InvalidRuleError

REVIEW_AND_STAGE = StageRule({"review": Decimal("0.4"), "stage": Decimal("0.6")})


def test_two_stages() -> None:
    totals = {"review": Decimal("86.67"), "stage": Decimal("90.25")}

    # 34.668 + 54.15 = 88.818
    assert str(stage_total(totals, REVIEW_AND_STAGE)) == "88.82"


def test_a_half_of_the_stages_goes_up() -> None:
    half = StageRule({"one": Decimal("0.5"), "two": Decimal("0.5")})

    assert stage_total({"one": Decimal("80.00"), "two": Decimal("80.01")}, half) == Decimal("80.01")


def test_a_missing_stage_is_not_zero() -> None:
    with pytest.raises(MissingStageError):
        stage_total({"review": Decimal(80)}, REVIEW_AND_STAGE)
    with pytest.raises(MissingStageError):
        stage_total({"review": Decimal(80), "stage": None}, REVIEW_AND_STAGE)


def test_zero_is_a_total() -> None:
    assert stage_total({"review": Decimal(0), "stage": Decimal(50)}, REVIEW_AND_STAGE) == 30


@pytest.mark.parametrize("weights", [("0.4", "0.5"), ("0.4", "0.7"), ("-0.5", "1.5"), ("0", "1")])
def test_stages_weigh_one_together(weights: tuple[str, str]) -> None:
    with pytest.raises(InvalidRuleError):
        StageRule(dict(zip(("review", "stage"), map(Decimal, weights), strict=True)))


def test_a_vote_beside_the_panel() -> None:
    rule = VoteRule(Decimal("0.2"))

    points = rule.points(150, most=200)
    assert points == 75
    assert rule.mix(Fraction(241, 3), points) == Fraction(4, 5) * Fraction(241, 3) + 15


def test_nobody_voted() -> None:
    assert VoteRule(Decimal("0.2")).points(0, most=0) == 0


@pytest.mark.parametrize("weight", ["0", "1", "-0.1", "1.2"])
def test_a_vote_is_a_part_of_the_total(weight: str) -> None:
    with pytest.raises(InvalidRuleError):
        VoteRule(Decimal(weight))


def test_penalty_and_bonus_have_a_sign_and_a_reason() -> None:
    assert Adjustment(AdjustmentKind.PENALTY, Decimal("2.5"), "超时").signed == Decimal("-2.5")
    assert Adjustment(AdjustmentKind.BONUS, Decimal(1), "获专利").signed == 1
    for points, reason in (("-1", "超时"), ("0", "超时"), ("NaN", "超时"), ("1", " ")):
        with pytest.raises(InvalidRuleError):
            Adjustment(AdjustmentKind.PENALTY, Decimal(points), reason)


def test_grades_by_threshold_count_the_edge_in() -> None:
    rule = GradeRule(("优", "良", "合格"), thresholds=(Decimal(90), Decimal(80)))
    places = [(1, Decimal("90.00")), (2, Decimal("89.99")), (3, Decimal("79.99"))]

    assert grades(places, rule) == ["优", "良", "合格"]


def test_grades_by_share() -> None:
    rule = GradeRule(("A", "B", "C"), shares=(Decimal("0.15"), Decimal("0.35")))
    places = [(place, Decimal(100 - place)) for place in range(1, 11)]

    # 1.5 places are 2, 5 are 5
    assert "".join(grades(places, rule)) == "AABBBCCCCC"


def test_a_tie_at_the_edge_of_a_share_goes_to_the_better_grade() -> None:
    rule = GradeRule(("A", "B"), shares=(Decimal("0.5"),))

    assert grades([(1, Decimal(9)), (2, Decimal(8)), (2, Decimal(8)), (4, Decimal(7))], rule) == [
        "A",
        "A",
        "A",
        "B",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"thresholds": (Decimal(80),), "shares": (Decimal(1),)},
        {"thresholds": (Decimal(80), Decimal(90))},
        {"thresholds": (Decimal(80),)},
        {"shares": (Decimal("0.6"), Decimal("0.6"))},
    ],
)
def test_grades_that_contradict_themselves_are_refused(wrong: dict[str, tuple[Decimal]]) -> None:
    with pytest.raises(InvalidRuleError):
        GradeRule(("A", "B", "C"), **wrong)


PLACES = st.lists(st.decimals(0, 100, places=1), min_size=1, max_size=12).map(
    lambda totals: [
        (1 + sum(other > total for other in totals), total)
        for total in sorted(totals, reverse=True)
    ]
)


@given(PLACES, st.booleans())
def test_no_better_entry_has_a_worse_grade(
    places: list[tuple[int, Decimal]], by_share: bool
) -> None:
    rule = (
        GradeRule(("A", "B", "C"), shares=(Decimal("0.2"), Decimal("0.3")))
        if by_share
        else GradeRule(("A", "B", "C"), thresholds=(Decimal(80), Decimal(40)))
    )

    found = grades(places, rule)

    assert found == sorted(found)
    for (place, _), grade in zip(places, found, strict=True):
        assert all(
            grade == other for (same, _), other in zip(places, found, strict=True) if same == place
        )
