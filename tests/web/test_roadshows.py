"""The pages of a roadshow, by the right person and by the wrong one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from icalendar import Calendar

from eventhub import clock
from eventhub.competitions.enums import RoundMode
from eventhub.db import db, transaction
from eventhub.entries import service as entry_service
from eventhub.entries.models import Entry
from eventhub.roadshows import queries, service
from eventhub.roadshows.enums import RoadshowState
from tests.factories import make_circle, make_competition, make_organiser
from tests.factories.roadshows import make_approved, make_roadshow, tomorrow_at_nine


def manage_url(competition) -> str:
    return f"/manage/competitions/{competition.id}/roadshow"


def code_of(roadshow) -> str:
    return roadshow.round.competition.event.code


def test_an_organiser_sets_up_announces_draws_and_publishes(browser, olga):
    competition = make_competition(by=olga)
    for name in ("智巡山城", "嘉陵净界", "古道云端"):
        make_approved(competition, name)
    browser.sign_in(olga)
    url = manage_url(competition)

    browser.submit(
        url,
        {
            "rooms-0": "A205",
            "rooms-1": "A206",
            "starts_at": "2027-05-20T09:00",
            "preset": "8+7",
            "venue": "大学生活动中心",
        },
    )
    page = browser.get(url)
    assert "2027年5月20日 周四 09:00–09:33" in page.text
    roadshow = queries.find_roadshow(competition.rounds[0].id)
    base = f"/manage/roadshows/{roadshow.id}"
    browser.submit(url, {"public_source": "5 月 19 日双色球开奖号码"}, action=f"{base}/announce")
    assert browser.get(f"/c/{competition.event.code}/draw").status == 200
    sent = browser.submit(url, {"public_text": "03 08 17"}, action=f"{base}/draw")
    assert sent.response.location.endswith("/draw/stage?round=1")
    stage = browser.get(sent.response.location)
    assert len(stage.select(".rs-reveal__row")) == 3
    browser.get(f"/c/{competition.event.code}/timetable", status=404)
    browser.submit(url, action=f"{base}/publish")

    shown = browser.get(f"/c/{competition.event.code}/timetable")
    assert len(shown.select("[data-starts]")) == 3
    assert "第 1 版" in browser.get(url).text


def test_the_form_is_filled_with_what_was_set_up(browser, olga):
    roadshow = make_roadshow(by=olga, until="setup", entry_count=0, pitch_minutes=6, qa_minutes=3)
    browser.sign_in(olga)

    page = browser.get(manage_url(roadshow.round.competition))

    rooms = [field["value"] for field in page.select("[data-room] input")]
    assert rooms == ["第一会场", "第二会场", ""]
    assert page.select_one("#preset option[selected]")["value"] == "6+3"
    start = tomorrow_at_nine().strftime("%Y-%m-%dT09:00")
    assert page.select_one("#starts_at")["value"] == start


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rooms-0": "", "rooms-1": ""}, "至少需要一个会场"),
        ({"rooms-0": "A205", "rooms-1": "a205"}, "会场名称不能重复"),
        ({"rooms-0": "长" * 41}, "长"),
        ({"preset": "own", "pitch_minutes": "0"}, "陈述"),
        ({"starts_at": ""}, "第一个项目出场时间"),
    ],
)
def test_a_refused_setup_keeps_what_was_typed(browser, olga, changes, words):
    competition = make_competition(by=olga)
    browser.sign_in(olga)
    typed = {"rooms-0": "A205", "venue": "逸夫楼 𠮷", "starts_at": "2027-05-20T09:00", **changes}

    page = browser.submit(manage_url(competition), typed, status=422)

    assert words in page.select_one(".error-summary").text + page.text
    assert page.select_one("#venue")["value"] == "逸夫楼 𠮷"
    assert page.select_one("#rooms-0")["value"] == changes.get("rooms-0", "A205")
    assert queries.find_roadshow(competition.rounds[0].id) is None


def test_a_draw_without_text_is_refused_beside_its_field(browser, olga):
    roadshow = make_roadshow(by=olga, until="announced", entry_count=1)
    browser.sign_in(olga)
    url = manage_url(roadshow.round.competition)

    page = browser.submit(
        url, {"public_text": "  "}, action=f"/manage/roadshows/{roadshow.id}/draw", status=422
    )

    assert page.has("#public_text-errors")
    assert queries.get_roadshow(roadshow.id).state is RoadshowState.ANNOUNCED


def test_a_second_draw_in_another_window_is_told(browser, olga):
    roadshow = make_roadshow(by=olga, until="announced", entry_count=1)
    browser.sign_in(olga)
    url = f"/manage/roadshows/{roadshow.id}/draw"
    token = browser.csrf_token(manage_url(roadshow.round.competition))
    service.draw(roadshow.id, public_text="甲", by=olga)

    page = browser.post(url, {"public_text": "乙", "csrf_token": token}, status=409)

    assert "抽签已经完成" in page.text
    assert queries.get_roadshow(roadshow.id).public_text == "甲"


def test_a_recall_needs_a_reason_and_stays_on_the_public_page(browser, olga):
    roadshow = make_roadshow(by=olga, until="announced", entry_count=1)
    browser.sign_in(olga)
    url = manage_url(roadshow.round.competition)
    action = f"/manage/roadshows/{roadshow.id}/recall"

    browser.submit(url, {"reason": " "}, action=action, status=422)
    browser.submit(url, {"reason": "会场被占用"}, action=action)
    browser.get(f"/c/{code_of(roadshow)}/draw", status=404)
    service.announce_draw(roadshow.id, by=olga)

    page = browser.get(f"/c/{code_of(roadshow)}/draw")
    assert "会场被占用" in page.text
    assert "第 2 次公告" in page.text


def test_nothing_shows_before_its_time(browser, olga):
    roadshow = make_roadshow(by=olga, until="setup", entry_count=2)
    base = f"/c/{code_of(roadshow)}"
    proof = [f"{base}/draw", f"{base}/draw.json"]
    later = [f"{base}/timetable", f"{base}/timetable.ics", f"{base}/draw/stage"]

    for path in proof + later:
        browser.get(path, status=404)
    service.announce_draw(roadshow.id, public_source="今晚的号码", by=olga)
    for path in proof:
        browser.get(path)
    for path in later:
        browser.get(path, status=404)
    page = browser.get(f"{base}/draw")
    assert roadshow.commitment in page.text
    secret = queries.get_roadshow(roadshow.id).secret
    assert secret not in page.response.text
    assert secret not in browser.get(f"{base}/draw.json").response.text
    assert browser.get(f"/api/v1/competitions/{code_of(roadshow)}/timetable").json["rounds"] == []
    service.draw(roadshow.id, public_text="甲", by=olga)
    browser.get(f"{base}/timetable", status=404)
    proven = browser.get(f"{base}/draw")
    assert secret in proven.text
    assert not [place for place in proven.text.split() if ":" in place and "第一会场" in place]
    service.publish_timetable(roadshow.id, by=olga)
    for path in proof + later:
        browser.get(path)


def test_the_timetable_by_room_and_by_time_and_searched(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=5)
    slots = queries.list_slots(roadshow.id)
    base = f"/c/{code_of(roadshow)}/timetable"
    wanted = slots[3].entry

    by_room = browser.get(base)
    assert [room.text.strip() for room in by_room.select(".rs-room__name")] == [
        "第一会场",
        "第二会场",
    ]
    by_time = browser.get(f"{base}?view=time")
    times = [tag["data-starts"] for tag in by_time.select("[data-starts]")]
    assert times == sorted(times)
    for words in (wanted.name, wanted.code.lower(), f" {wanted.code[:3]}-{wanted.code[3:]} "):
        found = browser.get(f"{base}?q={words}")
        assert [tag["id"] for tag in found.select("[data-starts]")] == [f"slot-{wanted.code}"]
    assert "没有找到“没有的项目”" in browser.get(f"{base}?q=没有的项目").text


def test_who_is_on_stage_now(browser, olga, time):
    roadshow = make_roadshow(by=olga, entry_count=3, rooms=["甲"])
    _first, second, _third = queries.list_slots(roadshow.id)
    time.set(second.starts_at)

    page = browser.get(f"/c/{code_of(roadshow)}/timetable")

    stages = [tag["data-stage"] for tag in page.select("[data-starts]")]
    assert stages == ["over", "now", "ahead"]


def test_a_hole_is_told_to_the_public_without_the_name(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=3, rooms=["甲"])
    gone = queries.list_slots(roadshow.id)[1].entry
    entry_service.withdraw_entry(gone.id, by=gone.captain)
    base = f"/c/{code_of(roadshow)}"

    page = browser.get(f"{base}/timetable")

    assert f"项目 {gone.code} 已退赛，这个时段空出" in page.text
    assert gone.name not in page.text
    assert "已退赛" in browser.get(f"{base}/draw").text
    data = browser.get(f"/api/v1/competitions/{code_of(roadshow)}/timetable").json
    assert gone.code not in json.dumps(data)


def test_a_calendar_client_reads_the_feed(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=3)
    slot = queries.list_slots(roadshow.id)[0]
    page = browser.get(f"/c/{code_of(roadshow)}/timetable")
    webcal = page.select_one('a[href^="webcal://"]')["href"]
    path = "/" + webcal.removeprefix("webcal://").partition("/")[2]

    answer = browser.get(path)
    calendar = Calendar.from_ical(answer.response.data)
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}

    assert answer.response.mimetype == "text/calendar"
    assert len(events) == 3
    event = events[f"slot-{slot.roadshow_id}-{slot.entry_id}@eventhub"]
    assert event["dtstart"].dt == slot.starts_at
    assert event["location"] == "大学生活动中心 · 第一会场"
    alone = Calendar.from_ical(
        browser.get(f"/c/{code_of(roadshow)}/timetable.ics?entry={slot.entry.code}").response.data
    )
    assert [e["uid"] for e in alone.walk("VEVENT")] == [event["uid"]]
    browser.get(f"/c/{code_of(roadshow)}/timetable.ics?entry=999999", status=404)


def test_the_subscribed_calendar_moves_with_the_slot(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=1)
    (slot,) = queries.list_slots(roadshow.id)
    path = f"/c/{code_of(roadshow)}/timetable.ics"
    before = Calendar.from_ical(browser.get(path).response.data).walk("VEVENT")[0]

    service.delay_room(slot.room_id, from_position=1, minutes=20, by=olga)

    after = Calendar.from_ical(browser.get(path).response.data).walk("VEVENT")[0]
    assert after["uid"] == before["uid"]
    assert after["dtstart"].dt - before["dtstart"].dt == timedelta(minutes=20)
    assert after["sequence"] > before["sequence"]


def test_an_organiser_swaps_moves_and_delays(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=4)
    room = [s for s in queries.list_slots(roadshow.id) if s.room.name == "第一会场"]
    one, other = room
    browser.sign_in(olga)
    page = f"/manage/slots/{one.id}"
    links = browser.get(manage_url(roadshow.round.competition)).select('a[href^="/manage/slots/"]')
    assert page in {link["href"] for link in links}

    browser.submit(page, {"swap-other": str(other.id)}, action=f"{page}/swap")
    assert queries.get_slot(one.id).position == 2
    second = roadshow.rooms[1].id
    browser.submit(page, {"move-room": str(second), "move-position": "1"}, action=f"{page}/move")
    assert (queries.get_slot(one.id).room_id, queries.get_slot(one.id).position) == (second, 1)
    before = queries.get_slot(one.id).starts_at
    browser.submit(page, {"delay-minutes": "15"}, action=f"{page}/delay")
    assert queries.get_slot(one.id).starts_at - before == timedelta(minutes=15)


@pytest.mark.parametrize(("minutes", "status"), [("0", 422), ("很久", 422), ("-10", 409)])
def test_a_refused_delay_keeps_what_was_typed(browser, olga, minutes, status):
    roadshow = make_roadshow(by=olga, entry_count=2, rooms=["甲"])
    slot = queries.list_slots(roadshow.id)[1]
    browser.sign_in(olga)
    page = f"/manage/slots/{slot.id}"

    refused = browser.submit(
        page, {"delay-minutes": minutes}, action=f"{page}/delay", status=status
    )

    assert refused.select_one("#delay-minutes")["value"] == minutes
    assert refused.has(".error-summary")


def test_an_organiser_adds_a_late_entry_and_renames_the_rooms(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=2)
    late = make_approved(roadshow.round.competition, "后来居上")
    browser.sign_in(olga)
    url = manage_url(roadshow.round.competition)
    base = f"/manage/roadshows/{roadshow.id}"

    browser.submit(
        url, {"room": str(roadshow.rooms[1].id), "entry": str(late.id)}, action=f"{base}/late"
    )
    browser.submit(f"{base}/places", {"venue": "逸夫楼", "rooms-1": "B101"})

    page = browser.get(f"/c/{code_of(roadshow)}/timetable")
    assert "后来居上" in page.text
    assert "逸夫楼" in page.text
    assert "B101" in page.text
    assert f"没有参加抽签的项目：{late.code}" in browser.get(f"/c/{code_of(roadshow)}/draw").text
    browser.submit(f"{base}/places", {"rooms-0": "B101"}, status=422)


@pytest.mark.parametrize("who", ["olga_of_another_circle", "captain"])
def test_others_do_not_even_learn_that_it_is_there(browser, olga, tia, who):
    roadshow = make_roadshow(by=olga, entry_count=2)
    slot = queries.list_slots(roadshow.id)[0]
    circle = make_circle("swu", university="西南大学")
    browser.sign_in(make_organiser("外校", circle=circle) if who != "captain" else tia)
    token = browser.csrf_token("/privacy")
    base = f"/manage/roadshows/{roadshow.id}"

    for path in (
        manage_url(roadshow.round.competition),
        f"/manage/slots/{slot.id}",
        f"{base}/places",
    ):
        browser.get(path, status=404)
    for path in (
        *(f"{base}/{deed}" for deed in ("announce", "recall", "draw", "publish", "late")),
        *(f"/manage/slots/{slot.id}/{deed}" for deed in ("swap", "move", "delay")),
    ):
        browser.post(path, {"csrf_token": token}, status=404)


def test_a_captain_sees_the_next_slot_on_the_desk(browser, olga, tia):
    roadshow = make_roadshow(by=olga, entry_count=2)
    slot = queries.list_slots(roadshow.id)[0]
    with transaction():
        db.session.get(Entry, slot.entry_id).captain_id = tia.id
    browser.sign_in(tia)

    page = browser.get("/desk")

    assert "我的出场时间" in page.text
    assert "09:00–09:16" in page.text
    link = page.select_one(f'a[href*="{slot.entry.code}"]')["href"]
    assert len(browser.get(link).select("[data-starts]")) == 1


def test_a_competition_judged_online_says_so(browser, olga):
    competition = make_competition(by=olga)
    with transaction():
        competition.rounds[0].mode = RoundMode.ONLINE
    browser.sign_in(olga)

    assert "没有现场路演" in browser.get(manage_url(competition)).text


def test_rounds_that_are_not_there_are_not_found(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=1)
    browser.get(f"/c/{code_of(roadshow)}/timetable?round=7", status=404)
    browser.get("/c/QQQQQQ/timetable", status=404)
    browser.sign_in(olga)
    browser.get(f"{manage_url(roadshow.round.competition)}?round=7", status=404)


def test_a_draft_competition_shows_nothing_to_the_public(browser, olga):
    competition = make_competition(by=olga, is_open=False)
    roadshow = make_roadshow(by=olga, competition=competition, entry_count=0, until="setup")

    browser.get(f"/c/{code_of(roadshow)}/timetable", status=404)
    browser.get(f"/c/{code_of(roadshow)}/draw", status=404)
    browser.get(f"/api/v1/competitions/{code_of(roadshow)}/timetable", status=404)


def test_the_public_json_and_the_verifier(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=3)
    slot = queries.list_slots(roadshow.id)[0]

    data = browser.get(f"/api/v1/competitions/{code_of(roadshow)}/timetable").json

    assert data["timezone"] == "Asia/Shanghai"
    (shown,) = data["rounds"]
    assert shown["version"] == 1
    assert shown["slots"][0] == {
        "room": "第一会场",
        "position": 1,
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
        "entry": {
            "code": slot.entry.code,
            "name": slot.entry.name,
            "group": slot.entry.group.name,
            "university": "重庆大学",
        },
    }
    script = browser.get("/tools/verify_draw.py").response
    assert b"eventhub-draw-1" in script.data
    assert "attachment" in script.headers["Content-Disposition"]


def test_no_page_of_a_blind_round_names_a_school_before_the_results(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=2)
    code = code_of(roadshow)
    paths = [
        f"/c/{code}/timetable",
        f"/c/{code}/timetable?view=time",
        f"/c/{code}/timetable.ics",
        f"/c/{code}/draw",
        f"/c/{code}/draw/stage",
        f"/c/{code}/draw.json",
        f"/api/v1/competitions/{code}/timetable",
    ]

    def naming() -> list[str]:
        found = [browser.get(path).response.get_data(as_text=True) for path in paths]
        telling = ("重庆大学", "\\u91cd\\u5e86\\u5927\\u5b66")
        return [
            path
            for path, text in zip(paths, found, strict=True)
            if any(word in text for word in telling)
        ]

    assert naming(), "otherwise this test proves nothing"
    with transaction():
        roadshow.round.is_blind = True
    assert naming() == []


@pytest.mark.parametrize(
    "path",
    [
        "/c/{code}/timetable",
        "/c/{code}/timetable?view=time",
        "/c/{code}/timetable.ics",
        "/c/{code}/draw",
        "/api/v1/competitions/{code}/timetable",
        "/manage/competitions/{id}/roadshow",
    ],
)
def test_one_slot_or_six_cost_the_same_statements(browser, olga, count_statements, path):
    browser.sign_in(olga)
    costs = []
    for count in (1, 6):
        roadshow = make_roadshow(by=olga, entry_count=count)
        competition = roadshow.round.competition
        address = path.format(code=competition.event.code, id=competition.id)
        db.session.expire_all()
        with count_statements() as seen:
            browser.get(address)
        costs.append(len(seen))

    assert costs[0] == costs[1]


def test_the_pages_open_in_english(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=2, starts_at=clock.now())
    browser.sign_in(olga)
    browser.speak("en")

    for path in (f"/c/{code_of(roadshow)}/timetable", manage_url(roadshow.round.competition)):
        assert browser.get(path).html.html["lang"] == "en"
