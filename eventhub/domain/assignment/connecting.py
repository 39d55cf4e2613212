"""Whether the judges can be compared.

Marks of two judges can only be compared where they, or judges between them, judged the same
entry. Judges and entries are the two sides of a graph, its edges who judges what; severities can
be estimated together exactly where that graph is connected (Searle, "Linear Models", 1971, on
connectedness of two-way layouts). Judges without an entry are left out: they are compared with
nobody.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from eventhub.domain.assignment.answer import Overlap
from eventhub.domain.assignment.board import TOLERANCE, Board, Flags, Ints


def parts(links: Flags) -> tuple[int, Ints, Ints]:
    """Number the parts of the graph: how many, and the part of each judge and each entry.

    A judge without an entry has part -1.
    """
    judge_count, entry_count = links.shape
    judge, entry = np.nonzero(links)
    size = judge_count + entry_count
    graph = sparse.csr_array(
        (np.ones(len(judge)), (judge, entry + judge_count)), shape=(size, size)
    )
    label = csgraph.connected_components(graph, directed=False)[1].astype(np.int64)
    idle = ~links.any(axis=1)
    kept, label = np.unique(
        np.where(np.r_[idle, np.zeros(entry_count, bool)], -1, label), return_inverse=True
    )
    label = label.astype(np.int64) - int(kept[0] == -1)
    return len(kept) - int(kept[0] == -1), label[:judge_count], label[judge_count:]


def measure(links: Flags) -> Overlap:
    """Count shared entries, and find the weakest place."""
    working = links[links.any(axis=1)]
    count = len(working)
    shared = working.astype(np.int64) @ working.astype(np.int64).T
    upper = shared[np.triu_indices(count, 1)]
    return Overlap(
        pairs=count * (count - 1) // 2,
        sharing=int((upper > 0).sum()),
        most_shared=int(upper.max(initial=0)),
        weakest=_weakest(working) if count > 1 else None,
    )


def _weakest(working: Flags) -> int:
    """Return the smallest cut between any two judges: some cut parts the first from another."""
    judge_count, entry_count = working.shape
    judge, entry = np.nonzero(working)
    size = judge_count + entry_count
    ends = np.r_[judge, entry + judge_count], np.r_[entry + judge_count, judge]
    network = sparse.csr_array((np.ones(2 * len(judge), dtype=np.int32), ends), shape=(size, size))
    found = int(working.sum(axis=1).min())
    for other in range(1, judge_count):
        if found == 0:
            break
        found = min(found, int(csgraph.maximum_flow(network, 0, other).flow_value))
    return found


def join(board: Board, links: Flags, *, floor: float | None) -> Flags:
    """Bring parts together by cheap changes, one after the other, the smallest part first.

    Two judges of different parts exchange an entry each, or a judge of one part takes an entry
    from a judge of another. What comes back keeps every rule and has no more parts than before;
    it need not have a single one.
    """
    links = links.copy()
    while True:
        count, judge_part, entry_part = parts(links)
        sizes = np.bincount(entry_part)
        for part in np.argsort(sizes, kind="stable").tolist() if count > 1 else []:
            if _join_part(board, links, judge_part, entry_part, part, floor):
                break
        else:
            return links


def _join_part(
    board: Board,
    links: Flags,
    judge_part: Ints,
    entry_part: Ints,
    part: int,
    floor: float | None,
) -> bool:
    """Make the cheapest change that joins a part to another; False when there is none.

    A change loosens one link in each part, or in one. It joins the parts unless every link that
    it loosens is the only one between its two ends.
    """
    judge, entry = np.nonzero(links)
    loose = ~_bridges(links)[judge, entry]
    inside = entry_part[entry] == part
    here, there = np.flatnonzero(inside), np.flatnonzero(~inside)
    i, k = (one.ravel() for one in np.meshgrid(here, there, indexing="ij"))
    fits = loose[i] | loose[k]
    swaps = np.c_[judge[i], entry[i], judge[k], entry[k]][fits]
    load = links.sum(axis=1)
    spare = np.flatnonzero(load < board.most)
    i, k = (one.ravel() for one in np.meshgrid(np.arange(len(judge)), spare, indexing="ij"))
    fits = (judge_part[k] != entry_part[entry[i]]) & (inside[i] | (judge_part[k] == part))
    fits &= (loose[i] | (load[judge[i]] == 1)) & (load[judge[i]] > board.least[judge[i]])
    fits &= judge_part[k] >= 0
    gifts = np.c_[judge[i], entry[i], k, np.full(len(i), -1)][fits]
    best: tuple[float, list[int]] | None = None
    for moves in (swaps, gifts):
        found = _cheapest(board, links, moves, floor)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    if best is None:
        return False
    first, gives, second, takes = best[1]
    links[first, gives], links[second, gives] = False, True
    if takes >= 0:
        links[second, takes], links[first, takes] = False, True
    return True


def _cheapest(
    board: Board, links: Flags, moves: Ints, floor: float | None
) -> tuple[float, list[int]] | None:
    """Return the cheapest of the moves that keep the rules, and its cost.

    A move is four numbers: a judge, the entry given away, the judge who gets it, and the entry
    taken in exchange, or -1.
    """
    first, gives, second, takes = moves.T
    is_swap = takes >= 0
    worth = board.worth
    gain = worth[second, gives] - worth[first, gives]
    back = np.where(is_swap, worth[first, takes] - worth[second, takes], 0.0)
    fits = board.allowed[second, gives] & (~is_swap | board.allowed[first, takes])
    if floor is not None:
        sums = board.sums(links)
        fits &= sums[gives] + gain >= floor - TOLERANCE
        fits &= ~is_swap | (sums[takes] + back >= floor - TOLERANCE)
    if board.shared_groups:
        present = np.zeros((int(board.group.max()) + 1, board.entry_count), dtype=np.int64)
        np.add.at(present, board.group, links.astype(np.int64))
        mine, theirs = board.group[first], board.group[second]
        same = mine == theirs
        fits &= same | (present[theirs, gives] == 0)
        fits &= same | ~is_swap | (present[mine, takes] == 0)
    left = np.flatnonzero(fits)
    if not len(left):
        return None
    cost = -(gain + back)[left]
    at = int(left[cost.argmin()])
    return float(cost.min()), [int(one) for one in moves[at]]


def _bridges(links: Flags) -> Flags:
    """Tell which links are the only way between their two ends (Tarjan 1974)."""
    judge_count, entry_count = links.shape
    found = np.zeros(links.shape, dtype=bool)
    beside = [(np.flatnonzero(row) + judge_count).tolist() for row in links]
    beside += [np.flatnonzero(column).tolist() for column in links.T]
    seen = [-1] * (judge_count + entry_count)
    low = seen.copy()
    clock = 0
    for root in range(judge_count):
        if seen[root] >= 0:
            continue
        seen[root] = low[root] = clock
        clock += 1
        path = [(root, -1, iter(beside[root]))]
        while path:
            node, parent, rest = path[-1]
            step = next(rest, None)
            if step is None:
                path.pop()
                if parent >= 0:
                    low[parent] = min(low[parent], low[node])
                    if low[node] > seen[parent]:
                        judge, entry = min(node, parent), max(node, parent) - judge_count
                        found[judge, entry] = True
            elif seen[step] < 0:
                seen[step] = low[step] = clock
                clock += 1
                path.append((step, node, iter(beside[step])))
            elif step != parent:
                low[node] = min(low[node], seen[step])
    return found
