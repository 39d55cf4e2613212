"""How long a notice is up, in working days of its zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from eventhub.domain.workdays import is_working_day, next_working_day, unknown_years

DAYS_DEFAULT = 5
OPENS, CLOSES = time(9), time(18)


def default_period(
    now: datetime, zone: str, *, days: int = DAYS_DEFAULT
) -> tuple[datetime, datetime]:
    """From nine on the next working day until six on the last of so many working days."""
    place = ZoneInfo(zone)
    first = last = next_working_day(now.astimezone(place).date() + timedelta(days=1))
    for _day in range(days - 1):
        last = next_working_day(last + timedelta(days=1))
    return (
        datetime.combine(first, OPENS, tzinfo=place),
        datetime.combine(last, CLOSES, tzinfo=place),
    )


def working_days(opens_at: datetime, closes_at: datetime, zone: str) -> int:
    """How many working days a period touches."""
    first, last = _days(opens_at, closes_at, zone)
    span = (last - first).days + 1
    return sum(is_working_day(first + timedelta(days=at)) for at in range(max(0, span)))


def years_to_check(opens_at: datetime, closes_at: datetime, zone: str) -> list[int]:
    """The years in a period of whose holidays only those with a fixed date are known."""
    return unknown_years(*_days(opens_at, closes_at, zone))


def _days(opens_at: datetime, closes_at: datetime, zone: str) -> tuple[date, date]:
    place = ZoneInfo(zone)
    last = closes_at - timedelta(microseconds=1)
    return opens_at.astimezone(place).date(), last.astimezone(place).date()
