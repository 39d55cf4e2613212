"""Pages of attendance: figures, the rows behind them, workbooks."""

from __future__ import annotations

import io

import openpyxl
import pytest

from eventhub.events.enums import AttendeeRole, EventKind, HostRole
from tests.factories import make_circle, make_organiser, make_university
from tests.factories.checkin import check_in, make_checkpoint, make_gathering, make_place


@pytest.fixture
def event(app, olga):
    """Four places, three of them used; one of 重庆大学."""
    event = make_gathering(by=olga)
    door = make_checkpoint(event, by=olga)
    university = make_university("重庆大学")
    places = [
        make_place(event, "陆思源", by=olga, university_id=university.id),
        make_place(event, "何苗", by=olga, role=AttendeeRole.COMPETITOR),
        make_place(event, "=1+1", by=olga),
        make_place(event, "未到者", by=olga),
    ]
    for place in places[:3]:
        check_in(door, place, by=olga)
    return event


def path(event, more=""):
    return f"/manage/events/{event.id}/attendance{more}"


def stats(page):
    """Label to number, as the page shows them."""
    return {
        tag.select_one(".stat__label").get_text(strip=True): tag.select_one(
            ".stat__value"
        ).get_text(" ", strip=True)
        for tag in page.select(".stat")
    }


def sheets(page):
    book = openpyxl.load_workbook(io.BytesIO(page.response.data))
    return {sheet.title: [[c.value for c in row] for row in sheet.rows] for sheet in book}


def test_the_figures_of_an_event(browser, event, olga):
    browser.sign_in(olga)

    shown = stats(browser.get(path(event)))

    assert shown["报名"] == "4 人"
    assert shown["已签到"] == "3 人"
    assert shown["尚未到场"] == "1 人"
    assert shown["未到比例"] == "25.0%"
    assert (shown["人次"], shown["人数"]) == ("3", "3")


def test_every_figure_opens_as_many_rows(browser, event, olga):
    browser.sign_in(olga)
    page = browser.get(path(event))

    links = {(int(link.text), link["href"]) for link in page.select(".figures .figure-link")} | {
        (int(tag.select_one(".stat__value").contents[0]), tag.select_one("a")["href"])
        for tag in page.select(".stat")
        if "%" not in tag.text
    }

    assert len(links) > 8
    for number, href in links:
        assert len(browser.get(href).select("tbody tr")) == number, href


def test_the_chart_gets_its_data(browser, event, olga):
    browser.sign_in(olga)
    page = browser.get(path(event))

    data = browser.get(page.select_one("#arrivals")["data-chart-url"]).json

    assert sum(data["series"][0]["data"]) == 3
    assert len(data["categories"]) == len(data["series"][0]["data"])


def test_figures_renew_themselves_while_people_arrive(browser, event, olga, time):
    browser.sign_in(olga)

    fragment = browser.get(path(event)).select_one("[hx-get*='/figures']")
    assert "陆思源" in browser.get(fragment["hx-get"]).text
    time.move(days=1)
    later = browser.get(path(event))

    assert not later.has("[hx-get*='/figures']")
    assert stats(later)["缺席"] == "1 人"


def test_an_event_without_anybody(browser, app, olga):
    browser.sign_in(olga)

    page = browser.get(path(make_gathering(by=olga)))

    assert stats(page)["未到比例"] == "—"
    assert "还没有人报名" in page.text


def test_filters_of_the_list(browser, event, olga):
    browser.sign_in(olga)

    def names(query):
        return [t.text for t in browser.get(path(event, f"/people?{query}")).select("tbody th")]

    assert names("came=no") == ["未到者"]
    assert names("role=competitor") == ["何苗"]
    assert names("q=陆") == ["陆思源"]
    assert names("university=others&came=yes") == ["=1+1", "何苗"]
    assert len(names("role=nonsense&came=perhaps&university=")) == 4
    assert "没有符合条件" in browser.get(path(event, "/people?q=无此人")).text


def test_a_bureau_reads_masked_names_everywhere(browser, event, mei):
    browser.sign_in(mei)

    texts = [
        browser.get(path(event)).text,
        browser.get(path(event, "/people")).text,
        str(sheets(browser.get(path(event, ".xlsx")))),
        browser.get("/statistics/people").text,
    ]

    for text in texts:
        assert "陆*" in text
        assert "陆思源" not in text


def test_the_workbook_of_an_event(browser, event, olga):
    browser.sign_in(olga)

    page = browser.get(path(event, ".xlsx"))
    book = sheets(page)

    assert [*book] == ["概览", "名单", "到场时间"]
    assert ["报名", 4] in book["概览"]
    assert len(book["名单"]) == 5
    assert "'=1+1" in [row[0] for row in book["名单"]]
    assert sum(row[1] for row in book["到场时间"][1:]) == 3
    assert event.code in page.response.headers["Content-Disposition"]


