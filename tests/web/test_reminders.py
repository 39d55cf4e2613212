"""The tab of reminders, as an organiser uses it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eventhub import clock
from eventhub.db import transaction
from eventhub.notifications import queries as notifications
from eventhub.notifications.enums import DeliveryState
from eventhub.reminders import queries, service
from eventhub.reminders.enums import Anchor
from eventhub.reminders.models import ReminderSent
from tests.factories.competitions import make_competition
from tests.factories.people import make_circle, make_organiser
from tests.factories.reminders import make_reminded_roadshow, make_rule
from tests.factories.roadshows import make_roadshow


def tab(competition_id: object, **query: str) -> str:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/manage/competitions/{competition_id}/reminders" + (f"?{words}" if words else "")


def test_one_click_sets_the_reminder_that_nearly_everybody_wants(browser, olga):
    roadshow = make_roadshow(by=olga, entry_count=2)
    competition_id = roadshow.round.competition_id
    browser.sign_in(olga)
    page = browser.get(tab(competition_id))
    assert "还没有提醒" in page.text
    assert page.select_one(".btn--primary").text.strip() == "出场前 1 天"

    browser.submit(tab(competition_id), form=".inline-form")

    rule = queries.list_rules(competition_id)[0]
    assert (rule.anchor, rule.lead) == (Anchor.SLOT, timedelta(days=1))
    page = browser.get(tab(competition_id))
    assert "已设置提醒：出场前 1 天。" in page.text
    assert "已发 0 封，待发 2 封" in page.text
    assert len(page.select(".data-table tbody tr")) == 2
    assert not any("出场前 1 天" in button.text for button in page.select(".reminder-add .btn"))


def test_another_lead_is_typed(browser, olga):
    competition = make_competition(by=olga)
    browser.sign_in(olga)

    browser.submit(
        tab(competition.id),
        {"anchor": "entry_deadline", "amount": "36", "unit": "hours"},
        form="#other",
    )

    rule = queries.list_rules(competition.id)[0]
    assert (rule.anchor, rule.lead) == (Anchor.ENTRY_DEADLINE, timedelta(hours=36))


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        ("5", "minutes", "10 分钟到 60 天"),
        ("999", "days", "10 分钟到 60 天"),
        ("0", "days", None),
        ("", "days", None),
        ("明天", "days", None),
        ("9" * 100, "days", None),
        ("1", "weeks", None),
    ],
)
def test_a_lead_that_cannot_be_is_refused_beside_its_field(browser, olga, amount, unit, said):
    competition = make_competition(by=olga)
    browser.sign_in(olga)

    page = browser.submit(
        tab(competition.id),
        {"anchor": "slot", "amount": amount, "unit": unit},
        form="#other",
        status=422,
    )

    assert page.has("details.reminder-other[open]"), "the refused form stays in sight"
    assert page.has('[aria-invalid="true"]')
    assert said is None or said in page.text
    if unit == "days":
        assert page.select_one("#amount")["value"] == amount
    assert queries.list_rules(competition.id) == []


def test_a_rule_is_paused_resumed_and_removed(browser, olga):
    competition = make_competition(by=olga)
    rule = make_rule(competition, by=olga)
    browser.sign_in(olga)

    browser.submit(tab(competition.id), action=f"/manage/reminders/{rule.id}/pause")
    assert not queries.get_rule(rule.id).is_active
    assert "已暂停" in browser.get(tab(competition.id)).text
    browser.submit(tab(competition.id), action=f"/manage/reminders/{rule.id}/resume")
    assert queries.get_rule(rule.id).is_active
    browser.submit(tab(competition.id), action=f"/manage/reminders/{rule.id}/remove")

    assert queries.list_rules(competition.id) == []


def test_a_rule_that_has_sent_offers_no_removal_and_refuses_it(browser, olga, time):
    roadshow = make_reminded_roadshow(
        by=olga, entry_count=1, starts_at=clock.now() + timedelta(hours=5)
    )
    competition_id = roadshow.round.competition_id
    rule = queries.list_rules(competition_id)[0]
    service.send_due()
    browser.sign_in(olga)
    assert not browser.get(tab(competition_id)).has(
        f'[action="/manage/reminders/{rule.id}/remove"]'
    )

    token = browser.csrf_token(tab(competition_id))
    page = browser.post(f"/manage/reminders/{rule.id}/remove", {"csrf_token": token}, status=409)

    assert "只能暂停，不能删除" in page.text


def test_slots_wait_for_a_published_timetable_and_the_page_says_so(browser, olga):
    roadshow = make_reminded_roadshow(by=olga, until="drawn")
    competition_id = roadshow.round.competition_id
    browser.sign_in(olga)

    page = browser.get(tab(competition_id))

    assert "等待发布日程" in page.text
    assert page.has(f'a[href="/manage/competitions/{competition_id}/roadshow"]')


def test_what_went_out_is_shown_with_its_state_and_a_masked_address(browser, olga, time):
    roadshow = make_reminded_roadshow(
        by=olga, entry_count=3, starts_at=clock.now() + timedelta(hours=5)
    )
    competition_id = roadshow.round.competition_id
    service.send_due()
    failed, retried, sent = [row.delivery for row in _sent(competition_id)]
    with transaction():
        failed.state, failed.last_error = DeliveryState.FAILED, "550 5.1.1 <…>: no such user"
        retried.last_error, retried.attempts = "421 busy", 1
        sent.state, sent.sent_at = DeliveryState.SENT, clock.now()
    browser.sign_in(olga)

    page = browser.get(tab(competition_id, view="sent"))

    rows = page.select(".data-table tbody tr")
    assert [row.select_one(".state").text.strip() for row in rows] == [
        "发送失败",
        "等待重试",
        "已送达邮件服务器",
    ]
    assert "对方邮件服务器拒收" in rows[0].text
    assert "邮件服务器暂时不接收。将在" in rows[1].text
    assert failed.address not in page.response.get_data(as_text=True)
    assert failed.masked_address in rows[0].text
    assert [bool(row.select("form")) for row in rows] == [True, False, False]
    only_failed = browser.get(tab(competition_id, view="failed"))
    assert len(only_failed.select(".data-table tbody tr")) == 1


def _sent(competition_id: object) -> list[ReminderSent]:
    from eventhub.db import db

    return list(db.session.scalars(queries.select_sent(competition_id)))  # type: ignore[arg-type]


def test_a_failed_reminder_is_sent_again_and_one_is_back_on_the_page(browser, olga, time):
    roadshow = make_reminded_roadshow(
        by=olga, entry_count=1, starts_at=clock.now() + timedelta(hours=5)
    )
    here = tab(roadshow.round.competition_id, view="failed")
    service.send_due()
    delivery = _sent(roadshow.round.competition_id)[0].delivery
    with transaction():
        delivery.state, delivery.last_error = DeliveryState.FAILED, "421 busy"
    browser.sign_in(olga)

    answer = browser.submit(here, action=f"/manage/deliveries/{delivery.id}/resend")

    assert answer.response.location == here
    assert notifications.get_delivery(delivery.id).state is DeliveryState.QUEUED
    assert "没有发送失败的提醒" in browser.get(here).text


def test_a_mail_that_nobody_could_get_is_named(browser, olga):
    roadshow = make_reminded_roadshow(by=olga, entry_count=1)
    from eventhub.roadshows.queries import list_slots

    with transaction():
        list_slots(roadshow.id)[0].entry.captain.email = None
    browser.sign_in(olga)

    assert "没有邮箱，无法发送" in browser.get(tab(roadshow.round.competition_id)).text


@pytest.mark.parametrize("view", ["planned", "sent", "failed"])
def test_the_page_costs_the_same_for_one_and_for_three(browser, olga, time, count_statements, view):
    counts = []
    browser.sign_in(olga)
    for number in (1, 3):
        roadshow = make_reminded_roadshow(
            by=olga, entry_count=number, starts_at=clock.now() + timedelta(hours=5)
        )
        competition_id = roadshow.round.competition_id
        make_rule(roadshow.round.competition, lead=timedelta(hours=2), by=olga)
        service.send_due()
        with transaction():
            for row in _sent(competition_id):
                row.delivery.state, row.delivery.last_error = DeliveryState.FAILED, "421"
        browser.get(tab(competition_id, view=view))
        with count_statements() as seen:
            page = browser.get(tab(competition_id, view=view))
        assert len(page.select(".data-table tbody tr")) == number
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_nobody_else_finds_the_tab(browser, new_browser, olga, sam, tia, mei, nell):
    competition = make_competition(by=olga)
    rule = make_rule(competition, by=olga)
    foreign = make_organiser("外人", circle=make_circle("cqu", university="重庆大学"))

    for person in (sam, tia, mei, nell, foreign):
        visitor = new_browser().sign_in(person)
        visitor.get(tab(competition.id), status=404)
        token = visitor.csrf_token("/profile")
        for act in ("pause", "resume", "remove"):
            visitor.post(f"/manage/reminders/{rule.id}/{act}", {"csrf_token": token}, status=404)
    browser.get(tab(competition.id), status=302)
    assert queries.get_rule(rule.id).is_active


def test_odd_addresses_do_no_harm(browser, olga):
    competition = make_competition(by=olga)
    browser.sign_in(olga)

    for query in ({"view": "nonsense"}, {"page": "-1"}, {"page": "999999999999"}, {"page": "x"}):
        browser.get(tab(competition.id, **query))
