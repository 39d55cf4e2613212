"""A judge's phone and the organiser's pages of judging."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from sqlalchemy import select

from eventhub.accounts.models import PersonalLink
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.db import db, transaction
from eventhub.entries import service as entry_service
from eventhub.judging import service
from eventhub.judging.models import PanelJudge, Recusal, Scoresheet
from eventhub.judging.queries import seats
from eventhub.judging.queries.results import list_standings
from tests.factories import (
    make_circle,
    make_entry,
    make_organiser,
    make_person,
    make_round,
    make_university,
)
from tests.factories.judging import (
    make_judge,
    make_judged_round,
    make_panel,
    make_sheet,
)
from tests.factories.roadshows import make_approved, make_roadshow

MARKS = {
    "mark_personal_growth": "27.5",
    "mark_innovation": "26",
    "mark_industry_value": "２０.２５",  # as a full-width keyboard writes it
    "mark_teamwork": "13",
    "gate_necessary": "met",
}


@pytest.fixture
def round_(app, olga):
    return make_round(by=olga)


@pytest.fixture
def panel(round_, olga):
    return make_panel(round_, by=olga)


@pytest.fixture
def seat(panel, jun, olga):
    return make_judge(panel, person=jun, by=olga)


@pytest.fixture
def entry(round_):
    return make_approved(round_.competition, "智巡山城·𠮷")


@pytest.fixture
def judge(browser, seat):
    """A browser that came in by the judge's link."""
    return come_in(browser, seat)


def come_in(browser, seat):
    from tests.factories import make_organiser as organiser

    token = service.issue_judge_link(seat.id, by=organiser("发卡人"))
    browser.get(f"/j/{token}", status=303)
    return browser


def sheet_url(round_, entry):
    return f"/judging/{round_.id}/{entry.id}"


def manage_url(round_):
    return f"/manage/competitions/{round_.competition_id}/judging"


def results_url(round_):
    return f"/manage/competitions/{round_.competition_id}/results"


# the way in


def test_one_scan_opens_the_list(browser, seat, round_, entry, olga):
    token = service.issue_judge_link(seat.id, by=olga)

    page = browser.get(f"/j/{token}", follow=True)

    assert "江俊 老师，您好" in page.text
    assert round_.competition.event.title in page.text
    assert entry.name in page.text


def test_a_link_opens_nothing_but_judging(judge, round_, entry, olga):
    other = make_round(by=olga)
    make_judge(make_panel(other, by=olga), person=seats.list_seats(round_.id)[0].person, by=olga)

    for path in ("/desk", "/profile", manage_url(round_)):
        page = judge.get(path, status=403)
        ways = {link["href"] for link in page.select(".masthead__nav a")}
        assert "/judging" in ways
        assert "/desk" not in ways
    judge.get(f"/judging/{other.id}", status=404)
    judge.get("/judging", status=302)


@pytest.mark.parametrize("token", ["x" * 32, "%20", "a" * 4000])
def test_a_forged_link_is_not_there(browser, seat, token):
    page = browser.get(f"/j/{token}", status=404)

    assert "这个链接无效" in page.text


def test_an_expired_link_says_so(browser, seat, olga, time):
    token = service.issue_judge_link(seat.id, by=olga)
    time.move(days=60)

    assert "已过期或被撤销" in browser.get(f"/j/{token}", status=410).text


def test_a_withdrawn_link_ends_what_it_opened(judge, seat, round_, entry, olga):
    service.revoke_judge_link(seat.id, by=olga)

    assert "已过期或被撤销" in judge.get(f"/judging/{round_.id}", status=410).text
    judge.get(sheet_url(round_, entry), status=410)


def test_an_organiser_who_opens_a_link_is_asked_first(browser, seat, olga):
    token = service.issue_judge_link(seat.id, by=olga)
    browser.sign_in(olga)

    page = browser.get(f"/j/{token}")
    assert "以评委身份进入" in page.text
    browser.get("/desk")
    browser.submit(f"/j/{token}")

    browser.get("/desk", status=403)


def test_a_judge_with_an_account_keeps_it(browser, seat, round_, jun, olga):
    token = service.issue_judge_link(seat.id, by=olga)
    browser.sign_in(jun)

    assert browser.get(f"/j/{token}", status=303).response.location.endswith(str(round_.id))
    browser.get("/desk")


# the list


