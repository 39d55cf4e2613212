"""The captain's workspace in a real Chromium: rows, saving, a lost network, a second window."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from eventhub import clock
from eventhub.db import transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState, LockedPart
from tests.e2e.conftest import until
from tests.factories import make_entry, make_member, make_organiser, make_person, make_university

pytestmark = pytest.mark.e2e

SAVED = re.compile("saved")


@pytest.fixture
def written(house):
    """Tia's entry as she began it: its key."""
    with house.app.app_context():
        tia = make_person("田佳", email="tia@eventhub.test", university=make_university())
        return make_entry(captain=tia, is_complete=False).id


@pytest.fixture
def tia(visitor, written):
    """``tia()``: a window of hers with the entry open."""

    def open_page(**options) -> Page:
        return visitor("tia@eventhub.test", f"/entries/{written}", **options)

    return open_page


def stored(house, entry_id):
    with house.app.app_context():
        entry = queries.get_entry(entry_id)
        names = [member.name for member in entry.members]
        return entry.name, names, entry.version, entry.state


def saved(page: Page) -> None:
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_attribute("data-autosave-status", SAVED)


def test_what_is_typed_saves_itself_and_rows_move_by_keyboard(house, written, tia):
    page = tia(phone=True)

    page.locator("#name").fill("🚀 智巡山城")
    saved(page)
    for name in ("吉克·阿呷", "𠮷田晓"):
        page.get_by_role("button", name="添加成员").click()
        page.keyboard.type(name)
    up = page.locator("[data-rows=member] [data-row]").nth(2).get_by_role("button", name="上移")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#members-1-name")).to_have_value("𠮷田晓")
    expect(page.locator("[data-announce]")).to_have_text("已移到第 2 位")
    members = ["田佳", "𠮷田晓", "吉克·阿呷"]
    until(page, lambda: stored(house, written)[:2] == ("🚀 智巡山城", members))

    expect(page.locator("[data-checklist]")).to_contain_text("每名成员有学号、邮箱或手机之一")


def test_without_a_network_the_text_waits_on_the_device(house, written, tia):
    page = tia()
    page.context.set_offline(True)
    page.locator("#name").fill("离线写的名字")
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_attribute("data-autosave-status", "offline")

    page.context.set_offline(False)
    page.goto("/entries")
    page.goto(f"/entries/{written}")

    expect(page.locator("#name")).to_have_value("离线写的名字")
    saved(page)
    assert stored(house, written)[0] == "离线写的名字"


def test_a_second_window_is_told_and_keeps_its_text(house, written, tia):
    left = tia()
    right = left.context.new_page()
    right.goto(left.url)

    left.locator("#name").fill("左边的名字")
    saved(left)
    right.locator("#summary").fill("右边写的简介")
    expect(right.locator("[data-rescue]")).to_be_visible()
    assert stored(house, written)[0] == "左边的名字"

    right.get_by_role("button", name="载入最新版本，保留我的文字供对照").click()
    expect(right.locator("#name")).to_have_value("左边的名字")
    expect(right.locator("#kept-text")).to_have_value(re.compile("右边写的简介"))
    right.locator("#summary").fill("右边写的简介")
    until(right, lambda: stored(house, written)[2] == 3)


def test_handing_in_while_a_save_is_on_its_way_is_no_conflict_with_oneself(house, written, tia):
    page = tia()
    page.route("**/autosave", lambda route: (page.wait_for_timeout(400), route.continue_()))

    page.locator("#name").fill("手很快")
    page.locator("#summary").focus()  # leaving the field saves it
    page.locator("button[value=submit]").last.click()

    expect(page.locator("[data-error-summary]")).to_contain_text("还有未满足的要求")
    name, _members, _version, state = stored(house, written)
    assert (name, state) == ("手很快", EntryState.DRAFT)


