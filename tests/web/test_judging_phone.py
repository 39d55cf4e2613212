"""What a judge's phone asks for and sends, and that it is never shown what it must not see."""

from __future__ import annotations

import json
import uuid

import pytest
from sqlalchemy import func, select

from eventhub.db import db
from eventhub.entries import service as entry_service
from eventhub.judging import service
from eventhub.judging.enums import RecusalKind
from eventhub.judging.models import LateSheet, Scoresheet
from tests.factories import make_person, make_round, make_university
from tests.factories.judging import make_judge, make_panel, make_sheet
from tests.factories.roadshows import make_approved

DEVICE = str(uuid.UUID(int=7))
MARKS = {"personal_growth": "27.5", "innovation": "26", "industry_value": "20", "teamwork": "13"}


@pytest.fixture
def round_(app, olga):
    return make_round(by=olga)


@pytest.fixture
def panel(round_, olga):
    return make_panel(round_, by=olga)


@pytest.fixture
def seat(panel, jun, olga):
    return make_judge(panel, person=jun, by=olga)


@pytest.fixture
def entry(round_):
    return make_approved(round_.competition, "智巡山城'<𠮷>")


def come_in(browser, seat, olga):
    browser.get(f"/j/{service.issue_judge_link(seat.id, by=olga)}", status=303)
    return browser


@pytest.fixture
def judge(browser, seat, olga):
    """A browser that came in by the judge's link."""
    return come_in(browser, seat, olga)


@pytest.fixture
def sync(judge, round_, entry, jun):
    """``sync(edit=2, marks={…})``: what the phone sends."""

    def send(status=200, **changes):
        body = {
            "judge": str(jun.id),
            "device": DEVICE,
            "edit": 1,
            "base": 0,
            "submit": False,
            "marks": MARKS,
            "gates": {"necessary": True},
            "note": "",
            "feedback": "",
            **changes,
        }
        page = judge.post_json(
            f"/judging/{round_.id}/{entry.id}/sync",
            body,
            token_from=f"/judging/{round_.id}",
            status=status,
        )
        return page.json

    return send


def told(browser, round_):
    """What the page carries, and what it asks for later."""
    page = browser.get(f"/judging/{round_.id}")
    carried = json.loads(page.select_one("#judging-words")["data-told"])
    asked = browser.get(f"/judging/{round_.id}/state", headers={"Accept": "application/json"}).json
    assert asked.pop("token")
    moving = {"now"}
    assert {k: v for k, v in carried.items() if k not in moving} == {
        k: v for k, v in asked.items() if k not in moving
    }
    return asked


def test_a_page_carries_all_that_a_judge_needs(judge, seat, round_, entry):
    make_sheet(seat, entry, is_submitted=False, note="待核对", feedback="扎实")

    state = told(judge, round_)

    [one] = state["entries"]
    assert one["name"] == entry.name
    assert one["sheet"]["values"]["marks"]["innovation"] == "24"
    assert one["sheet"]["values"]["note"] == "待核对"
    lines = state["rubrics"][one["rubric"]]["criteria"]
    assert [line["key"] for line in lines] == list(MARKS)


def test_a_recused_judge_is_never_shown_the_entry(browser, panel, round_, olga):
    university = make_university("西南大学")
    barred = make_approved(
        round_.competition, "本校的项目", captain=make_person(university=university)
    )
    seat = make_judge(panel, university=university, by=olga)
    come_in(browser, seat, olga)

    assert told(browser, round_)["recused"] == 1
    for path in (f"/judging/{round_.id}", f"/judging/{round_.id}/state"):
        words = browser.get(path).response.get_data(as_text=True)
        assert "本校的项目" not in words
        assert barred.code not in words
        assert str(barred.id) not in words
    for path in ("", "/confirm", "/recusal", f"/documents/{uuid.uuid4()}"):
        page = browser.get(f"/judging/{round_.id}/{barred.id}{path}", status=403)
        assert "本校的项目" not in page.text


def test_a_recused_judge_is_not_shown_it_after_it_withdrew_either(browser, panel, round_, olga):
    university = make_university("西南大学")
    barred = make_approved(
        round_.competition, "本校的项目", captain=make_person(university=university)
    )
    seat = make_judge(panel, by=olga)
    make_sheet(seat, barred, is_submitted=False)
    service.declare_recusal(
        round_.id, barred.id, judge_id=seat.person_id, kind=RecusalKind.RELATIVE, by=seat.person
    )
    entry_service.withdraw_entry(barred.id, by=barred.captain)

    come_in(browser, seat, olga)

    assert told(browser, round_)["entries"] == []
    browser.get(f"/judging/{round_.id}/{barred.id}", status=403)


