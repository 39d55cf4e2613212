"""A member's own part, how long it is kept, and what a person can have deleted."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from cryptography.fernet import InvalidToken
from openpyxl import load_workbook
from sqlalchemy import select, text

from eventhub import clock
from eventhub.accounts import own_data, rekeying
from eventhub.accounts import service as accounts
from eventhub.accounts.errors import LastAdminError, StillNeededError, WrongPasswordError
from eventhub.accounts.models import Person
from eventhub.accounts.personal_data import list_obstacles
from eventhub.audit.models import AuditEntry
from eventhub.circles import personal_data as circle_data
from eventhub.circles.enums import CircleRole
from eventhub.circles.errors import LastOrganiserError
from eventhub.circles.models import CircleMembership
from eventhub.competitions.enums import CompetitionState, PersonalField
from eventhub.db import blind_index, db, transaction
from eventhub.domain.identity import PaperKind
from eventhub.entries import service
from eventhub.entries.enums import Degree, EntryState, IdKind, MemberState
from eventhub.entries.errors import (
    BirthDateError,
    PaperError,
    PartLockedError,
    PersonalDataClosedError,
    ReasonMissingError,
    SameStudentError,
    StudentTakenError,
)
from eventhub.entries.models import Entry, Member, StudentClaim
from eventhub.entries.service import claims, needs, personal, retention, unmasking
from eventhub.entries.service.late_changes import list_late_changes
from eventhub.entries.service.personal import PersonalPart, StudentRow
from eventhub.errors import NotFoundError
from eventhub.events.enums import RegistrationState
from eventhub.events.models import Registration
from eventhub.notifications.models import Delivery
from eventhub.outcomes.enums import ProposalState
from eventhub.outcomes.models import Award, Awarding, AwardLevel
from tests.browser import PASSWORD
from tests.factories import (
    make_attendee,
    make_circle,
    make_competition,
    make_entry,
    make_event,
    make_organiser,
    make_person,
    make_registration,
    make_round,
)
from tests.factories.judging import make_judge, make_panel

RESIDENT = "500106200402290011"
OTHER_RESIDENT = "500106199912319990"
ALL = [field.value for field in PersonalField]


def confirm(member: Member, person: Person) -> Member:
    """Let someone have said yes to be this member."""
    with transaction():
        member.person_id = person.id
        member.state = MemberState.CONFIRMED
        member.consented_at, member.consent_text = clock.now(), "team-2026-1"
    return member


def ask(entry: Entry, *fields: str, **changes: object) -> Entry:
    """Let the competition ask for personal fields."""
    with transaction():
        entry.competition.personal_fields = list(fields) or ALL
        for name, value in changes.items():
            setattr(entry.competition, name, value)
    return entry


@pytest.fixture
def entry(tia):
    return ask(make_entry(captain=tia, state=EntryState.DRAFT))


@pytest.fixture
def lin(entry):
    """The second member, in person."""
    lin = make_person("林晓", email="lin@eventhub.test")
    confirm(entry.members[1], lin)
    with transaction():
        entry.members[1].phone = None
    return lin


def save(entry: Entry, by: Person, **told: object) -> Member:
    return personal.save_part(entry.id, part=PersonalPart(**told), by=by)


def deeds(action: str) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.seq)
    return list(db.session.scalars(query))


def test_kinds_of_papers_are_the_same_words_everywhere():
    assert {kind.value for kind in IdKind} == {kind.value for kind in PaperKind}


# --- saving


def test_papers_are_kept_encrypted_with_a_fingerprint_and_tell_the_birth_date(entry, lin):
    member = save(
        entry, lin, degree=Degree.MASTER, id_kind=IdKind.RESIDENT, id_number=RESIDENT.lower()
    )

    assert (member.id_number, member.born_on) == (RESIDENT, "2004-02-29")
    assert member.birthday == date(2004, 2, 29)
    assert member.degree is Degree.MASTER
    assert member.id_hash == blind_index(f"resident:{RESIDENT}")
    raw = db.session.execute(
        text("SELECT id_number, born_on, id_hash FROM members WHERE id = :id"), {"id": member.id}
    ).one()
    assert all(RESIDENT not in cell and "2004" not in cell for cell in raw)


def test_a_number_is_taken_however_it_was_typed(entry, lin):
    member = save(entry, lin, id_kind=IdKind.RESIDENT, id_number="１１０１０５ 19491231-002x")

    assert member.id_number == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("50010620040229001", "18 位"),
        ("5001062004022900A1", "只能由数字"),
        ("500106200506310013", "出生日期不存在"),
        ("110105194912310020", "校验位"),
    ],
)
def test_a_wrong_resident_number_is_refused_with_its_own_words(entry, lin, number, words):
    with pytest.raises(PaperError) as refusal:
        save(entry, lin, id_kind=IdKind.RESIDENT, id_number=number)

    assert words in str(refusal.value.message)
    assert refusal.value.field == "id_number"
    assert entry.members[1].id_number is None


def test_other_papers_pass_by_their_own_form_and_are_not_summed(entry, lin):
    member = save(entry, lin, id_kind=IdKind.HK_MACAO, id_number="810000199408230021")

    assert member.id_number == "810000199408230021"
    assert member.born_on is None
    with pytest.raises(PaperError, match="paper_invalid"):
        save(entry, lin, id_kind=IdKind.TAIWAN, id_number="12")


def test_a_number_needs_its_kind_and_another_kind_its_number(entry, lin):
    with pytest.raises(PaperError) as refusal:
        save(entry, lin, id_number=RESIDENT)
    assert refusal.value.field == "id_kind"

    save(entry, lin, id_kind=IdKind.RESIDENT, id_number=RESIDENT)
    with pytest.raises(PaperError):
        save(entry, lin, id_kind=IdKind.PASSPORT)
    assert entry.members[1].id_kind is IdKind.RESIDENT


def test_a_birth_date_must_agree_with_the_resident_number(entry, lin):
    with pytest.raises(BirthDateError) as refusal:
        save(entry, lin, id_kind=IdKind.RESIDENT, id_number=RESIDENT, born_on=date(2004, 3, 1))
    assert "2004年2月29日" in str(refusal.value.message)
    assert entry.members[1].id_number is None, "nothing of a refused form is kept"

    save(entry, lin, born_on=date(2001, 5, 6))
    with pytest.raises(BirthDateError):
        save(entry, lin, id_kind=IdKind.RESIDENT, id_number=RESIDENT, born_on=date(2001, 5, 6))


@pytest.mark.parametrize("days", [1, -365 * 130])
def test_an_impossible_birth_date_is_refused(entry, lin, days):
    with pytest.raises(BirthDateError):
        save(entry, lin, born_on=clock.now().date() + timedelta(days=days))


def test_an_empty_field_keeps_what_is_stored_and_a_tick_deletes_it(entry, lin):
    save(entry, lin, id_kind=IdKind.RESIDENT, id_number=RESIDENT, phone="13800000011")

    member = save(entry, lin, degree=Degree.BACHELOR, id_kind=IdKind.RESIDENT)
    assert (member.id_number, member.phone) == (RESIDENT, "13800000011")

    member = save(
        entry,
        lin,
        id_kind=IdKind.RESIDENT,
        dropped=frozenset({PersonalField.ID_NUMBER, PersonalField.BORN_ON}),
    )
    assert (member.id_kind, member.id_number, member.id_hash, member.born_on) == (None,) * 4
    assert member.phone == "13800000011"


def test_what_the_competition_does_not_ask_for_is_not_taken(entry, lin):
    ask(entry, "phone")

    member = save(
        entry,
        lin,
        id_kind=IdKind.RESIDENT,
        id_number=RESIDENT,
        born_on=date(2004, 2, 29),
        phone="13800000011",
        is_enrolled=True,
    )

    assert (member.id_number, member.born_on) == (None, None)
    assert member.phone == "13800000011"


def test_everybody_writes_their_own_part_alone(entry, lin, tia, nell, olga):
    save(entry, tia, phone="13800000001")
    save(entry, lin, phone="13800000002")

    assert [m.phone for m in entry.members[:2]] == ["13800000001", "13800000002"]
    for other in (nell, olga):
        with pytest.raises(NotFoundError):
            save(entry, other, phone="13800000003")


def test_what_is_missing_is_known_without_what_was_given(entry, lin):
    assert needs.list_unfilled(entry) == [1, 2, 3]

    save(
        entry,
        lin,
        degree=Degree.BACHELOR,
        id_kind=IdKind.RESIDENT,
        id_number=RESIDENT,
        phone="13800000011",
        is_enrolled=True,
    )

    assert needs.list_unfilled(entry) == [1, 3]
    assert [filled for _member, filled in needs.team_status(entry)] == [False, True, False]


def row(member: Member, **changes: object) -> StudentRow:
    facts = {
        "name": member.name,
        "university_id": member.university_id,
        "student_number": member.student_number,
    }
    return StudentRow(**{**facts, **changes})


def test_who_has_confirmed_corrects_their_own_row(entry, lin):
    version = entry.version

    member = save(entry, lin, row=row(entry.members[1], name="林晓阳", student_number="2024219999"))

    assert (member.name, member.student_number) == ("林晓阳", "2024219999")
    assert entry.version == version + 1
    assert deeds("member.details_changed")[0].after == {
        "name": "changed",
        "student_number": "changed",
    }


def test_a_number_of_the_team_is_taken_once(entry, lin):
    taken = entry.members[2].student_number

    with pytest.raises(SameStudentError):
        save(entry, lin, row=row(entry.members[1], student_number=f" {taken} "))


def test_a_row_is_fixed_once_the_list_is(entry, lin, time):
    mine = row(entry.members[1])
    time.set(entry.competition.entries_close_at)

    with pytest.raises(PartLockedError):
        save(entry, lin, row=row(entry.members[1], name="林晓阳"))
    save(entry, lin, row=mine, phone="13800000011")

    assert entry.members[1].name == "吉克·阿呷"
    assert entry.members[1].phone == "13800000011"


def test_a_corrected_number_cannot_be_another_projects_student(entry, lin):
    ask(entry, is_one_project=True, edition_key="cicic-2026")
    other = ask(make_entry(), is_one_project=True, edition_key="cicic-2026")
    with transaction():
        claims.claim_all(other)
    wanted = other.members[1].student_number

    with pytest.raises(StudentTakenError):
        save(entry, lin, row=row(entry.members[1], student_number=wanted))


def test_the_log_says_which_parts_changed_and_never_what_they_hold(entry, lin):
    save(entry, lin, id_kind=IdKind.RESIDENT, id_number=RESIDENT, phone="13800000011")
    save(entry, lin, id_kind=IdKind.RESIDENT)
    save(entry, lin, id_kind=IdKind.RESIDENT, dropped=frozenset({PersonalField.PHONE}))

    first, second = deeds("member.details_changed")
    assert first.after == {"id_number": "given", "born_on": "given", "phone": "given"}
    assert second.after == {"phone": "deleted"}
    assert first.actor_id == lin.id
    assert first.subject_id == entry.members[1].id


def test_what_changes_while_the_team_writes_is_nothing_late(entry, lin):
    save(entry, lin, born_on=date(2004, 5, 6))

    assert list_late_changes(entry) == []
    assert not entry.needs_proof


def test_what_changes_once_it_is_handed_in_waits_for_a_persons_eye(entry, lin, olga, time):
    save(entry, lin, born_on=date(2004, 5, 6), degree=Degree.BACHELOR)
    submitted = service.submit_entry(entry.id, by=entry.captain)
    with transaction():
        submitted.needs_proof = False
    time.move(minutes=1)
    save(submitted, lin, degree=Degree.BACHELOR, phone="13800000011")
    assert list_late_changes(submitted) == [], "how to reach someone decides nothing"
    assert not submitted.needs_proof

    save(submitted, lin, degree=Degree.BACHELOR, born_on=date(2001, 5, 6))
    (early,) = list_late_changes(submitted)
    assert (early.member.name, early.deeds) == ("吉克·阿呷", {"born_on": "changed"})
    assert not early.is_after_approval
    assert submitted.needs_proof

    time.move(minutes=1)
    approved = service.approve_entry(entry.id, by=olga)
    time.move(minutes=1)
    save(approved, lin, dropped=frozenset({PersonalField.BORN_ON}))
    late, early = list_late_changes(approved)
    assert late.deeds == {"degree": "deleted", "born_on": "deleted"}
    assert (late.is_after_approval, early.is_after_approval) == (True, False)


def test_nothing_is_taken_after_the_competition(entry, lin, time):
    time.set(retention.deletion_at(entry.competition) - timedelta(seconds=1))
    save(entry, lin, phone="13800000011")

    time.move(seconds=1)
    with pytest.raises(PersonalDataClosedError):
        save(entry, lin, phone="13800000012")


def test_nothing_is_taken_once_the_competition_is_finished(entry, lin):
    ask(entry, state=CompetitionState.FINISHED)

    with pytest.raises(PersonalDataClosedError):
        save(entry, lin, phone="13800000011")


def test_one_paper_is_in_one_project_of_an_edition(entry, lin):
    ask(entry, is_one_project=True, edition_key="cicic-2026")
    save(entry, lin, id_kind=IdKind.RESIDENT, id_number=RESIDENT)
    other = ask(
        make_entry(make_competition(), state=EntryState.DRAFT),
        is_one_project=True,
        edition_key="cicic-2026",
    )
    twin = make_person("林晓晓")
    confirm(other.members[1], twin)

    with pytest.raises(StudentTakenError):
        save(other, twin, id_kind=IdKind.RESIDENT, id_number=RESIDENT)

    assert other.members[1].id_number is None
    save(other, twin, id_kind=IdKind.RESIDENT, id_number=OTHER_RESIDENT)


# --- reading in full


def test_an_organiser_reads_in_full_only_with_a_reason_and_in_the_log(entry, lin, olga):
    save(entry, lin, id_kind=IdKind.RESIDENT, id_number=RESIDENT)
    member = entry.members[1]

    with pytest.raises(ReasonMissingError):
        unmasking.unmask_member(entry.id, member.id, reason="  ", by=olga)
    assert deeds("member.unmasked") == []

    shown = unmasking.unmask_member(entry.id, member.id, reason="核对入围身份", by=olga)

    assert unmasking.unmasked(shown)[PersonalField.ID_NUMBER] == RESIDENT
    (deed,) = deeds("member.unmasked")
    assert deed.after == {"reason": "核对入围身份", "id_number": "shown", "born_on": "shown"}
    assert (deed.actor_id, deed.subject_id) == (olga.id, member.id)
    assert deed.circle_id == entry.competition.event.circle_id


def test_nobody_else_reads_in_full(entry, lin, mei, tia, nell):
    save(entry, lin, id_kind=IdKind.RESIDENT, id_number=RESIDENT)
    stranger = make_organiser("外圈", circle=make_circle("cqu", university="重庆大学"))

    for other in (mei, tia, nell, stranger):
        with pytest.raises(NotFoundError):
            unmasking.unmask_member(entry.id, entry.members[1].id, reason="看看", by=other)
    assert deeds("member.unmasked") == []


def test_reading_ones_own_is_noted_too(entry, lin):
    save(entry, lin, phone="13800000011")

    member = unmasking.reveal_own(entry.id, by=lin)

    assert unmasking.unmasked(member) == {PersonalField.PHONE: "13800000011"}
    assert deeds("member.unmasked")[0].actor_id == lin.id


def test_masks_show_neither_number_nor_day(entry, lin):
    member = save(entry, lin, id_kind=IdKind.RESIDENT, id_number=RESIDENT, phone="13800000011")

    assert personal.masked(member) == {
        PersonalField.ID_NUMBER: "500106********0011",
        PersonalField.BORN_ON: "2004-**-**",
        PersonalField.PHONE: "138****0011",
    }


# --- retention


def fill(entry: Entry, person: Person) -> Member:
    return save(entry, person, id_kind=IdKind.RESIDENT, id_number=RESIDENT, phone="13800000011")


def test_personal_data_is_deleted_on_the_day_and_not_before(tia, time):
    entry = ask(make_entry(captain=tia), is_one_project=True, retention_days=30)
    fill(entry, tia)
    name, school, number = (
        entry.members[0].name,
        entry.members[0].university_id,
        entry.members[0].student_number,
    )
    time.set(retention.deletion_at(entry.competition) - timedelta(seconds=1))
    assert retention.delete_expired() == 0
    assert entry.members[0].id_number == RESIDENT

    time.move(seconds=1)
    count = retention.delete_expired()

    db.session.expire_all()
    assert count == 2, "the second member had a telephone, the third nothing"
    for member in entry.members:
        assert (member.id_kind, member.id_number, member.id_hash) == (None, None, None)
        assert (member.born_on, member.phone, member.email) == (None, None, None)
    assert entry.members[0].purged_at == time.now()
    kept = entry.members[0]
    assert (kept.name, kept.university_id, kept.student_number) == (name, school, number)
    keys = db.session.scalars(select(StudentClaim.student_key)).all()
    assert not [key for key in keys if key.startswith("paper:")]
    places = db.session.scalars(select(Registration)).all()
    assert places
    assert {(place.email, place.phone) for place in places} == {(None, None)}


def test_the_deletion_is_noted_once_and_does_nothing_again(tia, time):
    entry = ask(make_entry(captain=tia))
    fill(entry, tia)
    time.set(retention.deletion_at(entry.competition))

    assert retention.delete_expired() == 2
    assert retention.delete_expired() == 0

    (deed,) = deeds("entries.personal_data_deleted")
    assert (deed.after, deed.actor_id) == ({"count": 2}, None)
    assert deed.subject_id == entry.competition_id


@pytest.mark.race
def test_two_clocks_delete_and_note_once(tia, time, at_once):
    entry = ask(make_entry(captain=tia))
    fill(entry, tia)
    time.set(retention.deletion_at(entry.competition))

    results = at_once(retention.delete_expired, retention.delete_expired)

    assert sorted(results) == [0, 2]
    assert len(deeds("entries.personal_data_deleted")) == 1


def test_other_competitions_keep_theirs(tia, time):
    short = ask(make_entry(captain=tia), retention_days=10)
    fill(short, tia)
    long = ask(make_entry(make_competition(), captain=make_person()), retention_days=400)
    fill(long, long.captain)
    time.set(retention.deletion_at(short.competition))

    retention.delete_expired()

    db.session.expire_all()
    assert short.members[0].id_number is None
    assert long.members[0].id_number == RESIDENT


# --- one's own data


def held(person: Person) -> dict[str, list]:
    return {kind.holding.key: list(kind.rows) for kind in own_data.collect(person)}


def test_everything_held_of_a_person_is_told_by_kind(entry, lin):
    fill(entry, lin)
    make_registration(attendee=make_attendee("林晓", person_id=lin.id))

    told = held(lin)

    assert told["account"][0]["email"] == "lin@eventhub.test"
    assert told["memberships"][0]["id_number"] == RESIDENT
    assert told["registrations"][0]["name"] == "林晓"
    assert told["deeds"][0]["action"] == "填写或修改本人信息"
    assert "projects" not in told


def test_a_captain_is_told_the_project_with_its_reviews(tia):
    make_entry(captain=tia, state=EntryState.RETURNED)

    told = held(tia)

    (project,) = told["projects"]
    assert project["name"] == "智巡山城"
    assert project["reviews"][0]["reason"] == "请补充第二位成员的分工。"
    assert told["memberships"][0]["name"] == "田佳"
    assert "id_number" in told["memberships"][0]


def test_nobody_is_told_of_others(entry, lin, nell):
    fill(entry, lin)

    assert held(nell).keys() == {"account"}


def test_every_kind_names_the_columns_that_it_exports(entry, lin, tia, jun):
    round_ = make_round()
    make_judge(make_panel(round_), person=jun)
    fill(entry, lin)
    make_registration(attendee=make_attendee("林晓", person_id=lin.id))

    for person in (lin, tia, jun):
        for kind in own_data.collect(person):
            for row in kind.rows:
                assert row.keys() == kind.holding.columns.keys(), kind.holding.key


def test_the_archive_opens_and_holds_all(entry, lin):
    fill(entry, lin)

    content = own_data.download(lin.id, password=PASSWORD)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["data.json", "我的数据.xlsx"]
        whole = json.loads(archive.read("data.json"))
        book = load_workbook(io.BytesIO(archive.read("我的数据.xlsx")))
    kinds = {kind["key"]: kind["rows"] for kind in whole["data"]}
    assert kinds["memberships"][0]["id_number"] == RESIDENT
    assert kinds["memberships"][0]["born_on"] == "2004-02-29"
    cells = [cell.value for row in book["我在团队中的信息"].iter_rows() for cell in row]
    assert RESIDENT in cells, "a long number stays text"
    assert [deed.actor_id for deed in deeds("account.data_downloaded")] == [lin.id]


def test_the_archive_asks_for_the_password(lin):
    with pytest.raises(WrongPasswordError):
        own_data.download(lin.id, password="not this one")

    assert deeds("account.data_downloaded") == []


# --- closing an account


def close(person: Person) -> None:
    own_data.close_account(person.id, password=PASSWORD)


def closing(person: Person) -> Callable[[], None]:
    """The same for a session of its own, which must not share this one's rows."""
    person_id = person.id
    return lambda: own_data.close_account(person_id, password=PASSWORD)


