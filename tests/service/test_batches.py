"""One verdict on many entries, and taking it back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from eventhub.audit.models import AuditEntry
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState, Verdict
from eventhub.entries.errors import (
    BatchOverError,
    NothingToDecideError,
    ReasonMissingError,
    RecommendationMissingError,
)
from eventhub.entries.queries import EntryFilter
from eventhub.entries.service import batches
from eventhub.errors import ForbiddenError
from eventhub.events.queries import list_party
from eventhub.notifications.models import Delivery
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_organiser,
    make_person,
    make_university,
)
from tests.factories.schools import make_school_officer

REASON = "请补充财务预测。"


@pytest.fixture
def competition(olga):
    return make_competition(by=olga)


def add(competition, *, state=EntryState.SUBMITTED, name="智巡山城"):
    captain = make_person("冉小满", university=make_university())
    return make_entry(competition, captain=captain, state=state, name=name)


def letters(kind: str) -> list[Delivery]:
    return [*db.session.scalars(select(Delivery).where(Delivery.kind == kind))]


def state_of(entry) -> EntryState:
    db.session.expire_all()
    return queries.get_entry(entry.id).state


def decide(competition, entries, by, *, verdict=Verdict.APPROVED, reason=""):
    return service.decide_batch(
        competition.id,
        verdict=verdict,
        entry_ids=[entry.id for entry in entries],
        reason=reason,
        by=by,
    )


def test_many_are_approved_and_hear_of_it_only_when_it_can_no_longer_be_undone(
    competition, olga, time
):
    entries = [add(competition) for _ in range(3)]

    batch, skipped = decide(competition, entries, olga)

    assert skipped == []
    assert {state_of(entry) for entry in entries} == {EntryState.APPROVED}
    assert letters("entries.approved") == []
    assert list_party(competition.event_id, entries[0].id) == []

    time.move(minutes=9)
    batches.finish_batch(batch.id)
    assert letters("entries.approved") == []

    time.move(minutes=1)
    batches.finish_batch(batch.id)
    assert len(letters("entries.approved")) == 3
    assert len(list_party(competition.event_id, entries[0].id)) == 3

    batches.finish_batch(batch.id)
    assert len(letters("entries.approved")) == 3


def test_the_queue_is_told_when(competition, olga, time):
    batch, _skipped = decide(competition, [add(competition)], olga)

    query = "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'entries.finish_batch'"
    assert db.session.scalar(db.text(query)) == batch.letters_due_at


def test_undoing_restores_every_state_and_nobody_hears_of_it(competition, olga, time):
    waiting, approved = add(competition), add(competition, state=EntryState.APPROVED)
    before = len(letters("entries.returned"))
    batch, _skipped = decide(
        competition, [waiting, approved], olga, verdict=Verdict.RETURNED, reason=REASON
    )
    assert state_of(approved) is EntryState.RETURNED

    undone = service.undo_batch(batch.id, by=olga)

    assert undone.restored == 2
    assert state_of(waiting) is EntryState.SUBMITTED
    assert state_of(approved) is EntryState.APPROVED
    assert [r.verdict for r in queries.get_entry(waiting.id).reviews] == []
    time.move(minutes=20)
    batches.finish_batch(batch.id)
    assert len(letters("entries.returned")) == before
    deeds = {*db.session.scalars(select(AuditEntry.action))}
    assert {"entries.batch_returned", "entries.batch_undone", "entry.restored"} <= deeds


def test_what_has_moved_on_is_left_alone_and_named(competition, olga):
    stays, moves = add(competition), add(competition, name="嘉陵净界")
    batch, _skipped = decide(competition, [stays, moves], olga)
    service.return_entry(moves.id, reason=REASON, by=olga)

    undone = service.undo_batch(batch.id, by=olga)

    assert undone.restored == 1
    assert [entry.name for entry in undone.moved_on] == ["嘉陵净界"]
    assert state_of(moves) is EntryState.RETURNED


def test_who_was_decided_upon_anew_hears_of_that_alone(competition, olga, time):
    entry = add(competition)
    batch, _skipped = decide(competition, [entry], olga)
    service.return_entry(entry.id, reason=REASON, by=olga)

    time.move(minutes=11)
    batches.finish_batch(batch.id)

    assert letters("entries.approved") == []
    assert len(letters("entries.returned")) == 1


def test_after_ten_minutes_nothing_can_be_undone(competition, olga, time):
    batch, _skipped = decide(competition, [add(competition)], olga)
    time.move(minutes=10)

    with pytest.raises(BatchOverError):
        service.undo_batch(batch.id, by=olga)


def test_a_batch_is_undone_once(competition, olga):
    batch, _skipped = decide(competition, [add(competition)], olga)
    service.undo_batch(batch.id, by=olga)

    with pytest.raises(BatchOverError):
        service.undo_batch(batch.id, by=olga)


@pytest.mark.race
def test_undoing_and_sending_at_once_never_do_both(competition, olga, time, at_once):
    """At the very minute the job comes, a hand that is still on the button comes too late."""
    from eventhub.accounts.queries import get_person

    entry = add(competition)
    batch, _skipped = decide(competition, [entry], olga)
    batch_id, olga_id, due_at = batch.id, olga.id, batch.letters_due_at
    db.session.rollback()
    time.set(due_at)

    def undo():
        return service.undo_batch(batch_id, by=get_person(olga_id)).restored

    results = at_once(undo, lambda: batches.finish_batch(batch_id))

    sent = len(letters("entries.approved"))
    assert isinstance(results[0], BatchOverError)
    assert sent == 1
    assert state_of(entry) is EntryState.APPROVED


@pytest.mark.race
def test_two_who_undo_at_once_restore_once(competition, olga, at_once):
    from eventhub.accounts.queries import get_person

    batch, _skipped = decide(competition, [add(competition) for _ in range(3)], olga)
    batch_id, olga_id = batch.id, olga.id
    db.session.rollback()

    def undo():
        return service.undo_batch(batch_id, by=get_person(olga_id)).restored

    results = at_once(undo, undo)

    assert sorted(r for r in results if isinstance(r, int)) == [3]
    assert sum(isinstance(r, BatchOverError) for r in results) == 1


@pytest.mark.race
def test_two_batches_over_the_same_entries_decide_each_once(competition, olga, at_once):
    from eventhub.accounts.queries import get_person

    ids = [add(competition).id for _ in range(4)]
    competition_id, olga_id = competition.id, olga.id
    db.session.rollback()

    def approve(order):
        def job():
            batch, _skipped = service.decide_batch(
                competition_id, verdict=Verdict.APPROVED, entry_ids=order, by=get_person(olga_id)
            )
            return len(batch.lines)

        return job

    results = at_once(approve(ids), approve(ids[::-1]))

    decided = [r for r in results if isinstance(r, int)]
    assert sum(decided) == 4
    assert all(isinstance(r, int | NothingToDecideError) for r in results)


def test_a_preview_tells_what_is_skipped_and_why(olga):
    competition = make_competition(by=olga)
    with transaction():
        competition.needs_recommendation = True
    good, bare = add(competition, name="甲"), add(competition, name="乙")
    draft = add(competition, state=EntryState.DRAFT, name="丙")
    service.recommend_entry(good.id, by=make_school_officer())

    preview = service.preview_batch(
        competition.id,
        verdict=Verdict.APPROVED,
        entry_ids=[good.id, bare.id, draft.id],
        wanted=EntryFilter(),
        by=olga,
    )

    assert [entry.name for entry in preview.entries] == ["甲"]
    why = {line.entry.name: str(line.why) for line in preview.skipped}
    assert why == {"乙": "学校还没有推荐", "丙": "团队还在填写"}
    assert state_of(good) is EntryState.SUBMITTED


def test_everything_that_the_filter_shows_is_chosen_up_to_a_bound(competition, olga, monkeypatch):
    for name in ("甲", "乙", "丙"):
        add(competition, name=name)
    add(competition, state=EntryState.DRAFT, name="丁")
    monkeypatch.setattr(batches, "BATCH_MAX", 2)

    preview = service.preview_batch(
        competition.id,
        verdict=Verdict.APPROVED,
        entry_ids=None,
        wanted=EntryFilter(state=EntryState.SUBMITTED),
        by=olga,
    )

    assert len(preview.entries) == 2
    assert preview.beyond == 1


def test_what_changed_between_asking_and_confirming_is_passed_over(competition, olga):
    stays, gone = add(competition), add(competition)
    service.withdraw_entry(gone.id, by=gone.captain)

    batch, skipped = decide(competition, [stays, gone], olga)

    assert len(batch.lines) == 1
    assert [line.entry.id for line in skipped] == [gone.id]


def test_nothing_to_decide_is_said_so(competition, olga):
    with pytest.raises(NothingToDecideError):
        decide(competition, [add(competition, state=EntryState.DRAFT)], olga)


def test_entries_of_another_competition_are_not_touched(competition, olga):
    other = add(make_competition(by=olga))

    with pytest.raises(NothingToDecideError):
        decide(competition, [other], olga)
    assert state_of(other) is EntryState.SUBMITTED


def test_returning_many_needs_a_reason(competition, olga):
    with pytest.raises(ReasonMissingError):
        decide(competition, [add(competition)], olga, verdict=Verdict.RETURNED, reason=" ")


def test_only_who_runs_the_competition_decides(competition, tia, olga):
    entry = add(competition)
    stranger = make_organiser(circle=make_circle("cqu", university="重庆大学"))
    batch, _skipped = decide(competition, [entry], olga)

    for person in (tia, stranger, make_school_officer()):
        with pytest.raises(ForbiddenError):
            decide(competition, [entry], person)
        with pytest.raises(ForbiddenError):
            service.undo_batch(batch.id, by=person)


def test_an_entry_without_the_school_s_word_is_not_approved(competition, olga):
    with transaction():
        competition.needs_recommendation = True
    entry = add(competition)

    with pytest.raises(RecommendationMissingError):
        service.approve_entry(entry.id, by=olga)
    service.recommend_entry(entry.id, by=make_school_officer())
    service.approve_entry(entry.id, by=olga)

    assert state_of(entry) is EntryState.APPROVED
