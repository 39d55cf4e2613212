"""Inviting, confirming, leaving, leading; and what the closing moment fixes."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from eventhub.accounts.queries import get_person
from eventhub.audit.models import AuditEntry
from eventhub.competitions import service as competitions
from eventhub.competitions.enums import PersonalField
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState, LockedPart, MemberState
from eventhub.entries.errors import (
    ConsentMissingError,
    EditedElsewhereError,
    EntriesClosedError,
    EntryLockedError,
    GroupTooSmallError,
    InvitationOverError,
    InvitationUnknownError,
    NoAddressError,
    NotConfirmedError,
    OtherEntryError,
    PartLockedError,
    ReasonMissingError,
    SameStudentError,
    SharesTooLargeError,
    StudentTakenError,
    TeamFullError,
    UnknownChoiceError,
    UnlockTermsError,
)
from eventhub.entries.models import Entry, Invitation, Member
from eventhub.entries.service import AdviserDraft, MemberDraft, consents, draft_of, invitations
from eventhub.entries.service import joining as joining_module
from eventhub.entries.service.bounds import EntryDraft
from eventhub.errors import ForbiddenError, InvalidError, NotFoundError
from eventhub.events.queries import list_party
from eventhub.i18n import speaking
from eventhub.notifications.models import Delivery
from tests.factories import (
    make_circle,
    make_competition,
    make_confirmation,
    make_draft,
    make_entry,
    make_member,
    make_organiser,
    make_person,
    make_university,
)


def reread(entry: Entry) -> Entry:
    db.session.expire_all()
    return queries.get_entry(entry.id)


def save(entry: Entry, draft: EntryDraft | None = None, **changes):
    entry = reread(entry)
    draft = replace(draft or draft_of(entry), **changes)
    return service.save_entry(entry.id, version=entry.version, draft=draft, by=entry.captain)


def names(entry: Entry) -> list[str]:
    return [member.name for member in reread(entry).members]


def deliveries(kind: str) -> list[Delivery]:
    query = select(Delivery).where(Delivery.kind == kind).order_by(Delivery.created_at)
    return list(db.session.scalars(query))


def deeds() -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.subject_type == "entries")
    return list(db.session.scalars(query.order_by(AuditEntry.seq)))


@pytest.fixture
def draft(tia) -> Entry:
    """Tia's draft, with two listed members."""
    return make_entry(captain=tia, state=EntryState.DRAFT)


@pytest.fixture
def jike(app):
    """A student."""
    return make_person("吉克·阿呷", university=make_university())


# --- inviting


def test_a_link_is_long_random_and_kept_as_a_hash_alone(draft, tia):
    token = service.issue_team_link(draft.id, by=tia)

    stored = db.session.scalars(select(Invitation)).one()
    assert len(token) >= 43
    assert stored.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert stored.expires_at - stored.created_at == timedelta(days=14)


def test_a_new_link_ends_the_one_before(draft, tia):
    old = service.issue_team_link(draft.id, by=tia)
    new = service.issue_team_link(draft.id, by=tia)

    with pytest.raises(InvitationOverError):
        service.open_invitation(old)
    assert service.open_invitation(new).entry_id == draft.id

    service.revoke_team_link(draft.id, by=tia)
    with pytest.raises(InvitationOverError):
        service.open_invitation(new)


def test_a_link_lives_fourteen_days(draft, tia, time):
    token = service.issue_team_link(draft.id, by=tia)

    time.move(days=14, microseconds=-1)
    assert service.open_invitation(token)
    time.move(microseconds=1)
    with pytest.raises(InvitationOverError) as refusal:
        service.open_invitation(token)
    assert (refusal.value.status, "过期" in str(refusal.value.message)) == (410, True)


def test_a_secret_that_was_never_made_opens_nothing(draft):
    for token in ("", "x", "a" * 43):
        with pytest.raises(InvitationUnknownError):
            service.open_invitation(token)


