"""The best assignment under one floor, with its proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from eventhub.domain.assignment import columns, connecting, finishing
from eventhub.domain.assignment.board import SCALE, TOLERANCE, Board, Flags, Floats, Folded, Ints
from eventhub.domain.assignment.choosing import Set, best_choices
from eventhub.domain.assignment.obstacles import link_obstacle
from eventhub.domain.assignment.relaxation import reachable, relax

FIRST_GUESS = 1e-3  # of the bound: how far the best assignment may lie below it
MOST_KEPT = 4000  # sets that the next search starts with
SLACK = 20 * TOLERANCE  # of totals: what counts as equal


@dataclass(frozen=True, eq=False)
class Optimum:
    """No assignment is worth more than ``bound``; ``is_proven`` says that this is the total.

    ``links`` None and ``is_proven``: there is no such assignment. ``prices``, if there are any,
    prove it: at them no sets bring enough. ``unconnected`` is what could be had if the judges
    need not be connected.
    """

    links: Flags | None
    bound: float
    is_proven: bool
    prices: Floats | None = None
    unconnected: float | None = None


@dataclass(frozen=True, eq=False)
class Basis:
    """Prices of the kinds of judges and the bound they prove; ``best`` is each entry's part.

    ``links`` is an assignment that reaches the bound, where the relaxation came out whole.
    """

    bound: float
    prices: Floats
    best: Floats
    pool: list[tuple[int, Set]]
    links: Flags | None = None


NOTHING = Optimum(None, -np.inf, is_proven=True)


class Search:
    """What searches under different floors share. ``seconds`` tells how many are left."""

    def __init__(self, board: Board, folded: Folded, *, seconds: Callable[[], float]) -> None:
        self.board, self.folded, self.seconds = board, folded, seconds
        self._cuts: list[Ints] = []
        self._pool: list[tuple[int, Set]] = []
        self._last: tuple[float | None, Basis] | None = None
        self._kind_of = np.zeros(board.row_count, dtype=np.int64)
        for kind, members in enumerate(folded.members):
            self._kind_of[members] = kind

    def best(self, *, floor: float | None, must_connect: bool) -> Optimum:
        """Find the best assignment; connected, if it ``must_connect``."""
        if must_connect and link_obstacle(self.board, floor=floor) is not None:
            return NOTHING
        basis = self._value(floor, doubt=False)
        if isinstance(basis, Optimum):
            return basis
        plain = self._plain(basis, floor)
        if plain.links is None or not must_connect:
            return plain
        return self._connect(basis, plain, floor)

    def find(self, *, floor: float, must_connect: bool) -> Optimum:
        """Find any assignment that keeps the floor, or prove that there is none."""
        if must_connect and link_obstacle(self.board, floor=floor) is not None:
            return NOTHING
        basis = self._value(floor, doubt=True)
        if isinstance(basis, Optimum):
            return basis
        plain = self._plain(basis, floor, any_will_do=True)
        if plain.links is None or not must_connect:
            return plain
        joined = connecting.join(self.board, plain.links, floor=floor)
        if connecting.parts(joined)[0] == 1:
            return Optimum(joined, plain.bound, is_proven=False)
        return self._close(
            self.board, self._of_members(basis), None, floor, must_connect=True, any_will_do=True
        )

    def _of_members(self, basis: Basis) -> Basis:
        return Basis(basis.bound, basis.prices[self._kind_of], basis.best, [])

    def refutes(self, prices: Floats, *, floor: float) -> bool:
        """Tell whether ``prices`` prove that no assignment keeps the floor."""
        return columns.refutes(self.folded.board, prices, floor=floor)

    def _value(self, floor: float | None, *, doubt: bool) -> Basis | Optimum:
        """Find prices, or the proof that there is nothing; with ``doubt`` look for that first."""
        if self._last is not None and _same(self._last[0], floor):
            return self._last[1]
        found = self._value_anew(floor, doubt=doubt)
        if isinstance(found, Basis):
            self._last = floor, found
        return found

    def _value_anew(self, floor: float | None, *, doubt: bool) -> Basis | Optimum:
        board = self.folded.board
        relaxed = relax(board, floor=floor)
        if relaxed is not None and relaxed.is_whole and self._keeps(relaxed.rounded, floor):
            return self._whole(relaxed.rounded, relaxed.prices, floor)
        if floor is None and relaxed is None:
            return NOTHING
        start = np.zeros(board.kind_count) if relaxed is None else relaxed.prices
        if doubt or relaxed is None:
            refusal = self._doubt(floor)
            if refusal is not None:
                return refusal
            if relaxed is None:
                return NOTHING
        priced = self._price(floor, start, feasibility_only=False)
        if not priced.is_feasible and not doubt:
            refusal = self._doubt(floor)
            if refusal is not None:
                return refusal
        return Basis(priced.bound, priced.prices, priced.best, priced.pool)

    def _doubt(self, floor: float | None) -> Optimum | None:
        doubt = self._price(floor, np.zeros(self.folded.board.kind_count), feasibility_only=True)
        if doubt.is_refuted:
            return Optimum(None, -np.inf, is_proven=True, prices=doubt.prices)
        return None

    def _keeps(self, links: Flags, floor: float | None) -> bool:
        board = self.folded.board
        return floor is None or bool((board.sums(links) >= floor - TOLERANCE).all())

    def _whole(self, links: Flags, prices: Floats, floor: float | None) -> Basis:
        board = self.folded.board
        profit = np.where(
            reachable(board, floor=floor), board.worth - prices[board.kind][:, None], -np.inf
        )
        best = best_choices(board, profit, floor=floor).upper
        bound = float(best.sum()) + columns.load_worth(board, prices)
        return Basis(bound, prices, best, [], self._spread(links))

    def _price(
        self, floor: float | None, start: Floats, *, feasibility_only: bool
    ) -> columns.Priced:
        board = self.folded.board
        worth = board.worth
        seeds = [
            (entry, chosen)
            for entry, chosen in self._pool
            if floor is None or worth[list(chosen), entry].sum() >= floor - TOLERANCE
        ]
        priced = columns.price(
            board,
            floor=floor,
            start=start,
            seeds=seeds,
            feasibility_only=feasibility_only,
            is_late=lambda: self.seconds() <= 0,
        )
        self._pool = priced.pool[-MOST_KEPT:]
        return priced

    def _plain(self, basis: Basis, floor: float | None, *, any_will_do: bool = False) -> Optimum:
        """Find the best assignment, connected or not."""
        if basis.links is not None:
            return Optimum(basis.links, basis.bound, is_proven=True)
        board = self.folded.board
        first = self._finish(board, finishing.from_pool(basis.pool), floor)
        if first.links is None or not any_will_do:
            found = self._close(board, basis, first.links, floor, any_will_do=any_will_do)
        else:
            found = Optimum(first.links, basis.bound, is_proven=False)
        if found.links is None:
            return found
        return Optimum(self._spread(found.links), found.bound, found.is_proven)

    def _connect(self, basis: Basis, plain: Optimum, floor: float | None) -> Optimum:
        """Find the best connected assignment, given the best that need not be."""
        if plain.links is None:
            return plain
        joined = connecting.join(self.board, plain.links, floor=floor)
        known = joined if connecting.parts(joined)[0] == 1 else None
        if known is not None and self.board.total(known) >= plain.bound - SLACK:
            return Optimum(known, plain.bound, plain.is_proven, unconnected=plain.bound)
        self._cuts.append(connecting.parts(plain.links)[2])
        found = self._close(self.board, self._of_members(basis), known, floor, must_connect=True)
        return replace(found, unconnected=plain.bound)

    def _close(
        self,
        board: Board,
        basis: Basis,
        known: Flags | None,
        floor: float | None,
        *,
        must_connect: bool = False,
        any_will_do: bool = False,
    ) -> Optimum:
        """Widen what is left in until nothing outside can be better than what was found."""
        guess = FIRST_GUESS * max(abs(basis.bound), SCALE)
        while True:
            span = np.inf if known is None else basis.bound - board.total(known)
            gap = span if must_connect and known is not None else min(guess, span)
            is_all = gap > 2 * SCALE * board.demand * board.entry_count
            left = (
                finishing.everything(board, floor=floor)
                if is_all
                else finishing.within(
                    board, floor=floor, prices=basis.prices, best=basis.best, gap=gap
                )
            )
            reached = -np.inf if known is None else board.total(known)
            last = self._finish(board, left, floor, known=reached, must_connect=must_connect)
            if last.links is not None:
                known = last.links
                total = board.total(known)
                if any_will_do or is_all or total >= basis.bound - gap - SLACK:
                    bound = total if last.is_proven else max(last.bound, basis.bound - gap)
                    return Optimum(known, min(bound, basis.bound), last.is_proven)
            elif not last.is_proven or is_all or gap == span:
                proven = last.is_proven
                bound = board.total(known) if proven and known is not None else basis.bound
                return Optimum(known, bound, proven)
            guess *= 6

    def _finish(
        self,
        board: Board,
        left: finishing.Remainder,
        floor: float | None,
        *,
        known: float = -np.inf,
        must_connect: bool = False,
    ) -> finishing.Finished:
        return finishing.finish(
            board,
            left,
            floor=floor,
            cuts=self._cuts if must_connect else None,
            known=known,
            seconds=self.seconds,
        )

    def _spread(self, links: Flags) -> Flags:
        return self.folded.spread(links, judge_count=self.board.row_count)


def _same(floor: float | None, other: float | None) -> bool:
    if floor is None or other is None:
        return floor is other
    return abs(floor - other) <= TOLERANCE