def test_a_closed_account_is_nobody_and_opens_nothing(nell):
    nell_id, key = nell.id, nell.session_key
    token = accounts.issue_link(nell.id, scope="judging", life=timedelta(days=1))

    close(nell)

    gone = db.session.get_one(Person, nell_id)
    assert gone.name == own_data.GONE
    assert (gone.email, gone.phone, gone.password_hash) == (None, None, None)
    assert gone.session_key != key
    with pytest.raises(NotFoundError):
        accounts.open_link(token, scope="judging")
    assert [deed.subject_id for deed in deeds("account.closed")] == [nell_id]
    make_person("倪洱", email="nell@eventhub.test")  # the address is free again


def test_a_wrong_password_closes_nothing(nell):
    with pytest.raises(WrongPasswordError):
        own_data.close_account(nell.id, password="not this one")

    assert db.session.get_one(Person, nell.id).email == "nell@eventhub.test"


@pytest.mark.parametrize("state", [EntryState.SUBMITTED, EntryState.RETURNED, EntryState.APPROVED])
def test_the_captain_of_a_running_project_has_to_hand_over_first(tia, state):
    entry = make_entry(captain=tia, state=state)

    with pytest.raises(StillNeededError):
        close(tia)

    (obstacle,) = list_obstacles(tia)
    assert "智巡山城" in obstacle.text
    assert obstacle.values == {"entry_id": entry.id}
    assert db.session.get_one(Person, tia.id).email == "tia@eventhub.test"