def test_only_the_captain_invites(draft, nell, olga):
    member = draft.members[1]
    for person in (nell, olga):
        with pytest.raises(NotFoundError):
            service.issue_team_link(draft.id, by=person)
        with pytest.raises(NotFoundError):
            service.invite_member(draft.id, member_id=member.id, email="a@b.cn", by=person)
        with pytest.raises(NotFoundError):
            service.remove_member(draft.id, member_id=member.id, by=person)


def test_a_member_is_invited_by_mail_again_and_no_more(draft, tia):
    member = draft.members[1]

    service.invite_member(draft.id, member_id=member.id, email="jike@eventhub.test", by=tia)
    service.invite_member(draft.id, member_id=member.id, email="jike@eventhub.test", by=tia)

    first, second = (mail.text for mail in deliveries("entries.invited"))
    old, new = (re.search(r"/join/([\w-]+)", text)[1] for text in (first, second))
    assert reread(draft).members[1].state is MemberState.INVITED
    with pytest.raises(InvitationOverError):
        service.open_invitation(old)
    assert service.open_invitation(new).member_id == member.id

    service.withdraw_invitation(draft.id, member_id=member.id, by=tia)
    with pytest.raises(InvitationOverError):
        service.open_invitation(new)
    assert reread(draft).members[1].state is MemberState.LISTED


@pytest.mark.parametrize("email", ["", "  ", "jike", "jike@", "a b@c.cn", "@x"])
def test_an_invitation_needs_an_address(draft, tia, email):
    with pytest.raises(NoAddressError):
        service.invite_member(draft.id, member_id=draft.members[1].id, email=email, by=tia)

    assert deliveries("entries.invited") == []


def test_another_address_ends_what_was_mailed_to_the_old_one(draft, tia):
    member = draft.members[1]
    service.invite_member(draft.id, member_id=member.id, email="wrong@eventhub.test", by=tia)
    typed = draft_of(reread(draft))
    captain, second, third = typed.members

    save(draft, members=(captain, replace(second, email="right@eventhub.test"), third))

    assert reread(draft).members[1].state is MemberState.LISTED
    assert service.list_open(draft) == []


# --- confirming


def test_whoever_has_the_team_s_link_joins_with_their_own_words(draft, tia, nell):
    token = service.issue_team_link(draft.id, by=tia)

    member = service.join_team(token, given=make_confirmation(nell, name=" 倪洱 "), by=nell)

    assert names(draft) == ["田佳", "吉克·阿呷", "𠮷田晓", "倪洱"]
    assert (member.person_id, member.state) == (nell.id, MemberState.CONFIRMED)
    assert (member.consent_text, member.email) == (consents.CONSENT_KEY, nell.email)
    assert member.consented_at is not None
    assert deeds() == ["entry.member_joined"]


def test_who_is_on_the_list_under_that_name_and_number_takes_that_line(draft, jike):
    listed = draft.members[1]

    made = make_member(draft, jike, student_number=f" {listed.student_number}　")

    assert made.id == listed.id
    assert names(draft) == ["田佳", "吉克·阿呷", "𠮷田晓"]
    assert made.duty == "硬件", "what the captain said of the work stays"


def test_an_empty_line_is_taken_before_a_new_one_is_made(tia, nell):
    entry = make_entry(captain=tia, is_complete=False)
    save(entry, members=(*draft_of(entry).members, MemberDraft(), MemberDraft()))

    make_member(entry, nell)

    assert names(entry) == ["田佳", "倪洱", ""]


def test_a_mailed_link_is_its_member_s_and_may_mend_what_the_captain_typed(draft, tia, jike):
    member = draft.members[1]
    service.invite_member(draft.id, member_id=member.id, email="jike@eventhub.test", by=tia)
    token = re.search(r"/join/([\w-]+)", deliveries("entries.invited")[0].text)[1]

    made = service.join_team(token, given=make_confirmation(jike, name="吉克阿呷"), by=jike)

    assert made.id == member.id
    assert names(draft) == ["田佳", "吉克阿呷", "𠮷田晓"]
    stranger = make_person("路人")
    with pytest.raises(InvitationOverError) as refusal:
        service.join_team(token, given=make_confirmation(stranger), by=stranger)
    assert "其他账号" in str(refusal.value.message)


