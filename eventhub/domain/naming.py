"""What files are called when they leave the house: by a rule such as ``{order}+{project}``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum

BYTES_MAX = 180  # of a name without its ending: file systems take 255 bytes of the whole
_PLACE = re.compile(r"\{([^{}]*)\}")
_UNSAFE = re.compile(r'[/\\:*?"<>|]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")

PLACES = ("order", "code", "project", "school", "captain", "group", "document", "number")


class NamingFault(StrEnum):
    """Why a rule cannot be used."""

    EMPTY = "empty"
    UNKNOWN = "unknown"  # a placeholder that there is not
    BRACES = "braces"
    UNSAFE = "unsafe"
    SAME = "same"  # nothing in it tells one entry from another


_TELLING = {"order", "code", "project", "captain"}


def check_rule(rule: str) -> tuple[NamingFault, str] | None:
    """The first fault of a rule and the part that is at fault; None for a good one."""
    if not rule.strip():
        return NamingFault.EMPTY, ""
    places = _PLACE.findall(rule)
    for place in places:
        if place not in PLACES:
            return NamingFault.UNKNOWN, f"{{{place}}}"
    rest = _PLACE.sub("", rule)
    if "{" in rest or "}" in rest:
        return NamingFault.BRACES, ""
    unsafe = _UNSAFE.search(rest)
    if unsafe:
        return NamingFault.UNSAFE, unsafe[0]
    if not _TELLING & set(places):
        return NamingFault.SAME, ""
    return None


def file_name(rule: str, facts: Mapping[str, str], ending: str) -> str:
    """The name by a rule, made safe for every system; a placeholder without a fact is empty."""
    filled = _PLACE.sub(lambda place: facts.get(place[1], ""), rule)
    return f"{safe_name(filled)}.{ending}"


def safe_name(text: str) -> str:
    """A name without what some system refuses or shows wrongly, and not too long.

    Never empty; no folder, no dot or blank at an end, no control and no direction mark.
    """
    flat = unicodedata.normalize("NFC", text)
    kept = "".join(
        "" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} else c for c in flat
    )
    clean = " ".join(_UNSAFE.sub("_", kept).split()).strip(" .")
    clean = clean.encode()[:BYTES_MAX].decode(errors="ignore").rstrip(" .")
    if not clean:
        return "_"
    return f"_{clean}" if _RESERVED.fullmatch(clean) else clean


def distinct(names: Iterable[str]) -> list[str]:
    """The same names, a number behind each that would fall on an earlier one: ``a (2).pdf``.

    Names that differ only in case fall together on some systems and count as equal.
    """
    taken: set[str] = set()
    found = []
    for name in names:
        stem, dot, ending = name.rpartition(".")
        chosen, count = name, 1
        while chosen.casefold() in taken:
            count += 1
            chosen = f"{stem} ({count}){dot}{ending}" if dot else f"{ending} ({count})"
        taken.add(chosen.casefold())
        found.append(chosen)
    return found
