"""The linear programme over single links, and the solver behind it.

Without a floor its answer is whole: judges, entries and (institution, entry) are the nodes of a
flow network, whose matrix is totally unimodular.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from eventhub.domain.assignment.board import TOLERANCE, Board, Flags, Floats

INFINITY = highspy.kHighsInf


@dataclass(frozen=True, eq=False)
class Relaxed:
    """``links`` may hold fractions; ``prices`` are what a further load of each kind is worth."""

    links: Floats
    prices: Floats
    total: float

    @property
    def is_whole(self) -> bool:
        return bool(np.abs(self.links - self.links.round()).max(initial=0.0) < 1e-6)

    @property
    def rounded(self) -> Flags:
        return self.links > 0.5


def new_solver(*, seconds: float = INFINITY) -> highspy.Highs:
    """Return a quiet solver for one core."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("time_limit", float(seconds)),
        ("random_seed", 0),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", TOLERANCE),
    ):
        solver.setOptionValue(name, value)
    return solver


def pass_model(
    solver: highspy.Highs,
    *,
    cost: Floats,
    rows: sparse.csc_array,
    lower: Floats,
    upper: Floats,
    whole: Flags | None = None,
) -> None:
    """Hand over a model whose variables lie between 0 and 1."""
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.shape
    model.col_cost_ = cost
    model.col_lower_ = np.zeros(len(cost))
    model.col_upper_ = np.ones(len(cost))
    model.row_lower_ = np.where(np.isinf(lower), -INFINITY, lower)
    model.row_upper_ = np.where(np.isinf(upper), INFINITY, upper)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = rows.indptr
    model.a_matrix_.index_ = rows.indices
    model.a_matrix_.value_ = rows.data
    if whole is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(one)] for one in whole]
    solver.passModel(model)


def incidence(at: npt.NDArray[np.int64], height: int) -> sparse.csc_array:
    """One column each with a single 1, in row ``at``."""
    count = len(at)
    return sparse.csc_array((np.ones(count), (at, np.arange(count))), shape=(height, count))


def reachable(board: Board, *, floor: float | None) -> Flags:
    """Tell which links can be part of a set that keeps the floor at all.

    Institutions among the rest of the set are not looked at, so this errs to the open side.
    """
    if floor is None or board.row_count < board.demand:
        return board.allowed
    worth = np.where(board.allowed, board.worth, -np.inf)
    falling = -np.sort(-worth, axis=0)
    beside = board.demand - 1
    top = falling[: board.demand].sum(axis=0)
    is_top = worth >= falling[beside]
    best = np.where(is_top, top, worth + falling[:beside].sum(axis=0))
    found: Flags = board.allowed & (best >= floor - TOLERANCE)
    return found


def relax(board: Board, *, floor: float | None) -> Relaxed | None:
    """Solve the relaxation; None when even that has no solution."""
    allowed = reachable(board, floor=floor)
    judge, entry = np.nonzero(allowed)
    worth = board.worth[judge, entry]
    blocks = [incidence(board.kind[judge], board.kind_count), incidence(entry, board.entry_count)]
    lower = [board.least, np.full(board.entry_count, board.demand)]
    upper = [board.most, np.full(board.entry_count, board.demand)]
    crowded = crowded_pairs(board, judge, entry)
    if crowded is not None:
        blocks.append(crowded)
        lower.append(np.zeros(crowded.shape[0]))
        upper.append(np.ones(crowded.shape[0]))
    if floor is not None:
        sums = incidence(entry, board.entry_count) @ sparse.diags_array(worth)
        blocks.append(sums.tocsc())
        lower.append(np.full(board.entry_count, floor - TOLERANCE))
        upper.append(np.full(board.entry_count, np.inf))
    solver = new_solver()
    pass_model(
        solver,
        cost=-worth,
        rows=sparse.vstack(blocks, format="csc"),
        lower=np.concatenate(lower).astype(float),
        upper=np.concatenate(upper).astype(float),
    )
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    links = np.zeros(board.worth.shape)
    links[judge, entry] = solution.col_value
    prices = -np.array(solution.row_dual[: board.kind_count])
    return Relaxed(links, prices, -float(solver.getInfo().objective_function_value))


def crowded_pairs(
    board: Board, judge: npt.NDArray[np.int64], entry: npt.NDArray[np.int64]
) -> sparse.csc_array | None:
    """One row for each entry and institution of which several judges could read it."""
    key = board.group[judge] * board.entry_count + entry
    _, code, count = np.unique(key, return_inverse=True, return_counts=True)
    often = count[code] > 1
    if not often.any():
        return None
    rows = np.unique(code[often], return_inverse=True)[1]
    columns = np.flatnonzero(often)
    return sparse.csc_array(
        (np.ones(len(columns)), (rows, columns)), shape=(int(rows.max()) + 1, len(judge))
    )
