"""The best sets of judges for each entry alone, when every judge has a price.

With prices the entries part: each takes the set of ``demand`` judges, no two of an institution,
whose profit (affinity less price) is highest among those whose affinities reach the floor. That
is a knapsack with a cardinality, answered here in three steps: the best set without the floor;
where it misses the floor, the best mix of profit and affinity (Handler and Zang, "A dual
algorithm for the constrained shortest path problem", Networks 10, 1980), which gives an upper
bound and a set that keeps the floor; and where the two differ, a search with that bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eventhub.domain.assignment.board import TOLERANCE, Board, Floats, Ints

MOST_STEPS = 60
MOST_SETS = 500_000

Set = tuple[int, ...]


class TooManySetsError(Exception):
    """A search was given up: too much would have to be listed."""


@dataclass(frozen=True, eq=False)
class Choice:
    """For each entry: no set is worth more than ``upper``; ``sets`` reach ``lower``.

    ``weight`` is what a point of affinity above the floor is worth in the mix that gave
    ``upper``. Where no set keeps the floor, ``upper`` and ``lower`` are minus infinity.
    """

    upper: Floats
    lower: Floats
    sets: Ints  # entries by demand
    weight: Floats


def best_choices(board: Board, profit: Floats, *, floor: float | None) -> Choice:
    """Choose for every entry. ``profit`` is minus infinity where a judge must not be."""
    sets, upper = _top(board, profit)
    choice = Choice(upper, upper.copy(), sets, np.zeros(board.entry_count))
    if floor is not None:
        reached = _sums(board.worth, sets)
        missing = np.flatnonzero((reached < floor - TOLERANCE) & np.isfinite(upper))
        if len(missing):
            _mix(board, profit, floor, missing, choice)
    return choice


def _top(board: Board, profit: Floats) -> tuple[Ints, Floats]:
    """Return the ``demand`` best judges of different institutions, and their sum."""
    if board.shared_groups:
        profit = profit.copy()
        columns = np.arange(profit.shape[1])
        for members in board.shared_groups:
            part = profit[members]
            best = part.argmax(axis=0)
            keep = part[best, columns]
            profit[members] = -np.inf
            profit[members[best], columns] = keep
    if profit.shape[0] < board.demand:
        empty = np.zeros((profit.shape[1], board.demand), dtype=np.int64)
        return empty, np.full(profit.shape[1], -np.inf)
    at = np.argpartition(-profit, board.demand - 1, axis=0)[: board.demand]
    return at.T.astype(np.int64), np.take_along_axis(profit, at, axis=0).sum(axis=0)


def _sums(matrix: Floats, sets: Ints) -> Floats:
    found: Floats = matrix[sets, np.arange(matrix.shape[1])[:, None]].sum(axis=1)
    return found


def _mix(board: Board, profit: Floats, floor: float, at: Ints, choice: Choice) -> None:
    """Find the weight of affinity beside profit that bounds the entries ``at`` best."""
    p, a = profit[:, at], np.where(np.isfinite(profit[:, at]), board.worth[:, at], -np.inf)
    high_sets, high_a = _top(board, a)
    low_sets = choice.sets[at]
    a = board.worth[:, at]
    hopeless = high_a < floor - TOLERANCE
    weight = np.zeros(len(at))
    upper = np.where(hopeless, -np.inf, choice.upper[at])
    active = np.flatnonzero(~hopeless)
    for _ in range(MOST_STEPS):
        if not len(active):
            break
        pa, aa = p[:, active], a[:, active]
        low_p, low_a = _sums(pa, low_sets[active]), _sums(aa, low_sets[active])
        top_p, top_a = _sums(pa, high_sets[active]), _sums(aa, high_sets[active])
        w = np.maximum(low_p - top_p, 0.0) / np.maximum(top_a - low_a, TOLERANCE)
        sets, value = _top(board, pa + w * aa)
        weight[active] = w
        upper[active] = np.minimum(upper[active], value - w * floor)
        above = _sums(aa, sets) >= floor - TOLERANCE
        low_sets[active[~above]] = sets[~above]
        high_sets[active[above]] = sets[above]
        active = active[value > low_p + w * low_a + TOLERANCE]
    choice.weight[at] = weight
    choice.upper[at] = upper
    choice.sets[at] = high_sets
    choice.lower[at] = np.where(hopeless, -np.inf, _sums(p, high_sets))


def better_sets(
    board: Board, profit: Floats, *, entry: int, floor: float | None, weight: float, above: float
) -> tuple[Floats, Ints]:
    """List all sets for one entry that keep the floor and bring more than ``above``.

    Returned are their profits and, one row a set, their judges.

    Raises:
        TooManySetsError: there are more than ``MOST_SETS``.
    """
    p, a = profit[:, entry], board.worth[:, entry]
    least = -np.inf if floor is None else floor - TOLERANCE
    ground = above if floor is None else above + weight * least
    order = np.flatnonzero(np.isfinite(p))
    order = order[np.argsort(-(p[order] + weight * a[order]), kind="stable")]
    p, a, group = p[order], a[order], board.group[order]
    # rows of one kind lie side by side: only the first ones are taken, or sets would come twice
    is_copy = np.r_[False, np.diff(board.kind[order]) == 0]
    mixed = p + weight * a
    sums = np.r_[0.0, np.cumsum(mixed)]
    sets = np.zeros((1, 0), dtype=np.int64)
    gone = np.zeros(1)
    for left in range(board.demand, 0, -1):
        # what a set can still come to if its next judge is the one in each place of the order
        outlook = sums[left:] - sums[: len(sums) - left]
        end = np.searchsorted(-outlook, gone - ground, side="left")
        first = sets[:, -1] + 1 if sets.shape[1] else np.zeros(1, dtype=np.int64)
        width = np.maximum(end - first, 0)
        if width.sum() > MOST_SETS:
            raise TooManySetsError
        row = np.repeat(np.arange(len(sets)), width)
        place = np.arange(len(row)) - np.repeat(np.cumsum(width) - width, width) + first[row]
        sets, gone = np.c_[sets[row], place], gone[row] + mixed[place]
        fresh = ~is_copy[place] | (sets[:, -2:-1] == place[:, None] - 1).any(axis=1)
        sets, gone = sets[fresh], gone[fresh]
        if board.shared_groups:
            place = sets[:, -1]
            apart = (group[sets[:, :-1]] != group[place][:, None]).all(axis=1)
            sets, gone = sets[apart], gone[apart]
    value = p[sets].sum(axis=1)
    keep = (value > above) & (a[sets].sum(axis=1) >= least)
    return value[keep], order[sets[keep]]
