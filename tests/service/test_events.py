"""Making, changing, publishing and cancelling events."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from eventhub import clock
from eventhub.audit.models import AuditEntry
from eventhub.db import db
from eventhub.errors import ForbiddenError
from eventhub.events import queries, service
from eventhub.events.enums import EventKind, EventState, HostRole
from eventhub.events.errors import (
    CapacityTooSmallError,
    EventHasPlacesError,
    EventStateError,
    EventTimesError,
    FixedKindError,
    HostsError,
    RegistrationWindowError,
)
from eventhub.notifications.models import Delivery
from tests.factories import make_attendee as attendee
from tests.factories import make_circle, make_event, make_organiser, make_person, make_registration


def _deliveries(kind: str) -> list[Delivery]:
    return [*db.session.scalars(select(Delivery).where(Delivery.kind == kind))]


def test_a_new_event_is_a_draft_led_by_its_circle(olga):
    other = make_circle("cqu", university="重庆大学")

    event = make_event(by=olga, is_published=False, co_hosts=[(other.id, HostRole.JOINT)])

    assert event.state is EventState.DRAFT
    assert {host.circle_id: host.role for host in event.hosts} == {
        event.circle_id: HostRole.LEAD,
        other.id: HostRole.JOINT,
    }
    assert queries.find_event(event.code.lower()) == event


def test_only_its_organisers_make_and_change_an_event(olga):
    event = make_event(by=olga)
    stranger = make_organiser(circle=make_circle("cqu", university="重庆大学"))
    start = clock.now()

    with pytest.raises(ForbiddenError):
        service.create_event(
            circle_id=event.circle_id,
            kind=EventKind.LECTURE,
            title="借名",
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            by=stranger,
        )
    for refused in (
        lambda: service.update_event(event.id, title="改名", by=stranger),
        lambda: service.publish_event(event.id, by=stranger),
        lambda: service.unpublish_event(event.id, by=stranger),
        lambda: service.cancel_event(event.id, reason="无", by=stranger),
        lambda: service.set_hosts(event.id, hosts={}, by=stranger),
        lambda: service.export_registrations(event.id, by=make_person()),
    ):
        with pytest.raises(ForbiddenError):
            refused()
    assert queries.get_event(event.id).title == event.title


def test_times_that_contradict_each_other_are_refused(olga):
    now = clock.now()
    event = make_event(by=olga)

    with pytest.raises(EventTimesError):
        make_event(by=olga, starts_at=now, ends_at=now)
    with pytest.raises(RegistrationWindowError):
        service.update_event(
            event.id, registration_opens_at=now, registration_closes_at=now, by=olga
        )


def test_capacity_cannot_fall_below_the_places_held(olga):
    event = make_event(by=olga, capacity=5)
    for _ in range(3):
        make_registration(event)

    with pytest.raises(CapacityTooSmallError):
        service.update_event(event.id, capacity=2, by=olga)
    service.update_event(event.id, capacity=3, by=olga)

    assert queries.get_event(event.id).capacity == 3


def test_a_contest_stays_a_contest(olga):
    contest = make_event(by=olga, kind=EventKind.CONTEST)
    lecture = make_event(by=olga)

    with pytest.raises(FixedKindError):
        service.update_event(contest.id, kind=EventKind.LECTURE, by=olga)
    with pytest.raises(FixedKindError):
        service.update_event(lecture.id, kind=EventKind.CONTEST, by=olga)


def test_moving_a_published_event_tells_everybody_once(olga):
    event = make_event(by=olga)
    make_registration(event)
    moved = event.starts_at + timedelta(hours=1)

    service.update_event(event.id, starts_at=moved, venue="图书馆", by=olga)
    service.update_event(event.id, summary="不影响时间地点", by=olga)

    event = queries.get_event(event.id)
    assert event.revision == 1
    assert service.tell_changed(event.id, revision=1) == 1
    assert service.tell_changed(event.id, revision=1) == 1  # a job may run twice
    (told,) = _deliveries("events.changed")
    assert "图书馆" in told.text
    assert told.calendar is not None
    assert "SEQUENCE:1" in told.calendar
    assert service.tell_changed(event.id, revision=0) == 0  # overtaken


def test_a_change_that_changes_nothing_leaves_no_trace(olga):
    event = make_event(by=olga)

    service.update_event(event.id, title=event.title, by=olga)

    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert "event.changed" not in actions


def test_hosts_keep_the_circle_that_runs_the_event_and_a_lead(olga):
    event = make_event(by=olga)
    other = make_circle("cqu", university="重庆大学")

    with pytest.raises(HostsError):
        service.set_hosts(event.id, hosts={other.id: HostRole.LEAD}, by=olga)
    with pytest.raises(HostsError):
        service.set_hosts(event.id, hosts={event.circle_id: HostRole.ORGANISER}, by=olga)
    service.set_hosts(
        event.id, hosts={event.circle_id: HostRole.ORGANISER, other.id: HostRole.LEAD}, by=olga
    )
    service.set_hosts(event.id, hosts={event.circle_id: HostRole.LEAD}, by=olga)

    hosts = queries.get_event(event.id).hosts
    assert [(host.circle_id, host.role) for host in hosts] == [(event.circle_id, HostRole.LEAD)]


def test_publishing_twice_is_publishing_once(olga):
    event = make_event(by=olga)

    service.publish_event(event.id, by=olga)

    actions = [*db.session.scalars(select(AuditEntry.action))]
    assert actions.count("event.published") == 1


def test_an_event_goes_back_to_draft_only_while_nobody_holds_a_place(olga):
    event = make_event(by=olga)
    service.unpublish_event(event.id, by=olga)
    assert queries.get_event(event.id).state is EventState.DRAFT
    service.publish_event(event.id, by=olga)
    make_registration(event)

    with pytest.raises(EventHasPlacesError):
        service.unpublish_event(event.id, by=olga)


def test_cancelling_is_final_and_everybody_hears_why(olga):
    event = make_event(by=olga)
    make_registration(event)
    make_registration(event, attendee=attendee(phone="13800000000"))  # has no address

    service.cancel_event(event.id, reason="主讲人因故不能到场", by=olga)
    service.cancel_event(event.id, reason="再来一次", by=olga)

    event = queries.get_event(event.id)
    assert event.state is EventState.CANCELLED
    assert event.cancel_reason == "主讲人因故不能到场"
    for _ in range(2):
        service.tell_cancelled(event.id)
    (told,) = _deliveries("events.cancelled")
    assert "主讲人因故不能到场" in told.text
    assert told.calendar_method == "CANCEL"
    with pytest.raises(EventStateError):
        service.publish_event(event.id, by=olga)
    with pytest.raises(EventStateError):
        service.update_event(event.id, title="复活", by=olga)


def test_nobody_is_told_of_an_event_that_goes_on(olga):
    event = make_event(by=olga)
    make_registration(event)

    assert service.tell_cancelled(event.id) == 0
    assert _deliveries("events.cancelled") == []


def test_every_move_is_in_the_log_with_before_and_after(olga):
    event = make_event(by=olga)
    service.cancel_event(event.id, reason="下雨", by=olga)

    deeds = db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject_id == event.id).order_by(AuditEntry.seq)
    ).all()

    assert [deed.action for deed in deeds] == [
        "event.created",
        "event.published",
        "event.cancelled",
    ]
    assert deeds[-1].before == {"state": "published"}
    assert deeds[-1].after == {"state": "cancelled", "reason": "下雨"}
    assert {deed.actor_id for deed in deeds} == {olga.id}


def test_codes_are_short_and_differ(olga):
    codes = {make_event(by=olga).code for _ in range(20)}

    assert len(codes) == 20
    assert {len(code) for code in codes} == {6}


def test_a_code_that_is_taken_is_drawn_again(olga, monkeypatch):
    from eventhub.events.service import events

    taken = make_event(by=olga).code
    drawn = iter([taken, taken, "ZZZZZZ"])
    monkeypatch.setattr(events.codes, "from_bytes", lambda *_a, **_k: next(drawn))

    assert make_event(by=olga).code == "ZZZZZZ"


def test_an_unknown_event_is_not_found(olga):
    from eventhub.errors import NotFoundError

    with pytest.raises(NotFoundError):
        queries.get_event(uuid.uuid4())
    with pytest.raises(NotFoundError):
        queries.get_event_by_code("ZZZZZZ")
