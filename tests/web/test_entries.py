"""Pages of entries: the captain's and the organiser's, at the level of what people see."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from eventhub.app import create_app
from eventhub.audit.models import AuditEntry
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState
from eventhub.events.queries import list_party
from eventhub.web import rate_storage
from eventhub.web.security import limiter
from tests.browser import PASSWORD, Browser
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_organiser,
    make_pdf,
    make_person,
    make_university,
    usual_statements,
)
from tests.factories.schools import make_school_officer


def address(entry) -> str:
    return f"/entries/{entry.id}"


def fields(page) -> dict[str, str]:
    """What the workspace's form holds, as the script reads it."""
    found = {}
    for control in page.select("#entry-form input, #entry-form textarea, #entry-form select"):
        name = control.get("name", "")
        if "__n__" in name or name in {"csrf_token", "version"} or not name:
            continue
        if control.name == "textarea":
            found[name] = control.text.removeprefix("\n")
        elif control.name == "select":
            chosen = control.select_one("option[selected]")
            found[name] = chosen["value"] if chosen else ""
        elif control.get("type") == "checkbox":
            if control.has_attr("checked"):
                found[name] = "y"
        elif control.get("type") != "file":
            found[name] = control.get("value", "")
    return found


def reread(entry):
    db.session.expire_all()
    return queries.get_entry(entry.id)


# --- beginning


def test_a_stranger_signs_in_first_and_comes_back_with_the_group_chosen(new_browser, tia):
    competition = make_competition(groups=("ug-creative", "ug-startup"))
    group = competition.groups[1]
    start = f"/c/{competition.event.code}/enter"
    visitor = new_browser()

    page = visitor.get(start)
    assert "团队 3–15 人（含负责人）" in page.text
    assert "法定代表人持股不低于 10%" in page.text

    sent = visitor.get(f"{start}?group={group.id}&go=sign_in", status=302)
    target = sent.response.location
    landed = visitor.submit(target, {"email": tia.email, "password": PASSWORD})
    page = visitor.get(landed.response.location)
    assert page.select_one("input[type=radio][checked]")["value"] == str(group.id)

    made = visitor.submit(page.path, {"group": str(group.id)}, action=page.path.split("?")[0])
    page = visitor.get(made.response.location)
    assert page.select_one("#members-0-name")["value"] == "田佳"


def test_without_a_group_nothing_begins(browser, tia):
    competition = make_competition(groups=("ug-creative", "ug-startup"))
    browser.sign_in(tia)

    page = browser.submit(f"/c/{competition.event.code}/enter", status=422)

    assert "请选择一个组别。" in page.text


def test_before_the_opening_the_page_says_when(browser, tia, time):
    opens = time.now() + timedelta(days=1)
    competition = make_competition(
        entries_open_at=opens, entries_close_at=opens + timedelta(days=1)
    )
    browser.sign_in(tia)
    path = f"/c/{competition.event.code}/enter"

    page = browser.get(path)
    assert "报名还没有开放" in page.text
    assert "北京时间" in page.text
    assert not page.has("main button[type=submit]")

    refused = browser.submit(path, {"group": str(competition.groups[0].id)}, status=409)
    assert "开放，请届时再来" in refused.text


def test_a_draft_competition_is_not_there(browser):
    competition = make_competition(is_open=False)

    browser.get(f"/c/{competition.event.code}/enter", status=404)


# --- writing


