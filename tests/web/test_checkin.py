"""The door's pages, and the JSON that its script sends."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from eventhub import clock
from eventhub.checkin.models import Admission, Checkpoint, Scan
from eventhub.db import db
from eventhub.events import service as events
from tests.factories import make_circle, make_organiser, make_staff
from tests.factories.checkin import check_in, make_checkpoint, make_gathering, make_place


@pytest.fixture
def door(app, olga):
    return make_checkpoint(by=olga)


def send(browser, door, code, *, status=200, key=None, **more):
    body = {"id": str(key or uuid.uuid4()), "code": code, **more}
    return browser.post_json(
        f"/door/{door.id}/scans", body, token_from=f"/door/{door.id}", status=status
    )


def test_the_door_answers_in_words_colour_and_icon(browser, door, olga, sam):
    place = make_place(door.event, "陆思源", by=olga)
    browser.sign_in(sam)

    first = send(browser, door, place.ticket.code).json
    again = send(browser, door, place.ticket.code.lower()).json

    assert (first["outcome"], first["tone"], first["icon"]) == (
        "admitted",
        "green",
        "circle-check",
    )
    assert (first["title"], first["name"]) == ("请入场", "陆思源")
    assert (again["reason"], again["tone"]) == ("already_in", "amber")
    assert again["title"].endswith("已签到")
    assert "主入口" in again["detail"]


def test_each_refusal_has_its_own_word_and_colour_or_icon(browser, door, olga, sam):
    cancelled = make_place(door.event, by=olga)
    events.cancel_registration(cancelled.id, by=olga)
    stray = make_place(make_gathering(by=olga, title="融资对接会"), "何苗", by=olga)
    browser.sign_in(sam)

    answers = [
        send(browser, door, code).json
        for code in (cancelled.ticket.code, stray.ticket.code, "2222222222", "1")
    ]

    assert [answer["reason"] for answer in answers] == [
        "cancelled",
        "wrong_event",
        "unknown",
        "malformed",
    ]
    assert len({answer["title"] for answer in answers}) == 4
    assert len({(answer["tone"], answer["icon"]) for answer in answers}) == 4
    assert "融资对接会" in answers[1]["detail"]
    assert "何苗" not in str(answers[1])


def test_a_retry_gets_the_same_body(browser, door, olga, sam, time):
    place = make_place(door.event, by=olga)
    key = uuid.uuid4()
    browser.sign_in(sam)

    first = send(browser, door, place.ticket.code, key=key).json
    time.move(minutes=5)
    again = send(browser, door, place.ticket.code, key=key, waited_ms=300_000).json

    assert again == first
    refused = send(browser, door, "2222222222", key=key, status=409).json
    assert refused["error"]["code"] == "key_reused"


def test_how_long_a_scan_waited_counts_back_from_now(browser, door, olga, sam, time):
    place = make_place(door.event, by=olga)
    browser.sign_in(sam)

    send(browser, door, place.ticket.code, waited_ms=90_000)

    admission = db.session.scalar(db.select(Admission))
    assert (time.now() - admission.admitted_at).total_seconds() == 90


@pytest.mark.parametrize(
    "body",
    [
        [],
        0,
        "text",
        {},
        {"id": "1", "code": "x"},
        {"id": str(uuid.uuid4())},
        {"id": str(uuid.uuid4()), "code": ""},
        {"id": str(uuid.uuid4()), "code": 7},
        {"id": str(uuid.uuid4()), "code": "x" * 100_000},
        {"id": str(uuid.uuid4()), "code": "x", "waited_ms": -1},
        {"id": str(uuid.uuid4()), "code": "x", "waited_ms": "soon"},
        {"id": str(uuid.uuid4()), "code": "x", "waited_ms": True},
        {"id": str(uuid.uuid4()), "code": "x", "waited_ms": 1e12},
    ],
)
def test_what_is_no_scan_is_refused(browser, door, sam, body):
    browser.sign_in(sam)

    page = browser.post_json(
        f"/door/{door.id}/scans", body, token_from=f"/door/{door.id}", status=422
    )

    assert page.json["error"]["code"] == "bad_scan"
    assert db.session.scalar(db.select(Scan)) is None


def test_a_scan_needs_its_token(browser, door, sam):
    browser.sign_in(sam)

    page = browser._open(
        f"/door/{door.id}/scans", method="POST", json={"id": str(uuid.uuid4()), "code": "x"}
    )

    assert page.status == 400
    assert page.json["error"]["code"] == "stale_form"


def test_the_door_is_hidden_from_everybody_else(app, door, olga, nell, mei, tia, new_browser):
    elsewhere = make_staff("高远", circle=make_circle("swu", university="西南大学"))
    for person in (nell, mei, tia, elsewhere):
        browser = new_browser().sign_in(person)
        for path in ("", "/live", "/people?q=a"):
            browser.get(f"/door/{door.id}{path}", status=404)
        page = browser.post_json(
            f"/door/{door.id}/scans", {"id": str(uuid.uuid4()), "code": "x"}, status=404
        )
        assert page.json["error"]["code"] == "not_found"
    assert db.session.scalar(db.select(Scan)) is None


def test_a_typed_code_works_without_scripts_and_once(browser, door, olga, sam):
    place = make_place(door.event, "陆思源", by=olga)
    browser.sign_in(sam)
    path = f"/door/{door.id}"
    key = browser.get(path).select_one("[name=scan_id]")["value"]

    page = browser.submit(path, {"code": place.ticket.code, "scan_id": key}, status=200)
    loaded_again = browser.submit(path, {"code": place.ticket.code, "scan_id": key}, status=200)

    for shown in (page, loaded_again):
        assert shown.select_one("[data-answer-title]").text == "请入场"
        assert shown.select_one("[data-answer-name]").text == "陆思源"
    assert "已到 1 / 1" in page.text
    assert page.select_one("[name=scan_id]")["value"] != key


def test_an_empty_code_and_a_forged_key_are_told(browser, door, sam):
    browser.sign_in(sam)

    assert "请输入票码" in browser.submit(f"/door/{door.id}", {"code": ""}, status=422).text
    browser.submit(f"/door/{door.id}", {"code": "x", "scan_id": "1"}, status=422)


def test_a_cancelled_event_lets_nobody_in(browser, door, olga, sam):
    place = make_place(door.event, by=olga)
    events.cancel_event(door.event_id, reason="台风", by=olga)
    browser.sign_in(sam)

    assert send(browser, door, place.ticket.code, status=409).json["error"]["code"] == (
        "event_cancelled"
    )
    assert "已经取消" in browser.submit(f"/door/{door.id}", {"code": "x"}, status=409).text


def test_people_are_found_by_name(browser, door, olga, sam):
    came = make_place(door.event, "陆思源", by=olga)
    make_place(door.event, "陆小曼", by=olga)
    make_place(make_gathering(by=olga), "陆游", by=olga)
    check_in(door, came, by=sam)
    browser.sign_in(sam)

    page = browser.get(f"/door/{door.id}/people?q=陆")

    assert [tag.text for tag in page.select(".found__name")] == ["陆思源", "陆小曼"]
    assert len(page.select("[data-scan-code]")) == 1
    assert "没有找到" in browser.get(f"/door/{door.id}/people?q=%25").text


def test_the_counter_and_the_last_scans_come_in_one_piece(browser, door, olga, sam):
    check_in(door, make_place(door.event, "陆思源", by=olga), by=sam)
    make_place(door.event, by=olga)
    browser.sign_in(sam)

    page = browser.get(f"/door/{door.id}/live")

    assert page.select_one("#headcount[hx-swap-oob]").get_text(strip=True) == "已到 1 / 2"
    assert page.select_one(".scans__who").text == "陆思源"


def test_staff_find_todays_doors_first(browser, app, olga, sam):
    now = clock.now()
    week = timedelta(days=7)
    make_checkpoint(make_gathering(by=olga, title="今天的讲座"), by=olga)
    make_gathering(by=olga, title="下周的讲座", starts_at=now + week, ends_at=now + week * 2)
    make_gathering(by=olga, title="上周的讲座", starts_at=now - week, ends_at=now - week / 2)
    wen = make_organiser("文岚", circle=make_circle("swu", university="西南大学"))
    make_gathering(by=wen, circle=make_circle("swu"), title="别处的讲座")
    browser.sign_in(sam)

    page = browser.get("/door")

    assert [tag.text for tag in page.select(".door__title")] == ["今天的讲座", "下周的讲座"]
    assert "主入口" in page.select_one(".door__point").text
    assert "今天的讲座" in browser.get("/desk").text


def test_nobody_else_finds_doors(app, new_browser, nell, mei):
    for person in (nell, mei):
        browser = new_browser().sign_in(person)
        browser.get("/door", status=404)
        assert "/door" not in [link.get("href") for link in browser.get("/desk").select("nav a")]


def test_a_list_of_doors_takes_as_many_statements_as_one(browser, app, olga, sam, count_statements):
    browser.sign_in(sam)

    def seen():
        with count_statements() as statements:
            page = browser.get("/door")
        return len(statements), len(page.select(".door"))

    make_checkpoint(by=olga)
    one = seen()
    for _ in range(2):
        make_checkpoint(by=olga)
    three = seen()

    assert (one[1], three[1]) == (1, 3)
    assert one[0] == three[0]


def test_a_door_with_many_scans_takes_as_many_statements_as_with_one(
    browser, door, olga, sam, count_statements
):
    browser.sign_in(sam)

    def seen():
        check_in(door, make_place(door.event, by=olga), by=sam)
        with count_statements() as statements:
            page = browser.get(f"/door/{door.id}")
            browser.get(f"/door/{door.id}/people?q=陈")
        return len(statements), len(page.select(".scans__item"))

    one = seen()
    check_in(door, make_place(door.event, by=olga), by=sam)
    three = seen()

    assert (one[1], three[1]) == (1, 3)
    assert one[0] == three[0]


# --- checkpoints


def test_one_click_opens_the_main_entrance(browser, app, olga):
    event = make_gathering(by=olga)
    path = f"/manage/events/{event.id}/checkpoints"
    browser.sign_in(olga)

    browser.submit(path, action=f"{path}/main")

    page = browser.get(path)
    assert "主入口" in page.text
    assert "随活动时间" in page.text


def test_an_organiser_adds_changes_and_removes_a_checkpoint(browser, door, olga):
    path = f"/manage/events/{door.event_id}/checkpoints"
    browser.sign_in(olga)

    browser.submit(path, {"name": " 东门 "}, action=path)
    gate = db.session.scalar(db.select(Checkpoint).where(Checkpoint.name == "东门"))
    browser.submit(
        f"/manage/checkpoints/{gate.id}",
        {"name": "西门", "opens_at": "2026-11-22T08:00", "closes_at": "2026-11-22T09:30"},
    )
    db.session.refresh(gate)

    assert gate.name == "西门"
    assert gate.opens_at.isoformat() == "2026-11-22T00:00:00+00:00"
    browser.submit(path, action=f"/manage/checkpoints/{gate.id}/remove")
    assert "西门" not in browser.get(path).select_one("table").text


def test_a_refused_checkpoint_keeps_what_was_typed(browser, door, olga):
    path = f"/manage/events/{door.event_id}/checkpoints"
    browser.sign_in(olga)

    taken = browser.submit(path, {"name": "主入口"}, action=path, status=409)
    reversed_ = browser.submit(
        path,
        {"name": "东门", "opens_at": "2026-11-22T10:00", "closes_at": "2026-11-22T09:00"},
        action=path,
        status=422,
    )
    browser.submit(path, {"name": "东" * 41}, action=path, status=422)

    assert "同名" in taken.text
    assert taken.select_one("[name=name]")["value"] == "主入口"
    assert reversed_.select_one("[name=opens_at]")["value"] == "2026-11-22T10:00"


def test_only_who_runs_the_event_manages_its_checkpoints(app, door, sam, mei, new_browser):
    for person in (sam, mei):
        browser = new_browser().sign_in(person)
        browser.get(f"/manage/events/{door.event_id}/checkpoints", status=404)
        browser.get(f"/manage/checkpoints/{door.id}", status=404)


def test_the_door_speaks_english(browser, door, sam):
    browser.sign_in(sam).speak("en")

    assert browser.get(f"/door/{door.id}").select_one("html")["lang"] == "en"
