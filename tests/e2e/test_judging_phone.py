"""A judge's phone in a real Chromium: a network that comes and goes, two devices, one hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from eventhub.db import db
from eventhub.judging import service
from eventhub.judging.models import LateSheet, Scoresheet, SheetDevice
from tests.e2e.conftest import until
from tests.factories import make_organiser, make_person, make_round
from tests.factories.judging import make_judge, make_panel
from tests.factories.roadshows import make_approved

pytestmark = pytest.mark.e2e
MARKS = ("27", "26.5", "20", "13")


@pytest.fixture
def hall(house):
    """A round of two entries with Jun as its judge: its address, and how to close it."""
    with house.app.app_context():
        olga = make_organiser("欧阳澜", email="olga@eventhub.test")
        round_ = make_round(by=olga)
        names = ["智巡山城", "江上清风"]
        for name in names:
            make_approved(round_.competition, name)
        person = make_person("江俊", email="jun@eventhub.test")
        make_judge(make_panel(round_, by=olga), person=person, by=olga)
        return f"/judging/{round_.id}", round_.id, olga.id


@pytest.fixture
def phone(visitor, hall):
    """``phone()``: Jun's list on a narrow phone."""

    def open_list(**options):
        options = {"viewport": {"width": 360, "height": 740}, **options}
        context_page = visitor("jun@eventhub.test", None, phone=False)
        context_page.set_viewport_size(options["viewport"])
        context_page.goto(hall[0])
        expect(context_page.locator("#judging-badge")).to_contain_text("已全部上传")
        return context_page

    return open_list


def badge(page, text):
    expect(page.locator("#judging-badge")).to_contain_text(text)


def open_sheet(page, name):
    page.get_by_role("link", name=name).click()
    expect(page.locator(".sheet-head__name")).to_have_text(name)


def mark(page, marks=MARKS):
    for at, points in enumerate(marks):
        page.locator(".score__input").nth(at).fill(points)
    page.locator('input[type=radio][value="met"]').check()


def submit(page):
    page.get_by_role("button", name="核对并提交").click()
    page.get_by_role("button", name="确认提交").click()


def held(house):
    with house.app.app_context():
        sheets = db.session.scalars(select(Scoresheet)).all()
        return {sheet.entry.name: (sheet.is_submitted, f"{sheet.total:.2f}") for sheet in sheets}


def test_without_a_network_everything_goes_on_and_goes_up_once(phone, house):
    page = phone()
    page.context.set_offline(True)

    open_sheet(page, "智巡山城")
    mark(page)
    expect(page.locator(".sheet-bar__total strong")).to_have_text("86.50")
    submit(page)
    badge(page, "离线，1 份待上传")
    expect(page.locator(".work__item", has_text="智巡山城")).to_contain_text("已提交，待上传")
    open_sheet(page, "江上清风")
    page.locator(".score__input").first.fill("２１。5")
    badge(page, "离线，2 份待上传")
    assert held(house) == {}

    page.context.set_offline(False)
    badge(page, "已全部上传")

    assert held(house) == {"智巡山城": (True, "86.50"), "江上清风": (False, "21.50")}
    with house.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SheetDevice)) == 2


def test_a_reload_without_a_network_loses_nothing(phone, house):
    page = phone()
    until(page, lambda: page.evaluate("caches.match(location.pathname).then(Boolean)"))
    page.context.set_offline(True)
    open_sheet(page, "智巡山城")
    page.locator(".score__input").first.fill("27")
    badge(page, "离线，1 份待上传")

    page.reload()

    expect(page.locator(".score__input").first).to_have_value("27")
    badge(page, "离线，1 份待上传")
    page.context.set_offline(False)
    badge(page, "已全部上传")
    assert held(house) == {"智巡山城": (False, "27.00")}


