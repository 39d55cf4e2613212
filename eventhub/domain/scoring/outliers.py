"""Marks that neither the entry's quality nor the judge's severity explain."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from eventhub.domain.scoring.crossed import Design
from eventhub.domain.scoring.severity import Fit

STANDARDISED_MIN = 2.5
CHANCE_MAX = 0.05


@dataclass(frozen=True, slots=True)
class Outlier:
    """The mark at this place, by how many points it is off, and in its own standard deviations."""

    at: int
    residual: float
    standardised: float


def find_outliers(design: Design, fit: Fit) -> list[Outlier]:
    """Marks further off than chance allows among so many, the furthest first.

    A mark pulls its own expectation along, so its error is measured by what it would be without
    the mark (the deleted residual of regression), and by Student's distribution with
    Bonferroni's correction for the number of marks; and by ``STANDARDISED_MIN`` at least.
    """
    found = fit.solution
    prior = found.sigma2 * fit.scales.of_errors[design.judge] ** 2
    variance = np.maximum(prior - found.error_variance, 0)
    free = float((variance / prior).sum())
    if free <= 2:
        return []
    is_told = variance > 1e-9 * prior
    scaled = found.errors / np.sqrt(np.where(is_told, variance, np.inf))
    left = np.maximum(free - scaled**2, 1e-9)
    deleted = np.abs(scaled) * np.sqrt((free - 1) / left)
    chance = 2 * special.stdtr(free - 1, -deleted) * len(design.points)
    odd = np.flatnonzero((chance < CHANCE_MAX) & (np.abs(scaled) >= STANDARDISED_MIN))
    order = odd[np.argsort(-np.abs(scaled[odd]), kind="stable")]
    return [Outlier(int(at), float(found.errors[at]), float(scaled[at])) for at in order]
