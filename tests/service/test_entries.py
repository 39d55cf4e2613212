"""Writing an entry, handing it in, and what organisers decide."""

from __future__ import annotations

import io
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventhub.accounts.queries import get_person
from eventhub.audit.models import AuditEntry
from eventhub.competitions import service as competitions
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState
from eventhub.entries.errors import (
    EditedElsewhereError,
    EntriesClosedError,
    EntryLockedError,
    EntryStateError,
    IncompleteEntryError,
    LateDocumentError,
    PartLockedError,
    ReasonMissingError,
    TextTooLongError,
    TooManyAdvisersError,
    TooManyMembersError,
    UnknownChoiceError,
)
from eventhub.entries.models import Document, Entry
from eventhub.entries.queries import EntryFilter
from eventhub.entries.service import AdviserDraft, MemberDraft, draft_of
from eventhub.entries.service import drafts as drafts_module
from eventhub.entries.service import submission as submission_module
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.events.enums import AttendeeRole
from eventhub.events.queries import list_party
from eventhub.files.errors import (
    BrokenFileError,
    EmptyFileError,
    FileTooLargeError,
    WrongFormatError,
)
from eventhub.notifications.models import Delivery
from tests.factories import (
    make_circle,
    make_competition,
    make_draft,
    make_entry,
    make_organiser,
    make_pdf,
    make_person,
    make_university,
)


def deliveries(kind: str) -> list[Delivery]:
    return list(db.session.scalars(select(Delivery).where(Delivery.kind == kind)))


def deeds() -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.subject_type == "entries")
    return list(db.session.scalars(query.order_by(AuditEntry.seq)))


def first_requirement(entry: Entry):
    return service.list_slots(entry)[0].requirement


def missing(entry: Entry) -> set[str]:
    entry = queries.get_entry(entry.id)
    items = service.list_checks(entry, service.list_slots(entry))
    return {item.key.split(":")[0] for item in items if item.state == "missing"}


# --- beginning


def test_a_captain_begins_with_their_own_name_and_school(tia):
    entry = make_entry(captain=tia, is_complete=False)

    assert entry.state is EntryState.DRAFT
    assert [(m.position, m.name, m.email) for m in entry.members] == [(1, "田佳", tia.email)]
    assert entry.university_id == tia.university_id
    assert len(entry.code) == 6


def test_beginning_again_goes_on_with_the_same_entry(tia):
    competition = make_competition(groups=("ug-creative", "ug-startup"))
    first, second = competition.groups

    begun = service.start_entry(competition.id, group_id=first.id, by=tia)
    again = service.start_entry(competition.id, group_id=first.id, by=tia)
    other = service.start_entry(competition.id, group_id=second.id, by=tia)

    assert again.id == begun.id
    assert other.id != begun.id


def test_after_withdrawing_a_captain_may_begin_anew(tia):
    competition = make_competition()
    gone = make_entry(competition, captain=tia, state=EntryState.WITHDRAWN)

    begun = service.start_entry(competition.id, group_id=competition.groups[0].id, by=tia)

    assert begun.id != gone.id


def test_a_group_of_another_competition_is_refused(tia):
    here, there = make_competition(), make_competition()

    with pytest.raises(UnknownChoiceError):
        service.start_entry(here.id, group_id=there.groups[0].id, by=tia)


def test_nothing_begins_before_the_opening_or_from_the_closing_on(tia, time):
    opens = time.now() + timedelta(hours=1)
    competition = make_competition(
        entries_open_at=opens, entries_close_at=opens + timedelta(hours=2)
    )
    group = competition.groups[0].id

    time.set(opens - timedelta(microseconds=1))
    with pytest.raises(EntriesClosedError) as refusal:
        service.start_entry(competition.id, group_id=group, by=tia)
    assert "北京时间" in str(refusal.value.message)

    time.set(opens + timedelta(hours=2))
    with pytest.raises(EntriesClosedError):
        service.start_entry(competition.id, group_id=group, by=tia)

    time.set(opens)
    assert service.start_entry(competition.id, group_id=group, by=tia).version == 1


