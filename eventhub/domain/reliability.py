"""How far judges agree: intraclass correlations, Krippendorff's alpha, Kendall's W.

Tables have a row an entry and a column a judge; NaN is a gap. Figures that the marks leave
undefined, as when all of them are equal, are None.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]


class IncompleteTableError(ValueError):
    """The figure needs two entries, two judges and no gap."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Icc:
    """The six forms of Shrout and Fleiss (1979): ICC(1,1) to ICC(3,1), then of the judges' mean.

    1: every entry has judges of its own; 2: judges are drawn from many, and their severity
    counts as disagreement; 3: these judges only, and severity does not count.
    """

    one: Interval
    two: Interval
    three: Interval
    one_mean: Interval
    two_mean: Interval
    three_mean: Interval


def icc(table: Floats, *, confidence: float = 0.95) -> Icc | None:
    """Intraclass correlations with intervals by F, after McGraw and Wong (1996).

    The intervals of form 2 are Satterthwaite's approximation, as there. None where nothing is
    left to divide by: all marks equal, or judges who agree to the last digit.

    Raises:
        IncompleteTableError: there is a gap, or less than two entries or judges.
    """
    rows, columns = _complete(table).shape
    grand = table.mean()
    between = columns * float(((table.mean(axis=1) - grand) ** 2).sum()) / (rows - 1)
    judges = rows * float(((table.mean(axis=0) - grand) ** 2).sum()) / (columns - 1)
    total = float(((table - grand) ** 2).sum())
    inside = (total - between * (rows - 1)) / (rows * (columns - 1))
    free = (rows - 1) * (columns - 1)
    error = (total - between * (rows - 1) - judges * (columns - 1)) / free
    if min(between, error) <= 1e-12 * total or total == 0:
        return None
    tail = (1 + confidence) / 2
    one = _by_ratio(between / inside, rows - 1, rows * (columns - 1), columns, tail)
    three = _by_ratio(between / error, rows - 1, free, columns, tail)
    with np.errstate(all="ignore"):  # where its degrees of freedom vanish, bounds are NaN
        squares = np.float64(between), np.float64(judges), np.float64(error)
        two = _absolute(*squares, rows, columns, tail)
    return Icc(one, two, three, *(_of_mean(each, columns) for each in (one, two, three)))


def _by_ratio(ratio: float, first: int, second: int, columns: int, tail: float) -> Interval:
    low = ratio / special.fdtri(first, second, tail)
    high = ratio * special.fdtri(second, first, tail)
    return Interval(*(float((each - 1) / (each + columns - 1)) for each in (ratio, low, high)))


def _absolute(
    between: float, judges: float, error: float, rows: int, columns: int, tail: float
) -> Interval:
    value = (between - error) / (
        between + (columns - 1) * error + columns * (judges - error) / rows
    )
    a = columns * value / (rows * (1 - value))
    b = 1 + columns * value * (rows - 1) / (rows * (1 - value))
    free = (a * judges + b * error) ** 2 / (
        (a * judges) ** 2 / (columns - 1) + (b * error) ** 2 / ((rows - 1) * (columns - 1))
    )
    rest = columns * judges + (columns * rows - columns - rows) * error
    upper, lower = special.fdtri(rows - 1, free, tail), special.fdtri(free, rows - 1, tail)
    return Interval(
        float(value),
        float(rows * (between - upper * error) / (upper * rest + rows * between)),
        float(rows * (lower * between - error) / (rest + rows * lower * between)),
    )


def _of_mean(single: Interval, columns: int) -> Interval:
    """Spearman and Brown: what the mean of all judges is worth.

    Minus infinity where judges contradict each other so much that the formula has no answer.
    """

    def stepped_up(value: float) -> float:
        below = 1 + (columns - 1) * value
        return columns * value / below if below > 0 else float("-inf")

    return Interval(*(stepped_up(each) for each in (single.value, single.low, single.high)))


