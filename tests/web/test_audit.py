"""The page of the log: what was done, to what, when, by whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eventhub.events import service
from tests.factories import make_event


def test_the_log_names_what_a_deed_was_done_to(browser, olga):
    event = make_event("低空经济沙龙", by=olga)
    service.update_event(event.id, ends_at=event.ends_at + timedelta(hours=1), by=olga)

    page = browser.sign_in(olga).get("/manage/log")

    row = page.select_one("tbody tr")
    assert "修改活动" in row.text
    assert "低空经济沙龙" in row.text
    assert "T" not in row.select_one("ins").text
    assert "北京时间" in page.text


@pytest.mark.parametrize("who", ["nell", "tia", "jun"])
def test_the_log_is_for_organisers_and_bureaus(browser, request, who):
    browser.sign_in(request.getfixturevalue(who)).get("/manage/log", status=403)


def test_a_page_with_three_deeds_asks_as_often_as_with_one(browser, olga, count_statements):
    browser.sign_in(olga)

    def asked() -> int:
        with count_statements() as seen:
            browser.get("/manage/log")
        return len(seen)

    make_event(by=olga)
    one = asked()
    make_event(by=olga)
    make_event(by=olga)

    assert asked() == one


def test_the_persons_menu_leads_to_what_the_bar_leaves_out(browser, olga, nell):
    page = browser.sign_in(olga).get("/desk")

    menu = [link["href"] for link in page.select(".masthead .menu__panel a")]
    assert menu == ["/profile", "/manage/team", "/manage/school-office", "/manage/log"]
    assert not page.has(".masthead__nav a[href='/manage/log']")
    here = browser.get("/manage/log").select(".masthead [aria-current]")
    assert [link["href"] for link in here] == ["/manage/log"]


def test_whoever_organises_nothing_has_a_short_menu(browser, nell):
    page = browser.sign_in(nell).get("/desk")

    assert [a["href"] for a in page.select(".masthead .menu__panel a")] == ["/profile"]
