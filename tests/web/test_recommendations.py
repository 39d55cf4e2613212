"""A school's office and its pages; the organiser's numbers of places."""

from __future__ import annotations

import io

import openpyxl
import pytest
from sqlalchemy import select

from eventhub.audit.models import AuditEntry
from eventhub.circles import queries as circles
from eventhub.db import db
from eventhub.entries import service
from eventhub.entries.enums import EntryState
from eventhub.entries.queries import schools
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_organiser,
    make_person,
    make_university,
)
from tests.factories.schools import make_school_officer


@pytest.fixture
def competition(olga):
    return make_competition(by=olga, groups=("ug-creative", "ug-startup"))


@pytest.fixture
def officer(app):
    return make_school_officer()


def add(competition, name: str, school: str = "重庆邮电大学"):
    captain = make_person("冉小满", university=make_university(school))
    return make_entry(competition, captain=captain, state=EntryState.SUBMITTED, name=name)


def page_of(competition) -> str:
    return f"/school/{make_university().id}/{competition.id}"


def names(competition) -> list[str]:
    db.session.expire_all()
    return [e.name for e in schools.list_recommended(competition.id, make_university().id)]


def test_an_officer_recommends_orders_and_takes_back(browser, competition, officer):
    first, second = add(competition, "甲项目"), add(competition, "乙项目")
    browser.sign_in(officer)
    assert "2 个待推荐" in browser.get("/desk").text
    assert competition.event.title in browser.get("/school").text

    path = page_of(competition)
    for entry in (first, second):
        browser.submit(path, action=f"/school/entries/{entry.id}")
    assert names(competition) == ["甲项目", "乙项目"]

    moved = browser.submit(path, action=f"/school/entries/{second.id}/up")
    assert moved.response.location.endswith(f"#rank-{second.id}")
    assert names(competition) == ["乙项目", "甲项目"]
    assert browser.get(path).has(f'form[action$="{second.id}/up"] button[disabled]')
    assert browser.get(path).has(f'form[action$="{first.id}/up"] button:not([disabled])')

    browser.submit(path, action=f"/school/entries/{second.id}/take-back")
    assert names(competition) == ["甲项目"]
    assert "本校提交的项目" not in browser.get(path).text


def test_an_order_is_dragged_together(browser, competition, officer):
    entries = [add(competition, name) for name in ("甲", "乙", "丙")]
    for entry in entries:
        service.recommend_entry(entry.id, by=officer)
    browser.sign_in(officer)
    target = browser.get(page_of(competition)).select_one("[data-ranking]")["data-ranking"]
    token = browser.csrf_token("/profile")

    def send(order, status):
        values = {"csrf_token": token, "order": " ".join(str(e.id) for e in order)}
        answer = browser._open(
            target, method="POST", data=values, headers={"Accept": "application/json"}
        )
        assert answer.status == status
        return answer.json

    send(entries[::-1], 200)
    assert names(competition) == ["丙", "乙", "甲"]
    refusal = send(entries[:2], 409)
    assert "刚刚被同事修改过" in refusal["error"]["message"]
    send([], 422)


def test_an_opinion_is_written_and_stays_when_refused(browser, competition, officer, olga):
    entry = add(competition, "甲项目")
    browser.sign_in(officer)
    path = f"/school/entries/{entry.id}"

    browser.submit(path, {"opinion": "团队扎实。"}, action=path)
    assert "团队扎实。" in browser.get(page_of(competition)).text
    service.approve_entry(entry.id, by=olga)
    token = browser.csrf_token(path)
    page = browser.post(path, {"csrf_token": token, "opinion": "改写很久"}, status=409)

    assert "推荐不能再撤回或修改" in page.text
    assert page.select_one("#opinion").text.strip() == "改写很久"


def test_a_full_quota_is_told_with_numbers(browser, competition, officer, olga):
    service.set_quota(competition.id, university_id=None, group_id=None, places=1, by=olga)
    add(competition, "甲项目")
    second = add(competition, "乙项目")
    browser.sign_in(officer)
    path = page_of(competition)
    assert "合计名额 1 个，还可推荐 1 个" in browser.get(path).text
    token = browser.csrf_token(path)
    browser.submit(path, form=f'form[action^="/school/entries/"]:not([action$="{second.id}"])')

    assert "名额已满" in browser.get(path).text
    page = browser.post(f"/school/entries/{second.id}", {"csrf_token": token}, status=409)
    assert "共 1 个，已推荐 1 个" in page.text


def test_the_summary_is_downloaded(browser, competition, officer):
    service.recommend_entry(add(competition, "甲项目").id, by=officer)
    browser.sign_in(officer)

    answer = browser.get(f"{page_of(competition)}.xlsx").response

    rows = [*openpyxl.load_workbook(io.BytesIO(answer.data)).active.values]
    assert rows[3][2] == "甲项目"


def test_a_school_s_pages_ask_as_often_for_three_as_for_one(
    browser, competition, officer, count_statements
):
    browser.sign_in(officer)

    def count() -> int:
        service.recommend_entry(add(competition, "甲").id, by=officer)
        add(competition, "乙")
        with count_statements() as seen:
            browser.get(page_of(competition))
            browser.get("/school")
        return len(seen)

    one = count()
    count()
    assert count() == one


