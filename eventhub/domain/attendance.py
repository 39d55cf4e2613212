"""Attendance, always counted from admissions and never from registrations."""

from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

MAX_BUCKETS = 1440  # a day by minutes: more columns than any chart shows


class InvalidPeriodError(ValueError):
    """The period is empty, the bucket is not positive, or there would be too many buckets."""


class ArrivalBucket(NamedTuple):
    """Arrivals from ``bucket_start`` until before the next bucket."""

    bucket_start: datetime
    arrival_count: int
    cumulative: int


class Attendance(NamedTuple):
    """``visits`` is 人次, ``people`` 人数."""

    visits: int
    people: int


def arrivals(
    times: Iterable[datetime], *, bucket: timedelta, start: datetime, end: datetime
) -> list[ArrivalBucket]:
    """Count arrivals in ``[start, end)`` by buckets; empty buckets are listed too.

    Who came before ``start`` is in ``cumulative`` from the first bucket on; who came at
    ``end`` or later is left out. The last bucket is cut short by ``end``.

    Raises:
        InvalidPeriodError: ``end`` is not after ``start``, ``bucket`` is not positive, or
            there would be more than ``MAX_BUCKETS``.
    """
    if end <= start or bucket <= timedelta(0):
        raise InvalidPeriodError("the period and the bucket must last some time")
    bucket_count = -((start - end) // bucket)
    if bucket_count > MAX_BUCKETS:
        raise InvalidPeriodError(f"more than {MAX_BUCKETS} buckets")
    found = Counter(max(-1, (time - start) // bucket) for time in times if time < end)
    cumulative = found[-1]
    buckets = []
    for index in range(bucket_count):
        cumulative += found[index]
        buckets.append(ArrivalBucket(start + index * bucket, found[index], cumulative))
    return buckets


def visits_and_people(rows: Iterable[tuple[Hashable, Hashable]]) -> Attendance:
    """Count visits and people from (event, identity) pairs, one a scan or one an admission.

    An identity counts once an event, however often it was scanned there. Give a shared event
    one and the same id, so that it counts once in the city's total.
    """
    visits = set(rows)
    return Attendance(visits=len(visits), people=len({identity for _, identity in visits}))
