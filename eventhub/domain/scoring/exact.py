"""Exact arithmetic on marks, and the one rounding at its end."""

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import TypeAlias

Exact: TypeAlias = Decimal | Fraction

# so wide that no sum of marks is rounded; should one be, it fails instead
_WIDE = Context(prec=100_000, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])


class NoMarksError(ValueError):
    """There is nothing to take a mean of."""


class InvalidMarkError(ValueError):
    """A mark is no finite ``Decimal``. A float is refused: it is already rounded."""


class InvalidRuleError(ValueError):
    """The score rule asks for the impossible."""


def round_half_up(value: Exact, decimals: int) -> Decimal:
    """Round to exactly ``decimals`` places; a half goes away from zero.

    Works on the exact value, whatever the decimal context says.
    """
    return round_ratio(*value.as_integer_ratio(), decimals)


def round_ratio(numerator: int, denominator: int, decimals: int) -> Decimal:
    """``round_half_up`` of a quotient; ``denominator`` is positive."""
    if decimals < 0:
        raise InvalidRuleError("decimals must not be negative")
    units = (2 * abs(numerator) * 10**decimals + denominator) // (2 * denominator)
    return Decimal(units if numerator >= 0 else -units).scaleb(-decimals, context=_WIDE)


def check_marks(marks: Sequence[Decimal]) -> None:
    """Refuse what cannot be added.

    Raises:
        NoMarksError: there are no marks.
        InvalidMarkError: a mark is no finite ``Decimal``.
    """
    if not marks:
        raise NoMarksError("no marks")
    for mark in marks:
        if not isinstance(mark, Decimal) or not mark.is_finite():
            raise InvalidMarkError(f"not a finite Decimal: {mark!r}")


def add(marks: Iterable[Decimal]) -> Decimal:
    """The sum to the last digit; nothing adds up to 0.

    ``sum`` would round to the 28 digits of the decimal context.
    """
    return reduce(_WIDE.add, marks, Decimal(0))


def dot(weights: Iterable[Decimal], marks: Iterable[Decimal]) -> Decimal:
    """The sum of the products to the last digit."""
    total = Decimal(0)
    for weight, mark in zip(weights, marks, strict=True):
        total = _WIDE.fma(weight, mark, total)
    return total


def mean(marks: Sequence[Decimal]) -> Fraction:
    """The exact mean.

    Raises:
        NoMarksError, InvalidMarkError: see ``check_marks``.
    """
    check_marks(marks)
    numerator, denominator = add(marks).as_integer_ratio()
    return Fraction(numerator, denominator * len(marks))


def median(marks: Sequence[Decimal]) -> Fraction:
    """The mark in the middle; of an even number the mean of the two in the middle.

    Raises:
        NoMarksError, InvalidMarkError: see ``check_marks``.
    """
    check_marks(marks)
    ascending = sorted(marks)
    return mean([ascending[(len(marks) - 1) // 2], ascending[len(marks) // 2]])


def to_units(marks: Sequence[Decimal]) -> tuple[list[int], int]:
    """The marks as whole numbers of a common unit, and how many of it make one point.

    Raises:
        NoMarksError, InvalidMarkError: see ``check_marks``.
    """
    check_marks(marks)
    ratios = [mark.as_integer_ratio() for mark in marks]
    scale = lcm(*(denominator for _, denominator in ratios))
    return [numerator * (scale // denominator) for numerator, denominator in ratios], scale