@pytest.mark.race
def test_two_clicks_at_once_begin_one_entry(tia, at_once):
    competition = make_competition()
    person_id, competition_id, group_id = tia.id, competition.id, competition.groups[0].id

    def begin():
        return service.start_entry(competition_id, group_id=group_id, by=get_person(person_id)).id

    results = at_once(begin, begin, begin)

    assert len(set(results)) == 1, results
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1


# --- writing


def test_everything_written_is_kept_in_its_order(tia):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    draft = make_draft(tia, advisers=(AdviserDraft("甲"), AdviserDraft("乙"), AdviserDraft("丙")))
    first, second, third = draft.members
    draft = replace(draft, members=(first, third, second), advisers=draft.advisers[1:])

    saved = service.save_entry(entry.id, version=entry.version, draft=draft, by=tia)
    db.session.expire_all()

    stored = queries.get_entry(saved.id)
    assert draft_of(stored) == draft
    assert [m.name for m in stored.members] == ["田佳", "𠮷田晓", "吉克·阿呷"]
    assert stored.members[0].university_id == draft.university_id


def test_half_written_drafts_are_kept(tia):
    entry = make_entry(captain=tia, is_complete=False)
    draft = replace(
        draft_of(entry), members=(MemberDraft("田佳"), MemberDraft(email="wei@", phone="138"))
    )

    saved = service.save_entry(entry.id, version=1, draft=draft, by=tia)

    assert saved.version == 2
    assert "member_contacts" in missing(saved)


@pytest.mark.parametrize("name", ["🚀 智巡山城", "𠮷野家·山城", "阿卜杜拉·买买提 队", "a" * 60])
def test_emoji_and_rare_characters_are_fine(tia, name):
    entry = make_entry(captain=tia, is_complete=False)

    service.save_entry(entry.id, version=1, draft=replace(draft_of(entry), name=name), by=tia)

    db.session.expire_all()
    assert queries.get_entry(entry.id).name == name


def test_a_sixteenth_member_is_refused(tia):
    entry = make_entry(captain=tia, is_complete=False)
    fifteen = tuple(MemberDraft(f"成员{n}") for n in range(15))

    service.save_entry(entry.id, version=1, draft=replace(draft_of(entry), members=fifteen), by=tia)
    with pytest.raises(TooManyMembersError) as refusal:
        service.save_entry(
            entry.id,
            version=2,
            draft=replace(draft_of(entry), members=(*fifteen, MemberDraft("第十六"))),
            by=tia,
        )

    assert (refusal.value.status, refusal.value.field) == (422, "members")
    assert "15" in str(refusal.value.message)
    assert len(queries.get_entry(entry.id).members) == 15


def test_a_fourth_adviser_is_refused(tia):
    entry = make_entry(captain=tia, is_complete=False)
    four = tuple(AdviserDraft(f"教师{n}") for n in range(4))

    with pytest.raises(TooManyAdvisersError):
        service.save_entry(
            entry.id, version=1, draft=replace(draft_of(entry), advisers=four), by=tia
        )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"summary": "长" * 100_000}, "summary"),
        ({"name": "长" * 61}, "name"),
        ({"members": (MemberDraft("田佳"), MemberDraft("长" * 51))}, "members-1-name"),
        ({"members": (MemberDraft("田佳", phone="1" * 31),)}, "members-0-phone"),
        ({"advisers": (AdviserDraft("周", organisation="长" * 61),)}, "advisers-0-organisation"),
    ],
)
def test_too_long_a_text_names_its_field(tia, change, field):
    entry = make_entry(captain=tia, is_complete=False)

    with pytest.raises(TextTooLongError) as refusal:
        service.save_entry(entry.id, version=1, draft=replace(draft_of(entry), **change), by=tia)

    assert refusal.value.field == field


def test_a_category_that_is_not_on_offer_is_refused(tia):
    entry = make_entry(captain=tia, is_complete=False)

    with pytest.raises(UnknownChoiceError):
        service.save_entry(
            entry.id, version=1, draft=replace(draft_of(entry), category="玄学"), by=tia
        )


def test_the_second_window_is_told_and_overwrites_nothing(tia):
    entry = make_entry(captain=tia, is_complete=False)
    seen = draft_of(entry)

    service.save_entry(entry.id, version=1, draft=replace(seen, name="第一个窗口"), by=tia)
    with pytest.raises(EditedElsewhereError):
        service.save_entry(entry.id, version=1, draft=replace(seen, name="第二个窗口"), by=tia)

    assert queries.get_entry(entry.id).name == "第一个窗口"


