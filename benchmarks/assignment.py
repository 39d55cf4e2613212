"""177 judges, 118 entries, three judges an entry: the best total, and the best worst-off entry.

The affinities are of kinds that are hard in different ways: even chance, a few topics that judges
and entries share, mostly nothing, marks with few values, fields that hardly touch, and judges of
few institutions. Each kind is solved with loads of up to 4 and, tighter, of exactly 2, without a
floor and for the highest floor. The seconds are those of one core that has nothing else to do:
CPU time of this process.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from eventhub.domain.assignment import Entry, Judge, Problem, solve

JUDGES, ENTRIES, PER_ENTRY = 177, 118, 3
GOALS = {"total": 2.0, "worst-off": 20.0}
LIMIT = 60.0

Matrix = npt.NDArray[np.float64]


def chance(rng: np.random.Generator) -> Matrix:
    return rng.random((JUDGES, ENTRIES))


def topics(rng: np.random.Generator) -> Matrix:
    return rng.dirichlet(np.full(8, 0.3), JUDGES) @ rng.dirichlet(np.full(8, 0.3), ENTRIES).T


def sparse(rng: np.random.Generator) -> Matrix:
    known = rng.random((JUDGES, ENTRIES)) < 0.05
    return np.where(known, rng.random((JUDGES, ENTRIES)), 0.0)


def marks(rng: np.random.Generator) -> Matrix:
    return rng.integers(0, 5, (JUDGES, ENTRIES)).astype(float)


def fields(rng: np.random.Generator) -> Matrix:
    field = rng.integers(0, 6, JUDGES)[:, None] == rng.integers(0, 6, ENTRIES)[None, :]
    near = rng.random((JUDGES, ENTRIES))
    return np.where(field, 0.5 + 0.5 * near, 0.1 * near)


KINDS: dict[str, Callable[[np.random.Generator], Matrix]] = {
    "chance": chance,
    "topics": topics,
    "sparse": sparse,
    "marks": marks,
    "institutions": chance,
    "fields": fields,
}


def problem(kind: str, *, least: int, floor: str | None) -> Problem:
    """Make a problem; the same one each time."""
    rng = np.random.default_rng(7)
    affinity = KINDS[kind](rng)
    homes = rng.integers(0, 20, JUDGES + ENTRIES) if kind == "institutions" else None

    def home(at: int) -> str | None:
        return None if homes is None else f"u{homes[at]}"

    return Problem(
        entries=[Entry(f"e{at}", home(JUDGES + at)) for at in range(ENTRIES)],
        judges=[
            Judge(f"j{at}", least=least, most=4 if least == 0 else least, institution=home(at))
            for at in range(JUDGES)
        ],
        per_entry=PER_ENTRY,
        affinity=affinity.tolist(),
        floor="max" if floor else None,
    )


def main(_environment: dict[str, str], _options: argparse.Namespace) -> None:
    """Print a table; beside each time whether the goal is met."""
    print(f"\nassignment: {JUDGES} judges, {ENTRIES} entries, {PER_ENTRY} judges an entry")
    print(f"{'affinities':<14}{'loads':<7}{'goal':<11}{'seconds':>8}  {'status':<10}{'worst-off'}")
    solve(problem("marks", least=0, floor=None))  # what is loaded once
    for kind in KINDS:
        for least in (0, 2):
            for goal, floor in (("total", None), ("worst-off", "max")):
                asked = problem(kind, least=least, floor=floor)
                started = time.process_time()
                answer = solve(asked, limit=LIMIT)
                spent = time.process_time() - started
                met = "" if spent <= GOALS[goal] else f"  over {GOALS[goal]:.0f} s"
                print(
                    f"{kind:<14}{'2' if least else '0–4':<7}{goal:<11}{spent:>8.2f}  "
                    f"{answer.status.value:<10}{answer.min_entry:.6f} of "
                    f"{answer.min_entry_bound:.6f}{met}"
                )
