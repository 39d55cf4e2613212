"""The closing page by each office, and the way of a sheet back to its judge."""

from __future__ import annotations

import pytest

from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.db import transaction
from eventhub.judging import service
from eventhub.judging.enums import OfficerRole
from eventhub.judging.queries import seats, sheets
from eventhub.judging.queries.closing import find_closing
from eventhub.judging.queries.results import list_standings
from tests.factories.judging import make_judged_round, make_watch


@pytest.fixture
def round_(app, olga):
    made = make_judged_round(by=olga)
    with transaction():
        made.needs_signatures = True
    service.set_chief(seats.list_seats(made.id)[0].id, by=olga)
    return made


@pytest.fixture
def chief(round_):
    return next(seat for seat in seats.list_seats(round_.id) if seat.is_chief).person


@pytest.fixture
def scrutineer(round_):
    return make_watch(round_, OfficerRole.SCRUTINEER)


@pytest.fixture
def supervisor(round_):
    return make_watch(round_)


def page_of(round_) -> str:
    return f"/judging/{round_.id}/closing"


def seen_by(new_browser, person, url, **options):
    visitor = new_browser()
    visitor.sign_in(person)
    return visitor, visitor.get(url, **options)


def test_each_office_does_its_part_through_the_page(
    round_, chief, scrutineer, supervisor, olga, new_browser
):
    url = page_of(round_)
    service.close_round(round_.id, by=olga)
    counting, page = seen_by(new_browser, scrutineer, url)
    assert "轮到您了" in page.text
    for each in find_closing(competitions.get_round(round_.id)).sample:
        action = f"{url}/recounts/{each.sheet.id}"
        counting.submit(url, {"total": f"{each.sheet.total}"}, action=action)
    counting.submit(url, action=f"{url}/signature")
    for person in (chief, supervisor):
        signing, page = seen_by(new_browser, person, url)
        assert "请核对名次后在下面签字" in page.text
        signing.submit(url, action=f"{url}/signature")
    running, page = seen_by(new_browser, olga, url)
    assert "手续已齐" in page.text
    running.submit(f"/manage/rounds/{round_.id}/publish")
    assert competitions.get_round(round_.id).state is RoundState.PUBLISHED


def test_a_wrong_sum_is_told_and_nothing_typed_is_lost(round_, scrutineer, olga, new_browser):
    service.close_round(round_.id, by=olga)
    url = page_of(round_)
    visitor, _page = seen_by(new_browser, scrutineer, url)
    sheet = find_closing(competitions.get_round(round_.id)).sample[0].sheet
    action = f"{url}/recounts/{sheet.id}"
    bad = visitor.submit(url, {"total": "八十"}, action=action, status=422)
    assert bad.has("input[name=total][value='八十']")
    visitor.submit(url, {"total": "1"}, action=action)
    assert "不一致" in visitor.get(url).text


def test_publishing_without_signatures_is_refused_or_reasoned(round_, olga, browser):
    service.close_round(round_.id, by=olga)
    browser.sign_in(olga)
    refused = browser.submit(f"/manage/rounds/{round_.id}/publish", status=409)
    assert "还没有签齐" in refused.text
    url = page_of(round_)
    browser.submit(url, {"reason": ""}, action=f"{url}/signatures/waived", status=422)
    browser.submit(url, {"reason": "校内练习赛"}, action=f"{url}/signatures/waived")
    browser.submit(f"/manage/rounds/{round_.id}/publish")


def test_a_move_goes_through_two_pages_and_the_public_reads_why(
    round_, chief, supervisor, olga, new_browser
):
    service.close_round(round_.id, by=olga)
    url = page_of(round_)
    last = list_standings(round_.id)[-1]
    asking, _page = seen_by(new_browser, chief, url)
    values = {"entry": str(last.entry_id), "rank": "1", "reason": "现场核实订单属实"}
    bad = asking.submit(f"{url}/move", {**values, "rank": "9"}, status=422)
    assert "现场核实订单属实" in bad.text
    asking.submit(f"{url}/move", values)
    signing, page = seen_by(new_browser, supervisor, url)
    assert "现场核实订单属实" in page.text
    (action,) = {
        form["action"]
        for form in page.select("form")
        if form["action"].endswith("/signature") and "/moves/" in form["action"]
    }
    signing.submit(url, action=action)
    service.set_signatures_needed(round_.id, is_needed=False, reason="测试", by=olga)
    service.publish_results(round_.id, by=olga)
    public = new_browser().get(f"/c/{round_.competition.event.code}/results").text
    assert "合议调整：第 3 名 → 第 1 名。理由：现场核实订单属实" in public
    assert supervisor.name in public


def test_a_sheet_goes_back_through_its_page(round_, chief, supervisor, new_browser):
    seat = next(seat for seat in seats.list_seats(round_.id) if not seat.is_chief)
    sheet = next(
        one.sheet for one in sheets.list_work(seat, now=round_.opened_at).assignments if one.sheet
    )
    url = f"/judging/{round_.id}/sheets/{sheet.id}/return"
    asking, _page = seen_by(new_browser, chief, url)
    asking.submit(url, {"reason": ""}, status=422)
    asking.submit(url, {"reason": "创新性漏打"})
    signing, page = seen_by(new_browser, supervisor, page_of(round_))
    assert "创新性漏打" in page.text
    page = signing.get(url)
    (action,) = {f["action"] for f in page.select("form") if f["action"].endswith("/signature")}
    signing.submit(url, action=action)
    assert not sheets.find_sheet(seat, sheet.entry_id).is_submitted


@pytest.mark.parametrize("who", ["nell", "tia", "jun", "sam"])
def test_nobody_else_learns_that_there_is_such_a_page(round_, olga, new_browser, request, who):
    service.close_round(round_.id, by=olga)
    person = request.getfixturevalue(who)
    sheet = find_closing(competitions.get_round(round_.id)).sample[0].sheet
    for path in (page_of(round_), f"{page_of(round_)}/move"):
        seen_by(new_browser, person, path, status=404)
    seen_by(new_browser, person, f"/judging/{round_.id}/sheets/{sheet.id}/return", status=404)


def test_a_plain_judge_of_the_round_has_no_part_in_it(round_, new_browser, olga):
    seat = next(seat for seat in seats.list_seats(round_.id) if not seat.is_chief)
    service.close_round(round_.id, by=olga)
    seen_by(new_browser, seat.person, page_of(round_), status=404)


def test_a_scrutineer_adds_up_but_reads_no_history(round_, scrutineer, new_browser):
    seat = seats.list_seats(round_.id)[0]
    sheet = next(
        one.sheet for one in sheets.list_work(seat, now=round_.opened_at).assignments if one.sheet
    )
    seen_by(new_browser, scrutineer, f"/judging/{round_.id}/sheets/{sheet.id}/return", status=404)
