"""Pages of a team: the captain's, the invitation, the lock and the exceptions from it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from eventhub.audit.models import AuditEntry
from eventhub.competitions.enums import PersonalField
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState, LockedPart, MemberState
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_member,
    make_organiser,
    make_person,
    make_university,
)
from tests.web.test_entries import fields


def reread(entry):
    db.session.expire_all()
    return queries.get_entry(entry.id)


def names(entry) -> list[str]:
    return [member.name for member in reread(entry).members]


def deeds(action: str) -> int:
    query = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)
    return db.session.scalar(query)


def team_of(entry) -> str:
    return f"/entries/{entry.id}/team"


def link_on(page) -> str:
    return urlsplit(page.select_one(".invite__link").text).path


def yes(person, **changes) -> dict[str, str]:
    """What the form of an invitation takes."""
    fields = {
        "name": person.name,
        "university_id": str(make_university().id),
        "student_number": "2024229999",
        "degree": "bachelor",
        "agrees": "y",
    }
    return {**fields, **changes}


@pytest.fixture
def draft(tia):
    """Tia's draft, with two listed members."""
    return make_entry(captain=tia, state=EntryState.DRAFT)


@pytest.fixture
def link(draft, tia, new_browser) -> str:
    """The address of the team's link."""
    captain = new_browser().sign_in(tia)
    captain.submit(team_of(draft), action=f"{team_of(draft)}/link")
    return link_on(captain.get(team_of(draft)))


# --- the link


def test_the_captain_makes_a_link_with_a_picture_and_ends_it(browser, new_browser, draft, tia):
    browser.sign_in(tia)
    assert "生成邀请链接" in browser.get(team_of(draft)).text

    browser.submit(team_of(draft), action=f"{team_of(draft)}/link")
    page = browser.get(team_of(draft))
    path = link_on(page)
    picture = browser.get(page.select_one(".qr img")["src"]).response
    kept = browser.get(f"{team_of(draft)}/qr.png?keep=1").response

    assert picture.data.startswith(b"\x89PNG")
    assert "attachment" not in picture.headers.get("Content-Disposition", "")
    assert "attachment" in kept.headers["Content-Disposition"]
    elsewhere = new_browser().sign_in(tia)
    assert not elsewhere.get(team_of(draft)).has(".invite__link"), "kept in that session alone"
    elsewhere.get(f"{team_of(draft)}/qr.png", status=404)

    browser.submit(team_of(draft), action=f"{team_of(draft)}/link/revoke")
    assert "已失效" in new_browser().get(path, status=410).text
    assert not browser.get(team_of(draft)).has(".invite__link")


def test_a_stranger_signs_up_on_the_way_and_confirms(new_browser, draft, link):
    visitor = new_browser()

    page = visitor.get(link)
    for words in ("智巡山城", "田佳", "重庆邮电大学", "报名截止", "北京时间", "保存多久"):
        assert words in page.text
    assert not page.has("main form[method=post]")
    sent = visitor.get(f"{link}?go=sign_up", status=302).response.location
    landed = visitor.submit(
        sent,
        {
            "name": "冉小满",
            "email": "ran@example.com",
            "password": "a good password 1",
            "consent": "y",
        },
    ).response.location
    assert urlsplit(landed).path == link

    page = visitor.get(link)
    assert page.select_one("#name")["value"] == "冉小满"
    assert not page.has("#phone")
    done = visitor.submit(link, yes(make_person("冉小满")))

    assert names(draft) == ["田佳", "吉克·阿呷", "𠮷田晓", "冉小满"]
    assert done.response.location.endswith(f"/entries/{draft.id}/me")
    assert "已加入团队" in visitor.get(done.response.location).text
    assert "您已是这个团队的成员" in visitor.get(link).text


def test_without_the_tick_nobody_joins_and_nothing_typed_is_lost(browser, draft, link, nell):
    browser.sign_in(nell)

    page = browser.submit(link, yes(nell, student_number="77", agrees=None), status=422)

    assert "请先阅读并勾选同意" in page.select_one("#agrees-errors").text
    assert page.select_one("#student_number")["value"] == "77"
    assert len(names(draft)) == 3


