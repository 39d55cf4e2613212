"""What devices send: once, in any order, from any number of retries, and never over each other."""

from __future__ import annotations

import threading
import uuid
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from eventhub.accounts.queries import get_person
from eventhub.competitions.enums import RoundState
from eventhub.db import db
from eventhub.entries import service as entry_service
from eventhub.errors import NotFoundError
from eventhub.judging import service
from eventhub.judging.enums import RecusalKind, ScoresheetState
from eventhub.judging.errors import (
    EntryWithdrawnError,
    MarkOutOfRangeError,
    RecusedError,
    RoundNotOpenError,
    SheetEditedElsewhereError,
    SheetIncompleteError,
    SheetLateError,
    SheetSubmittedError,
)
from eventhub.judging.models import LateSheet, Scoresheet, SheetDevice, SubmittedSheet
from eventhub.judging.queries import seats as seat_reads
from eventhub.judging.queries.results import list_standings
from eventhub.judging.service import SheetEdit, syncing
from eventhub.judging.service import results as closing
from eventhub.judging.service.sheets import SheetValues
from tests.factories import make_person, make_round, make_university
from tests.factories.judging import (
    all_gates,
    full_marks,
    make_judge,
    make_panel,
    make_sheet,
    make_watch,
)
from tests.factories.roadshows import make_approved

PHONE, TABLET = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def round_(app, olga):
    return make_round(by=olga)


@pytest.fixture
def panel(round_, olga):
    return make_panel(round_, by=olga)


@pytest.fixture
def seat(panel, jun, olga):
    return make_judge(panel, person=jun, by=olga)


@pytest.fixture
def entry(round_):
    return make_approved(round_.competition)


@pytest.fixture
def send(seat, round_, entry, jun):
    """``send(1, "0.80")``: the phone's first edit, all marks at 80 %."""

    def sync(number, share="0.80", *, base=0, device=PHONE, submit=False, by=jun, **marks):
        values = SheetValues(
            {**full_marks(round_, entry, share), **marks}, all_gates(round_, entry), "", ""
        )
        edit = SheetEdit(device, number, base, values, is_submission=submit)
        return service.sync_sheet(round_.id, entry.id, edit=edit, by=by)

    return sync


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_edits_of_one_device_follow_each_other(send):
    first = send(1, "0.80")
    again = send(2, "0.90", base=1)

    assert (first.id, again.version, again.total) == (again.id, 2, Decimal("90.00"))
    assert again.device_id == PHONE


def test_a_replayed_edit_changes_nothing(send):
    send(1, "0.80")
    send(2, "0.90", base=1)

    for number, share in ((1, "0.80"), (2, "0.90"), (1, "0.10")):
        assert send(number, share).total == Decimal("90.00")
    assert db.session.scalar(select(SheetDevice.edit_number)) == 2
    assert db.session.scalar(select(Scoresheet.version)) == 2


def test_an_edit_whose_answer_was_lost_may_be_followed_by_the_next(send):
    send(1, "0.80")

    assert send(2, "0.90", base=0).total == Decimal("90.00")


def test_another_device_is_told_and_overwrites_nothing(send):
    send(1, "0.80", device=PHONE)

    with pytest.raises(SheetEditedElsewhereError):
        send(1, "0.50", device=TABLET)

    assert db.session.scalar(select(Scoresheet)).total == Decimal("80.00")
    assert count(SheetDevice) == 1
    assert send(2, "0.50", base=1, device=TABLET).total == Decimal("50.00")
    with pytest.raises(SheetEditedElsewhereError):
        send(2, "0.90", base=1, device=PHONE)


def test_two_devices_that_agree_are_no_conflict(send):
    send(1, "0.80", device=PHONE)

    assert send(1, "0.80", device=TABLET).version == 1


def test_what_a_page_without_scripts_saved_is_another_device(send, round_, entry, jun):
    send(1, "0.80")
    service.save_sheet(
        round_.id, entry.id, version=1, marks=full_marks(round_, entry, "0.70"), gates={}, by=jun
    )

    with pytest.raises(SheetEditedElsewhereError):
        send(2, "0.90", base=1)


def test_a_submission_locks_and_its_replay_is_safe(send):
    sheet = send(1, "0.80", submit=True)

    assert sheet.is_submitted
    assert send(1, "0.80", submit=True).version == sheet.version
    assert send(2, "0.80", submit=True, device=TABLET).is_submitted
    assert count(SubmittedSheet) == 1


def test_a_locked_sheet_takes_nothing_else(send):
    send(1, "0.80", submit=True)

    for device in (PHONE, TABLET):
        with pytest.raises(SheetSubmittedError):
            send(2, "0.90", base=1, device=device)


def test_an_incomplete_submission_changes_nothing_and_may_be_mended(send):
    with pytest.raises(SheetIncompleteError):
        send(1, submit=True, innovation=None)

    assert count(Scoresheet) == 0
    assert send(1, submit=True).is_submitted