def test_a_repeated_request_is_no_conflict(tia):
    entry = make_entry(captain=tia, is_complete=False)
    draft = replace(draft_of(entry), name="同样的内容")

    first = service.save_entry(entry.id, version=1, draft=draft, by=tia).version
    again = service.save_entry(entry.id, version=1, draft=draft, by=tia).version

    assert (first, again) == (2, 2)


def two_windows(entry_id, person_id, monkeypatch):
    """Two saves of one version that both wait, for a while, between the look and the write."""
    both = threading.Barrier(2)
    write = drafts_module.write_draft

    def slow(*given):
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=1.5)
        write(*given)

    monkeypatch.setattr(drafts_module, "write_draft", slow)

    def save(name: str):
        person = get_person(person_id)
        draft = replace(draft_of(queries.get_entry(entry_id)), name=name)
        return service.save_entry(entry_id, version=1, draft=draft, by=person).version

    return lambda: save("左"), lambda: save("右")


@pytest.mark.race
def test_of_two_windows_at_once_exactly_one_wins(tia, at_once, monkeypatch):
    entry = make_entry(captain=tia, is_complete=False)

    results = at_once(*two_windows(entry.id, tia.id, monkeypatch))

    assert sorted(type(r).__name__ for r in results) == ["EditedElsewhereError", "int"], results


@pytest.mark.race
def test_without_the_lock_both_windows_would_win(tia, at_once, monkeypatch):
    entry = make_entry(captain=tia, is_complete=False)
    get_entry = queries.get_entry
    monkeypatch.setattr(queries, "get_entry", lambda entry_id, lock=False: get_entry(entry_id))

    results = at_once(*two_windows(entry.id, tia.id, monkeypatch))

    assert results == [2, 2], "the negative control has lost its bite"


def test_nobody_else_writes_and_nobody_else_learns_that_it_exists(tia, nell, olga):
    entry = make_entry(captain=tia, is_complete=False)

    for stranger in (nell, olga):
        with pytest.raises(NotFoundError):
            service.save_entry(entry.id, version=1, draft=draft_of(entry), by=stranger)
        with pytest.raises(NotFoundError):
            service.submit_entry(entry.id, by=stranger)


# --- documents


def test_documents_keep_every_version(tia):
    entry = make_entry(captain=tia, is_complete=False)
    plan = first_requirement(entry)

    for pages in (1, 2):
        service.add_document(
            entry.id,
            requirement_id=plan.id,
            content=io.BytesIO(make_pdf(pages)),
            name="计划书.pdf",
            by=tia,
        )

    versions = service.list_slots(queries.get_entry(entry.id))[0].versions
    assert [d.version for d in versions] == [2, 1]
    assert versions[0].file.sha256 != versions[1].file.sha256


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"MZ this is a program", WrongFormatError),
        (b"", EmptyFileError),
        (b"%PDF-1.7\n" + b"0" * 2000, BrokenFileError),
    ],
)
def test_a_file_that_is_no_pdf_is_refused_whatever_it_is_called(tia, content, refusal):
    entry = make_entry(captain=tia, is_complete=False)
    plan = first_requirement(entry)

    with pytest.raises(refusal):
        service.add_document(
            entry.id,
            requirement_id=plan.id,
            content=io.BytesIO(content),
            name="计划书.pdf",
            by=tia,
        )

    assert db.session.scalar(select(func.count()).select_from(Document)) == 0


def test_a_file_too_large_is_refused(tia):
    entry = make_entry(captain=tia, is_complete=False)
    plan = first_requirement(entry)
    with transaction():
        plan.bytes_max = 1000

    with pytest.raises(FileTooLargeError):
        service.add_document(
            entry.id,
            requirement_id=plan.id,
            content=io.BytesIO(make_pdf(30)),
            name="计划书.pdf",
            by=tia,
        )


def test_once_submitted_the_documents_of_the_first_round_are_fixed(tia):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)

    with pytest.raises(EntryLockedError):
        service.add_document(
            entry.id,
            requirement_id=first_requirement(entry).id,
            content=io.BytesIO(make_pdf()),
            name="计划书.pdf",
            by=tia,
        )


