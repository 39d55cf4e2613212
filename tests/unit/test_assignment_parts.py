"""The parts of the search, each against trying everything."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.assignment import Entry, Judge, Problem, choosing, columns, connecting
from eventhub.domain.assignment.board import Board, Flags, fold, lay_out
from eventhub.domain.assignment.obstacles import find_obstacles


@st.composite
def boards(draw: st.DrawFn) -> Board:
    judges = [
        Judge(f"j{at}", most=3, institution=draw(st.sampled_from([None, None, "a", "b"])))
        for at in range(draw(st.integers(3, 7)))
    ]
    number = st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(-1, 1, width=32)
    return lay_out(
        Problem([Entry("e")], judges, draw(st.integers(1, 3)), [[draw(number)] for _ in judges])
    )


def sets_of(board: Board) -> list[tuple[int, ...]]:
    return [
        one
        for one in combinations(range(board.row_count), board.demand)
        if len({int(board.group[at]) for at in one}) == board.demand
    ]


@given(boards(), st.floats(-1, 3), st.lists(st.floats(-1, 1, width=16), min_size=7, max_size=7))
def test_a_choice_is_bounded_from_both_sides_and_the_search_closes_the_gap(board, floor, prices):
    floor *= board.scale
    price = np.array(prices[: board.row_count]) * board.scale
    profit = board.worth - price[:, None]
    best = max(
        (
            float(profit[list(one), 0].sum())
            for one in sets_of(board)
            if board.worth[list(one), 0].sum() >= floor - 1e-6
        ),
        default=-np.inf,
    )

    choice = choosing.best_choices(board, profit, floor=floor)

    assert choice.lower[0] <= best + 1e-6
    assert choice.upper[0] >= best - 1e-6
    if np.isfinite(choice.lower[0]):
        values, sets = choosing.better_sets(
            board, profit, entry=0, floor=floor, weight=choice.weight[0], above=choice.lower[0] - 1
        )
        assert values.max() == pytest.approx(best, abs=1e-6)
        assert len({tuple(sorted(one)) for one in sets.tolist()}) == len(sets)


@st.composite
def graphs(draw: st.DrawFn) -> Flags:
    judges, entries = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    cells = draw(st.lists(st.booleans(), min_size=judges * entries, max_size=judges * entries))
    links = np.array(cells).reshape(judges, entries)
    links[0, ~links.any(axis=0)] = True
    return links


def judges_part(links: Flags) -> bool:
    """Tell whether judges who judge are in more than one group, by merging sets."""
    groups: list[set[int]] = [{j} for j in np.flatnonzero(links.any(axis=1)).tolist()]
    for column in links.T:
        chosen = set(np.flatnonzero(column).tolist())
        touched = [one for one in groups if one & chosen]
        groups = [one for one in groups if not one & chosen] + [set().union(*touched)]
    return len([one for one in groups if one]) > 1


@given(graphs())
def test_parts_and_the_weakest_place(links):
    count, judge_part, entry_part = connecting.parts(links)

    assert (count > 1) == judges_part(links)
    assert set(judge_part[links.any(axis=1)].tolist()) <= set(range(count))
    assert all(judge_part[j] == entry_part[e] for j, e in np.argwhere(links))
    assert (judge_part[~links.any(axis=1)] == -1).all()
    weakest = connecting.measure(links).weakest
    if weakest is not None:
        taken_apart = False
        for lost in combinations(np.argwhere(links).tolist(), min(weakest, 3)):
            left = links.copy()
            for j, e in lost:
                left[j, e] = False
            # a judge who loses everything is parted from the others too
            lonely = (~left.any(axis=1) & links.any(axis=1)).any()
            taken_apart = taken_apart or judges_part(left) or bool(lonely)
        assert taken_apart == (weakest <= 3)


@given(st.integers(0, 10_000))
def test_joining_keeps_every_rule(seed):
    rng = np.random.default_rng(seed)
    judges = [
        Judge(at, least=1, most=3, institution=str(home) if home else None)
        for at, home in enumerate(rng.integers(0, 4, 8).tolist())
    ]
    worth = rng.random((8, 8)).round(2)
    problem = Problem([Entry(at) for at in range(8)], judges, 2, worth.tolist(), [(0, 7), (5, 1)])
    board = lay_out(problem)
    links = np.zeros((8, 8), dtype=bool)
    for entry in range(8):  # four pairs of judges, each with two entries of their own
        links[[entry // 2 * 2, entry // 2 * 2 + 1], entry] = True
    if (links & ~board.allowed).any() or any(
        (links[part].sum(axis=0) > 1).any() for part in board.shared_groups
    ):
        return
    floor = float(board.sums(links).min()) - 0.1 * board.scale

    joined = connecting.join(board, links, floor=floor)

    assert connecting.parts(joined)[0] <= connecting.parts(links)[0]
    assert not (joined & ~board.allowed).any()
    assert (joined.sum(axis=0) == 2).all()
    assert (joined.sum(axis=1) >= 1).all()
    assert (joined.sum(axis=1) <= 3).all()
    assert all((joined[part].sum(axis=0) <= 1).all() for part in board.shared_groups)
    assert board.sums(joined).min() >= floor - 1e-6


def test_folding_deals_out_in_turn():
    judges = [Judge(at, least=1, most=2) for at in range(5)]
    board = lay_out(Problem([Entry(at) for at in range(3)], judges, 2, [[0.0] * 3] * 5))
    folded = fold(board)
    assert (folded.board.row_count, folded.board.kind_count) == (2, 1)

    links = folded.spread(np.ones((2, 3), dtype=bool), judge_count=5)

    assert links.sum(axis=0).tolist() == [2, 2, 2]
    assert sorted(links.sum(axis=1).tolist()) == [1, 1, 1, 1, 2]


def test_prices_refute_a_floor_that_cannot_be_met():
    """One judge knows both entries and may read only one: paying 1 for them settles it."""
    judges = [Judge(0, most=1), Judge(1, most=2)]
    board = lay_out(Problem([Entry(0), Entry(1)], judges, 1, [[1.0, 1.0], [0.0, 0.0]]))
    prices = np.array([1.0, 0.0])

    assert columns.refutes(board, prices, floor=0.5 * board.scale)
    assert not columns.refutes(board, prices, floor=0.0)


@given(st.integers(0, 100_000))
def test_an_obstacle_is_found_exactly_where_there_is_one(seed):
    rng = np.random.default_rng(seed)
    judge_count, entry_count = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    homes = [None, None, "a", "b"]
    judges = []
    for at in range(judge_count):
        least, most = sorted(rng.integers(0, 4, 2).tolist())
        judges.append(Judge(at, most, least, homes[rng.integers(4)]))
    entries = [Entry(at, homes[rng.integers(4)]) for at in range(entry_count)]
    barred = [(j, e) for j in range(judge_count) for e in range(entry_count) if rng.random() < 0.2]
    problem = Problem(
        entries, judges, int(rng.integers(1, 3)), [[0.0] * entry_count] * judge_count, barred
    )

    obstacles = find_obstacles(problem, lay_out(problem))

    assert bool(obstacles) != is_feasible(problem)
    assert all(one.had < one.demanded for one in obstacles)


def is_feasible(problem: Problem) -> bool:
    """Try everything, entry by entry."""
    board = lay_out(problem)

    def place(entry: int, loads: tuple[int, ...]) -> bool:
        if entry == board.entry_count:
            return all(j.least <= n <= j.most for j, n in zip(problem.judges, loads, strict=True))
        for chosen in sets_of(board):
            if board.allowed[list(chosen), entry].all():
                more = tuple(n + (at in chosen) for at, n in enumerate(loads))
                if place(entry + 1, more):
                    return True
        return False

    return place(0, (0,) * board.row_count)