def test_the_list_does_not_name_who_is_recused(browser, panel, round_, olga):
    university = make_university("西南大学")
    barred = make_approved(
        round_.competition, "本校的项目", captain=make_person(university=university)
    )
    make_approved(round_.competition, "别校的项目")
    seat = make_judge(panel, university=university, by=olga)

    page = come_in(browser, seat).get(f"/judging/{round_.id}")

    assert "别校的项目" in page.text
    assert "本校的项目" not in page.text
    assert barred.code not in page.text
    assert "1 个项目因回避未显示" in page.text
    refused = browser.get(sheet_url(round_, barred), status=403)
    assert "回避" in refused.text


def test_before_the_round_opens_there_is_nothing_to_see(browser, app, jun, olga):
    round_ = make_round(by=olga, is_open=False)
    entry = make_approved(round_.competition)
    seat = make_judge(make_panel(round_, by=olga), person=jun, by=olga)

    page = come_in(browser, seat).get(f"/judging/{round_.id}")

    assert "评分还没有开始" in page.text
    assert entry.name not in page.text
    browser.get(sheet_url(round_, entry), status=409)


def test_a_list_of_three_asks_no_more_than_one_of_one(judge, round_, entry, count_statements):
    def look():
        with count_statements() as seen:
            judge.get(f"/judging/{round_.id}")
        return len(seen)

    few = look()
    for _each in range(2):
        make_approved(round_.competition)

    assert look() == few


def test_the_order_is_the_timetables(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=4, rooms=("主会场",))
    from eventhub.competitions.service import open_round

    open_round(roadshow.round_id, by=olga)
    [panel] = service.add_room_panels(roadshow.round_id, by=olga)
    seat = make_judge(panel, by=olga)

    page = come_in(browser, seat).get(f"/judging/{roadshow.round_id}")

    numbers = [item.text for item in page.select(".work__number")]
    assert numbers == ["1", "2", "3", "4"]


# the sheet


def test_a_judge_scores_checks_and_locks(judge, round_, entry):
    saved = judge.submit(sheet_url(round_, entry), MARKS)
    assert saved.response.location.endswith("/confirm")
    page = judge.get(saved.response.location)
    assert "86.75" in page.text
    judge.submit(saved.response.location)

    sheet = db.session.scalar(select(Scoresheet))
    assert sheet.is_submitted
    assert sheet.points["industry_value"] == Decimal("20.25")
    read = judge.get(sheet_url(round_, entry))
    assert "已于" in read.text
    assert not read.has("form[data-sheet]")
    assert "已提交 1 / 1" in judge.get(f"/judging/{round_.id}").text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("30.01", "请填 0 到 30 之间的分数"),
        ("-1", "请填 0 到 30 之间的分数"),
        ("27.505", "最多保留两位小数"),
        ("满分", "数"),
        ("1e400", "请填写数字"),
        ("NaN", "请填写数字"),
        ("", "还没有打分"),
    ],
)
def test_a_wrong_mark_is_told_beside_its_field_and_nothing_is_lost(
    judge, round_, entry, given, words
):
    typed = {**MARKS, "mark_personal_growth": given, "feedback": "数据扎实，𠮷祥"}

    page = judge.submit(sheet_url(round_, entry), typed, status=422)

    assert words in page.select_one("#mark_personal_growth-errors").text
    assert page.select_one("#mark_personal_growth")["value"] == given
    assert page.select_one("#mark_innovation")["value"] == "26"
    assert page.select_one("#feedback").text.strip() == "数据扎实，𠮷祥"
    assert db.session.scalar(select(Scoresheet)) is None


def test_words_of_a_hundred_thousand_characters_are_refused_and_kept(judge, round_, entry):
    long = "好" * 100_000

    page = judge.submit(sheet_url(round_, entry), {**MARKS, "note": long}, status=422)

    assert len(page.select_one("#note").text.strip()) == 100_000


def test_a_closed_round_keeps_the_typed_marks_on_screen(judge, round_, entry, olga):
    form = judge.get(sheet_url(round_, entry))
    token = form.select_one('form[data-sheet] input[name="csrf_token"]')["value"]
    service.close_round(round_.id, reason="时间已到", by=olga)

    page = judge.post(
        sheet_url(round_, entry), {**MARKS, "version": "0", "csrf_token": token}, status=409
    )

    assert "已经封榜" in page.text
    assert page.select_one("#mark_personal_growth")["value"] == "27.5"
    assert db.session.scalar(select(Scoresheet)) is None


