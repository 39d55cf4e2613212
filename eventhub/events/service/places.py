"""Holding places at events, singly and for whole teams."""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.errors import ConflictError, ForbiddenError
from eventhub.events import queries
from eventhub.events.attendees import Attendee
from eventhub.events.enums import (
    REGISTRATION_TRANSITIONS,
    AttendeeRole,
    EventKind,
    EventState,
    RegistrationState,
    RegistrationStatus,
)
from eventhub.events.errors import (
    EventBegunError,
    EventCancelledError,
    EventFullError,
    PartyPlaceError,
    RegistrationClosedError,
    RegistrationNotOpenError,
)
from eventhub.events.models import PARTY_MAX, TICKET_CODE_LENGTH, Event, Registration, Ticket
from eventhub.events.permissions import can_manage_event
from eventhub.events.service.letters import send_ticket

log = logging.getLogger(__name__)


class Place(NamedTuple):
    """A place, and whether this very call made it."""

    registration: Registration
    is_new: bool


def registration_status(event: Event, *, taken: int, now: datetime) -> RegistrationStatus:
    """Whether the public can register at this moment, with ``taken`` places held.

    Without a closing time registration ends with the event. A contest takes visitors only
    when the organiser gave it an opening time.
    """
    opens = event.registration_opens_at
    if event.state is not EventState.PUBLISHED:
        return RegistrationStatus.NONE
    if event.kind is EventKind.CONTEST and opens is None:
        return RegistrationStatus.NONE
    if now >= (event.registration_closes_at or event.ends_at):
        return RegistrationStatus.CLOSED
    if opens is not None and now < opens:
        return RegistrationStatus.NOT_YET
    if event.capacity is not None and taken >= event.capacity:
        return RegistrationStatus.FULL
    return RegistrationStatus.OPEN


_REFUSALS: dict[RegistrationStatus, type[ConflictError]] = {
    RegistrationStatus.NONE: RegistrationNotOpenError,
    RegistrationStatus.NOT_YET: RegistrationNotOpenError,
    RegistrationStatus.FULL: EventFullError,
    RegistrationStatus.CLOSED: RegistrationClosedError,
}


def register_attendee(
    event_id: uuid.UUID, *, attendee: Attendee, by: Person | None, locale: str = "zh"
) -> Registration:
    """Hold a place and make its ticket; see ``hold_place``."""
    return hold_place(event_id, attendee=attendee, by=by, locale=locale).registration


def hold_place(
    event_id: uuid.UUID, *, attendee: Attendee, by: Person | None, locale: str = "zh"
) -> Place:
    """Hold a place and mail its ticket. The same identity twice is the same place.

    An organiser of the event may add people outside the registration window, and beyond
    the capacity, which is theirs to answer for. The row of the event is locked, so that two
    people never take the last place.

    Raises:
        NotFoundError: no such event.
        EventCancelledError, RegistrationNotOpenError, RegistrationClosedError: see there.
        EventFullError: every place is taken.

    """
    with transaction():
        event = queries.get_event(event_id, lock=True)
        held = queries.find_place(event.id, attendee.identity())
        if held is not None:
            return Place(held, is_new=False)
        if event.state is EventState.CANCELLED:
            raise EventCancelledError
        if not can_manage_event(by, event):
            taken = queries.count_places(event.id)
            status = registration_status(event, taken=taken, now=clock.now())
            if status in _REFUSALS:
                raise _REFUSALS[status]
        registration = _add(event, attendee, locale=locale)
        send_ticket(registration)
    log.info("registered", extra={"registration_id": str(registration.id)})
    return Place(registration, is_new=True)


def _add(event: Event, attendee: Attendee, *, locale: str = "zh") -> Registration:
    registration = Registration(
        event=event,
        person_id=attendee.person_id,
        identity=attendee.identity(),
        name=attendee.name,
        email=attendee.email or None,
        phone=attendee.phone or None,
        university_id=attendee.university_id,
        organisation=attendee.organisation,
        role=attendee.role,
        locale=locale,
        ticket=Ticket(code=_free_code()),
    )
    db.session.add(registration)
    db.session.flush()
    return registration


def _free_code() -> str:
    """A code that no ticket has; the unique column has the last word."""
    while True:
        random_bytes = secrets.token_bytes(4 * TICKET_CODE_LENGTH)
        code = codes.from_bytes(random_bytes, TICKET_CODE_LENGTH, checked=True)
        if db.session.scalar(select(Ticket.id).where(Ticket.code == code)) is None:
            return code


def cancel_registration(
    registration_id: uuid.UUID, *, by: Person | None, even_with_team: bool = False
) -> Registration:
    """Give a place back; its ticket no longer admits. Again changes nothing.

    ``by`` is None for someone who holds the ticket and has no account. An organiser may
    do it at any time, a holder until the event begins. ``even_with_team``: also one that a team's
    list gave, for someone who leaves for good.

    Raises:
        NotFoundError: no such place.
        PartyPlaceError: it belongs to a team, whose list decides.
        EventBegunError: too late.

    """
    with transaction():
        registration = queries.get_registration(registration_id)
        event = queries.get_event(registration.event_id, lock=True)
        db.session.refresh(registration, ["state", "party_id"])
        if registration.state is RegistrationState.CANCELLED:
            return registration
        if registration.party_id is not None and not even_with_team:
            raise PartyPlaceError
        if not can_manage_event(by, event) and clock.now() >= event.starts_at:
            raise EventBegunError
        _move(registration, RegistrationState.CANCELLED)
        audit.record("registration.cancelled", registration, by=by, circle_id=event.circle_id)
    return registration


