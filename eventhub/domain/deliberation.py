"""Moving an entry to another rank after the marks are in."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import groupby
from typing import TypeVar

EntryId = TypeVar("EntryId", bound=Hashable)


class CannotMoveError(ValueError):
    """The entry has no rank, stands there already, or there is no such rank."""


def move(
    ranks: Sequence[tuple[EntryId, int]], *, entry_id: EntryId, to: int
) -> Mapping[EntryId, int]:
    """The ranks after one entry has been moved; it shares its new rank with nobody.

    Upwards it goes before those that stand at ``to``, downwards behind them; the others keep
    their order and their ties, and ranks count on as in a competition (1, 2, 2, 4). Where
    several share the rank that it goes behind, it lands behind all of them.

    Args:
        ranks: entries with their ranks, in any order.
        entry_id: which one moves.
        to: a rank from 1 to the number of entries.

    Raises:
        CannotMoveError: see there.
    """
    known = dict(ranks)
    if entry_id not in known or not 1 <= to <= len(known):
        raise CannotMoveError
    now = known.pop(entry_id)
    shares = now in known.values()
    if to == now and not shares:
        raise CannotMoveError
    best_first = sorted(known.items(), key=lambda each: each[1])
    tiers = [
        (rank, [entry for entry, _rank in each])
        for rank, each in groupby(best_first, key=lambda pair: pair[1])
    ]
    if to <= now:
        at = next((at for at, (rank, _tier) in enumerate(tiers) if rank >= to), len(tiers))
    else:
        at = sum(1 for rank, _tier in tiers if rank <= to)
    tiers.insert(at, (to, [entry_id]))
    moved: dict[EntryId, int] = {}
    for _rank, tier in tiers:
        place = len(moved) + 1
        moved.update(dict.fromkeys(tier, place))
    if moved == dict(ranks):
        raise CannotMoveError
    return moved
