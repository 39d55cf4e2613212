"""Numbers and dates as people type them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from eventhub.domain.questionnaire.questions import NUMBER_MAX

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,18})(\.\d{1,12})?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def read_number(text: str) -> Decimal | None:
    """A plain number, full-width digits and separators of thousands welcome; else None.

    No exponents, no formulas, nothing beyond ``NUMBER_MAX``.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain.isascii() or not _NUMBER.fullmatch(plain):
        return None
    number = Decimal(plain.replace(",", ""))
    return number if abs(number) <= NUMBER_MAX else None


def plain_number(number: Decimal) -> str:
    """A number as it is kept: ``-12.50``; no sign on nothing."""
    return f"{number if number else abs(number):f}"


def decimals_of(number: Decimal) -> int:
    """How many decimals count: 2 for 1.250."""
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)


def read_date(text: str) -> date | None:
    """A day written 2026-07-20, 2026/7/20 or 2026年7月20日; else None."""
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
