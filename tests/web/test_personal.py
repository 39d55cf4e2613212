"""Pages of members' own data, and of everybody's."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import func, select

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.models import AuditEntry
from eventhub.competitions.enums import CompetitionState, PersonalField
from eventhub.db import db, transaction
from eventhub.entries import service
from eventhub.entries.enums import EntryState, IdKind, MemberState
from eventhub.entries.service import personal
from eventhub.entries.service.personal import PersonalPart
from tests.browser import PASSWORD
from tests.factories import make_attendee, make_entry, make_person, make_registration

RESIDENT = "500106200402290011"


@pytest.fixture
def entry(tia):
    made = make_entry(captain=tia, state=EntryState.DRAFT)
    with transaction():
        made.competition.personal_fields = [field.value for field in PersonalField]
    return made


@pytest.fixture
def lin(entry):
    """The second member, in person, with no telephone yet."""
    person = make_person("林晓", email="lin@eventhub.test")
    with transaction():
        member = entry.members[1]
        member.person_id, member.phone = person.id, None
        member.state, member.consented_at = MemberState.CONFIRMED, clock.now()
    return person


def count_deeds(action: str) -> int:
    query = select(func.count()).where(AuditEntry.action == action)
    return db.session.scalar(query) or 0


def give(entry, person):
    part = PersonalPart(id_kind=IdKind.RESIDENT, id_number=RESIDENT, phone="13800000011")
    personal.save_part(entry.id, part=part, by=person)


def test_a_member_fills_in_their_part_and_sees_it_masked(browser, entry, lin):
    browser.sign_in(lin)
    path = f"/entries/{entry.id}/me"
    page = browser.get(path)
    assert "只能由您本人填写" in page.text

    browser.submit(
        path,
        {
            "degree": "bachelor",
            "is_enrolled": "yes",
            "id_kind": "resident",
            "id_number": "500106 20040229 0011",
            "phone": "138 0000 0011",
        },
        action=path,
    )

    page = browser.get(path)
    assert "您的信息已保存" in page.text
    assert "500106********0011" in page.text
    assert "2004-**-**" in page.text
    assert "138****0011" in page.text
    whole = page.response.get_data(as_text=True)
    assert RESIDENT not in whole
    assert "13800000011" not in whole
    assert page.response.headers["Cache-Control"] == "no-store"
    assert entry.members[1].id_number == RESIDENT


def test_what_is_refused_stays_in_the_form_with_words_beside_the_field(browser, entry, lin):
    browser.sign_in(lin)
    path = f"/entries/{entry.id}/me"

    page = browser.submit(
        path,
        {
            "degree": "master",
            "id_kind": "resident",
            "id_number": "110105194912310020",
            "phone": "13800000011",
        },
        action=path,
        status=422,
    )

    assert "校验位不对" in page.select_one("#id_number-errors").text
    assert page.select_one("#id_number")["value"] == "110105194912310020"
    assert page.select_one("#phone")["value"] == "13800000011"
    assert page.select_one("#degree option[selected]")["value"] == "master"
    assert entry.members[1].phone is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"phone": "12345"}, "phone"),
        ({"id_number": RESIDENT}, "id_kind"),
        ({"id_kind": "passport", "id_number": "护照"}, "id_number"),
        ({"born_on": "2999-01-01"}, "born_on"),
        ({"born_on": "2004-02-30"}, "born_on"),
        (
            {"id_kind": "resident", "id_number": RESIDENT, "born_on": "2004-03-01"},
            "born_on",
        ),
        ({"id_number": "1" * 41, "id_kind": "passport"}, "id_number"),
    ],
)
def test_each_wrong_field_is_told_beside_it(browser, entry, lin, values, field):
    browser.sign_in(lin)
    path = f"/entries/{entry.id}/me"

    page = browser.submit(path, values, action=path, status=422)

    assert page.has(f"#{field}-errors")


def test_a_correction_sent_after_the_closing_moment_is_refused_and_not_lost(
    browser, entry, lin, time
):
    browser.sign_in(lin)
    path = f"/entries/{entry.id}/me"
    opened = browser.get(path)
    assert opened.select_one("#name")["value"] == "吉克·阿呷"
    values = {
        "csrf_token": browser.csrf_token(path),
        "name": "林晓阳",
        "university_id": str(entry.members[1].university_id),
        "student_number": entry.members[1].student_number,
        "degree": "bachelor",
    }
    time.set(entry.competition.entries_close_at)

    page = browser.post(path, values, status=409)

    assert "截止" in page.text
    assert page.select_one("#name")["value"] == "林晓阳"
    assert entry.members[1].name == "吉克·阿呷"
    assert not browser.get(path).has("#name")


def test_fields_that_the_competition_does_not_need_are_not_there(browser, entry, lin):
    with transaction():
        entry.competition.personal_fields = ["phone"]
    browser.sign_in(lin)

    page = browser.get(f"/entries/{entry.id}/me")

    assert page.has("#phone")
    assert not page.has("#id_number")
    assert not page.has("#born_on")


def test_the_project_s_page_tells_a_member_what_they_owe(browser, entry, lin):
    browser.sign_in(lin)
    page = browser.get(f"/entries/{entry.id}")
    assert page.select_one(".notice--warning a")["href"] == f"/entries/{entry.id}/me"
    assert "证件号码、出生日期、手机号码" in page.select_one(".notice--warning").text

    with transaction():
        entry.competition.personal_fields = []
    assert not browser.get(f"/entries/{entry.id}").has(".notice--warning")


def test_the_captain_sees_who_is_done_and_not_with_what(browser, entry, lin, tia):
    give(entry, lin)
    browser.sign_in(tia)

    page = browser.get(f"/entries/{entry.id}/me")

    assert "团队填写情况" in page.text
    assert "未填完" in page.text
    for secret in (RESIDENT, "500106****", "13800000011", "138****0011"):
        assert secret not in page.response.get_data(as_text=True)


def test_a_member_sees_nothing_of_the_others(browser, entry, lin, tia):
    give(entry, tia)
    browser.sign_in(lin)

    page = browser.get(f"/entries/{entry.id}/me")

    assert "团队填写情况" not in page.text
    assert "500106" not in page.response.get_data(as_text=True)


@pytest.mark.parametrize("who", ["nell", "olga", "mei", "sam"])
def test_nobody_else_opens_a_members_page(browser, entry, who, request):
    browser.sign_in(request.getfixturevalue(who))

    browser.get(f"/entries/{entry.id}/me", status=404)


def test_showing_ones_own_happens_once_and_is_noted(browser, entry, lin):
    give(entry, lin)
    browser.sign_in(lin)
    path = f"/entries/{entry.id}/me"

    page = browser.submit(path, action=f"{path}/reveal", status=200)

    assert RESIDENT in page.text
    assert page.response.headers["Cache-Control"] == "no-store"
    assert count_deeds("member.unmasked") == 1
    assert RESIDENT not in browser.get(path).response.get_data(as_text=True)


def test_a_ticked_value_is_deleted(browser, entry, lin):
    give(entry, lin)
    browser.sign_in(lin)
    path = f"/entries/{entry.id}/me"

    browser.submit(path, {"dropped": ["phone"]}, action=path)

    assert entry.members[1].phone is None
    assert entry.members[1].id_number == RESIDENT


def test_after_the_competition_the_page_only_reads(browser, entry, lin):
    give(entry, lin)
    with transaction():
        entry.competition.state = CompetitionState.FINISHED
    browser.sign_in(lin)
    path = f"/entries/{entry.id}/me"

    page = browser.get(path)

    assert "只能查看" in page.text
    assert "500106********0011" in page.text
    assert not page.has("#id_number")


def test_a_form_opened_before_the_end_and_sent_after_it_is_refused(browser, entry, lin, time):
    browser.sign_in(lin)
    path = f"/entries/{entry.id}/me"
    browser.get(path)
    token = browser.csrf_token(path)
    with transaction():
        entry.competition.state = CompetitionState.FINISHED

    page = browser.post(path, {"csrf_token": token, "phone": "13800000011"}, status=409)

    assert "不能再" in page.text
    assert entry.members[1].phone is None


# --- the organiser's side


def test_an_organiser_reads_one_member_in_full_and_says_why(browser, entry, lin, olga):
    give(entry, lin)
    member = entry.members[1]
    browser.sign_in(olga)
    path = f"/manage/entries/{entry.id}/members/{member.id}/identity"
    assert RESIDENT not in browser.get(path).response.get_data(as_text=True)

    refused = browser.submit(path, {"reason": " "}, status=422)
    assert RESIDENT not in refused.response.get_data(as_text=True)
    page = browser.submit(path, {"reason": "核对入围身份"}, status=200)

    assert RESIDENT in page.text
    assert page.response.headers["Cache-Control"] == "no-store"
    assert count_deeds("member.unmasked") == 1
    log = browser.get("/manage/log").text
    assert "查看完整的个人信息" in log
    assert "核对入围身份" in log
    assert RESIDENT not in log


@pytest.mark.parametrize("who", ["mei", "tia", "sam", "nell"])
def test_nobody_but_the_organisers_gets_there(browser, entry, lin, who, request):
    give(entry, lin)
    browser.sign_in(request.getfixturevalue(who))

    browser.get(f"/manage/entries/{entry.id}/members/{entry.members[1].id}/identity", status=404)


def test_the_review_page_shows_it_masked_and_until_when(browser, entry, lin, olga):
    give(entry, lin)
    browser.sign_in(olga)

    page = browser.get(f"/manage/entries/{entry.id}")

    part = page.select_one("#identity")
    assert "500106********0011" in part.text
    assert "自动删除" in part.text
    assert RESIDENT not in page.response.get_data(as_text=True)


# --- everybody's own data


def test_the_review_page_tells_what_changed_after_the_approval(browser, entry, lin, olga, tia):
    service.submit_entry(entry.id, by=tia)
    service.approve_entry(entry.id, by=olga)
    browser.sign_in(lin)
    assert "主办方在审核页能看到" in browser.get(f"/entries/{entry.id}/me").text

    browser.submit(f"/entries/{entry.id}/me", {"born_on": "2004-05-06"})

    page = browser.sign_in(olga).get(f"/manage/entries/{entry.id}")
    told = page.select_one(".notice--warning").text
    assert "审核通过后，成员修改了本人信息" in told
    assert "吉克·阿呷：出生日期已填写" in told
    assert "2004" not in told
    listed = browser.get(f"/manage/competitions/{entry.competition_id}/entries?proof=yes")
    assert "智巡山城" in listed.text


def test_everybody_reads_what_is_held_of_them(browser, entry, lin):
    give(entry, lin)
    browser.sign_in(lin)

    page = browser.get("/account/data")

    assert "lin@eventhub.test" in page.text
    assert "我在团队中的信息" in page.text
    assert RESIDENT not in page.response.get_data(as_text=True)
    assert browser.get("/profile").has('a[href="/account/data"]')


def test_the_download_asks_for_the_password(browser, entry, lin):
    give(entry, lin)
    browser.sign_in(lin)

    refused = browser.submit(
        "/account/data", {"password": "wrong one"}, action="/account/data", status=422
    )
    assert "密码不正确" in refused.text
    page = browser.submit(
        "/account/data", {"password": PASSWORD}, action="/account/data", status=200
    )

    assert page.response.mimetype == "application/zip"
    assert page.response.headers["Content-Disposition"].startswith("attachment")
    assert page.response.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(page.response.get_data())) as archive:
        assert RESIDENT in archive.read("data.json").decode()


def test_a_captain_is_led_to_what_has_to_be_done_first(browser, tia):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)
    browser.sign_in(tia)

    page = browser.get("/account/close")

    assert "现在还不能注销" in page.text
    assert page.has(f'main a[href="/entries/{entry.id}"]')
    assert not page.has("#password")


def test_closing_an_account_from_page_to_page(browser, new_browser, nell):
    nell_id = nell.id
    elsewhere = new_browser().sign_in(nell)
    browser.sign_in(nell)

    refused = browser.submit(
        "/account/close", {"password": "wrong one", "is_sure": "y"}, status=422
    )
    assert "密码不正确" in refused.text
    unsure = browser.submit("/account/close", {"password": PASSWORD}, status=422)
    assert unsure.has("#is_sure-errors")
    page = browser.submit("/account/close", {"password": PASSWORD, "is_sure": "y"})

    assert page.response.location == "/"
    assert "账号已注销" in browser.get("/").text
    assert "/sign-in" in browser.get("/desk", status=302).response.location
    assert "/sign-in" in elsewhere.get("/desk", status=302).response.location
    refused = browser.submit(
        "/sign-in",
        {"email": "nell@eventhub.test", "password": PASSWORD},
        action="/sign-in",
        status=422,
    )
    assert "邮箱或密码不正确" in refused.text
    assert db.session.get_one(Person, nell_id).email is None


def test_nobody_tries_passwords_for_long(counted, nell):
    counted.sign_in(nell)
    token = counted.csrf_token("/account/close")
    values = {"csrf_token": token, "password": "wrong one", "is_sure": "y"}
    for _attempt in range(5):
        counted.post("/account/close", values, status=422)

    counted.post("/account/close", {**values, "password": PASSWORD}, status=429)

    assert db.session.get_one(Person, nell.id).email == "nell@eventhub.test"


def test_the_page_asks_as_often_for_three_rows_as_for_one(browser, nell, count_statements):
    browser.sign_in(nell)
    counts = []
    for number in (1, 2):
        for _place in range(number):
            make_registration(attendee=make_attendee("倪洱", person_id=nell.id))
        with count_statements() as seen:
            browser.get("/account/data")
        counts.append(len(seen))

    assert counts[0] == counts[1]
