"""Reminders: computed from the present, sent once, saying what a captain needs to know."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.audit.models import AuditEntry
from eventhub.competitions import service as competitions
from eventhub.competitions.models import Competition, Round
from eventhub.db import db, transaction
from eventhub.entries import service as entries
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.errors import ForbiddenError
from eventhub.events import service as events
from eventhub.notifications.enums import DeliveryState
from eventhub.notifications.models import Delivery
from eventhub.reminders import queries, service
from eventhub.reminders.enums import LEAD_MAX, LEAD_MIN, Anchor, lead_words, rule_words
from eventhub.reminders.errors import LeadOutOfRangeError, RuleUsedError
from eventhub.reminders.models import ReminderRule, ReminderSent
from eventhub.reminders.service import letters, sending
from eventhub.roadshows import queries as roadshow_queries
from eventhub.roadshows import service as roadshows
from eventhub.roadshows.models import Roadshow, Slot
from eventhub.web.jinja import zone_name
from eventhub.worker import run_worker
from tests.factories.competitions import make_competition
from tests.factories.entries import make_draft, make_entry
from tests.factories.outcomes import make_participants
from tests.factories.people import make_circle, make_organiser, make_person, make_university
from tests.factories.reminders import make_reminded_roadshow, make_rule
from tests.factories.roadshows import make_approved, make_roadshow, tomorrow_at_nine
from tests.processes import wait_until
from tests.smtp import Mailbox, body_of

pytestmark = pytest.mark.usefixtures("app")

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def slots_of(roadshow: Roadshow) -> Sequence[Slot]:
    """By time on stage, then room."""
    slots = roadshow_queries.list_slots(roadshow.id, refresh=True)
    return sorted(slots, key=lambda slot: (slot.starts_at, slot.room.position))


def kinds(prefix: str = "reminders.") -> list[Delivery]:
    query = select(Delivery).where(Delivery.kind.startswith(prefix)).order_by(Delivery.created_at)
    return list(db.session.scalars(query))


def reminded() -> set[uuid.UUID]:
    """Of which entries somebody was reminded."""
    return {delivery.subject_id for delivery in kinds() if delivery.subject_id}


def reminders_in(mailbox: Mailbox) -> list[str]:
    return sorted(
        str(m["To"].addresses[0].addr_spec)
        for m in mailbox.messages
        if str(m["Subject"]).startswith("出场提醒")
    )


# when


def test_a_reminder_is_due_from_its_lead_until_the_slot_begins(time):
    roadshow = make_reminded_roadshow(entry_count=1, starts_at=clock.now() + 3 * DAY)
    slot = slots_of(roadshow)[0]

    time.set(slot.starts_at - DAY - timedelta(seconds=1))
    assert service.send_due() == 0
    time.set(slot.starts_at - DAY)
    assert service.send_due() == 1

    assert [d.subject_id for d in kinds()] == [slot.entry_id]


def test_nobody_is_reminded_of_what_has_begun(time):
    roadshow = make_reminded_roadshow(entry_count=1, starts_at=clock.now() + 3 * DAY)

    time.set(slots_of(roadshow)[0].starts_at)

    assert service.send_due() == 0


def test_a_reminder_goes_out_once(time):
    roadshow = make_reminded_roadshow(entry_count=3, starts_at=clock.now() + 3 * DAY)
    time.set(slots_of(roadshow)[-1].starts_at - DAY)

    assert service.send_due() == 3
    assert service.send_due() == 0
    time.move(hours=5)
    assert service.send_due() == 0

    assert len(kinds()) == len(reminded()) == 3


def test_each_slot_has_its_own_time(time):
    roadshow = make_reminded_roadshow(entry_count=4, rooms=["一"], starts_at=clock.now() + 3 * DAY)
    slots = slots_of(roadshow)

    time.set(slots[1].starts_at - DAY)
    service.send_due()

    assert reminded() == {slot.entry_id for slot in slots[:2]}


def test_a_slot_that_is_put_off_takes_its_reminder_along(time, olga):
    roadshow = make_reminded_roadshow(
        by=olga, entry_count=2, rooms=["一"], starts_at=clock.now() + 3 * DAY
    )
    first, second = slots_of(roadshow)
    was_due = first.starts_at - DAY
    roadshows.delay_room(first.room_id, from_position=1, minutes=90, by=olga)

    time.set(was_due)
    assert service.send_due() == 0
    time.move(minutes=89)
    assert service.send_due() == 0
    time.move(minutes=1)
    assert service.send_due() == 1

    assert reminded() == {first.entry_id}
    sent = db.session.scalars(select(ReminderSent)).one()
    assert sent.anchored_at == slots_of(roadshow)[0].starts_at == was_due + DAY + 1.5 * HOUR
    assert second.entry_id not in reminded()


def test_teams_that_swap_slots_swap_reminders(time, olga):
    roadshow = make_reminded_roadshow(
        by=olga, entry_count=3, rooms=["一"], starts_at=clock.now() + 3 * DAY
    )
    first, _second, last = slots_of(roadshow)
    early, late = first.entry_id, last.entry_id
    roadshows.swap_slots(first.id, with_slot_id=last.id, by=olga)

    time.set(slots_of(roadshow)[0].starts_at - DAY)
    service.send_due()

    assert reminded() == {late}
    assert early not in reminded()


def test_a_slot_that_moves_after_its_reminder_is_told_by_the_change_alone(time, olga):
    roadshow = make_reminded_roadshow(
        by=olga, entry_count=1, rooms=["一"], starts_at=clock.now() + 3 * DAY
    )
    slot = slots_of(roadshow)[0]
    time.set(slot.starts_at - DAY)
    service.send_due()

    roadshows.delay_room(slot.room_id, from_position=1, minutes=600, by=olga)
    time.move(hours=10)

    assert service.send_due() == 0
    assert [d.kind for d in kinds("roadshows.slot_moved")] == ["roadshows.slot_moved"]


@pytest.mark.parametrize("until", ["setup", "announced", "drawn"])
def test_only_a_published_timetable_counts(time, until):
    make_reminded_roadshow(until=until, starts_at=clock.now() + 3 * DAY)

    time.move(days=2, hours=1)

    assert service.send_due() == 0
    assert service.send_due(clock.now() + HOUR) == 0


def test_a_timetable_published_late_reminds_at_once(time, olga):
    roadshow = make_reminded_roadshow(by=olga, until="drawn", starts_at=clock.now() + 5 * HOUR)
    assert service.send_due() == 0

    roadshows.publish_timetable(roadshow.id, by=olga)

    assert service.send_due() == 5


def test_a_team_that_withdrew_is_left_alone(time):
    roadshow = make_reminded_roadshow(entry_count=2, starts_at=clock.now() + 3 * DAY)
    gone, stays = [slot.entry for slot in slots_of(roadshow)]
    entries.withdraw_entry(gone.id, by=gone.captain)

    time.move(days=2, hours=1)
    service.send_due()

    assert reminded() == {stays.id}


def test_a_cancelled_event_reminds_nobody(time, olga):
    roadshow = make_reminded_roadshow(by=olga, starts_at=clock.now() + 3 * DAY)
    event = roadshow.round.competition.event
    events.cancel_event(event.id, reason="场地停电", by=olga)

    time.move(days=2, hours=1)

    assert service.send_due() == 0


def test_a_paused_rule_sends_nothing_until_it_is_resumed(time, olga):
    roadshow = make_reminded_roadshow(by=olga, entry_count=1, starts_at=clock.now() + 3 * DAY)
    rule = queries.list_rules(roadshow.round.competition_id)[0]
    service.pause_rule(rule.id, by=olga)
    time.move(days=2, hours=1)
    assert service.send_due() == 0

    service.resume_rule(rule.id, by=olga)

    assert service.send_due() == 1


def test_two_rules_are_two_reminders(time, olga):
    roadshow = make_reminded_roadshow(by=olga, entry_count=1, starts_at=clock.now() + 3 * DAY)
    make_rule(roadshow.round.competition, lead=2 * HOUR, by=olga)
    slot = slots_of(roadshow)[0]

    time.set(slot.starts_at - DAY)
    assert service.send_due() == 1
    time.set(slot.starts_at - 2 * HOUR)
    assert service.send_due() == 1

    assert len(kinds()) == 2


def test_a_team_in_two_rounds_is_reminded_of_both(time, olga):
    roadshow = make_reminded_roadshow(by=olga, entry_count=1, starts_at=clock.now() + 3 * DAY)
    entry = slots_of(roadshow)[0].entry
    later = _second_round(roadshow, entry, starts_at=clock.now() + 10 * DAY, by=olga)

    time.set(slots_of(roadshow)[0].starts_at - HOUR)
    assert service.send_due() == 1
    time.set(slots_of(later)[0].starts_at - HOUR)
    assert service.send_due() == 1

    assert [d.subject_id for d in kinds()] == [entry.id, entry.id]


def _second_round(roadshow: Roadshow, entry: Entry, *, starts_at: datetime, by) -> Roadshow:
    with transaction():
        first = roadshow.round
        second = Round(
            competition_id=first.competition_id, position=first.position + 50, name="决赛"
        )
        db.session.add(second)
        db.session.flush()
    make_participants(second, [entry])
    made = roadshows.set_up(second.id, rooms=["决赛厅"], starts_at=starts_at, venue="一", by=by)
    roadshows.announce_draw(made.id, public_source="双色球", by=by)
    roadshows.draw(made.id, public_text="01 02", by=by)
    return roadshows.publish_timetable(made.id, by=by)


def test_a_captain_without_an_address_holds_nobody_up(time):
    roadshow = make_reminded_roadshow(entry_count=2, starts_at=clock.now() + 3 * DAY)
    silent, other = [slot.entry for slot in slots_of(roadshow)]
    with transaction():
        silent.captain.email = None
    time.move(days=2, hours=1)

    assert service.send_due() == 1

    assert reminded() == {other.id}
    shown = queries.page_planned(roadshow.round.competition_id, now=clock.now(), page=1)
    assert [p.pending.has_address for p in shown.items] == [False]


# deadlines


def _draft(competition: Competition, **facts) -> Entry:
    captain = make_person("田佳", university=make_university())
    return make_entry(competition, captain=captain, **facts)


def test_whoever_has_not_handed_in_is_reminded_of_the_deadline(time, olga):
    competition = make_competition(by=olga)
    make_rule(competition, anchor=Anchor.ENTRY_DEADLINE, by=olga)
    draft = _draft(competition, is_complete=False)
    returned = _draft(competition, state=EntryState.RETURNED, by=olga)
    for state in (EntryState.SUBMITTED, EntryState.APPROVED, EntryState.WITHDRAWN):
        _draft(competition, state=state, by=olga)

    time.set(competition.entries_close_at - DAY - timedelta(seconds=1))
    assert service.send_due() == 0
    time.move(seconds=1)
    assert service.send_due() == 2

    assert reminded() == {draft.id, returned.id}


def test_a_deadline_that_moves_takes_its_reminder_along(time, olga):
    competition = make_competition(by=olga)
    make_rule(competition, anchor=Anchor.ENTRY_DEADLINE, by=olga)
    _draft(competition, is_complete=False)
    was_due = competition.entries_close_at - DAY
    with transaction():
        competition.entries_close_at += timedelta(days=2)

    time.set(was_due)
    assert service.send_due() == 0
    time.move(days=2)
    assert service.send_due() == 1


def test_a_closed_competition_reminds_nobody_of_its_deadline(time, olga):
    competition = make_competition(by=olga)
    make_rule(competition, anchor=Anchor.ENTRY_DEADLINE, by=olga)
    _draft(competition, is_complete=False)
    competitions.close_entries(competition.id, by=olga)

    time.set(competition.entries_close_at - HOUR)

    assert service.send_due() == 0


def test_the_mail_of_the_deadline_names_what_is_missing(time, olga, mailbox, work):
    competition = make_competition(by=olga)
    make_rule(competition, anchor=Anchor.ENTRY_DEADLINE, by=olga)
    captain = make_person("田佳", email="tia@eventhub.test", university=make_university())
    entry = entries.start_entry(competition.id, group_id=competition.groups[0].id, by=captain)
    draft = make_draft(captain, summary="")
    entries.save_entry(entry.id, version=entry.version, draft=draft, by=captain)
    time.set(competition.entries_close_at - DAY)

    service.send_due()
    work()

    text = body_of(mailbox.to("tia@eventhub.test")[-1], "plain")
    assert "没有提交" in text
    assert "还缺以下内容" in text
    assert "填写项目简介" in text
    assert "项目计划书" in text
    assert "填写项目名称" not in text
    assert zone_name() in text
    assert f"https://eventhub.test/entries/{entry.id}" in text


# what it says


def test_the_mail_says_where_when_and_what_to_bring(time, olga, mailbox, work):
    roadshow = make_reminded_roadshow(
        by=olga, entry_count=1, starts_at=tomorrow_at_nine() + 2 * DAY, venue="大学生活动中心"
    )
    slot = slots_of(roadshow)[0]
    event = roadshow.round.competition.event
    time.set(slot.starts_at - DAY)
    work()
    mailbox.messages.clear()

    service.send_due()
    work()

    mail = mailbox.only()
    text, html = body_of(mail, "plain"), body_of(mail, "html")
    assert str(mail["Subject"]).startswith("出场提醒：")
    for words in (
        "大学生活动中心 · 第一会场",
        f"09:00–09:16 {zone_name()}",
        "陈述 8 分钟，答辩 7 分钟",
        "本会场第 1 个",
        "请带好",
        "有效身份证件和学生证",
        event.title,
        slot.entry.code,
    ):
        assert words in text
        assert words in html
    link = f"https://eventhub.test/c/{event.code}/timetable?round={roadshow.round.position}"
    assert link in text
    attached = next(mail.iter_attachments())
    appointment = Calendar.from_ical(attached.get_payload(decode=True)).walk("VEVENT")[0]
    assert appointment["uid"] == f"slot-{slot.roadshow_id}-{slot.entry_id}@eventhub"
    assert appointment["sequence"] == roadshow.timetable_version
    assert appointment["dtstart"].dt == slot.starts_at
    assert appointment["dtend"].dt == slot.ends_at
    assert appointment["location"] == "大学生活动中心 · 第一会场"


def test_the_appointment_carries_the_version_of_the_timetable(time, olga, mailbox, work):
    roadshow = make_reminded_roadshow(
        by=olga, entry_count=1, rooms=["一"], starts_at=clock.now() + 3 * DAY
    )
    slot = slots_of(roadshow)[0]
    roadshows.delay_room(slot.room_id, from_position=1, minutes=30, by=olga)
    time.move(days=2, hours=2)
    work()
    mailbox.messages.clear()

    service.send_due()
    work()

    attached = next(mailbox.only().iter_attachments())
    assert Calendar.from_ical(attached.get_payload(decode=True)).walk("VEVENT")[0]["sequence"] == 2


def test_the_mail_goes_to_the_captain_of_the_moment(time, olga, mailbox, work):
    roadshow = make_reminded_roadshow(by=olga, entry_count=1, starts_at=clock.now() + 3 * DAY)
    entry = slots_of(roadshow)[0].entry
    new = make_person("新队长", email="new@eventhub.test")
    with transaction():
        entry.captain_id = new.id
    time.move(days=2, hours=1)

    service.send_due()
    work()

    assert reminders_in(mailbox) == ["new@eventhub.test"]


# rules


def test_the_same_rule_twice_is_one_and_on_again(app, olga):
    competition = make_competition(by=olga)
    first = service.add_rule(competition.id, anchor=Anchor.SLOT, lead=DAY, by=olga)
    service.pause_rule(first.id, by=olga)

    second = service.add_rule(competition.id, anchor=Anchor.SLOT, lead=24 * HOUR, by=olga)

    assert first.id == second.id
    assert queries.get_rule(first.id).is_active
    assert len(queries.list_rules(competition.id)) == 1


@pytest.mark.parametrize("lead", [LEAD_MIN - timedelta(seconds=1), LEAD_MAX + HOUR, -DAY])
def test_a_lead_that_makes_no_sense_is_refused(app, olga, lead):
    competition = make_competition(by=olga)

    with pytest.raises(LeadOutOfRangeError):
        service.add_rule(competition.id, anchor=Anchor.SLOT, lead=lead, by=olga)


def test_only_who_runs_the_competition_sets_reminders(app, olga, sam, mei, nell, tia):
    competition = make_competition(by=olga)
    rule = make_rule(competition, by=olga)
    foreign = make_organiser("外人", circle=make_circle("cqu", university="重庆大学"))

    for person in (sam, mei, nell, tia, foreign):
        with pytest.raises(ForbiddenError):
            service.add_rule(competition.id, anchor=Anchor.SLOT, lead=2 * HOUR, by=person)
        for act in (service.pause_rule, service.resume_rule, service.remove_rule):
            with pytest.raises(ForbiddenError):
                act(rule.id, by=person)
    assert queries.get_rule(rule.id).is_active


def test_a_rule_that_sent_nothing_can_go_one_that_did_cannot(time, olga):
    roadshow = make_reminded_roadshow(by=olga, entry_count=1, starts_at=clock.now() + 3 * DAY)
    competition = roadshow.round.competition
    unused = make_rule(competition, lead=2 * HOUR, by=olga)
    used = next(r for r in queries.list_rules(competition.id) if r.lead == DAY)
    time.move(days=2, hours=1)
    service.send_due()

    service.remove_rule(unused.id, by=olga)
    with pytest.raises(RuleUsedError):
        service.remove_rule(used.id, by=olga)

    assert [rule.id for rule in queries.list_rules(competition.id)] == [used.id]


def test_what_is_done_to_a_rule_stands_in_the_log(app, olga):
    rule = make_rule(make_competition(by=olga), by=olga)
    service.pause_rule(rule.id, by=olga)
    service.pause_rule(rule.id, by=olga)
    service.resume_rule(rule.id, by=olga)
    service.remove_rule(rule.id, by=olga)

    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_id == rule.id).order_by(AuditEntry.seq)
    )
    assert list(actions) == [
        "reminder.added",
        "reminder.paused",
        "reminder.resumed",
        "reminder.removed",
    ]


@pytest.mark.parametrize(
    ("lead", "words"),
    [
        (DAY, "1 天"),
        (7 * DAY, "7 天"),
        (36 * HOUR, "36 小时"),
        (timedelta(minutes=90), "90 分钟"),
    ],
)
def test_a_lead_is_said_in_the_largest_unit_that_fits(app, lead, words):
    assert lead_words(lead) == words
    assert rule_words(Anchor.SLOT, lead) == f"出场前 {words}"


# what is planned


def test_the_plan_shows_who_hears_when_and_moves_with_the_timetable(time, olga):
    roadshow = make_reminded_roadshow(
        by=olga, entry_count=3, rooms=["一"], starts_at=clock.now() + 3 * DAY
    )
    competition_id = roadshow.round.competition_id

    def plan() -> list[tuple[uuid.UUID, datetime]]:
        page = queries.page_planned(competition_id, now=clock.now(), page=1)
        return [(p.entry.id, p.pending.due_at) for p in page.items]

    assert plan() == [(s.entry_id, s.starts_at - DAY) for s in slots_of(roadshow)]
    room = slots_of(roadshow)[0].room_id
    roadshows.delay_room(room, from_position=2, minutes=45, by=olga)
    assert plan() == [(s.entry_id, s.starts_at - DAY) for s in slots_of(roadshow)]
    time.set(slots_of(roadshow)[0].starts_at - DAY)
    service.send_due()
    assert plan() == [(s.entry_id, s.starts_at - DAY) for s in slots_of(roadshow)[1:]]


def test_pages_of_the_plan_hold_everything_once_at_a_constant_cost(time, olga, count_statements):
    roadshow = make_reminded_roadshow(by=olga, entry_count=30, starts_at=clock.now() + 3 * DAY)
    competition_id = roadshow.round.competition_id

    db.session.expire_all()
    with count_statements() as two_pages:
        pages = [queries.page_planned(competition_id, now=clock.now(), page=n) for n in (1, 2)]
    found = [p.entry.id for page in pages for p in page.items]

    assert pages[0].total == len(found) == len(set(found)) == 30
    assert [len(page.items) for page in pages] == [25, 5]
    assert len(two_pages) <= 12
    past = queries.page_planned(competition_id, now=clock.now(), page=99)
    assert past.page == 2


def test_the_terminal_says_what_goes_now_and_next(app, time, olga):
    roadshow = make_reminded_roadshow(
        by=olga, entry_count=2, rooms=["一"], starts_at=clock.now() + 3 * DAY
    )
    first, second = slots_of(roadshow)
    time.set(first.starts_at - DAY)

    result = app.test_cli_runner().invoke(args=["reminders", "due", "--hours", "1"])

    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].startswith("now\t出场前 1 天\t" + first.entry.code)
    assert second.entry.code in lines[1]
    assert lines[2] == "2 reminders now and within 1 hours"
    assert kinds() == [], "it sends nothing"
    nothing = app.test_cli_runner().invoke(args=["reminders", "due", "--hours", "0"])
    assert nothing.output.count("出场前") == 1


# once, whatever happens


def test_one_that_fails_holds_up_no_other_and_goes_later(time, olga, monkeypatch, caplog):
    roadshow = make_reminded_roadshow(by=olga, entry_count=3, starts_at=clock.now() + 3 * DAY)
    unlucky = slots_of(roadshow)[0].entry_id
    time.move(days=2, hours=1)
    write = letters.send

    def fail_for_one(pending: queries.Pending) -> uuid.UUID | None:
        if pending.entry_id == unlucky:
            raise RuntimeError("for the test")
        return write(pending)

    monkeypatch.setattr(letters, "send", fail_for_one)
    assert service.send_due() == 2
    assert "reminder not sent" in caplog.text
    monkeypatch.setattr(letters, "send", write)

    assert service.send_due() == 1
    assert len(reminded()) == 3


def test_the_mail_and_the_note_of_it_go_together(time, olga, monkeypatch, mailbox, work):
    make_reminded_roadshow(by=olga, entry_count=1, starts_at=clock.now() + 3 * DAY)
    time.move(days=2, hours=1)
    work()
    mailbox.messages.clear()

    def fail(*_args: object) -> bool:
        raise RuntimeError("for the test")

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_note", fail)
        assert service.send_due() == 0
    work()
    assert mailbox.messages == []

    assert service.send_due() == 1
    work()
    assert len(mailbox.messages) == 1


def _meeting(app: Flask, parties: int) -> Callable[..., list[queries.Pending]]:
    """``list_due`` that returns only once all have looked: nobody has written anything yet."""
    barrier = threading.Barrier(parties)
    look = queries.list_due

    def meet(now: datetime, *, limit: int) -> list[queries.Pending]:
        found = look(now, limit=limit)
        barrier.wait(timeout=30)
        return found

    return meet


@pytest.mark.race
def test_clocks_that_look_at_the_same_moment_send_once(app, at_once, time, monkeypatch):
    roadshow = make_reminded_roadshow(entry_count=6, starts_at=clock.now() + 3 * DAY)
    time.set(slots_of(roadshow)[-1].starts_at - DAY)
    monkeypatch.setattr(queries, "list_due", _meeting(app, 4))

    counts = at_once(*[service.send_due] * 4)

    assert sum(counts) == 6
    assert len(kinds()) == len(reminded()) == 6


@pytest.mark.race
def test_without_the_unique_rows_clocks_send_many_times(app, at_once, time, monkeypatch):
    """The control of the one above: it is the rows that keep the count."""
    roadshow = make_reminded_roadshow(entry_count=6, starts_at=clock.now() + 3 * DAY)
    time.set(slots_of(roadshow)[-1].starts_at - DAY)
    monkeypatch.setattr(queries, "list_due", _meeting(app, 4))
    monkeypatch.setattr(queries, "hold", lambda pending, now: pending)
    monkeypatch.setattr(sending, "_note", lambda *_args: True)
    monkeypatch.setattr(letters, "_key", lambda _pending: str(uuid.uuid4()))

    counts = at_once(*[service.send_due] * 4)

    assert sum(counts) == len(kinds()) == 24


@pytest.mark.race
def test_a_timetable_that_changes_meanwhile_is_told_as_it_is(app, at_once, time, monkeypatch, olga):
    """The reminder either waits for the change and tells the new time, or comes before it."""
    roadshow = make_reminded_roadshow(
        by=olga, entry_count=1, rooms=["一"], starts_at=clock.now() + 3 * DAY
    )
    slot = slots_of(roadshow)[0]
    room_id, was, by = slot.room_id, slot.starts_at, olga
    time.set(was - timedelta(minutes=30))
    looked, changed = threading.Event(), threading.Event()
    look = queries.list_due

    def look_then_wait(now: datetime, *, limit: int) -> list[queries.Pending]:
        found = look(now, limit=limit)
        looked.set()
        changed.wait(timeout=30)
        return found

    def change() -> None:
        looked.wait(timeout=30)
        roadshows.delay_room(room_id, from_position=1, minutes=60, by=by)
        changed.set()

    monkeypatch.setattr(queries, "list_due", look_then_wait)

    at_once(service.send_due, change)

    sent = db.session.scalars(select(ReminderSent)).one()
    assert sent.anchored_at == was + HOUR


@pytest.mark.race
def test_two_clocks_and_three_workers_send_each_reminder_once(app, mailbox, spawn, olga):
    """Real processes, a real mail server, and the wall clock."""
    roadshow = make_reminded_roadshow(by=olga, entry_count=8, starts_at=clock.now() + 5 * HOUR)
    addresses = sorted(slot.entry.captain.email for slot in slots_of(roadshow))
    processes = [spawn(name) for name in ("clock", "worker", "worker", "worker", "clock")]
    unsent = select(func.count()).where(Delivery.state != DeliveryState.SENT)

    wait_until(lambda: len(reminders_in(mailbox)) >= 8 and not db.session.scalar(unsent))
    assert reminders_in(mailbox) == addresses
    for process in processes:
        process.terminate()
    assert [process.wait(timeout=30) for process in processes] == [0] * 5

    run_worker(app, until_empty=True)
    assert reminders_in(mailbox) == addresses
    assert db.session.scalar(select(func.count()).select_from(ReminderSent)) == 8


def test_a_rule_is_unique_in_the_database_itself(app, olga):
    rule = make_rule(make_competition(by=olga), by=olga)

    def twice() -> None:
        with transaction():
            db.session.add(
                ReminderRule(competition_id=rule.competition_id, anchor=rule.anchor, lead=rule.lead)
            )

    with pytest.raises(IntegrityError):
        twice()


def test_an_entry_under_way_does_not_wait_for_reminders_for_long(app, time, olga):
    """Whoever edits holds the entry; the reminder waits its turn and then looks again."""
    competition = make_competition(by=olga)
    make_rule(competition, anchor=Anchor.ENTRY_DEADLINE, by=olga)
    entry = _draft(competition, is_complete=False)
    time.set(competition.entries_close_at - HOUR)
    due = queries.list_due(clock.now(), limit=10)
    with transaction():
        db.session.execute(
            update(Entry).where(Entry.id == entry.id).values(state=EntryState.SUBMITTED)
        )

    with transaction():
        assert [queries.hold(pending, now=clock.now()) for pending in due] == [None]


def test_a_published_roadshow_without_rules_reminds_nobody(time):
    make_roadshow(starts_at=clock.now() + 3 * DAY)
    time.move(days=2, hours=20)

    assert service.send_due() == 0


def test_an_approved_entry_outside_the_timetable_is_not_reminded(time, olga):
    roadshow = make_reminded_roadshow(by=olga, entry_count=1, starts_at=clock.now() + 3 * DAY)
    late = make_approved(roadshow.round.competition, "迟到的项目")
    time.move(days=2, hours=20)

    service.send_due()

    assert late.id not in reminded()