def test_a_captain_writes_saves_and_hands_in_without_any_script(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    plan = service.list_slots(entry)[0].requirement
    browser.sign_in(tia)
    school = str(tia.university_id)

    page = browser.get(address(entry))
    assert "还差 2 人" in page.text
    for _row in range(2):
        browser.submit(address(entry), {"op": "member-add"}, form="#entry-form")
    browser.submit(address(entry), {"op": "adviser-add"}, form="#entry-form")
    browser.submit(
        address(entry),
        {
            "name": "🚀 智巡山城",
            "category": "新工科",
            "summary": "用双光谱无人机替山城桥梁做体检。",
            "members-1-name": "吉克·阿呷",
            "members-1-university_id": school,
            "members-1-student_number": "2024210002",
            "members-2-name": "𠮷田晓",
            "members-2-university_id": school,
            "members-2-phone": "138 8300 0002",
            "advisers-0-name": "周文渊",
            **{f"statement-{key}": "y" for key in usual_statements()},
            "is_declared": "y",
            f"document_{plan.id.hex}": (io.BytesIO(make_pdf()), "计划书.pdf"),
            "op": "save",
        },
        form="#entry-form",
    )
    done = browser.submit(address(entry), {"op": "submit"}, form="#entry-form")

    page = browser.get(done.response.location)
    assert "已提交，等待主办方审核" in page.text
    assert "吉克·阿呷" in page.text
    stored = reread(entry)
    assert stored.state is EntryState.SUBMITTED
    assert [m.name for m in stored.members] == ["田佳", "吉克·阿呷", "𠮷田晓"]
    assert stored.documents[0].file.name == "计划书.pdf"


def test_rows_move_and_go_by_their_buttons(browser, tia):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    browser.sign_in(tia)

    def press(order: str) -> list[str]:
        browser.submit(address(entry), {"op": order}, form="#entry-form")
        return [m.name for m in reread(entry).members]

    assert press("member-down-1") == ["田佳", "𠮷田晓", "吉克·阿呷"]
    assert press("member-up-1") == ["田佳", "𠮷田晓", "吉克·阿呷"], "the captain stays first"
    assert press("member-remove-0") == ["田佳", "𠮷田晓", "吉克·阿呷"]
    assert press("member-remove-1") == ["田佳", "吉克·阿呷"]
    assert press("member-up-99") == ["田佳", "吉克·阿呷"]
    browser.submit(address(entry), {"op": "adviser-remove-0"}, form="#entry-form")
    assert reread(entry).advisers == []


def test_handing_in_what_is_incomplete_saves_it_and_says_what_is_missing(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    with transaction():
        entry.competition.personal_fields, entry.competition.needs_consent = ["phone"], True
    browser.sign_in(tia)

    page = browser.submit(
        address(entry), {"name": "半个项目", "op": "submit"}, form="#entry-form", status=422
    )

    told = page.select_one("[data-error-summary]")
    assert "还有未满足的要求" in told.text
    assert len(page.select("[data-error-summary]")) == 1
    links = {link["href"].removeprefix(address(entry)) for link in told.select("a")}
    assert {"#summary", "#consent", "/me"} <= links  # each leads to where it is mended
    assert page.select_one("#name")["value"] == "半个项目"
    assert reread(entry).name == "半个项目"
    again = {name: page.select_one(f"[name={name}]")["value"] for name in ("version", "csrf_token")}
    browser.post(address(entry), {**fields(page), **again, "name": "整个项目", "op": "save"})
    assert reread(entry).name == "整个项目"


def test_handing_in_after_the_closing_keeps_everything_typed(browser, tia, time):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    browser.sign_in(tia)
    page = browser.get(address(entry))
    typed = {
        **fields(page),
        "version": page.select_one("[name=version]")["value"],
        "csrf_token": page.select_one("[name=csrf_token]")["value"],
        "summary": "截止前一秒写完的简介",
        "op": "submit",
    }

    time.set(entry.competition.entries_close_at)
    page = browser.post(address(entry), typed, status=409)

    assert "截止，不能再提交" in page.text
    assert "北京时间（UTC+8）" in page.text
    assert page.select_one("#summary").text.strip() == "截止前一秒写完的简介"
    assert not page.has("button[value=submit]")
    assert reread(entry).state is EntryState.DRAFT


def test_once_it_is_too_late_the_page_offers_nothing_that_cannot_be_done(browser, tia, time):
    entry = make_entry(captain=tia, is_complete=False)
    time.set(entry.competition.entries_close_at)
    browser.sign_in(tia)

    page = browser.get(address(entry))

    assert "没有在截止前提交" in page.select_one("main .notice--warning").text
    assert "请尽快联系主办方（环重庆邮电大学创新创业生态圈）" in page.text
    assert page.select_one(".course__step--problem .course__note").text == "未提交"
    assert page.select("#requirements .checklist__item--missing")
    assert not page.has("#requirements .checklist__action")
    assert page.select_one("#documents").text.count("截止，不能再提交") == 1
    assert "不能参加本次赛事" in browser.get("/entries").text


def test_a_sixteenth_member_is_told_and_nothing_typed_is_lost(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)
    sixteen = {f"members-{n}-name": f"成员{n}" for n in range(1, 16)}

    page = browser.submit(
        address(entry),
        {**sixteen, "name": "人太多", "op": "save"},
        form="#entry-form",
        status=422,
    )

    assert "团队最多 15 人" in page.select_one("#members").text
    assert page.select_one("#members-15-name")["value"] == "成员15"
    assert page.select_one("#name")["value"] == "人太多"
    assert len(reread(entry).members) == 1


def test_a_hundred_thousand_characters_are_refused_beside_their_field(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)
    long = "长" * 100_000

    page = browser.submit(
        address(entry),
        {"summary": long, "name": "名字还在", "op": "save"},
        form="#entry-form",
        status=422,
    )

    assert "1000" in page.select_one("#summary-errors").text
    assert len(page.select_one("#summary").text.strip()) == 100_000
    assert page.select_one("#name")["value"] == "名字还在"
    assert reread(entry).summary == ""


def test_a_file_that_is_no_pdf_is_refused_and_the_text_kept(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    plan = service.list_slots(entry)[0].requirement
    browser.sign_in(tia)

    page = browser.submit(
        address(entry),
        {
            "name": "带附件的项目",
            f"document_{plan.id.hex}": (io.BytesIO(b"PK not a pdf"), "计划书.pdf"),
            "op": "save",
        },
        form="#entry-form",
        status=422,
    )

    assert "的内容不是 PDF" in page.text
    assert page.select_one("#name")["value"] == "带附件的项目"
    assert reread(entry).name == "带附件的项目"


def test_the_second_window_gets_its_text_back_and_overwrites_nothing(new_browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    left, right = new_browser().sign_in(tia), new_browser().sign_in(tia)
    stale = right.get(address(entry))
    left.submit(address(entry), {"name": "左边", "op": "save"}, form="#entry-form")

    page = right.post(
        address(entry),
        {
            **fields(stale),
            "version": stale.select_one("[name=version]")["value"],
            "csrf_token": stale.select_one("[name=csrf_token]")["value"],
            "name": "右边",
            "op": "save",
        },
        status=409,
    )

    assert "另一个窗口已修改" in page.text
    assert page.select_one("#name")["value"] == "右边"
    assert reread(entry).name == "左边"


# --- saving as one types


def test_autosave_answers_with_version_time_and_checklist(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)
    typed = {**fields(browser.get(address(entry))), "name": "智巡山城"}

    answer = browser.post_json(f"{address(entry)}/autosave", {"version": 1, "fields": typed}).json

    assert answer["version"] == 2
    assert answer["saved_at"]
    states = {line["key"]: line["state"] for line in answer["checklist"]}
    assert states["project_name"] == "met"
    assert states["summary"] == "missing"
    assert "填写项目简介" in answer["checklist_html"]
    assert reread(entry).name == "智巡山城"


def test_autosave_tells_of_another_window_and_shows_what_is_stored(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)
    typed = fields(browser.get(address(entry)))
    path = f"{address(entry)}/autosave"
    browser.post_json(path, {"version": 1, "fields": {**typed, "name": "左边"}})

    answer = browser.post_json(
        path, {"version": 1, "fields": {**typed, "name": "右边"}}, status=409
    ).json

    assert answer["error"]["code"] == "edited_elsewhere"
    assert answer["stored"]["version"] == 2
    assert answer["stored"]["fields"]["name"] == "左边"
    assert {**answer["stored"]["fields"], "name": ""} == {
        **typed,
        "members-0-university_id": "",
        "name": "",
    }
    assert reread(entry).name == "左边"


def test_autosave_names_the_field_at_fault(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)
    typed = fields(browser.get(address(entry)))
    path = f"{address(entry)}/autosave"

    long = browser.post_json(
        path, {"version": 1, "fields": {**typed, "members-0-duty": "长" * 61}}, status=422
    ).json
    many = {f"members-{n}-name": "人" for n in range(16)}
    crowd = browser.post_json(path, {"version": 1, "fields": {**typed, **many}}, status=422).json

    assert list(long["errors"]) == ["members-0-duty"]
    assert crowd["error"]["code"] == "too_many_members"
    assert list(crowd["errors"]) == ["members"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"version": 1},
        {"version": 1, "fields": {"name": 7}},
        {"version": 1, "fields": {"name": ["a"]}},
        {"version": 1, "fields": "name=x"},
    ],
)
def test_autosave_refuses_what_is_no_form(browser, tia, body):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)

    answer = browser.post_json(f"{address(entry)}/autosave", body, status=422)

    assert answer.json["error"]["code"] == "invalid"


@pytest.mark.parametrize("version", ["", "x", -1, 10**12, None, 1.5])
def test_a_nonsense_version_is_a_conflict(browser, tia, version):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)
    typed = {**fields(browser.get(address(entry))), "name": "新"}

    answer = browser.post_json(
        f"{address(entry)}/autosave", {"version": version, "fields": typed}, status=409
    )

    assert answer.json["error"]["code"] == "edited_elsewhere"


