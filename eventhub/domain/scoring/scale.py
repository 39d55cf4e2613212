"""How wide each judge marks, as far as the marks tell: severity and a shrunken scale.

Judge j's scale is ``exp(φ_j)``, ``φ_j ~ N(0, ω²)``, and errors grow with it or they do not.
For each ω of a grid and both kinds of errors the scales are taken at their most probable values
(Laplace's approximation with the expected information), and what they say is averaged by how
probable the marks make ω and the kind. Where marks are few, ω = 0 keeps its weight and the
result is the plain correction; where they are many and scales differ, they decide. So it is
about as good as the better of plain correction and standard scores, whichever that is: see
``python -m benchmarks scoring``.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy import optimize

from eventhub.domain.scoring.correction import Correction, JudgeCorrection, figure
from eventhub.domain.scoring.crossed import Design, Floats, Scales, Solution, solve
from eventhub.domain.scoring.severity import LOG_RATIO_MAX, Fit, fit_severity, to_ratios

JudgeId = TypeVar("JudgeId", bound=Hashable)

# ω and its weight beforehand: half on 0, the rest as a normal distribution of deviation 0.3
SPREADS = (0.07, 0.15, 0.25, 0.4, 0.6)
ALIKE_BEFOREHAND = 0.5
SPREAD_BEFOREHAND = 0.3
WITH_ERRORS_BEFOREHAND = 0.7
WORTH_TELLING = 0.1
LOG_SCALE_MAX = 2.0
_HOPELESS = 12.0  # how far, in logarithms, larger ω may fall behind before they are given up


@dataclass(frozen=True)
class Possibility:
    """One ω and kind of errors, with its probability given the marks."""

    spread: float
    fit: Fit
    probability: float


@dataclass(frozen=True)
class Blend:
    """All that is possible, and the averages. ``plain`` is the model without scales.

    ``weights`` tell how much a judge's mark counts, once it is on the common scale; ``pull`` how
    many further judges of weight 1 drag an entry towards the centre.
    """

    plain: Fit
    possibilities: tuple[Possibility, ...]

    def _average(self, figure: Callable[[Fit], Floats | float]) -> Floats:
        parts = [each.probability * np.asarray(figure(each.fit)) for each in self.possibilities]
        return np.asarray(sum(parts))

    @property
    def centre(self) -> float:
        """The mean of entries and judges alike."""
        return float(self._average(lambda fit: fit.solution.centre))

    @property
    def judge_variances(self) -> Floats:
        """How uncertain the severities are."""
        mean = -self.severities
        return self._average(
            lambda fit: fit.solution.judge_variance + (fit.solution.judges - mean) ** 2
        )

    @property
    def likeliest(self) -> Fit:
        """The most probable model alone."""
        return max(self.possibilities, key=lambda each: each.probability).fit

    @property
    def scale_chance(self) -> float:
        """The probability that scales differ by more than a few percent."""
        return sum(each.probability for each in self.possibilities if each.spread >= WORTH_TELLING)

    @property
    def severities(self) -> Floats:
        """How far each judge marks below the others for the same work."""
        return -self._average(lambda fit: fit.solution.judges)

    @property
    def log_scales(self) -> Floats:
        """The logarithm of each judge's scale."""
        return self._average(lambda fit: fit.scales.logs)

    @property
    def weights(self) -> Floats:
        """See above."""
        return self._average(lambda fit: (fit.scales.of_quality / fit.scales.of_errors) ** 2)

    @property
    def pull(self) -> float:
        """See above."""
        return float(self._average(lambda fit: max(fit.ratios[0], 1e-3) ** -2))


def to_correction(blend: Blend, judges: Sequence[JudgeId]) -> Correction[JudgeId]:
    """The figures that are published, in the judges' order; from here on all is exact."""
    columns = blend.severities, np.exp(blend.log_scales), blend.weights
    return Correction(
        figure(blend.centre),
        figure(blend.pull),
        {
            judge: JudgeCorrection(*(figure(float(column[at])) for column in columns))
            for at, judge in enumerate(judges)
        },
    )


def fit_scales(design: Design, plain: Fit | None = None) -> Blend:
    """The recommended model. Expects what ``fit_severity`` expects, or what it found."""
    plain = plain or fit_severity(design)
    chances = np.exp(-0.5 * (np.array(SPREADS) / SPREAD_BEFOREHAND) ** 2)
    chances *= np.gradient(np.array(SPREADS))
    chances *= (1 - ALIKE_BEFOREHAND) / chances.sum()
    found = [(0.0, plain, plain.solution.criterion - 2 * np.log(ALIKE_BEFOREHAND))]
    for with_errors in (True, False):
        kind = WITH_ERRORS_BEFOREHAND if with_errors else 1 - WITH_ERRORS_BEFOREHAND
        fit, best = plain, found[0][2]
        for spread, chance in zip(SPREADS, chances, strict=True):
            fit, evidence = _fit_spread(design, spread, with_errors, fit)
            worth = evidence - 2 * np.log(chance * kind)
            found.append((spread, fit, worth))
            best = min(best, worth)
            if worth > best + 2 * _HOPELESS:
                break
    values = np.array([worth for *_, worth in found])
    probability = np.exp((values.min() - values) / 2)
    probability /= probability.sum()
    possibilities = [
        Possibility(spread, fit, float(own))
        for (spread, fit, _), own in zip(found, probability, strict=True)
        if own > 1e-4
    ]
    kept = sum(each.probability for each in possibilities)
    return Blend(
        plain,
        tuple(Possibility(p.spread, p.fit, p.probability / kept) for p in possibilities),
    )


def _fit_spread(design: Design, spread: float, with_errors: bool, start: Fit) -> tuple[Fit, float]:
    """The most probable scales for one ω, and minus twice the logarithm of what speaks for it."""

    def criterion(values: Floats) -> tuple[float, Floats]:
        found = solve(design, to_ratios(values), Scales(values[2:], with_errors))
        slopes = found.slopes.copy()
        slopes[2:] += 2 * values[2:] / spread**2
        return found.criterion + float(np.sum((values[2:] / spread) ** 2)), slopes

    start_at = np.log(np.maximum(start.ratios, 0.1))  # at 0 nothing shows the way up
    bounds = [(-LOG_RATIO_MAX, LOG_RATIO_MAX)] * 2
    bounds += [(-LOG_SCALE_MAX, LOG_SCALE_MAX)] * len(start.scales.logs)
    best = optimize.minimize(
        criterion,
        np.concatenate([start_at, start.scales.logs]),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 60, "ftol": 1e-7},
    )
    ratios, scales = to_ratios(best.x), Scales(best.x[2:], with_errors)
    solution = solve(design, ratios, scales)
    information = _information(design, solution, scales)
    evidence = float(best.fun + np.log1p(information * spread**2).sum())
    return Fit(ratios, scales, solution), evidence


def _information(design: Design, solution: Solution, scales: Scales) -> Floats:
    """How much the marks of each judge tell of the logarithm of the scale."""
    judge, entry = design.judge, design.entry
    quality = scales.of_quality[judge] ** 2
    error = solution.sigma2 * scales.of_errors[judge] ** 2
    variance = quality * solution.entry_variance[entry] + error
    slope = 2 * quality * solution.entry_variance[entry] + 2 * scales.with_errors * error
    told = quality * solution.entries[entry] ** 2 / variance + slope**2 / variance**2 / 2
    return np.asarray(np.bincount(judge, told))