def test_a_draft_of_ones_own_goes_along_but_not_one_that_others_joined(tia, entry):
    lin = make_person("林晓")
    confirm(entry.members[1], lin)
    with pytest.raises(StillNeededError):
        close(tia)

    with transaction():
        entry.members[1].state, entry.members[1].consented_at = MemberState.LISTED, None
        entry.members[1].person_id = None
    close(tia)

    assert db.session.get_one(Entry, entry.id).state is EntryState.WITHDRAWN
    assert entry.members[0].name == "田*"


def test_of_a_finished_competition_a_masked_name_stays(tia):
    entry = ask(make_entry(captain=tia))
    fill(entry, tia)
    ask(entry, state=CompetitionState.FINISHED)

    close(tia)

    db.session.expire_all()
    member = entry.members[0]
    assert member.name == "田*"
    assert (member.id_number, member.id_hash, member.born_on) == (None, None, None)
    assert (member.email, member.phone, member.student_number) == (None, None, "")
    assert member.university_id is not None
    assert "田佳" not in entry.search_text
    assert entry.captain.name == own_data.GONE


def test_a_name_that_a_certificate_needs_stays(app, tia):
    entry = make_entry(captain=tia)
    ask(entry, state=CompetitionState.FINISHED)
    finders = app.extensions.setdefault("lasting_names", [])
    finders.append(set)
    try:
        close(tia)
    finally:
        finders.pop()

    assert entry.members[0].name == "田佳"
    assert entry.members[0].student_number == ""


