"""Tickets: shown to whoever has the code, which is as secret as a personal link."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.domain import codes
from eventhub.errors import NotFoundError
from eventhub.events import queries, service
from eventhub.events.enums import (
    ATTENDEE_ROLE_LABELS,
    REGISTRATION_STATE_LOOKS,
    EventState,
    RegistrationState,
)
from eventhub.events.forms import ConfirmForm
from eventhub.events.models import Registration, Ticket
from eventhub.events.permissions import holds_place
from eventhub.events.views.blueprint import bp
from eventhub.i18n import _
from eventhub.web import qr
from eventhub.web.access import public
from eventhub.web.forms import render_form
from eventhub.web.navigation import person
from eventhub.web.security import limiter
from eventhub.web.urls import external_url

REMEMBERED = "places"  # session key: places that this very browser registered
REMEMBERED_MAX = 20


def remember(registration: Registration) -> None:
    """Note that this browser made the place, so that it may see the ticket again."""
    held = [key for key in session.get(REMEMBERED, []) if key != str(registration.id)]
    session[REMEMBERED] = [*held, str(registration.id)][-REMEMBERED_MAX:]


def is_own(registration: Registration) -> bool:
    """Whether this visitor has shown that the place is theirs."""
    made_here = str(registration.id) in session.get(REMEMBERED, [])
    return made_here or holds_place(person(), registration)


def find_own(event_id: uuid.UUID) -> Registration | None:
    """The place at an event that this visitor holds."""
    made_here = [uuid.UUID(key) for key in session.get(REMEMBERED, [])]
    return queries.find_own_place(event_id, person=person(), registration_ids=made_here)


def _get_ticket(code: str) -> Ticket:
    ticket = queries.find_ticket(code)
    if ticket is None:
        raise NotFoundError
    return ticket


@bp.get("/t")
@public
@limiter.limit("60/minute")
def find() -> ResponseReturnValue:
    """Find a ticket by the code that one typed."""
    typed = request.args.get("code", "")[:40]
    ticket = queries.find_ticket(typed) if typed else None
    if ticket is not None:
        return redirect(url_for(".ticket", code=ticket.code))
    return render_template("events/find_ticket.html", typed=typed), 404 if typed else 200


@bp.route("/t/<code>", methods=["GET", "POST"])
@public
@limiter.limit("240/minute")
def ticket(code: str) -> ResponseReturnValue:
    """Show a ticket; POST gives the place back."""
    found = _get_ticket(code)
    place = found.registration
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.cancel_registration(place.id, by=person())
    ):
        flash(_("已取消报名，名额已经释放。"), "success")
        return redirect(url_for(".ticket", code=found.code), 303)
    event = place.event
    is_valid = (
        place.state is RegistrationState.CONFIRMED and event.state is not EventState.CANCELLED
    )
    return render_form(
        "events/ticket.html",
        form,
        ticket=found,
        place=place,
        event=event,
        code=codes.format_code(found.code),
        role=ATTENDEE_ROLE_LABELS[place.role],
        look=REGISTRATION_STATE_LOOKS[place.state],
        is_valid=is_valid,
        is_over=clock.now() >= event.ends_at,
        can_cancel=is_valid and place.party_id is None and clock.now() < event.starts_at,
    )


@bp.get("/t/<code>.png")
@public
@limiter.limit("240/minute")
def ticket_qr(code: str) -> ResponseReturnValue:
    """The QR code of a ticket: the address of its page."""
    found = _get_ticket(code)
    address = external_url("events.ticket", code=found.code)
    return qr.png_response(
        address, name=f"{found.code}.png", as_attachment="download" in request.args
    )
