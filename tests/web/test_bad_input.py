"""Whatever is sent: an answer in words, with a code and a status, and nothing typed is lost."""

from __future__ import annotations

import io
import json
import threading
import uuid
from contextlib import suppress
from urllib.parse import quote

import pytest
from flask import request
from sqlalchemy import select

from eventhub.accounts import service as accounts
from eventhub.accounts.models import Person
from eventhub.checkin.models import Checkpoint, Scan
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.events.enums import RegistrationState
from eventhub.events.models import Registration
from tests.browser import PASSWORD, Browser, Page, _find_form, _form_values
from tests.factories import make_competition, make_entry, make_event, make_pdf
from tests.factories.checkin import make_checkpoint
from tests.factories.judging import make_judge, make_panel
from tests.factories.roadshows import make_approved

LONG = "长" * 100_000


def address(entry) -> str:
    return f"/entries/{entry.id}"


def reread(entry) -> Entry:
    db.session.expire_all()
    return queries.get_entry(entry.id)


def form_of(page: Page, selector: str):
    """What a form on a page would send."""
    return _form_values(_find_form(page, selector, None))


def held(page: Page) -> dict[str, list[str]]:
    """What the page brings back in hidden fields, but for its own token."""
    fields = form_of(page, "main form")
    fields.poplist("csrf_token")
    return {name: fields.getlist(name) for name in fields}


def send(browser: Browser, path: str, body: bytes, **headers: str) -> Page:
    """A form's body exactly as given."""
    return browser._open(
        path,
        method="POST",
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": "same-origin", **headers},
    )


# --- stale forms


@pytest.fixture
def full_team(tia):
    """A draft whose form is as long as they get."""
    entry = make_entry(captain=tia, is_complete=False)
    draft = service.draft_of(entry)
    blank = service.MemberDraft(name="队员")
    crowd = (*draft.members, *[blank] * 14)
    changed = service.EntryDraft(name="大团队", university_id=tia.university_id, members=crowd)
    return service.save_entry(entry.id, version=entry.version, draft=changed, by=tia)


def test_a_stale_form_is_brought_back_whole_and_sent_once_more(browser, tia, full_team):
    browser.sign_in(tia)
    typed = form_of(browser.get(address(full_team)), "#entry-form")
    typed["summary"] = '第一行\n第二行 "𠮷" <b>·</b> 😀'
    typed["op"] = "save"
    browser.sign_in(tia)  # a new session: the token on the open page is of the earlier one

    page = browser.post(address(full_team), typed, status=400)

    assert "您填写的内容都还在" in page.text
    assert "stale_form" in page.select_one(".code-small").text
    typed.poplist("csrf_token")
    assert held(page) == {name: typed.getlist(name) for name in typed}
    form = _find_form(page, "main form", None)
    browser.post(form["action"], form_of(page, "main form"), status=303)
    assert reread(full_team).summary == typed["summary"]
    assert len(reread(full_team).members) == 15


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
def test_a_forged_form_is_refused_without_an_echo(browser, tia, site):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)

    page = browser._open(
        address(entry),
        method="POST",
        data={"csrf_token": "forged", "name": "别人塞进来的名字", "op": "save"},
        headers={"Sec-Fetch-Site": site} if site else {},
    )

    assert page.status == 400
    assert "stale_form" in page.select_one(".code-small").text
    assert "别人塞进来的名字" not in str(page.html)
    assert reread(entry).name == ""


def test_whoever_was_signed_out_signs_in_and_goes_on(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)
    typed = form_of(browser.get(address(entry)), "#entry-form")
    typed["name"], typed["op"] = "退出前写的名字", "save"
    browser.client.delete_cookie("eventhub")
    typed["csrf_token"] = browser.csrf_token("/sign-up")

    page = browser.post(address(entry), typed, status=401)

    assert "请先在新窗口登录" in page.text
    assert "not_signed_in" in page.select_one(".code-small").text
    assert page.select_one('main a[target="_blank"]')["href"] == "/sign-in"
    assert held(page)["name"] == ["退出前写的名字"]
    again = form_of(page, "main form")
    browser.sign_in(tia)
    once_more = browser.post(address(entry), again, status=400)
    browser.post(address(entry), form_of(once_more, "main form"), status=303)
    assert reread(entry).name == "退出前写的名字"


