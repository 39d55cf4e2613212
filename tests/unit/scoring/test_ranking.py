from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.scoring.ranking import (
    DuplicateEntryError,
    InvalidTieOrderError,
    MissingCriterionError,
    Result,
    Standing,
    TieBreak,
    TieRule,
    rank,
)

RAW = TieBreak(TieRule.RAW_SUM)
INNOVATION = TieBreak(TieRule.CRITERION, "innovation")
SHARE = TieBreak(TieRule.SHARE)


def result(
    entry_id: str,
    total: str,
    raw_mean: str = "0",
    *,
    vetoed: bool = False,
    **means: str,
) -> Result[str]:
    criterion_means: Mapping[str, Decimal] = {key: Decimal(mean) for key, mean in means.items()}
    return Result(entry_id, Decimal(total), Decimal(raw_mean), criterion_means, vetoed)


def ranks(standings: list[Standing[str]]) -> dict[str, int | None]:
    return {standing.entry_id: standing.rank for standing in standings}


def test_equal_totals_share_a_rank_and_leave_a_gap() -> None:
    results = [result("d", "70"), result("b", "80"), result("a", "90"), result("c", "80.00")]

    standings = rank(results, tie_order=[])

    assert [(s.entry_id, s.rank, s.is_tied) for s in standings] == [
        ("a", 1, False),
        ("b", 2, True),
        ("c", 2, True),
        ("d", 4, False),
    ]


def test_the_tie_break_that_decided_is_named() -> None:
    results = [
        result("a", "90", "1", innovation="1"),
        result("b", "80", "79", innovation="20"),
        result("c", "80", "79", innovation="25"),
        result("d", "80", "81", innovation="1"),
    ]

    standings = rank(results, tie_order=[RAW, INNOVATION, SHARE])

    assert [(s.entry_id, s.rank, s.decided_by) for s in standings] == [
        ("a", 1, None),
        ("d", 2, RAW),
        ("c", 3, INNOVATION),
        ("b", 4, INNOVATION),
    ]


def test_one_of_three_falls_behind_and_two_stay_tied() -> None:
    results = [result("a", "80", "79"), result("b", "80", "81"), result("c", "80", "81")]

    standings = rank(results, tie_order=[RAW])

    assert standings == [
        Standing("b", 1, True, RAW),
        Standing("c", 1, True, RAW),
        Standing("a", 3, False, RAW),
    ]


def test_thirds_are_compared_exactly() -> None:
    close = [
        Result("a", Decimal(80), Fraction(241, 3)),
        Result("b", Decimal(80), Fraction(241, 3) + Fraction(1, 10**40)),
    ]

    assert ranks(rank(close, tie_order=[RAW])) == {"b": 1, "a": 2}


@pytest.mark.parametrize(
    ("step", "figures", "first"),
    [
        ("median", {"median": (Decimal(81), Decimal(80))}, "a"),
        ("chief", {"chief": (Decimal(79), Decimal(80))}, "b"),
        ("penalties", {"penalties": (Decimal(2), Decimal(1))}, "b"),
        ("earlier", {"earlier": (Decimal(90), Decimal(70))}, "a"),
        ("draw", {"lot": (2, 1)}, "b"),
    ],
)
def test_every_step_prefers_what_its_name_says(
    step: str, figures: dict[str, tuple[object, object]], first: str
) -> None:
    ((name, (of_a, of_b)),) = figures.items()
    tied = [
        replace(result("a", "80"), **{name: of_a}),
        replace(result("b", "80"), **{name: of_b}),
    ]

    standings = rank(tied, tie_order=[TieBreak.parse(step)])

    assert standings[0].entry_id == first
    assert [str(s.decided_by) for s in standings] == [step, step]


def test_a_step_is_passed_over_where_one_of_the_tied_lacks_the_figure() -> None:
    """The chief judge is recused from c: between a, b and c the chief has no say."""
    tied = [
        replace(result("a", "80", "1"), chief=Decimal(90)),
        replace(result("b", "80", "2"), chief=Decimal(70)),
        result("c", "80", "3"),
        replace(result("d", "70"), chief=Decimal(1)),
        replace(result("e", "70"), chief=Decimal(2)),
    ]

    standings = rank(tied, tie_order=[TieBreak(TieRule.CHIEF), RAW])

    assert [(s.entry_id, s.rank, str(s.decided_by)) for s in standings] == [
        ("c", 1, "raw_sum"),
        ("b", 2, "raw_sum"),
        ("a", 3, "raw_sum"),
        ("e", 4, "chief"),
        ("d", 5, "chief"),
    ]