def close_in(house, entry_id, seconds: float) -> None:
    with house.app.app_context(), transaction():
        competition = queries.get_entry(entry_id).competition
        competition.entries_close_at = clock.now() + timedelta(seconds=seconds)


def test_rows_move_by_the_mouse_too_and_stay_themselves(house, written, tia):
    page = tia()
    for name in ("吉克·阿呷", "𠮷田晓"):
        page.get_by_role("button", name="添加成员").click()
        page.keyboard.type(name)
    members = ["田佳", "吉克·阿呷", "𠮷田晓"]
    until(page, lambda: stored(house, written)[1] == members)
    saved(page)
    keys = page.locator("[data-rows=member] input[name$='-id']").evaluate_all(
        "l => l.map(e => e.value)"
    )
    assert all(keys), "a new row has learnt which member it is"

    grip = page.locator("[data-rows=member] [data-grip]")
    grip.nth(1).drag_to(grip.nth(0))

    expect(page.locator("#members-1-name")).to_have_value("𠮷田晓")
    expect(page.locator("#members-0-name")).to_have_value("田佳")
    expect(page.locator("[data-announce]")).to_have_text("已移到第 2 位")
    until(page, lambda: stored(house, written)[1] == ["田佳", "𠮷田晓", "吉克·阿呷"])
    with house.app.app_context():
        now = [str(member.id) for member in queries.get_entry(written).members]
    assert now == [keys[0], keys[2], keys[1]]


def test_the_page_closes_by_itself_whatever_the_device_s_clock_says(house, written, visitor, time):
    close_in(house, written, 40)
    page = visitor("tia@eventhub.test", phone=True)
    page.clock.install(time="2021-03-01T08:00:00")
    page.goto(f"/entries/{written}")

    hand_in = page.locator(".workspace__bar button[value=submit]")
    expect(page.locator("#requirements [data-countdown-text]")).to_contain_text("秒")
    expect(hand_in).to_be_enabled()
    time.move(seconds=39)
    page.clock.run_for(39_000)
    expect(hand_in).to_be_enabled()
    time.move(seconds=2)
    page.clock.run_for(2_000)
    expect(page.locator("#requirements [data-countdown-text]")).to_have_text("已截止")
    expect(hand_in).to_be_disabled()
    expect(page.locator(".closed-line")).to_be_visible()


def test_what_is_typed_against_the_lock_is_kept_and_the_rest_saved(house, written, tia):
    page = tia()
    close_in(house, written, 0)
    with house.app.app_context():
        service.unlock_entry(
            written,
            parts={LockedPart.SUMMARY},
            reason="当时网页打不开。",
            ends_at=clock.now() + timedelta(hours=1),
            by=make_organiser(),
        )

    page.locator("#name").fill("晚了一秒的名字")
    page.locator("#summary").fill("截止后补充的简介")
    panel = page.locator("[data-lock-rescue]")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("项目名称")
    panel.get_by_role("button", name="保存其余修改").click()

    expect(page.locator("#name")).to_be_disabled()
    expect(page.locator("#summary")).to_have_value("截止后补充的简介")
    expect(page.locator("#kept-text")).to_have_value(re.compile("晚了一秒的名字"))
    expect(page.locator("[data-rescue]")).to_be_hidden()
    assert stored(house, written)[0] == ""


def test_a_member_who_joins_meanwhile_is_told_of_and_not_lost(house, written, tia):
    page = tia()
    with house.app.app_context():
        entry = queries.get_entry(written)
        make_member(entry, make_person("冉小满", university=make_university()))

    page.locator("#summary").fill("不知道有人加入")
    expect(page.locator("[data-team-news]")).to_be_visible()
    page.locator("[data-team-reload]").click()

    expect(page.locator("[data-rows=member]")).to_contain_text("冉小满")
    expect(page.locator("#summary")).to_have_value("不知道有人加入")
    assert stored(house, written)[1] == ["田佳", "冉小满"]
