"""An entry is moved; the others keep their order and their ties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.deliberation import CannotMoveError, move

FIVE = [("a", 1), ("b", 2), ("c", 2), ("d", 4), ("e", 5)]


@pytest.mark.parametrize(
    ("entry", "to", "order"),
    [
        ("e", 1, "e1 a2 b3 c3 d5"),
        ("d", 2, "a1 d2 b3 c3 e5"),
        ("a", 5, "b1 c1 d3 e4 a5"),
        ("a", 2, "b1 c1 a3 d4 e5"),
        ("b", 2, "a1 b2 c3 d4 e5"),
        ("c", 1, "c1 a2 b3 d4 e5"),
        ("b", 4, "a1 c2 d3 b4 e5"),
    ],
)
def test_where_it_lands(entry, to, order):
    moved = move(FIVE, entry_id=entry, to=to)
    assert " ".join(f"{key}{moved[key]}" for key in sorted(moved, key=lambda k: (moved[k], k))) == (
        order
    )


@pytest.mark.parametrize(("entry", "to"), [("a", 1), ("d", 4), ("x", 1), ("a", 0), ("a", 6)])
def test_what_is_no_move(entry, to):
    with pytest.raises(CannotMoveError):
        move(FIVE, entry_id=entry, to=to)


@given(st.lists(st.integers(1, 6), min_size=2, max_size=9), st.data())
def test_the_others_keep_order_and_ties(tiers, data):
    best_first = sorted(tiers)
    ranks = [
        (at, 1 + sum(1 for each in tiers if each < tier)) for at, tier in enumerate(best_first)
    ]
    entry = data.draw(st.sampled_from(range(len(ranks))))
    to = data.draw(st.integers(1, len(ranks)))
    try:
        moved = move(ranks, entry_id=entry, to=to)
    except CannotMoveError:
        return
    before = dict(ranks)
    others = [key for key in before if key != entry]
    for one in others:
        assert moved[one] != moved[entry]
        assert moved[one] == 1 + sum(1 for key in moved if moved[key] < moved[one])
        for two in others:
            assert (before[one] < before[two]) == (moved[one] < moved[two])
