"""The algebra of marks that entries and judges make together.

The model of the mark that judge j gives entry i:

    y = centre + b_j + s_j u_i + t_j e,    u ~ N(0, σ_u²), b ~ N(0, σ_b²), e ~ N(0, σ²)

with given scales ``s_j``, and ``t_j`` equal to ``s_j`` or to 1: whether who marks wider also
errs wider. With all scales 1 it is ``score ~ 1 + (1|entry) + (1|judge)``.

For given ratios ``σ_u/σ`` and ``σ_b/σ`` everything follows from one linear system, as in Bates,
Mächler, Bolker and Walker (2015), Fitting linear mixed-effects models using lme4. The entries'
part of it is diagonal, so they are eliminated exactly, and a dense system of the judges and the
centre is left: time grows with the marks and the cube of the judges, memory with their square.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ratios = tuple[float, float]  # σ_u/σ and σ_b/σ

_BLOCK = 1 << 19  # numbers held at once where the marks of an entry meet each other


@dataclass(frozen=True)
class Design:
    """Who marked what: entries and judges numbered from 0 without gaps, and the marks.

    ``blocks`` hold the positions of the marks, a row an entry, entries of equally many marks
    together. ``level`` is the mean of all marks; ``points`` are above or below it.
    """

    entry: Ints
    judge: Ints
    points: Floats
    level: float
    works_by_entry: Ints
    works_by_judge: Ints
    blocks: tuple[Ints, ...]

    @classmethod
    def of(cls, entry: Ints, judge: Ints, marks: Floats) -> "Design":
        """Number of marks, at least one, in any order."""
        works = np.bincount(entry)
        order, starts = np.argsort(entry, kind="stable"), np.cumsum(works) - works
        blocks = []
        for count in np.unique(works):
            first = starts[works == count]
            rows = order[first[:, None] + np.arange(count)]
            parts = max(1, rows.size * int(count) // _BLOCK)
            blocks += np.array_split(rows, parts)
        level = float(marks.mean())
        points = marks - level
        return cls(entry, judge, points, level, works, np.bincount(judge), tuple(blocks))


@dataclass(frozen=True)
class Scales:
    """Each judge's scale, as a logarithm, and whether errors grow with it."""

    logs: Floats
    with_errors: bool = False

    @property
    def of_quality(self) -> Floats:
        """``s_j``."""
        return np.exp(self.logs)

    @property
    def of_errors(self) -> Floats:
        """``t_j``."""
        return self.of_quality if self.with_errors else np.ones_like(self.logs)


@dataclass(frozen=True)
class System:
    """The equations in units of σ, entries eliminated; the judges' last row is the centre's.

    ``of_entry``, ``of_judge``, ``of_centre``: what each mark, divided by ``t_j``, has of them.
    ``diagonal`` and ``by_entry`` are the entries' part and right side; ``factor`` is the
    Cholesky factor of what is left, ``rest`` its solution, ``penalty`` the penalised sum of
    squares.
    """

    design: Design
    of_entry: Floats
    of_judge: Floats
    of_centre: Floats
    diagonal: Floats
    by_entry: Floats
    factor: Floats
    rest: Floats
    penalty: float

    def entries_given(self, rest: Floats) -> Floats:
        """The entries' best values, given values of judges and centre, a column each."""
        design = self.design
        count, judges = len(design.entry), len(self.rest)
        shares = np.concatenate([self.of_entry * self.of_judge, self.of_entry * self.of_centre])
        rows = np.concatenate([design.entry, design.entry])
        columns = np.concatenate([design.judge, np.full(count, judges - 1)])
        shape = (len(self.diagonal), judges)
        coupling = sparse.csr_array((shares, (rows, columns)), shape=shape)
        return np.asarray((self.by_entry[:, None] - coupling @ rest) / self.diagonal[:, None])

    @property
    def log_determinant(self) -> float:
        """Of the whole system."""
        return float(np.log(self.diagonal).sum() + 2 * np.log(np.diag(self.factor)).sum())


@dataclass(frozen=True)
class Solution:
    """What the marks say for given ratios and scales. Effects are in points.

    ``criterion`` is minus twice the restricted log-likelihood, σ² at its best; ``slopes`` are
    its derivatives by the logarithms of both ratios and of every scale. Variances are those of
    the effects given the marks; ``errors`` what is left of each mark, and
    ``error_variance`` how uncertain that is.
    """

    system: System
    criterion: float
    sigma2: float
    centre: float
    entries: Floats
    judges: Floats
    entry_variance: Floats
    judge_variance: Floats
    errors: Floats
    error_variance: Floats
    slopes: Floats


