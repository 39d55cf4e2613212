"""Papers of identity by their kind: each has a form of its own, one has a checksum.

Only the resident's number is checked by GB 11643 and tells a birth date that we believe. Numbers
of residence permits look like it and are not forced through the same check, because a wrong
refusal keeps a guest from abroad, Hong Kong, Macao or Taiwan out.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from eventhub.domain.identifiers import (
    Fault,
    find_resident_id_fault,
    get_birth_date,
    is_resident_id,
    normalise_resident_id,
)


class PaperKind(StrEnum):
    """Kinds of papers that a member can show."""

    RESIDENT = "resident"  # 居民身份证
    PASSPORT = "passport"
    HK_MACAO = "hk_macao"  # 港澳居民来往内地通行证, 港澳居民居住证
    TAIWAN = "taiwan"  # 台湾居民来往大陆通行证, 台湾居民居住证
    FOREIGN_RESIDENT = "foreign_resident"  # 外国人永久居留身份证


_FORMS = {
    PaperKind.PASSPORT: re.compile(r"[A-Z0-9]{5,20}"),
    # the permit, with the two digits of its renewals or without; the residence permit
    PaperKind.HK_MACAO: re.compile(r"[HM][0-9]{8}([0-9]{2})?|8[12]0000[0-9]{11}[0-9X]"),
    # the card of today; the booklet before 2015 with its renewal letter; the residence permit
    PaperKind.TAIWAN: re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?|830000[0-9]{11}[0-9X]"),
    # the card since 2023, and the one before it
    PaperKind.FOREIGN_RESIDENT: re.compile(r"9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}"),
}
_BRACKETS = re.compile(r"[()\[\]]")


def normalise_paper(typed: str) -> str:
    """Drop spaces, dashes and brackets, narrow full-width characters, write in capitals."""
    return _BRACKETS.sub("", normalise_resident_id(typed))


def find_paper_fault(kind: PaperKind, number: str) -> Fault | None:
    """Say why a cleaned number cannot be one of this kind; of other papers only the form counts."""
    if kind is PaperKind.RESIDENT:
        return find_resident_id_fault(number)
    return None if _FORMS[kind].fullmatch(number) else Fault.FORM


def find_birth_date(kind: PaperKind, number: str) -> date | None:
    """The birth date that the papers tell: a valid resident's number only."""
    if kind is PaperKind.RESIDENT and is_resident_id(number):
        return get_birth_date(number)
    return None