def test_a_member_leaves_the_team_while_it_may_change(entry, lin, tia):
    fill(entry, lin)

    close(lin)

    db.session.expire_all()
    assert [member.name for member in entry.members] == ["田佳", "𠮷田晓"]
    assert [member.position for member in entry.members] == [1, 2]


def test_of_a_locked_team_a_masked_member_stays_and_the_captain_is_told(tia, time):
    entry = ask(make_entry(captain=tia))
    lin = make_person("林晓")
    confirm(entry.members[1], lin)
    fill(entry, lin)
    time.set(entry.competition.entries_close_at + timedelta(hours=1))

    close(lin)

    db.session.expire_all()
    member = entry.members[1]
    assert (member.name, member.person_id) == ("吉*·*呷", None)
    assert (member.state, member.consented_at) == (MemberState.LISTED, None)
    assert (member.id_number, member.phone) == (None, None)
    letter = db.session.scalars(
        select(Delivery).where(Delivery.kind == "entries.member_gone")
    ).one()
    assert letter.recipient_id == tia.id
    assert "林晓" not in letter.text


def test_places_ahead_are_given_back_and_past_ones_are_nobodys(nell, time):
    ahead = make_registration(attendee=make_attendee("倪洱", person_id=nell.id))
    past = make_registration(
        make_event("上个月的讲座"),
        attendee=make_attendee("倪洱", person_id=nell.id, email="nell@eventhub.test"),
    )
    with transaction():
        past.event.starts_at = clock.now() - timedelta(days=30)
        past.event.ends_at = clock.now() - timedelta(days=29)

    close(nell)

    db.session.expire_all()
    assert ahead.state is RegistrationState.CANCELLED
    assert ahead.ticket.revoked_at is not None
    assert past.state is RegistrationState.CONFIRMED
    for place in (ahead, past):
        assert (place.name, place.email, place.phone, place.person_id) == ("倪*", None, None, None)


