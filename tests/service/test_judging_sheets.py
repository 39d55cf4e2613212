"""Scoresheets: who may, when, what fits, and what two devices do to each other."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from sqlalchemy import select

from eventhub.audit.models import AuditEntry
from eventhub.competitions.enums import RoundState
from eventhub.db import db
from eventhub.errors import NotFoundError
from eventhub.judging import service
from eventhub.judging.enums import RecusalKind, ScoresheetState
from eventhub.judging.errors import (
    MarkOutOfRangeError,
    RecusedError,
    RoundNotOpenError,
    SheetEditedElsewhereError,
    SheetIncompleteError,
    SheetSubmittedError,
    UnknownCriterionError,
)
from eventhub.judging.models import Scoresheet
from eventhub.judging.queries import seats as seat_reads
from tests.factories import make_person, make_round, make_university
from tests.factories.judging import (
    all_gates,
    full_marks,
    make_judge,
    make_judged_round,
    make_panel,
    make_sheet,
)
from tests.factories.roadshows import make_approved


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


def values(round_, entry, share="0.80", **changes):
    return {
        "marks": full_marks(round_, entry, share),
        "gates": all_gates(round_, entry),
        "note": "",
        "feedback": "",
        **changes,
    }


def test_a_draft_keeps_what_is_filled_in_and_counts_its_saves(seat, round_, entry, jun):
    first = service.save_sheet(
        round_.id,
        entry.id,
        version=0,
        marks={"personal_growth": Decimal("27.50"), "innovation": None},
        gates={},
        note="待核对专利号",
        by=jun,
    )
    again = service.save_sheet(
        round_.id,
        entry.id,
        version=first.version,
        marks={"personal_growth": None},
        gates={},
        by=jun,
    )

    assert first.id == again.id
    assert again.version == 2
    assert again.points == {}
    assert again.state is ScoresheetState.DRAFT


def test_the_same_save_twice_is_one(seat, round_, entry, jun):
    first = service.save_sheet(round_.id, entry.id, version=0, by=jun, **values(round_, entry))
    again = service.save_sheet(round_.id, entry.id, version=0, by=jun, **values(round_, entry))

    assert (first.id, again.version) == (again.id, 1)


def test_a_second_device_overwrites_nothing(seat, round_, entry, jun):
    service.save_sheet(round_.id, entry.id, version=0, by=jun, **values(round_, entry, "0.80"))

    with pytest.raises(SheetEditedElsewhereError):
        service.save_sheet(round_.id, entry.id, version=0, by=jun, **values(round_, entry, "0.50"))

    assert db.session.scalar(select(Scoresheet)).total == Decimal("80.00")


def test_submitting_locks_and_is_logged(seat, round_, entry, jun):
    sheet = make_sheet(seat, entry)

    with pytest.raises(SheetSubmittedError):
        service.save_sheet(
            round_.id, entry.id, version=sheet.version, by=jun, **values(round_, entry, "0.50")
        )

    logged = db.session.scalar(select(AuditEntry).where(AuditEntry.subject_id == sheet.id))
    assert logged.action == "scoresheet.submitted"
    assert logged.after["total"] == "80.00"
    assert logged.actor_id == jun.id


def test_submitting_the_same_twice_is_safe_even_after_the_round_closed(
    seat, round_, entry, jun, olga
):
    sheet = make_sheet(seat, entry)
    service.close_round(round_.id, reason="评委人数不足", by=olga)

    again = service.submit_sheet(round_.id, entry.id, version=0, by=jun, **values(round_, entry))

    assert again.id == sheet.id


@pytest.mark.parametrize("given", ["30.01", "-0.01", "27.505", "Infinity", "NaN"])
def test_a_mark_that_does_not_fit_is_refused_beside_its_field(seat, round_, entry, jun, given):
    marks = {**full_marks(round_, entry), "personal_growth": Decimal(given)}

    with pytest.raises(MarkOutOfRangeError) as refusal:
        service.save_sheet(round_.id, entry.id, version=0, marks=marks, gates={}, by=jun)

    assert refusal.value.field == "mark_personal_growth"
    assert db.session.scalar(select(Scoresheet)) is None


@pytest.mark.parametrize("given", ["0", "30", "30.00", "0.01", "29.99"])
def test_the_edges_of_the_range_are_in_it(seat, round_, entry, jun, given):
    sheet = service.save_sheet(
        round_.id, entry.id, version=0, marks={"personal_growth": Decimal(given)}, gates={}, by=jun
    )

    assert sheet.points["personal_growth"] == Decimal(given)


def test_an_unknown_criterion_is_refused(seat, round_, entry, jun):
    with pytest.raises(UnknownCriterionError):
        service.save_sheet(
            round_.id, entry.id, version=0, marks={"charm": Decimal(1)}, gates={}, by=jun
        )


def test_an_incomplete_sheet_is_not_submitted_and_not_saved(seat, round_, entry, jun):
    marks = {**full_marks(round_, entry), "personal_growth": None}

    with pytest.raises(SheetIncompleteError) as refusal:
        service.submit_sheet(
            round_.id,
            entry.id,
            version=0,
            marks=marks,
            gates=all_gates(round_, entry),
            by=jun,
        )

    assert refusal.value.field == "mark_personal_growth"
    assert db.session.scalar(select(Scoresheet)) is None


def test_a_gate_needs_a_verdict(seat, round_, entry, jun):
    with pytest.raises(SheetIncompleteError) as refusal:
        service.submit_sheet(
            round_.id, entry.id, version=0, marks=full_marks(round_, entry), gates={}, by=jun
        )

    assert refusal.value.field == "gate_necessary"


def test_a_round_that_is_not_open_takes_no_marks(app, olga, jun):
    round_ = make_round(by=olga, is_open=False)
    entry = make_approved(round_.competition)
    make_judge(make_panel(round_, by=olga), person=jun, by=olga)

    with pytest.raises(RoundNotOpenError):
        service.save_sheet(round_.id, entry.id, version=0, by=jun, **values(round_, entry))


def test_a_closed_round_takes_no_marks(seat, round_, entry, jun, olga):
    service.close_round(round_.id, reason="评委临时离场", by=olga)

    with pytest.raises(RoundNotOpenError):
        service.submit_sheet(round_.id, entry.id, version=0, by=jun, **values(round_, entry))


def test_only_a_judge_of_the_round_scores(round_, panel, entry, nell, olga):
    for person in (nell, olga):
        with pytest.raises(NotFoundError):
            service.save_sheet(round_.id, entry.id, version=0, by=person, **values(round_, entry))


def test_an_entry_of_another_contest_is_not_there(seat, round_, jun, olga):
    other = make_approved(make_round(by=olga).competition, "别处的项目")

    with pytest.raises(NotFoundError):
        service.save_sheet(round_.id, other.id, version=0, marks={}, gates={}, by=jun)


def test_a_judge_of_the_teams_university_is_refused(round_, panel, olga):
    university = make_university("重庆大学")
    entry = make_approved(round_.competition, captain=make_person(university=university))
    seat = make_judge(panel, university=university, by=olga)

    with pytest.raises(RecusedError):
        make_sheet(seat, entry)


def test_a_declared_recusal_shuts_the_sheet_and_voids_what_was_given(
    seat, round_, entry, jun, olga
):
    make_sheet(seat, entry)

    service.declare_recusal(round_.id, entry.id, judge_id=jun.id, kind=RecusalKind.RELATIVE, by=jun)

    with pytest.raises(RecusedError):
        service.save_sheet(round_.id, entry.id, version=1, by=jun, **values(round_, entry, "0.1"))
    service.close_round(round_.id, reason="仅一位评委且回避", by=olga)
    from eventhub.judging.queries.results import list_standings

    assert [standing.total for standing in list_standings(round_.id)] == [None]


def save(round_id, entry_id, by_id, share):
    """A save by its keys alone, for a thread with a session of its own."""
    from eventhub.accounts.queries import get_person
    from eventhub.competitions.queries import get_round
    from eventhub.entries.queries import get_entry

    round_, entry = get_round(round_id), get_entry(entry_id)
    return service.save_sheet(
        round_id, entry_id, version=0, by=get_person(by_id), **values(round_, entry, share)
    ).total


@pytest.mark.race
def test_of_two_devices_that_save_first_at_once_one_wins(seat, round_, entry, jun, at_once):
    keys = (round_.id, entry.id, jun.id)

    results = at_once(
        *(lambda share=share: save(*keys, share) for share in ("0.10", "0.20", "0.30", "0.40"))
    )

    won = [result for result in results if isinstance(result, Decimal)]
    lost = [result for result in results if isinstance(result, SheetEditedElsewhereError)]
    assert (len(won), len(lost)) == (1, 3), results
    db.session.expire_all()
    assert db.session.scalar(select(Scoresheet)).total == won[0]


def submit_while_closing(round_, entry, jun, olga, at_once, monkeypatch):
    """A judge submits a draft in the very moment between the count and the closing."""
    counted, submitted = threading.Event(), threading.Event()
    from eventhub.judging.service import results as closing

    build = closing.build_board

    def build_then_wait(held):
        board = build(held)
        counted.set()
        submitted.wait(timeout=2)
        return board

    monkeypatch.setattr(closing, "build_board", build_then_wait)
    keys = (round_.id, entry.id, jun.id, olga.id)

    def close():
        from eventhub.accounts.queries import get_person

        return service.close_round(keys[0], reason="时间已到", by=get_person(keys[3])).state

    def submit():
        from eventhub.accounts.queries import get_person
        from eventhub.competitions.queries import get_round
        from eventhub.entries.queries import get_entry

        counted.wait(timeout=10)
        facts = values(get_round(keys[0]), get_entry(keys[1]))
        try:
            return service.submit_sheet(
                keys[0], keys[1], version=1, by=get_person(keys[2]), **facts
            ).state
        finally:
            submitted.set()

    results = at_once(close, submit)
    db.session.expire_all()
    sheet = db.session.scalar(select(Scoresheet))
    from eventhub.judging.queries.results import list_standings

    counts = [len(standing.sheets) for standing in list_standings(keys[0])]
    return results, sheet.state, counts


@pytest.mark.race
def test_a_sheet_is_either_counted_or_refused(seat, round_, entry, jun, olga, at_once, monkeypatch):
    make_sheet(seat, entry, is_submitted=False)

    results, state, counts = submit_while_closing(round_, entry, jun, olga, at_once, monkeypatch)

    assert results[0] is RoundState.CLOSED
    assert isinstance(results[1], RoundNotOpenError)
    assert (state, counts) == (ScoresheetState.DRAFT, [0])


@pytest.mark.race
def test_without_the_lock_a_sheet_is_submitted_and_not_counted(
    seat, round_, entry, jun, olga, at_once, monkeypatch
):
    make_sheet(seat, entry, is_submitted=False)
    from eventhub.competitions.models import Round

    def look_only(round_id):
        return db.session.scalar(select(Round.state).where(Round.id == round_id))

    monkeypatch.setattr(seat_reads, "hold_round_state", look_only)

    _results, state, counts = submit_while_closing(round_, entry, jun, olga, at_once, monkeypatch)

    assert (state, counts) == (ScoresheetState.SUBMITTED, [0])


def test_a_judged_round_is_complete(app, olga):
    round_ = make_judged_round(by=olga)

    assert service.close_round(round_.id, by=olga).close_reason is None
