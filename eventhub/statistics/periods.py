"""The stretch of days over which figures are summed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from flask_babel import format_date

from eventhub.i18n import _, lazy, locale_code

YEARS = range(2000, 2101)


class PeriodKind(StrEnum):
    """How a period is chosen."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    OWN = "own"


PERIOD_LABELS = {
    PeriodKind.MONTH: lazy("按月"),
    PeriodKind.QUARTER: lazy("按季度"),
    PeriodKind.YEAR: lazy("按年"),
    PeriodKind.OWN: lazy("自选日期"),
}
_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


@dataclass(frozen=True)
class Period:
    """Whole days from ``first`` to ``last``, both included."""

    kind: PeriodKind
    first: date
    last: date

    @classmethod
    def around(cls, kind: PeriodKind, day: date) -> Self:
        """The month, quarter or year in which a day lies; of its own kind, that day alone."""
        if kind is PeriodKind.OWN:
            return cls(kind, day, day)
        length = _MONTHS[kind]
        month = (day.month - 1) // length * length + 1
        first = date(day.year, month, 1)
        end = date(day.year + (month + length > 12), (month + length - 1) % 12 + 1, 1)
        return cls(kind, first, end - timedelta(days=1))

    @classmethod
    def read(cls, values: Mapping[str, str], *, today: date) -> Self:
        """The period that an address asks for; nonsense means the present year."""
        try:
            kind = PeriodKind(values.get("period", PeriodKind.YEAR))
        except ValueError:
            kind = PeriodKind.YEAR
        first = _read_day(values.get("from")) or today
        if kind is not PeriodKind.OWN:
            return cls.around(kind, first)
        last = _read_day(values.get("to")) or today
        return cls(kind, min(first, last), max(first, last))

    def bounds(self, tz: ZoneInfo) -> tuple[datetime, datetime]:
        """Its moments in a zone, half open, in UTC."""
        start = datetime.combine(self.first, time(), tz)
        end = datetime.combine(self.last + timedelta(days=1), time(), tz)
        return start.astimezone(UTC), end.astimezone(UTC)

    def to_query(self) -> dict[str, str]:
        """The part of an address that asks for it."""
        chosen = {"period": self.kind.value, "from": self.first.isoformat()}
        return chosen | ({"to": self.last.isoformat()} if self.kind is PeriodKind.OWN else {})

    def step(self, direction: int) -> Period | None:
        """The period before (-1) or after (1); None for chosen days and past the calendar."""
        day = self.first - timedelta(days=1) if direction < 0 else self.last + timedelta(days=1)
        if self.kind is PeriodKind.OWN or day.year not in YEARS:
            return None
        return Period.around(self.kind, day)

    @property
    def spans_months(self) -> bool:
        """Whether it touches more than one month."""
        return (self.first.year, self.first.month) != (self.last.year, self.last.month)

    @property
    def label(self) -> str:
        """2026年11月, 2026 年第 4 季度, 2026 年, or the two days."""
        if self.kind is PeriodKind.MONTH:
            pattern = "MMMM y" if locale_code() == "en" else "y年M月"  # not translated
            return str(format_date(self.first, pattern))
        if self.kind is PeriodKind.QUARTER:
            quarter = (self.first.month + 2) // 3
            return str(_("%(year)s 年第 %(n)s 季度", year=self.first.year, n=quarter))
        if self.kind is PeriodKind.YEAR:
            return str(_("%(year)s 年", year=self.first.year))
        first, last = self.first.isoformat(), self.last.isoformat()
        return str(_("%(first)s 至 %(last)s", first=first, last=last))


def _read_day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.year in YEARS else None