def test_other_schools_and_other_people_see_nothing(browser, competition, olga, tia):
    entry = add(competition, "甲项目")
    strangers = (
        tia,
        olga,
        make_school_officer(university=make_university("重庆大学")),
    )
    for person in strangers:
        browser.sign_in(person)
        token = browser.csrf_token("/profile")
        browser.get(page_of(competition), status=404)
        browser.get(f"{page_of(competition)}.xlsx", status=404)
        browser.get(f"/school/entries/{entry.id}", status=404)
        for deed in ("", "/take-back", "/up"):
            browser.post(f"/school/entries/{entry.id}{deed}", {"csrf_token": token}, status=404)
    browser.sign_in(tia)
    browser.get("/school", status=404)
    assert names(competition) == []


# --- numbers of places


def test_an_organiser_sets_and_takes_away_numbers(browser, competition, olga):
    add(competition, "甲项目")
    browser.sign_in(olga)
    path = f"/manage/competitions/{competition.id}/quotas"
    assert "没有名额限制" in browser.get(path).text

    refused = browser.submit(path, {"places": "很多"}, form="aside form", status=422)
    assert "名额" in refused.text
    group = competition.groups[1]
    school = make_university()
    browser.submit(path, {"places": "12"}, form="aside form")
    browser.submit(
        path,
        {"places": "3", "group": str(group.id), "university": str(school.id)},
        form="aside form",
    )

    page = browser.get(path)
    assert "所有学校（默认）" in page.text
    rows = schools.list_quotas(competition.id)
    assert [(row.places, row.group_id) for row in rows] == [(12, None), (3, group.id)]
    browser.submit(path, action=f"{path}/{rows[1].id}/remove")
    assert [row.places for row in schools.list_quotas(competition.id)] == [12]
    actions = {*db.session.scalars(select(AuditEntry.action))}
    assert "quota.changed" in actions


def test_numbers_are_the_organiser_s(browser, competition, officer):
    browser.sign_in(officer)
    browser.get(f"/manage/competitions/{competition.id}/quotas", status=404)


# --- who works for a school


def test_an_organiser_names_the_officers_of_their_circle_s_school(browser, olga):
    person = make_person("石敏", email="shimin@eventhub.test")
    browser.sign_in(olga)
    path = "/manage/school-office"

    unknown = browser.submit(path, {"email": "nobody@eventhub.test"}, form="aside form", status=422)
    assert "nobody@eventhub.test" in str(unknown.html)
    browser.submit(path, {"email": person.email}, form="aside form")
    assert "石敏" in browser.get(path).text

    officer = circles.list_officers_of(make_university().id)[0]
    browser.submit(path, action=f"{path}/{officer.id}/remove")
    assert circles.list_officers_of(make_university().id) == []
    deeds = {*db.session.scalars(select(AuditEntry.action))}
    assert {"school.officer_named", "school.officer_removed"} <= deeds


def test_nobody_names_officers_of_another_school(browser, olga, tia):
    other = make_university("重庆大学")
    make_circle("cqu", university="重庆大学")
    membership = circles.list_officers_of(other.id)
    assert membership == []
    theirs = make_school_officer(university=other)
    held = circles.list_officers_of(other.id)[0]
    browser.sign_in(olga)
    token = browser.csrf_token("/manage/school-office")
    browser.get(f"/manage/school-office?school={other.id}", status=404)
    browser.post(f"/manage/school-office/{held.id}/remove", {"csrf_token": token}, status=404)
    browser.sign_in(tia)
    browser.get("/manage/school-office", status=403)

    browser.sign_in(make_organiser(circle=make_circle("cqu", university="重庆大学")))
    assert theirs.name in browser.get("/manage/school-office").text


def test_several_are_found_chosen_and_recommended_together(browser, competition, officer):
    entries = [add(competition, f"{name}项目") for name in "甲乙丙"]
    browser.sign_in(officer)
    path = page_of(competition)

    page = browser.get(f"{path}?q=yxm")
    assert [box["value"] for box in page.select("input[name=entry]")] == [str(entries[1].id)]
    sent = browser.submit(
        f"{path}?q=xm", {"entry": [str(e.id) for e in entries[1:]]}, form="#batch"
    )

    assert sent.response.location == f"{path}?q=xm"
    assert names(competition) == ["乙项目", "丙项目"]
    assert "没有符合条件的项目" in browser.get(f"{path}?q=没有的").text


def test_too_many_are_refused_and_stay_ticked(browser, competition, officer, olga):
    entries = [add(competition, f"{name}项目") for name in "甲乙丙"]
    service.set_quota(competition.id, university_id=None, group_id=None, places=1, by=olga)
    browser.sign_in(officer)

    page = browser.submit(
        page_of(competition), {"entry": [str(e.id) for e in entries[1:]]}, form="#batch", status=409
    )

    assert "还可推荐 1 个，选了 2 个" in page.select_one(".error-summary").text
    assert {box["value"] for box in page.select("input[name=entry][checked]")} == {
        str(e.id) for e in entries[1:]
    }
    assert names(competition) == []


def test_a_word_given_from_a_narrowed_list_leads_back_to_it(browser, competition, officer):
    entry = add(competition, "甲项目")
    browser.sign_in(officer)

    sent = browser.submit(f"{page_of(competition)}?q=jxm", action=f"/school/entries/{entry.id}")

    assert sent.response.location == f"{page_of(competition)}?q=jxm#others"
