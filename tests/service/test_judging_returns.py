"""A submitted sheet goes back when chief judge and supervisor have signed, and only then."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from eventhub.accounts.models import Person
from eventhub.competitions import queries as competitions
from eventhub.db import db
from eventhub.judging import service
from eventhub.judging.enums import ActState
from eventhub.judging.errors import (
    ActEndedError,
    NotYoursToSignError,
    ReturnOpenError,
    RoundNotOpenError,
    SheetNotSubmittedError,
    SheetSubmittedError,
    SignedAlreadyError,
)
from eventhub.judging.queries import closing, seats, sheets
from eventhub.judging.queries.board import build_board
from eventhub.notifications.models import Delivery
from tests.factories.judging import (
    full_marks,
    make_judge,
    make_judged_round,
    make_panel,
    make_sheet,
    make_watch,
)


@pytest.fixture
def round_(app, olga):
    return make_judged_round(by=olga, entry_count=1, judge_count=1)


@pytest.fixture
def seat(round_):
    return seats.list_seats(round_.id)[0]


@pytest.fixture
def sheet(round_, seat):
    entry = build_board(round_).lines[0].entry
    return sheets.find_sheet(seat, entry.id)


@pytest.fixture
def chief(seat, olga):
    return make_judge(seat.panel, is_chief=True, by=olga).person


@pytest.fixture
def supervisor(round_):
    return make_watch(round_)


def test_two_signatures_open_it_and_both_versions_stay(round_, seat, sheet, chief, supervisor):
    before = dict(sheet.points)
    asked = service.ask_return(sheet.id, reason="创新性漏打", by=chief)
    assert (asked.state, asked.chief_id) == (ActState.OPEN, chief.id)
    with pytest.raises(SheetSubmittedError):
        make_sheet(seat, sheet.entry, share="0.70")
    service.sign_return(asked.id, by=supervisor)
    assert asked.state is ActState.DONE
    assert closing.list_returns(round_.id) == [asked]
    assert build_board(competitions.get_round(round_.id)).missing

    make_sheet(seat, sheet.entry, share="0.70")
    kept = closing.list_submitted(sheet.id)
    assert [each.ordinal for each in kept] == [1, 2]
    assert kept[0].marks == {key: f"{points:.2f}" for key, points in before.items()}
    low = full_marks(round_, sheet.entry, "0.70")
    assert {key: Decimal(text) for key, text in kept[1].marks.items()} == low
    told = db.session.scalars(select(Delivery.kind)).all()
    assert told.count("judging.sheet_returned") == 1


def test_nobody_signs_twice_nor_for_another(round_, seat, sheet, chief, supervisor, olga, nell):
    with pytest.raises(NotYoursToSignError):
        service.ask_return(sheet.id, reason="想改", by=seat.person)
    asked = service.ask_return(sheet.id, reason="漏打", by=olga)
    assert asked.chief_id is asked.supervisor_id is None
    for stranger in (nell, olga, seat.person):
        with pytest.raises(NotYoursToSignError):
            service.sign_return(asked.id, by=stranger)
    service.sign_return(asked.id, by=chief)
    with pytest.raises(SignedAlreadyError):
        service.sign_return(asked.id, by=chief)
    assert sheet.is_submitted


def test_of_the_chiefs_own_sheet_an_organiser_signs_in_the_chiefs_place(
    round_, sheet, chief, supervisor, olga
):
    own = next(each for each in seats.list_seats(round_.id) if each.is_chief)
    theirs = make_sheet(own, sheet.entry)
    asked = service.ask_return(theirs.id, reason="看错项目", by=chief)
    assert asked.chief_id is None
    service.sign_return(asked.id, by=supervisor)
    with pytest.raises(NotYoursToSignError):
        service.sign_return(asked.id, by=chief)
    service.sign_return(asked.id, by=olga)
    assert not sheets.find_sheet(own, sheet.entry.id).is_submitted


def test_another_panels_chief_has_no_say(round_, sheet, olga):
    other = make_judge(make_panel(round_, by=olga), is_chief=True, by=olga)
    with pytest.raises(NotYoursToSignError):
        service.ask_return(sheet.id, reason="漏打", by=other.person)


def test_a_refused_return_leaves_the_sheet(sheet, chief, supervisor, seat, round_):
    asked = service.ask_return(sheet.id, reason="漏打", by=chief)
    with pytest.raises(ReturnOpenError):
        service.ask_return(sheet.id, reason="漏打", by=supervisor)
    service.refuse_return(asked.id, reason="评分无误", by=supervisor)
    with pytest.raises(ActEndedError):
        service.sign_return(asked.id, by=supervisor)
    assert sheets.find_sheet(seat, sheet.entry_id).is_submitted
    again = service.ask_return(sheet.id, reason="再看一次", by=chief)
    assert again.state is ActState.OPEN


def test_only_a_submitted_sheet_of_an_open_round_goes_back(
    round_, seat, sheet, chief, supervisor, olga
):
    asked = service.ask_return(sheet.id, reason="漏打", by=chief)
    service.sign_return(asked.id, by=supervisor)
    with pytest.raises(SheetNotSubmittedError):
        service.ask_return(sheet.id, reason="漏打", by=chief)
    make_sheet(seat, sheet.entry)
    waiting = service.ask_return(sheet.id, reason="漏打", by=chief)
    service.close_round(round_.id, reason="组长未评", by=olga)
    for late in (
        lambda: service.ask_return(sheet.id, reason="漏打", by=chief),
        lambda: service.sign_return(waiting.id, by=supervisor),
    ):
        with pytest.raises(RoundNotOpenError):
            late()


@pytest.mark.race
def test_two_signatures_at_once_both_count(sheet, chief, supervisor, olga, at_once):
    asked = service.ask_return(sheet.id, reason="漏打", by=olga)
    keys = (asked.id, chief.id, supervisor.id)

    def sign(person_key):
        person = db.session.get(Person, person_key)
        return service.sign_return(keys[0], by=person).state

    states = at_once(lambda: sign(keys[1]), lambda: sign(keys[2]))
    assert sorted(str(state) for state in states) == ["done", "open"]
