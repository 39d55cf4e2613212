"""Forms in a real Chromium: built by an organiser, filled in by a team, changed in between."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from eventhub.domain.questionnaire.questions import Words, questions_of
from eventhub.entries import queries as entries
from eventhub.entries.enums import EntryState
from eventhub.entries.service import answers
from eventhub.questionnaires import queries, service
from tests.e2e.conftest import until
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_form,
    make_organiser,
    make_person,
    make_university,
)

pytestmark = pytest.mark.e2e


@pytest.fixture
def keys(house):
    """Olga's form and Tia's draft: their keys."""
    with house.app.app_context():
        circle = make_circle()
        olga = make_organiser("欧阳澜", email="olga@eventhub.test", circle=circle)
        tia = make_person("田佳", email="tia@eventhub.test", university=make_university())
        competition = make_competition(by=olga, circle=circle)
        form = make_form(competition, by=olga)
        entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)
        return form.id, entry.id


@pytest.fixture
def olga(visitor, keys):
    """Her window with the builder open."""
    return visitor("olga@eventhub.test", f"/manage/forms/{keys[0]}")


def draft(house, keys):
    with house.app.app_context():
        return questions_of(queries.get_questionnaire(keys[0]).draft)


def values(house, keys):
    with house.app.app_context():
        return answers.form_of(entries.get_entry(keys[1])).values


def test_a_question_is_written_in_its_place_and_moved_by_keyboard(house, keys, olga):
    page = olga

    page.locator("#add").get_by_role("link", name="单选").click()
    expect(page.locator("#label_zh")).to_be_focused()
    page.locator("#label_zh").fill("是否有专利")
    page.locator("#options-0-zh").fill("有")
    page.locator("#options-1-zh").fill("没有")
    page.get_by_role("button", name="添加选项").click()
    expect(page.locator("#options-2-zh")).to_be_focused()
    page.keyboard.type("申请中")
    page.get_by_role("button", name="添加显示条件").click()
    page.locator("#conditions-0-question").select_option(label="是否已注册公司")
    wanted = page.locator("select#conditions-0-value")
    expect(wanted.locator("option")).to_have_text(["是", "否"])
    wanted.select_option(label="是")
    page.get_by_role("button", name="保存这道题").click()

    card = page.locator("[data-key]").last
    expect(card).to_contain_text("是否有专利")
    expect(card).to_contain_text("当“是否已注册公司”为“是”时显示")
    expect(card).to_be_focused()
    up = card.get_by_role("button", name="上移")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_have_text("已移到第 5 位")
    until(page, lambda: draft(house, keys)[4].label.zh == "是否有专利")
    assert [o.label.zh for o in draft(house, keys)[4].options] == ["有", "没有", "申请中"]


def test_questions_are_dragged_and_a_removed_one_comes_back(house, keys, olga):
    page = olga

    grip = page.locator("#question-people [data-grip]")
    grip.scroll_into_view_if_needed()
    target = page.locator("#question-company").bounding_box()
    start = grip.bounding_box()
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(target["x"] + 20, start["y"] + (target["y"] + 5 - start["y"]) * step / 10)
        page.wait_for_timeout(40)
    page.mouse.up()
    until(page, lambda: [q.key for q in draft(house, keys)].index("people") == 1)

    card = page.locator("#question-licence")
    card.locator("summary").click()
    card.get_by_role("button", name="删除").click()
    expect(page.locator("[data-gone]")).to_contain_text("已删除“营业执照”")
    page.get_by_role("button", name="撤销删除").click()
    expect(page.locator("#question-licence")).to_be_visible()
    assert "licence" in [q.key for q in draft(house, keys)]


def test_a_refused_question_keeps_what_was_typed(house, keys, olga):
    page = olga
    page.locator("#question-company [data-edit]").first.click()
    page.locator("#help_zh").fill("不要丢掉")
    page.locator("#length_max").fill("0")
    page.get_by_role("button", name="保存这道题").click()

    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("#help_zh")).to_have_value("不要丢掉")


def test_a_team_fills_in_while_the_organiser_publishes(house, keys, visitor):
    form_id, entry_id = keys
    page = visitor("tia@eventhub.test", f"/entries/{entry_id}/form", phone=True)

    expect(page.locator("#q-company")).to_be_hidden()
    page.get_by_label("是", exact=True).check()
    page.locator("#q-company").fill("山城智巡")
    page.locator("#q-revenue").fill("很多")
    page.get_by_role("button", name="添加一行").click()
    page.locator("#q-people-0-name").fill("乙")
    until(page, lambda: values(house, keys).get("people") == [{"name": "乙"}])
    expect(page.locator("[data-question=revenue]")).to_contain_text("不要带单位和公式")
    page.locator("#q-revenue").fill("12")
    until(page, lambda: values(house, keys).get("revenue") == "12")
    expect(page.locator("[data-question=revenue] .field__errors")).to_have_count(0)

    with house.app.app_context():
        olga = queries.list_versions(form_id)[0].published_by
        asked = next(q for q in draft(house, keys) if q.key == "company")
        service.save_question(
            form_id,
            question=replace(asked, label=Words("公司全称")),
            seen=service.fingerprint(asked),
            by=olga,
        )
        revision = queries.get_questionnaire(form_id).revision
        service.publish_questionnaire(form_id, revision=revision, by=olga)
    page.locator("#q-company").fill("山城智巡科技")

    expect(page.locator("[data-news]")).to_contain_text("您填写的内容已经保存")
    until(page, lambda: values(house, keys)["company"] == "山城智巡科技")
    page.get_by_role("link", name="载入新版报名表").click()
    expect(page.get_by_label("公司全称")).to_have_value("山城智巡科技")
    page.get_by_label("否", exact=True).check()
    expect(page.locator("#q-company")).to_be_hidden()
    expect(page.locator("#q-revenue")).to_be_hidden()
