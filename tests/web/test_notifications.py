"""The page of deliveries, as an organiser uses it."""

from __future__ import annotations

import uuid

import pytest

from eventhub import clock
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Circle
from eventhub.circles.service import grant_role
from eventhub.db import transaction
from eventhub.notifications import queries, service
from eventhub.notifications.enums import DeliveryState
from eventhub.notifications.messages import Message, Recipient
from eventhub.notifications.models import Delivery
from tests.factories.people import make_circle

PAGE = "/manage/deliveries"


def make_delivery(
    state: DeliveryState = DeliveryState.QUEUED,
    *,
    circle: Circle | None = None,
    name: str = "田佳",
    title: str = "审核通过",
    last_error: str | None = None,
) -> Delivery:
    made = service.notify(
        Recipient(name, "tianjia@stu.eventhub.test"),
        key=str(uuid.uuid4()),
        kind="test",
        compose=lambda: Message(title, ()),
        circle_id=(circle or make_circle()).id,
    )
    assert made is not None
    delivery = queries.get_delivery(made)
    with transaction():
        delivery.state, delivery.last_error = state, last_error
        delivery.sent_at = clock.now() if state is DeliveryState.SENT else None
    return delivery


def other_circle() -> Circle:
    return make_circle("cqu", university="重庆大学")


def rows(page):
    return page.select(".data-table tbody tr")


def test_each_message_shows_how_far_it_got(browser, olga):
    for state in DeliveryState:
        make_delivery(state, title=state.value, last_error="550 x" if state == "failed" else None)
    browser.sign_in(olga)

    page = browser.get(PAGE)

    shown = {
        row.select_one('[data-label="标题"]').text.strip(): row.select_one(".state").text.strip()
        for row in rows(page)
    }
    assert shown == {
        "queued": "排队中",
        "sending": "发送中",
        "sent": "已送达邮件服务器",
        "failed": "发送失败",
    }
    assert "tianjia@" not in page.response.get_data(as_text=True)
    assert "t***@stu.eventhub.test" in page.text
    assert [tab.text for tab in page.select(".band .tab-bar__count")] == ["4", "1", "1", "1", "1"]


def test_the_list_is_narrowed_by_state_and_words(browser, olga):
    make_delivery(DeliveryState.FAILED, name="吉克·阿呷", title="100%_完成", last_error="421")
    make_delivery(DeliveryState.SENT, name="𠮷田", title="报名成功")
    browser.sign_in(olga)

    for query, count in (
        ("?state=failed", 1),
        ("?state=nonsense", 2),
        ("?q=𠮷", 1),
        ("?q=报名", 1),
        ("?q=%25_", 1),
        ("?q=%25", 1),
        ("?q=_成", 0),
        ("?q=田&state=failed", 0),
        ("?q=" + "长" * 5000, 0),
    ):
        assert len(rows(browser.get(PAGE + query))) == count, query


def test_one_sees_the_messages_of_ones_circles_alone(browser, olga):
    make_delivery(title="自己的")
    make_delivery(circle=other_circle(), title="别人的")
    browser.sign_in(olga)

    assert "别人的" not in browser.get(PAGE).text
    assert "别人的" not in browser.get(PAGE + "?circle=cqu").text


def test_who_runs_two_circles_can_choose(browser, olga):
    grant_role(olga, circle_id=other_circle().id, role=CircleRole.ORGANISER)
    make_delivery(title="邮电的")
    make_delivery(circle=other_circle(), title="重大的")
    browser.sign_in(olga)

    both, one = browser.get(PAGE), browser.get(PAGE + "?circle=cqu")

    assert len(rows(both)) == 2
    assert "重大的" in one.text
    assert "邮电的" not in one.text
    assert one.select_one("#filter-circle option[selected]")["value"] == "cqu"


