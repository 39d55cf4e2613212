"""Who goes up from a round: by the standings, within places, quotas and a cap for each school."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from eventhub.domain.cut import Outcome, Ranked, TieChoice, batches, settle

EntryId = TypeVar("EntryId", bound=Hashable)


class DuplicateCandidateError(ValueError):
    """One entry stands twice among the candidates."""


class Ground(StrEnum):
    """Why the rules put an entry in or out."""

    RANK = "rank"
    PLACES_FULL = "places_full"
    QUOTA_FULL = "quota_full"
    SCHOOL_MAX = "school_max"
    TIED = Outcome.TIED.value
    VETOED = "vetoed"
    NOT_RANKED = "not_ranked"
    ALREADY_UP = "already_up"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Candidate(Generic[EntryId]):
    """An entry of the round that is left. ``school`` None is bound by no cap.

    ``is_up``: another way took it already. ``is_gone``: it takes part no more.
    """

    entry_id: EntryId
    group: Hashable
    rank: int | None
    total: Decimal | None
    track: str = ""
    category: str = ""
    school: Hashable | None = None
    is_vetoed: bool = False
    is_up: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of a part of the entries may go up. An empty part does not narrow."""

    places: int
    track: str = ""
    group: Hashable | None = None
    category: str = ""

    def covers(self, candidate: Candidate[EntryId]) -> bool:
        """Whether an entry counts against it."""
        return (
            self.track in {"", candidate.track}
            and self.group in {None, candidate.group}
            and self.category in {"", candidate.category}
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a way on: None is no bound."""

    places: int | None = None
    quotas: tuple[Quota, ...] = ()
    school_max: int | None = None


@dataclass(frozen=True, slots=True)
class Line(Generic[EntryId]):
    """What the rules say of one entry. ``quota`` is the place in the quotas of a full one."""

    entry_id: EntryId
    is_in: bool
    ground: Ground
    quota: int | None = None


_PLACES, _SCHOOL, _QUOTA = "places", "school", "quota"
_GROUNDS = {
    _PLACES: Ground.PLACES_FULL,
    _SCHOOL: Ground.SCHOOL_MAX,
    _QUOTA: Ground.QUOTA_FULL,
}
Pool = tuple[str, Hashable]


def propose(
    candidates: Sequence[Candidate[EntryId]],
    limits: Limits,
    *,
    ties: TieChoice = TieChoice.DECIDE,
) -> list[Line[EntryId]]:
    """Draw the line: best first, then those without a place in the order they came in.

    A school at its cap is passed over for the next best. Entries that are tied where places end
    are never told apart: ``ties`` says what becomes of them. The order of the candidates does
    not matter. A revival is the same rule over candidates of whom those that went up are marked.

    Raises:
        DuplicateCandidateError: an entry stands twice.

    """
    known = {each.entry_id: each for each in candidates}
    if len(known) != len(candidates):
        raise DuplicateCandidateError("an entry stands twice among the candidates")
    barred = {each.entry_id: _bar(each) for each in candidates}
    ranked = [
        Ranked(each.entry_id, each.group, each.rank, each.total)
        for each in candidates
        if barred[each.entry_id] is None and each.rank is not None and each.total is not None
    ]
    pools = {one.entry_id: _pools(known[one.entry_id], limits) for one in ranked}
    left = _capacity(pools, limits)
    lines: list[Line[EntryId]] = []
    for batch in batches(ranked):
        outcomes = settle(batch, pools=pools, left=left)
        for one in batch:
            lines.append(_line(one.entry_id, *outcomes[one.entry_id], ties))
        told = lines[-len(batch) :]
        taken = [line.entry_id for line in told if line.is_in]
        held = [line.entry_id for line in told if line.ground is Ground.TIED and not line.is_in]
        left = _after(left, taken, held, known, pools)
    return lines + [
        Line(each.entry_id, False, ground)
        for each in candidates
        if (ground := barred[each.entry_id]) is not None
    ]


def excess(
    chosen: Sequence[Candidate[EntryId]], limits: Limits
) -> list[tuple[Ground, int | None, Hashable | None, int]]:
    """By how many a list goes past its limits: ground, quota's place, school, how many too many."""
    found: list[tuple[Ground, int | None, Hashable | None, int]] = []
    if limits.places is not None and len(chosen) > limits.places:
        found.append((Ground.PLACES_FULL, None, None, len(chosen) - limits.places))
    for at, quota in enumerate(limits.quotas):
        over = sum(quota.covers(each) for each in chosen) - quota.places
        if over > 0:
            found.append((Ground.QUOTA_FULL, at, None, over))
    if limits.school_max is not None:
        counts = Counter(each.school for each in chosen if each.school is not None)
        found += [
            (Ground.SCHOOL_MAX, None, school, count - limits.school_max)
            for school, count in counts.items()
            if count > limits.school_max
        ]
    return found


def _bar(candidate: Candidate[EntryId]) -> Ground | None:
    if candidate.is_gone:
        return Ground.WITHDRAWN
    if candidate.is_up:
        return Ground.ALREADY_UP
    if candidate.is_vetoed:
        return Ground.VETOED
    if candidate.rank is None or candidate.total is None:
        return Ground.NOT_RANKED
    return None


def _pools(candidate: Candidate[EntryId], limits: Limits) -> list[Pool]:
    """What bounds an entry, in the order in which a refusal is told."""
    pools: list[Pool] = [
        (_QUOTA, at) for at, quota in enumerate(limits.quotas) if quota.covers(candidate)
    ]
    if limits.school_max is not None and candidate.school is not None:
        pools.append((_SCHOOL, candidate.school))
    if limits.places is not None:
        pools.append((_PLACES, 0))
    return pools


def _capacity(pools: Mapping[EntryId, Sequence[Pool]], limits: Limits) -> dict[Pool, int]:
    sizes: dict[Pool, int] = {}
    for key in {key for keys in pools.values() for key in keys}:
        kind, which = key
        if kind == _QUOTA and isinstance(which, int):
            sizes[key] = limits.quotas[which].places
        else:
            sizes[key] = (limits.school_max if kind == _SCHOOL else limits.places) or 0
    return sizes


def _line(entry_id: EntryId, outcome: Outcome, pool: Pool | None, ties: TieChoice) -> Line[EntryId]:
    if outcome is Outcome.IN or pool is None:
        return Line(entry_id, True, Ground.RANK)
    kind, which = pool
    quota = which if kind == _QUOTA and isinstance(which, int) else None
    if outcome is Outcome.TIED:
        return Line(entry_id, ties is TieChoice.IN, Ground.TIED, quota)
    return Line(entry_id, False, _GROUNDS[kind], quota)


def _after(
    left: Mapping[Pool, int],
    taken: Sequence[EntryId],
    held: Sequence[EntryId],
    known: Mapping[EntryId, Candidate[EntryId]],
    pools: Mapping[EntryId, Sequence[Pool]],
) -> dict[Pool, int]:
    """The places left below a batch, those of ties that stay out or open not among them."""
    remaining = {
        key: max(0, count - sum(key in pools[entry_id] for entry_id in taken))
        for key, count in left.items()
    }
    contending = Counter(known[entry_id].school for entry_id in held)
    room = {school: remaining.get((_SCHOOL, school), n) for school, n in contending.items()}
    return {
        key: count - min(count, _most(held, key, known, pools, room))
        for key, count in remaining.items()
    }


def _most(
    held: Sequence[EntryId],
    key: Pool,
    known: Mapping[EntryId, Candidate[EntryId]],
    pools: Mapping[EntryId, Sequence[Pool]],
    room: Mapping[Hashable | None, int],
) -> int:
    """How many places of a pool the tied could take at most, their schools' caps in mind."""
    schools = Counter(known[entry_id].school for entry_id in held if key in pools[entry_id])
    return sum(min(count, room[school]) for school, count in schools.items())
