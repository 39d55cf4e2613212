"""Shareholders in one cell of a workbook: ``张三 60%；李四 1/3；王五 -``.

A name that holds a separator or a percent sign stands in quotation marks, and a mark within it
twice, as in CSV: ``"甲；乙合伙企业" 40%``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from eventhub.domain.eligibility import InvalidShareError, parse_share

NO_SHARE = "-"
_MARKS = re.compile('[;；"%％\n]')
_HOLDER = re.compile(
    r"""
    \s* (?: " (?P<quoted> (?: [^"] | "" )* ) "
           | (?P<plain> [^\s;；"%％] (?: [^;；%％\n]*? [^\s;；%％] )? ) )
    \s+ (?P<share> [^\s;；]+ )
    \s* (?: [;；\n] | $ )
    """,
    re.VERBOSE,
)
_BLANK = re.compile(r"[\s;；]*")


def write_holders(holders: Iterable[tuple[str, str]]) -> str:
    """Names, each with the share as it is typed, as ``read_holders`` gives them back."""
    return "；".join(f"{_quote(name)} {share or NO_SHARE}" for name, share in holders)


def read_holders(told: str) -> list[tuple[str, str]]:
    """Names, each with the share as it was typed; "" where none is known.

    Raises:
        InvalidShareError: it is not written so, or a share is none.

    """
    holders = []
    at = _skip(told, 0)
    while at < len(told):
        found = _HOLDER.match(told, at)
        if found is None:
            raise InvalidShareError("no name with a share")
        quoted, share = found["quoted"], found["share"]
        name = found["plain"] if quoted is None else quoted.replace('""', '"')
        if share != NO_SHARE:
            parse_share(share)
        holders.append((name.strip(), "" if share == NO_SHARE else share))
        at = _skip(told, found.end())
    return holders


def _quote(name: str) -> str:
    if name and not _MARKS.search(name):
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _skip(told: str, at: int) -> int:
    blank = _BLANK.match(told, at)
    return blank.end() if blank else at