def test_a_returned_sheet_is_handed_in_again_and_both_are_kept(
    send, round_, entry, seat, panel, olga
):
    chief = make_judge(panel, is_chief=True, by=olga)
    sheet = send(1, "0.80", submit=True)
    asked = service.ask_return(sheet.id, reason="两项分数写反", by=chief.person)
    service.sign_return(asked.id, by=make_watch(round_))

    assert send(1, "0.80", submit=True).state is ScoresheetState.DRAFT
    send(2, "0.90", base=sheet.version, submit=True)

    kept = db.session.scalars(select(SubmittedSheet).order_by(SubmittedSheet.ordinal)).all()
    assert [(one.ordinal, one.marks["innovation"]) for one in kept] == [(1, "24.00"), (2, "27.00")]


def test_what_comes_after_the_closing_is_kept_and_not_counted(send, round_, olga):
    send(1, "0.80")
    service.close_round(round_.id, reason="时间已到", by=olga)

    for _retry in range(2):
        with pytest.raises(SheetLateError):
            send(2, "0.90", base=1, submit=True)

    late = db.session.scalar(select(LateSheet))
    assert late.values["marks"]["innovation"] == "27.00"
    assert late.values["is_submission"]
    assert db.session.scalar(select(Scoresheet)).total == Decimal("80.00")
    assert [standing.total for standing in list_standings(round_.id)] == [None]


def test_a_late_replay_of_what_was_counted_is_no_late_sheet(send, round_, olga):
    sheet = send(1, "0.80", submit=True)
    service.close_round(round_.id, reason="评委人数不足", by=olga)

    assert send(1, "0.80", submit=True).id == sheet.id
    assert count(LateSheet) == 0


def test_a_judge_who_scored_nothing_before_the_closing_is_told_too(send, round_, olga):
    service.close_round(round_.id, reason="时间已到", by=olga)

    with pytest.raises(SheetLateError):
        send(1, "0.80", submit=True)

    assert (count(LateSheet), count(Scoresheet)) == (1, 0)


def test_a_round_not_yet_open_keeps_nothing(app, olga, jun):
    round_ = make_round(by=olga, is_open=False)
    entry = make_approved(round_.competition)
    make_judge(make_panel(round_, by=olga), person=jun, by=olga)
    values = SheetValues({"innovation": Decimal(1)}, {}, "", "")
    edit = SheetEdit(PHONE, 1, 0, values, is_submission=False)

    with pytest.raises(RoundNotOpenError):
        service.sync_sheet(round_.id, entry.id, edit=edit, by=jun)

    assert count(LateSheet) == 0


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_sheet_for_a_withdrawn_entry_is_refused(send, entry, has_begun):
    if has_begun:
        send(1, "0.80")
    entry_service.withdraw_entry(entry.id, by=entry.captain)

    for submit in (False, True):
        with pytest.raises(EntryWithdrawnError):
            send(2, "0.90", base=1, submit=submit)


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_judge_who_declared_an_interest_sends_nothing_more(send, round_, entry, jun, has_begun):
    if has_begun:
        send(1, "0.80")
    service.declare_recusal(round_.id, entry.id, judge_id=jun.id, kind=RecusalKind.RELATIVE, by=jun)

    for submit in (False, True):
        with pytest.raises(RecusedError):
            send(2, "0.90", base=1, submit=submit)


def test_a_judge_of_the_teams_university_submits_nothing(panel, round_, olga):
    university = make_university("重庆大学")
    entry = make_approved(round_.competition, captain=make_person(university=university))
    barred = make_judge(panel, university=university, by=olga)
    values = SheetValues(full_marks(round_, entry), all_gates(round_, entry), "", "")

    for submit in (False, True):
        with pytest.raises(RecusedError):
            service.sync_sheet(
                round_.id,
                entry.id,
                edit=SheetEdit(PHONE, 1, 0, values, is_submission=submit),
                by=barred.person,
            )


def test_the_wrong_judge_writes_on_nobodys_sheet(send, panel, nell, olga):
    send(1, "0.80")

    for person in (nell, olga):
        with pytest.raises(NotFoundError):
            send(1, "0.10", by=person)
    other = make_judge(panel, by=olga)
    assert send(1, "0.10", by=other.person).judge_id == other.person_id
    assert {sheet.total for sheet in db.session.scalars(select(Scoresheet))} == {
        Decimal("80.00"),
        Decimal("10.00"),
    }


def test_a_judge_who_was_taken_out_sends_nothing_more(send, seat, olga):
    send(1, "0.80")
    service.unseat_judge(seat.id, by=olga)

    with pytest.raises(NotFoundError):
        send(2, "0.90", base=1)


@pytest.mark.parametrize("given", ["30.01", "0." + "1" * 100, "-1"])
def test_a_mark_that_does_not_fit_is_refused(send, given):
    with pytest.raises(MarkOutOfRangeError) as refusal:
        send(1, personal_growth=Decimal(given))

    assert refusal.value.field == "mark_personal_growth"


