"""The door: what a scan amounts to, and that a ticket admits once."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from eventhub import clock
from eventhub.checkin import queries, service
from eventhub.checkin.errors import (
    CheckpointNameTakenError,
    CheckpointUsedError,
    CheckpointWindowError,
    ScanKeyReusedError,
)
from eventhub.checkin.models import Admission, Checkpoint, Scan
from eventhub.checkin.service import scans
from eventhub.circles.enums import CircleRole
from eventhub.circles.service import grant_role
from eventhub.db import db, transaction
from eventhub.domain.admission import Outcome, Reason
from eventhub.domain.codes import ALPHABET, format_code
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.events import service as events
from eventhub.events.enums import AttendeeRole, HostRole, RegistrationState
from eventhub.events.errors import EventCancelledError
from tests.factories import make_circle, make_organiser, make_staff, make_university
from tests.factories.checkin import check_in, make_checkpoint, make_gathering, make_place


def scan(checkpoint, code, *, by, scan_id=None, at=None):
    return service.scan(
        checkpoint.id,
        scan_id=scan_id or uuid.uuid4(),
        code=code,
        scanned_at=at or clock.now(),
        by=by,
    )


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def door(app, olga):
    return make_checkpoint(by=olga)


@pytest.fixture
def place(door, olga):
    return make_place(
        door.event,
        "陆思源",
        by=olga,
        role=AttendeeRole.COMPETITOR,
        university_id=make_university("重庆大学").id,
    )


def test_the_first_scan_admits_and_tells_who_it_is(door, place, sam, time):
    answer = check_in(door, place, by=sam)

    assert (answer.outcome, answer.reason) == (Outcome.ADMITTED, None)
    assert answer.holder is not None
    assert (answer.holder.name, answer.holder.institution) == ("陆思源", "重庆大学")
    assert answer.admitted_at == time.now()
    assert queries.count_heads([door.event_id])[door.event_id] == queries.Headcount(1, 1)


def test_the_second_scan_tells_since_when_and_where(door, place, olga, sam, time):
    first = check_in(door, place, by=sam).admitted_at
    side = make_checkpoint(door.event, by=olga, name="东门")
    time.move(minutes=9)

    answer = check_in(side, place, by=sam)

    assert answer.reason is Reason.ALREADY_IN
    assert (answer.admitted_at, answer.where) == (first, "主入口")
    assert (count(Scan), count(Admission)) == (2, 1)


def test_every_way_to_write_a_code_is_read(door, place, sam):
    code = place.ticket.code
    shown = [
        f"https://eventhub.test/t/{code}",
        f"HTTP://192.168.1.7:8000/t/{code.lower()}?x=1#top",
        f" https://eventhub.test/t/{format_code(code)}.png\n",
        code.lower(),
        format_code(code),
        " ".join(code),
    ]

    assert {service.read_code(text) for text in shown} == {code}
    assert scan(door, shown[0], by=sam).outcome is Outcome.ADMITTED
    assert scan(door, shown[3], by=sam).reason is Reason.ALREADY_IN


@pytest.mark.parametrize(
    "text",
    [
        "https://u.wechat.com/EAbcdefg",
        "七七七",
        "\x00\ud800",
        "A" * 10_000,
        "' OR 1=1 --",
        "\u202e𠮷",
        "https://eventhub.test/t/",
    ],
)
def test_what_is_no_code_is_told_and_kept(door, sam, text):
    answer = scan(door, text, by=sam)

    assert answer.reason is Reason.MALFORMED
    assert len(db.session.get_one(Scan, answer.scan_id).code) <= 64


def test_a_slip_of_the_finger_is_not_an_unknown_ticket(door, place, olga, sam):
    code = place.ticket.code
    slip = code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)]

    assert scan(door, slip, by=sam).reason is Reason.MALFORMED
    assert scan(door, "2222222222", by=sam).reason is Reason.UNKNOWN


def test_a_cancelled_place_does_not_admit(door, place, olga, sam):
    events.cancel_registration(place.id, by=olga)

    answer = check_in(door, place, by=sam)

    assert answer.reason is Reason.CANCELLED
    assert answer.holder is not None
    assert answer.holder.name == "陆思源"


def test_a_revoked_and_an_unconfirmed_ticket_differ(door, place, olga, sam):
    pending = make_place(door.event, "何苗", by=olga)
    with transaction():
        place.ticket.revoked_at = clock.now()
        pending.state = RegistrationState.PENDING

    assert check_in(door, place, by=sam).reason is Reason.REVOKED
    assert check_in(door, pending, by=sam).reason is Reason.UNCONFIRMED


def test_another_events_ticket_names_the_event_and_not_the_person(door, olga, sam):
    other = make_gathering(by=olga, title="融资对接会")
    stray = make_place(other, "何苗", by=olga)

    answer = check_in(door, stray, by=sam)

    assert answer.reason is Reason.WRONG_EVENT
    assert answer.holder is None
    assert answer.other_event is not None
    assert answer.other_event.title == "融资对接会"


def test_the_window_follows_the_event_until_it_is_set(door, place, olga, sam):
    event = door.event
    early = event.starts_at - timedelta(hours=2)
    moment = timedelta(seconds=1)

    assert check_in(door, place, by=sam, at=early - moment).reason is Reason.OUTSIDE_WINDOW
    assert check_in(door, place, by=sam, at=event.ends_at).reason is Reason.OUTSIDE_WINDOW

    service.change_checkpoint(
        door.id, name="主入口", opens_at=event.starts_at, closes_at=None, by=olga
    )
    assert check_in(door, place, by=sam, at=event.starts_at - moment).reason is (
        Reason.OUTSIDE_WINDOW
    )
    assert check_in(door, place, by=sam, at=event.starts_at).outcome is Outcome.ADMITTED


def test_an_event_moved_past_a_set_window_leaves_the_door_open_ended(door, place, olga, sam):
    event = door.event
    service.change_checkpoint(
        door.id, name="主入口", opens_at=event.starts_at, closes_at=None, by=olga
    )
    day = timedelta(days=1)
    events.update_event(
        event.id, starts_at=event.starts_at - day, ends_at=event.ends_at - day, by=olga
    )

    assert check_in(door, place, by=sam, at=clock.now()).outcome is Outcome.ADMITTED


def test_nobody_enters_a_cancelled_event(door, place, olga, sam):
    events.cancel_event(door.event_id, reason="台风", by=olga)

    with pytest.raises(EventCancelledError):
        check_in(door, place, by=sam)
    assert count(Scan) == 0


# --- one key, one scan


def test_a_retry_is_answered_from_the_record(door, place, sam, time):
    key = uuid.uuid4()
    first = scan(door, place.ticket.code, by=sam, scan_id=key)
    time.move(minutes=3)

    again = scan(door, place.ticket.code.lower(), by=sam, scan_id=key)

    assert again == first
    assert again.outcome is Outcome.ADMITTED
    assert count(Scan) == 1


def test_a_retry_after_the_place_was_cancelled_says_what_was_said(door, place, olga, sam):
    key = uuid.uuid4()
    scan(door, place.ticket.code, by=sam, scan_id=key)
    with transaction():
        place.state = RegistrationState.CANCELLED
        place.cancelled_at = clock.now()

    assert scan(door, place.ticket.code, by=sam, scan_id=key).outcome is Outcome.ADMITTED


def test_a_key_stands_for_one_code_at_one_checkpoint(door, place, olga, sam):
    key = uuid.uuid4()
    scan(door, place.ticket.code, by=sam, scan_id=key)
    side = make_checkpoint(door.event, by=olga, name="东门")

    with pytest.raises(ScanKeyReusedError):
        scan(door, "2222222222", by=sam, scan_id=key)
    with pytest.raises(ScanKeyReusedError):
        scan(side, place.ticket.code, by=sam, scan_id=key)
    assert count(Scan) == 1


@pytest.mark.race
def test_one_key_sent_twice_at_once_is_one_scan(door, place, sam, at_once):
    key, code, door_id, by = uuid.uuid4(), place.ticket.code, door.id, sam

    def send():
        return service.scan(door_id, scan_id=key, code=code, scanned_at=moment, by=by)

    moment = clock.now()
    answers = at_once(*[send] * 8)

    assert [answer.outcome for answer in answers] == [Outcome.ADMITTED] * 8
    assert (count(Scan), count(Admission)) == (1, 1)


# --- at the same moment


def scan_16_times(door, place, by, at_once):
    code, at = place.ticket.code, clock.now()
    one = partial(service.scan, door.id, code=code, scanned_at=at, by=by)
    answers = at_once(*[partial(one, scan_id=uuid.uuid4()) for _ in range(16)])
    return [getattr(answer, "reason", answer) for answer in answers]


@pytest.mark.race
def test_sixteen_phones_admit_one(door, place, sam, at_once):
    reasons = scan_16_times(door, place, sam, at_once)

    assert reasons.count(None) == 1, reasons
    assert reasons.count(Reason.ALREADY_IN) == 15, reasons
    assert (count(Scan), count(Admission)) == (16, 1)


@pytest.mark.race
def test_without_the_claim_sixteen_phones_would_not(door, place, sam, at_once, monkeypatch):
    """The negative control: look first, then write, as one would without thinking."""
    looked = threading.Barrier(16)

    def claim(ticket, scan_id, checkpoint, at):
        looked.wait(timeout=30)
        db.session.add(
            Admission(
                ticket_id=ticket.id,
                event_id=checkpoint.event_id,
                checkpoint_id=checkpoint.id,
                scan_id=scan_id,
                admitted_at=at,
            )
        )
        db.session.flush()
        return True

    monkeypatch.setattr(scans, "_claim", claim)

    reasons = scan_16_times(door, place, sam, at_once)

    assert reasons.count(Reason.ALREADY_IN) == 0
    assert sum(isinstance(reason, Exception) for reason in reasons) == 15, reasons


# --- who


def test_staff_of_every_hosting_circle_scan_and_nobody_else(app, olga, sam, nell, mei):
    joint = make_circle("cqu", university="重庆大学")
    event = make_gathering(by=olga, co_hosts=[(joint.id, HostRole.JOINT)])
    door = make_checkpoint(event, by=olga)
    helper = make_staff("何苗", circle=joint)
    stranger = make_staff("高远", circle=make_circle("swu", university="西南大学"))

    for person in (olga, sam, helper):
        assert check_in(door, make_place(event, by=olga), by=person).outcome is Outcome.ADMITTED
    for person in (stranger, nell, mei):
        with pytest.raises(ForbiddenError):
            check_in(door, make_place(event, by=olga), by=person)


def test_a_checkpoint_that_is_not_there(app, sam):
    with pytest.raises(NotFoundError):
        service.scan(uuid.uuid4(), scan_id=uuid.uuid4(), code="x", scanned_at=clock.now(), by=sam)


# --- checkpoints


def test_the_main_entrance_is_opened_once(app, olga):
    event = make_gathering(by=olga)

    first = service.add_main_entrance(event.id, by=olga)

    assert first.name == "主入口"
    assert service.add_main_entrance(event.id, by=olga).id == first.id


@pytest.mark.race
def test_two_clicks_open_one_entrance(app, olga, at_once):
    event_id = make_gathering(by=olga).id

    at_once(*[lambda: service.add_main_entrance(event_id, by=olga).id] * 4)

    assert count(Checkpoint) == 1


def test_names_differ_within_an_event(door, olga):
    with pytest.raises(CheckpointNameTakenError):
        make_checkpoint(door.event, by=olga)
    side = make_checkpoint(door.event, by=olga, name="东门")
    with pytest.raises(CheckpointNameTakenError):
        service.change_checkpoint(side.id, name="主入口", opens_at=None, closes_at=None, by=olga)
    assert make_checkpoint(make_gathering(by=olga), by=olga).name == "主入口"


def test_a_checkpoint_must_open_before_it_closes(door, olga):
    ends_at = door.event.ends_at
    with pytest.raises(CheckpointWindowError):
        make_checkpoint(door.event, by=olga, name="东门", opens_at=ends_at)
    with pytest.raises(CheckpointWindowError):
        make_checkpoint(door.event, by=olga, name="东门", opens_at=ends_at, closes_at=ends_at)


def test_a_used_checkpoint_stays(door, place, olga, sam):
    unused = make_checkpoint(door.event, by=olga, name="东门")
    check_in(door, place, by=sam)

    service.remove_checkpoint(unused.id, by=olga)
    with pytest.raises(CheckpointUsedError):
        service.remove_checkpoint(door.id, by=olga)

    assert [point.name for point in queries.list_checkpoints([door.event_id])] == ["主入口"]


def test_only_who_runs_the_event_sets_its_checkpoints(door, sam, nell):
    partner = make_organiser("周扬", circle=make_circle("cqu", university="重庆大学"))
    grant_role(nell, circle_id=make_circle().id, role=CircleRole.STAFF)
    for person in (sam, nell, partner):
        with pytest.raises(ForbiddenError):
            make_checkpoint(door.event, by=person, name="东门")
        with pytest.raises(ForbiddenError):
            service.change_checkpoint(
                door.id, name="西门", opens_at=None, closes_at=None, by=person
            )
        with pytest.raises(ForbiddenError):
            service.remove_checkpoint(door.id, by=person)
