"""Where a limited number of places ends among entries that may be tied.

Entries of one group are compared by their rank, which holds every tie-break of the round. Ranks
of different groups say nothing of each other: across groups the published totals are compared,
and equal totals are a tie that only a person can break.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import Generic, TypeVar

EntryId = TypeVar("EntryId", bound=Hashable)
PoolKey = TypeVar("PoolKey", bound=Hashable)


class TieChoice(StrEnum):
    """What becomes of entries that are tied where the places end.

    ``DECIDE`` leaves them open and holds the places for them, until a person decides. ``IN``
    lets all of them in, though that is more than there are places. ``OUT`` lets none in, and what
    they would have taken stays empty rather than go to somebody worse.
    """

    DECIDE = "decide"
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Ranked(Generic[EntryId]):
    """An entry with its place: ``rank`` within its ``group``, and the published ``total``."""

    entry_id: EntryId
    group: Hashable
    rank: int
    total: Decimal


class Outcome(StrEnum):
    """What the places that are left do to an entry."""

    IN = "in"
    OUT = "out"
    TIED = "tied"


def batches(ranked: Iterable[Ranked[EntryId]]) -> list[list[Ranked[EntryId]]]:
    """Best first, in sets within which ties may lie: nothing in a later set is as good.

    A total that is reached in one group only is split by rank.
    """
    found: list[list[Ranked[EntryId]]] = []
    by_total = sorted(ranked, key=lambda one: (-one.total, one.rank))
    for _total, equal in groupby(by_total, key=lambda one: one.total):
        together = list(equal)
        if len({one.group for one in together}) > 1:
            found.append(together)
        else:
            found += [list(same) for _rank, same in groupby(together, key=lambda one: one.rank)]
    return found


def settle(
    batch: Sequence[Ranked[EntryId]],
    *,
    pools: Mapping[EntryId, Sequence[PoolKey]],
    left: Mapping[PoolKey, int],
) -> dict[EntryId, tuple[Outcome, PoolKey | None]]:
    """Say of each entry of a batch whether the places left suffice for it.

    ``pools`` names what bounds each entry, in the order in which a refusal is to be told;
    ``left`` how many places each pool still has. An entry is in when it is in however the ties
    fall, out when others surely take the last place of one of its pools, else tied. Whoever is
    not in is told with the pool at fault.
    """
    open_ = list(batch)
    settled: dict[EntryId, tuple[Outcome, PoolKey | None]] = {}
    while True:
        sure = [
            one
            for one in open_
            if all(_is_sure(one, k, open_, pools, left) for k in _of(one, pools))
        ]
        taken = {key: sum(key in _of(one, pools) for one in sure) for key in left}
        full = [
            (one, next((key for key in _of(one, pools) if taken[key] >= left[key]), None))
            for one in open_
            if one not in sure
        ]
        gone = [(one, key) for one, key in full if key is not None]
        if not gone:
            break
        settled |= {one.entry_id: (Outcome.OUT, key) for one, key in gone}
        open_ = [one for one in open_ if one.entry_id not in settled]
    for one in open_:
        short = [k for k in _of(one, pools) if not _is_sure(one, k, open_, pools, left)]
        settled[one.entry_id] = (Outcome.TIED, short[0]) if short else (Outcome.IN, None)
    return settled


def _of(one: Ranked[EntryId], pools: Mapping[EntryId, Sequence[PoolKey]]) -> Sequence[PoolKey]:
    return pools[one.entry_id]


def _is_sure(
    one: Ranked[EntryId],
    key: PoolKey,
    open_: Sequence[Ranked[EntryId]],
    pools: Mapping[EntryId, Sequence[PoolKey]],
    left: Mapping[PoolKey, int],
) -> bool:
    """Whether the pool has a place for it even when every tie falls against it."""
    ahead = sum(
        1
        for other in open_
        if key in _of(other, pools) and not (other.group == one.group and other.rank > one.rank)
    )
    return ahead <= left[key]
