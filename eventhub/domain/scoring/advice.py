"""Whether correcting the judges of a round is possible, and whether it is wise."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from eventhub.domain.scoring.crossed import Design

WORKS_MEDIAN = 5  # with fewer works a judge, severity is hardly told from chance
DOUBT_MAX = 0.05
SCALES_SURE = 0.8


class Verdict(StrEnum):
    """What an organiser should do."""

    ADVISABLE = "advisable"
    NEEDLESS = "needless"
    UNWISE = "unwise"
    IMPOSSIBLE = "impossible"


class Reason(StrEnum):
    """Why. The first four make it impossible, the next two unwise, the last is a caution."""

    ONE_ENTRY = "one_entry"
    ONE_JUDGE = "one_judge"
    ALL_EQUAL = "all_equal"
    NOTHING_SHARED = "nothing_shared"
    DISCONNECTED = "disconnected"
    FEW_WORKS = "few_works"
    ALIKE = "alike"
    SEVERITY_DIFFERS = "severity_differs"
    SCALE_DIFFERS = "scale_differs"
    ONE_WORK = "one_work"


@dataclass(frozen=True, slots=True)
class Advice:
    """The verdict and its reasons, most weighty first, with the figures they rest on.

    ``parts`` counts sets of judges who share no entry with each other, not even through others.
    ``doubt`` is the probability of such differences among judges equally strict; None where it
    cannot be told. ``scale_chance`` is the probability that judges' scales differ by more than
    a few percent; None where it was not asked.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    entries: int
    judges: int
    works_median: float
    judges_of_one_work: int
    parts: int
    doubt: float | None = None
    scale_chance: float | None = None


def find_obstacles(design: Design) -> tuple[Reason, ...]:
    """What makes severity and quality one: no model can part them then."""
    found = []
    if len(design.works_by_entry) < 2:
        found.append(Reason.ONE_ENTRY)
    if len(design.works_by_judge) < 2:
        found.append(Reason.ONE_JUDGE)
    if np.ptp(design.points) == 0:
        found.append(Reason.ALL_EQUAL)
    if not found and min(design.works_by_entry.max(), design.works_by_judge.max()) < 2:
        found.append(Reason.NOTHING_SHARED)
    return tuple(found)


def count_parts(design: Design) -> int:
    """Into how many sets judges and entries fall, if who judged what links them."""
    entries, judges = len(design.works_by_entry), len(design.works_by_judge)
    links = sparse.coo_array(
        (np.ones(len(design.entry)), (design.entry, entries + design.judge)),
        shape=(entries + judges, entries + judges),
    )
    count, _ = csgraph.connected_components(links, directed=False)
    return int(count)


def advise(
    design: Design, *, doubt: float | None = None, scale_chance: float | None = None
) -> Advice:
    """Weigh what the marks allow. ``doubt`` and ``scale_chance`` as in ``Advice``."""
    obstacles, parts = find_obstacles(design), count_parts(design)
    works = design.works_by_judge
    median, lone = float(np.median(works)), int(np.sum(works == 1))
    reasons = list(obstacles)
    if not obstacles:
        if parts > 1:
            reasons.append(Reason.DISCONNECTED)
        if median < WORKS_MEDIAN:
            reasons.append(Reason.FEW_WORKS)
        differ = []
        if doubt is not None and doubt < DOUBT_MAX:
            differ.append(Reason.SEVERITY_DIFFERS)
        if scale_chance is not None and scale_chance > SCALES_SURE:
            differ.append(Reason.SCALE_DIFFERS)
        reasons += differ or [Reason.ALIKE]
        if lone:
            reasons.append(Reason.ONE_WORK)
    return Advice(
        _verdict(obstacles, reasons),
        tuple(reasons),
        len(design.works_by_entry),
        len(works),
        median,
        lone,
        parts,
        doubt,
        scale_chance,
    )


def _verdict(obstacles: tuple[Reason, ...], reasons: list[Reason]) -> Verdict:
    if obstacles:
        return Verdict.IMPOSSIBLE
    if reasons[0] in {Reason.DISCONNECTED, Reason.FEW_WORKS}:
        return Verdict.UNWISE
    return Verdict.NEEDLESS if Reason.ALIKE in reasons else Verdict.ADVISABLE