def test_messages_keep_that_they_went_out_and_lose_whom_they_reached(tia):
    entry = make_entry(captain=tia)
    ask(entry, state=CompetitionState.FINISHED)

    close(tia)

    letters = db.session.scalars(select(Delivery).where(Delivery.recipient_id == tia.id)).all()
    assert letters
    assert {(x.recipient_name, x.address, x.text, x.html) for x in letters} == {
        (own_data.GONE, "", "", None)
    }


def test_the_only_organiser_of_a_circle_stays(olga):
    with pytest.raises(StillNeededError):
        close(olga)
    assert "唯一的组织者" in list_obstacles(olga)[0].text

    make_organiser("另一位")
    close(olga)

    left = db.session.scalars(
        select(CircleMembership).where(CircleMembership.role == CircleRole.ORGANISER)
    ).all()
    assert [membership.person.name for membership in left] == ["另一位"]


@pytest.mark.race
def test_of_two_organisers_who_leave_at_once_one_stays(olga, at_once):
    other = make_organiser("另一位")

    results = at_once(closing(olga), closing(other))

    assert [type(result) for result in results if result is not None] in (
        [LastOrganiserError],
        [StillNeededError],
    )
    assert len(db.session.scalars(select(CircleMembership)).all()) == 1


@pytest.mark.race
def test_without_the_lock_a_circle_would_be_left_alone(olga, at_once, monkeypatch):
    other = make_organiser("另一位")
    both = threading.Barrier(2)
    monkeypatch.setattr(circle_data, "_hold", lambda _ids: both.wait(timeout=30))

    assert at_once(closing(olga), closing(other)) == [None, None]

    assert db.session.scalars(select(CircleMembership)).all() == []


