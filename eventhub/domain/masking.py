"""What of a person each kind of output may show: all, a masked form, or nothing.

A notice that asks for objections needs less than an award list, a certificate needs the whole
name, and no output carries a number of identity. Whatever an output may not show comes back
empty. Practice behind the masked forms: of a name of two characters the first stays, of a longer
one the first and the last; of a mobile number the first three and last four digits.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from eventhub.domain.identifiers import is_mobile, normalise_mobile

STAR = "*"
_JOINERS = "\u200d"
_SEPARATORS = frozenset("·•‧・･.．-‐'’ ,，")


class OutputKind(StrEnum):
    """Where personal data is about to appear."""

    PUBLIC_NOTICE = "public_notice"  # 公示 of entries or of who goes up: before anything is won
    AWARD_LIST = "award_list"  # 公示 of awards, and the award list itself
    CERTIFICATE = "certificate"  # and the page that verifies it
    ATTENDANCE_WALL = "attendance_wall"  # the screen at the door, lists of who came
    OFFICE_EXPORT = "office_export"  # a workbook for those who run the competition
    BUREAU = "bureau"  # who reads every circle and runs none
    REVIEW = "review"  # the page of those who review, and a person's own page
    JUDGE = "judge"
    BLIND = "blind"  # a judge of a blind round


class Treatment(StrEnum):
    """How much of a value an output shows."""

    FULL = "full"
    MASKED = "masked"
    NONE = "none"


class Shown(NamedTuple):
    """How an output treats each kind of personal data."""

    name: Treatment
    phone: Treatment
    mail: Treatment
    student_number: Treatment
    identity: Treatment
    birth_date: Treatment


_FULL, _MASKED, _NONE = Treatment.FULL, Treatment.MASKED, Treatment.NONE

SHOWN = {
    OutputKind.PUBLIC_NOTICE: Shown(_MASKED, _NONE, _NONE, _MASKED, _NONE, _NONE),
    OutputKind.AWARD_LIST: Shown(_FULL, _NONE, _NONE, _NONE, _NONE, _NONE),
    OutputKind.CERTIFICATE: Shown(_FULL, _NONE, _NONE, _NONE, _NONE, _NONE),
    OutputKind.ATTENDANCE_WALL: Shown(_MASKED, _NONE, _NONE, _NONE, _NONE, _NONE),
    OutputKind.BUREAU: Shown(_MASKED, _NONE, _NONE, _NONE, _NONE, _NONE),
    OutputKind.OFFICE_EXPORT: Shown(_FULL, _FULL, _FULL, _FULL, _NONE, _NONE),
    OutputKind.REVIEW: Shown(_FULL, _MASKED, _MASKED, _FULL, _MASKED, _MASKED),
    OutputKind.JUDGE: Shown(_FULL, _NONE, _NONE, _NONE, _NONE, _NONE),
    OutputKind.BLIND: Shown(_NONE, _NONE, _NONE, _NONE, _NONE, _NONE),
}


def mask_name(name: str, kind: OutputKind) -> str:
    """A name as an output may show it: 张*, 欧**娜, 吉*·*呷, J*** ***h.

    Characters are counted as people read them, so that a rare one or a letter with its accent is
    one. Of a name of one character nothing is left. Hidden Latin letters are not counted out.
    """
    return _apply(SHOWN[kind].name, name, _mask_name)


def mask_phone(phone: str | None, kind: OutputKind) -> str:
    """A telephone number as an output may show it: 138****0011."""
    return _apply(SHOWN[kind].phone, phone, _mask_phone)


def mask_mail(address: str | None, kind: OutputKind) -> str:
    """A mail address as an output may show it: t***@example.com."""
    return _apply(SHOWN[kind].mail, address, _mask_mail)


def mask_student_number(number: str | None, kind: OutputKind) -> str:
    """A student number as an output may show it: 20******01."""
    return _apply(SHOWN[kind].student_number, number, _mask_student_number)


def mask_identity(number: str | None, kind: OutputKind) -> str:
    """A number of identity papers as an output may show it: 500106********0011, E******78."""
    return _apply(SHOWN[kind].identity, number, _mask_identity)


def mask_birth_date(born_on: date | None, kind: OutputKind) -> str:
    """A birth date as an output may show it: 2004-**-**."""
    day = born_on.isoformat() if born_on else None
    return _apply(SHOWN[kind].birth_date, day, lambda told: f"{told[:4]}-**-**")


def _apply(treatment: Treatment, value: str | None, mask: Callable[[str], str]) -> str:
    value = (value or "").strip()
    if not value or treatment is Treatment.NONE:
        return ""
    return value if treatment is Treatment.FULL else mask(value)


def _mask_name(name: str) -> str:
    parts = _clusters(name)
    letters = [at for at, part in enumerate(parts) if part not in _SEPARATORS]
    if not letters:
        return STAR
    kept = {letters[0], letters[-1]} if len(letters) > 2 else {*letters[: len(letters) - 1]}
    shown: list[str] = []
    for at, part in enumerate(parts):
        if at in kept or part in _SEPARATORS:
            shown.append(part)
        elif _is_ideograph(part):
            shown.append(STAR)
        elif shown[-1:] != [STAR * 3]:
            shown.append(STAR * 3)  # a run of letters, however long
    return "".join(shown)


def _mask_phone(phone: str) -> str:
    bare = normalise_mobile(phone)
    if is_mobile(bare):
        return f"{bare[:3]}****{bare[-4:]}"
    return f"****{bare[-_tail(len(bare)) :]}" if _tail(len(bare)) else "****"


def _tail(length: int) -> int:
    """How many last characters of an unknown kind of number may stay: never a half."""
    return 4 if length >= 10 else 2 if length >= 6 else 0


def _mask_mail(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if not at:
        return STAR * 3
    return f"{local[:1] if len(local) > 1 else ''}***@{domain}"


def _mask_student_number(number: str) -> str:
    return _keep_ends(number, 2, 2)


def _mask_identity(number: str) -> str:
    return _keep_ends(number, 6, 4) if len(number) == 18 else _keep_ends(number, 1, 2)


def _keep_ends(text: str, first: int, last: int) -> str:
    """Hide the middle; of a text so short that its ends are most of it, everything."""
    hidden = len(text) - first - last
    if hidden < 4:
        return STAR * len(text)
    return f"{text[:first]}{STAR * hidden}{text[-last:]}"


def _clusters(text: str) -> list[str]:
    """Characters as people read them: a base with the marks and selectors that follow it."""
    found: list[str] = []
    for character in text:
        joins = unicodedata.category(character).startswith("M") or character in _JOINERS
        if found and (joins or found[-1].endswith(_JOINERS)):
            found[-1] += character
        else:
            found.append(character)
    return found


def _is_ideograph(cluster: str) -> bool:
    return unicodedata.east_asian_width(cluster[0]) in {"W", "F"}
