"""The demonstration world: whole, believable, and only where it is wanted."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from eventhub.checkin.models import Admission
from eventhub.circles.models import Circle
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition
from eventhub.db import db
from eventhub.demo import service
from eventhub.entries.models import Entry
from eventhub.events.enums import EventKind
from eventhub.events.models import Event, Registration
from eventhub.judging.models import Standing
from tests.factories import make_person


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_world_is_whole(app, browser):
    service.load()

    assert count(Circle) == 6
    assert count(Entry) == 60
    assert set(db.session.scalars(select(Competition.state))) == {
        CompetitionState.OPEN,
        CompetitionState.CLOSED,
        CompetitionState.FINISHED,
    }
    assert set(db.session.scalars(select(Event.kind))) == set(EventKind)
    assert count(Registration) > 300
    assert 200 < count(Admission) < count(Registration)
    assert count(Standing) == 22
    assert [sign_in.address for sign_in, _name in service.list_sign_ins()] == [
        sign_in.address for sign_in in service.SIGN_INS
    ]
    for sign_in in service.SIGN_INS:
        visitor = type(browser)(app)
        values = {"email": sign_in.email, "password": sign_in.password}
        visitor.submit("/sign-in", values, action="/sign-in")
        visitor.get(sign_in.path, follow=True)


def test_a_house_with_people_is_left_alone(app):
    make_person()

    with pytest.raises(service.NotEmptyError):
        service.load()


def test_a_real_house_has_no_made_up_people(app, monkeypatch):
    monkeypatch.setattr(app, "testing", False)

    for use_case in (service.load, service.reset):
        with pytest.raises(service.NoDemoHereError):
            use_case()
