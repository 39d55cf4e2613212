"""How strict each judge is: ``score ~ 1 + (1|entry) + (1|judge)`` by restricted likelihood.

Entries and judges are both taken as drawn from a population, so that a judge of few works is
pulled towards the others as far as the marks do not speak, and an entry with few marks towards
the mean. Figures agree with lme4's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import optimize, special

from eventhub.domain.scoring.crossed import Design, Floats, Ratios, Scales, Solution, solve

# towards 0 the criterion is flat and a search from afar may rest there: begin near the top
_STARTS = (0.2, 1.0, 5.0)
LOG_RATIO_MAX = 7.0  # σ_u/σ and σ_b/σ stay below e to this


@dataclass(frozen=True)
class Fit:
    """Ratios at their best, scales, and what follows from them."""

    ratios: Ratios
    scales: Scales
    solution: Solution

    @property
    def residual_sd(self) -> float:
        """σ."""
        return float(np.sqrt(self.solution.sigma2))

    @property
    def entry_sd(self) -> float:
        """σ_u: how far entries differ."""
        return self.ratios[0] * self.residual_sd

    @property
    def judge_sd(self) -> float:
        """σ_b: how far judges differ in severity."""
        return self.ratios[1] * self.residual_sd


def fit_severity(design: Design) -> Fit:
    """The plain model: severity, no scales.

    Expects marks that are not all equal, and an entry and a judge with two marks at least.
    """
    plain = Scales(np.zeros(len(design.works_by_judge)))

    def criterion(logs: Floats) -> tuple[float, Floats]:
        found = solve(design, to_ratios(logs), plain)
        return found.criterion, found.slopes[:2]

    bounds = [(-LOG_RATIO_MAX, LOG_RATIO_MAX)] * 2
    starts = [np.log(ratios) for ratios in product(_STARTS, repeat=2)]
    start = min(starts, key=lambda logs: criterion(logs)[0])
    found = optimize.minimize(
        criterion, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13}
    )
    logs = _polish(criterion, found.x)
    entry, judge = to_ratios(logs)
    candidates = [(entry, judge), (entry, 0.0), (0.0, judge), (0.0, 0.0)]
    fits = [Fit(ratios, plain, solve(design, ratios, plain)) for ratios in candidates]
    return min(fits, key=lambda fit: fit.solution.criterion)


def to_ratios(logs: Floats) -> Ratios:
    """Ratios from their logarithms."""
    return float(np.exp(logs[0])), float(np.exp(logs[1]))


def _polish(criterion: Callable[[Floats], tuple[float, Floats]], logs: Floats) -> Floats:
    """Newton's method on the slopes, which sees the optimum sharper than the flat top does."""
    step = 1e-4
    for _ in range(2):
        best, slopes = criterion(logs)
        curvature = np.array(
            [
                (criterion(logs + side)[1] - criterion(logs - side)[1]) / (2 * step)
                for side in step * np.eye(2)
            ]
        )
        if np.any(np.linalg.eigvalsh(curvature) <= 0):
            return logs  # on the way to a boundary
        moved = logs - np.linalg.solve(curvature, slopes)
        if np.abs(moved - logs).max() > 0.5 or not criterion(moved)[0] <= best:
            return logs
        logs = moved
    return logs


def severity_doubt(design: Design, fit: Fit) -> float:
    """The probability of marks speaking this much for severity if judges were all alike.

    A likelihood ratio test. With a variance on its boundary the statistic is 0 in half of all
    cases, so the tail of chi-squared counts half (Self and Liang 1987).
    """
    if not fit.ratios[1]:
        return 1.0
    without = optimize.minimize_scalar(
        lambda log: solve(design, (float(np.exp(log)), 0.0), fit.scales).criterion,
        bounds=(-LOG_RATIO_MAX, LOG_RATIO_MAX),
        method="bounded",
    )
    alike = min(float(without.fun), solve(design, (0.0, 0.0), fit.scales).criterion)
    ratio = max(alike - fit.solution.criterion, 0.0)
    return float(special.chdtrc(1, ratio)) / 2
