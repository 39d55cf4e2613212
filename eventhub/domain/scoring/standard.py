"""Standard scores (标准分): each judge's marks measured by that judge's own mean and spread.

``50 + 10 (x - mean of the judge) / standard deviation of the judge``, the deviation with n - 1,
as Chinese contests compute it. It evens out judges who are strict or mild, and judges who use
much or little of the scale, but takes for granted that every judge saw works of equal quality.

Where the formula has no answer: a judge who gave all works the same mark says that they are
alike, and each gets 50. A judge of one work compared it with nothing; that mark has no standard
score and is left out of the entry's mean. An entry seen by such judges only has the mean 50.
"""

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from math import gcd, isqrt
from typing import TypeVar

from eventhub.domain.scoring.exact import round_half_up, round_ratio, to_units

CENTRE = 50
SPREAD = 10

EntryId = TypeVar("EntryId", bound=Hashable)


def standard_scores(
    totals: Mapping[EntryId, Decimal], *, decimals: int
) -> dict[EntryId, Decimal | None]:
    """One judge's standard scores, exactly rounded half up; None for a judge of one work.

    Raises:
        InvalidMarkError: a total is no finite ``Decimal``.
    """
    if len(totals) < 2:
        return dict.fromkeys(totals)
    units, _scale = to_units(list(totals.values()))
    count, whole = len(units), sum(units)
    squares = count * sum(unit * unit for unit in units) - whole * whole
    return {
        entry_id: _score(count * unit - whole, count, squares, decimals)
        for entry_id, unit in zip(totals, units, strict=True)
    }


def _score(deviation: int, count: int, squares: int, decimals: int) -> Decimal:
    """The score of a mark ``deviation / count`` above a mean of ``squares`` spread.

    The square of what is added to 50 is a quotient of whole numbers, and so its root is taken:
    no digit depends on the precision of a square root.
    """
    if not deviation:
        return round_half_up(Decimal(CENTRE), decimals)
    square, of = SPREAD**2 * deviation**2 * (count - 1), count * squares
    common = gcd(square, of)
    square, of = square // common, of // common
    root, of_root = isqrt(square), isqrt(of)
    if root * root != square or of_root * of_root != of:  # irrational, so no half can occur
        of_root = 10**decimals
        root = (isqrt(4 * of_root**2 * square // of) + 1) // 2
    up = root if deviation > 0 else -root
    return round_ratio(CENTRE * of_root + up, of_root, decimals)


def spread(scores: Sequence[Decimal | None]) -> Decimal:
    """How far the judges of one entry are apart; 0 for fewer than two scores."""
    known = [score for score in scores if score is not None]
    return max(known) - min(known) if known else Decimal(0)
