"""The captain's workspace in a real Chromium: rows, saving, a lost network, a second window."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from eventhub.entries import queries
from eventhub.entries.enums import EntryState
from tests.browser import PASSWORD
from tests.factories import make_entry, make_pdf, make_person, make_university

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
        page = visitor(**options)
        page.goto(f"/sign-in?next=/entries/{written}")
        page.get_by_label("邮箱").fill("tia@eventhub.test")
        page.get_by_label("密码").fill(PASSWORD)
        page.locator("main form[method=post] button[type=submit]").first.click()
        page.wait_for_url(f"**/entries/{written}")
        return page

    return open_page


def stored(house, entry_id):
    with house.app.app_context():
        entry = queries.get_entry(entry_id)
        names = [member.name for member in entry.members]
        return entry.name, names, entry.version, entry.state


def saved(page: Page) -> None:
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_attribute("data-autosave-status", SAVED)


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait, as the page goes on, until something holds."""
    for _look in range(60):
        if holds():
            return
        page.wait_for_timeout(250)
    raise AssertionError("it never came true")


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


def test_a_file_goes_up_at_once_and_a_wrong_one_is_told(written, tia):
    page = tia()
    plan = page.locator("[data-paper]").first
    choose = plan.locator("input[type=file]")

    wrong = {"name": "计划书.pdf", "mimeType": "application/pdf", "buffer": b"MZ no pdf"}
    choose.set_input_files(wrong)
    expect(plan.locator("[data-upload-said]")).to_contain_text("的内容不是 PDF")
    choose.set_input_files({**wrong, "buffer": make_pdf()})

    expect(plan.locator("[data-versions]")).to_contain_text("第 1 版")
    done = page.locator(".checklist__item--met", has_text="上传项目计划书")
    expect(done).to_be_visible()


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
