"""A problem as arrays: rows are judges, columns are entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from eventhub.domain.assignment.problem import Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Affinities are scaled so that the largest is this; with the solver's own tolerance of 1e-7 a
# total is then exact to about ten digits.
SCALE = 1000.0
TOLERANCE = 1e-6  # of scaled affinities: what counts as equal


@dataclass(frozen=True, eq=False)
class Board:
    """``worth`` are the affinities, scaled by ``scale``; ``allowed`` is False in a conflict.

    ``group`` numbers the institutions of the rows; a judge without one is a group of their own.
    ``kind`` numbers what has a load: rows of one kind share ``least`` and ``most``. As a problem
    is laid out, every judge is one row and a kind of their own; see ``fold``.
    """

    worth: Floats
    allowed: Flags
    group: Ints
    kind: Ints
    least: Ints
    most: Ints
    demand: int
    scale: float

    @property
    def row_count(self) -> int:
        return len(self.worth)

    @property
    def kind_count(self) -> int:
        return len(self.least)

    @property
    def entry_count(self) -> int:
        return int(self.worth.shape[1])

    @cached_property
    def by_group(self) -> tuple[Ints, Ints]:
        """Judges sorted by group, and where each group starts."""
        order = np.argsort(self.group, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(self.group[order]) > 0])
        return order, starts

    @cached_property
    def shared_groups(self) -> list[Ints]:
        """The judges of each institution that sends more than one."""
        order, starts = self.by_group
        return [np.sort(part) for part in np.split(order, starts[1:]) if len(part) > 1]

    def total(self, links: Flags) -> float:
        """What an assignment is worth."""
        return float(self.worth[links].sum())

    def sums(self, links: Flags) -> Floats:
        """What each entry gets."""
        found: Floats = np.where(links, self.worth, 0.0).sum(axis=0)
        return found


def lay_out(problem: Problem) -> Board:
    """Number judges, entries and institutions."""
    judges, entries = problem.judges, problem.entries
    seats = {judge.id: at for at, judge in enumerate(judges)}
    stages = {entry.id: at for at, entry in enumerate(entries)}
    allowed = np.ones((len(judges), len(entries)), dtype=bool)
    for judge_id, entry_id in problem.conflicts:
        allowed[seats[judge_id], stages[entry_id]] = False
    homes = _numbered([judge.institution for judge in judges])
    for at, entry in enumerate(entries):
        if entry.institution is not None:
            allowed[[one.institution == entry.institution for one in judges], at] = False
    affinity = np.array(problem.affinity, dtype=float).reshape(len(judges), len(entries))
    affinity[~allowed] = 0.0  # some write a conflict as a large negative number
    largest = float(np.abs(affinity).max(initial=0.0))
    scale = SCALE / largest if largest > 0 else 1.0
    return Board(
        worth=affinity * scale,
        allowed=allowed,
        group=homes,
        kind=np.arange(len(judges)),
        least=np.array([judge.least for judge in judges], dtype=np.int64),
        most=np.array([min(judge.most, len(entries)) for judge in judges], dtype=np.int64),
        demand=problem.per_entry,
        scale=scale,
    )


@dataclass(frozen=True, eq=False)
class Folded:
    """``board`` with judges who cannot be told apart folded into one kind.

    A kind has as many rows as one entry could take of it. ``members`` are the judges of each
    kind. Without this a search would try every order of judges about whom nothing is known.
    """

    board: Board
    members: list[Ints]

    def spread(self, links: Flags, *, judge_count: int) -> Flags:
        """Deal out what a kind reads to its members in turn, so that loads differ by one at most.

        Whatever the rows of a kind were given, its members keep their bounds: an entry takes
        fewer of them than there are, and in turn means different ones.
        """
        found = np.zeros((judge_count, self.board.entry_count), dtype=bool)
        for kind, members in enumerate(self.members):
            wanted = np.repeat(
                np.arange(self.board.entry_count),
                links[self.board.kind == kind].sum(axis=0),
            )
            found[members[np.arange(len(wanted)) % len(members)], wanted] = True
        return found


def fold(board: Board) -> Folded:
    """Fold judges with the same affinities, conflicts, bounds and institution."""
    alone = np.bincount(board.group)[board.group] == 1
    key = np.c_[
        board.worth, board.allowed, board.least, board.most, np.where(alone, -1, board.group)
    ]
    _, first, kind = np.unique(key, axis=0, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    kind = rank[kind.ravel()]
    members = [np.flatnonzero(kind == one) for one in range(len(first))]
    rows = np.concatenate([part[: board.demand if alone[part[0]] else 1] for part in members])
    count = np.array([len(part) for part in members])
    heads = np.array([part[0] for part in members])
    return Folded(
        Board(
            worth=board.worth[rows],
            allowed=board.allowed[rows],
            group=np.unique(board.group[rows], return_inverse=True)[1].astype(np.int64),
            kind=kind[rows],
            least=board.least[heads] * count,
            most=board.most[heads] * count,
            demand=board.demand,
            scale=board.scale,
        ),
        members,
    )


def _numbered(names: Sequence[str | None]) -> Ints:
    known: dict[str, int] = {}
    codes = [
        len(names) + at if name is None else known.setdefault(name, len(known))
        for at, name in enumerate(names)
    ]
    return np.unique(np.array(codes, dtype=np.int64), return_inverse=True)[1].astype(np.int64)
