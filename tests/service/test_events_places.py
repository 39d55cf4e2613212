"""Holding places at events: one a person, none too many."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.events import queries, service
from eventhub.events.enums import AttendeeRole, EventKind, RegistrationState, RegistrationStatus
from eventhub.events.errors import (
    EventBegunError,
    EventCancelledError,
    EventFullError,
    PartyPlaceError,
    RegistrationClosedError,
    RegistrationNotOpenError,
)
from eventhub.events.models import Registration
from eventhub.notifications.models import Delivery
from tests.factories import make_attendee, make_event, make_person, make_registration


def _ticket_mails() -> list[Delivery]:
    return [*db.session.scalars(select(Delivery).where(Delivery.kind == "events.ticket"))]


def test_a_place_comes_with_a_ticket_at_once_and_by_mail(app):
    event = make_event("路演开放日")

    place = make_registration(event, attendee=make_attendee("阿依古丽·买买提", email="a@b.test"))

    assert place.state is RegistrationState.CONFIRMED
    assert codes.is_well_formed(place.ticket.code, length=10, checked=True)
    (mail,) = _ticket_mails()
    assert mail.address == "a@b.test"
    assert codes.format_code(place.ticket.code) in mail.text
    assert f"/t/{place.ticket.code}" in mail.text
    assert mail.calendar is not None
    assert f"UID:event-{event.id}@eventhub" in mail.calendar.replace("\r\n ", "")


def test_a_ticket_is_found_however_its_code_is_typed(app):
    place = make_registration()
    code = place.ticket.code

    for typed in (code, code.lower(), codes.format_code(code), f" {code[:5]} {code[5:]} "):
        found = queries.find_ticket(typed)
        assert found is not None
        assert found.registration.event.title == place.event.title
    assert queries.find_ticket("2222222222") is None
    assert queries.find_ticket("") is None


def test_the_same_person_has_one_place(app):
    event = make_event()
    first = make_registration(event, attendee=make_attendee("王小雨", email="Wang@Eventhub.test"))

    again = service.hold_place(
        event.id, attendee=make_attendee("王 小雨", email=" wang@eventhub.test "), by=None
    )

    assert again.registration == first
    assert not again.is_new
    assert queries.count_places(event.id) == 1
    assert len(_ticket_mails()) == 1


@pytest.mark.usefixtures("app")
def test_identities_meet_and_differ():
    person_id, university, other = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()

    def identity(**values):
        return make_attendee(**values).identity()

    mail = identity(email="a@b.test")
    assert identity(email="A@b.test", phone="13800000000", person_id=person_id) == mail
    phone = identity(phone="13800000000")
    assert identity(phone="+86 138-0000 0000", person_id=person_id) == phone
    number = identity(student_number="2023213001", university_id=university)
    assert identity(student_number="2023213001", university_id=other) != number
    assert len({mail, phone, number, identity(person_id=person_id)}) == 4
    assert "a@b" not in mail


def test_the_database_itself_refuses_a_second_place(app):
    place = make_registration()

    with pytest.raises(IntegrityError), transaction():
        db.session.add(Registration(event_id=place.event_id, identity=place.identity, name="重复"))


def test_places_run_out_and_come_back(app):
    event = make_event(capacity=2)
    first = make_registration(event)
    make_registration(event)

    with pytest.raises(EventFullError):
        make_registration(event)
    service.cancel_registration(first.id, by=None)

    assert make_registration(event).state is RegistrationState.CONFIRMED


def test_an_organiser_adds_beyond_the_limit_and_outside_the_window(olga, time):
    event = make_event(by=olga, capacity=1, registration_closes_at=clock.now() + timedelta(hours=1))
    make_registration(event)
    time.move(hours=2)

    with pytest.raises(RegistrationClosedError):
        make_registration(event, by=make_person())
    make_registration(event, by=olga)

    assert queries.count_places(event.id) == 2


def test_registration_keeps_to_its_window(app, time):
    opens = clock.now() + timedelta(hours=1)
    event = make_event(registration_opens_at=opens, registration_closes_at=opens + timedelta(1))

    with pytest.raises(RegistrationNotOpenError):
        make_registration(event)
    time.set(opens)  # half-open: the first moment counts
    make_registration(event)
    time.set(opens + timedelta(1) - timedelta(microseconds=1))
    make_registration(event)
    time.set(opens + timedelta(1))  # and the last one does not
    with pytest.raises(RegistrationClosedError):
        make_registration(event)


def test_without_a_closing_time_registration_ends_with_the_event(app, time):
    event = make_event()

    time.set(event.ends_at - timedelta(seconds=1))
    make_registration(event)
    time.set(event.ends_at)
    with pytest.raises(RegistrationClosedError):
        make_registration(event)


def test_drafts_and_cancelled_events_take_nobody(olga):
    draft = make_event(by=olga, is_published=False)
    gone = make_event(by=olga)
    service.cancel_event(gone.id, reason="无", by=olga)

    with pytest.raises(RegistrationNotOpenError):
        make_registration(draft)
    with pytest.raises(EventCancelledError):
        make_registration(gone)
    with pytest.raises(EventCancelledError):
        make_registration(gone, by=olga)


def test_a_contest_takes_visitors_only_when_it_says_so(olga):
    closed = make_event(by=olga, kind=EventKind.CONTEST)
    opened = make_event(by=olga, kind=EventKind.CONTEST, registration_opens_at=clock.now())

    with pytest.raises(RegistrationNotOpenError):
        make_registration(closed)
    make_registration(opened)

    status = service.registration_status(closed, taken=0, now=clock.now())
    assert status is RegistrationStatus.NONE


def test_a_place_given_back_voids_its_ticket_for_good(app):
    event = make_event()
    attendee = make_attendee(email="a@b.test")
    first = make_registration(event, attendee=attendee)

    service.cancel_registration(first.id, by=None)
    service.cancel_registration(first.id, by=None)
    second = make_registration(event, attendee=attendee)

    assert first.state is RegistrationState.CANCELLED
    assert first.ticket.revoked_at is not None
    assert second.id != first.id
    assert second.ticket.code != first.ticket.code
    assert len(_ticket_mails()) == 2


def test_a_visitor_cannot_give_back_once_it_began_but_an_organiser_can(olga, time):
    event = make_event(by=olga)
    place = make_registration(event)
    time.set(event.starts_at)

    with pytest.raises(EventBegunError):
        service.cancel_registration(place.id, by=None)
    service.cancel_registration(place.id, by=olga)

    assert place.state is RegistrationState.CANCELLED


# --- teams


def _sync(event, names, *, party_id, party="山地巡检无人机", role=AttendeeRole.COMPETITOR):
    people = [make_attendee(n, email=f"{n}@team.test", role=role) for n in names]
    return service.sync_party(event.id, party_id=party_id, party=party, attendees=people, by=None)


def test_the_places_of_a_team_follow_its_list(app):
    event, team = make_event(capacity=1), uuid.uuid4()

    _sync(event, ["甲一", "乙二", "丙三"], party_id=team)
    kept = {place.name: place.ticket.code for place in queries.list_party(event.id, team)}
    _sync(event, ["乙二", "丁四"], party_id=team, party="新名字")

    now = {place.name: place for place in queries.list_party(event.id, team)}
    assert set(now) == {"乙二", "丁四"}
    assert now["乙二"].ticket.code == kept["乙二"]
    assert {place.party for place in now.values()} == {"新名字"}
    assert queries.count_places(event.id) == 2
    with pytest.raises(EventFullError):
        make_registration(event)
    assert _sync(event, [], party_id=team) == []
    assert queries.count_places(event.id) == 0


def test_syncing_again_changes_nothing_and_mails_nobody(app):
    event, team = make_event(), uuid.uuid4()

    first = [place.id for place in _sync(event, ["甲一", "乙二"], party_id=team)]
    second = [place.id for place in _sync(event, ["甲一", "乙二"], party_id=team)]

    assert first == second
    assert len(_ticket_mails()) == 2


def test_who_comes_back_to_the_team_keeps_the_ticket(app):
    event, team = make_event(), uuid.uuid4()
    (first,) = _sync(event, ["甲一"], party_id=team)
    code = first.ticket.code

    _sync(event, [], party_id=team)
    (again,) = _sync(event, ["甲一"], party_id=team)

    assert again.ticket.code == code
    assert again.ticket.revoked_at is None
    assert again.state is RegistrationState.CONFIRMED


def test_an_adviser_of_two_teams_has_one_place_until_both_are_gone(app):
    event, one, two = make_event(), uuid.uuid4(), uuid.uuid4()
    _sync(event, ["文静"], party_id=one, party="一队", role=AttendeeRole.ADVISER)
    _sync(event, ["文静"], party_id=two, party="二队", role=AttendeeRole.ADVISER)
    (place,) = queries.list_party(event.id, one)

    assert [*queries.list_party(event.id, two)] == [place]
    assert queries.count_places(event.id) == 1
    _sync(event, [], party_id=two)
    assert (place.party, place.state) == ("一队", RegistrationState.CONFIRMED)
    assert [*queries.list_party(event.id, two)] == []
    _sync(event, ["文静"], party_id=two, party="二队", role=AttendeeRole.ADVISER)
    _sync(event, [], party_id=one)
    assert (place.party, place.state) == ("二队", RegistrationState.CONFIRMED)
    _sync(event, [], party_id=two)
    assert place.state is RegistrationState.CANCELLED


def test_a_visitor_who_joins_a_team_keeps_the_place_when_the_team_is_gone(app):
    event, team = make_event(), uuid.uuid4()
    own = make_registration(event, attendee=make_attendee("甲一", email="甲一@team.test"))

    _sync(event, ["甲一"], party_id=team)
    assert (own.role, own.party_id) == (AttendeeRole.COMPETITOR, team)
    _sync(event, [], party_id=team)

    assert own.state is RegistrationState.CONFIRMED
    assert (own.role, own.party, own.party_id) == (AttendeeRole.VISITOR, "", None)


def test_a_place_of_a_team_is_not_given_back_singly(olga):
    event = make_event(by=olga)
    (place,) = _sync(event, ["甲一"], party_id=uuid.uuid4())

    for by in (None, olga):
        with pytest.raises(PartyPlaceError):
            service.cancel_registration(place.id, by=by)


def test_a_team_registers_members_without_any_address(app):
    event, university = make_event(), uuid.uuid4()
    people = [
        make_attendee("张伟", student_number="2023001", role=AttendeeRole.COMPETITOR),
        make_attendee("张伟", student_number="2023002", role=AttendeeRole.COMPETITOR),
    ]

    places = service.sync_party(
        event.id, party_id=university, party="同名队", attendees=people, by=None
    )

    assert len({place.ticket.code for place in places}) == 2
    assert _ticket_mails() == []


# --- races


def _grab(event_id, number):
    attendee = make_attendee(f"抢票{number}", email=f"rush{number}@eventhub.test")
    return lambda: service.register_attendee(event_id, attendee=attendee, by=None).id


@pytest.mark.race
def test_the_last_places_go_to_as_many_as_there_are(app, at_once):
    event_id = make_event(capacity=3).id

    results = at_once(*[_grab(event_id, number) for number in range(12)])

    assert sum(isinstance(r, uuid.UUID) for r in results) == 3
    assert sum(isinstance(r, EventFullError) for r in results) == 9
    assert queries.count_places(event_id) == 3


@pytest.mark.race
def test_without_the_lock_there_would_be_too_many(app, at_once, monkeypatch):
    """The negative control: the same rush with the row of the event not locked."""
    import threading

    event_id = make_event(capacity=3).id
    get_event, count_places = queries.get_event, queries.count_places
    counted = threading.Barrier(12)

    def count_and_wait(event_id):
        count = count_places(event_id)
        counted.wait(timeout=30)
        return count

    monkeypatch.setattr(queries, "get_event", lambda key, **_options: get_event(key))
    monkeypatch.setattr(queries, "count_places", count_and_wait)
    at_once(*[_grab(event_id, number) for number in range(12)])

    assert count_places(event_id) > 3


@pytest.mark.race
def test_one_person_clicking_often_gets_one_place(app, at_once):
    event_id = make_event().id
    attendee = make_attendee("急性子", email="quick@eventhub.test")

    def click():
        return service.register_attendee(event_id, attendee=attendee, by=None).id

    results = at_once(*[click] * 8)

    assert len(set(results)) == 1
    assert queries.count_places(event_id) == 1
    assert len(_ticket_mails()) == 1
