"""The team's page of its group's form: without scripts, and as the script saves it."""

import io
from dataclasses import replace

import pytest
from werkzeug.datastructures import MultiDict

from eventhub.db import db
from eventhub.domain.questionnaire.questions import Words, questions_of
from eventhub.entries import queries
from eventhub.entries import service as entries
from eventhub.entries.enums import EntryState
from eventhub.entries.service import answers
from eventhub.questionnaires import queries as forms
from eventhub.questionnaires import service
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_form,
    make_pdf,
    make_question,
)


@pytest.fixture
def competition(olga):
    return make_competition(by=olga, circle=make_circle())


@pytest.fixture
def form(competition, olga):
    return make_form(competition, by=olga)


@pytest.fixture
def entry(competition, form, tia):
    return make_entry(competition, captain=tia, state=EntryState.DRAFT)


@pytest.fixture
def path(entry):
    return f"/entries/{entry.id}/form"


def stored(entry):
    db.session.expire_all()
    return answers.form_of(queries.get_entry(entry.id)).values


def publish(form, olga, **facts):
    """The organiser renames a question and publishes."""
    draft = questions_of(forms.get_questionnaire(form.id).draft)
    asked = next(one for one in draft if one.key == "company")
    service.save_question(
        form.id, question=replace(asked, **facts), seen=service.fingerprint(asked), by=olga
    )
    revision = forms.get_questionnaire(form.id).revision
    return service.publish_questionnaire(form.id, revision=revision, by=olga)


def fields_of(page):
    return {
        tag["name"]: tag.get("value", "") for tag in page.select("#answers-form input[type=hidden]")
    }


def autosave(browser, path, fields, *, version=None, page=None, status=200):
    page = page or browser.get(path)
    known = fields_of(page)
    body = {
        "version": known["version"] if version is None else version,
        "fields": {"form_version": known["form_version"], **fields},
    }
    return browser.post_json(f"{path}/autosave", body, status=status)


def test_a_team_fills_its_form_in(browser, tia, entry, path):
    browser.sign_in(tia)
    page = browser.get(f"/entries/{entry.id}")
    assert page.select_one(f'a[href="{path}"]')
    browser.submit(path, {"q-registered": "yes", "q-company": "山城智巡", "q-people-0-name": "甲"})

    assert stored(entry) == {
        "registered": "yes",
        "company": "山城智巡",
        "people": [{"name": "甲"}],
    }
    page = browser.get(path)
    assert page.select_one("#q-company")["value"] == "山城智巡"
    assert "报名表已保存" in page.text
    assert "必填的都已填好" in page.text


def test_the_page_shows_only_what_the_answers_call_for(browser, tia, path):
    browser.sign_in(tia)
    assert browser.get(path).select_one("[data-question=company]").has_attr("hidden")

    browser.submit(path, {"q-registered": "yes"})
    page = browser.get(path)

    assert not page.select_one("[data-question=company]").has_attr("hidden")
    assert page.select_one("[data-checklist] a")["href"] == "#q-company"


def test_the_form_speaks_english(browser, tia, path):
    page = browser.sign_in(tia).speak("en").get(path)

    assert "Is a company registered" in page.text


def test_what_is_wrong_is_saved_and_marked(browser, tia, entry, path):
    page = browser.sign_in(tia).submit(
        path,
        {"q-registered": "yes", "q-company": "公司", "q-revenue": "=1+1"},
        status=422,
    )

    assert "已保存" in page.text
    assert "不要带单位和公式" in page.select_one("[data-question=revenue]").text
    assert page.select_one("#q-revenue")["value"] == "=1+1"
    assert stored(entry)["revenue"] == "=1+1"


@pytest.mark.parametrize(
    "typed",
    [
        {"q-nobody": "x"},
        {"q-company": "x" * 30_000},
        {"q-people-0-salary": "1"},
        {"q-people-x": "1"},
    ],
)
def test_what_the_form_has_no_place_for_loses_nothing_else(browser, tia, entry, path, typed):
    page = browser.sign_in(tia).submit(
        path, {"q-registered": "yes", "q-revenue": "12", **typed}, status=422
    )

    assert "无法识别或太长" in page.text
    assert page.select_one("#q-revenue")["value"] == "12"
    assert stored(entry) == {}


def test_rows_come_and_go_without_a_script(browser, tia, entry, path):
    browser.sign_in(tia)
    page = browser.submit(path, {"q-people-0-name": "甲", "op": "add-people"})
    assert stored(entry) == {"people": [{"name": "甲"}]}
    page = browser.get(page.response.location)
    assert page.select_one("#q-people-1-name")["value"] == ""

    browser.submit(
        page.path.split("#", maxsplit=1)[0],
        {"q-people-1-name": "乙", "op": "remove-people-0"},
    )
    assert stored(entry) == {"people": [{"name": "乙"}]}