def test_no_page_shows_another_judges_marks(browser, panel, seat, round_, entry, olga):
    other = make_judge(panel, by=olga)
    make_sheet(other, entry, share="0.61", feedback="别人的意见", note="别人的备注")
    come_in(browser, seat)

    for path in (f"/judging/{round_.id}", sheet_url(round_, entry)):
        words = browser.get(path).response.text
        for secret in ("61.00", "18.30", "别人的意见", "别人的备注", other.person.name):
            assert secret not in words


def test_a_judge_declares_an_interest(judge, round_, entry):
    page = judge.get(f"{sheet_url(round_, entry)}/recusal")
    assert entry.university.name in page.text
    refused = judge.submit(f"{sheet_url(round_, entry)}/recusal", {"kind": "other"}, status=422)
    assert "请写明" in refused.text

    judge.submit(f"{sheet_url(round_, entry)}/recusal", {"kind": "other", "detail": "曾任技术顾问"})

    assert db.session.scalar(select(Recusal)).detail == "曾任技术顾问"
    judge.get(sheet_url(round_, entry), status=403)
    assert entry.name not in judge.get(f"/judging/{round_.id}").text


def test_a_blind_round_names_nobody_on_any_page_of_a_judge(judge, round_, entry):
    with transaction():
        competitions.get_round(round_.id).is_blind = True
    who = [entry.university.name, entry.captain.name, *(m.name for m in entry.members)]
    who += [adviser.name for adviser in entry.advisers]

    for path in ("", "/recusal", "/confirm"):
        words = judge.get(f"{sheet_url(round_, entry)}{path}", follow=True).response.text
        assert [name for name in who if name in words] == []


def test_papers_of_identity_are_not_for_judges(browser, round_, panel, seat, olga, jun):
    captain = make_person(university=make_university("重庆大学"))
    entry = make_entry(round_.competition, captain=captain, by=olga)
    browser.sign_in(jun)
    [document] = entry.documents
    path = f"{sheet_url(round_, entry)}/documents/{document.id}"
    assert browser.get(sheet_url(round_, entry)).has(f'a[href="{path}/preview"]')

    with transaction():
        document.requirement.is_for_judges = False

    assert not browser.get(sheet_url(round_, entry)).has(f'a[href="{path}/preview"]')
    browser.get(path, status=404)


def test_a_judge_reads_the_plan_of_what_they_judge_and_of_nothing_else(
    browser, panel, seat, round_, olga, new_browser
):
    entry = make_entry(
        round_.competition, captain=make_person(university=make_university("重庆大学")), by=olga
    )
    [document] = entry.documents
    path = f"{sheet_url(round_, entry)}/documents/{document.id}"
    come_in(browser, seat)

    page = browser.get(path)
    assert page.response.data.startswith(b"%PDF")
    page.response.close()
    assert "attachment" in page.response.headers["Content-Disposition"]
    assert path in browser.get(sheet_url(round_, entry)).response.text
    barred = make_judge(panel, university=make_university("重庆大学"), by=olga)
    come_in(new_browser(), barred).get(path, status=403)
    new_browser().sign_in(olga).get(path, status=404)


def test_who_is_no_judge_finds_nothing(browser, seat, round_, entry, nell):
    browser.sign_in(nell)

    for path in (f"/judging/{round_.id}", sheet_url(round_, entry)):
        browser.get(path, status=404)
    assert "还没有评审任务" in browser.get("/judging").text


def test_an_entry_that_withdrew_is_told(judge, seat, round_, entry):
    make_sheet(seat, entry, is_submitted=False)
    entry_service.withdraw_entry(entry.id, by=entry.captain)

    assert "已经退赛" in judge.get(sheet_url(round_, entry), status=409).text
    assert judge.get(f"/judging/{round_.id}").select_one(".work__item--gone s").text == entry.name


# the organiser's page


def test_an_organiser_makes_a_panel_and_seats_judges(browser, round_, olga):
    browser.sign_in(olga)
    assert "还没有评委组" in browser.get(manage_url(round_)).text

    browser.submit(f"/manage/rounds/{round_.id}/panels/new", {"name": "网评一组"})
    [panel] = seats.list_panels(round_.id)
    university = make_university("西南大学")
    new = f"/manage/panels/{panel.id}/judges/new"
    browser.submit(
        new, {"name": "吴教授", "university": str(university.id), "organisation": "计算机学院"}
    )
    refused = browser.submit(new, {"name": "吴教授", "university": str(university.id)}, status=409)

    assert "已有席位" in refused.text
    page = browser.get(manage_url(round_))
    assert "吴教授" in page.text
    assert "未生成" in page.text
    seat = db.session.scalar(select(PanelJudge))
    browser.submit(manage_url(round_), action=f"/manage/judges/{seat.id}/chief")
    assert "评委组长" in browser.get(manage_url(round_)).text
    browser.submit(manage_url(round_), action=f"/manage/judges/{seat.id}/remove")
    assert db.session.scalar(select(PanelJudge)) is None