def test_confirming_again_changes_nothing(draft, tia, nell):
    token = service.issue_team_link(draft.id, by=tia)
    given = make_confirmation(nell)

    first = service.join_team(token, given=given, by=nell)
    again = service.join_team(token, given=replace(given, name="别名"), by=nell)
    captain = service.join_team(token, given=make_confirmation(tia), by=tia)

    assert (again.id, again.name) == (first.id, "倪洱")
    assert captain.position == 1
    assert len(names(draft)) == 4
    assert deeds() == ["entry.member_joined"]


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        ({"agrees": False}, ConsentMissingError, "agrees"),
        ({"name": "  "}, InvalidError, "name"),
        ({"name": "长" * 51}, InvalidError, "name"),
        ({"student_number": ""}, InvalidError, "student_number"),
        ({"university_id": None}, UnknownChoiceError, "university_id"),
    ],
)
def test_what_is_missing_is_told_by_its_field(draft, tia, nell, change, refusal, field):
    token = service.issue_team_link(draft.id, by=tia)

    with pytest.raises(refusal) as told:
        service.join_team(token, given=make_confirmation(nell, **change), by=nell)

    assert told.value.field == field
    assert len(names(draft)) == 3


def test_a_phone_is_asked_for_only_where_the_competition_needs_it(draft, nell, jike):
    assert make_member(draft, nell, phone="138").phone is None
    with transaction():
        draft.competition.personal_fields = [PersonalField.PHONE.value]

    with pytest.raises(InvalidError) as told:
        make_member(draft, jike, phone="138")
    assert told.value.field == "phone"
    number = draft.members[1].student_number
    assert make_member(draft, jike, phone="+86 138 8300 1234", student_number=number).phone == (
        "13883001234"
    )


def test_somebody_else_s_number_is_refused(draft, nell):
    taken = draft.members[1]

    with pytest.raises(SameStudentError):
        make_member(draft, nell, student_number=taken.student_number)


def test_a_full_team_takes_nobody_more(draft, nell):
    with transaction():
        draft.group.member_max = 3

    with pytest.raises(TeamFullError) as refusal:
        make_member(draft, nell)

    assert "最多 3 人" in str(refusal.value.message)


@pytest.mark.race
def test_the_last_line_goes_to_one(draft, tia, at_once):
    with transaction():
        draft.group.member_max = 4
    token = service.issue_team_link(draft.id, by=tia)
    people = [make_person(f"同学{n}", university=make_university()) for n in range(3)]
    given = [(make_confirmation(person), person.id) for person in people]

    def join(words, person_id):
        return service.join_team(token, given=words, by=get_person(person_id)).position

    results = at_once(*(lambda g=g, p=p: join(g, p) for g, p in given))

    assert sorted(str(type(r).__name__) for r in results) == [
        "TeamFullError",
        "TeamFullError",
        "int",
    ], results
    assert len(names(draft)) == 4


@pytest.mark.race
def test_without_the_lock_the_second_would_not_see_the_first(draft, tia, at_once, monkeypatch):
    with transaction():
        draft.group.member_max = 4
    token = service.issue_team_link(draft.id, by=tia)
    people = [make_person(f"同学{n}", university=make_university()) for n in range(2)]
    given = [(make_confirmation(person), person.id) for person in people]
    both, add, get_entry = threading.Barrier(2), joining_module._add, queries.get_entry

    def slow(entry):
        both.wait(timeout=10)
        return add(entry)

    monkeypatch.setattr(queries, "get_entry", lambda entry_id, lock=False: get_entry(entry_id))
    monkeypatch.setattr(joining_module, "_add", slow)

    def join(words, person_id):
        return service.join_team(token, given=words, by=get_person(person_id)).name

    results = at_once(*(lambda g=g, p=p: join(g, p) for g, p in given))

    # both found room; only the database's count of places is left to stop the second
    assert any(isinstance(r, DBAPIError) for r in results), results