# --- files


def send(browser, path, name, content, **fields):
    page = browser.get(path)
    values = MultiDict({**fields_of(page), "op": "send", **fields})
    values.add("q-licence", (io.BytesIO(content), name))
    return browser.post(path, values, status=None)


def test_a_file_goes_along_and_can_be_taken_back(browser, tia, entry, path, olga, nell):
    browser.sign_in(tia)
    assert send(browser, path, "执照.pdf", make_pdf(), **{"q-company": "甲"}).status == 303

    (file,) = stored(entry)["licence"]
    page = browser.get(path)
    link = page.select_one("[data-fill-files=licence] a")["href"]
    got = browser.get(link)
    assert got.response.mimetype == "application/pdf"
    assert "attachment" in got.response.headers["Content-Disposition"]
    assert got.response.get_data() == make_pdf()
    got.response.close()
    browser.submit(path, {"op": f"drop-licence-{file['id']}"})
    assert "licence" not in stored(entry)
    browser.get(link, status=404)


def test_a_file_that_is_something_else_is_refused_and_the_words_are_kept(browser, tia, entry, path):
    browser.sign_in(tia)
    page = send(browser, path, "a.pdf", b"MZ" * 900, **{"q-registered": "no"})

    assert page.status == 422
    assert "PDF" in page.select_one("[data-question=licence]").text
    assert stored(entry) == {"registered": "no"}


def test_a_strangers_eyes_do_not_reach_the_files(browser, new_browser, tia, entry, path, nell):
    browser.sign_in(tia)
    send(browser, path, "执照.pdf", make_pdf())
    link = browser.get(path).select_one("[data-fill-files=licence] a")["href"]

    new_browser().sign_in(nell).get(link, status=404)
    new_browser().sign_in(nell).get(path, status=404)


# --- as the script saves


def test_a_script_saves_and_hears_what_is_missing(browser, tia, entry, path):
    browser.sign_in(tia)

    told = autosave(browser, path, {"q-registered": "yes", "q-revenue": "x"}).json

    assert told["version"] == 1
    assert "企业名称" in told["checklist_html"]
    assert stored(entry) == {"registered": "yes", "revenue": "x"}


def test_a_script_hears_what_is_wrong_beside_its_control(browser, tia, path):
    browser.sign_in(tia)
    typed = {"q-registered": "yes", "q-company": "甲", "q-revenue": "1.234"}

    told = autosave(browser, path, typed).json

    assert told["errors"] == {"q-revenue": ["最多保留 2 位小数。"]}


def test_a_second_window_overwrites_nothing(browser, tia, entry, path):
    opened = browser.sign_in(tia).get(path)
    autosave(browser, path, {"q-company": "先"}, page=opened)

    told = autosave(browser, path, {"q-company": "后"}, page=opened, status=409).json

    assert told["error"]["code"] == "edited_elsewhere"
    assert told["stored"]["version"] == 1
    assert told["stored"]["fields"]["q-company"] == "先"
    page = browser.post(path, {**fields_of(opened), "q-company": "后", "op": "save"}, status=409)
    assert page.select_one("#q-company")["value"] == "后"
    assert "没有覆盖对方的修改" in page.text
    assert stored(entry)["company"] == "先"


@pytest.mark.parametrize(
    "body", [None, [], {"fields": []}, {"fields": {"q-company": 1}}, {"fields": {"q-company": {}}}]
)
def test_bodies_that_are_none_of_ours(browser, tia, entry, path, body):
    browser.sign_in(tia).post_json(f"{path}/autosave", body, status=422)

    assert stored(entry) == {}


def test_a_script_hears_which_control_could_not_be_kept(browser, tia, entry, path):
    told = autosave(browser.sign_in(tia), path, {"q-nobody": "x"}, status=422).json

    assert list(told["errors"]) == ["q-nobody"]


# --- the organiser publishes while the team fills in


def test_a_team_is_told_when_the_form_changed_and_loses_nothing(
    browser, tia, olga, entry, form, path
):
    browser.sign_in(tia)
    browser.submit(path, {"q-registered": "yes", "q-company": "山城智巡"})
    publish(form, olga, label=Words("公司全称", "Full name"))

    page = browser.get(path)

    assert "主办方更新了报名表（第 1 版改为第 2 版）" in page.text
    assert "公司全称" in page.text
    assert page.select_one("#q-company")["value"] == "山城智巡"
    browser.submit(path)
    assert "主办方更新了报名表" not in browser.get(path).text


