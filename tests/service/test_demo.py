"""The demonstration world: whole, believable, and only where it is wanted."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Select, func, select

from eventhub.accounts.models import Person
from eventhub.checkin.models import Admission
from eventhub.circles.models import Circle, University
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition, Round, SchoolQuota
from eventhub.db import db
from eventhub.demo import service
from eventhub.entries.enums import EntryState, MemberState
from eventhub.entries.models import (
    Answer,
    Entry,
    Member,
    Participation,
    Recommendation,
    Unlock,
    Waiver,
)
from eventhub.events.enums import EventKind
from eventhub.events.models import Event, Registration
from eventhub.judging.models import Standing
from eventhub.outcomes import service as outcomes
from eventhub.outcomes.enums import NoticeState, ObjectionState, ProposalState
from eventhub.outcomes.models import Awarding, Certificate, Objection, PublicNotice
from tests.factories import make_person


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def look_at_the_season() -> None:
    """What an entry goes through, each at least once, as the README's tour tells it."""
    assert dict(rows(select(Entry.state, func.count()).group_by(Entry.state))) == {
        EntryState.DRAFT: 3,
        EntryState.SUBMITTED: 6,
        EntryState.RETURNED: 2,
        EntryState.APPROVED: 52,
    }
    states = (
        select(Member.state)
        .join(Member.entry)
        .join(Entry.captain)
        .where(Person.email == "tia@example.com")
    )
    draft = states.where(Entry.state == EntryState.DRAFT).order_by(Member.position)
    assert db.session.scalars(draft).all() == [
        *[MemberState.CONFIRMED] * 3,
        MemberState.INVITED,
        MemberState.LISTED,
    ]
    home = select(Recommendation.rank).join(University).where(University.name == "重庆邮电大学")
    assert sorted(db.session.scalars(home)) == [1, 2, 3]
    assert [count(model) for model in (SchoolQuota, Waiver, Unlock)] == [5, 1, 1]
    assert count(Answer) == 12
    assert rows(select(Round.name).where(Round.position > 1).order_by(Round.position)) == [
        ("复赛",),
        ("复活赛",),
        ("决赛",),
    ]
    assert count(Participation) == 6
    assert rows(select(Awarding.state).order_by(Awarding.state)) == [
        (ProposalState.CONFIRMED,),
        (ProposalState.PROPOSED,),
    ]
    assert count(Certificate) == 12
    assert rows(select(PublicNotice.state)) == [(NoticeState.PUBLISHED,)] * 2
    assert rows(select(Objection.state)) == [(ObjectionState.ACCEPTED,)]
    olga = db.session.scalars(select(Person).where(Person.email == "olga@example.com")).one()
    waiting = select(Awarding.id).where(Awarding.state == ProposalState.PROPOSED)
    outcomes.confirm(outcomes.AWARDS, db.session.scalars(waiting).one(), by=olga)


def rows(query: Select[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.session.execute(query)]


def test_the_world_is_whole(app, browser):
    service.load()

    assert count(Circle) == 6
    assert count(Entry) == 63
    assert set(db.session.scalars(select(Competition.state))) == {
        CompetitionState.OPEN,
        CompetitionState.CLOSED,
        CompetitionState.FINISHED,
    }
    assert set(db.session.scalars(select(Event.kind))) == set(EventKind)
    assert count(Registration) > 300
    assert 200 < count(Admission) < count(Registration)
    assert count(Standing) == 29
    look_at_the_season()
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