def two_invitations(one_project: bool):
    competition = make_competition()
    with transaction():
        competition.is_one_project = one_project
    captains = [make_person(f"队长{n}", university=make_university()) for n in range(2)]
    entries = [make_entry(competition, captain=c, is_complete=False) for c in captains]
    tokens = [service.issue_team_link(e.id, by=c) for e, c in zip(entries, captains, strict=True)]
    student = make_person("吉克·阿呷", university=make_university())
    given, person_id = make_confirmation(student), student.id

    def join(token):
        return service.join_team(token, given=given, by=get_person(person_id)).name

    return [lambda token=token: join(token) for token in tokens]


@pytest.mark.race
def test_of_two_captains_who_invite_one_student_at_once_one_wins(app, at_once):
    results = at_once(*two_invitations(one_project=True))

    assert sorted(type(r).__name__ for r in results) == ["StudentTakenError", "str"], results
    refusal = next(r for r in results if isinstance(r, StudentTakenError))
    assert "吉克·阿呷" in str(refusal.message)
    confirmed = select(func.count()).where(Member.state == MemberState.CONFIRMED)
    assert db.session.scalar(confirmed) == 1


@pytest.mark.race
def test_where_several_projects_are_allowed_both_win(app, at_once):
    """The negative control: it is the claim, not chance, that lets only one through."""
    assert at_once(*two_invitations(one_project=False)) == ["吉克·阿呷", "吉克·阿呷"]


def test_nobody_joins_what_is_withdrawn(draft, tia, nell):
    token = service.issue_team_link(draft.id, by=tia)
    service.withdraw_entry(draft.id, by=tia)

    with pytest.raises(InvitationOverError):
        service.join_team(token, given=make_confirmation(nell), by=nell)
    with pytest.raises(EntryLockedError):
        service.issue_team_link(draft.id, by=tia)


def test_once_handed_in_only_who_is_listed_confirms(tia, nell, jike):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)
    number = entry.members[1].student_number

    with pytest.raises(EntryLockedError):
        make_member(entry, nell)
    member = make_member(entry, jike, student_number=number)

    assert (member.position, member.state) == (2, MemberState.CONFIRMED)


def test_after_the_closing_moment_only_who_is_listed_confirms(draft, nell, jike, time):
    number = draft.members[1].student_number
    time.set(draft.competition.entries_close_at)

    with pytest.raises(PartLockedError):
        make_member(draft, nell)
    assert make_member(draft, jike, student_number=number).position == 2


def test_the_captain_confirms_like_everybody(draft, tia):
    school = make_university("重庆大学")

    service.confirm_captain(draft.id, given=make_confirmation(tia, university_id=school.id), by=tia)

    entry = reread(draft)
    assert entry.members[0].state is MemberState.CONFIRMED
    assert (entry.university_id, entry.members[0].university_id) == (school.id, school.id)
    stale = draft_of(draft)
    with pytest.raises(EditedElsewhereError):
        service.save_entry(draft.id, version=2, draft=replace(stale, name="旧窗口"), by=tia)


def test_the_words_that_people_agree_to_have_a_key_of_their_own(draft):
    """Whoever changes the words gives them a new key, and writes key and digest down here."""
    with speaking("zh"):
        words = consents.consent_words(draft.competition)
    digest = hashlib.sha256(repr(words).encode()).hexdigest()[:12]

    assert (consents.CONSENT_KEY, digest) == ("team-2026-1", "a81947320b2d")


# --- what the captain may still write