class Level(StrEnum):
    """What differences between marks mean."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def krippendorff_alpha(table: Floats, *, level: Level) -> float | None:
    """Krippendorff's alpha: 1 is agreement, 0 what chance would give; gaps are allowed.

    After Krippendorff (2011), Computing Krippendorff's alpha-reliability. Entries with one mark
    say nothing and are left out.
    """
    paired = table[np.sum(~np.isnan(table), axis=1) >= 2]
    rows, _ = np.nonzero(~np.isnan(paired))
    values = paired[~np.isnan(paired)]
    if not len(values):
        return None
    _, rows = np.unique(rows, return_inverse=True)
    distinct, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    if len(distinct) == 1:
        return None
    if level is Level.ORDINAL:  # distances of ranks, a tie counting half
        values = (np.cumsum(counts) - counts / 2)[codes]
    if level in {Level.ORDINAL, Level.INTERVAL}:
        observed, expected = _square_distances(values, rows)
    else:
        observed, expected = _pair_distances(distinct, codes, rows, level)
    return 1 - observed / expected if expected > 0 else None


def _square_distances(values: Floats, rows: NDArray[np.int64]) -> tuple[float, float]:
    """Mean squared distance within entries and over all marks: sums of squares say it all."""
    size, values = np.bincount(rows), values - values.mean()
    within = np.bincount(rows, values**2) - np.bincount(rows, values) ** 2 / size
    observed = float((2 * size / (size - 1) * within).sum()) / len(values)
    expected = 2 * float((values**2).sum()) / (len(values) - 1)
    return observed, expected


def _pair_distances(
    distinct: Floats, codes: NDArray[np.int64], rows: NDArray[np.int64], level: Level
) -> tuple[float, float]:
    """Mean distance of pairs within entries and of all pairs."""

    def distance(left: Floats, right: Floats) -> Floats:
        if level is Level.NOMINAL:
            return np.asarray(left != right, dtype=np.float64)
        both = left + right
        return np.square(np.divide(left - right, both, out=np.zeros_like(both), where=both != 0))

    size = np.bincount(rows)
    order = np.argsort(rows, kind="stable")
    observed = 0.0
    for entry in np.split(distinct[codes[order]], np.cumsum(size)[:-1]):
        pairs = distance(entry[:, None], np.broadcast_to(entry, (len(entry), len(entry))))
        observed += float(pairs.sum()) / (len(entry) - 1)
    counts, expected = np.bincount(codes).astype(np.float64), 0.0
    for value, count in zip(distinct, counts, strict=True):
        expected += count * float(counts @ distance(np.full_like(distinct, value), distinct))
    return observed / len(codes), expected / (len(codes) * (len(codes) - 1))


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W: 1 if all judges rank alike; ``uncorrected`` takes no account of ties.

    ``doubt`` is the probability of as much agreement by chance (chi-squared).
    """

    value: float
    uncorrected: float
    doubt: float


def kendall_w(table: Floats) -> Concordance | None:
    """Kendall's coefficient of concordance, after Kendall and Smith (1939).

    None where no judge tells any two entries apart.

    Raises:
        IncompleteTableError: there is a gap, or less than two entries or judges.
    """
    rows, columns = _complete(table).shape
    most = columns**2 * (rows**3 - rows)
    sums, ties = np.zeros(rows), 0.0
    for judge in table.T:
        _, codes, counts = np.unique(judge, return_inverse=True, return_counts=True)
        sums += (np.cumsum(counts) - (counts - 1) / 2)[codes]  # of equals the mean rank
        ties += float((counts**3 - counts).sum())
    spread = 12 * float(((sums - sums.mean()) ** 2).sum())
    if most == columns * ties:
        return None
    value = spread / (most - columns * ties)
    doubt = float(special.chdtrc(rows - 1, columns * (rows - 1) * value))
    return Concordance(value, spread / most, doubt)


def _complete(table: Floats) -> Floats:
    if table.ndim != 2 or min(table.shape) < 2 or np.isnan(table).any():
        raise IncompleteTableError("needs two entries, two judges and no gap")
    return table
