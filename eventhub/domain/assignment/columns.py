"""The linear programme over whole sets of judges, by column generation.

Its bound is as good as that of any relaxation in which the entries' own rules (floor and
institutions) hold exactly and only the loads of the judges are relaxed (Dantzig and Wolfe,
"Decomposition principle for linear programs", Operations Research 8, 1960; the bound at any
prices is Lagrange's). The prices are smoothed between rounds (Pessoa, Sadykov, Uchoa and
Vanderbeck, INFORMS Journal on Computing 30, 2018).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from eventhub.domain.assignment.board import SCALE, TOLERANCE, Board, Floats
from eventhub.domain.assignment.choosing import (
    Choice,
    Set,
    TooManySetsError,
    best_choices,
    better_sets,
)
from eventhub.domain.assignment.relaxation import INFINITY, new_solver, reachable

SMOOTHING = 0.7
NEAR = 1e-3  # where smoothing only holds up
SETS_A_ROUND = 3


@dataclass(frozen=True, eq=False)
class Priced:
    """``bound`` is what no assignment exceeds, proven by ``prices``; ``value`` is the programme's.

    ``best`` is what the best set of each entry brings at these prices. ``is_refuted``: it is
    proven that no assignment keeps the floor.
    """

    bound: float
    prices: Floats
    best: Floats
    pool: list[tuple[int, Set]]
    is_feasible: bool
    is_refuted: bool


class _Master:
    """The programme over the sets known so far, kept warm between rounds."""

    def __init__(self, board: Board, *, values: Floats, penalty: float) -> None:
        self._board, self._values = board, values
        self.pool: list[tuple[int, Set]] = []
        self._known: set[tuple[int, Set]] = set()
        self._solver = new_solver()
        self._solver.setOptionValue("presolve", "off")
        nothing = np.array([], dtype=np.int32)
        for _ in range(board.entry_count):
            self._solver.addRow(1.0, 1.0, 0, nothing, np.array([]))
        for least, most in zip(board.least, board.most, strict=True):
            self._solver.addRow(float(least), float(most), 0, nothing, np.array([]))
        self._lack = board.entry_count + 2 * board.kind_count
        for row in range(board.entry_count):
            self._add(penalty, [row], [1.0])
        for row in range(board.entry_count, board.entry_count + board.kind_count):
            self._add(penalty, [row], [1.0])
            self._add(penalty, [row], [-1.0])

    def _add(self, cost: float, rows: list[int], values: list[float]) -> None:
        self._solver.addCol(
            cost, 0.0, INFINITY, len(rows), np.array(rows, dtype=np.int32), np.array(values)
        )

    def add(self, entry: int, chosen: Set) -> bool:
        """Take in a set, unless it is there already; rows of one kind are the same."""
        kinds = tuple(sorted(self._board.kind[list(chosen)].tolist()))
        if (entry, kinds) in self._known:
            return False
        self._known.add((entry, kinds))
        self.pool.append((entry, chosen))
        first = self._board.entry_count
        load = Counter(kinds)
        self._add(
            -float(self._values[list(chosen), entry].sum()),
            [entry, *(first + kind for kind in load)],
            [1.0, *map(float, load.values())],
        )
        return True

    def solve(self) -> tuple[float, Floats, Floats, float]:
        """Return the value, what entries are owed, judges' prices, and what is still lacking."""
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError("the master programme was not solved")
        solution = self._solver.getSolution()
        duals = -np.array(solution.row_dual)
        lacking = float(np.sum(solution.col_value[: self._lack]))
        value = -float(self._solver.getInfo().objective_function_value)
        split = self._board.entry_count
        return value, duals[:split], duals[split:], lacking