def test_signed_out_and_with_nothing_to_bring_back_one_is_asked_to_sign_in(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    token = browser.csrf_token("/sign-up")

    page = browser.post(f"{address(entry)}/withdraw", {"csrf_token": token}, status=401)

    assert "请先登录。" in page.text
    assert page.has('main a[href^="/sign-in"]')


# --- addresses


ADDRESSES = [
    "page=abc",
    "page=-1",
    "page=99999999999999999999",
    "page=1&page=2",
    "kind=xxx",
    "month=2026-99",
    "month=x",
    "circle='",
    "state=xxx",
    "area=xxx",
    "subject=xxx",
    "search=%25_%5C",
    "q=" + "x" * 3000,
    "search=%ED%A0%80%FF",
    "_scheme=x",
    "_anchor=x",
    "_method=x",
    "_external=1",
    "endpoint=x",
    "code=x",
]


@pytest.mark.parametrize("path", ["/events", "/manage/events", "/manage/log"])
def test_nonsense_in_an_address_breaks_no_list(browser, olga, path):
    for number in range(26):
        make_event(f"第{number}场", by=olga)
    browser.sign_in(olga)
    assert browser.get(path).has(".pager")

    for query in ADDRESSES:
        browser.get(f"{path}?{query}")


def test_further_pages_keep_the_rest_of_the_address(browser, olga):
    for number in range(26):
        make_event(f"第{number}场·𠮷", by=olga)

    page = browser.get("/events?search=𠮷&_scheme=javascript&page=1")
    onward = page.select_one("a[rel=next]")["href"]

    assert onward == f"/events?search={quote('𠮷')}&_scheme=javascript&page=2"
    assert len(browser.get(onward).select(".pager")) == 1
    assert "第 2 / 2 页" in browser.get(onward).text


@pytest.mark.parametrize(
    "path", ["/circles/%00", "/e/a%00b", "/events?search=%00", "/events?%00=1"]
)
def test_a_nul_in_an_address_is_refused_in_words(browser, path):
    page = browser.get(path, status=400)

    assert "请求有误" in page.text
    assert "bad_request" in page.select_one(".code-small").text


def test_a_program_gets_the_same_refusal_as_json(browser):
    page = browser.get("/api/v1/competitions/%00/timetable", status=400)

    assert page.json["error"]["code"] == "bad_request"
    assert page.json["error"]["message"]


@pytest.mark.parametrize("target", ["//[", "//evil.test", "https://evil.test", "\\\\evil", "/\n/x"])
def test_a_bad_next_page_leads_to_the_desk(browser, nell, target):
    form = form_of(browser.get("/sign-in"), 'main form[method="post"]')
    form["email"], form["password"] = nell.email, PASSWORD

    page = browser.post(f"/sign-in?next={quote(target)}", form)

    assert page.response.location == "/desk"


# --- JSON


BODIES = [
    b"",
    b"[]",
    b"null",
    b"1",
    b"NaN",
    b"true",
    b'"x"',
    b'{"a":',
    b"\xff\xfe",
    b'{"id": "\xff"}',
    b"[" * 100_000,
    b'{"version": ' + b"9" * 5000 + b"}",
    json.dumps("x" * 100_000).encode(),
    json.dumps({"fields": ["name"]}).encode(),
    json.dumps({"fields": {"name": None}, "id": [], "code": {}}).encode(),
]


def post_raw(browser: Browser, path: str, body: bytes, token: str) -> Page:
    return browser._open(
        path,
        method="POST",
        data=body,
        content_type="application/json",
        headers={"X-CSRFToken": token, "Sec-Fetch-Site": "same-origin"},
    )


def test_what_is_no_json_of_ours_is_refused_by_the_workspace(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)
    token = browser.csrf_token("/profile")

    for body in BODIES:
        page = post_raw(browser, f"{address(entry)}/autosave", body, token)
        assert page.status == 422, body[:40]
        assert page.json["error"]["code"] == "invalid"
        assert page.json["error"]["message"]
    assert reread(entry).version == entry.version


def test_what_is_no_json_of_ours_is_refused_by_the_door(browser, olga, sam):
    door = make_checkpoint(by=olga)
    browser.sign_in(sam)
    token = browser.csrf_token(f"/door/{door.id}")
    odd = [
        {"id": str(uuid.uuid4()), "code": "x", "waited_ms": waited}
        for waited in (float("nan"), float("inf"), 10**400, None, [])
    ]

    for body in [*BODIES, *(json.dumps(each).encode() for each in odd)]:
        page = post_raw(browser, f"/door/{door.id}/scans", body, token)
        assert page.status == 422, body[:40]
        assert page.json["error"]["code"] == "bad_scan"
    assert db.session.scalar(select(Scan)) is None


@pytest.mark.parametrize("code", ["a\0b", "\ud800", "😀", "٣" * 10, "\u202e"])
def test_a_code_of_strange_characters_is_an_unknown_ticket(browser, olga, sam, code):
    door = make_checkpoint(by=olga)
    browser.sign_in(sam)

    body = json.dumps({"id": str(uuid.uuid4()), "code": code}).encode()

    page = post_raw(browser, f"/door/{door.id}/scans", body, browser.csrf_token(f"/door/{door.id}"))

    assert page.status in {200, 404, 422}, page.response.text
    assert page.json


@pytest.mark.parametrize("name", ["members-²-name", "members-٣-name", f"members-{'9' * 5000}-name"])
def test_a_row_with_a_strange_number_is_none(browser, tia, name):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)
    typed = {**form_of(browser.get(address(entry)), "#entry-form"), "name": "新", name: "多余"}

    page = browser.post_json(
        f"{address(entry)}/autosave", {"version": entry.version, "fields": typed}
    )

    assert page.json["version"] == 2
    assert [member.name for member in reread(entry).members] == ["田佳"]


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'{"name": "x"}', b"[" * 100_000])
def test_a_form_takes_no_json(browser, tia, body):
    browser.sign_in(tia)
    token = browser.csrf_token("/profile")

    page = post_raw(browser, "/profile", body, token)

    assert page.status == 415
    assert page.json["error"]["code"] == "unsupported_media"
    db.session.expire_all()
    assert db.session.get(Person, tia.id).name == "田佳"