def test_a_later_round_takes_its_documents_until_it_opens(tia, olga):
    entry = make_entry(captain=tia)
    final = competitions.add_round(
        entry.competition_id, name="决赛", mode=entry.competition.rounds[0].mode, by=olga
    )
    final_id = final.id
    requirement = next(slot.requirement for slot in service.list_slots(entry) if not slot.is_due)

    def add():
        return service.add_document(
            entry.id,
            requirement_id=requirement.id,
            content=io.BytesIO(make_pdf()),
            name="答辩.pdf",
            by=tia,
        )

    assert add().version == 1
    competitions.open_round(final_id, by=olga)
    with pytest.raises(LateDocumentError):
        add()


# --- handing in


def test_an_empty_draft_lacks_nearly_everything(tia):
    entry = make_entry(captain=tia, is_complete=False)

    assert missing(entry) == {
        "project_name",
        "summary",
        "category",
        "rule",
        "document",
        "declaration",
    }
    with pytest.raises(IncompleteEntryError):
        service.submit_entry(entry.id, by=tia)
    assert deeds() == []


def test_two_members_with_one_student_number_are_noticed(tia):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    draft = draft_of(entry)
    captain, second, third = draft.members
    twin = replace(third, student_number=second.student_number)

    saved = service.save_entry(
        entry.id,
        version=entry.version,
        draft=replace(draft, members=(captain, second, twin)),
        by=tia,
    )

    assert missing(saved) == {"duplicate_members"}


def test_a_complete_entry_is_handed_in_once(tia):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    assert missing(entry) == set()

    service.submit_entry(entry.id, by=tia)
    service.submit_entry(entry.id, by=tia)

    assert deeds() == ["entry.submitted"]
    assert len(deliveries("entries.submitted")) == 1
    with pytest.raises(EntryLockedError):
        service.save_entry(entry.id, version=entry.version, draft=make_draft(tia), by=tia)


def test_handing_in_a_large_team_asks_no_more_than_a_small_one(tia, nell, count_statements):
    people = (tia.id, nell.id)

    def submit(person_id, others):
        captain = get_person(person_id)
        school = captain.university_id or make_university().id
        draft = make_draft(captain)
        more = tuple(
            MemberDraft(f"成员{n}", school, f"20249{n:05}", "", "", "测试") for n in range(others)
        )
        entry = make_entry(captain=captain, state=EntryState.DRAFT, members=(*draft.members, *more))
        entry_id = entry.id
        db.session.remove()
        person = get_person(person_id)
        with count_statements() as seen:
            service.submit_entry(entry_id, by=person)
        return seen

    small, large = submit(people[0], 0), submit(people[1], 12)

    assert len(large) == len(small), [s for s in large if s not in small]


def test_the_closing_moment_itself_is_too_late(tia, time):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    closes_at = entry.competition.entries_close_at

    time.set(closes_at)
    with pytest.raises(EntriesClosedError):
        service.submit_entry(entry.id, by=tia)
    assert queries.get_entry(entry.id).state is EntryState.DRAFT

    time.set(closes_at - timedelta(microseconds=1))
    assert service.submit_entry(entry.id, by=tia).state is EntryState.SUBMITTED


def test_nothing_of_a_draft_is_written_after_the_deadline(tia, time):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    time.move(days=30)
    late = replace(draft_of(entry), summary="迟到的简介")

    with pytest.raises(PartLockedError):
        service.save_entry(entry.id, version=entry.version, draft=late, by=tia)

    assert queries.get_entry(entry.id).summary != "迟到的简介"


def close_and_submit(entry, olga_id, tia_id, monkeypatch):
    """An organiser closes the entries while a submission stands between its look and its write."""
    looked, closing = threading.Event(), threading.Event()
    entry_id, competition_id = entry.id, entry.competition_id
    move = submission_module.move

    def slow(*args, **kwargs):
        looked.set()
        closing.wait(timeout=1.5)
        move(*args, **kwargs)

    monkeypatch.setattr(submission_module, "move", slow)

    def submit():
        service.submit_entry(entry_id, by=get_person(tia_id))
        return "submitted", db.session.scalar(select(func.clock_timestamp()))

    def close():
        assert looked.wait(timeout=10)
        competitions.close_entries(competition_id, by=get_person(olga_id))
        closing.set()
        return "closed", db.session.scalar(select(func.clock_timestamp()))

    return submit, close