def test_a_save_from_an_open_page_is_carried_to_the_new_version(
    browser, new_browser, tia, olga, entry, form, path
):
    """Two sessions: the team types, the organiser publishes through the page."""
    opened = browser.sign_in(tia).get(path)
    autosave(browser, path, {"q-registered": "yes", "q-company": "旧名"}, page=opened)
    organiser = new_browser().sign_in(olga)
    organiser.submit(
        f"/manage/forms/{form.id}/questions/company", {"label_zh": "公司全称"}, form="#editor"
    )
    organiser.submit(f"/manage/forms/{form.id}/publish")

    told = autosave(
        browser, path, {"q-registered": "yes", "q-company": "新名"}, version=1, page=opened
    ).json

    assert "您填写的内容已经保存，并转到了新版" in told["news_html"]
    assert "公司全称" in told["news_html"]
    assert stored(entry)["company"] == "新名"
    assert browser.get(path).select_one("#q-company")["value"] == "新名"
    again = autosave(
        browser, path, {"q-registered": "yes", "q-company": "再改"}, version=2, page=opened
    )
    assert again.json["version"] == 3
    assert stored(entry)["company"] == "再改"


def test_a_page_sent_by_hand_from_the_old_version_says_so(browser, tia, olga, entry, form, path):
    opened = browser.sign_in(tia).get(path)
    service.remove_question(form.id, key="revenue", by=olga)
    publish(form, olga, label=Words("公司全称"))

    page = browser.post(
        path,
        {
            **fields_of(opened),
            "q-registered": "yes",
            "q-company": "甲",
            "q-revenue": "12",
            "op": "save",
        },
        status=200,
    )

    assert "主办方更新了报名表" in page.text
    assert "12 万元" in page.text
    assert stored(entry) == {"registered": "yes", "company": "甲"}


def test_a_form_that_was_replaced_keeps_what_was_typed_on_the_page(
    browser, tia, olga, entry, competition, form, path
):
    opened = browser.sign_in(tia).get(path)
    make_form(competition, by=olga, questions=[make_question("other")])

    page = browser.post(path, {**fields_of(opened), "q-company": "别丢", "op": "save"}, status=409)

    assert "已经更换" in page.text
    assert page.select_one("#q-company")["value"] == "别丢"


# --- who sees what, when


def test_others_read_it_and_cannot_write(browser, new_browser, tia, olga, entry, path):
    browser.sign_in(tia).submit(path, {"q-registered": "yes", "q-company": "山城智巡"})
    reader = new_browser().sign_in(olga)

    page = reader.get(path)

    assert "山城智巡" in page.text
    assert not page.has("#answers-form")
    token = {"csrf_token": reader.csrf_token("/profile")}
    reader.post(path, {**fields_of(browser.get(path)), **token, "q-company": "x"}, status=404)


def test_a_submitted_form_is_read_only(browser, tia, entry, path):
    browser.sign_in(tia).submit(path, {"q-registered": "no"})
    opened = browser.get(path)
    entries.submit_entry(entry.id, by=tia)

    assert "否" in browser.get(path).text
    assert not browser.get(path).has("#answers-form")
    browser.post(path, {**fields_of(opened), "q-registered": "yes", "op": "save"}, status=409)
    told = autosave(browser, path, {"q-registered": "yes"}, page=opened, status=409).json
    assert told["error"]["code"] == "entry_locked"


def test_a_form_not_published_yet_says_so(browser, competition, tia, olga):
    make_form(competition, by=olga, is_published=False)
    entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)

    page = browser.sign_in(tia).get(f"/entries/{entry.id}/form")

    assert "还没有发布" in page.text


def test_the_workspace_says_what_the_form_lacks(browser, tia, entry, path):
    page = browser.sign_in(tia).get(f"/entries/{entry.id}")

    assert "填好报名表" in page.text
    assert any(a["href"] == f"{path}#q-registered" for a in page.select("a"))


def test_the_page_asks_the_same_of_the_database_for_any_number_of_answers(
    browser, tia, entry, path, count_statements
):
    browser.sign_in(tia)
    counts = []
    for names in (["甲"], ["甲", "乙", "丙"]):
        browser.submit(path, {f"q-people-{at}-name": name for at, name in enumerate(names)})
        browser.get(path)
        with count_statements() as seen:
            browser.get(path)
        counts.append(len(seen))

    assert counts[0] == counts[1]