# --- text


def test_emoji_rare_characters_and_dots_stay_in_a_name(browser, app):
    name = "𠮷野·阿卜杜拉😀"

    browser.submit(
        "/sign-up",
        {"name": name, "email": "rare@example.org", "password": "long enough 1", "consent": "y"},
    )

    assert db.session.scalar(select(Person)).name == name
    assert name in browser.get("/desk").text


@pytest.mark.parametrize("sent", ["%E9%98%BF%00%E5%8D%9C", "%01%E9%98%BF%08%E5%8D%9C%00"])
def test_control_characters_fall_out_of_a_name(browser, nell, sent):
    browser.sign_in(nell)
    token = browser.csrf_token("/profile")

    page = send(browser, "/profile", f"csrf_token={token}&name={sent}&locale=zh".encode())

    assert page.status == 303
    db.session.expire_all()
    assert db.session.get(Person, nell.id).name == "阿卜"


def test_half_a_surrogate_and_broken_utf8_are_no_failure(browser, nell):
    browser.sign_in(nell)
    token = browser.csrf_token("/profile")

    page = send(browser, "/profile", f"csrf_token={token}&name=ab%ED%A0%80%FF&locale=zh".encode())

    assert page.status == 303
    assert "ab" in browser.get("/profile").select_one("#name")["value"]


@pytest.mark.parametrize("letter", ["\\ud800", "\\udfff", "\\u0000"])
def test_a_surrogate_from_a_script_falls_out_of_the_text(browser, tia, letter):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)
    typed = {**form_of(browser.get(address(entry)), "#entry-form"), "name": "智巡?山城"}
    body = json.dumps({"version": entry.version, "fields": typed}).replace("?", letter).encode()

    page = post_raw(browser, f"{address(entry)}/autosave", body, browser.csrf_token("/profile"))

    assert page.status == 200, page.response.text
    assert reread(entry).name == "智巡山城"


