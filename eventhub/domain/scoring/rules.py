"""From the totals of an entry's scoresheets to its total in the round.

Arithmetic is exact (``Fraction``) until the one rounding that the rule names, because a
mean of three marks has no finite decimal form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

Exact: TypeAlias = Decimal | Fraction


class NoMarksError(ValueError):
    """There is nothing to take a mean of."""


class InvalidMarkError(ValueError):
    """A mark is no finite ``Decimal``. A float is refused: it is already rounded."""


class InvalidRuleError(ValueError):
    """The score rule asks for the impossible."""


class UnequalSheetsError(ValueError):
    """The scoresheets of one entry do not mark the same criteria."""


class ScoreRuleKind(StrEnum):
    MEAN = "mean"
    DROP_EXTREMES = "drop_extremes"


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """How the totals of the scoresheets become one total.

    ``drop`` counts the sheets left out at each end and matters to ``DROP_EXTREMES`` only.
    ``decimals`` are those of the published total.
    """

    kind: ScoreRuleKind
    drop: int = 1
    decimals: int = 2

    def __post_init__(self) -> None:
        if self.decimals < 0:
            raise InvalidRuleError("decimals must not be negative")
        if self.kind is ScoreRuleKind.DROP_EXTREMES and self.drop < 1:
            raise InvalidRuleError("dropping extremes means dropping at least one")


@dataclass(frozen=True, slots=True)
class RoundTotal:
    """One entry's result in a round, with all that is needed to explain it.

    ``used`` and ``dropped`` are ascending indices into the totals that were given.
    ``raw_mean`` and ``raw_sum`` count every sheet, the dropped ones too.
    """

    total: Decimal
    exact: Fraction
    used: tuple[int, ...]
    dropped: tuple[int, ...]
    raw_mean: Fraction
    raw_sum: Decimal


def round_half_up(value: Exact, decimals: int) -> Decimal:
    """Round to exactly ``decimals`` places; a half goes away from zero.

    Works on the exact value, whatever the decimal context says.
    """
    if decimals < 0:
        raise InvalidRuleError("decimals must not be negative")
    exact = Fraction(value)
    scaled = abs(exact) * 10**decimals
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    digits = tuple(int(digit) for digit in str(units))
    return Decimal((int(exact < 0 and units > 0), digits, -decimals))


def trimmed_mean(marks: Sequence[Decimal], *, drop: int) -> Fraction:
    """Average the marks after leaving out the ``drop`` highest and lowest.

    Of several equal extremes only ``drop`` are left out. With fewer than ``2 * drop + 1``
    marks nothing is left out. The result is exact; the caller rounds, once.

    Raises:
        NoMarksError: there are no marks.
        InvalidMarkError: a mark is no finite ``Decimal``.
        InvalidRuleError: ``drop`` is negative.
    """
    exact = _exact(marks)
    used = _used(exact, drop)
    return _mean([exact[index] for index in used])


def total(sheet_totals: Sequence[Decimal], rule: ScoreRule) -> RoundTotal:
    """Total one entry's scoresheets by the rule of the round.

    Of several equal extremes the first lowest and the last highest are left out; which
    one it is changes no total, but it shows on the page, so give the sheets in a stable
    order.

    Raises:
        NoMarksError: the entry has no scoresheet.
        InvalidMarkError: a total is no finite ``Decimal``.
    """
    exact = _exact(sheet_totals)
    drop = rule.drop if rule.kind is ScoreRuleKind.DROP_EXTREMES else 0
    used = _used(exact, drop)
    mean = _mean([exact[index] for index in used])
    places = max(0, *(-_exponent(sheet_total) for sheet_total in sheet_totals))
    return RoundTotal(
        total=round_half_up(mean, rule.decimals),
        exact=mean,
        used=used,
        dropped=tuple(index for index in range(len(exact)) if index not in set(used)),
        raw_mean=_mean(exact),
        raw_sum=round_half_up(sum(exact, Fraction(0)), places),
    )


def criterion_means(sheets: Sequence[Mapping[str, Decimal]]) -> dict[str, Fraction]:
    """Mean of each criterion over every sheet of one entry, for breaking ties.

    Dropped sheets count here. Of two sheets with equal totals either may be the dropped
    one, and a tie must not hang on which.

    Raises:
        NoMarksError: the entry has no scoresheet.
        UnequalSheetsError: a criterion is missing on some sheet.
    """
    if not sheets:
        raise NoMarksError("no scoresheets")
    if any(sheet.keys() != sheets[0].keys() for sheet in sheets):
        raise UnequalSheetsError("the sheets mark different criteria")
    return {key: _mean(_exact([sheet[key] for sheet in sheets])) for key in sheets[0]}


def _exact(marks: Sequence[Decimal]) -> list[Fraction]:
    if not marks:
        raise NoMarksError("no marks")
    for mark in marks:
        if not isinstance(mark, Decimal) or not mark.is_finite():
            raise InvalidMarkError(f"not a finite Decimal: {mark!r}")
    return [Fraction(mark) for mark in marks]


def _used(marks: Sequence[Fraction], drop: int) -> tuple[int, ...]:
    if drop < 0:
        raise InvalidRuleError("cannot drop a negative number of marks")
    ascending = sorted(range(len(marks)), key=lambda index: (marks[index], index))
    if len(marks) >= 2 * drop + 1:
        ascending = ascending[drop : len(marks) - drop]
    return tuple(sorted(ascending))


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # only NaN and infinity have letters, and they are refused
    return exponent
