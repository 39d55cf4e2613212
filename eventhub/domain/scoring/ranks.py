"""Where each entry might as well have come: intervals of ranks by simulation.

Entries are drawn many times from what the marks leave possible, all together, since what is
uncertain about a judge moves all entries of that judge at once. The variances are taken as
known. The seed is fixed: the same marks give the same intervals.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from eventhub.domain.scoring.crossed import Floats
from eventhub.domain.scoring.severity import Fit

SEED = 20261
DRAWS = 2000
_MOST = 2_000_000  # entries times draws

Ranks = NDArray[np.int64]


def draw_count(entries: int) -> int:
    """As many as memory and patience allow, 200 at least."""
    return max(200, min(DRAWS, _MOST // entries))


def draw_entries(fit: Fit, count: int, random: np.random.Generator) -> Floats:
    """Entries' effects as they might be, a column a draw."""
    system, sigma = fit.solution.system, fit.residual_sd
    noise = random.standard_normal((len(system.rest), count))
    rest = linalg.solve_triangular(system.factor, sigma * noise, lower=True, trans=1)
    drawn = system.entries_given(system.rest[:, None] + rest)
    own = random.standard_normal(drawn.shape) * (sigma / np.sqrt(system.diagonal))[:, None]
    return np.asarray(fit.ratios[0] * (drawn + own))


def rank_intervals(
    draws: Floats, ranks: Ranks, *, confidence: float = 0.95
) -> list[tuple[int, int]]:
    """For each row the ranks that hold ``confidence`` of the draws, and its own in any case."""
    order = np.argsort(-draws, axis=0)
    places = np.empty(draws.shape, dtype=np.int32)
    numbers = np.arange(1, len(draws) + 1, dtype=np.int32)[:, None]
    np.put_along_axis(places, order, np.broadcast_to(numbers, draws.shape), axis=0)
    places.sort(axis=1)
    count = draws.shape[1]
    tail = int((1 - confidence) / 2 * count)
    low = np.minimum(places[:, tail], ranks)
    high = np.maximum(places[:, count - 1 - tail], ranks)
    return [(int(best), int(worst)) for best, worst in zip(low, high, strict=True)]
