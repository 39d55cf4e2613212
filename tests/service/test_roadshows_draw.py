"""Setting up, announcing and drawing."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.accounts.queries import get_person
from eventhub.audit.models import AuditEntry
from eventhub.competitions import service as competition_service
from eventhub.competitions.enums import RoundMode
from eventhub.db import db, transaction
from eventhub.domain import draw as rule
from eventhub.entries.enums import EntryState
from eventhub.errors import ForbiddenError
from eventhub.roadshows import queries, service
from eventhub.roadshows.enums import RoadshowState
from eventhub.roadshows.errors import (
    AlreadyAnnouncedError,
    AlreadyDrawnError,
    DrawNotAnnouncedError,
    FormatInvalidError,
    NoRoadshowRoundError,
    NoRoomError,
    NothingToDrawError,
    PublicTextMissingError,
    RoomNameTwiceError,
    TooManyRoomsError,
)
from eventhub.roadshows.service import drawing
from tests.factories import make_circle, make_competition, make_organiser
from tests.factories.roadshows import (
    PUBLIC_TEXT,
    make_approved,
    make_roadshow,
    tomorrow_at_nine,
)

VERIFIER = Path(__file__).resolve().parents[2] / "tools" / "verify_draw.py"


def codes_by_room(roadshow) -> dict[str, list[str]]:
    rooms: dict[str, list[str]] = {}
    for slot in queries.list_slots(roadshow.id):
        rooms.setdefault(slot.room.name, []).append(slot.entry.code)
    return rooms


def test_setting_up_writes_the_minutes_to_the_round(olga):
    competition = make_competition(by=olga)

    roadshow = service.set_up(
        competition.rounds[0].id,
        rooms=["A205", " ", "A206"],
        starts_at=tomorrow_at_nine(),
        pitch_minutes=5,
        qa_minutes=3,
        scoring_seconds=30,
        by=olga,
    )

    assert [room.name for room in roadshow.rooms] == ["A205", "A206"]
    round_ = roadshow.round
    assert (round_.pitch_seconds, round_.qa_seconds, round_.scoring_seconds) == (300, 180, 30)


def test_a_room_that_keeps_its_name_stays_the_same_room(olga):
    roadshow = make_roadshow(by=olga, until="setup", entry_count=0, rooms=["甲", "乙", "丙"])
    before = {room.name: room.id for room in roadshow.rooms}

    service.set_up(
        roadshow.round_id, rooms=["丙", "丁", "甲"], starts_at=tomorrow_at_nine(), by=olga
    )

    db.session.expire_all()
    after = {room.name: room.id for room in queries.get_roadshow(roadshow.id).rooms}
    assert list(after) == ["丙", "丁", "甲"]
    assert (after["甲"], after["丙"]) == (before["甲"], before["丙"])


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"rooms": ["", "  "]}, NoRoomError),
        ({"rooms": ["A1", "a1"]}, RoomNameTwiceError),
        ({"rooms": [f"会场{n}" for n in range(21)]}, TooManyRoomsError),
        ({"pitch_minutes": 0}, FormatInvalidError),
        ({"qa_minutes": -1}, FormatInvalidError),
        ({"break_after": 0, "break_minutes": 5}, FormatInvalidError),
    ],
)
def test_impossible_setups_are_refused(olga, changes, refusal):
    competition = make_competition(by=olga)
    values = {"rooms": ["A205"], "starts_at": tomorrow_at_nine(), **changes}

    with pytest.raises(refusal):
        service.set_up(competition.rounds[0].id, by=olga, **values)

    assert queries.find_roadshow(competition.rounds[0].id) is None


def test_a_round_judged_online_has_no_stage(olga):
    competition = make_competition(by=olga)
    with transaction():
        competition.rounds[0].mode = RoundMode.ONLINE

    with pytest.raises(NoRoadshowRoundError):
        service.set_up(
            competition.rounds[0].id, rooms=["A205"], starts_at=tomorrow_at_nine(), by=olga
        )


@pytest.mark.parametrize("deed", ["set_up", "announce", "recall", "draw", "publish"])
def test_only_the_circles_own_organisers_arrange(olga, deed):
    roadshow = make_roadshow(by=olga, until="setup", entry_count=1)
    stranger = make_organiser("外校", circle=make_circle("swu", university="西南大学"))
    deeds = {
        "set_up": lambda: service.set_up(
            roadshow.round_id, rooms=["X"], starts_at=tomorrow_at_nine(), by=stranger
        ),
        "announce": lambda: service.announce_draw(roadshow.id, by=stranger),
        "recall": lambda: service.recall_draw(roadshow.id, reason="x", by=stranger),
        "draw": lambda: service.draw(roadshow.id, public_text="x", by=stranger),
        "publish": lambda: service.publish_timetable(roadshow.id, by=stranger),
    }

    with pytest.raises(ForbiddenError):
        deeds[deed]()


def test_breaks_and_the_noon_pause_stand_in_the_plan(olga):
    starts_at = tomorrow_at_nine()
    roadshow = make_roadshow(
        by=olga,
        until="setup",
        entry_count=0,
        starts_at=starts_at,
        break_after=2,
        break_minutes=10,
        pause_at=starts_at + timedelta(hours=1),
        pause_minutes=60,
    )

    planned = service.plan(roadshow, [5])

    minutes = [(slot.starts_at - starts_at) // timedelta(minutes=1) for slot in planned]
    # 16 minutes a slot, 1 of changeover, 10 after the second and fourth, 60 to 120 kept free
    assert minutes == [0, 17, 43, 120, 146]


def test_announcing_freezes_the_approved_and_hides_the_secret(olga):
    roadshow = make_roadshow(by=olga, until="announced", entry_count=3)
    late = make_approved(roadshow.round.competition, "迟到的项目")

    document = service.draw_document(roadshow)

    assert len(roadshow.codes) == 3
    assert late.code not in roadshow.codes
    assert rule.commit(bytes.fromhex(roadshow.secret)) == document["commitment"]
    assert roadshow.secret not in json.dumps(document)
    assert document["public_source"] == "今晚双色球开奖号码"


def test_nothing_is_announced_without_an_approved_entry(olga):
    roadshow = make_roadshow(by=olga, until="setup", entry_count=0)

    with pytest.raises(NothingToDrawError):
        service.announce_draw(roadshow.id, by=olga)

    assert queries.get_roadshow(roadshow.id, lock=True).state is RoadshowState.SETUP


def test_announced_means_rooms_are_fixed_until_a_recall_that_everyone_sees(olga):
    roadshow = make_roadshow(by=olga, until="announced", entry_count=1)
    first = roadshow.commitment
    change = {"rooms": ["新会场"], "starts_at": tomorrow_at_nine(), "by": olga}

    with pytest.raises(AlreadyAnnouncedError):
        service.set_up(roadshow.round_id, **change)
    service.recall_draw(roadshow.id, reason="会场被占用", by=olga)
    service.set_up(roadshow.round_id, **change)
    service.announce_draw(roadshow.id, by=olga)

    assert roadshow.commitment != first
    assert [(r["commitment"], r["reason"]) for r in roadshow.recalls] == [(first, "会场被占用")]
    assert service.draw_document(roadshow)["recalls"] == roadshow.recalls


def test_the_draw_deals_the_recomputable_order_to_the_rooms(olga):
    roadshow = make_roadshow(by=olga, until="drawn", entry_count=5)

    order = [
        drawn.code
        for drawn in rule.draw(
            roadshow.codes, secret=bytes.fromhex(roadshow.secret), public_text=PUBLIC_TEXT
        )
    ]

    assert codes_by_room(roadshow) == {"第一会场": order[0::2], "第二会场": order[1::2]}
    first = queries.list_slots(roadshow.id)[0]
    assert first.starts_at == tomorrow_at_nine()
    assert first.ends_at - first.starts_at == timedelta(minutes=16)


def test_a_stranger_verifies_the_published_draw(olga, tmp_path):
    roadshow = make_roadshow(by=olga, until="announced", entry_count=4)
    noted = roadshow.commitment
    service.draw(roadshow.id, public_text="  三支队伍报数 3-1-4 ", by=olga)
    document = tmp_path / "draw.json"
    document.write_text(json.dumps(service.draw_document(roadshow), ensure_ascii=False))
    command = [sys.executable, str(VERIFIER), str(document), "--commitment", noted]

    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    tampered = json.loads(document.read_text())
    tampered["order"][0], tampered["order"][1] = tampered["order"][1], tampered["order"][0]
    document.write_text(json.dumps(tampered, ensure_ascii=False))
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1


def test_who_withdrew_before_the_draw_is_in_the_order_and_gets_no_slot(olga):
    roadshow = make_roadshow(by=olga, until="announced", entry_count=3)
    gone = queries.list_entries_by_code(roadshow)[roadshow.codes[0]]
    with transaction():
        gone.state = EntryState.WITHDRAWN

    service.draw(roadshow.id, public_text=PUBLIC_TEXT, by=olga)

    assert gone.code in [line.code for line in service.drawn_order(roadshow)]
    assert len(queries.list_slots(roadshow.id, with_vacant=True)) == 2


def test_there_is_no_draw_without_announcement_and_no_second_one(olga):
    roadshow = make_roadshow(by=olga, until="setup", entry_count=2)

    with pytest.raises(DrawNotAnnouncedError):
        service.draw(roadshow.id, public_text=PUBLIC_TEXT, by=olga)
    service.announce_draw(roadshow.id, by=olga)
    with pytest.raises(PublicTextMissingError):
        service.draw(roadshow.id, public_text="  ", by=olga)
    service.draw(roadshow.id, public_text=PUBLIC_TEXT, by=olga)
    before = codes_by_room(roadshow)
    service.draw(roadshow.id, public_text=PUBLIC_TEXT, by=olga)  # a double click
    with pytest.raises(AlreadyDrawnError):
        service.draw(roadshow.id, public_text="别的号码", by=olga)
    with pytest.raises(AlreadyDrawnError):
        service.recall_draw(roadshow.id, reason="不满意", by=olga)
    with pytest.raises(AlreadyDrawnError):
        service.set_up(roadshow.round_id, rooms=["X"], starts_at=clock.now(), by=olga)

    assert codes_by_room(roadshow) == before


def test_each_step_is_in_the_log(olga):
    roadshow = make_roadshow(by=olga, until="drawn", entry_count=2)

    query = select(AuditEntry.action).where(AuditEntry.subject_id == roadshow.id)
    actions = db.session.scalars(query.order_by(AuditEntry.seq)).all()

    assert actions == ["roadshow.set_up", "draw.announced", "draw.drawn"]
    assert roadshow.secret not in str(
        db.session.scalars(
            select(AuditEntry.after).where(AuditEntry.action == "draw.announced")
        ).one()
    )


def draw_twice_at_once(roadshow, olga, at_once, monkeypatch) -> list[object]:
    """Two organisers, two texts, both past the look at the state if nothing holds them back."""
    met = threading.Barrier(2)
    compute = drawing.drawn_order

    def slowly(drawn):
        with contextlib.suppress(threading.BrokenBarrierError):
            met.wait(timeout=1.5)
        return compute(drawn)

    monkeypatch.setattr(drawing, "drawn_order", slowly)
    key, who = roadshow.id, olga.id
    db.session.remove()

    def drawing_with(words: str):
        return lambda: service.draw(key, public_text=words, by=get_person(who)).public_text

    return at_once(drawing_with("甲"), drawing_with("乙"))


@pytest.mark.race
def test_two_organisers_draw_at_once_and_there_is_one_draw(olga, at_once, monkeypatch):
    roadshow = make_roadshow(by=olga, until="announced", entry_count=4)
    key = roadshow.id

    results = draw_twice_at_once(roadshow, olga, at_once, monkeypatch)

    texts = [result for result in results if isinstance(result, str)]
    refusals = [result for result in results if isinstance(result, AlreadyDrawnError)]
    assert len(texts) == len(refusals) == 1
    drawn = queries.get_roadshow(key)
    assert drawn.public_text == texts[0]
    order = [line.code for line in service.drawn_order(drawn)]
    assert codes_by_room(drawn) == {"第一会场": order[0::2], "第二会场": order[1::2]}


@pytest.mark.race
def test_without_the_lock_the_second_draw_is_not_refused(olga, at_once, monkeypatch):
    roadshow = make_roadshow(by=olga, until="announced", entry_count=4)
    look = queries.get_roadshow

    def unlocked(key, *, lock=False):
        return look(key, lock=False)

    monkeypatch.setattr(queries, "get_roadshow", unlocked)

    results = draw_twice_at_once(roadshow, olga, at_once, monkeypatch)

    assert not [result for result in results if isinstance(result, AlreadyDrawnError)]
    # both drew; that no team stands twice is then left to the database alone
    assert {type(result) for result in results} == {str, IntegrityError}


def test_a_round_that_is_open_may_still_be_timed_and_a_closed_one_not(olga):
    roadshow = make_roadshow(by=olga, until="setup", entry_count=0)
    for rubric in roadshow.round.rubrics:
        if rubric.needs_confirmation:
            competition_service.confirm_rubric(rubric.id, by=olga)
    competition_service.open_round(roadshow.round_id, by=olga)

    service.set_up(roadshow.round_id, rooms=["A"], starts_at=clock.now(), pitch_minutes=6, by=olga)

    assert roadshow.round.pitch_seconds == 360
