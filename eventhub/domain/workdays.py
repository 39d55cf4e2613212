"""Which days offices in mainland China work: weekends, public holidays, days worked in exchange.

Every November the State Council lays down the holidays of the next year. Of a year that is not
among the ``ARRANGEMENTS`` only the holidays with a fixed date are known: those of 全国年节及纪念日
放假办法 as of 2025-01-01, without the days that are moved for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Arrangement:
    """A year's holidays from their first to their last day, and the weekend days worked instead."""

    source: str
    free: tuple[tuple[date, date], ...]
    worked: frozenset[date]


# month and day
_FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def _arrangement(year: int, source: str, free: str, worked: str) -> Arrangement:
    """From days as ``01-01/01-03`` and ``01-04``, apart from each other by spaces."""

    def day(text: str) -> date:
        return date.fromisoformat(f"{year}-{text}")

    spans = [span.split("/") for span in free.split()]
    return Arrangement(
        source,
        tuple((day(first), day(last)) for first, last in spans),
        frozenset(map(day, worked.split())),
    )


ARRANGEMENTS = {
    2026: _arrangement(
        2026,
        "国务院办公厅关于2026年部分节假日安排的通知，2025年11月4日",  # not translated
        "01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}


def is_working_day(day: date) -> bool:
    """Whether offices work on this day, as far as its year is known."""
    arrangement = ARRANGEMENTS.get(day.year)
    if arrangement is None:
        return day.weekday() < 5 and (day.month, day.day) not in _FIXED
    if day in arrangement.worked:
        return True
    is_free = any(first <= day <= last for first, last in arrangement.free)
    return day.weekday() < 5 and not is_free


def next_working_day(day: date) -> date:
    """The day itself if it is worked, else the next that is."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def unknown_years(first: date, last: date) -> list[int]:
    """The years between two days whose holidays are not known yet."""
    return [year for year in range(first.year, last.year + 1) if year not in ARRANGEMENTS]