@pytest.mark.parametrize(
    "email",
    [
        "a" * 300 + "@example.org",
        "a@" + "b" * 300 + ".org",
        "x" * 100_000,
        '"a b"@',
        "a@b@c",
        "😀@",
    ],
)
def test_a_wild_mail_address_is_told_beside_its_field_and_kept(browser, app, email):
    given = {"name": "陈一鸣", "email": email, "password": "long enough 1", "consent": "y"}

    page = browser.submit("/sign-up", given, status=422)

    assert page.select_one("#email-errors").text.strip()
    assert page.select_one("#email")["value"] == email
    assert page.select_one("#name")["value"] == "陈一鸣"
    assert db.session.scalar(select(Person)) is None


def test_a_hundred_thousand_characters_come_back_on_every_public_form(browser, olga):
    event = make_event(by=olga)
    given = {"name": LONG, "email": "neu@example.org", "organisation": "某公司", "consent": "y"}

    page = browser.submit(f"/e/{event.code}/register", given, status=422)

    assert page.select_one("#name")["value"] == LONG
    assert page.select_one("#name-errors").text.strip()
    assert page.select_one("#organisation")["value"] == "某公司"
    assert db.session.scalar(select(Registration)) is None


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00", "9999-12-31T23:59", "2026-99-99T99:99", "2026-02-30T10:00", "昨天"],
)
def test_a_moment_outside_the_calendar_is_told_and_kept(browser, olga, moment):
    event = make_event(by=olga)
    browser.sign_in(olga)

    page = browser.submit(
        f"/manage/events/{event.id}/checkpoints",
        {"name": "东门", "opens_at": moment},
        form="form:has(#opens_at)",
        status=422,
    )

    assert page.select_one("#opens_at-errors").text.strip()
    assert page.select_one("#opens_at")["value"] == moment
    assert page.select_one("#name")["value"] == "东门"
    assert db.session.scalar(select(Checkpoint)) is None


# --- files


def plan_of(entry):
    return service.list_slots(entry)[0].requirement


def upload(browser: Browser, path: str, data, **headers: str) -> Page:
    token = browser.csrf_token("/profile")
    return browser._open(path, method="POST", data=data, headers={"X-CSRFToken": token, **headers})


def test_a_file_too_large_is_refused_and_the_text_kept(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    plan = plan_of(entry)
    with transaction():
        plan.bytes_max = 400
    browser.sign_in(tia)

    page = browser.submit(
        address(entry),
        {
            "name": "带附件的项目",
            "summary": "还没有存过的简介",
            f"document_{plan.id.hex}": (io.BytesIO(make_pdf(3)), "计划书.pdf"),
            "op": "save",
        },
        form="#entry-form",
        status=413,
    )

    assert "文件超过 400 B 的上限" in page.text
    assert page.select_one("#name")["value"] == "带附件的项目"
    assert page.select_one("#summary").text.strip() == "还没有存过的简介"
    assert reread(entry).documents == []


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (make_pdf(3), 413, "file_too_large"),
        (b"", 422, "empty_file"),
        (b"%PDF-1.7 and then nothing", 422, "broken_file"),
        (b"PK\x03\x04", 422, "wrong_format"),
        (None, 422, "no_file"),
    ],
)
def test_a_script_is_told_what_is_wrong_with_a_file(browser, tia, content, status, code):
    entry = make_entry(captain=tia, is_complete=False)
    plan = plan_of(entry)
    with transaction():
        plan.bytes_max = 400
    browser.sign_in(tia)
    path = f"{address(entry)}/documents/{plan.id}"
    given = {} if content is None else {"file": (io.BytesIO(content), "计划书.pdf")}

    page = upload(browser, path, given, Accept="application/json")

    assert (page.status, page.json["error"]["code"]) == (status, code)
    assert page.json["error"]["message"]
    assert reread(entry).documents == []


