from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.attendance import (
    MAX_BUCKETS,
    ArrivalBucket,
    InvalidPeriodError,
    arrivals,
    visits_and_people,
)

EIGHT = datetime(2026, 11, 22, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUARTER = 15 * MINUTE


def test_arrivals_by_quarter_of_an_hour() -> None:
    times = [EIGHT + n * MINUTE for n in (0, 14, 15, 44)]

    assert arrivals(times, bucket=QUARTER, start=EIGHT, end=EIGHT + 45 * MINUTE) == [
        ArrivalBucket(EIGHT, 2, 2),
        ArrivalBucket(EIGHT + QUARTER, 1, 3),
        ArrivalBucket(EIGHT + 2 * QUARTER, 1, 4),
    ]


def test_who_came_early_counts_in_the_sum_and_who_came_late_does_not() -> None:
    times = [EIGHT - MINUTE, EIGHT - 99 * MINUTE, EIGHT + QUARTER]

    assert arrivals(times, bucket=QUARTER, start=EIGHT, end=EIGHT + QUARTER) == [(EIGHT, 0, 2)]


def test_the_last_bucket_is_cut_short() -> None:
    times = [EIGHT + 16 * MINUTE, EIGHT + 20 * MINUTE]
    buckets = arrivals(times, bucket=QUARTER, start=EIGHT, end=EIGHT + 20 * MINUTE)

    assert buckets == [(EIGHT, 0, 0), (EIGHT + QUARTER, 1, 1)]


@pytest.mark.parametrize(
    ("bucket", "length"),
    [(timedelta(0), QUARTER), (-MINUTE, QUARTER), (MINUTE, timedelta(0)), (MINUTE, -MINUTE),
     (MINUTE, (MAX_BUCKETS + 1) * MINUTE)],
)  # fmt: skip
def test_senseless_periods_are_refused(bucket: timedelta, length: timedelta) -> None:
    with pytest.raises(InvalidPeriodError):
        arrivals([], bucket=bucket, start=EIGHT, end=EIGHT + length)


@given(st.lists(st.integers(-60, 300)), st.integers(1, 50), st.integers(1, 240))
def test_everyone_before_the_end_is_counted_once(
    minutes: list[int], bucket: int, length: int
) -> None:
    end = EIGHT + length * MINUTE
    times = [EIGHT + n * MINUTE for n in minutes]
    buckets = arrivals(times, bucket=bucket * MINUTE, start=EIGHT, end=end)

    assert sum(b.arrival_count for b in buckets) == sum(EIGHT <= time < end for time in times)
    for b in buckets:
        bucket_end = min(b.bucket_start + bucket * MINUTE, end)
        assert b.cumulative == sum(time < bucket_end for time in times)
    assert buckets[0].bucket_start == EIGHT
    assert end - bucket * MINUTE <= buckets[-1].bucket_start < end


def test_visits_and_people_differ() -> None:
    rows = [("讲座", "mei"), ("讲座", "mei"), ("讲座", "jun"), ("决赛", "mei")]

    attendance = visits_and_people(iter(rows))

    assert attendance == (3, 2)
    assert (attendance.visits, attendance.people) == (3, 2)


def test_nobody_came() -> None:
    assert visits_and_people([]) == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5))))
def test_visits_are_the_sum_of_the_people_of_each_event(rows: list[tuple[int, int]]) -> None:
    attendance = visits_and_people(rows)
    by_event = {event: {who for at, who in rows if at == event} for event, _ in rows}

    assert attendance.visits == sum(len(people) for people in by_event.values())
    assert attendance.people == len(set().union(*by_event.values()))
    assert attendance == visits_and_people(rows + rows)
