"""Who gets which award: the best so many of a group or of all, or all from a total on."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from eventhub.domain.cut import Outcome, Ranked, TieChoice, batches, settle

EntryId = TypeVar("EntryId", bound=Hashable)
LevelId = TypeVar("LevelId", bound=Hashable)


class InvalidLevelError(ValueError):
    """A level has both a number and a threshold, or neither."""


class AwardGround(StrEnum):
    """Why the rules give an entry an award, or none."""

    RANK = "rank"
    THRESHOLD = "threshold"
    TIED = Outcome.TIED.value
    NONE_LEFT = "none_left"
    VETOED = "vetoed"
    NOT_RANKED = "not_ranked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Level(Generic[LevelId]):
    """An award. ``group`` None is for all. Levels are given highest first."""

    level_id: LevelId
    places: int | None = None
    total_min: Decimal | None = None
    group: Hashable | None = None

    def __post_init__(self) -> None:
        if (self.places is None) == (self.total_min is None):
            raise InvalidLevelError("a level has a number of places or a least total")


@dataclass(frozen=True, slots=True)
class Judged(Generic[EntryId]):
    """An entry with its standing."""

    entry_id: EntryId
    group: Hashable
    rank: int | None
    total: Decimal | None
    is_vetoed: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Given(Generic[EntryId, LevelId]):
    """What the rules give. Of a tie ``level_id`` is None while undecided."""

    entry_id: EntryId
    level_id: LevelId | None
    ground: AwardGround


@dataclass
class _Cluster:
    """Undecided ties: how many of each group, and how many of them will fall to a later level."""

    groups: Counter[Hashable]
    falling: int


def propose(
    entries: Sequence[Judged[EntryId]],
    levels: Sequence[Level[LevelId]],
    *,
    ties: TieChoice = TieChoice.DECIDE,
) -> list[Given[EntryId, LevelId]]:
    """Give each entry the highest level that it reaches, level by level, best entries first.

    Entries tied at a level's edge are never told apart. With ``TieChoice.DECIDE`` they get
    nothing yet, and the next level keeps places for those who will fall to it; with ``IN`` all
    of them get the level; with ``OUT`` all of them fall to the next one. The order of the
    entries does not matter.
    """
    ranked = [
        Ranked(each.entry_id, each.group, each.rank, each.total)
        for each in entries
        if _bar(each) is None and each.rank is not None and each.total is not None
    ]
    given: dict[EntryId, tuple[LevelId | None, AwardGround]] = {}
    clusters: list[_Cluster] = []
    for level in levels:
        held = _hold(level, clusters)
        pool = [
            one for one in ranked if one.entry_id not in given and level.group in {None, one.group}
        ]
        if level.total_min is not None:
            reached = [one for one in pool if one.total >= level.total_min]
            given |= {one.entry_id: (level.level_id, AwardGround.THRESHOLD) for one in reached}
            continue
        places = max(0, (level.places or 0) - held)
        winners, tied = _split(pool, places)
        given |= {one.entry_id: (level.level_id, AwardGround.RANK) for one in winners}
        if ties is TieChoice.IN:
            given |= {one.entry_id: (level.level_id, AwardGround.TIED) for one in tied}
        elif tied and ties is TieChoice.DECIDE:
            given |= {one.entry_id: (None, AwardGround.TIED) for one in tied}
            falling = len(tied) - (places - len(winners))
            clusters.append(_Cluster(Counter(one.group for one in tied), falling))
    order = [one.entry_id for batch in batches(ranked) for one in batch]
    return [
        Given(entry_id, *given.get(entry_id, (None, AwardGround.NONE_LEFT))) for entry_id in order
    ] + [
        Given(each.entry_id, None, ground) for each in entries if (ground := _bar(each)) is not None
    ]


def _bar(entry: Judged[EntryId]) -> AwardGround | None:
    if entry.is_gone:
        return AwardGround.WITHDRAWN
    if entry.is_vetoed:
        return AwardGround.VETOED
    if entry.rank is None or entry.total is None:
        return AwardGround.NOT_RANKED
    return None


def _split(
    pool: Sequence[Ranked[EntryId]], places: int
) -> tuple[list[Ranked[EntryId]], list[Ranked[EntryId]]]:
    """Those who surely are among so many, and those who are tied where they end."""
    winners: list[Ranked[EntryId]] = []
    for batch in batches(pool):
        outcomes = settle(
            batch, pools={one.entry_id: (0,) for one in batch}, left={0: places - len(winners)}
        )
        told = [(one, outcomes[one.entry_id][0]) for one in batch]
        winners += [one for one, outcome in told if outcome is Outcome.IN]
        tied = [one for one, outcome in told if outcome is Outcome.TIED]
        if tied or len(winners) >= places:
            return winners, tied
    return winners, []


def _hold(level: Level[LevelId], clusters: Sequence[_Cluster]) -> int:
    """How many places of a level are kept for undecided ties that fall to it."""
    held = 0
    for cluster in clusters:
        covered = [group for group in cluster.groups if level.group in {None, group}]
        count = min(sum(cluster.groups[group] for group in covered), cluster.falling)
        if not count:
            continue
        room = count if level.places is None else min(count, max(0, level.places - held))
        held += room
        if room == count:  # else the rest falls further, to the next level that covers them
            for group in covered:
                del cluster.groups[group]
        else:
            cluster.falling = count - room
    return held