def test_the_only_admin_stays(nell, jun):
    with transaction():
        nell.is_admin = True
    with pytest.raises(LastAdminError):
        close(nell)

    with transaction():
        jun.is_admin = True
    close(nell)

    assert not db.session.get_one(Person, nell.id).is_admin


def test_a_judge_whose_marks_are_awaited_stays(jun):
    round_ = make_round()
    make_judge(make_panel(round_), person=jun)

    with pytest.raises(StillNeededError):
        close(jun)

    assert "评委" in list_obstacles(jun)[0].text


# --- a new key


def test_after_a_new_key_everything_is_under_it(app, entry, lin, monkeypatch):
    fill(entry, lin)
    old = app.config["DATA_KEY"]
    before = db.session.execute(text("SELECT id_number FROM members")).scalars().all()

    monkeypatch.setitem(app.config, "DATA_KEY", f"a new key,{old}")
    count = rekeying.reencrypt()
    again = rekeying.reencrypt()

    assert count > 0
    assert again == 0
    assert before != db.session.execute(text("SELECT id_number FROM members")).scalars().all()
    monkeypatch.setitem(app.config, "DATA_KEY", "a new key")
    db.session.expire_all()
    assert entry.members[1].id_number == RESIDENT
    assert entry.members[1].phone == "13800000011"
    letters = db.session.scalars(select(Delivery)).all()
    assert all("@" in letter.address for letter in letters)


