"""What everybody sees: the front page, the calendar, an event, and registering for it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.circles.queries import find_university, list_circles, list_universities
from eventhub.events import queries, service
from eventhub.events.attendees import Attendee
from eventhub.events.enums import (
    EVENT_KIND_LOOKS,
    EVENT_STATE_LOOKS,
    HOST_ROLE_LABELS,
    REGISTRATION_STATUS_LOOKS,
    EventKind,
)
from eventhub.events.errors import AlreadyRegisteredError
from eventhub.events.forms import RegistrationForm, local_zone
from eventhub.events.models import Event, Registration
from eventhub.events.permissions import can_manage_event, can_read_event
from eventhub.events.views.blueprint import bp
from eventhub.events.views.listing import (
    asked_for,
    circle_options,
    event_url,
    kind_options,
    listings,
    month_options,
)
from eventhub.events.views.tickets import find_own, is_own, remember
from eventhub.i18n import _, locale_code
from eventhub.notifications import calendar
from eventhub.web import qr
from eventhub.web.access import authorize, public
from eventhub.web.forms import render_form
from eventhub.web.navigation import person
from eventhub.web.paging import Page, page_number, paginate
from eventhub.web.sections import sections
from eventhub.web.security import limiter
from eventhub.web.urls import external_url

FRONT_ROWS = 6


@bp.app_context_processor
def event_looks() -> dict[str, object]:
    """How kinds and states look, for every template."""
    return {
        "event_kinds": EVENT_KIND_LOOKS,
        "event_states": EVENT_STATE_LOOKS,
        "host_roles": HOST_ROLE_LABELS,
        "registration_statuses": REGISTRATION_STATUS_LOOKS,
    }


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """What is open now, what is on today, what comes next."""
    now = clock.now()
    midnight = now.astimezone(ZoneInfo(local_zone())).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    tomorrow = midnight + timedelta(days=1)
    today = queries.list_events_between(midnight, tomorrow, limit=FRONT_ROWS)
    upcoming = queries.list_upcoming_events(tomorrow, limit=FRONT_ROWS)
    lines = listings([*today, *upcoming])
    return render_template(
        "events/home.html",
        today=lines[: len(today)],
        upcoming=lines[len(today) :],
        sections=sections("front"),
        circles=list_circles(),
        ahead=queries.count_upcoming_by_circle(now),
    )


@bp.get("/events")
@public
def index() -> ResponseReturnValue:
    """The calendar of all circles."""
    wanted = asked_for()
    query = queries.select_public_events(wanted, after=clock.now())
    page = paginate(query, page=page_number())
    lines = listings(page.items)
    return render_template(
        "events/index.html",
        page=Page(lines, page.page, page.per_page, page.total),
        wanted=wanted,
        kind_options=kind_options(),
        circle_options=circle_options(list_circles()),
        month_options=month_options(queries.list_months(tz=local_zone())),
    )


@bp.get("/e/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    """One event."""
    event = authorize(can_read_event, queries.get_event_by_code(code))
    (line,) = listings([event])
    return render_template(
        "events/show.html",
        event=event,
        line=line,
        own=find_own(event.id),
        can_manage=can_manage_event(person(), event),
    )


@bp.route("/e/<code>/register", methods=["GET", "POST"])
@public
@limiter.limit("120/minute;3000/hour", methods=["POST"])
def register(code: str) -> ResponseReturnValue:
    """Register for an event, with or without an account."""
    event = authorize(can_read_event, queries.get_event_by_code(code))
    if event.kind is EventKind.CONTEST and event.registration_opens_at is None:
        return redirect(event_url(event))
    form = RegistrationForm.for_visitor(person())
    made: list[Registration] = []
    if form.validate_on_submit() and form.accepted_by(lambda: made.append(_hold(event.id, form))):
        flash(_("报名成功！这是您的电子票。"), "success")
        return redirect(url_for(".ticket", code=made[0].ticket.code), 303)
    (line,) = listings([event])
    names = [university.name for university in list_universities()]
    return render_form("events/register.html", form, event=event, line=line, universities=names)


def _hold(event_id: uuid.UUID, form: RegistrationForm) -> Registration:
    """Hold the place; one that exists is shown only to whoever holds it."""
    who, organisation = person(), form.organisation.data or ""
    university = find_university(organisation)
    attendee = Attendee(
        name=form.name.data or "",
        email=(form.email.data if form.email else who.email) or None,
        phone=form.phone.data or None,
        university_id=university.id if university else None,
        organisation="" if university else organisation,
        person_id=who.id if who else None,
    )
    place = service.hold_place(event_id, attendee=attendee, by=who, locale=locale_code())
    if not place.is_new and not is_own(place.registration):
        service.send_ticket_again(place.registration)
        raise AlreadyRegisteredError
    remember(place.registration)
    return place.registration


@bp.get("/e/<code>.ics", endpoint="calendar")
@public
def calendar_file(code: str) -> ResponseReturnValue:
    """The event as an appointment."""
    event = authorize(can_read_event, queries.get_event_by_code(code))
    return ics(event)


def ics(event: Event) -> Response:
    """An appointment that a phone offers to keep."""
    response = Response(calendar.one(service.calendar_entry(event)), mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{event.code}.ics"'
    return response


@bp.get("/e/<code>.png")
@public
def event_qr(code: str) -> ResponseReturnValue:
    """The address of the event as a QR code, for posters."""
    event = authorize(can_read_event, queries.get_event_by_code(code))
    address = external_url("events.show", code=event.code)
    return qr.png_response(
        address, name=f"{event.code}.png", as_attachment="download" in request.args
    )