def test_two_devices_are_shown_side_by_side_and_the_judge_chooses(phone, house):
    first, second = phone(), phone()
    for page, points in ((first, "20"), (second, "25")):
        page.context.set_offline(True)
        open_sheet(page, "智巡山城")
        page.locator(".score__input").nth(0).fill(points)
        page.locator(".score__input").nth(1).fill("10")
    first.context.set_offline(False)
    badge(first, "已全部上传")

    second.context.set_offline(False)
    badge(second, "1 份待您核对")
    expect(second.locator(".choice-row")).to_have_count(1)
    expect(second.locator(".choice-row")).to_contain_text("25")
    expect(second.locator(".choice-row")).to_contain_text("20")
    go = second.get_by_role("button", name="用选好的内容继续")
    expect(go).to_be_disabled()
    second.get_by_role("button", name="全用这台设备的").click()
    go.click()

    badge(second, "已全部上传")
    assert held(house) == {"智巡山城": (False, "35.00")}


def test_a_sheet_that_comes_after_the_closing_is_told(phone, house, hall):
    from eventhub.accounts.queries import get_person

    page = phone()
    page.context.set_offline(True)
    open_sheet(page, "智巡山城")
    mark(page)
    submit(page)
    with house.app.app_context():
        service.close_round(hall[1], reason="时间已到", by=get_person(hall[2]))

    page.context.set_offline(False)

    expect(page.locator("main")).to_contain_text("不计入成绩")
    assert held(house) == {}
    with house.app.app_context():
        assert db.session.scalar(select(LateSheet)).values["is_submission"]


def test_an_answer_that_got_lost_is_asked_for_again_and_counts_once(phone, house):
    page = phone()
    lost = []

    def lose(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/sync", lose)
    open_sheet(page, "智巡山城")
    page.locator(".score__input").first.fill("27")

    badge(page, "待上传")
    badge(page, "已全部上传")

    assert lost == [200]
    with house.app.app_context():
        assert db.session.scalar(select(Scoresheet.version)) == 1


def test_a_sign_in_that_ran_out_loses_nothing(phone, house, hall):
    page = phone()
    until(page, lambda: page.evaluate("caches.match(location.pathname).then(Boolean)"))
    page.context.clear_cookies()  # after the last answer that would renew it
    open_sheet(page, "智巡山城")
    page.locator(".score__input").first.fill("27")
    badge(page, "1 份待上传")
    page.get_by_role("button", name="返回项目列表").click()
    expect(page.locator("main")).to_contain_text("登录已失效")

    page.context.add_cookies([house.session_of("jun@eventhub.test")])
    page.goto(hall[0])

    badge(page, "已全部上传")
    assert held(house) == {"智巡山城": (False, "27.00")}


def test_what_a_thumb_needs_is_large_and_at_the_lower_edge(phone):
    page = phone()
    go = page.get_by_role("button", name="评下一个项目").bounding_box()
    assert go["y"] + go["height"] > 740 - 40
    open_sheet(page, "智巡山城")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.locator(
        "main :is(button, .score__input, .choice-card, textarea):visible"
    ).evaluate_all(
        "all => all.filter(each => each.getBoundingClientRect().height < 44)"
        ".map(each => each.outerHTML.slice(0, 80))"
    )
    assert small == []
    bar = page.get_by_role("button", name="核对并提交").bounding_box()
    assert bar["y"] + bar["height"] <= 740
    assert bar["y"] > 740 * 0.8


def test_what_is_missing_is_shown_before_anything_is_locked(phone):
    page = phone()
    open_sheet(page, "智巡山城")
    page.locator(".score__input").first.fill("30.01")
    page.get_by_role("button", name="核对并提交").click()

    expect(page.locator(".score").first).to_contain_text("请填 0 到 30 之间的分数")
    page.locator(".score__input").first.fill("30")
    page.get_by_role("button", name="核对并提交").click()
    expect(page.locator(".score").nth(1)).to_contain_text("还没有打分")


def test_the_way_without_scripts_still_leads_to_a_locked_sheet(visitor, hall, house):
    page = visitor("jun@eventhub.test", hall[0], phone=True, java_script_enabled=False)
    page.get_by_role("link", name="智巡山城").click()
    mark(page)
    submit(page)

    expect(page.locator("main")).to_contain_text("已提交 1 / 2")
    assert held(house) == {"智巡山城": (True, "86.50")}
