"""Which judges read which entries: exact, fair to the worst-off entry, and comparable.

Every entry gets exactly the judges it demands, every judge a load within bounds; none judges
where a conflict is declared or an entry of their own institution, and no two of an institution
judge the same entry. Under these rules the sum of affinities is as high as it goes; before that,
where it is asked, that of the worst-off entry; and all judges are linked through entries that
they share, since otherwise nobody can tell a strict judge from a weak entry.

``read`` makes a ``Problem`` of JSON, ``solve`` an ``Answer`` of a problem. Prior art for the
max-min: Stelmakh, Shah and Singh, "PeerReview4All", JMLR 22 (2021); Kobren, Saha and McCallum,
"Paper matching with local fairness constraints", KDD 2019. Both approximate; this proves.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from eventhub.domain.assignment.problem import BadProblemError, Entry, Judge, Problem, read

if TYPE_CHECKING:
    from eventhub.domain.assignment.answer import Answer

__all__ = ["BadProblemError", "Entry", "Judge", "Problem", "read", "solve"]

LIMIT = 60.0  # seconds


def solve(
    problem: Problem, *, limit: float = LIMIT, stopwatch: Callable[[], float] = time.perf_counter
) -> Answer:
    """Assign judges to entries.

    After ``limit`` seconds the best that is known is answered, with the bounds that are proven.
    """
    # Imported when it is needed: the solver takes 0.3 s and 40 MB that no web process should.
    from eventhub.domain.assignment.solving import solve as solve_now  # noqa: PLC0415

    return solve_now(problem, limit=limit, stopwatch=stopwatch)