def test_a_failed_message_is_sent_again(browser, olga):
    delivery = make_delivery(DeliveryState.FAILED, last_error="421 busy")
    browser.sign_in(olga)

    answer = browser.submit(
        PAGE + "?state=failed", action=f"/manage/deliveries/{delivery.id}/resend"
    )

    assert answer.response.location == PAGE + "?state=failed"
    assert queries.get_delivery(delivery.id).state is DeliveryState.QUEUED
    assert "已重新排队，稍后发给田佳。" in browser.get(PAGE).text


def test_all_failed_messages_are_sent_again(browser, olga):
    made = [make_delivery(DeliveryState.FAILED, last_error="421") for _at in range(3)]
    foreign = make_delivery(DeliveryState.FAILED, circle=other_circle(), last_error="421")
    browser.sign_in(olga)

    browser.submit(PAGE + "?state=failed", action="/manage/deliveries/resend")

    assert {queries.get_delivery(d.id).state for d in made} == {DeliveryState.QUEUED}
    assert queries.get_delivery(foreign.id).state is DeliveryState.FAILED
    assert "已重新排队 3 条消息。" in browser.get(PAGE).text


def test_a_message_that_is_under_way_is_not_sent_again(browser, olga):
    delivery = make_delivery(DeliveryState.SENT)
    browser.sign_in(olga)
    token = browser.csrf_token(PAGE)

    page = browser.post(f"{PAGE}/{delivery.id}/resend", {"csrf_token": token}, status=409)

    assert "只有发送失败的消息可以重发" in page.text


def test_after_sending_again_one_stays_on_this_site(browser, olga):
    delivery = make_delivery(DeliveryState.FAILED, last_error="421")
    browser.sign_in(olga)
    values = {"csrf_token": browser.csrf_token(PAGE), "next": "https://evil.test/"}

    answer = browser.post(f"{PAGE}/{delivery.id}/resend", values)

    assert answer.response.location == PAGE


def test_only_organisers_see_deliveries(browser, new_browser, olga, sam, tia, mei, nell):
    delivery = make_delivery(DeliveryState.FAILED, last_error="421")

    for person in (sam, tia, mei, nell):
        visitor = new_browser().sign_in(person)
        visitor.get(PAGE, status=403)
        values = {"csrf_token": visitor.csrf_token("/profile")}
        visitor.post(f"{PAGE}/{delivery.id}/resend", values, status=404)
        visitor.post(f"{PAGE}/resend", values, status=403)
    browser.get(PAGE, status=302)
    assert queries.get_delivery(delivery.id).state is DeliveryState.FAILED


def test_personal_mails_are_on_nobodys_list(browser, olga):
    service.notify(
        Recipient("田佳", "tia@eventhub.test"),
        key="reset",
        kind="accounts.reset",
        compose=lambda: Message("设置新密码", ()),
    )
    browser.sign_in(olga)

    assert "设置新密码" not in browser.get(PAGE).text


def test_the_desk_says_that_something_failed(browser, olga):
    browser.sign_in(olga)
    assert "消息送达" not in browser.get("/desk").text
    make_delivery(DeliveryState.FAILED, last_error="421")

    page = browser.get("/desk")

    assert "1 条消息发送失败" in page.text
    assert page.has(f'a[href="{PAGE}?state=failed"]')


@pytest.mark.parametrize("query", ["", "?state=failed"])
def test_the_page_costs_the_same_for_one_and_for_three(browser, olga, count_statements, query):
    browser.sign_in(olga)
    counts = []
    for number in (1, 3):
        while len(rows(browser.get(PAGE + query))) < number:
            make_delivery(DeliveryState.FAILED, last_error="421")
        with count_statements() as seen:
            browser.get(PAGE + query)
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_a_long_list_pages(browser, olga):
    for at in range(27):
        make_delivery(title=f"第{at}封")
    browser.sign_in(olga)

    first, second = browser.get(PAGE), browser.get(PAGE + "?page=2")

    assert [len(rows(first)), len(rows(second))] == [25, 2]
    assert "第26封" in first.text
    assert "第0封" in second.text
