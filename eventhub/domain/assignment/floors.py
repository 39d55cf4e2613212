"""How well the worst-off entry can be served, with the proof that it cannot be better.

The highest floor that can be met lies between what a known assignment reaches and what its own
best judges could give the entry that is worst off even then. Floors are tried in between. One
that cannot be met is refuted by prices, and these refute lower floors as well, down to the
lowest that they do; one that can be met gives an assignment, whose worst-off entry is often
better than was asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eventhub.domain.assignment.board import TOLERANCE, Board, Flags
from eventhub.domain.assignment.choosing import best_choices
from eventhub.domain.assignment.optimum import Search

CLOSE = 4 * TOLERANCE  # what counts as equal


@dataclass(frozen=True, eq=False)
class Raised:
    """``links`` keep ``floor``; no assignment keeps a floor above ``bound``."""

    links: Flags
    floor: float
    bound: float

    @property
    def is_proven(self) -> bool:
        return self.bound <= self.floor + CLOSE


def ceiling(board: Board) -> float:
    """What the worst-off entry gets when every entry takes its best judges, whoever else does."""
    profit = np.where(board.allowed, board.worth, -np.inf)
    return float(best_choices(board, profit, floor=None).upper.min())


def raise_floor(search: Search, links: Flags, *, must_connect: bool) -> Raised:
    """Raise the floor as high as it goes, from that of ``links`` on."""
    board = search.board
    low, high = float(board.sums(links).min()), ceiling(board)
    is_fresh = True  # nothing is known yet of ``high`` itself
    while high > low + CLOSE and search.seconds() > 0:
        floor = high if is_fresh else (low + high) / 2
        found = search.find(floor=floor, must_connect=must_connect)
        if found.links is not None:
            links, is_fresh = found.links, False
            low = max(low, float(board.sums(links).min()))
        elif found.is_proven:
            lower = _refuted(search, found.prices, low=low, high=floor)
            is_fresh, high = lower < floor, lower
        elif is_fresh:
            is_fresh = False
        else:
            break
    return Raised(links, low, high if high > low + CLOSE else low)


def _refuted(search: Search, prices: object, *, low: float, high: float) -> float:
    """Return the lowest floor, above ``low``, that the same prices refute."""
    if not isinstance(prices, np.ndarray):
        return high
    step = (high - low) / 2
    while step > CLOSE / 2:
        if search.refutes(prices, floor=high - step):
            high -= step
        step /= 2
    return high