def test_what_a_confirmed_member_said_is_not_the_captain_s_to_change(draft, nell):
    member = make_member(draft, nell)
    typed = draft_of(reread(draft))
    *rest, last = typed.members
    forged = replace(last, name="改名", student_number="1", email="x@y.cn", duty="财务")

    save(draft, members=(*rest, forged))

    stored = reread(draft).members[3]
    assert (stored.id, stored.name, stored.duty) == (member.id, "倪洱", "财务")
    assert (stored.email, stored.student_number) == (nell.email, member.student_number)


def test_a_window_that_does_not_know_the_newcomer_does_not_lose_them(draft, tia, nell):
    seen, version = draft_of(reread(draft)), reread(draft).version
    make_member(draft, nell)

    service.save_entry(draft.id, version=version, draft=replace(seen, summary="新的简介"), by=tia)

    assert names(draft) == ["田佳", "吉克·阿呷", "𠮷田晓", "倪洱"]
    assert reread(draft).summary == "新的简介"


def test_members_stay_themselves_when_they_change_places(draft, jike, nell):
    make_member(draft, jike, student_number=draft.members[1].student_number)
    make_member(draft, nell)
    before = {m.name: m.id for m in reread(draft).members}
    captain, second, third, fourth = draft_of(reread(draft)).members

    save(draft, members=(captain, fourth, third, second))

    assert names(draft) == ["田佳", "倪洱", "𠮷田晓", "吉克·阿呷"]
    assert {m.name: m.id for m in reread(draft).members} == before
    assert reread(draft).members[1].person_id == nell.id


def test_a_new_row_whose_answer_was_lost_is_not_made_twice(draft):
    typed = replace(
        draft_of(reread(draft)),
        members=(*draft_of(reread(draft)).members, MemberDraft("冉小满", student_number="7")),
    )
    first = save(draft, typed).version
    made = reread(draft).members[3].id

    again = service.save_entry(draft.id, version=first - 1, draft=typed, by=draft.captain)

    assert again.version == first
    assert reread(draft).members[3].id == made


def test_advisers_shares_stay_within_a_hundred(draft):
    save(draft, advisers=(AdviserDraft("周文渊", share=60), AdviserDraft("覃", share=40)))

    assert [a.share for a in reread(draft).advisers] == [60, 40]
    with pytest.raises(SharesTooLargeError):
        save(draft, advisers=(AdviserDraft("周文渊", share=61), AdviserDraft("覃", share=40)))


# --- leaving


def test_a_member_leaves_and_the_captain_is_told(draft, nell):
    make_member(draft, nell)

    service.leave_team(draft.id, by=nell)

    assert names(draft) == ["田佳", "吉克·阿呷", "𠮷田晓"]
    assert [m.position for m in reread(draft).members] == [1, 2, 3]
    mail = deliveries("entries.member_left")
    assert [m.address for m in mail] == [draft.captain.email]
    assert deeds()[-1] == "entry.member_left"
    with pytest.raises(NotFoundError):
        service.leave_team(draft.id, by=nell)


def test_whoever_leaves_may_join_another_project(app):
    competition = make_competition()
    with transaction():
        competition.is_one_project = True
    first, second = (
        make_entry(
            competition,
            captain=make_person(f"队长{n}", university=make_university()),
            is_complete=False,
        )
        for n in range(2)
    )
    student = make_person("吉克·阿呷", university=make_university())
    make_member(first, student)
    with pytest.raises(StudentTakenError):
        make_member(second, student)

    service.leave_team(first.id, by=student)

    assert make_member(second, student).person_id == student.id


def test_nobody_leaves_once_the_team_is_locked(draft, nell, time):
    make_member(draft, nell)
    time.set(draft.competition.entries_close_at)

    with pytest.raises(PartLockedError) as refusal:
        service.leave_team(draft.id, by=nell)

    assert "团队成员" in str(refusal.value.message)


def test_the_captain_does_not_leave(draft, tia):
    with pytest.raises(EntryLockedError):
        service.leave_team(draft.id, by=tia)