def test_cards_show_each_link_once(browser, seat, round_, olga, new_browser):
    browser.sign_in(olga)
    issue = f"/manage/rounds/{round_.id}/links"

    page = browser.submit(manage_url(round_), {"seats": "new"}, action=issue, status=200)

    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.select_one(".print-card img")["src"].startswith("data:image/png;base64,")
    link = page.select_one("[data-copy]")["data-copy"]
    assert link.startswith("https://eventhub.test/j/")
    token = link.rsplit("/", 1)[1]
    kept = db.session.scalars(select(PersonalLink.token_hash)).all()
    assert token not in kept
    new_browser().get(f"/j/{token}", status=303)
    again = browser.submit(manage_url(round_), {"seats": "new"}, action=issue, status=200)
    assert "没有需要生成的链接" in again.text
    assert token not in browser.get(manage_url(round_)).response.text


def test_recusals_are_listed_and_suspicions_asked_about(browser, panel, round_, olga):
    university = make_university("重庆大学")
    entry = make_approved(round_.competition, "同校项目")
    make_judge(panel, university=university, by=olga)
    namesake = service.seat_judge(panel.id, name=entry.members[0].name, by=olga)
    browser.sign_in(olga)

    page = browser.get(manage_url(round_))
    assert "与参赛团队同校" in page.text
    assert "系统核对" in page.text
    link = page.select_one(".suspicions a")["href"]
    assert str(namesake.person_id) in link
    browser.submit(link, action=f"/manage/rounds/{round_.id}/recusals/new")

    recusal = db.session.scalar(select(Recusal))
    assert (recusal.judge_id, recusal.kind.value) == (namesake.person_id, "member")
    browser.submit(manage_url(round_), action=f"/manage/recusals/{recusal.id}/withdraw")
    assert db.session.scalar(select(Recusal)) is None


@pytest.mark.parametrize("who", ["jun", "mei", "nell", "other"])
def test_nobody_else_opens_the_organisers_pages(browser, seat, round_, entry, request, who):
    person = (
        make_organiser("外校组织者", circle=make_circle("cqu", university="重庆大学"))
        if who == "other"
        else request.getfixturevalue(who)
    )
    browser.sign_in(person)

    for path in (
        manage_url(round_),
        results_url(round_),
        f"/manage/rounds/{round_.id}/results/live",
        f"/manage/rounds/{round_.id}/results.xlsx",
        f"/manage/rounds/{round_.id}/results/print",
        f"/manage/rounds/{round_.id}/close",
        f"/manage/rounds/{round_.id}/publish",
        f"/manage/panels/{seat.panel_id}/judges/new",
    ):
        browser.get(path, status=404)


# results


def test_the_live_table_answers_304_until_something_changes(browser, seat, round_, entry, olga):
    browser.sign_in(olga)
    page = browser.get(results_url(round_))
    assert "还差" in page.text
    live = page.select_one("#results-live")["hx-get"]
    first = browser.get(live)
    etag = first.response.headers["ETag"]

    same = browser.get(live, status=304, headers={"If-None-Match": etag})
    assert same.response.data == b""
    make_sheet(seat, entry)
    changed = browser.get(live, headers={"If-None-Match": etag})

    assert "80.00" in changed.response.text
    assert changed.response.headers["ETag"] != etag


def test_the_live_answer_costs_little_while_nothing_changes(
    browser, seat, round_, entry, olga, count_statements
):
    browser.sign_in(olga)
    live = f"/manage/rounds/{round_.id}/results/live"
    with count_statements() as whole:
        etag = browser.get(live).response.headers["ETag"]
    with count_statements() as short:
        browser.get(live, status=304, headers={"If-None-Match": etag})

    assert len(short) < len(whole)