def test_sending_no_file_from_a_page_is_told_on_a_page(browser, tia):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)

    page = upload(browser, f"{address(entry)}/documents/{plan_of(entry).id}", {})

    assert page.status == 422
    assert "请先选择文件" in page.text
    assert "no_file" in page.select_one(".code-small").text


def test_a_request_larger_than_the_house_takes_is_refused_in_words(browser, tia, app, monkeypatch):
    entry = make_entry(captain=tia, is_complete=False)
    browser.sign_in(tia)
    path = f"{address(entry)}/documents/{plan_of(entry).id}"
    token = browser.csrf_token("/profile")
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 5000)

    def send_much(**headers: str) -> Page:
        file = (io.BytesIO(b"x" * 9000), "计划书.pdf")
        headers["X-CSRFToken"] = token
        return browser._open(path, method="POST", data={"file": file}, headers=headers)

    page, told = send_much(), send_much(Accept="application/json")

    assert page.status == told.status == 413
    assert "上传的内容太大" in page.text
    assert "too_large" in page.select_one(".code-small").text
    assert told.json["error"]["code"] == "too_large"


# --- links, and what is somebody else's


def test_a_forged_link_for_a_new_password_is_not_there(browser, app):
    page = browser.get("/password/forged", status=404)

    assert "这个链接无效" in page.text
    assert "link_invalid" in page.select_one(".code-small").text


def test_a_judges_expired_link_has_its_code(browser, jun, olga, time):
    from eventhub.judging import service as judging

    seat = make_judge(make_panel(by=olga), person=jun, by=olga)
    token = judging.issue_judge_link(seat.id, by=olga)
    time.move(days=60)

    page = browser.get(f"/j/{token}", status=410)

    assert "link_expired" in page.select_one(".code-small").text
    assert "已过期或被撤销" in page.text


def test_an_expired_link_for_a_new_password_says_so(browser, nell, time, monkeypatch):
    mailed = []
    monkeypatch.setattr(accounts, "send_reset", lambda _person, token: mailed.append(token))
    accounts.request_reset(nell.email)
    form = form_of(browser.get(f"/password/{mailed[0]}"), 'main form[method="post"]')
    form["password"] = "long enough 2"
    time.move(hours=3)

    page = browser.post(f"/password/{mailed[0]}", form, status=410)

    assert "link_expired" in page.select_one(".code-small").text
    browser.sign_in(nell)  # the old password still stands


def test_somebody_elses_entry_looks_like_one_that_is_not_there(browser, tia, nell):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    plan = plan_of(entry)
    browser.sign_in(nell)
    token = browser.csrf_token("/profile")

    def words(key: uuid.UUID, path: str) -> str:
        data = {"csrf_token": token, "name": "改掉", "op": "save"}
        page = browser.post(path.format(key), data, status=404)
        assert "not_found" in page.select_one(".code-small").text
        return page.select_one("main").text

    for path in (
        "/entries/{}",
        "/entries/{}/withdraw",
        f"/entries/{{}}/documents/{plan.id}",
        "/manage/entries/{}/approve",
        "/manage/entries/{}/return",
    ):
        assert words(entry.id, path) == words(uuid.uuid4(), path)
    assert reread(entry).name == entry.name


# --- too late


def test_beginning_after_the_closing_is_told_and_the_choice_kept(browser, tia, time):
    competition = make_competition(groups=("ug-creative", "ug-startup"))
    chosen = str(competition.groups[1].id)
    browser.sign_in(tia)
    path = f"/c/{competition.event.code}/enter"
    form = form_of(browser.get(path), f'form[action="{path}"], main form[method="post"]')
    form["group"] = chosen
    time.set(competition.entries_close_at)

    page = browser.post(path, form, status=409)

    assert "截止" in page.text
    assert db.session.scalar(select(Entry)) is None