def test_the_phone_is_asked_for_where_it_is_needed(browser, draft, link, nell):
    with transaction():
        draft.competition.personal_fields = [PersonalField.PHONE.value]
    browser.sign_in(nell)

    assert "手机号码" in browser.get(link).select_one("#consent").text
    wrong = browser.submit(link, yes(nell, phone="12"), status=422)
    assert "请填写 11 位手机号码。" in wrong.select_one("#phone-errors").text
    browser.submit(link, yes(nell, phone="138 8300 1234"))

    assert reread(draft).members[3].phone == "13883001234"


def test_the_captain_who_opens_the_link_is_told(browser, link, tia):
    browser.sign_in(tia)

    assert "您是这个项目的负责人" in browser.get(link).text


def test_a_full_team_and_a_locked_one_say_so(browser, draft, link, nell, time):
    with transaction():
        draft.group.member_max = 3
    browser.sign_in(nell)
    full = browser.submit(link, yes(nell, student_number="78"), status=409)
    assert "最多 3 人" in full.select_one("[data-error-summary]").text
    assert full.select_one("#student_number")["value"] == "78"

    time.set(draft.competition.entries_close_at)
    assert "只有名单上已有的成员可以确认" in browser.get(link).text
    locked = browser.submit(link, yes(nell), status=409)
    assert "北京时间（UTC+8）" in locked.select_one("[data-error-summary]").text


def test_links_that_lead_nowhere(browser, link, time):
    assert "不完整或不存在" in browser.get("/join/nonsense", status=404).text
    time.move(days=14)
    assert "已过期" in browser.get(link, status=410).text


def test_a_post_without_a_session_is_not_lost_in_an_error(new_browser, link):
    page = new_browser().post(link, {"name": "x"}, status=None)

    assert page.status in {400, 401}


# --- by mail


def test_an_invitation_by_mail_is_sent_again_and_taken_back(browser, draft, tia):
    member = draft.members[2]
    path = f"{team_of(draft)}/{member.id}/invite"
    browser.sign_in(tia)

    wrong = browser.submit(team_of(draft), {"email": "yoshida"}, action=path, status=422)
    assert "邮箱格式不对" in wrong.select_one("[data-error-summary]").text
    browser.submit(team_of(draft), {"email": "yoshida@eventhub.test"}, action=path)

    page = browser.get(team_of(draft))
    assert "邀请已发到 yoshida@eventhub.test" in page.text
    assert "重新发送" in page.text
    browser.submit(team_of(draft), action=f"{path}/revoke")
    assert reread(draft).members[2].state is MemberState.LISTED


def test_a_member_is_removed_after_a_dialog(browser, draft, tia, nell):
    member = make_member(draft, nell)
    browser.sign_in(tia)

    browser.submit(team_of(draft), action=f"{team_of(draft)}/{member.id}/remove")

    assert names(draft) == ["田佳", "吉克·阿呷", "𠮷田晓"]


def test_the_captain_confirms_on_the_same_terms(browser, draft, tia):
    browser.sign_in(tia)
    path = f"{team_of(draft)}/me"

    refused = browser.submit(path, {"degree": "master"}, status=422)
    assert "请先阅读并勾选同意" in refused.text
    browser.submit(path, {"degree": "master", "agrees": "y"})

    assert reread(draft).members[0].state is MemberState.CONFIRMED
    assert "1 / 3 人已本人确认" in browser.get(team_of(draft)).text


# --- what members see


def test_the_captain_agrees_where_they_hand_in(browser, draft, tia):
    with transaction():
        draft.competition.needs_consent = True
    browser.sign_in(tia)
    workspace = f"/entries/{draft.id}"
    page = browser.get(workspace)
    assert "负责人本人还没有同意" in page.select_one("#requirements").text
    assert page.has('#requirements a[href$="#consent"]')

    browser.submit(workspace, {"op": "save", "consents": "y"})

    captain = reread(draft).members[0]
    assert (captain.state, captain.person_id) == (MemberState.CONFIRMED, tia.id)
    assert captain.consent_text
    given_at = captain.consented_at
    page = browser.get(workspace)
    assert not page.has("#consents")
    assert page.select_one("#consent .state").text == "本人已确认"
    assert "负责人本人还没有" not in page.text
    assert page.has('#requirements a[href$="/team"]')  # the others, by their invitations

    browser.submit(workspace, {"op": "save", "consents": None, "name": "智巡两江"})
    assert reread(draft).members[0].consented_at == given_at
    assert deeds("entry.member_joined") == 1


