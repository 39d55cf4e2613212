"""The list of those who come, for organisers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.circles.queries import find_university, list_universities
from eventhub.domain import codes
from eventhub.errors import NotFoundError
from eventhub.events import queries, service
from eventhub.events.attendees import Attendee
from eventhub.events.enums import (
    ATTENDEE_ROLE_LABELS,
    REGISTRATION_STATE_LOOKS,
    AttendeeRole,
    RegistrationState,
)
from eventhub.events.forms import AddAttendeeForm
from eventhub.events.models import Event, Registration
from eventhub.events.tabs import event_tabs
from eventhub.events.views.blueprint import bp
from eventhub.events.views.manage import managed
from eventhub.i18n import _
from eventhub.web.access import me, signed_in
from eventhub.web.downloads import xlsx
from eventhub.web.forms import render_form
from eventhub.web.paging import page_number, paginate


@bp.get("/manage/events/<uuid:event_id>/attendees")
@signed_in
def attendees(event_id: uuid.UUID) -> ResponseReturnValue:
    """Who registered: searched, filtered, paged."""
    event = managed(event_id)
    search = request.args.get("search", "").strip()[:80]
    state, role = request.args.get("state", "confirmed"), request.args.get("role", "")
    query = queries.select_registrations(
        event.id,
        search=search,
        state=RegistrationState(state) if state in [*RegistrationState] else None,
        role=AttendeeRole(role) if role in [*AttendeeRole] else None,
    )
    return render_template(
        "events/attendees.html",
        event=event,
        tabs=event_tabs(event),
        page=paginate(query, page=page_number(), per_page=50),
        search=search,
        state=state,
        role=role,
        roles=ATTENDEE_ROLE_LABELS,
        looks=REGISTRATION_STATE_LOOKS,
        format_code=codes.format_code,
    )


@bp.route("/manage/events/<uuid:event_id>/attendees/new", methods=["GET", "POST"])
@signed_in
def add_attendee(event_id: uuid.UUID) -> ResponseReturnValue:
    """Enter someone by hand: a guest, or whoever stands at the door."""
    event = managed(event_id)
    form = AddAttendeeForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.register_attendee(event_id, attendee=_attendee(form), by=me())
    ):
        flash(_("已登记 %(name)s。", name=form.name.data), "success")
        return redirect(url_for(".attendees", event_id=event_id, search=form.name.data), 303)
    names = [university.name for university in list_universities()]
    return render_form(
        "events/add_attendee.html", form, event=event, tabs=event_tabs(event), universities=names
    )


def _attendee(form: AddAttendeeForm) -> Attendee:
    organisation = form.organisation.data or ""
    university = find_university(organisation)
    return Attendee(
        name=form.name.data or "",
        role=AttendeeRole(form.role.data),
        email=form.email.data or None,
        phone=form.phone.data or None,
        university_id=university.id if university else None,
        organisation="" if university else organisation,
    )


@bp.post("/manage/events/<uuid:event_id>/attendees/<uuid:registration_id>/cancel")
@signed_in
def cancel_attendee(event_id: uuid.UUID, registration_id: uuid.UUID) -> ResponseReturnValue:
    """Give someone's place back."""
    event = managed(event_id)
    registration = queries.get_registration(registration_id)
    if registration.event_id != event.id:
        raise NotFoundError
    service.cancel_registration(registration_id, by=me())
    flash(_("已取消 %(name)s 的报名。", name=registration.name), "success")
    return redirect(url_for(".attendees", event_id=event_id), 303)


@bp.get("/manage/events/<uuid:event_id>/attendees.xlsx")
@signed_in
def export(event_id: uuid.UUID) -> ResponseReturnValue:
    """The whole list as a workbook; taking it is logged, since it holds personal data."""
    event = managed(event_id)
    places = service.export_registrations(event_id, by=me())
    header = [
        _("序号"),
        _("姓名"),
        _("身份"),
        _("学校或单位"),
        _("团队"),
        _("邮箱"),
        _("手机"),
        _("票号"),
        _("状态"),
        _("报名时间"),
    ]
    day = clock.now().astimezone(ZoneInfo(event.timezone)).strftime("%Y%m%d")
    name = _("报名名单_%(event)s_%(day)s.xlsx", event=event.title, day=day)
    return xlsx(name, [(_("报名名单"), header, _rows(event, places))])


def _rows(event: Event, places: Any) -> Iterator[list[Any]]:
    place: Registration
    for number, place in enumerate(places, start=1):
        yield [
            number,
            place.name,
            str(ATTENDEE_ROLE_LABELS[place.role]),
            place.university.name if place.university else place.organisation,
            place.party,
            place.email or "",
            place.phone or "",
            codes.format_code(place.ticket.code),
            str(REGISTRATION_STATE_LOOKS[place.state][0]),
            place.created_at.astimezone(ZoneInfo(event.timezone)).strftime("%Y-%m-%d %H:%M"),
        ]