def test_a_window_left_open_changes_nothing_once_handed_in(browser, tia):
    entry = make_entry(captain=tia, state=EntryState.DRAFT)
    browser.sign_in(tia)
    typed = form_of(browser.get(address(entry)), "#entry-form")
    service.submit_entry(entry.id, by=tia)
    typed["name"], typed["op"] = "提交之后才改", "save"

    page = browser.post(address(entry), typed, status=409)

    assert page.select_one("#name")["value"] == "提交之后才改"
    assert "不能修改" in page.text
    assert reread(entry).name == "智巡山城"


@pytest.mark.parametrize("mark", ["27.505", "30.01", "-0.01", "1e400", "NaN", "٣", "x" * 100_000])
def test_a_mark_saved_as_one_goes_is_refused_in_words(browser, jun, olga, mark):
    from eventhub.competitions.queries import get_round
    from eventhub.judging import service as judging
    from eventhub.judging.models import Scoresheet

    seat = make_judge(make_panel(by=olga), person=jun, by=olga)
    round_ = get_round(seat.round_id)
    entry = make_approved(round_.competition)
    browser.get(f"/j/{judging.issue_judge_link(seat.id, by=olga)}", status=303)
    path = f"/judging/{round_.id}"
    sent = {
        "judge": str(jun.id),
        "device": str(uuid.uuid4()),
        "edit": 1,
        "base": 0,
        "submit": False,
        "marks": {"personal_growth": mark, "innovation": "12"},
        "gates": {},
        "note": "",
        "feedback": "",
    }
    status = 200 if mark == "٣" else 422  # another script's 3 is a 3

    page = browser.post_json(f"{path}/{entry.id}/sync", sent, token_from=path, status=status)

    if status == 200:
        assert page.json["sheet"]["total"] == "15.00"
        return
    assert page.json["error"]["message"]
    assert db.session.scalar(select(Scoresheet)) is None


# --- at the same time


def race(new_browser, entry, tia, olga, at_once, monkeypatch) -> list[int]:
    """Approve and withdraw; both have read the entry before one writes, who approves last."""
    captain, organiser = new_browser().sign_in(tia), new_browser().sign_in(olga)
    withdrawing = form_of(captain.get(f"{address(entry)}/withdraw"), 'main form[method="post"]')
    approving = {"csrf_token": organiser.csrf_token("/profile")}
    both, is_withdrawn = threading.Barrier(2), threading.Event()
    get_entry = queries.get_entry

    def meet(entry_id, **how):
        found = get_entry(entry_id, **how)
        if "lock" in how:
            with suppress(threading.BrokenBarrierError):
                both.wait(timeout=1)
                if request.path.endswith("/approve"):
                    is_withdrawn.wait(timeout=5)
        return found

    def withdraw() -> int:
        status = captain.post(f"{address(entry)}/withdraw", withdrawing, status=None).status
        is_withdrawn.set()
        return status

    def approve() -> int:
        path = f"/manage/entries/{entry.id}/approve"
        return organiser.post(path, approving, status=None).status

    monkeypatch.setattr(queries, "get_entry", meet)
    return at_once(withdraw, approve)


def live_places() -> int:
    db.session.expire_all()
    states = list(db.session.scalars(select(Registration.state)))
    return states.count(RegistrationState.CONFIRMED)


@pytest.mark.race
def test_whoever_withdraws_while_being_approved_holds_no_place(
    new_browser, tia, olga, at_once, monkeypatch
):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)

    withdrawn, approved = race(new_browser, entry, tia, olga, at_once, monkeypatch)

    assert withdrawn == 303
    assert approved in {303, 409}
    assert reread(entry).state is EntryState.WITHDRAWN
    assert live_places() == 0


@pytest.mark.race
def test_without_the_lock_a_withdrawn_team_would_hold_places(
    new_browser, tia, olga, at_once, monkeypatch
):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)
    get_entry = queries.get_entry

    def unlocked(entry_id, **how):
        return get_entry(entry_id)

    monkeypatch.setattr(queries, "get_entry", unlocked)

    statuses = race(new_browser, entry, tia, olga, at_once, monkeypatch)

    assert statuses == [303, 303]
    assert (reread(entry).state, live_places()) != (EntryState.WITHDRAWN, 0)
