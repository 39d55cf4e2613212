"""Publishing the timetable and changing it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select, text

from eventhub import clock
from eventhub.accounts.queries import get_person
from eventhub.audit.models import AuditEntry
from eventhub.competitions.enums import RoundState
from eventhub.db import db, transaction
from eventhub.entries import service as entry_service
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.notifications.models import Delivery
from eventhub.roadshows import queries, service
from eventhub.roadshows.errors import (
    AlreadyPublishedError,
    EntryNotForStageError,
    NotDrawnError,
    OtherRoadshowError,
    RoomNameTwiceError,
    SameSlotError,
    SlotOverError,
    SlotOverlapError,
    TimetableFrozenError,
)
from eventhub.roadshows.models import Slot
from eventhub.roadshows.service import timetable as timetable_service
from tests.factories import make_circle, make_organiser
from tests.factories.roadshows import make_approved, make_roadshow

MINUTE = timedelta(minutes=1)


def board(roadshow) -> dict[str, list[tuple[str, int]]]:
    """By room: code and minutes after the start, in order."""
    db.session.expire_all()
    start = roadshow.starts_at
    rooms: dict[str, list[tuple[str, int]]] = {room.name: [] for room in roadshow.rooms}
    for slot in queries.list_slots(roadshow.id, with_vacant=True):
        rooms[slot.room.name].append((slot.entry.code, (slot.starts_at - start) // MINUTE))
    return rooms


def slots(roadshow, room: int = 0) -> list[Slot]:
    chosen = roadshow.rooms[room].id
    held = queries.list_slots(roadshow.id, with_vacant=True)
    return [slot for slot in held if slot.room_id == chosen]


def mails(kind: str) -> list[Delivery]:
    query = select(Delivery).where(Delivery.kind == kind).order_by(Delivery.created_at)
    return list(db.session.scalars(query))


def withdraw(slot: Slot) -> None:
    entry_service.withdraw_entry(slot.entry_id, by=slot.entry.captain)


def test_publishing_mails_each_captain_their_slot_with_an_appointment(olga):
    roadshow = make_roadshow(by=olga, entry_count=3)

    sent = mails("roadshows.slot")

    assert len(sent) == 3
    slot = queries.list_slots(roadshow.id)[0]
    (mail,) = [m for m in sent if m.recipient_id == slot.entry.captain_id]
    assert "09:00–09:16" in mail.text
    assert "北京时间" in mail.text
    assert "大学生活动中心 · 第一会场" in mail.text
    (event,) = Calendar.from_ical(mail.calendar).walk("VEVENT")
    assert event["uid"] == f"slot-{slot.roadshow_id}-{slot.entry_id}@eventhub"
    assert event["sequence"] == 1
    assert event["dtstart"].dt == slot.starts_at
    assert roadshow.timetable_version == 1


def test_a_timetable_is_published_once_and_only_after_the_draw(olga):
    undrawn = make_roadshow(by=olga, until="announced", entry_count=1)
    with pytest.raises(NotDrawnError):
        service.publish_timetable(undrawn.id, by=olga)

    published = make_roadshow(by=olga, entry_count=1)
    with pytest.raises(AlreadyPublishedError):
        service.publish_timetable(published.id, by=olga)

    assert len(mails("roadshows.slot")) == 1


def test_a_swap_tells_the_two_captains_old_and_new(olga):
    roadshow = make_roadshow(by=olga, entry_count=5)
    one, other = slots(roadshow, 0)[0], slots(roadshow, 1)[1]

    service.swap_slots(one.id, with_slot_id=other.id, by=olga)

    assert (one.room.name, one.position) == ("第二会场", 2)
    assert (other.room.name, other.position) == ("第一会场", 1)
    told = mails("roadshows.slot_moved")
    assert {m.recipient_id for m in told} == {one.entry.captain_id, other.entry.captain_id}
    (mail,) = [m for m in told if m.recipient_id == one.entry.captain_id]
    assert "09:00–09:16" in mail.text
    assert "09:17–09:33" in mail.text
    assert "第一会场" in mail.text
    assert "第二会场" in mail.text
    (event,) = Calendar.from_ical(mail.calendar).walk("VEVENT")
    assert event["uid"] == f"slot-{one.roadshow_id}-{one.entry_id}@eventhub"
    assert event["sequence"] == 2
    assert queries.get_roadshow(roadshow.id).timetable_version == 2


def test_before_publication_changes_are_quiet(olga):
    roadshow = make_roadshow(by=olga, entry_count=4, until="drawn")
    one, other = slots(roadshow, 0)

    service.swap_slots(one.id, with_slot_id=other.id, by=olga)

    assert mails("roadshows.slot_moved") == []
    assert queries.get_roadshow(roadshow.id).timetable_version == 0


def test_a_move_within_a_room_shifts_those_between(olga):
    roadshow = make_roadshow(by=olga, entry_count=4, rooms=["甲"])
    a, b, c, d = (slot.entry.code for slot in slots(roadshow))

    service.move_slot(slots(roadshow)[0].id, room_id=roadshow.rooms[0].id, position=3, by=olga)

    assert board(roadshow) == {"甲": [(b, 0), (c, 17), (a, 34), (d, 51)]}
    assert len(mails("roadshows.slot_moved")) == 3


def test_a_move_to_another_room_closes_the_gap_and_lengthens_the_other(olga):
    roadshow = make_roadshow(by=olga, entry_count=5)
    a, b, c = (slot.entry.code for slot in slots(roadshow, 0))
    x, y = (slot.entry.code for slot in slots(roadshow, 1))

    service.move_slot(slots(roadshow, 0)[1].id, room_id=roadshow.rooms[1].id, position=2, by=olga)

    assert board(roadshow) == {
        "第一会场": [(a, 0), (c, 17)],
        "第二会场": [(x, 0), (b, 17), (y, 34)],
    }


def test_past_the_end_means_the_end_and_the_same_place_nothing(olga):
    roadshow = make_roadshow(by=olga, entry_count=3, rooms=["甲"])
    a, b, c = (slot.entry.code for slot in slots(roadshow))
    room = roadshow.rooms[0].id

    service.move_slot(slots(roadshow)[0].id, room_id=room, position=99, by=olga)
    assert board(roadshow) == {"甲": [(b, 0), (c, 17), (a, 34)]}

    service.move_slot(slots(roadshow)[1].id, room_id=room, position=2, by=olga)
    assert queries.get_roadshow(roadshow.id).timetable_version == 2


def test_a_room_runs_late_from_a_slot_on(olga):
    roadshow = make_roadshow(by=olga, entry_count=6)
    a, b, c = (slot.entry.code for slot in slots(roadshow, 0))
    others = board(roadshow)["第二会场"]

    service.delay_room(roadshow.rooms[0].id, from_position=2, minutes=10, by=olga)

    assert board(roadshow) == {"第一会场": [(a, 0), (b, 27), (c, 44)], "第二会场": others}
    assert len(mails("roadshows.slot_moved")) == 2


def test_earlier_is_possible_until_it_overlaps_and_the_database_refuses(olga):
    roadshow = make_roadshow(by=olga, entry_count=4, rooms=["甲"])
    before = board(roadshow)

    service.delay_room(roadshow.rooms[0].id, from_position=2, minutes=-1, by=olga)
    with pytest.raises(SlotOverlapError):
        service.delay_room(roadshow.rooms[0].id, from_position=2, minutes=-1, by=olga)

    minutes = [at for _code, at in board(roadshow)["甲"]]
    assert minutes == [0, 16, 33, 50]
    assert before != board(roadshow)
    assert queries.get_roadshow(roadshow.id).timetable_version == 2


def test_without_the_constraint_the_overlap_would_stand(olga):
    """The negative control: it is the database that holds a room for one team."""
    roadshow = make_roadshow(by=olga, entry_count=2, rooms=["甲"])
    definition = text(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ex_slots_room_time'"
    )
    held = db.session.scalar(definition)
    with transaction():
        db.session.execute(text("ALTER TABLE slots DROP CONSTRAINT ex_slots_room_time"))
    try:
        service.delay_room(roadshow.rooms[0].id, from_position=2, minutes=-5, by=olga)
        assert [at for _code, at in board(roadshow)["甲"]] == [0, 12]
    finally:
        with transaction():
            db.session.execute(text("DELETE FROM slots"))
            db.session.execute(text(f"ALTER TABLE slots ADD CONSTRAINT ex_slots_room_time {held}"))


def test_a_withdrawn_team_leaves_a_hole_that_another_can_take(olga):
    roadshow = make_roadshow(by=olga, entry_count=4, rooms=["甲"])
    a, b, c, d = (slot.entry.code for slot in slots(roadshow))
    withdraw(slots(roadshow)[1])

    db.session.expire_all()
    assert [slot.entry.code for slot in queries.list_slots(roadshow.id)] == [a, c, d]
    assert board(roadshow) == {"甲": [(a, 0), (b, 17), (c, 34), (d, 51)]}

    service.move_slot(slots(roadshow)[3].id, room_id=roadshow.rooms[0].id, position=2, by=olga)

    assert board(roadshow) == {"甲": [(a, 0), (d, 17), (c, 34), (b, 51)]}
    assert len(mails("roadshows.slot_moved")) == 1  # the one that moved, not the one that left


def test_the_calendar_of_a_withdrawn_team_is_cancelled(olga):
    roadshow = make_roadshow(by=olga, entry_count=1)
    (slot,) = slots(roadshow)
    assert not service.appointment(slot, roadshow).is_cancelled

    withdraw(slot)

    assert service.appointment(queries.get_slot(slot.id), roadshow).is_cancelled


def test_an_entry_approved_late_gets_the_last_place_of_a_room(olga):
    roadshow = make_roadshow(by=olga, entry_count=4)
    late = make_approved(roadshow.round.competition, "后来居上")
    assert [entry.code for entry in queries.list_without_slot(roadshow)] == [late.code]

    service.add_late_slot(roadshow.id, entry_id=late.id, room_id=roadshow.rooms[1].id, by=olga)

    assert board(roadshow)["第二会场"][-1] == (late.code, 34)
    assert queries.list_without_slot(roadshow) == []
    assert len(mails("roadshows.slot")) == 5
    with pytest.raises(EntryNotForStageError):
        service.add_late_slot(roadshow.id, entry_id=late.id, room_id=roadshow.rooms[0].id, by=olga)


def test_only_approved_entries_of_this_competition_come_in_late(olga):
    roadshow = make_roadshow(by=olga, entry_count=1)
    foreign = make_roadshow(by=olga, entry_count=1)
    elsewhere = make_approved(foreign.round.competition, "别处的项目")
    draft = make_approved(roadshow.round.competition, "草稿")
    with transaction():
        draft.state, draft.submitted_at = EntryState.RETURNED, None
    room = roadshow.rooms[0].id

    for entry in (elsewhere, draft):
        with pytest.raises(EntryNotForStageError):
            service.add_late_slot(roadshow.id, entry_id=entry.id, room_id=room, by=olga)


def test_other_rooms_and_slots_are_none_of_this_roadshow(olga):
    roadshow = make_roadshow(by=olga, entry_count=2)
    foreign = make_roadshow(by=olga, entry_count=1)
    mine, theirs = slots(roadshow)[0], slots(foreign)[0]

    with pytest.raises(OtherRoadshowError):
        service.swap_slots(mine.id, with_slot_id=theirs.id, by=olga)
    with pytest.raises(OtherRoadshowError):
        service.move_slot(mine.id, room_id=foreign.rooms[0].id, position=1, by=olga)
    with pytest.raises(SameSlotError):
        service.swap_slots(mine.id, with_slot_id=mine.id, by=olga)
    with pytest.raises(NotFoundError):
        service.delay_room(mine.id, from_position=1, minutes=5, by=olga)


def test_a_stranger_changes_nothing(olga):
    roadshow = make_roadshow(by=olga, entry_count=2, rooms=["甲"])
    before = board(roadshow)
    stranger = make_organiser("外校", circle=make_circle("swu", university="西南大学"))
    one, other = slots(roadshow)
    room = roadshow.rooms[0].id
    deeds = [
        lambda: service.swap_slots(one.id, with_slot_id=other.id, by=stranger),
        lambda: service.move_slot(one.id, room_id=room, position=2, by=stranger),
        lambda: service.delay_room(room, from_position=1, minutes=5, by=stranger),
        lambda: service.change_places(roadshow.id, venue="别处", room_names={}, by=stranger),
    ]

    for deed in deeds:
        with pytest.raises(ForbiddenError):
            deed()

    assert board(roadshow) == before


def test_moving_to_another_building_tells_everyone(olga):
    roadshow = make_roadshow(by=olga, entry_count=3)
    first, second = roadshow.rooms

    service.change_places(
        roadshow.id,
        venue="逸夫楼",
        room_names={first.id: "第二会场", second.id: "第一会场"},
        by=olga,
    )

    told = mails("roadshows.slot_moved")
    assert len(told) == 3
    assert all("逸夫楼" in mail.text for mail in told)
    assert [room.name for room in queries.get_roadshow(roadshow.id).rooms] == [
        "第二会场",
        "第一会场",
    ]
    with pytest.raises(RoomNameTwiceError):
        service.change_places(
            roadshow.id, venue="逸夫楼", room_names={first.id: "第一会场"}, by=olga
        )


def test_what_has_passed_stays_and_what_comes_can_change(olga, time):
    roadshow = make_roadshow(by=olga, entry_count=3, rooms=["甲"])
    first, second, third = slots(roadshow)
    time.set(second.starts_at + MINUTE)

    with pytest.raises(SlotOverError):
        service.swap_slots(first.id, with_slot_id=third.id, by=olga)
    service.delay_room(roadshow.rooms[0].id, from_position=2, minutes=5, by=olga)

    assert [at for _code, at in board(roadshow)["甲"]] == [0, 22, 39]


def test_a_closed_round_freezes_its_timetable(olga):
    roadshow = make_roadshow(by=olga, entry_count=2, rooms=["甲"])
    with transaction():
        roadshow.round.state, roadshow.round.closed_at = RoundState.CLOSED, clock.now()

    with pytest.raises(TimetableFrozenError):
        service.delay_room(roadshow.rooms[0].id, from_position=1, minutes=5, by=olga)


def test_changes_are_logged_with_what_was_and_what_is(olga):
    roadshow = make_roadshow(by=olga, entry_count=2, rooms=["甲"])
    one, other = slots(roadshow)
    codes = {one.entry.code, other.entry.code}

    service.swap_slots(one.id, with_slot_id=other.id, by=olga)

    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "timetable.swapped")
    ).one()
    assert entry.actor_id == olga.id
    assert set(entry.before) == set(entry.after) == codes
    assert entry.before[one.entry.code]["position"] == 1
    assert entry.after[one.entry.code]["position"] == 2


def test_a_captain_finds_the_coming_slots_of_published_timetables_only(olga, tia, time):
    competition_slot = make_roadshow(by=olga, entry_count=1, until="drawn")
    with transaction():
        db.session.get(Entry, slots(competition_slot)[0].entry_id).captain_id = tia.id
    assert queries.list_slots_of_captain(tia, after=clock.now()) == []

    service.publish_timetable(competition_slot.id, by=olga)

    (slot,) = queries.list_slots_of_captain(tia, after=clock.now())
    assert queries.slots_of_entry(slot.entry_id) == [slot]
    time.set(slot.ends_at)
    assert queries.list_slots_of_captain(tia, after=clock.now()) == []


@pytest.mark.race
def test_two_delays_at_once_both_count(olga, at_once):
    roadshow = make_roadshow(by=olga, entry_count=2, rooms=["甲"])
    room, key, who = roadshow.rooms[0].id, roadshow.id, olga.id

    def delay():
        early = queries.list_slots(key)  # kept alive, as by a page that was being shown
        service.delay_room(room, from_position=1, minutes=10, by=get_person(who))
        return len(early)

    assert at_once(delay, delay, delay) == [2, 2, 2]

    assert [at for _code, at in board(roadshow)["甲"]] == [30, 47]
    assert queries.get_roadshow(roadshow.id).timetable_version == 4


@pytest.mark.race
def test_without_reading_anew_a_delay_is_lost(olga, at_once, monkeypatch):
    """The negative control: sessions that read the slots before they waited for the lock."""
    roadshow = make_roadshow(by=olga, entry_count=2, rooms=["甲"])
    room, key, who = roadshow.rooms[0].id, roadshow.id, olga.id
    read = queries.list_slots
    monkeypatch.setattr(
        timetable_service.queries,
        "list_slots",
        lambda chosen, *, with_vacant=False, refresh=False: read(chosen, with_vacant=with_vacant),
    )

    def delay():
        early = read(key)
        service.delay_room(room, from_position=1, minutes=10, by=get_person(who))
        return len(early)

    assert at_once(delay, delay, delay) == [2, 2, 2]

    assert [at for _code, at in board(roadshow)["甲"]] != [30, 47]