def test_nobody_is_asked_to_agree_where_the_competition_does_not(browser, draft, tia):
    browser.sign_in(tia)

    assert not browser.get(f"/entries/{draft.id}").has("#consent")


def test_a_member_reads_everything_and_writes_nothing(browser, draft, nell):
    make_member(draft, nell)
    browser.sign_in(nell)

    listed = browser.get("/entries")
    assert "我是成员，负责人 田佳" in listed.text
    page = browser.get(f"/entries/{draft.id}")
    assert "由负责人 田佳 填写和提交" in page.text
    assert not page.has("#entry-form")
    assert "13883000002" not in page.text, "how to reach the others is not theirs to read"
    browser.get(team_of(draft), status=404)
    token = browser.csrf_token("/entries")
    browser.post(f"/entries/{draft.id}", {"csrf_token": token, "op": "save"}, status=404)


def test_a_member_leaves_until_the_lock(browser, draft, nell, time):
    make_member(draft, nell)
    browser.sign_in(nell)
    here = f"/entries/{draft.id}"
    time.set(draft.competition.entries_close_at)
    page = browser.get(here)
    assert "团队名单已锁定" in page.text
    assert not page.has("#leave")
    browser.post(f"{here}/leave", {"csrf_token": browser.csrf_token(here)})
    assert "截止" in browser.get(here).select_one(".flash--danger").text

    time.move(microseconds=-1)
    browser.submit(here, action=f"{here}/leave")

    assert names(draft) == ["田佳", "吉克·阿呷", "𠮷田晓"]
    browser.get(here, status=404)


def test_the_list_asks_as_often_for_three_joined_as_for_one(browser, nell, olga, count_statements):
    def join() -> None:
        captain = make_person("冉小满", university=make_university())
        entry = make_entry(make_competition(by=olga), captain=captain, is_complete=False)
        make_member(entry, nell)

    browser.sign_in(nell)
    join()
    with count_statements() as one:
        browser.get("/entries")
    join()
    join()
    with count_statements() as three:
        browser.get("/entries")

    assert len(one) == len(three)


def test_the_team_page_asks_as_often_for_many_as_for_few(browser, draft, tia, count_statements):
    browser.sign_in(tia)
    make_member(draft, make_person("甲", university=make_university()))
    with count_statements() as few:
        browser.get(team_of(draft))
    for name in "乙丙丁":
        make_member(draft, make_person(name, university=make_university()))
    with count_statements() as many:
        browser.get(team_of(draft))

    assert len(few) == len(many)


# --- leading and moving


def test_the_captaincy_is_handed_over_on_the_page(browser, new_browser, draft, tia, nell):
    member = make_member(draft, nell)
    browser.sign_in(tia)

    nobody = browser.submit(
        team_of(draft), {"member": ""}, action=f"{team_of(draft)}/hand-over", status=422
    )
    assert "请选择一名成员" in nobody.text
    browser.submit(team_of(draft), {"member": str(member.id)}, action=f"{team_of(draft)}/hand-over")

    assert reread(draft).captain_id == nell.id
    assert not browser.get(f"/entries/{draft.id}").has("#entry-form")
    assert new_browser().sign_in(nell).get(f"/entries/{draft.id}").has("#entry-form")


def test_an_entry_changes_its_group_on_the_page(browser, tia, time):
    competition = make_competition(groups=("ug-creative", "ug-startup"))
    entry = make_entry(competition, captain=tia, state=EntryState.DRAFT)
    path = f"/entries/{entry.id}/group"
    browser.sign_in(tia)
    assert browser.get(f"/entries/{entry.id}").has(f'a[href="{path}"]')

    browser.submit(path, {"group": str(competition.groups[1].id)})
    assert reread(entry).group_id == competition.groups[1].id

    time.set(competition.entries_close_at)
    page = browser.get(path)
    assert "组别已锁定" in page.text
    assert not page.has("main form button[type=submit]")
    token = page.select_one("[name=csrf_token]")["value"]
    late = {"csrf_token": token, "group": str(competition.groups[0].id)}
    assert "北京时间" in browser.post(path, late, status=409).text
    assert not browser.get(f"/entries/{entry.id}").has(f'a[href="{path}"]')


