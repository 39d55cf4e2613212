"""Checks of Chinese identifiers: resident id, unified social credit code, mobile number.

``normalise_*`` cleans what a person typed and never refuses; ``find_*_fault`` and ``is_*``
take the cleaned form. Holders of other documents (passport, permits of Hong Kong, Macao and
Taiwan) have no resident id: never force that check on them.
"""

import re
from datetime import date
from enum import StrEnum

from eventhub.domain.text import compact, drop_dashes

_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_RESIDENT = re.compile(r"[1-9][0-9]{16}[0-9X]")
_USCC = re.compile(f"[{_USCC_ALPHABET}]{{18}}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_COUNTRY_PREFIX = re.compile(r"(\+|00)?86(?=1[0-9]{10}$)")


class Fault(StrEnum):
    """Why an identifier cannot be right; the first that applies, in this order.

    ``FORM`` is for papers of which nothing but the form is known.
    """

    LENGTH = "length"
    CHARACTER = "character"
    DATE = "date"
    CHECKSUM = "checksum"
    FORM = "form"


class InvalidIdentifierError(ValueError):
    """A fact was asked of an identifier that is not valid."""


def normalise_resident_id(typed: str) -> str:
    """Drop spaces and dashes, narrow full-width characters, write x as X."""
    return _clean(typed)


def find_resident_id_fault(resident_id: str) -> Fault | None:
    """Check a resident id by GB 11643: form, date of birth, check digit.

    The region is not looked up, because codes are retired with their districts but stay on
    the cards. Whether the date of birth is in the future is for the caller, who has a clock.
    """
    if len(resident_id) != 18:
        return Fault.LENGTH
    if not _RESIDENT.fullmatch(resident_id):
        return Fault.CHARACTER
    try:
        _born_on(resident_id)
    except ValueError:
        return Fault.DATE
    digits = map(int, resident_id[:17])
    weighted = sum(w * digit for w, digit in zip(_RESIDENT_WEIGHTS, digits, strict=True))
    return None if resident_id[17] == _RESIDENT_CHECKS[weighted % 11] else Fault.CHECKSUM


def is_resident_id(resident_id: str) -> bool:
    return find_resident_id_fault(resident_id) is None


def get_birth_date(resident_id: str) -> date:
    """Read the date of birth from a valid resident id.

    Raises:
        InvalidIdentifierError: the id is not valid.
    """
    if not is_resident_id(resident_id):
        raise InvalidIdentifierError("not a resident id")
    return _born_on(resident_id)


def normalise_uscc(typed: str) -> str:
    """Drop spaces and dashes, narrow full-width characters, write in capitals."""
    return _clean(typed)


def find_uscc_fault(uscc: str) -> Fault | None:
    """Check a unified social credit code (统一社会信用代码) by GB 32100.

    The organisation code inside (positions 9 to 17) has a check character of its own by
    GB 11714, which is not looked at: GB 32100 does not ask for it.
    """
    if len(uscc) != 18:
        return Fault.LENGTH
    if not _USCC.fullmatch(uscc):
        return Fault.CHARACTER
    values = [_USCC_ALPHABET.index(character) for character in uscc]
    weighted = sum(w * value for w, value in zip(_USCC_WEIGHTS, values[:17], strict=True))
    return None if values[17] == -weighted % 31 else Fault.CHECKSUM


def is_uscc(uscc: str) -> bool:
    return find_uscc_fault(uscc) is None


def normalise_mobile(typed: str) -> str:
    """Drop spaces, dashes, brackets and the country prefix +86, 0086 or 86."""
    return _COUNTRY_PREFIX.sub("", re.sub(r"[().]", "", _clean(typed)))


def is_mobile(mobile: str) -> bool:
    """Tell whether this is a mobile number of the mainland, without prefix."""
    return _MOBILE.fullmatch(mobile) is not None


def _born_on(resident_id: str) -> date:
    return date.fromisoformat(f"{resident_id[6:10]}-{resident_id[10:12]}-{resident_id[12:14]}")


def _clean(typed: str) -> str:
    return drop_dashes(compact(typed)).upper()