def test_what_no_key_opens_is_left_as_it_is(app, entry, lin, monkeypatch):
    fill(entry, lin)
    db.session.rollback()
    monkeypatch.setitem(app.config, "DATA_KEY", "quite another key")

    with pytest.raises(InvalidToken):
        rekeying.reencrypt()

    monkeypatch.undo()
    db.session.expire_all()
    assert entry.members[1].id_number == RESIDENT


def test_who_won_keeps_the_name_that_the_award_list_shows(tia):
    entry = make_entry(captain=tia)
    level = AwardLevel(round_id=entry.competition.rounds[0].id, name="金奖", position=1, places=1)
    awarding = Awarding(
        round_id=entry.competition.rounds[0].id,
        proposed_by_id=make_organiser("甲").id,
        confirmed_by_id=make_organiser("乙").id,
        confirmed_at=clock.now(),
        state=ProposalState.CONFIRMED,
    )
    with transaction():
        db.session.add_all([level, awarding])
        db.session.flush()
        award = Award(
            awarding_id=awarding.id,
            entry_id=entry.id,
            position=1,
            level_id=level.id,
            proposed_level_id=level.id,
            ground="rank",
        )
        db.session.add(award)
    ask(entry, state=CompetitionState.FINISHED)

    close(tia)

    assert entry.members[0].name == "田佳"
    assert entry.members[0].email is None