# --- the workspace under the lock

SAVE_REST = "button[value=save-rest]:not([data-lock-save])"  # the other one is a script's


def test_what_is_locked_is_shown_and_not_sent(browser, draft, tia, time):
    browser.sign_in(tia)
    assert not browser.get(f"/entries/{draft.id}").has("#name[disabled]")

    time.set(draft.competition.entries_close_at)
    page = browser.get(f"/entries/{draft.id}")

    controls = ("#name", "#category", "#summary")
    for control in (*controls, "#members-1-name", "#members-1-id", "#advisers-0-name"):
        assert page.has(f"{control}[disabled]"), control
    assert not page.has("[data-add], [data-move]")
    assert "已锁定" in page.text
    browser.submit(f"/entries/{draft.id}", {"op": "save"}, form="#entry-form")
    stored = reread(draft)
    assert (stored.summary, stored.name) == (draft.summary, "智巡山城")
    assert names(draft) == ["田佳", "吉克·阿呷", "𠮷田晓"]


def test_a_form_opened_before_and_sent_after_the_closing_keeps_everything(
    browser, draft, tia, time
):
    browser.sign_in(tia)
    here = f"/entries/{draft.id}"
    page = browser.get(here)
    typed = {
        **fields(page),
        "version": page.select_one("[name=version]")["value"],
        "csrf_token": page.select_one("[name=csrf_token]")["value"],
        "name": "截止前想好的名字",
        "members-1-name": "吉克换人",
        "summary": "截止前写完的简介",
        "op": "submit",
    }

    time.set(draft.competition.entries_close_at)
    page = browser.post(here, typed, status=409)

    assert "项目名称、团队成员、项目简介已锁定" in page.select_one("[data-error-summary]").text
    assert "北京时间（UTC+8）" in page.select_one("[data-error-summary]").text
    assert page.select_one("#name")["value"] == "截止前想好的名字"
    assert page.select_one("#members-1-name")["value"] == "吉克换人"
    assert page.select_one("#summary").text.strip() == "截止前写完的简介"
    assert not page.has("#entry-form button[value=submit]")
    assert not page.has(SAVE_REST), "nothing is open"
    stored = reread(draft)
    assert stored.state is EntryState.DRAFT
    assert stored.summary != "截止前写完的简介"


def test_what_is_not_locked_is_saved_without_the_rest(browser, tia, olga, time):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED, by=olga)
    time.set(entry.competition.entries_close_at)
    service.return_entry(entry.id, reason="简介太短。", by=olga)
    browser.sign_in(tia)
    here = f"/entries/{entry.id}"
    page = browser.get(here)
    token = {name: page.select_one(f"[name={name}]")["value"] for name in ("version", "csrf_token")}
    typed = {**fields(page), **token, "name": "改不了的名字", "summary": "按意见写长的简介"}

    page = browser.post(here, {**typed, "op": "save"}, status=409)
    assert page.has(SAVE_REST)
    browser.post(here, {**typed, "op": "save-rest"})

    stored = reread(entry)
    assert (stored.name, stored.summary) == ("智巡山城", "按意见写长的简介")
    assert names(entry) == ["田佳", "吉克·阿呷", "𠮷田晓"]


def test_autosave_tells_which_part_is_locked(browser, draft, tia, time):
    browser.sign_in(tia)
    typed = fields(browser.get(f"/entries/{draft.id}"))
    version = reread(draft).version
    time.set(draft.competition.entries_close_at)

    refused = browser.post_json(
        f"/entries/{draft.id}/autosave",
        {"version": version, "fields": {**typed, "name": "晚了"}},
        status=409,
    ).json
    saved = browser.post_json(
        f"/entries/{draft.id}/autosave",
        {"version": version, "fields": {}},  # promises may be taken back at any time
    ).json

    assert refused["error"]["code"] == "part_locked"
    assert saved["version"] == version + 1
    assert [m["id"] for m in saved["members"]] == [str(m.id) for m in reread(draft).members]