def test_a_script_uploads_a_file_and_gets_the_new_list(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    plan = service.list_slots(entry)[0].requirement
    browser.sign_in(tia)
    path = f"{address(entry)}/documents/{plan.id}"

    def send(content: bytes, status: int):
        token = browser.csrf_token("/profile")
        page = browser._open(
            path,
            method="POST",
            data={"file": (io.BytesIO(content), "计划书.pdf")},
            headers={"X-CSRFToken": token, "Accept": "application/json"},
        )
        assert page.status == status
        return page.json

    assert send(b"MZ", 422)["error"]["code"] == "wrong_format"
    answer = send(make_pdf(), 200)
    assert "计划书.pdf" in answer["versions_html"]
    states = {line["key"]: line["state"] for line in answer["checklist"]}
    assert states[f"document:{plan.id}"] == "met"
    link = browser.get(address(entry)).select_one(".versions a[download]")["href"]
    download = browser.get(link)
    assert download.response.data.startswith(b"%PDF-")
    assert "attachment" in download.response.headers["Content-Disposition"]
    download.response.close()


@pytest.fixture
def counted(app):
    """A visitor of a house that counts requests; the limiter is one for all applications."""
    kept = dict(vars(limiter))
    settings = {key: app.config[key] for key in ("SQLALCHEMY_DATABASE_URI", "FILES_DIR")}
    counting = create_app({**settings, "RATELIMIT_ENABLED": True})
    yield Browser(counting)
    with counting.app_context():
        db.engine.dispose()
    vars(limiter).clear()
    vars(limiter).update(kept)
    rate_storage.bind(app)


def test_uploads_are_counted(counted, tia):
    entry = make_entry(captain=tia, is_complete=False)
    plan = service.list_slots(entry)[0].requirement
    counted.sign_in(tia)
    token = counted.csrf_token("/profile")

    statuses = [
        counted._open(
            f"{address(entry)}/documents/{plan.id}",
            method="POST",
            data={},
            headers={"X-CSRFToken": token, "Accept": "application/json"},
        ).status
        for _try in range(21)
    ]

    assert statuses[:20] == [422] * 20
    assert statuses[20] == 429


def test_links_into_a_team_are_counted(counted, tia):
    entry = make_entry(captain=tia, is_complete=False)
    counted.sign_in(tia)
    token = counted.csrf_token("/profile")

    made = [
        counted.post(f"/entries/{entry.id}/team/link", {"csrf_token": token}, status=None).status
        for _try in range(11)
    ]
    tried = [counted.get(f"/join/{n}", status=None).status for n in range(61)]

    assert made == [303] * 10 + [429]
    assert tried == [404] * 60 + [429]


# --- who sees it


def test_somebody_else_s_entry_is_not_there(new_browser, tia, nell, sam):
    entry = make_entry(captain=tia)
    document = entry.documents[0]
    elsewhere = make_organiser(circle=make_circle("cqu", university="重庆大学"))

    for person in (nell, sam, elsewhere):
        visitor = new_browser().sign_in(person)
        for path in (
            address(entry),
            f"{address(entry)}/withdraw",
            f"{address(entry)}/documents/{document.id}",
            f"/manage/entries/{entry.id}",
            f"/manage/competitions/{entry.competition_id}/entries",
            f"/manage/competitions/{entry.competition_id}/entries.xlsx",
        ):
            visitor.get(path, status=404)
        visitor.post_json(f"{address(entry)}/autosave", {"version": 1, "fields": {}}, status=404)


def test_a_document_of_another_entry_is_not_reached_through_one_s_own(browser, tia):
    competition = make_competition()
    mine = make_entry(competition, captain=tia)
    other = make_entry(competition, captain=make_person("冉小满", university=make_university()))
    browser.sign_in(tia)

    browser.get(f"{address(mine)}/documents/{other.documents[0].id}", status=404)


def test_a_captain_does_not_decide(browser, tia):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)
    browser.sign_in(tia)
    token = browser.csrf_token("/entries")

    browser.post(f"/manage/entries/{entry.id}/approve", {"csrf_token": token}, status=404)

    assert reread(entry).state is EntryState.SUBMITTED