def test_the_state_asks_no_more_for_three_than_for_one(judge, round_, entry, count_statements):
    def look():
        with count_statements() as seen:
            judge.get(f"/judging/{round_.id}/state")
        return len(seen)

    few = look()
    for at in range(2):
        make_approved(round_.competition, f"另一个项目{at}")
    assert look() == few


def test_a_save_answers_what_stands(sync):
    sheet = sync()["sheet"]

    assert (sheet["version"], sheet["state"], sheet["total"]) == (1, "draft", "86.50")
    assert sheet["device"] == DEVICE
    assert sync(edit=2, base=1, submit=True)["sheet"]["state"] == "submitted"


def test_marks_as_a_full_width_keyboard_writes_them_are_read(sync):
    assert sync(marks={"industry_value": "２０.２５"})["sheet"]["total"] == "20.25"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"marks": {"innovation": "30.01"}}, "mark_innovation", "0 到 30"),
        ({"marks": {"innovation": "-1"}}, "mark_innovation", "0 到 30"),
        ({"marks": {"innovation": "0." + "1" * 100}}, "mark_innovation", "两位小数"),
        ({"marks": {"innovation": "9" * 150}}, "mark_innovation", "0 到 30"),
        ({"marks": {"innovation": "9" * 500}}, "mark_innovation", "数字"),
        ({"marks": {"innovation": "1e400"}}, "mark_innovation", "数字"),
        ({"marks": {"innovation": "NaN"}}, "mark_innovation", "数字"),
        ({"marks": {"innovation": 12.5}}, "mark_innovation", "数字"),
        ({"marks": {"charm": "1"}}, None, "评分标准不一致"),
        ({"note": "好" * 1001}, "note", "最多 1000 个字"),
        ({"marks": {}, "submit": True}, "mark_personal_growth", "还没有打分"),
        ({"gates": {"necessary": "yes"}}, None, "上传的内容有误"),
        ({"marks": []}, None, "上传的内容有误"),
        ({"edit": 0}, None, "上传的内容有误"),
        ({"edit": 2**40}, None, "上传的内容有误"),
        ({"base": -1}, None, "上传的内容有误"),
        ({"device": "x"}, None, "上传的内容有误"),
    ],
)
def test_what_does_not_fit_is_told_with_its_field(sync, changes, field, words):
    error = sync(status=422, **changes)["error"]

    assert words in error["message"]
    assert error.get("field") == field
    assert db.session.scalar(select(func.count()).select_from(Scoresheet)) == 0


def test_the_marks_of_one_judge_are_not_taken_from_another(sync, nell):
    error = sync(status=403, judge=str(nell.id))["error"]

    assert error["code"] == "wrong_judge"
    assert db.session.scalar(select(func.count()).select_from(Scoresheet)) == 0


def test_a_link_for_one_round_writes_in_no_other(judge, round_, jun, olga):
    other = make_round(by=olga)
    entry = make_approved(other.competition)
    make_judge(make_panel(other, by=olga), person=jun, by=olga)

    judge.post_json(
        f"/judging/{other.id}/{entry.id}/sync", {}, token_from=f"/judging/{round_.id}", status=404
    )


def test_after_the_closing_a_sheet_is_kept_and_its_judge_told(sync, round_, olga):
    service.close_round(round_.id, reason="时间已到", by=olga)

    error = sync(status=409, submit=True)["error"]

    assert error["code"] == "sheet_late"
    assert "不计入成绩" in error["message"]
    assert db.session.scalar(select(LateSheet)).values["marks"]["innovation"] == "26.00"


def test_without_a_session_nothing_is_saved(sync, judge, round_, entry, seat, olga):
    service.revoke_judge_link(seat.id, by=olga)

    page = judge._open(f"/judging/{round_.id}/{entry.id}/sync", method="POST", json={}, headers={})

    assert page.status in {400, 410}


def test_the_worker_may_rule_the_judges_pages(browser):
    answer = browser.get("/judging/worker.js").response

    assert answer.mimetype in {"text/javascript", "application/javascript"}
    assert answer.headers["Cache-Control"] == "no-cache"
