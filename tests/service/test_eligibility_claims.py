"""One student, one project: who is faster has them, and the database says so."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from eventhub import clock
from eventhub.circles.queries import get_circle
from eventhub.competitions.models import Competition
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState, MemberState
from eventhub.entries.errors import IncompleteEntryError, StudentTakenError
from eventhub.entries.models import Entry, Member, StudentClaim
from eventhub.entries.service import MemberDraft, claims
from tests.factories import (
    make_competition,
    make_draft,
    make_entry,
    make_organiser,
    make_person,
    make_university,
)

NUMBER = "2024210999"


def one_project(competition: Competition, edition_key: str = "cicic-2026") -> Competition:
    with transaction():
        competition.is_one_project, competition.edition_key = True, edition_key
    return competition


def with_shared_student(competition: Competition, captain_name: str, **facts: Any) -> Entry:
    """A whole entry whose second member is the same student of the same school."""
    captain = make_person(captain_name, university=make_university("重庆邮电大学"))
    draft = make_draft(captain)
    one, _two, three = draft.members
    shared = MemberDraft(
        "吉克·阿呷", captain.university_id, facts.pop("number", NUMBER), "", "13883000002", "硬件"
    )
    return make_entry(
        competition, captain=captain, state=EntryState.DRAFT, members=(one, shared, three), **facts
    )


def claimed(entry: Entry) -> int:
    query = select(StudentClaim).where(StudentClaim.entry_id == entry.id)
    return len(db.session.scalars(query).all())


def item(entry: Entry, key: str) -> service.ChecklistItem:
    entry = queries.get_entry(entry.id)
    items = service.list_checks(entry, service.list_slots(entry))
    return next(item for item in items if item.rule_key == key)


def confirm(member_id: Any, person: Any = None) -> None:
    """As the confirmation does: the member says yes, and is claimed at once."""
    with transaction():
        member = db.session.get_one(Member, member_id)
        queries.get_entry(member.entry_id, lock=True)
        member.state, member.consented_at = MemberState.CONFIRMED, clock.now()
        member.person = person
        claims.claim_member(member)


def test_whoever_hands_in_first_has_the_student(app):
    competition = one_project(make_competition())
    first = with_shared_student(competition, "甲")
    second = with_shared_student(competition, "乙")

    service.submit_entry(first.id, by=first.captain)

    line = item(second, "one-project")
    assert (line.state, line.note) == ("missing", "第 2 位成员已在本届另一个项目中")
    with pytest.raises(IncompleteEntryError):
        service.submit_entry(second.id, by=second.captain)
    assert claimed(first) > 3
    assert claimed(second) == 0


def test_the_refusal_names_the_student_and_not_the_other_project(app):
    competition = one_project(make_competition())
    first = with_shared_student(competition, "甲", name="绝密项目")
    second = with_shared_student(competition, "乙")
    with transaction():
        claims.claim_all(queries.get_entry(first.id))

    with pytest.raises(StudentTakenError) as refusal, transaction():
        claims.claim_all(queries.get_entry(second.id))

    assert (
        str(refusal.value.message) == "吉克·阿呷 已在本届另一个项目中，每名学生只能参加一个项目。"
    )
    assert claimed(second) == 0


def test_where_the_competition_allows_it_nobody_is_claimed(app):
    competition = make_competition()
    for name in ("甲", "乙"):
        entry = with_shared_student(competition, name)
        service.submit_entry(entry.id, by=entry.captain)
        assert claimed(entry) == 0


@pytest.mark.parametrize("number", ["2024210999", " 2024210999", "２０２４２１０９９９"])
def test_the_same_student_is_known_however_typed(app, number):
    competition = one_project(make_competition())
    first = with_shared_student(competition, "甲")
    second = with_shared_student(competition, "乙", number=number)
    service.submit_entry(first.id, by=first.captain)

    assert item(second, "one-project").state == "missing"


def test_the_same_number_at_another_school_is_another_student(app):
    competition = one_project(make_competition())
    first = with_shared_student(competition, "甲")
    elsewhere = make_university("重庆大学")
    captain = make_person("乙", university=elsewhere)
    one, _two, three = make_draft(captain).members
    other = MemberDraft("吉克·阿呷", elsewhere.id, NUMBER, "", "13883000002", "硬件")
    second = make_entry(
        competition, captain=captain, state=EntryState.DRAFT, members=(one, other, three)
    )

    for entry in (first, second):
        service.submit_entry(entry.id, by=entry.captain)

    assert claimed(second) > 3


def test_all_stages_of_an_edition_are_one(app):
    school, city = one_project(make_competition()), one_project(make_competition())
    alone = one_project(make_competition(), edition_key="")
    first, second = with_shared_student(school, "甲"), with_shared_student(city, "乙")
    elsewhere = with_shared_student(alone, "丙")
    service.submit_entry(first.id, by=first.captain)

    assert item(second, "one-project").state == "missing"
    service.submit_entry(elsewhere.id, by=elsewhere.captain)
    assert claims.scope_of(queries.get_entry(elsewhere.id)) == str(alone.id)


def test_the_same_project_goes_up_with_its_students(app):
    school, city = one_project(make_competition()), one_project(make_competition())
    first, second = with_shared_student(school, "甲"), with_shared_student(city, "乙")
    service.submit_entry(first.id, by=first.captain)
    with transaction():
        second.project_id, second.origin_id = first.project_id, first.id

    service.submit_entry(second.id, by=second.captain)

    assert claimed(second) > 0


def test_a_student_is_free_again_once_the_entry_is_withdrawn(app):
    competition = one_project(make_competition())
    first, second = with_shared_student(competition, "甲"), with_shared_student(competition, "乙")
    service.submit_entry(first.id, by=first.captain)

    service.withdraw_entry(first.id, by=first.captain)

    assert claimed(first) == 0
    service.submit_entry(second.id, by=second.captain)


def test_claims_follow_what_is_edited(app, olga):
    competition = one_project(make_competition())
    first, second = with_shared_student(competition, "甲"), with_shared_student(competition, "乙")
    service.submit_entry(first.id, by=first.captain)
    organiser = make_organiser(circle=get_circle(competition.event.circle_id))
    service.return_entry(first.id, reason="请核对学号。", by=organiser)
    entry = queries.get_entry(first.id)
    draft = service.draft_of(entry)
    one, two, three = draft.members
    changed = MemberDraft(
        two.name, two.university_id, "2024210111", "", two.phone, two.duty, two.id
    )

    service.save_entry(
        entry.id,
        version=entry.version,
        draft=make_draft(entry.captain, members=(one, changed, three)),
        by=entry.captain,
    )

    # the number is free; the new one is claimed when the entry is handed in again
    service.submit_entry(second.id, by=second.captain)
    again = service.submit_entry(entry.id, by=entry.captain)
    keys = set(
        db.session.scalars(
            select(StudentClaim.student_key).where(StudentClaim.entry_id == entry.id)
        )
    )
    assert claims.keys_of(again.members[1]) <= keys


def test_a_removed_member_is_free(app):
    competition = one_project(make_competition())
    first, second = with_shared_student(competition, "甲"), with_shared_student(competition, "乙")
    confirm(first.members[1].id)
    entry = queries.get_entry(first.id)

    with transaction():
        claims.release_member(entry.members[1])

    confirm(second.members[1].id)
    assert claimed(second) == 1


def test_a_draft_claims_only_who_has_confirmed(app):
    competition = one_project(make_competition())
    entry = with_shared_student(competition, "甲")
    with transaction():
        claims.refresh(queries.get_entry(entry.id))
    assert claimed(entry) == 0

    confirm(entry.members[1].id, make_person("吉克"))

    assert claimed(entry) == 2  # the number and the account


def test_one_account_is_one_student_whatever_the_number(app):
    competition = one_project(make_competition())
    first = with_shared_student(competition, "甲")
    second = with_shared_student(competition, "乙", number="2024210777")
    person = make_person("吉克")
    confirm(first.members[1].id, person)

    with pytest.raises(StudentTakenError):
        confirm(second.members[1].id, person)


def test_the_same_papers_are_one_student(app):
    competition = one_project(make_competition())
    first = with_shared_student(competition, "甲")
    second = with_shared_student(competition, "乙", number="2024210777")
    for entry in (first, second):
        with transaction():
            queries.get_entry(entry.id).members[1].id_hash = "5" * 32
    service.submit_entry(first.id, by=first.captain)

    with pytest.raises(IncompleteEntryError):
        service.submit_entry(second.id, by=second.captain)


def test_no_name_and_no_number_is_stored_in_a_claim(app):
    competition = one_project(make_competition())
    entry = with_shared_student(competition, "甲")
    service.submit_entry(entry.id, by=entry.captain)

    for key in db.session.scalars(select(StudentClaim.student_key)):
        kind, _colon, digest = key.partition(":")
        assert kind in {"number", "paper", "person"}
        assert len(digest) == 32
        assert NUMBER not in key


# --- races


def submit(entry: Entry) -> Any:
    entry_id, captain = entry.id, entry.captain_id
    from eventhub.accounts.models import Person

    return lambda: service.submit_entry(entry_id, by=db.session.get_one(Person, captain)).id


def winners(results: list[Any]) -> int:
    allowed = (StudentTakenError, IncompleteEntryError)
    lost = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(result, allowed) for result in lost), lost
    return len(results) - len(lost)


@pytest.mark.race
@pytest.mark.parametrize("attempt", range(3))
def test_of_two_entries_at_once_exactly_one_has_the_student(app, at_once, attempt):
    competition = one_project(make_competition())
    entries = [with_shared_student(competition, name) for name in ("甲", "乙")]

    results = at_once(*map(submit, entries))

    assert winners(results) == 1
    db.session.expire_all()
    states = [queries.get_entry(entry.id).state for entry in entries]
    assert sorted(states) == sorted([EntryState.SUBMITTED, EntryState.DRAFT])


@pytest.mark.race
def test_of_two_captains_who_confirm_one_student_at_once_one_has_them(app, at_once):
    competition = one_project(make_competition())
    members = [with_shared_student(competition, name).members[1].id for name in ("甲", "乙")]

    results = at_once(*(lambda m=m: confirm(m) or m for m in members))

    assert winners(results) == 1


@pytest.mark.race
def test_without_the_constraint_both_would_have_them(app, at_once):
    """The control: what decides is the constraint, not the look before."""
    competition = one_project(make_competition())
    members = [with_shared_student(competition, name).members[1].id for name in ("甲", "乙")]
    definition = db.session.scalar(
        text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
        {"name": claims.CONSTRAINT},
    )
    with transaction():
        db.session.execute(text(f"ALTER TABLE student_claims DROP CONSTRAINT {claims.CONSTRAINT}"))
    try:
        results = at_once(*(lambda m=m: confirm(m) or m for m in members))
        assert winners(results) == 2
    finally:
        with transaction():
            db.session.execute(text("DELETE FROM student_claims"))
            db.session.execute(
                text(f"ALTER TABLE student_claims ADD CONSTRAINT {claims.CONSTRAINT} {definition}")
            )


@pytest.mark.race
def test_many_teams_that_share_members_both_ways_do_not_lock_each_other_up(app, at_once):
    """Two students in two teams, listed in opposite order: one team wins, nobody hangs."""
    competition = one_project(make_competition())
    entries = []
    for name, numbers in (("甲", ("1", "2")), ("乙", ("2", "1"))):
        captain = make_person(name, university=make_university("重庆邮电大学"))
        one = make_draft(captain).members[0]
        others = [
            MemberDraft(f"学生{n}", captain.university_id, f"202421000{n}", "", "", "")
            for n in numbers
        ]
        entries.append(
            make_entry(competition, captain=captain, state=EntryState.DRAFT, members=(one, *others))
        )

    assert winners(at_once(*map(submit, entries))) == 1