def test_closing_names_who_is_missing_and_keeps_the_typed_reason(
    browser, seat, round_, entry, olga
):
    browser.sign_in(olga)
    close = f"/manage/rounds/{round_.id}/close"
    assert "江俊 还差 1 份" in browser.get(close).text

    refused = browser.submit(close, {"reason": ""}, status=409)
    assert "江俊" in refused.text
    too_long = browser.submit(close, {"reason": "缺" * 401}, status=422)
    assert "缺" * 401 in too_long.select_one("#reason").text
    browser.submit(close, {"reason": "评委因航班取消缺席"})

    assert competitions.get_round(round_.id).state is RoundState.CLOSED
    assert "评委因航班取消缺席" in browser.get(results_url(round_)).text


def test_nothing_of_the_scores_is_public_before_publication(browser, olga, new_browser):
    round_ = make_judged_round(by=olga)
    code = round_.competition.event.code
    stranger = new_browser()

    def check():
        for path in (f"/c/{code}/results", f"/c/{code}/results.json"):
            stranger.get(path, status=404)
        public = stranger.get(f"/c/{code}").response.text
        assert "89.00" not in public
        assert f"/c/{code}/results" not in public

    latest = "最近公布的成绩"
    check()
    service.close_round(round_.id, by=olga)
    check()
    assert latest not in stranger.get("/").text
    service.publish_results(round_.id, by=olga)

    assert latest in stranger.get("/").text
    assert stranger.get("/").has(f"a[href^='/c/{code}/results']")
    assert f"/c/{code}/results" in stranger.get(f"/c/{code}").response.text
    page = stranger.get(f"/c/{code}/results")
    assert "89.00" in page.text
    document = stranger.get(f"/c/{code}/results.json").json
    assert [entry["rank"] for entry in document["entries"]] == [1, 2, 3]
    for seat in seats.list_seats(round_.id):
        assert seat.person.name not in page.text
    for standing in list_standings(round_.id):
        captain = standing.entry.captain.name
        assert captain not in page.text
        assert f"{captain[0]}*" in page.text


def test_the_three_steps_go_through_their_pages(browser, olga):
    round_ = make_judged_round(by=olga)
    browser.sign_in(olga)

    early = browser.get(f"/manage/rounds/{round_.id}/publish")
    assert "现在还不能公布" in early.text
    assert not early.has("main form")
    browser.submit(f"/manage/rounds/{round_.id}/close")
    browser.submit(f"/manage/rounds/{round_.id}/reopen", {"reason": "核对一份纸质表"})
    browser.submit(f"/manage/rounds/{round_.id}/close")
    browser.submit(f"/manage/rounds/{round_.id}/publish")

    assert competitions.get_round(round_.id).state is RoundState.PUBLISHED
    assert "公布页" in browser.get(results_url(round_)).text


def test_a_captain_reads_the_words_meant_for_the_team_and_no_names(
    browser, round_, entry, seat, olga, nell, new_browser
):
    make_sheet(seat, entry, feedback="先把保修成本算清楚。", note="口才一般")
    path = f"/entries/{entry.id}/result"
    browser.sign_in(entry.captain)
    browser.get(path, status=404)
    service.close_round(round_.id, reason="只有一位评委", by=olga)
    browser.get(path, status=404)
    service.publish_results(round_.id, by=olga)

    page = browser.get(path)

    assert "先把保修成本算清楚。" in page.text
    assert "口才一般" not in page.response.text
    assert seat.person.name not in page.response.text
    assert entry.name in browser.get("/desk").text
    new_browser().sign_in(nell).get(path, status=404)


def test_the_workbook_holds_standings_and_marks(browser, olga):
    from openpyxl import load_workbook

    round_ = make_judged_round(by=olga)
    browser.sign_in(olga)

    page = browser.get(f"/manage/rounds/{round_.id}/results.xlsx")

    book = load_workbook(io.BytesIO(page.response.data))
    standings, marks = book.worksheets
    assert [cell.value for cell in standings[2]][:3:2] == [1, "智巡山城1"]
    assert standings["F2"].value == 89
    assert marks.max_row == 1 + 9


def test_the_summary_has_lines_to_sign(browser, olga):
    round_ = make_judged_round(by=olga)
    browser.sign_in(olga)

    page = browser.get(f"/manage/rounds/{round_.id}/results/print")

    signatures = [line.text for line in page.select(".sheet__signatures div")]
    assert signatures == ["评委组长", "统分员", "监督员"]
    assert "尚未封榜" in page.text


def test_a_judge_finds_the_round_on_the_desk(browser, seat, round_, entry, jun):
    page = browser.sign_in(jun).get("/desk")

    assert round_.name in page.text
    assert f"/judging/{round_.id}" in page.response.text
    assert page.has('nav a[href="/judging"]')
