"""Shares of a company, exact: a third stays a third."""

import re
from fractions import Fraction

from eventhub.domain.text import compact

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%?")
_PART = re.compile(r"([0-9]{1,6})/([1-9][0-9]{0,5})")
_PLACES = 6


class InvalidShareError(ValueError):
    """No share between nothing and the whole."""


def parse_share(typed: str) -> Fraction:
    """Read ``33.4`` or ``33.4%`` (percent) or ``1/3`` (a part of the whole).

    Full-width figures are welcome.

    Raises:
        InvalidShareError: it is neither, or more than the whole.
    """
    text = compact(typed)
    if part := _PART.fullmatch(text):
        share = Fraction(int(part[1]), int(part[2]))
    elif percent := _PERCENT.fullmatch(text):
        share = Fraction(percent[1]) / 100
    else:
        raise InvalidShareError("neither a percentage nor a part")
    if share > 1:
        raise InvalidShareError("more than the whole")
    return share


def round_share(share: Fraction) -> str:
    """Write a share to be read, to two decimals of a percent, half up."""
    hundredths = (share * 10_000 + Fraction(1, 2)).__floor__()
    whole, rest = divmod(hundredths, 100)
    decimals = f"{rest:02}".rstrip("0")
    return f"{whole}.{decimals}%" if decimals else f"{whole}%"


def write_share(share: Fraction) -> str:
    """Write a share so that ``parse_share`` gives it back: ``33.4%``, or ``1/3`` where needed."""
    percent = share * 100
    scaled = percent * 10**_PLACES
    if scaled.denominator != 1:
        return f"{share.numerator}/{share.denominator}"
    whole, rest = divmod(int(scaled), 10**_PLACES)
    decimals = f"{rest:0{_PLACES}}".rstrip("0")
    return f"{whole}.{decimals}%" if decimals else f"{whole}%"