def test_the_bureau_reads_what_was_handed_in_masked_and_each_time_is_noted(browser, tia, mei):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)
    member = entry.members[1]
    browser.sign_in(mei)

    page = browser.get(address(entry))
    browser.get(address(entry))

    assert "智巡山城" in page.text
    assert "吉*·*呷" in page.text
    for hidden in (tia.name, member.name, member.student_number, member.phone, "周文渊"):
        assert hidden not in page.text, hidden
    assert not page.has("#entry-form")
    for part in ("form", "company", f"documents/{entry.documents[0].id}"):
        browser.get(f"{address(entry)}/{part}", status=404)
    browser.get(f"/manage/entries/{entry.id}", status=404)
    query = select(func.count()).where(AuditEntry.action == "entry.read_masked")
    assert db.session.scalar(query) == 2


def test_the_bureau_and_the_school_open_no_draft(browser, new_browser, tia, mei):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    officer = make_school_officer()

    for reader in (mei, officer):
        visitor = new_browser()
        visitor.sign_in(reader)
        for part in ("", "/form", "/company", f"/documents/{entry.documents[0].id}"):
            visitor.get(address(entry) + part, status=404)
    browser.sign_in(officer)
    page = browser.get(f"/school/{entry.university_id}/{entry.competition_id}")
    assert "智巡山城" in page.text
    assert not page.has(f'a[href="{address(entry)}"]')
    service.submit_entry(entry.id, by=tia)
    assert "吉克·阿呷" in browser.get(address(entry)).text