def test_the_deadline_stands_with_zone_and_what_ends_then(browser, new_browser, draft, tia):
    closes_at = draft.competition.entries_close_at.isoformat()

    page = browser.sign_in(tia).get(f"/entries/{draft.id}")
    assert page.has(f'[data-countdown="{closes_at}"]')
    assert page.has(f'button[value=submit][data-until="{closes_at}"]')
    assert page.has(f'[data-from="{closes_at}"][hidden]')
    start = new_browser().get(f"/c/{draft.competition.event.code}/enter")
    assert start.has(f'button[data-until="{closes_at}"]')
    assert "北京时间（UTC+8）" in start.text


def test_the_server_tells_its_time(browser, time):
    assert browser.get("/time").json == {"now": time.now().isoformat()}


# --- exceptions from the lock


def test_an_organiser_unlocks_and_restores(browser, new_browser, tia, olga, time):
    entry = make_entry(captain=tia, by=olga)
    time.set(entry.competition.entries_close_at + timedelta(hours=1))
    path = f"/manage/entries/{entry.id}/unlocks"
    browser.sign_in(olga)

    empty = browser.submit(path, {"parts": [], "reason": "写了很久的原因"}, status=422)
    assert "请至少选择一项" in empty.text
    assert empty.select_one("#reason").text.strip() == "写了很久的原因"
    browser.submit(path, {"parts": ["members", "name"], "reason": "一名成员休学。"})

    page = browser.get(path)
    assert "项目名称、团队成员" in page.select_one("#unlocks").text
    assert "解锁中" in page.text
    assert reread(entry).state is EntryState.RETURNED
    captain = new_browser().sign_in(tia).get(f"/entries/{entry.id}")
    assert "一名成员休学。" in captain.text
    assert not captain.has("#members-1-name[disabled]")
    assert captain.has("#advisers-0-name[disabled]")

    unlock = reread(entry).unlocks[0]
    assert unlock.parts == [LockedPart.NAME.value, LockedPart.MEMBERS.value]
    browser.submit(path, action=f"{path}/{unlock.id}/revoke")
    assert "已提前恢复" in browser.get(path).text


def test_an_end_beyond_thirty_days_is_refused_beside_its_field(browser, tia, olga, time):
    entry = make_entry(captain=tia, by=olga)
    browser.sign_in(olga)
    far = (time.now() + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M")

    page = browser.submit(
        f"/manage/entries/{entry.id}/unlocks",
        {"parts": ["name"], "reason": "更名。", "ends_at": far},
        status=422,
    )

    assert "最长 30 天" in page.select_one("#ends_at-errors").text
    assert page.select_one("#ends_at")["value"] == far


def test_somebody_else_s_team_is_not_there(new_browser, draft, nell, sam, olga):
    elsewhere = make_organiser(circle=make_circle("cqu", university="重庆大学"))
    member = draft.members[1]

    for person in (nell, sam, olga, elsewhere):
        visitor = new_browser().sign_in(person)
        token = visitor.csrf_token("/profile")
        for path in (team_of(draft), f"{team_of(draft)}/me", f"/entries/{draft.id}/group"):
            visitor.get(path, status=404)
        for path in (
            f"{team_of(draft)}/link",
            f"{team_of(draft)}/link/revoke",
            f"{team_of(draft)}/hand-over",
            f"{team_of(draft)}/{member.id}/invite",
            f"{team_of(draft)}/{member.id}/remove",
            f"/entries/{draft.id}/leave",
        ):
            visitor.post(path, {"csrf_token": token}, status=404)
        if person is not olga:
            visitor.get(f"/manage/entries/{draft.id}/unlocks", status=404)


def test_tickets_and_mails_never_show_a_secret_twice(browser, draft, tia):
    """The team's link stands on the captain's page alone, not in any mail of the house."""
    browser.sign_in(tia)
    browser.submit(team_of(draft), action=f"{team_of(draft)}/link")
    token = link_on(browser.get(team_of(draft))).rsplit("/", 1)[-1]

    assert service.open_invitation(token).member_id is None
    assert re.search(re.escape(token), browser.get(f"/entries/{draft.id}").response.text) is None