def export_registrations(event_id: uuid.UUID, *, by: Person) -> Sequence[Registration]:
    """Every place, given back ones too, for taking out of the house; the log notes who took it.

    Raises:
        NotFoundError: no such event.
        ForbiddenError: ``by`` does not organise for the circle.

    """
    with transaction():
        event = queries.get_event(event_id)
        if not can_manage_event(by, event):
            raise ForbiddenError
        places = queries.list_registrations(event_id, state=None)
        audit.record(
            "registrations.exported",
            event,
            by=by,
            circle_id=event.circle_id,
            after={"count": len(places)},
        )
    return places


def _move(registration: Registration, to: RegistrationState) -> None:
    """The one function that changes a place's state; the ticket follows it."""
    if to not in REGISTRATION_TRANSITIONS[registration.state]:
        raise PartyPlaceError
    registration.state = to
    moment = clock.now() if to is RegistrationState.CANCELLED else None
    registration.cancelled_at = registration.ticket.revoked_at = moment


# --- teams


def sync_party(
    event_id: uuid.UUID,
    *,
    party_id: uuid.UUID,
    party: str,
    attendees: Sequence[Attendee],
    by: Person | None,
) -> list[Registration]:
    """Make the places of a team equal to a list; an empty list gives them all back.

    Teams come by admission of their entry, so neither window nor capacity bounds them; the
    places count towards the capacity all the same. Who holds a place already, as a visitor
    or with another team, keeps that one place and its ticket, and it lasts until the last
    reason for it falls away. New places get their ticket by mail.
    """
    party = party[:PARTY_MAX]
    with transaction():
        event = queries.get_event(event_id, lock=True)
        present = {place.identity: place for place in queries.list_party(event.id, party_id)}
        wanted = {attendee.identity(): attendee for attendee in attendees}
        for identity, place in present.items():
            if identity not in wanted:
                _release(place, party_id)
        db.session.flush()
        return [
            _admit_to_party(event, present.get(identity), attendee, party_id, party)
            for identity, attendee in wanted.items()
        ]


def _admit_to_party(
    event: Event, place: Registration | None, attendee: Attendee, party_id: uuid.UUID, party: str
) -> Registration:
    place = place or queries.find_place(event.id, attendee.identity())
    if place is None:
        place = _find_given_back(event.id, attendee.identity(), party_id)
        is_back = place is not None
        if place is None:
            place = _add(event, attendee)
        else:
            _move(place, RegistrationState.CONFIRMED)
        _take(place, attendee, party_id, party)
        send_ticket(place, again=is_back)
        return place
    if place.party_id != party_id:
        reason = next((r for r in place.also if r["party_id"] == str(party_id)), None)
        if reason is not None:  # they come with another team first
            changed = _reason(party_id, party, attendee.role)
            place.also = [changed if r is reason else r for r in place.also]
            return place
        place.also = [*place.also, _reason(place.party_id, place.party, place.role)]
    _take(place, attendee, party_id, party)
    return place


def _find_given_back(
    event_id: uuid.UUID, identity: str, party_id: uuid.UUID
) -> Registration | None:
    """The place that this person had with this team before; it keeps its ticket and scans."""
    query = (
        select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.identity == identity,
            Registration.party_id == party_id,
            Registration.state == RegistrationState.CANCELLED,
        )
        .order_by(Registration.cancelled_at.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def _take(place: Registration, attendee: Attendee, party_id: uuid.UUID, party: str) -> None:
    place.party_id, place.party, place.role = party_id, party, attendee.role
    place.name = attendee.name
    place.email = attendee.email or place.email
    place.phone = attendee.phone or place.phone
    place.university_id = attendee.university_id or place.university_id
    place.organisation = attendee.organisation or place.organisation
    place.person_id = attendee.person_id or place.person_id


def _reason(party_id: uuid.UUID | None, party: str, role: AttendeeRole) -> dict[str, Any]:
    key = str(party_id) if party_id is not None else None
    return {"party_id": key, "party": party, "role": role.value}


def _release(place: Registration, party_id: uuid.UUID) -> None:
    """Drop one reason for a place; with the last one the place is given back."""
    if place.party_id != party_id:
        place.also = [r for r in place.also if r["party_id"] != str(party_id)]
        return
    if not place.also:
        _move(place, RegistrationState.CANCELLED)
        return
    *others, last = place.also
    place.party_id = uuid.UUID(last["party_id"]) if last["party_id"] else None
    place.party, place.role, place.also = last["party"], AttendeeRole(last["role"]), others