# --- deciding


def test_an_organiser_approves_straight_from_the_list(browser, tia, olga):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)
    index = f"/manage/competitions/{entry.competition_id}/entries?state=submitted"
    browser.sign_in(olga)

    done = browser.submit(index, action=f"/manage/entries/{entry.id}/approve")

    assert done.response.location.endswith(index)
    assert "已通过审核" in browser.get(index).text
    assert reread(entry).state is EntryState.APPROVED


def test_the_captain_sees_the_team_s_tickets(browser, tia):
    entry = make_entry(captain=tia)
    browser.sign_in(tia)

    page = browser.get(address(entry))

    codes = {place.ticket.code for place in list_party(entry.competition.event_id, entry.id)}
    assert {a["href"].rsplit("/", 1)[-1] for a in page.select('a[href^="/t/"]')} == codes
    assert len(codes) == 3


def test_an_organiser_returns_with_a_reason(new_browser, tia, olga):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)
    organiser = new_browser().sign_in(olga)
    path = f"/manage/entries/{entry.id}"

    empty = organiser.submit(path, {"reason": "  "}, action=f"{path}/return", status=422)
    assert "请写明退回原因" in empty.text
    organiser.submit(path, {"reason": "请补充财务预测。"}, action=f"{path}/return")

    assert "请补充财务预测。" in organiser.get(path).text
    page = new_browser().sign_in(tia).get(address(entry))
    assert "请补充财务预测。" in page.text
    assert page.has("#entry-form")


