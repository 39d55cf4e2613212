"""Figures as data for components/chart.html."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from eventhub.domain.attendance import ArrivalBucket, arrivals
from eventhub.i18n import _
from eventhub.statistics.queries import Sums

COLUMNS_MAX = 36
_STEPS = [timedelta(minutes=m) for m in (5, 10, 15, 30, 60, 180, 360, 1440, 7 * 1440)]


def bucket_arrivals(times: Sequence[datetime], *, tz: str) -> list[ArrivalBucket]:
    """Arrivals by equal stretches from the first to the last, as few as show well.

    The stretches begin at even times of the zone. Without arrivals there are none.
    """
    if not times:
        return []
    first, last = times[0].astimezone(ZoneInfo(tz)), times[-1]
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    for step in _STEPS:
        start = midnight + (first - midnight) // step * step
        count = (last - start) // step + 1
        if count <= COLUMNS_MAX or step is _STEPS[-1]:
            break
    return arrivals(times, bucket=step, start=start, end=start + count * step)


def chart_arrivals(times: Sequence[datetime], *, tz: str) -> dict[str, Any]:
    """Arrivals over time, as columns."""
    buckets = bucket_arrivals(times, tz=tz)
    return {
        "kind": "bar",
        "unit": _("人"),
        "categories": label_buckets(buckets, tz=tz),
        "series": [{"name": _("到场"), "data": [bucket.arrival_count for bucket in buckets]}],
    }


def label_buckets(buckets: Sequence[ArrivalBucket], *, tz: str) -> list[str]:
    """The beginning of each stretch; with the day where there are several."""
    starts = [bucket.bucket_start.astimezone(ZoneInfo(tz)) for bucket in buckets]
    is_one_day = len({start.date() for start in starts}) <= 1
    return [start.strftime("%H:%M" if is_one_day else "%m-%d %H:%M") for start in starts]


def chart_sums(rows: Iterable[tuple[str, Sums]], *, horizontal: bool = False) -> dict[str, Any]:
    """Visits and people side by side."""
    listed = [*rows]
    return {
        "kind": "bar",
        "horizontal": horizontal,
        "categories": [label for label, _sums in listed],
        "series": [
            {"name": _("人次"), "data": [sums.visits for _label, sums in listed]},
            {"name": _("人数"), "data": [sums.people for _label, sums in listed]},
        ],
    }