def test_of_an_admitted_team_the_ticket_goes_with_the_member(tia, olga, jike):
    entry = make_entry(captain=tia, by=olga)
    make_member(entry, jike, student_number=entry.members[1].student_number)
    assert len(list_party(entry.competition.event_id, entry.id)) == 3

    service.leave_team(entry.id, by=jike)

    places = list_party(entry.competition.event_id, entry.id)
    assert [p.name for p in places] == ["田佳", "𠮷田晓"]


def test_a_removed_member_is_told_if_they_had_confirmed(draft, tia, nell):
    joined = make_member(draft, nell)

    service.remove_member(draft.id, member_id=draft.members[1].id, by=tia)
    service.remove_member(draft.id, member_id=joined.id, by=tia)

    assert names(draft) == ["田佳", "𠮷田晓"]
    assert [m.address for m in deliveries("entries.member_removed")] == [nell.email]
    with pytest.raises(EntryLockedError):
        service.remove_member(draft.id, member_id=draft.members[0].id, by=tia)


# --- leading


def test_the_captaincy_goes_to_another_with_school_and_first_place(draft, tia):
    heir = make_person("冉小满", university=make_university("重庆大学"))
    member = make_member(draft, heir)

    service.hand_over(draft.id, member_id=member.id, by=tia)

    entry = reread(draft)
    assert names(draft) == ["冉小满", "田佳", "吉克·阿呷", "𠮷田晓"]
    assert (entry.captain_id, entry.university_id) == (heir.id, heir.university_id)
    assert entry.members[1].person_id == tia.id
    assert {m.address for m in deliveries("entries.captain_changed")} == {heir.email, tia.email}
    assert deeds()[-1] == "entry.captain_changed"
    with pytest.raises(NotFoundError):
        service.save_entry(entry.id, version=entry.version, draft=draft_of(entry), by=tia)
    service.leave_team(draft.id, by=tia)
    assert names(draft) == ["冉小满", "吉克·阿呷", "𠮷田晓"]


def test_nobody_leads_who_has_not_confirmed(draft, tia):
    for member in draft.members:
        with pytest.raises(NotConfirmedError):
            service.hand_over(draft.id, member_id=member.id, by=tia)


def test_nobody_leads_two_live_entries_of_a_group(draft, tia, nell):
    make_entry(draft.competition, captain=nell, is_complete=False)
    member = make_member(draft, nell)

    with pytest.raises(OtherEntryError):
        service.hand_over(draft.id, member_id=member.id, by=tia)

    assert reread(draft).captain_id == tia.id


@pytest.mark.race
def test_an_heir_who_begins_an_entry_at_that_moment_leads_one(draft, tia, nell, at_once):
    member_id = make_member(draft, nell).id
    entry_id, tia_id, nell_id = draft.id, tia.id, nell.id
    competition_id, group_id = draft.competition_id, draft.group_id

    def hand_over():
        service.hand_over(entry_id, member_id=member_id, by=get_person(tia_id))
        return "handed over"

    def begin():
        nell = get_person(nell_id)
        return service.start_entry(competition_id, group_id=group_id, by=nell).id

    handed, begun = at_once(hand_over, begin)

    db.session.expire_all()
    led = queries.list_live_entries(nell_id, competition_id=competition_id)
    assert len(led) == 1
    assert handed == "handed over" or isinstance(handed, OtherEntryError)
    assert begun == led[0].id


# --- where it competes


def test_an_entry_moves_to_another_group(tia):
    competition = make_competition(groups=("ug-creative", "ug-startup"))
    entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)
    with transaction():
        competition.groups[1].categories = ["新医科"]

    service.change_group(entry.id, group_id=competition.groups[1].id, by=tia)

    moved = reread(entry)
    assert (moved.group_id, moved.category) == (competition.groups[1].id, "")
    assert moved.declared_at is None
    assert moved.name == "智巡山城"
    assert deeds() == ["entry.group_changed"]


