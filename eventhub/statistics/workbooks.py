"""Figures and their rows as sheets of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.checkin.queries import find_arrivals
from eventhub.events.enums import (
    ATTENDEE_ROLE_LABELS,
    EVENT_KIND_LOOKS,
    HOST_ROLE_LABELS,
    HostRole,
)
from eventhub.events.models import Event
from eventhub.i18n import _
from eventhub.statistics import charts, pages, queries
from eventhub.statistics.queries import Sums
from eventhub.web.jinja import show_range, zone, zone_name

Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


def event_workbook(event: Event, person: Person) -> tuple[str, list[Sheet]]:
    """File name and sheets of one event."""
    name_of = pages.name_reader(person, event)
    day = _local(clock.now(), event.timezone)[:10]
    sheets = [_event_summary(event), _attendees(event, name_of), _arrivals(event)]
    return _("到场统计-%(code)s-%(day)s.xlsx", code=event.code, day=day), sheets


def _event_summary(event: Event) -> Sheet:
    turnout = queries.get_turnout(event.id)
    rate = turnout.absence_rate
    rows: list[Sequence[Any]] = [
        (_("活动"), event.title),
        (_("时间"), show_range(event.starts_at, event.ends_at, event.timezone)),
        (_("时区"), zone_name(event.timezone)),
        (_("地点"), event.venue),
        (_("主办与承办"), _hosts(event)),
        (_("报名"), turnout.registered),
        (_("签到"), turnout.came),
        (_("未到"), turnout.absent),
        (_("缺席率"), "" if rate is None else f"{rate:.1%}"),
        (_("人次"), turnout.visits),
        (_("人数"), turnout.people),
        (_("统计时间"), _local(clock.now(), event.timezone)),
    ]
    for role, part in queries.list_by_role(event.id):
        label = ATTENDEE_ROLE_LABELS[role]
        rows.append((_("%(role)s：签到 / 报名", role=label), f"{part.came} / {part.registered}"))
    for group in queries.list_by_university(event.id, others=_("其他单位")):
        figures = f"{group.turnout.came} / {group.turnout.registered}"
        rows.append((_("%(university)s：签到 / 报名", university=group.label), figures))
    return _("概览"), [_("项目"), _("数值")], rows


def _attendees(event: Event, name_of: Callable[[str], str]) -> Sheet:
    places = queries.list_attendees(event.id)
    arrivals = find_arrivals(place.ticket.id for place in places)
    header = [
        _("姓名"),
        _("身份"),
        _("团队"),
        _("高校或单位"),
        _("是否到场"),
        _("签到时间"),
        _("签到点"),
    ]
    rows = []
    for place in places:
        came = arrivals.get(place.ticket.id)
        institution = place.university.name if place.university else place.organisation
        rows.append(
            (
                name_of(place.name),
                str(ATTENDEE_ROLE_LABELS[place.role]),
                place.party,
                institution,
                _("已到") if came else _("未到"),
                _local(came.at, event.timezone) if came else "",
                came.where if came else "",
            )
        )
    return _("名单"), header, rows


def _arrivals(event: Event) -> Sheet:
    buckets = charts.bucket_arrivals(queries.list_arrival_times(event.id), tz=event.timezone)
    rows = [
        (_local(bucket.bucket_start, event.timezone), bucket.arrival_count, bucket.cumulative)
        for bucket in buckets
    ]
    return _("到场时间"), [_("时段开始"), _("到场"), _("累计")], rows


def overview_workbook(scope: pages.Scope) -> tuple[str, list[Sheet]]:
    """File name and sheets of a period."""
    first, last = scope.period.first.isoformat(), scope.period.last.isoformat()
    name = _("活动统计-%(first)s-%(last)s.xlsx", first=first, last=last)
    return name, [_summary(scope), _circles(scope), _kinds(scope), _events(scope)]


def _summary(scope: pages.Scope) -> Sheet:
    sums = queries.get_sums(scope.reach)
    rows: list[Sequence[Any]] = [
        (_("统计期"), scope.period.label),
        (_("开始日期"), scope.period.first.isoformat()),
        (_("结束日期"), scope.period.last.isoformat()),
        (_("生态圈"), scope.circle.name if scope.circle else _("范围内全部")),
        (_("活动类型"), str(EVENT_KIND_LOOKS[scope.kind][0]) if scope.kind else _("全部")),
        (_("举办活动"), sums.events),
        (_("人次"), sums.visits),
        (_("人数"), sums.people),
        (
            _("口径"),
            _(
                "人次、人数只按现场签到计算；同一人在同一活动只计一次人次；合办活动在合计中只计一次。"
            ),
        ),
        (_("统计时间"), _local(clock.now())),
    ]
    return _("概览"), [_("项目"), _("数值")], rows


def _circles(scope: pages.Scope) -> Sheet:
    found = queries.list_by_circle(scope.reach)
    roles = [str(HOST_ROLE_LABELS[role]) for role in HostRole]
    header = [_("生态圈"), _("举办活动"), *roles, _("人次"), _("人数")]
    rows = []
    for circle in [scope.circle] if scope.circle else scope.circles:
        sums = found.get(circle.id, Sums())
        parts = [sums.by_host_role.get(role, 0) for role in HostRole]
        rows.append((circle.name, sums.events, *parts, sums.visits, sums.people))
    return _("按生态圈"), header, rows


def _kinds(scope: pages.Scope) -> Sheet:
    found = queries.list_by_circle_and_kind(scope.reach)
    header = [_("生态圈"), _("活动类型"), _("举办活动"), _("人次"), _("人数")]
    rows = [
        (circle.name, str(look[0]), sums.events, sums.visits, sums.people)
        for circle in scope.circles
        for kind, look in EVENT_KIND_LOOKS.items()
        if (sums := found.get((circle.id, kind))) is not None
    ]
    return _("按生态圈和类型"), header, rows


def _events(scope: pages.Scope) -> Sheet:
    events = queries.list_events(scope.reach)
    turnouts = queries.list_turnouts([event.id for event in events])
    header = [
        _("活动"),
        _("类型"),
        _("开始时间"),
        _("主办与承办"),
        _("报名"),
        _("人次"),
        _("人数"),
    ]
    rows = [
        (
            event.title,
            str(EVENT_KIND_LOOKS[event.kind][0]),
            _local(event.starts_at, event.timezone),
            _hosts(event),
            turnouts[event.id].registered,
            turnouts[event.id].visits,
            turnouts[event.id].people,
        )
        for event in events
    ]
    return _("活动明细"), header, rows


def _hosts(event: Event) -> str:
    return "; ".join(
        f"{label} {host.circle.name}"
        for role, label in HOST_ROLE_LABELS.items()
        for host in event.hosts
        if host.role is role
    )


def _local(at: datetime, tz: str | None = None) -> str:
    return at.astimezone(zone(tz)).strftime("%Y-%m-%d %H:%M:%S")
