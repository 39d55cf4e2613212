"""How long a notice is up, in working days of its zone. Public holidays are not known here."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_DEFAULT = 5
OPENS, CLOSES = time(9), time(18)


def default_period(
    now: datetime, zone: str, *, days: int = DAYS_DEFAULT
) -> tuple[datetime, datetime]:
    """From nine on the next working day until six on the last of so many working days."""
    place = ZoneInfo(zone)
    first = _working(now.astimezone(place).date() + timedelta(days=1))
    last = first
    for _day in range(days - 1):
        last = _working(last + timedelta(days=1))
    return (
        datetime.combine(first, OPENS, tzinfo=place),
        datetime.combine(last, CLOSES, tzinfo=place),
    )


def working_days(opens_at: datetime, closes_at: datetime, zone: str) -> int:
    """How many days from Monday to Friday a period touches."""
    place = ZoneInfo(zone)
    first = opens_at.astimezone(place).date()
    last = (closes_at - timedelta(microseconds=1)).astimezone(place).date()
    span = (last - first).days + 1
    return sum((first + timedelta(days=at)).weekday() < 5 for at in range(max(0, span)))


def _working(day: date) -> date:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day