def test_a_group_too_small_or_led_in_already_is_refused(tia):
    competition = make_competition(groups=("ug-creative", "ug-startup"))
    creative, startup = competition.groups
    entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)
    with transaction():
        startup.member_max, startup.member_min = 2, 1

    with pytest.raises(GroupTooSmallError) as refusal:
        service.change_group(entry.id, group_id=startup.id, by=tia)
    assert "最多 2 人，现在有 3 人" in str(refusal.value.message)

    with transaction():
        startup.member_max = 15
    service.start_entry(competition.id, group_id=startup.id, by=tia)
    with pytest.raises(OtherEntryError):
        service.change_group(entry.id, group_id=startup.id, by=tia)
    with pytest.raises(UnknownChoiceError):
        service.change_group(entry.id, group_id=make_competition().groups[0].id, by=tia)
    assert reread(entry).group_id == creative.id


# --- the lock


LOCKING = {
    LockedPart.NAME: {"name": "迟到的名字"},
    LockedPart.CATEGORY: {"category": "新医科"},
    LockedPart.ADVISERS: {"advisers": (AdviserDraft("另一位"),)},
}


@pytest.mark.parametrize("part", LOCKING)
def test_from_the_closing_moment_on_each_part_is_fixed(draft, time, part):
    closes_at = draft.competition.entries_close_at
    time.set(closes_at - timedelta(microseconds=1))
    assert service.locked_parts(reread(draft), time.now()) == frozenset()
    save(draft, summary="截止前")

    time.set(closes_at)
    assert service.locked_parts(reread(draft), time.now()) == frozenset(LockedPart)
    with pytest.raises(PartLockedError) as refusal:
        save(draft, **LOCKING[part])

    words = str(refusal.value.message)
    assert refusal.value.status == 409
    assert "北京时间（UTC+8）" in words
    assert "截止" in words


def test_members_and_group_are_fixed_too(tia, time):
    competition = make_competition(groups=("ug-creative", "ug-startup"))
    entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)
    captain, second, third = draft_of(entry).members
    time.set(competition.entries_close_at)

    for members in (
        (captain, third, second),
        (captain, second),
        (captain, second, third, MemberDraft("新人")),
        (captain, replace(second, name="改名"), third),
    ):
        with pytest.raises(PartLockedError):
            save(entry, members=members)
    with pytest.raises(PartLockedError):
        service.change_group(entry.id, group_id=competition.groups[1].id, by=tia)
    with pytest.raises(PartLockedError):
        service.remove_member(entry.id, member_id=entry.members[1].id, by=tia)


def test_the_rest_is_saved_and_what_is_locked_stays(late, tia):
    typed = make_draft(tia, name="迟到的名字", summary="按意见改的简介")

    service.save_entry(
        late.id, version=reread(late).version, draft=typed, keeps_locked=True, by=tia
    )

    entry = reread(late)
    assert (entry.name, entry.summary) == ("智巡山城", "按意见改的简介")
    assert names(late) == ["田佳", "吉克·阿呷", "𠮷田晓"]


def test_an_organiser_who_closes_early_locks_too(draft, olga, time):
    organiser = make_organiser(circle=make_circle())
    competitions.close_entries(draft.competition_id, by=organiser)

    with pytest.raises(PartLockedError) as refusal:
        save(draft, name="新名字")

    assert "主办方已关闭报名" in str(refusal.value.message)


# --- exceptions from it


@pytest.fixture
def late(tia, olga, time) -> Entry:
    """Returned when the closing moment had passed."""
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED, by=olga)
    time.set(entry.competition.entries_close_at + timedelta(hours=1))
    service.return_entry(entry.id, reason="附件打不开。", by=olga)
    return entry


def unlock(entry, olga, time, *parts, **terms):
    given = {"reason": "成员休学。", "ends_at": time.now() + timedelta(days=2), **terms}
    return service.unlock_entry(entry.id, parts=parts, by=olga, **given)