def test_a_save_asks_the_database_little(send, round_, entry, jun, count_statements):
    send(1, "0.80")
    values = SheetValues(full_marks(round_, entry, "0.90"), all_gates(round_, entry), "", "")
    edit = SheetEdit(PHONE, 2, 1, values, is_submission=False)
    keys = round_.id, entry.id, get_person(jun.id)
    with count_statements() as seen:
        service.sync_sheet(*keys[:2], edit=edit, by=keys[2])

    assert len(seen) <= 11, seen


def sync_by_keys(keys, number, share, *, device=PHONE, base=0, submit=False):
    """A device's edit by its keys alone, for a thread with a session of its own."""
    from eventhub.accounts.queries import get_person
    from eventhub.competitions.queries import get_round
    from eventhub.entries.queries import get_entry

    round_, entry = get_round(keys[0]), get_entry(keys[1])
    values = SheetValues(full_marks(round_, entry, share), all_gates(round_, entry), "", "")
    edit = SheetEdit(device, number, base, values, is_submission=submit)
    return service.sync_sheet(keys[0], keys[1], edit=edit, by=get_person(keys[2])).total


@pytest.mark.race
def test_retries_in_any_order_end_with_the_last_edit(seat, round_, entry, jun, at_once):
    keys = (round_.id, entry.id, jun.id)
    jobs = [(3, "0.30"), (1, "0.10"), (2, "0.20"), (3, "0.30")]

    results = at_once(*(lambda job=job: sync_by_keys(keys, *job) for job in jobs))

    assert all(isinstance(result, Decimal) for result in results), results
    db.session.expire_all()
    assert db.session.scalar(select(Scoresheet)).total == Decimal("30.00")


@pytest.mark.race
def test_without_the_edits_number_an_old_edit_wins_over_a_new_one(
    seat, round_, entry, jun, monkeypatch
):
    monkeypatch.setattr(syncing, "_note_number", lambda *_: True)
    keys = (round_.id, entry.id, jun.id)

    sync_by_keys(keys, 2, "0.20")
    sync_by_keys(keys, 1, "0.10")

    assert db.session.scalar(select(Scoresheet)).total == Decimal("10.00")


@pytest.mark.race
def test_of_two_devices_at_once_one_is_told(seat, round_, entry, jun, at_once):
    keys = (round_.id, entry.id, jun.id)

    results = at_once(
        lambda: sync_by_keys(keys, 1, "0.10", device=PHONE),
        lambda: sync_by_keys(keys, 1, "0.20", device=TABLET),
    )

    assert sorted(type(result).__name__ for result in results) == [
        "Decimal",
        "SheetEditedElsewhereError",
    ]


def submit_while_closing(keys, olga_id, at_once, monkeypatch):
    """A phone's submission comes in between the count and the closing."""
    counted, answered = threading.Event(), threading.Event()
    build = closing.build_board

    def build_then_wait(held):
        board = build(held)
        counted.set()
        answered.wait(timeout=2)
        return board

    monkeypatch.setattr(closing, "build_board", build_then_wait)

    def close():
        from eventhub.accounts.queries import get_person

        return service.close_round(keys[0], reason="时间已到", by=get_person(olga_id)).state

    def submit():
        counted.wait(timeout=10)
        try:
            return sync_by_keys(keys, 2, "0.90", base=1, submit=True)
        finally:
            answered.set()

    results = at_once(close, submit)
    db.session.expire_all()
    counts = [len(standing.sheets) for standing in list_standings(keys[0])]
    return results, db.session.scalar(select(Scoresheet)).state, counts


@pytest.mark.race
def test_a_sheet_on_its_way_is_counted_or_kept_as_late(
    seat, round_, entry, jun, olga, at_once, monkeypatch
):
    make_sheet(seat, entry, is_submitted=False)

    results, state, counts = submit_while_closing(
        (round_.id, entry.id, jun.id), olga.id, at_once, monkeypatch
    )

    assert results[0] is RoundState.CLOSED
    assert isinstance(results[1], SheetLateError)
    assert (state, counts) == (ScoresheetState.DRAFT, [0])
    assert count(LateSheet) == 1


@pytest.mark.race
def test_without_the_lock_a_sheet_on_its_way_is_taken_and_not_counted(
    seat, round_, entry, jun, olga, at_once, monkeypatch
):
    from eventhub.competitions.models import Round

    make_sheet(seat, entry, is_submitted=False)
    db.session.execute(Scoresheet.__table__.update().values(device_id=PHONE))
    db.session.commit()
    monkeypatch.setattr(
        seat_reads,
        "hold_round_state",
        lambda key: db.session.scalar(select(Round.state).where(Round.id == key)),
    )

    _results, state, counts = submit_while_closing(
        (round_.id, entry.id, jun.id), olga.id, at_once, monkeypatch
    )

    assert (state, counts) == (ScoresheetState.SUBMITTED, [0])
