"""Working days against the State Council's arrangement, copied here from its text day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from eventhub.domain.workdays import (
    ARRANGEMENTS,
    is_working_day,
    next_working_day,
    unknown_years,
)

# weekdays without work, weekend days with work
FREE_2026 = [
    "01-01",
    "01-02",
    "02-16",
    "02-17",
    "02-18",
    "02-19",
    "02-20",
    "02-23",
    "04-06",
    "05-01",
    "05-04",
    "05-05",
    "06-19",
    "09-25",
    "10-01",
    "10-02",
    "10-05",
    "10-06",
    "10-07",
]
WORKED_2026 = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def days_of(year):
    first = date(year, 1, 1)
    return [first + timedelta(days=at) for at in range((date(year + 1, 1, 1) - first).days)]


def test_every_day_of_2026_is_worked_as_arranged():
    odd = {day for day in days_of(2026) if is_working_day(day) != (day.weekday() < 5)}

    assert odd == {date.fromisoformat(f"2026-{day}") for day in FREE_2026 + WORKED_2026}


@pytest.mark.parametrize("year", ARRANGEMENTS)
def test_an_arrangement_is_of_its_year_and_works_on_weekends_only(year):
    arrangement = ARRANGEMENTS[year]

    assert str(year) in arrangement.source
    for first, last in arrangement.free:
        assert first <= last
        assert {first.year, last.year} == {year}
        assert not arrangement.worked & {first, last}
    assert all(day.weekday() >= 5 and day.year == year for day in arrangement.worked)


def test_of_a_year_not_arranged_only_fixed_days_are_free():
    odd = [day for day in days_of(2031) if is_working_day(day) != (day.weekday() < 5)]

    assert [f"{day:%m-%d}" for day in odd] == ["01-01", "05-01", "05-02", "10-01", "10-02", "10-03"]
    assert unknown_years(date(2026, 12, 30), date(2027, 1, 6)) == [2027]


def test_the_next_working_day_skips_a_holiday_and_takes_a_worked_saturday():
    assert next_working_day(date(2026, 2, 14)) == date(2026, 2, 14)
    assert next_working_day(date(2026, 2, 15)) == date(2026, 2, 24)
