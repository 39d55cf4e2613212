"""The last step to a proven optimum: a small integer programme.

At given prices a set is only part of an assignment better than the one at hand if it falls
short of the best set of its entry by less than the gap between that assignment and the bound
(reduced cost fixing). What is left is listed and solved exactly. Connectedness is demanded by
cuts as it is found to be missing. Wherever the entries are parted into k parts, judges must
bridge them: a judge with entries in m parts joins m of them, so the sum of m - 1 over all judges
is at least k - 1 (partition inequalities, as for spanning trees: Edmonds 1970).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import highspy
import numpy as np
from scipy import sparse

from eventhub.domain.assignment import connecting
from eventhub.domain.assignment.board import SCALE, TOLERANCE, Board, Flags, Floats, Ints
from eventhub.domain.assignment.choosing import (
    Set,
    TooManySetsError,
    best_choices,
    better_sets,
)
from eventhub.domain.assignment.relaxation import crowded_pairs, new_solver, pass_model, reachable

MOST_LISTED = 60_000  # sets in all, beyond which an entry is left to the solver as it is


@dataclass(eq=False)
class Remainder:
    """What may still be part of a better assignment.

    ``judge`` and ``entry`` are single links of entries all of whose sets keep the rules;
    ``sets`` are whole sets of the other entries. ``floored`` are entries for which there were too
    many to list: they keep a row for the floor.
    """

    judge: Ints
    entry: Ints
    sets: list[tuple[int, Set]]
    floored: set[int] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class Finished:
    """``links`` None: there is nothing. ``is_proven`` is False when time ran out."""

    links: Flags | None
    bound: float
    is_proven: bool


def everything(board: Board, *, floor: float | None) -> Remainder:
    """Leave all links in, where no prices are known."""
    judge, entry = np.nonzero(reachable(board, floor=floor))
    floored = set() if floor is None else set(range(board.entry_count))
    return Remainder(judge, entry, [], floored)


def from_pool(pool: list[tuple[int, Set]]) -> Remainder:
    """Leave only some sets in."""
    nothing = np.array([], dtype=np.int64)
    return Remainder(nothing, nothing, pool)


def within(
    board: Board, *, floor: float | None, prices: Floats, best: Floats, gap: float
) -> Remainder:
    """Leave in what falls short of the best of its entry by no more than ``gap``."""
    profit = np.where(
        reachable(board, floor=floor), board.worth - prices[board.kind][:, None], -np.inf
    )
    falling = -np.sort(-profit, axis=0)
    others = board.demand - 1
    beside = np.where(
        profit >= falling[others],
        falling[: board.demand].sum(axis=0),
        profit + falling[:others].sum(axis=0),
    )
    cutoff = best - gap - TOLERANCE
    open_ = np.isfinite(profit) & (beside >= cutoff)
    lowest = np.sort(np.where(open_, board.worth, np.inf), axis=0)[: board.demand].sum(axis=0)
    listed: list[tuple[int, Set]] = []
    floored: set[int] = set()
    if floor is not None:
        weight = best_choices(board, profit, floor=floor).weight
        for entry in np.flatnonzero(lowest < floor - TOLERANCE).tolist():
            try:
                _, sets = better_sets(
                    board,
                    np.where(open_, profit, -np.inf),
                    entry=entry,
                    floor=floor,
                    weight=float(weight[entry]),
                    above=float(cutoff[entry]),
                )
            except TooManySetsError:
                floored.add(entry)
                continue
            if len(listed) + len(sets) > MOST_LISTED:
                floored.add(entry)
                continue
            listed += [(entry, tuple(one)) for one in sets.tolist()]
            open_[:, entry] = False
    judge, entry_of = np.nonzero(open_)
    return Remainder(judge, entry_of, listed, floored)


def finish(
    board: Board,
    remainder: Remainder,
    *,
    floor: float | None,
    cuts: list[Ints] | None,
    known: float,
    seconds: Callable[[], float],
) -> Finished:
    """Solve what is left; with ``cuts`` again and again until the judges are connected.

    ``cuts`` number the part of each entry; those that are found are added. What is worth no more
    than ``known`` may be missed.
    """
    while True:
        found = _solve(board, remainder, floor=floor, cuts=cuts or [], known=known, left=seconds())
        if found.links is None or cuts is None:
            return found
        count, _, entry_part = connecting.parts(found.links)
        if count == 1:
            return found
        if not found.is_proven or seconds() <= 0:
            return Finished(None, found.bound, is_proven=False)
        cuts.append(entry_part)


def _solve(
    board: Board,
    remainder: Remainder,
    *,
    floor: float | None,
    cuts: list[Ints],
    known: float,
    left: float,
) -> Finished:
    model = _Model(board, remainder, floor=floor, cuts=cuts)
    solver = new_solver(seconds=max(left, 0.1))
    pass_model(solver, cost=-model.worth, rows=model.rows, lower=model.lower, upper=model.upper)
    if cuts and np.isfinite(known) and not _fix(solver, known):
        return Finished(None, known, is_proven=True)
    columns = np.flatnonzero(model.whole).astype(np.int32)
    kind = np.full(len(columns), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
    solver.changeColsIntegrality(len(columns), columns, kind)
    solver.run()
    status = solver.getModelStatus()
    info = solver.getInfo()
    bound = max(-float(info.mip_dual_bound), known)
    if status == highspy.HighsModelStatus.kInfeasible:
        return Finished(None, known, is_proven=True)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Finished(None, bound, is_proven=False)
    links = model.links(np.array(solver.getSolution().col_value))
    return Finished(links, bound, is_proven=status == highspy.HighsModelStatus.kOptimal)


def _fix(solver: highspy.Highs, known: float) -> bool:
    """Fix what no solution better than ``known`` can have otherwise; False if there is none."""
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return solver.getModelStatus() != highspy.HighsModelStatus.kInfeasible
    gap = -float(solver.getInfo().objective_function_value) - known
    if gap < -TOLERANCE * SCALE:
        return False
    loss = np.array(solver.getSolution().col_dual)
    far = np.flatnonzero(np.abs(loss) > gap + TOLERANCE * SCALE).astype(np.int32)
    value = np.where(loss[far] > 0, 0.0, 1.0)
    solver.changeColsBounds(len(far), far, value, value)
    return True


class _Model:
    """Columns: single links, then sets, then for each cut what judges touch.

    For a cut into k parts a judge has k + 1 columns: whether they are in each part, and whether
    they are in any.
    """

    def __init__(
        self, board: Board, left: Remainder, *, floor: float | None, cuts: list[Ints]
    ) -> None:
        self._board, self._left = board, left
        singles, kinds, entries = len(left.judge), board.kind_count, board.entry_count
        members = np.array([chosen for _, chosen in left.sets], dtype=np.int64)
        members = members.reshape(len(left.sets), board.demand)
        owner = np.array([entry for entry, _ in left.sets], dtype=np.int64)
        column = np.repeat(np.arange(len(owner)), board.demand) + singles
        # every (judge, entry) that a column stands for
        self._judge = np.r_[left.judge, members.ravel()]
        self._entry = np.r_[left.entry, np.repeat(owner, board.demand)]
        self._column = np.r_[np.arange(singles), column]
        count = singles + len(owner)
        self.worth = np.zeros(count + sum((part.max() + 2) * kinds for part in cuts))
        np.add.at(self.worth, self._column, board.worth[self._judge, self._entry])
        self.whole = np.arange(len(self.worth)) < count
        self._height = 0
        self._parts: list[tuple[Ints, Ints, Floats]] = []
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        ones = np.ones(len(self._judge))
        self._block(board.kind[self._judge], self._column, ones, kinds, board.least, board.most)
        need = np.full(entries, board.demand)
        self._block(self._entry, self._column, ones, entries, need, need)
        self._institutions()
        if floor is not None and left.floored:
            self._floors(floor)
        if cuts:
            self._enough_links()
        for part in cuts:
            count += self._bridges(part, first=count)
        rows, columns, values = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        self.rows = sparse.csc_array(
            (values, (rows, columns)), shape=(self._height, len(self.worth))
        )
        self.lower, self.upper = np.concatenate(self._lower), np.concatenate(self._upper)

    def _block(
        self, row: Ints, column: Ints, value: Floats, height: int, lower: object, upper: object
    ) -> None:
        self._parts.append((row + self._height, column, value))
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=float), (height,)))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=float), (height,)))
        self._height += height

    def _institutions(self) -> None:
        found = crowded_pairs(self._board, self._left.judge, self._left.entry)
        if found is not None:
            row, column = found.tocoo().coords
            self._block(row, column, np.ones(len(row)), found.shape[0], 0.0, 1.0)

    def _floors(self, floor: float) -> None:
        keep = np.isin(self._left.entry, sorted(self._left.floored))
        rows, at = np.unique(self._left.entry[keep], return_inverse=True)
        worth = self._board.worth[self._left.judge[keep], self._left.entry[keep]]
        self._block(at, np.flatnonzero(keep), worth, len(rows), floor - TOLERANCE, np.inf)

    def _enough_links(self) -> None:
        """Demand one link fewer than there are judges and entries, as every tree has.

        A judge who need not judge counts as the share of the most they may read.
        """
        board = self._board
        most = np.maximum(board.most, 1)
        weight = np.where(board.least > 0, 1.0, 1.0 - 1.0 / most)[board.kind[self._judge]]
        need = board.entry_count - 1.0 + int((board.least > 0).sum())
        self._block(np.zeros_like(self._judge), self._column, weight, 1, need, np.inf)

    def _bridges(self, part: Ints, *, first: int) -> int:
        """Demand that the parts be joined; return how many columns that took."""
        kinds, parts = self._board.kind_count, int(part.max()) + 1
        touch = first + np.arange(parts * kinds)  # by part, then by kind
        any_ = first + parts * kinds + np.arange(kinds)
        rows = np.arange(parts * kinds)
        spot = part[self._entry] * kinds + self._board.kind[self._judge]
        self._block(
            np.r_[spot, rows],
            np.r_[self._column, touch],
            np.r_[np.ones(len(spot)), -np.ones(len(rows))],
            len(rows),
            0.0,
            np.inf,
        )
        self._block(
            np.r_[rows, rows],
            np.r_[np.tile(any_, parts), touch],
            np.r_[np.ones(len(rows)), -np.ones(len(rows))],
            len(rows),
            0.0,
            np.inf,
        )
        self._block(
            np.zeros(len(touch) + kinds, dtype=np.int64),
            np.r_[touch, any_],
            np.r_[np.ones(len(touch)), -np.ones(kinds)],
            1,
            parts - 1,
            np.inf,
        )
        return len(touch) + kinds

    def links(self, values: Floats) -> Flags:
        """Read the assignment off a solution."""
        found = np.zeros(self._board.worth.shape, dtype=bool)
        taken = values[self._column] > 0.5
        found[self._judge[taken], self._entry[taken]] = True
        return found