@pytest.mark.race
def test_a_submission_and_the_closing_at_once_see_each_other(tia, olga, at_once, monkeypatch):
    entry = make_entry(captain=tia, state=EntryState.DRAFT, by=olga)

    submitted, closed = at_once(*close_and_submit(entry, olga.id, tia.id, monkeypatch))

    assert submitted[1] < closed[1], "the entries were closed under a submission"


@pytest.mark.race
def test_without_holding_the_competition_the_closing_would_slip_in(tia, olga, at_once, monkeypatch):
    entry = make_entry(captain=tia, state=EntryState.DRAFT, by=olga)
    monkeypatch.setattr(submission_module, "_hold", lambda competition: None)

    submitted, closed = at_once(*close_and_submit(entry, olga.id, tia.id, monkeypatch))

    assert closed[1] < submitted[1], "the negative control has lost its bite"


# --- deciding


def test_approval_gives_each_member_a_ticket_and_tells_the_captain(tia, olga):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)

    service.approve_entry(entry.id, by=olga)
    service.approve_entry(entry.id, by=olga)

    places = list_party(entry.competition.event_id, entry.id)
    assert [p.name for p in places] == ["田佳", "吉克·阿呷", "𠮷田晓"]
    assert {(p.role, p.party, p.party_id) for p in places} == {
        (AttendeeRole.COMPETITOR, "智巡山城", entry.id)
    }
    assert all(p.ticket.code for p in places)
    assert places[0].person_id == tia.id
    assert [d.address for d in deliveries("entries.approved")] == [tia.email]
    assert deeds() == ["entry.submitted", "entry.approved"]


def test_a_return_needs_a_reason_and_brings_it_to_the_captain(tia, olga):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)

    for reason in ("", "   \n"):
        with pytest.raises(ReasonMissingError):
            service.return_entry(entry.id, reason=reason, by=olga)
    with pytest.raises(TextTooLongError):
        service.return_entry(entry.id, reason="长" * 1001, by=olga)
    service.return_entry(entry.id, reason="请补充财务预测。", by=olga)

    mail = deliveries("entries.returned")
    assert len(mail) == 1
    assert "请补充财务预测。" in mail[0].text
    assert queries.get_entry(entry.id).state is EntryState.RETURNED


def test_a_returned_entry_is_mended_and_handed_in_again(tia, olga):
    entry = make_entry(captain=tia, state=EntryState.RETURNED, by=olga)

    entry = service.save_entry(
        entry.id,
        version=entry.version,
        draft=replace(draft_of(entry), summary="补充了财务预测。"),
        by=tia,
    )
    service.submit_entry(entry.id, by=tia)

    assert len(deliveries("entries.submitted")) == 2


def test_returned_before_the_deadline_is_not_open_for_ever(tia, olga, time):
    entry = make_entry(captain=tia, state=EntryState.RETURNED, by=olga)

    time.set(entry.competition.entries_close_at)

    assert not service.may_hand_in(queries.get_entry(entry.id), time.now())
    with pytest.raises(EntriesClosedError):
        service.submit_entry(entry.id, by=tia)


def test_returned_after_the_deadline_may_be_handed_in_until_approved(tia, olga, time):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED, by=olga)
    time.set(entry.competition.entries_close_at + timedelta(hours=1))

    service.return_entry(entry.id, reason="附件打不开，请重新上传。", by=olga)
    time.move(days=1)

    assert service.submit_entry(entry.id, by=tia).state is EntryState.SUBMITTED
    service.approve_entry(entry.id, by=olga)


def test_after_the_competition_is_over_nothing_moves(tia, olga, time):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED, by=olga)
    competitions.close_entries(entry.competition_id, by=olga)
    service.return_entry(entry.id, reason="请修改。", by=olga)
    assert service.may_hand_in(queries.get_entry(entry.id), time.now())

    with transaction():
        from eventhub.competitions.enums import CompetitionState

        entry.competition.state = CompetitionState.FINISHED

    with pytest.raises(EntriesClosedError):
        service.submit_entry(entry.id, by=tia)
    with pytest.raises(EntryLockedError):
        service.withdraw_entry(entry.id, by=tia)


