"""The pages of competitions, opened and sent as people do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventhub import clock
from eventhub.competitions import queries, service
from eventhub.competitions.enums import CompetitionState, RoundState, RubricStatus
from eventhub.competitions.models import Competition, Round
from eventhub.db import db
from eventhub.events import service as events
from tests.factories import make_circle, make_competition, make_event, make_organiser, make_round

NEW = "/manage/competitions/new/cicic-2026"
DATES = {
    "entries_open_at": "2026-12-01T09:00",
    "entries_close_at": "2026-12-20T12:00",
    "starts_at": "2027-01-10T09:00",
    "ends_at": "2027-01-10T17:30",
    "venue": "逸夫科技楼报告厅",
}


def only_competition() -> Competition:
    return queries.get_competition(db.session.scalars(select(Competition.id)).one())


def test_an_organiser_makes_a_competition_from_a_template(browser, olga):
    browser.sign_in(olga)
    assert "中国国际大学生创新大赛" in browser.get("/manage/competitions/new").text

    browser.submit(NEW, {"group_keys": ["ug-creative"], "title": "校级初赛", **DATES})

    competition = only_competition()
    assert competition.event.title == "校级初赛"
    assert [group.key for group in competition.groups] == ["ug-creative"]
    assert competition.entries_open_at.isoformat() == "2026-12-01T01:00:00+00:00"
    page = browser.get(f"/manage/competitions/{competition.id}")
    assert page.select_one('[aria-current="step"]').text.startswith("2") or "发布赛事" in page.text
    assert "筹备中" in page.text


def test_nothing_typed_is_lost_when_a_competition_is_refused(browser, olga):
    browser.sign_in(olga)
    wrong = DATES | {"entries_close_at": "2026-11-30T12:00"}

    page = browser.submit(
        NEW, {"group_keys": ["ug-creative"], "title": "𠮷🎉决赛", **wrong}, status=422
    )

    assert "报名截止时间必须晚于报名开始时间" in page.text
    assert page.select_one("#title")["value"] == "𠮷🎉决赛"
    assert page.select_one('[value="ug-creative"]').has_attr("checked")
    assert page.select_one("#entries_close_at")["aria-invalid"] == "true"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"group_keys": None}, "请至少选择一个组别"),
        ({"group_keys": ["no-such"]}, "no-such"),
        ({"title": "长" * 100_000}, "80"),
        ({"starts_at": "yesterday"}, ""),
        ({"ends_at": "2027-01-10T08:00"}, "结束时间必须晚于开始时间"),
    ],
)
def test_bad_input_is_told_beside_the_form(browser, olga, changes, words):
    browser.sign_in(olga)

    page = browser.submit(
        NEW, {"group_keys": ["ug-creative"], "title": "初赛", **DATES, **changes}, status=422
    )

    assert words in page.text
    assert page.select(".error-summary li")


def test_the_overview_leads_from_step_to_step(browser, olga):
    competition = make_competition(by=olga, is_open=False)
    browser.sign_in(olga)
    address = f"/manage/competitions/{competition.id}"

    browser.submit(address, action=f"{address}/open")
    assert competition.state is CompetitionState.OPEN
    assert "报名与审核" in browser.get(address).select_one(".next-step").text
    browser.submit(address, action=f"{address}/close")
    assert "校级初赛" in browser.get(address).select_one(".next-step").text
    round_ = competition.rounds[0]
    rules = f"{address}/rules"
    browser.submit(rules, action=f"/manage/rounds/{round_.id}/open")
    assert round_.state is RoundState.OPEN
    service.close_round(round_.id, by=olga)
    service.publish_round(round_.id, by=olga)
    browser.submit(address, action=f"{address}/finish")

    assert competition.state is CompetitionState.FINISHED
    assert not browser.get(address).has(".next-step")


def test_a_step_out_of_turn_has_its_own_answer(browser, olga):
    competition = make_competition(by=olga)
    browser.sign_in(olga)
    token = browser.csrf_token("/privacy")

    page = browser.post(
        f"/manage/competitions/{competition.id}/finish", {"csrf_token": token}, status=409
    )

    assert "还有轮次没有公布结果" in page.text
    assert "rounds_unfinished" in page.text


def test_settings_keep_the_zone_and_what_was_typed(browser, olga):
    competition = make_competition(by=olga)
    browser.sign_in(olga)
    address = f"/manage/competitions/{competition.id}/settings"

    browser.submit(address, {"title": "改名", "entries_close_at": "2030-01-01T12:00"})
    page = browser.submit(address, {"title": "又改", "entries_close_at": ""}, status=409)

    assert competition.event.title == "改名"
    assert competition.entries_close_at.isoformat() == "2030-01-01T04:00:00+00:00"
    assert page.select_one("#title")["value"] == "又改"


def test_a_groups_conditions_are_edited(browser, olga):
    competition = make_competition(by=olga)
    group = competition.groups[0]
    browser.sign_in(olga)
    address = f"/manage/groups/{group.id}"

    browser.submit(address, {"member_max": "9", "company_kind": "", "company_on": ""})
    assert (group.member_max, group.rules["company"]) == (9, None)
    assert group.rules["rules"][0]["source"]

    refused = browser.submit(address, {"member_max": "2"}, status=422)
    assert "人数上限不能小于下限" in refused.text
    dateless = browser.submit(address, {"company_kind": "before"}, status=422)
    assert "请填写界限日期" in dateless.text


def unconfirmed(olga) -> Round:
    return make_round(by=olga, is_open=False, groups=["red-charity"])


def test_an_unofficial_rubric_is_confirmed_before_its_round_opens(browser, olga):
    round_ = unconfirmed(olga)
    rubric = round_.rubrics[0]
    browser.sign_in(olga)
    rules = f"/manage/competitions/{round_.competition_id}/rules"

    page = browser.get(rules)
    assert "还不能开始评分" in page.text
    assert "往届标准，须核对" in page.text
    assert not page.has(f'form[action="/manage/rounds/{round_.id}/open"]') or not page.has(
        '[data-dialog-open="open-1"]'
    )
    forced = browser.post(
        f"/manage/rounds/{round_.id}/open",
        {"csrf_token": browser.csrf_token(rules)},
        status=409,
    )
    assert "rubric_not_confirmed" in forced.text

    address = f"/manage/rubrics/{rubric.id}"
    confirm = f"{address}/confirm"
    unticked = browser.submit(address, action=confirm, status=422)
    assert "请先核对评分标准，再勾选确认" in unticked.text
    browser.submit(address, {"confirmed": "y"}, action=confirm)
    assert f"{olga.name} 于" in browser.get(address).text
    browser.submit(rules, action=f"/manage/rounds/{round_.id}/open")

    assert round_.state is RoundState.OPEN
    locked = browser.get(address)
    assert "评分标准已锁定" in locked.text
    assert not locked.has("#rubric-form")


def test_a_rubric_is_edited_and_says_what_became_of_it(browser, olga):
    rubric = make_round(by=olga, is_open=False).rubrics[0]
    browser.sign_in(olga)
    address = f"/manage/rubrics/{rubric.id}"

    browser.submit(
        address,
        {"criteria-0-points_max": "２５.５", "criteria-0-points_to_judge": "一\n\n二\n一"},
        form="#rubric-form",
    )

    assert rubric.status is RubricStatus.OWN
    assert f"{rubric.criteria[0].points_max:.2f}" == "25.50"
    assert rubric.criteria[0].points_to_judge == ["一", "二"]
    page = browser.get(address)
    assert "主办方自定" in page.text
    assert "95.5" in page.select_one("[data-total]").text
    browser.submit(address, action=f"{address}/restore")
    assert rubric.status is RubricStatus.SOURCED


@pytest.mark.parametrize(
    ("points", "words"),
    [("30.125", "最多保留两位小数"), ("0", ""), ("NaN", "请填写数字"), ("", ""), ("1001", "")],
)
def test_points_that_cannot_be_given_are_refused(browser, olga, points, words):
    rubric = make_round(by=olga, is_open=False).rubrics[0]
    browser.sign_in(olga)

    page = browser.submit(
        f"/manage/rubrics/{rubric.id}",
        {"criteria-0-points_max": points},
        form="#rubric-form",
        status=422,
    )

    assert words in page.text
    assert page.select_one("#criteria-0-points_max")["value"] == points
    assert page.select_one("#criteria-0-points_max")["aria-invalid"] == "true"
    assert rubric.status is RubricStatus.SOURCED


def test_removed_and_moved_lines_are_taken_as_the_page_sends_them(browser, olga):
    rubric = make_round(by=olga, is_open=False).rubrics[0]
    browser.sign_in(olga)
    address = f"/manage/rubrics/{rubric.id}"
    token = browser.csrf_token(address)

    browser.post(
        address,
        {
            "csrf_token": token,
            "criteria-0-key": "teamwork",
            "criteria-0-name": "团队协作",
            "criteria-0-points_max": "40",
            "criteria-1-key": "",
            "criteria-1-name": "社会价值",
            "criteria-1-points_max": "60",
        },
    )

    assert [(line.key, line.name) for line in rubric.criteria] == [
        ("teamwork", "团队协作"),
        ("own_1", "社会价值"),
    ]
    assert rubric.gates == []


def test_the_rules_of_a_round_are_set(browser, olga):
    round_ = make_round(by=olga, is_open=False)
    browser.sign_in(olga)
    address = f"/manage/rounds/{round_.id}"

    browser.submit(
        address,
        {
            "score_rule": "mean",
            "pitch_minutes": "10",
            "qa_minutes": "5",
            "tie_1": "criterion:innovation",
            "tie_2": "share",
        },
    )
    assert (round_.score_rule.value, round_.pitch_seconds, round_.qa_seconds) == ("mean", 600, 300)
    assert round_.tie_order == ["criterion:innovation", "share"]

    few = browser.submit(
        address, {"score_rule": "drop_extremes", "drop_count": "2", "sheets_min": "4"}, status=422
    )
    assert "至少需要 5 份评分表" in few.text
    twice = browser.submit(address, {"tie_1": "raw_sum", "tie_2": "raw_sum"}, status=422)
    assert "同分规则有误" in twice.text


def test_an_open_round_shows_its_rules_and_takes_only_a_deadline(browser, olga):
    round_ = make_round(by=olga)
    browser.sign_in(olga)

    page = browser.get(f"/manage/rounds/{round_.id}")
    assert page.has("fieldset[disabled]")
    browser.submit(f"/manage/rounds/{round_.id}/marks-due", {"marks_due_at": "2030-01-01T12:00"})

    assert round_.marks_due_at.isoformat() == "2030-01-01T04:00:00+00:00"


def test_documents_are_asked_for(browser, olga):
    round_ = make_round(by=olga, is_open=False)
    browser.sign_in(olga)
    address = f"/manage/rounds/{round_.id}/documents"

    browser.submit(address, {"documents-0-megabytes": "30", "documents-1-is_required": "y"})
    assert [(d.bytes_max, d.is_required) for d in round_.requirements[:2]] == [
        (30_000_000, True),
        (50_000_000, True),
    ]
    refused = browser.submit(address, {"documents-0-formats": None}, status=422)
    assert "请至少选择一种格式" in refused.text


def test_a_round_is_added_and_removed(browser, olga):
    competition = make_competition(by=olga)
    browser.sign_in(olga)
    rules = f"/manage/competitions/{competition.id}/rules"

    browser.submit(f"/manage/competitions/{competition.id}/rounds/new", {"name": "校级决赛"})
    added = queries.get_competition(competition.id).rounds[1]
    assert "校级决赛" in browser.get(rules).text
    browser.submit(rules, action=f"/manage/rounds/{added.id}/remove")

    db.session.expire_all()
    assert len(competition.rounds) == 1


def test_the_public_page_says_what_one_has_to_know(browser, olga):
    competition = make_competition(by=olga)

    page = browser.get(f"/c/{competition.event.code}")

    for words in (
        "我敢闯，我会创",
        "团队 3–15 人（含负责人），指导教师 1–3 名",
        "报名截止",
        "北京时间（UTC+8）",
        "个人成长",
        "有出处",
        "项目计划书",
        "必须提交",
        "去掉 1 个最高分和 1 个最低分",
    ):
        assert words in page.text
    assert page.has("[data-countdown]")
    assert page.has(f'a[href="/c/{competition.event.code}/enter"]')
    assert not page.has(f'a[href="/manage/competitions/{competition.id}"]')


def test_the_public_page_follows_the_clock(browser, olga, time):
    now = clock.now()
    competition = make_competition(
        by=olga,
        entries_open_at=now + timedelta(days=1),
        entries_close_at=now + timedelta(days=2),
    )
    address = f"/c/{competition.event.code}"

    assert "报名还没有开始" in browser.get(address).text
    time.move(days=1)
    assert browser.get(address).has(f'a[href="{address}/enter"]')
    time.move(days=1)
    page = browser.get(address)
    assert "报名已截止" in page.text
    assert not page.has(f'a[href="{address}/enter"]')


def test_a_cancelled_competition_says_so(browser, olga):
    competition = make_competition(by=olga)
    events.cancel_event(competition.event_id, reason="场馆检修", by=olga)

    page = browser.get(f"/c/{competition.event.code}")

    assert "这项赛事已取消" in page.text
    assert not page.has(f'a[href="/c/{competition.event.code}/enter"]')


def test_a_draft_is_nobodys_business(browser, new_browser, olga, nell, mei):
    competition = make_competition(by=olga, is_open=False)
    address = f"/c/{competition.event.code}"

    browser.get(address, status=404)
    browser.get("/c/222222", status=404)
    new_browser().sign_in(nell).get(address, status=404)
    new_browser().sign_in(mei).get(address)
    assert "预览：尚未发布" in new_browser().sign_in(olga).get(address).text


def test_another_circles_organiser_finds_nothing(browser, olga):
    round_ = make_round(by=olga, is_open=False)
    competition, rubric = round_.competition, round_.rubrics[0]
    stranger = make_organiser("外人", circle=make_circle("swu", university="西南大学"))
    browser.sign_in(stranger)
    token = browser.csrf_token("/privacy")
    base = f"/manage/competitions/{competition.id}"

    for address in (
        base,
        f"{base}/settings",
        f"{base}/rules",
        f"{base}/rounds/new",
        f"/manage/groups/{competition.groups[0].id}",
        f"/manage/rounds/{round_.id}",
        f"/manage/rounds/{round_.id}/documents",
        f"/manage/rounds/{round_.id}/marks-due",
        f"/manage/rubrics/{rubric.id}",
    ):
        browser.get(address, status=404)
    for address in (
        f"{base}/open",
        f"{base}/close",
        f"{base}/finish",
        f"/manage/rounds/{round_.id}/open",
        f"/manage/rounds/{round_.id}/remove",
        f"/manage/rubrics/{rubric.id}/confirm",
        f"/manage/rubrics/{rubric.id}/restore",
    ):
        browser.post(address, {"csrf_token": token}, status=404)


def test_who_organises_nothing_makes_nothing(browser, nell):
    browser.sign_in(nell)

    for address in ("/manage/competitions", "/manage/competitions/new", NEW):
        browser.get(address, status=404)


def test_the_list_costs_the_same_for_one_and_for_three(browser, olga, count_statements):
    browser.sign_in(olga)
    make_competition(by=olga)
    browser.get("/manage/competitions")

    with count_statements() as one:
        browser.get("/manage/competitions")
    make_competition(by=olga)
    make_competition(by=olga, is_open=False)
    with count_statements() as three:
        page = browser.get("/manage/competitions")

    assert len(page.select("tbody tr")) == 3
    assert len(one) == len(three)


def test_pages_of_a_competition_cost_the_same_for_one_group_and_for_twelve(
    browser, olga, count_statements
):
    browser.sign_in(olga)
    small = make_competition(by=olga)
    large = make_competition(by=olga, groups=None)
    for competition in (small, large):
        browser.get(f"/c/{competition.event.code}")

    for address in ("/c/{code}", "/manage/competitions/{id}", "/manage/competitions/{id}/rules"):
        counts = []
        for competition in (small, large):
            facts = {"code": competition.event.code, "id": competition.id}
            with count_statements() as seen:
                browser.get(address.format(**facts))
            counts.append(len(seen))
        assert counts[0] == counts[1], address


def test_the_front_page_shows_what_is_open_and_what_runs(browser, olga):
    make_competition(by=olga, title="正在报名的一场")
    running = make_competition(by=olga, title="评审中的一场")
    service.close_entries(running.id, by=olga)
    make_competition(by=olga, title="草稿的一场", is_open=False)

    page = browser.get("/")

    assert "正在报名的一场" in page.text
    assert "评审中的一场" in page.text
    assert "草稿的一场" not in page.text


def test_a_contest_among_the_events_leads_to_its_competition(browser, new_browser, olga, nell):
    competition = make_competition(by=olga)
    page = browser.sign_in(olga).get(f"/manage/events/{competition.event_id}")

    (address,) = [tab["href"] for tab in page.select(".tab-bar a") if "赛事管理" in tab.text]

    assert browser.get(address, status=302).response.location.endswith(str(competition.id))
    new_browser().sign_in(nell).get(address, status=404)
    lecture = make_event(by=olga)
    browser.get(f"/manage/events/{lecture.id}/competition", status=404)


def test_a_draft_without_dates_is_led_to_them_before_it_can_be_announced(browser, olga):
    competition = make_competition(
        by=olga, is_open=False, entries_open_at=None, entries_close_at=None
    )
    here = f"/manage/competitions/{competition.id}"
    browser.sign_in(olga)

    page = browser.get(here)

    assert "还没有设定报名的开始和截止时间" in page.select_one(".next-step").text
    assert page.has(f'.next-step a[href="{here}/settings"]')
    assert not page.has('[data-dialog-open="open-entries"]')

    dated = make_competition(by=olga, is_open=False)
    assert browser.get(f"/manage/competitions/{dated.id}").has(
        '.next-step [data-dialog-open="open-entries"]'
    )