def test_an_unlock_opens_its_parts_until_its_end(late, olga, time):
    granted = unlock(late, olga, time, LockedPart.NAME)

    save(late, name="新的名字")
    with pytest.raises(PartLockedError):
        save(late, advisers=())
    time.set(granted.ends_at)
    with pytest.raises(PartLockedError):
        save(late, name="又一个名字")

    assert reread(late).name == "新的名字"
    assert deeds()[-1] == "entry.unlocked"
    mail = deliveries("entries.unlocked")[0]
    assert "项目名称" in mail.text
    assert "成员休学。" in mail.text


def test_an_unlock_lets_a_draft_be_handed_in_after_all(draft, olga, time):
    time.set(draft.competition.entries_close_at + timedelta(minutes=1))
    with pytest.raises(EntriesClosedError):
        service.submit_entry(draft.id, by=draft.captain)
    granted = unlock(draft, olga, time, LockedPart.MEMBERS)

    assert service.hands_in_until(reread(draft), time.now()) == granted.ends_at
    assert service.submit_entry(draft.id, by=draft.captain).state is EntryState.SUBMITTED


def test_a_lock_restored_holds_at_once(late, olga, time):
    granted = unlock(late, olga, time, LockedPart.NAME)

    service.restore_lock(late.id, unlock_id=granted.id, by=olga)
    service.restore_lock(late.id, unlock_id=granted.id, by=olga)

    with pytest.raises(PartLockedError):
        save(late, name="新的名字")
    assert deeds().count("entry.lock_restored") == 1


def test_an_approved_entry_is_given_back_with_the_unlock(tia, olga, time):
    entry = make_entry(captain=tia, by=olga)
    time.set(entry.competition.entries_close_at + timedelta(days=1))

    unlock(entry, olga, time, LockedPart.MEMBERS, gives_back=True)

    entry = reread(entry)
    assert entry.state is EntryState.RETURNED
    save(entry, members=draft_of(entry).members[:2])
    assert names(entry) == ["田佳", "吉克·阿呷"]


@pytest.mark.parametrize(
    ("terms", "refusal", "field"),
    [
        ({"parts": ()}, UnlockTermsError, "parts"),
        ({"ends_in": timedelta(0)}, UnlockTermsError, "ends_at"),
        ({"ends_in": timedelta(days=30, microseconds=1)}, UnlockTermsError, "ends_at"),
        ({"reason": "  "}, ReasonMissingError, "reason"),
        ({"reason": "长" * 1001}, InvalidError, "reason"),
    ],
)
def test_an_unlock_has_terms(late, olga, time, terms, refusal, field):
    given = {
        "parts": terms.get("parts", (LockedPart.NAME,)),
        "reason": terms.get("reason", "更名。"),
        "ends_at": time.now() + terms.get("ends_in", timedelta(days=30)),
    }

    with pytest.raises(refusal) as told:
        service.unlock_entry(late.id, by=olga, **given)

    assert told.value.field == field


def test_only_the_organisers_unlock(late, tia, mei, olga, time):
    granted = unlock(late, olga, time, LockedPart.NAME)
    elsewhere = make_organiser(circle=make_circle("cqu", university="重庆大学"))

    for person in (tia, mei, elsewhere):
        with pytest.raises(ForbiddenError):
            unlock(late, person, time, LockedPart.NAME)
        with pytest.raises(ForbiddenError):
            service.restore_lock(late.id, unlock_id=granted.id, by=person)
    with pytest.raises(NotFoundError):
        service.restore_lock(late.id, unlock_id=late.id, by=olga)


def test_the_dump_of_the_database_holds_no_link(draft, tia):
    token = service.issue_team_link(draft.id, by=tia)

    row = db.session.scalars(select(Invitation)).one()
    assert token not in repr({c.name: getattr(row, c.name) for c in Invitation.__table__.columns})
    assert invitations.fits(row, token)
    assert not invitations.fits(row, token + "x")