def test_only_the_circle_s_own_organisers_decide(tia, olga, mei):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)
    elsewhere = make_organiser(circle=make_circle("cqu", university="重庆大学"))

    for person in (tia, elsewhere, mei):
        with pytest.raises(ForbiddenError):
            service.approve_entry(entry.id, by=person)
        with pytest.raises(ForbiddenError):
            service.return_entry(entry.id, reason="不行。", by=person)
        with pytest.raises(ForbiddenError):
            service.export_entries(entry.competition_id, wanted=EntryFilter(), by=person)


@pytest.mark.parametrize("state", [EntryState.DRAFT, EntryState.RETURNED, EntryState.WITHDRAWN])
def test_what_does_not_wait_is_not_approved(tia, olga, state):
    entry = make_entry(captain=tia, state=state, by=olga)

    with pytest.raises(EntryStateError):
        service.approve_entry(entry.id, by=olga)


def test_withdrawing_gives_the_places_back(tia, olga):
    entry = make_entry(captain=tia, by=olga)

    service.withdraw_entry(entry.id, by=tia)

    assert list_party(entry.competition.event_id, entry.id) == []
    assert deeds()[-1] == "entry.withdrawn"
    with pytest.raises(EntryStateError):
        service.withdraw_entry(entry.id, by=tia)


def test_a_new_approval_follows_the_new_list_and_keeps_the_other_tickets(tia, olga):
    entry = make_entry(captain=tia, by=olga)
    codes = {p.name: p.ticket.code for p in list_party(entry.competition.event_id, entry.id)}
    service.return_entry(entry.id, reason="第三位成员请更换。", by=olga)
    draft = draft_of(queries.get_entry(entry.id))
    newcomer = MemberDraft("冉小满", tia.university_id, "2024219999", "", "", "财务")

    entry = service.save_entry(
        entry.id,
        version=entry.version,
        draft=replace(draft, members=(*draft.members[:2], newcomer)),
        by=tia,
    )
    service.submit_entry(entry.id, by=tia)
    service.approve_entry(entry.id, by=olga)

    after = {p.name: p.ticket.code for p in list_party(entry.competition.event_id, entry.id)}
    assert set(after) == {"田佳", "吉克·阿呷", "冉小满"}
    assert after["田佳"] == codes["田佳"]


# --- finding


def test_the_organiser_finds_entries_by_what_is_known_of_them(olga):
    competition = make_competition(by=olga)
    cqu = make_university("重庆大学")
    first = make_entry(competition, by=olga, name="智巡山城_1%")
    second = make_entry(
        competition,
        captain=make_person("冉小满", university=cqu),
        state=EntryState.SUBMITTED,
        name="嘉陵净界",
    )

    def found(**wanted):
        query = queries.select_entries(competition.id, EntryFilter(**wanted))
        return {entry.name for entry in db.session.scalars(query).unique()}

    assert found() == {"智巡山城_1%", "嘉陵净界"}
    assert found(state=EntryState.SUBMITTED) == {"嘉陵净界"}
    assert found(university_id=cqu.id) == {"嘉陵净界"}
    assert found(words="冉小") == {"嘉陵净界"}
    assert found(words="城_1%") == {"智巡山城_1%"}
    assert found(words="%") == {"智巡山城_1%"}
    assert found(words=first.code.lower()) == {"智巡山城_1%"}
    assert queries.count_by_state(competition.id)[EntryState.SUBMITTED] == 1
    assert [e.id for e in queries.list_approved(competition.id)] == [first.id]
    assert queries.list_approved(competition.id, group_id=second.id) == []


def test_a_student_in_two_projects_is_shown_to_the_organiser(olga):
    competition = make_competition(by=olga)
    first = make_entry(competition, by=olga)
    shared = first.members[1]
    captain = make_person("冉小满", university=make_university())
    draft = make_draft(captain)
    twin = replace(
        draft.members[1],
        university_id=shared.university_id,
        student_number=shared.student_number,
    )
    second = make_entry(
        competition,
        captain=captain,
        state=EntryState.SUBMITTED,
        members=(draft.members[0], twin, draft.members[2]),
    )

    assert [m.id for m in queries.list_shared_members(queries.get_entry(second.id))] == [shared.id]
