"""Pages of attendance: one event, and many."""

from __future__ import annotations

import uuid

from flask import Blueprint, Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from eventhub.checkin.queries import find_arrivals
from eventhub.events.enums import ATTENDEE_ROLE_LABELS, EVENT_KIND_LOOKS, HOST_ROLE_LABELS
from eventhub.events.models import Event
from eventhub.events.permissions import can_manage_event, can_read_attendance
from eventhub.events.queries import get_event
from eventhub.events.tabs import add_tab, event_tabs
from eventhub.i18n import _, lazy
from eventhub.statistics import charts, pages, queries, workbooks
from eventhub.statistics.periods import PERIOD_LABELS
from eventhub.statistics.permissions import can_read_overview
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.downloads import xlsx
from eventhub.web.navigation import NavEntry, add_nav
from eventhub.web.paging import page_number, paginate

bp = Blueprint("statistics", __name__)


# --- one event


@bp.get("/manage/events/<uuid:event_id>/attendance")
@signed_in
def event(event_id: uuid.UUID) -> ResponseReturnValue:
    """Who was expected and who came."""
    found = _get_event(event_id)
    can_manage = can_manage_event(me(), found)
    times = queries.list_arrival_times(found.id)
    buckets = charts.bucket_arrivals(times, tz=found.timezone)
    labels = charts.label_buckets(buckets, tz=found.timezone)
    return render_template(
        "statistics/event.html",
        arrivals=[*zip(labels, buckets, strict=True)],
        can_manage=can_manage,
        tabs=event_tabs(found) if can_manage else [],
        **pages.event_figures(found, me()),
    )


@bp.get("/manage/events/<uuid:event_id>/attendance/figures")
@signed_in
def event_figures(event_id: uuid.UUID) -> ResponseReturnValue:
    """The figures alone, while people are arriving."""
    figures = pages.event_figures(_get_event(event_id), me())
    return render_template("statistics/_figures.html", **figures)


@bp.get("/manage/events/<uuid:event_id>/attendance/arrivals.json")
@signed_in
def event_arrivals(event_id: uuid.UUID) -> ResponseReturnValue:
    """Arrivals over time, for the chart."""
    found = _get_event(event_id)
    times = queries.list_arrival_times(found.id)
    return jsonify(charts.chart_arrivals(times, tz=found.timezone))


@bp.get("/manage/events/<uuid:event_id>/attendance/people")
@signed_in
def event_people(event_id: uuid.UUID) -> ResponseReturnValue:
    """The rows behind an event's figures."""
    found = _get_event(event_id)
    wanted = pages.read_attendee_filter(request.args)
    listed = paginate(queries.select_attendees(found.id, wanted), page=page_number())
    return render_template(
        "statistics/event_people.html",
        event=found,
        wanted=wanted,
        listed=listed,
        arrivals=find_arrivals(place.ticket.id for place in listed.items),
        groups=queries.list_by_university(found.id, others=_("其他单位")),
        role_labels=ATTENDEE_ROLE_LABELS,
        name_of=pages.name_reader(me(), found),
    )


@bp.get("/manage/events/<uuid:event_id>/attendance.xlsx")
@signed_in
def event_workbook(event_id: uuid.UUID) -> ResponseReturnValue:
    """An event's figures and rows as a workbook."""
    return xlsx(*workbooks.event_workbook(_get_event(event_id), me()))


def _get_event(event_id: uuid.UUID) -> Event:
    return authorize(can_read_attendance, get_event(event_id))


# --- many events


@bp.get("/statistics")
@signed_in
def overview() -> ResponseReturnValue:
    """Events held, 人次 and 人数 of a period, by circle and kind."""
    scope = _read_scope()
    kinds = [
        (label, pages.tab_query(scope, kind), kind is scope.period.kind)
        for kind, label in PERIOD_LABELS.items()
    ]
    return render_template(
        "statistics/overview.html",
        period_tabs=kinds,
        before=scope.period.step(-1),
        after=scope.period.step(1),
        role_labels=HOST_ROLE_LABELS,
        **pages.overview(scope),
    )


@bp.get("/statistics/events")
@signed_in
def events() -> ResponseReturnValue:
    """The events behind the sums."""
    scope = _read_scope()
    listed = paginate(queries.select_events(scope.reach), page=page_number())
    return render_template(
        "statistics/events.html",
        scope=scope,
        listed=listed,
        turnouts=queries.list_turnouts([found.id for found in listed.items]),
        kind_looks=EVENT_KIND_LOOKS,
        role_labels=HOST_ROLE_LABELS,
    )


@bp.get("/statistics/people")
@signed_in
def people() -> ResponseReturnValue:
    """The people behind 人数."""
    scope = _read_scope()
    return render_template(
        "statistics/people.html",
        scope=scope,
        listed=queries.list_visitors(scope.reach, page=page_number()),
        name_of=pages.visitor_name_reader(me()),
        kind_looks=EVENT_KIND_LOOKS,
    )


@bp.get("/statistics.xlsx")
@signed_in
def workbook() -> ResponseReturnValue:
    """A period's figures and events as a workbook."""
    return xlsx(*workbooks.overview_workbook(_read_scope()))


def _read_scope() -> pages.Scope:
    authorize(can_read_overview, None)
    return pages.read_scope(me(), request.args)


def register(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(bp)
    add_nav(app, NavEntry(70, lazy("统计"), "statistics.overview", "chart-bar", can_read_overview))
    add_tab(app, 40, lazy("到场统计"), "statistics.event", "chart-bar")