def test_who_reads_the_figures_of_an_event(app, event, olga, sam, nell, mei, new_browser):
    partner = make_organiser("周扬", circle=make_circle("cqu", university="重庆大学"))
    for person in (sam, nell, partner):
        browser = new_browser().sign_in(person)
        for more in ("", "/figures", "/arrivals.json", "/people", ".xlsx"):
            browser.get(path(event, more), status=404)
    for person in (olga, mei):
        new_browser().sign_in(person).get(path(event))


def test_a_co_host_reads_figures_and_names(browser, app, olga):
    joint = make_circle("cqu", university="重庆大学")
    partner = make_organiser("周扬", circle=joint)
    event = make_gathering(by=olga, co_hosts=[(joint.id, HostRole.JOINT)])
    make_place(event, "陆思源", by=olga)
    browser.sign_in(partner)

    assert "陆思源" in browser.get(path(event, "/people")).text
    assert not browser.get(path(event)).has(".tab-bar")


# --- many events


def test_the_overview_of_the_city_and_of_a_circle(app, event, olga, mei, new_browser):
    joint = make_circle("swu", university="西南大学")
    wen = make_organiser("文岚", circle=joint)
    shared = make_gathering(
        by=wen,
        circle=joint,
        kind=EventKind.TRAINING,
        co_hosts=[(make_circle().id, HostRole.ORGANISER)],
    )
    door = make_checkpoint(shared, by=wen)
    check_in(door, make_place(shared, "陆思源", by=wen, email="lu@eventhub.test"), by=wen)

    city = new_browser().sign_in(mei).get("/statistics")
    own = new_browser().sign_in(wen).get("/statistics")

    assert stats(city) == {"举办活动": "2 场", "人次": "4", "人数": "4"}
    assert stats(own) == {"举办活动": "1 场", "人次": "1", "人数": "1"}
    assert "全市合计" in city.text
    assert "全市合计" not in own.text
    assert "承办 1" in city.text
    assert "环重庆邮电大学" not in own.select_one("main").text


def test_the_figures_of_the_overview_open_their_rows(browser, event, olga, mei):
    make_gathering(by=olga)
    browser.sign_in(mei)
    page = browser.get("/statistics")

    for link in page.select(".figures .figure-link"):
        rows = browser.get(link["href"])
        if "/people" in link["href"]:
            assert len(rows.select("tbody tr")) == int(link.text)
        elif rows.select("tbody tr"):
            assert rows.has("tbody a[href*='/attendance']")
    assert len(browser.get("/statistics/events").select("tbody tr")) == 2


def test_filters_and_periods_are_kept_in_the_address(browser, event, mei):
    browser.sign_in(mei)

    page = browser.get("/statistics?period=month&circle=cqupt&kind=lecture")
    other = browser.get("/statistics?period=own&from=2020-01-01&to=2020-12-31&circle=cqupt")

    assert stats(page)["举办活动"] == "1 场"
    assert len(page.select(".chip")) == 2
    for link in page.select(".tab-bar a, .period__steps a"):
        assert "circle=cqupt" in link["href"]
        assert "kind=lecture" in link["href"]
        browser.get(link["href"])
    assert "没有举办活动" in other.text
    assert other.select_one("[name=from]")["value"] == "2020-01-01"
    browser.get("/statistics?period=own&from=x&to=y&circle=nowhere&kind=party")


def test_the_workbook_of_a_period(browser, event, mei):
    browser.sign_in(mei)

    book = sheets(browser.get("/statistics.xlsx"))

    assert [*book] == ["概览", "按生态圈", "按生态圈和类型", "活动明细"]
    assert ["人次", 3] in book["概览"]
    assert book["按生态圈"][1] == ["环重庆邮电大学创新创业生态圈", 1, 1, 0, 0, 3, 3]
    assert book["活动明细"][1][0] == event.title


def test_only_organisers_and_bureaus_read_the_overview(app, sam, nell, new_browser):
    for person in (sam, nell):
        browser = new_browser().sign_in(person)
        for page in ("/statistics", "/statistics/events", "/statistics/people", "/statistics.xlsx"):
            browser.get(page, status=404)


@pytest.mark.parametrize("address", ["/statistics", "/statistics/events", "/statistics/people"])
def test_three_events_take_as_many_statements_as_one(
    browser, app, olga, mei, count_statements, address
):
    browser.sign_in(mei)

    def seen():
        door = make_checkpoint(by=olga)
        for name in ("a", "b"):
            check_in(door, make_place(door.event, name, by=olga), by=olga)
        with count_statements() as statements:
            browser.get(address)
        return len(statements)

    one = seen()
    seen()

    assert seen() == one


def test_many_attendees_take_as_many_statements_as_one(browser, app, olga, count_statements):
    browser.sign_in(olga)
    event = make_gathering(by=olga)
    door = make_checkpoint(event, by=olga)

    def seen(count):
        for number in range(count):
            university = make_university(f"大学 {count} {number}").id
            check_in(door, make_place(event, by=olga, university_id=university), by=olga)
        with count_statements() as statements:
            browser.get(path(event))
            browser.get(path(event, "/people"))
        return len(statements)

    assert seen(1) == seen(3)
