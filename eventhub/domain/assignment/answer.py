"""What is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from eventhub.domain.assignment.problem import Id


class Status(StrEnum):
    """``OPTIMAL`` is proven; ``FEASIBLE`` keeps all rules, but time ran out before the proof.

    ``UNKNOWN``: time ran out before anything was found or refuted.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Overlap:
    """How firmly the judges hang together.

    ``pairs`` of judges who judge at all, of which ``sharing`` have an entry in common, at most
    ``most_shared`` of them. ``weakest`` is the smallest number of single assignments whose loss
    would part the judges; 0 where they are parted already, None with fewer than two judges.
    """

    pairs: int
    sharing: int
    most_shared: int
    weakest: int | None


class ObstacleKind(StrEnum):
    """What stands in the way; the numbers of an ``Obstacle`` are told beside each."""

    TOO_FEW_JUDGES = "too_few_judges"  # had judges in all, of demanded
    ENTRY_BARRED = "entry_barred"  # all judges conflict with the entry
    ENTRY_SHORT = "entry_short"  # had judges left for the entry, of demanded; others conflict
    ENTRY_INSTITUTIONS = "entry_institutions"  # the same, though had judges of few institutions
    CAPACITY = "capacity"  # had most loads together, of demanded marks
    LEAST_LOADS = "least_loads"  # had marks to give, of demanded least loads together
    JUDGE_SHORT = "judge_short"  # had entries the judge may read, of demanded least load
    ENTRIES_TOGETHER = "entries_together"  # had marks those judges can give, of demanded
    JUDGES_TOGETHER = "judges_together"  # had marks those entries take, of demanded
    FLOOR_ENTRY = "floor_entry"  # had affinity the entry can reach at most, of demanded
    FLOOR_TOGETHER = "floor_together"  # had floor that can be met at most, of demanded
    LINKS = "links"  # had marks, of demanded links that hold all together
    SINGLE_LOADS = "single_loads"  # every judge reads a single entry at most
    ISLANDS = "islands"  # had groups that no judge may bridge
    UNLINKED = "unlinked"  # nothing simple: proven by search


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason. ``judges`` and ``entries`` are those concerned, by id."""

    kind: ObstacleKind
    judges: tuple[Id, ...] = ()
    entries: tuple[Id, ...] = ()
    had: float = 0
    demanded: float = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """An assignment, what it is worth, and what no assignment can exceed.

    ``objective`` is the sum of the affinities, ``min_entry`` that of the worst-off entry. The
    bounds equal them where they are proven; equal means to nine digits of the largest affinity.
    Unless the highest floor was asked for, ``min_entry_bound`` is only what the worst-off entry
    could get if it chose before all others. ``components`` counts the groups of judges who
    cannot be compared with each other; ``connection_cost`` is by how much the objective could be
    higher if that were of no account. ``obstacles`` say what could not be met.
    """

    status: Status
    seconds: float
    assignments: Sequence[tuple[Id, Id]] = ()
    objective: float | None = None
    bound: float | None = None
    min_entry: float | None = None
    min_entry_bound: float | None = None
    loads: Sequence[tuple[Id, int]] = ()
    entry_sums: Sequence[tuple[Id, float]] = ()
    components: int | None = None
    overlap: Overlap | None = None
    connection_cost: float | None = None
    obstacles: Sequence[Obstacle] = ()

    @property
    def connected(self) -> bool | None:
        """Whether all judges who judge can be compared; None without an assignment."""
        return None if self.components is None else self.components <= 1

    def to_json(self) -> dict[str, object]:
        """Return what can be written as JSON."""
        overlap = self.overlap
        return {
            "status": self.status.value,
            "objective": self.objective,
            "bound": self.bound,
            "min_entry": self.min_entry,
            "min_entry_bound": self.min_entry_bound,
            "assignments": [list(pair) for pair in self.assignments],
            "seconds": round(self.seconds, 3),
            "connected": self.connected,
            "components": self.components,
            "connection_cost": self.connection_cost,
            "overlap": None
            if overlap is None
            else {
                "pairs": overlap.pairs,
                "sharing": overlap.sharing,
                "most_shared": overlap.most_shared,
                "weakest": overlap.weakest,
            },
            "loads": [list(pair) for pair in self.loads],
            "entry_sums": [list(pair) for pair in self.entry_sums],
            "obstacles": [
                {
                    "kind": one.kind.value,
                    "judges": list(one.judges),
                    "entries": list(one.entries),
                    "had": one.had,
                    "demanded": one.demanded,
                }
                for one in self.obstacles
            ],
        }
