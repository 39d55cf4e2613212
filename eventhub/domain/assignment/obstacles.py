"""Why a problem cannot be solved, as facts that a person can act upon.

Entries too few judges may read and judges with too little to read are found by counting; sets
of them by a cut of the network (Hall 1935; Ford and Fulkerson 1956). If a network serves all
entries and another gives all judges their least, then one does both (Mendelsohn and Dulmage 1958),
so the two are looked at one after the other.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from eventhub.domain.assignment import connecting
from eventhub.domain.assignment.answer import Obstacle, ObstacleKind
from eventhub.domain.assignment.board import TOLERANCE, Board, Flags, Ints
from eventhub.domain.assignment.choosing import best_choices
from eventhub.domain.assignment.problem import Problem
from eventhub.domain.assignment.relaxation import reachable


def find_obstacles(problem: Problem, board: Board) -> list[Obstacle]:
    """List why the demand, the loads and the conflicts cannot be met together.

    Empty when they can; affinities and connectedness are not looked at.
    """
    found = _counts(problem, board)
    if not found:
        found = _entries_together(problem, board)
    if not found:
        found = _judges_together(problem, board)
    return found


def _counts(problem: Problem, board: Board) -> list[Obstacle]:
    demand, judges = board.demand, len(problem.judges)
    if judges < demand:
        return [Obstacle(ObstacleKind.TOO_FEW_JUDGES, had=judges, demanded=demand)]
    found: list[Obstacle] = []
    left = board.allowed.sum(axis=0)
    for at in range(board.entry_count):
        may = np.flatnonzero(board.allowed[:, at])
        institutions = len(np.unique(board.group[may]))
        if left[at] < demand:
            barred = np.flatnonzero(~board.allowed[:, at])
            found.append(
                Obstacle(
                    ObstacleKind.ENTRY_SHORT if left[at] else ObstacleKind.ENTRY_BARRED,
                    judges=tuple(problem.judges[one].id for one in barred.tolist()),
                    entries=(problem.entries[at].id,),
                    had=int(left[at]),
                    demanded=demand,
                )
            )
        elif institutions < demand:
            found.append(
                Obstacle(
                    ObstacleKind.ENTRY_INSTITUTIONS,
                    judges=tuple(problem.judges[one].id for one in may.tolist()),
                    entries=(problem.entries[at].id,),
                    had=institutions,
                    demanded=demand,
                )
            )
    choice = board.allowed.sum(axis=1)
    for at in np.flatnonzero(choice < [one.least for one in problem.judges]).tolist():
        judge = problem.judges[at]
        found.append(
            Obstacle(
                ObstacleKind.JUDGE_SHORT,
                judges=(judge.id,),
                had=int(choice[at]),
                demanded=judge.least,
            )
        )
    marks, room = demand * board.entry_count, int(board.most.sum())
    owed = sum(one.least for one in problem.judges)
    if room < marks:
        found.append(Obstacle(ObstacleKind.CAPACITY, had=room, demanded=marks))
    if owed > marks:
        found.append(Obstacle(ObstacleKind.LEAST_LOADS, had=marks, demanded=owed))
    return found


def _cut(board: Board, loads: Ints) -> tuple[int, Flags, Flags]:
    """Send as much as possible from judges to entries.

    Returned are how much, which judges are stuck with what is left of their loads, and which
    entries still lack something: the smallest sets of which that can be said.
    """
    judges, entries = board.row_count, board.entry_count
    judge, entry = np.nonzero(board.allowed)
    key, pair = np.unique(board.group[judge] * entries + entry, return_inverse=True)
    source, sink = judges + len(key) + entries, judges + len(key) + entries + 1
    pairs = judges + np.arange(len(key))
    stages = judges + len(key) + np.arange(entries)
    tail = np.r_[np.full(judges, source), judge, pairs, stages]
    head = np.r_[
        np.arange(judges), judges + pair.ravel(), stages[key % entries], np.full(entries, sink)
    ]
    room = np.r_[
        loads, np.ones(len(judge) + len(key), dtype=np.int64), np.full(entries, board.demand)
    ].astype(np.int32)
    network = sparse.csr_array((room, (tail, head)), shape=(sink + 1, sink + 1))
    result = csgraph.maximum_flow(network, source, sink)
    residual = network - result.flow
    residual.data = np.maximum(residual.data, 0)
    residual.eliminate_zeros()
    stuck = _reached(residual, source)[:judges]
    short = _reached(residual.T.tocsr(), sink)[stages]
    return int(result.flow_value), stuck, short


def _reached(network: sparse.csr_array, start: int) -> Flags:
    found = np.zeros(network.shape[0], dtype=bool)
    found[csgraph.breadth_first_order(network, start, return_predecessors=False)] = True
    return found


def _entries_together(problem: Problem, board: Board) -> list[Obstacle]:
    """Find entries whose judges cannot read as much as these entries need."""
    marks = board.demand * board.entry_count
    served, _, lack = _cut(board, board.most)
    if served == marks:
        return []
    short = np.flatnonzero(lack)
    readers = np.flatnonzero(board.allowed[:, short].any(axis=1))
    lacking = marks - served
    need = board.demand * len(short)
    return [
        Obstacle(
            ObstacleKind.ENTRIES_TOGETHER,
            judges=tuple(problem.judges[one].id for one in readers.tolist()),
            entries=tuple(problem.entries[one].id for one in short.tolist()),
            had=need - lacking,
            demanded=need,
        )
    ]


def _judges_together(problem: Problem, board: Board) -> list[Obstacle]:
    """Find judges whose least loads are more than what they may read can take."""
    owed = int(board.least.sum())
    served, stuck, _ = _cut(board, board.least)
    if served == owed:
        return []
    idle = np.flatnonzero(stuck)
    need = int(board.least[idle].sum())
    reads = np.flatnonzero(board.allowed[idle].any(axis=0))
    return [
        Obstacle(
            ObstacleKind.JUDGES_TOGETHER,
            judges=tuple(problem.judges[one].id for one in idle.tolist()),
            entries=tuple(problem.entries[one].id for one in reads.tolist()),
            had=need - (owed - served),
            demanded=need,
        )
    ]


def floor_obstacles(problem: Problem, board: Board, floor: float) -> list[Obstacle]:
    """List the entries that cannot reach the floor, whoever judges them."""
    profit = np.where(board.allowed, board.worth, -np.inf)
    reach = best_choices(board, profit, floor=None).upper
    return [
        Obstacle(
            ObstacleKind.FLOOR_ENTRY,
            entries=(problem.entries[at].id,),
            had=float(reach[at]) / board.scale,
            demanded=floor / board.scale,
        )
        for at in np.flatnonzero(reach < floor - TOLERANCE).tolist()
    ]


def link_obstacle(board: Board, *, floor: float | None) -> Obstacle | None:
    """Say why no assignment connects the judges, where counting tells.

    A graph of so many judges and entries needs one link fewer than it has nodes. As few judges
    are counted as can do the work.
    """
    entries = board.entry_count
    marks = board.demand * entries
    falling = np.cumsum(-np.sort(-board.most))
    fewest = max(int((board.least > 0).sum()), int(np.searchsorted(falling, marks)) + 1)
    needed = fewest + entries - 1
    if entries > 1 and int(board.most.max()) <= 1:
        return Obstacle(ObstacleKind.SINGLE_LOADS, had=1, demanded=2)
    if marks < needed:
        return Obstacle(ObstacleKind.LINKS, had=marks, demanded=needed)
    islands = connecting.parts(reachable(board, floor=floor))[0]
    if islands > 1:
        return Obstacle(ObstacleKind.ISLANDS, had=islands, demanded=1)
    return None