def test_a_reason_stays_when_it_comes_too_late(new_browser, tia, olga):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)
    organiser = new_browser().sign_in(olga)
    path = f"/manage/entries/{entry.id}"
    token = organiser.get(path).select_one("[name=csrf_token]")["value"]
    service.withdraw_entry(entry.id, by=tia)

    page = organiser.post(
        f"{path}/return", {"csrf_token": token, "reason": "写了很久的意见"}, status=409
    )

    assert "状态已经改变" in page.text
    assert page.select_one("#reason").text.strip() == "写了很久的意见"


def test_withdrawing_asks_first(browser, tia):
    entry = make_entry(captain=tia)
    browser.sign_in(tia)

    assert "退赛后不能恢复" in browser.get(f"{address(entry)}/withdraw").text
    assert reread(entry).state is EntryState.APPROVED
    browser.submit(f"{address(entry)}/withdraw")

    assert reread(entry).state is EntryState.WITHDRAWN
    assert "已退赛" in browser.get("/entries").text


def test_the_workbook_keeps_long_numbers_and_disarms_formulas(browser, olga):
    competition = make_competition(by=olga)
    entry = make_entry(competition, by=olga, name="=1+1")
    browser.sign_in(olga)

    answer = browser.get(f"/manage/competitions/{competition.id}/entries.xlsx").response

    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    entries, members, advisers, _companies = (list(sheet.values) for sheet in book)
    assert entries[1][:2] == (entry.code, "'=1+1")
    assert [row[5] for row in members[1:]] == [m.student_number for m in entry.members]
    assert "邮箱" not in members[0]
    assert advisers[1][3] == "周文渊"


# --- lists and desks


@pytest.mark.parametrize("path", ["index", "mine"])
def test_lists_ask_as_often_for_three_as_for_one(browser, tia, olga, count_statements, path):
    competition = make_competition(by=olga)
    reader, address_ = (
        (olga, f"/manage/competitions/{competition.id}/entries")
        if path == "index"
        else (tia, "/entries")
    )
    browser.sign_in(reader)

    def add() -> None:
        if path == "index":
            captain = make_person("冉小满", university=make_university())
            make_entry(competition, captain=captain, state=EntryState.SUBMITTED)
        else:
            make_entry(make_competition(by=olga), captain=tia, by=olga)

    add()
    with count_statements() as one:
        browser.get(address_)
    add()
    add()
    with count_statements() as three:
        browser.get(address_)

    assert len(one) == len(three)


def test_the_list_is_narrowed_and_counted(browser, olga):
    competition = make_competition(by=olga)
    make_entry(competition, by=olga, name="智巡山城")
    make_entry(competition, by=olga, name="嘉陵净界", state=EntryState.SUBMITTED)
    browser.sign_in(olga)
    path = f"/manage/competitions/{competition.id}/entries"

    page = browser.get(f"{path}?state=submitted")
    assert "嘉陵净界" in page.text
    assert "智巡山城" not in page.text
    assert browser.get(f"{path}?q=智巡").has("table")
    assert "没有符合条件的项目" in browser.get(f"{path}?q=没有的").text
    nonsense = browser.get(f"{path}?state=x&group=1&university=y&page=z&_scheme=a")
    assert "智巡山城" in nonsense.text


def test_desks_tell_what_waits(new_browser, tia, olga):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)

    assert "1 个待审核" in new_browser().sign_in(olga).get("/desk").text
    mine = new_browser().sign_in(tia).get("/desk").text
    assert entry.name in mine
    assert "等待主办方审核" in mine


def test_every_page_speaks_english_too(browser, tia):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    browser.sign_in(tia).speak("en")

    assert browser.get(address(entry)).select_one("html")["lang"] == "en"