def test_a_step_that_was_passed_over_does_not_come_back() -> None:
    tied = [
        replace(result("a", "80", "1"), chief=Decimal(70)),
        replace(result("b", "80", "1"), chief=Decimal(90)),
        result("c", "80", "3"),
    ]

    standings = rank(tied, tie_order=[TieBreak(TieRule.CHIEF), RAW])

    assert [(s.entry_id, s.rank, s.is_tied) for s in standings] == [
        ("c", 1, False),
        ("a", 2, True),
        ("b", 2, True),
    ]


def test_a_vetoed_entry_comes_last_without_rank_and_moves_nobody() -> None:
    results = [result("a", "99", vetoed=True), result("b", "50"), result("c", "50")]

    standings = rank(results, tie_order=[])

    assert standings[-1] == Standing("a", None, False, None)
    assert ranks(standings) == {"b": 1, "c": 1, "a": None}


def test_a_vetoed_entry_needs_no_marks() -> None:
    results = [result("a", "0", vetoed=True), result("b", "50", innovation="7")]

    assert ranks(rank(results, tie_order=[INNOVATION])) == {"b": 1, "a": None}


def test_a_ranked_entry_needs_the_criterion_even_where_no_tie_asks_for_it() -> None:
    with pytest.raises(MissingCriterionError):
        rank([result("a", "1"), result("b", "2", innovation="1")], tie_order=[INNOVATION])


@pytest.mark.parametrize("order", [[SHARE, RAW], [RAW, RAW], [SHARE, SHARE]])
def test_contradictory_tie_orders_are_refused(order: list[TieBreak]) -> None:
    with pytest.raises(InvalidTieOrderError):
        rank([], tie_order=order)


def test_an_entry_cannot_stand_twice() -> None:
    with pytest.raises(DuplicateEntryError):
        rank([result("a", "1"), result("a", "2")], tie_order=[])


def test_tie_breaks_are_read_as_they_are_written() -> None:
    for step in (RAW, INNOVATION, SHARE):
        assert TieBreak.parse(str(step)) == step
    assert str(INNOVATION) == "criterion:innovation"


@pytest.mark.parametrize("text", ["", "chance", "criterion", "criterion:", "raw_sum:innovation"])
def test_misspelt_tie_breaks_are_refused(text: str) -> None:
    with pytest.raises(InvalidTieOrderError):
        TieBreak.parse(text)


FEW = st.integers(0, 3).map(Decimal)
FIELDS = st.lists(st.tuples(FEW, FEW, FEW, st.booleans()), max_size=9)


def build(fields: list[tuple[Decimal, Decimal, Decimal, bool]]) -> list[Result[int]]:
    return [
        Result(number, total, raw, {"innovation": mean}, vetoed)
        for number, (total, raw, mean, vetoed) in enumerate(fields)
    ]


@given(FIELDS, st.sampled_from([[], [RAW], [INNOVATION], [RAW, INNOVATION], [INNOVATION, SHARE]]))
def test_a_rank_is_one_more_than_the_number_of_better_entries(
    fields: list[tuple[Decimal, Decimal, Decimal, bool]], order: list[TieBreak]
) -> None:
    results = build(fields)
    keys = {
        r.entry_id: [r.total]
        + [
            r.raw_mean if step is RAW else r.criterion_means["innovation"]
            for step in order[:2]
            if step is not SHARE
        ]
        for r in results
        if not r.vetoed
    }

    for standing in rank(results, tie_order=order):
        if standing.rank is None:
            assert standing.entry_id not in keys
            continue
        mine = keys[standing.entry_id]
        others = [key for entry_id, key in keys.items() if entry_id != standing.entry_id]
        assert standing.rank == 1 + sum(key > mine for key in others)
        assert standing.is_tied == (mine in others)
        deciding = [
            next(index for index in range(len(key)) if key[index] != mine[index])
            for key in others
            if key[0] == mine[0] and key != mine
        ]
        assert standing.decided_by == (order[max(deciding) - 1] if deciding else None)


@given(FIELDS, st.randoms(use_true_random=False))
def test_the_order_of_entry_has_no_influence(
    fields: list[tuple[Decimal, Decimal, Decimal, bool]], random: object
) -> None:
    results = build(fields)
    shuffled = list(results)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    as_set = set(rank(results, tie_order=[RAW]))

    assert as_set == set(rank(shuffled, tie_order=[RAW]))
    assert len(as_set) == len(results)