def price(
    board: Board,
    *,
    floor: float | None,
    start: Floats,
    seeds: list[tuple[int, Set]],
    feasibility_only: bool,
    is_late: Callable[[], bool],
) -> Priced:
    """Generate sets until no better one exists, or until it is proven that none will do.

    With ``feasibility_only`` all sets are worth nothing and lacking ones cost: a negative bound
    then proves that no assignment keeps the floor.
    """
    allowed = reachable(board, floor=floor)
    values = np.zeros_like(board.worth) if feasibility_only else board.worth
    penalty = 1.0 if feasibility_only else 10.0 * board.demand * (float(np.ptp(board.worth)) + 1.0)
    master = _Master(board, values=values, penalty=penalty)
    for entry, chosen in seeds:
        master.add(entry, chosen)
    centre, outer, bound = start, start, np.inf
    best = owed = np.full(board.entry_count, -np.inf)
    value, lacking, smoothing, is_done = -np.inf, np.inf, SMOOTHING, False
    while not (is_done or is_late()):
        asked = smoothing * centre + (1 - smoothing) * outer
        profit = np.where(allowed, values - asked[board.kind][:, None], -np.inf)
        choice = best_choices(board, profit, floor=floor)
        cut = np.full_like(owed, -np.inf) if smoothing else owed
        found, upper = _searched(board, profit, choice, floor=floor, above=cut)
        reached = float(upper.sum()) + load_worth(board, asked)
        if reached < bound:
            bound, centre, best = reached, asked, upper
        if not np.isfinite(bound) or (feasibility_only and bound < -TOLERANCE):
            lacking, is_done = np.inf, True
            break
        fresh = sum(master.add(entry, chosen) for entry, chosen in found)
        is_done = bound <= value + TOLERANCE * SCALE or (not smoothing and not fresh)
        if is_done:
            break
        is_far = fresh > board.entry_count // 4 and bound - value > NEAR * abs(bound)
        smoothing = SMOOTHING if is_far else 0.0
        value, owed, outer, lacking = master.solve()
        is_done = feasibility_only and lacking < TOLERANCE
    return Priced(
        bound=bound,
        prices=centre,
        best=best,
        pool=master.pool,
        is_feasible=lacking < TOLERANCE and np.isfinite(bound),
        is_refuted=not np.isfinite(bound) or (feasibility_only and bound < -TOLERANCE),
    )


def refutes(board: Board, prices: Floats, *, floor: float) -> bool:
    """Tell whether prices alone prove that no assignment keeps the floor.

    They do where the best sets of all entries and the loads of all judges, worth nothing but
    their prices, come to less than nothing.
    """
    allowed = reachable(board, floor=floor)
    profit = np.where(allowed, -prices[board.kind][:, None], -np.inf)
    choice = best_choices(board, profit, floor=floor)
    ground = load_worth(board, prices)
    if float(choice.upper.sum()) + ground < -TOLERANCE:
        return True
    if float(choice.lower.sum()) + ground >= -TOLERANCE:
        return False
    nothing = np.full(board.entry_count, -np.inf)
    upper = _searched(board, profit, choice, floor=floor, above=nothing)[1]
    return float(upper.sum()) + ground < -TOLERANCE


def load_worth(board: Board, prices: Floats) -> float:
    """What the loads of the judges bring at these prices, at most."""
    return float(np.where(prices > 0, prices * board.most, prices * board.least).sum())


def _as_they_are(choice: Choice) -> list[tuple[int, Set]]:
    return [
        (entry, tuple(choice.sets[entry].tolist()))
        for entry in np.flatnonzero(np.isfinite(choice.lower)).tolist()
    ]


def _searched(
    board: Board, profit: Floats, choice: Choice, *, floor: float | None, above: Floats
) -> tuple[list[tuple[int, Set]], Floats]:
    """Search each entry for sets that bring more than it is owed; the bounds are exact there."""
    upper = choice.upper.copy()
    found = [pair for pair in _as_they_are(choice) if choice.lower[pair[0]] > above[pair[0]]]
    cutoff = np.maximum(above + TOLERANCE, choice.lower)
    for entry in np.flatnonzero(choice.upper > cutoff + TOLERANCE).tolist():
        try:
            values, sets = better_sets(
                board,
                profit,
                entry=entry,
                floor=floor,
                weight=float(choice.weight[entry]),
                above=float(cutoff[entry]),
            )
        except TooManySetsError:
            continue  # the bound of the mix stands
        for at in np.argsort(-values)[:SETS_A_ROUND].tolist():
            found.append((entry, tuple(sets[at].tolist())))
        upper[entry] = max(float(values.max(initial=-np.inf)), float(cutoff[entry]))
    return found, upper