def solve(design: Design, ratios: Ratios, scales: Scales) -> Solution:
    """Effects, likelihood and its slopes, for given ratios and scales."""
    entry_ratio, judge_ratio = ratios
    system = _eliminate(design, ratios, scales)
    free, of_errors = len(design.points) - 1, scales.of_errors[design.judge]
    sigma2 = system.penalty / free
    criterion = (
        system.log_determinant
        + free * (1 + np.log(2 * np.pi * sigma2))
        + 2 * float(np.log(of_errors).sum())
    )
    inverse = np.asarray(linalg.cho_solve((system.factor, True), np.eye(len(system.rest))))
    with_rest, with_centre, variance = _covariances(system, inverse)

    entry, judge, scale = design.entry, design.judge, scales.of_quality[design.judge]
    taken = system.of_judge * system.rest[judge] + system.of_centre * system.rest[-1]
    raw = (system.by_entry - _sums(entry, system.of_entry * taken)) / system.diagonal
    entries, judges = entry_ratio * raw, judge_ratio * system.rest[:-1]
    own = np.diag(inverse)[:-1]
    level = judge_ratio * inverse[:-1, -1] + inverse[-1, -1]
    var_level = judge_ratio**2 * own + judge_ratio * inverse[:-1, -1] + level
    var_entry = entry_ratio**2 * variance
    entry_judge = entry_ratio * judge_ratio * with_rest
    entry_level = entry_judge + entry_ratio * with_centre[entry]

    errors = design.points - system.rest[-1] - judges[judge] - scale * entries[entry]
    spread = sigma2 * (var_level[judge] + 2 * scale * entry_level + scale**2 * var_entry[entry])
    by_entry = errors * entries[entry] - sigma2 * (entry_level + scale * var_entry[entry])
    judge_level = judge_ratio**2 * own + judge_ratio * inverse[:-1, -1]
    by_judge = errors * judges[judge] - sigma2 * (judge_level[judge] + scale * entry_judge)
    weight = 2 / (sigma2 * of_errors**2)
    by_scale = -weight * by_entry * scale
    if scales.with_errors:
        by_scale = by_scale + 2 - weight * (errors**2 + spread)
    slopes = [
        -float((weight * by_entry * scale).sum()),
        -float((weight * by_judge).sum()),
        *_sums(judge, by_scale),
    ]
    return Solution(
        system=system,
        criterion=float(criterion),
        sigma2=sigma2,
        centre=design.level + float(system.rest[-1]),
        entries=entries,
        judges=judges,
        entry_variance=sigma2 * var_entry,
        judge_variance=sigma2 * judge_ratio**2 * own,
        errors=errors,
        error_variance=spread,
        slopes=np.array(slopes),
    )


def _eliminate(design: Design, ratios: Ratios, scales: Scales) -> System:
    entry_ratio, judge_ratio = ratios
    entry, judge = design.entry, design.judge
    of_centre = 1 / scales.of_errors[judge]
    of_entry = entry_ratio * scales.of_quality[judge] * of_centre
    of_judge = judge_ratio * of_centre
    points = design.points * of_centre
    count = len(design.works_by_judge)
    diagonal = 1 + _sums(entry, of_entry**2)
    with_judge, with_centre = of_entry * of_judge, _sums(entry, of_entry * of_centre)

    left = np.zeros((count + 1, count + 1))
    for block in design.blocks:
        part, judges = with_judge[block] / np.sqrt(diagonal[entry[block]]), judge[block]
        np.subtract.at(
            left, (judges[:, :, None], judges[:, None, :]), part[:, :, None] * part[:, None, :]
        )
    each = np.arange(count)
    left[each, each] += 1 + _sums(judge, of_judge**2)
    border = _sums(judge, of_judge * of_centre)
    border -= _sums(judge, with_judge * (with_centre / diagonal)[entry])
    left[:-1, -1] = left[-1, :-1] = border
    left[-1, -1] = of_centre @ of_centre - with_centre @ (with_centre / diagonal)

    by_entry = _sums(entry, of_entry * points)
    best = by_entry / diagonal
    right = np.append(
        _sums(judge, of_judge * points) - _sums(judge, with_judge * best[entry]),
        of_centre @ points - with_centre @ best,
    )
    factor = np.asarray(linalg.cholesky(left, lower=True, overwrite_a=True))
    rest = np.asarray(linalg.cho_solve((factor, True), right))
    penalty = float(points @ points - by_entry @ best - right @ rest)
    return System(design, of_entry, of_judge, of_centre, diagonal, by_entry, factor, rest, penalty)


def _covariances(system: System, inverse: Floats) -> tuple[Floats, Floats, Floats]:
    """In units of σ²: of each mark's entry and judge, of entries and centre, of entries alone."""
    entry, judge = system.design.entry, system.design.judge
    with_judge = system.of_entry * system.of_judge
    with_centre = _sums(entry, system.of_entry * system.of_centre)
    seen = with_centre[entry] * inverse[-1, judge]
    for block in system.design.blocks:
        judges = judge[block]
        between = inverse[judges[:, :, None], judges[:, None, :]]
        seen[block] += np.einsum("ek,ekl->el", with_judge[block], between)
    central = with_centre * inverse[-1, -1] + _sums(entry, with_judge * inverse[judge, -1])
    whole = _sums(entry, with_judge * seen) + with_centre * central
    variance = 1 / system.diagonal + whole / system.diagonal**2
    return -seen / system.diagonal[entry], -central / system.diagonal, variance


def _sums(index: Ints, values: Floats) -> Floats:
    return np.bincount(index, values).astype(np.float64)
