"""What everybody sees of events: front page, calendar, registering, tickets."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from eventhub import clock
from eventhub.circles import service as circles
from eventhub.db import db
from eventhub.domain import codes
from eventhub.events import queries, service
from eventhub.events.enums import EventKind, RegistrationState
from eventhub.notifications.models import Delivery
from tests.browser import query_string
from tests.factories import (
    make_attendee,
    make_circle,
    make_event,
    make_person,
    make_registration,
    make_university,
)

FORM = {"name": "王小雨", "email": "wang@example.org", "organisation": "某公司", "consent": "y"}


def test_the_front_page_says_what_it_is_before_anything_exists(browser):
    page = browser.get("/")

    assert "赛事与活动" in page.select_one("h1").text
    assert "目前没有开放报名的赛事" in page.text
    assert page.select_one(f'a[href="{"/events"}"]')


def test_the_front_page_shows_today_and_what_comes(browser, time, olga):
    now = clock.now().replace(hour=4, minute=0)  # noon in Chongqing
    time.set(now)
    make_event("正在进行的讲座", by=olga, starts_at=now, ends_at=now + timedelta(hours=1))
    make_event(
        "后天的对接会",
        by=olga,
        starts_at=now + timedelta(days=2),
        ends_at=now + timedelta(days=2, hours=1),
    )
    make_event("还没发布", by=olga, is_published=False)

    page = browser.get("/")

    today = page.select_one(".today").text
    assert "正在进行的讲座" in today
    assert "进行中" in today
    assert "后天的对接会" not in today
    assert "后天的对接会" in page.select_one(".event-rows").text
    assert "还没发布" not in page.text
    assert "环重庆邮电大学创新创业生态圈" in page.select_one(".circles").text


@pytest.mark.parametrize("path", ["/", "/events"])
def test_lists_ask_as_often_for_three_events_as_for_one(browser, olga, count_statements, path):
    def asked() -> int:
        with count_statements() as seen:
            browser.get(path)
        return len(seen)

    make_registration(make_event(by=olga))
    browser.get(path)
    one = asked()
    for _ in range(2):
        make_registration(make_event(by=olga))

    assert asked() == one


def test_the_calendar_is_filtered_by_kind_circle_month_and_words(browser, olga):
    other = make_circle("cqu", university="重庆大学")
    day = clock.now().replace(year=clock.now().year + 1, month=3, day=10)
    make_event("量子科普", by=olga, kind=EventKind.POPULAR_SCIENCE)
    make_event("投资对接", circle=other, kind=EventKind.FINANCING_MATCHING)
    make_event("春季讲座", by=olga, starts_at=day, ends_at=day + timedelta(hours=1))

    def titles(**asked: str) -> set[str]:
        page = browser.get("/events" + query_string(**asked))
        return {row.text.strip() for row in page.select(".event-row__title")}

    assert titles() == {"量子科普", "投资对接", "春季讲座"}
    assert titles(kind="popular_science") == {"量子科普"}
    assert titles(circle="cqu") == {"投资对接"}
    assert titles(month=f"{day:%Y-%m}") == {"春季讲座"}
    assert titles(search="对接") == {"投资对接"}
    assert titles(search="100%_") == set()
    assert titles(kind="nonsense", month="2026-13", page="-5") == titles()


def test_past_events_are_found_by_month_only(browser, olga, time):
    event = make_event("上月讲座", by=olga)
    month = event.starts_at.strftime("%Y-%m")
    time.set(event.ends_at + timedelta(days=40))

    assert "上月讲座" not in browser.get("/events").text
    assert "已结束" in browser.get(f"/events?month={month}").text


def test_an_event_shows_when_where_and_who(browser, olga):
    event = make_event(
        by=olga, address="崇文路 2 号", capacity=30, description="第一行\n<b>第二行</b>"
    )

    page = browser.get(f"/e/{event.code}")

    for words in ("创新楼 201", "崇文路 2 号", "北京时间（UTC+8）", "主办", "还剩 30 个名额"):
        assert words in page.text
    assert not page.has(".event-text b")
    assert page.has(f'a[href="/e/{event.code}/register"]')


def test_a_draft_is_seen_by_its_organisers_alone(browser, new_browser, olga, nell):
    event = make_event(by=olga, is_published=False)

    for path in (
        f"/e/{event.code}",
        f"/e/{event.code}/register",
        f"/e/{event.code}.ics",
        f"/e/{event.code}.png",
    ):
        browser.get(path, status=404)
    new_browser().sign_in(nell).get(f"/e/{event.code}", status=404)
    assert "草稿" in new_browser().sign_in(olga).get(f"/e/{event.code}").text


def test_a_stranger_registers_and_gets_a_ticket(browser, app):
    event, university = make_event(), make_university("重庆大学")

    ticket = browser.submit(f"/e/{event.code}/register", FORM | {"organisation": "重庆大学"})

    path = ticket.response.headers["Location"]
    page = browser.get(path)
    assert "报名成功" in page.text
    assert "王小雨" in page.text
    code = path.rsplit("/", 1)[-1]
    assert codes.format_code(code) in page.text
    (place,) = queries.list_registrations(event.id)
    assert place.university_id == university.id
    assert place.ticket.code == code
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == 1


def test_registering_asks_for_one_way_to_be_reached(browser, app):
    event = make_event()

    page = browser.submit(f"/e/{event.code}/register", FORM | {"email": ""}, status=422)
    assert "请至少填写邮箱或手机中的一项" in page.text
    assert page.select_one("#name")["value"] == "王小雨"
    page = browser.submit(
        f"/e/{event.code}/register", FORM | {"email": "", "phone": "12345"}, status=422
    )
    assert "请填写 11 位手机号码" in page.text
    browser.submit(f"/e/{event.code}/register", FORM | {"email": "", "phone": "+86 138-0000-0000"})

    assert [place.phone for place in queries.list_registrations(event.id)] == ["13800000000"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "王"),
        ("name", "长" * 51),
        ("name", "字" * 100_000),
        ("email", "kein-at"),
        ("organisation", "单" * 81),
        ("consent", None),
    ],
)
def test_what_cannot_be_taken_is_told_beside_its_field(browser, app, field, value):
    event = make_event()

    page = browser.submit(f"/e/{event.code}/register", FORM | {field: value}, status=422)

    assert page.has(f"#{field}-errors")
    assert queries.count_places(event.id) == 0


def test_rare_names_survive(browser, app):
    event = make_event()

    browser.submit(f"/e/{event.code}/register", FORM | {"name": "𠮷田·买买提 🚀"})

    assert [p.name for p in queries.list_registrations(event.id)] == ["𠮷田·买买提 🚀"]


def test_who_registers_again_in_the_same_browser_sees_the_ticket_again(browser, app):
    event = make_event()

    first = browser.submit(f"/e/{event.code}/register", FORM).response.headers["Location"]
    second = browser.submit(f"/e/{event.code}/register", FORM).response.headers["Location"]

    assert first == second
    assert "您已报名" in browser.get(f"/e/{event.code}").text


def test_nobody_gets_a_ticket_by_typing_another_ones_address(browser, new_browser, nell):
    event = make_event()
    code = browser.submit(f"/e/{event.code}/register", FORM).response.headers["Location"][-10:]

    for thief in (new_browser(), new_browser().sign_in(nell)):
        page = thief.submit(
            f"/e/{event.code}/register", FORM | {"email": "WANG@example.org"}, status=None
        )
        assert code not in page.response.get_data(as_text=True)
    stranger = new_browser().submit(f"/e/{event.code}/register", FORM, status=409)
    assert "已经报过名" in stranger.text
    again = db.session.scalars(select(Delivery.address).where(Delivery.kind == "events.ticket"))
    assert [*again].count("wang@example.org") == 2  # at most one more an hour


def test_someone_signed_in_registers_as_themself(browser, nell):
    event = make_event()
    browser.sign_in(nell)

    browser.submit(
        f"/e/{event.code}/register",
        {"organisation": "重庆大学", "consent": "y", "email": "other@example.org"},
    )

    (place,) = queries.list_registrations(event.id)
    assert (place.person_id, place.email, place.name) == (nell.id, nell.email, nell.name)
    desk = browser.get("/desk")
    assert "我的电子票" in desk.text
    assert event.title in desk.text


def test_a_full_event_says_so_and_keeps_what_was_typed(browser, app):
    event = make_event(capacity=1)
    page = browser.get(f"/e/{event.code}/register")
    make_registration(event)

    token = page.select_one("main form input[name=csrf_token]")["value"]
    page = browser.post(f"/e/{event.code}/register", FORM | {"csrf_token": token}, status=409)

    assert "名额已满" in page.text
    assert page.select_one("#name")["value"] == "王小雨"
    assert "名额已满" in browser.get(f"/e/{event.code}").text


def test_a_late_registration_is_refused_and_keeps_what_was_typed(browser, app, time):
    event = make_event(registration_closes_at=clock.now() + timedelta(hours=1))
    path = f"/e/{event.code}/register"
    token = browser.get(path).select_one("main form input[name=csrf_token]")["value"]
    time.move(hours=1)

    page = browser.post(path, FORM | {"csrf_token": token}, status=409)

    assert "报名已经截止" in page.text
    assert page.select_one("#organisation")["value"] == "某公司"
    assert not browser.get(path).has("#name")  # whoever comes now finds no form to fill in vain


def test_a_ticket_shows_its_code_as_qr_of_the_public_address(browser, app):
    import qrcode
    from PIL import Image, ImageChops
    from qrcode.constants import ERROR_CORRECT_M

    place = make_registration()
    response = browser.get(f"/t/{place.ticket.code}.png").response

    assert response.mimetype == "image/png"
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=12, border=4)
    code.add_data(f"https://eventhub.test/t/{place.ticket.code}")
    shown = Image.open(io.BytesIO(response.data)).convert("1")
    wanted = code.make_image().get_image().convert("1")
    assert shown.size == wanted.size
    assert ImageChops.difference(shown.convert("L"), wanted.convert("L")).getbbox() is None


def test_a_ticket_is_given_back_from_its_page(browser, app):
    place = make_registration()
    path = f"/t/{place.ticket.code}"

    browser.submit(path, form="#cancel-place form")

    page = browser.get(path)
    assert "报名已取消，本票作废" in page.text
    assert not page.has("#cancel-place")
    assert place.state is RegistrationState.CANCELLED


def test_a_ticket_tells_when_its_event_is_called_off(browser, olga):
    event = make_event(by=olga)
    place = make_registration(event)
    service.cancel_event(event.id, reason="台风来袭", by=olga)

    page = browser.get(f"/t/{place.ticket.code}")

    assert "本票作废" in page.text
    assert "台风来袭" in page.text


def test_a_ticket_that_was_never_issued_is_not_found(browser, app):
    place = make_registration()
    wrong = "3" if place.ticket.code[-1] != "3" else "4"

    for path in (f"/t/{place.ticket.code[:-1]}{wrong}", "/t/2222222222", "/t/x.png"):
        browser.get(path, status=404)


def test_a_ticket_is_opened_by_its_typed_code(browser, app):
    place = make_registration()

    found = browser.get(f"/t?code={codes.format_code(place.ticket.code).lower()}", status=302)
    assert found.response.headers["Location"] == f"/t/{place.ticket.code}"
    assert "没有找到票号" in browser.get("/t?code=ABCD", status=404).text
    assert browser.get("/t").has("#code")


def test_the_calendar_file_reads_as_one_appointment(browser, olga):
    event = make_event("融资, 对接; 专场", by=olga, address="崇文路 2 号")
    service.update_event(event.id, venue="图书馆", by=olga)

    response = browser.get(f"/e/{event.code}.ics").response

    assert response.mimetype == "text/calendar"
    (entry,) = Calendar.from_ical(response.data).walk("VEVENT")
    assert entry["summary"] == "融资, 对接; 专场"
    assert entry["location"] == "图书馆 · 崇文路 2 号"
    assert entry["sequence"] == 1
    assert entry.decoded("dtstart") == queries.get_event(event.id).starts_at.replace(microsecond=0)


def test_a_circle_shows_itself_and_what_it_offers(browser, olga):
    event = make_event(by=olga)

    page = browser.get("/circles/cqupt")

    assert "重庆邮电大学" in page.text
    assert event.title in page.text
    browser.get("/circles/nowhere", status=404)


def test_pages_in_english_name_the_day_in_english(browser, olga):
    make_event(by=olga)

    page = browser.speak("en").get("/events")

    assert not page.has(".event-day__weekday:-soup-contains('周')")


def test_only_one_line_of_the_navigation_is_marked(browser, olga):
    browser.sign_in(olga)
    make_event(by=olga)

    for path in ("/", "/events", "/manage/events", "/manage/events/new", "/desk"):
        marked = browser.get(path).select(".masthead__nav [aria-current]")
        assert len(marked) == 1, path
        assert marked[0]["href"] in path


def test_someone_new_finds_a_beginning_on_the_desk(browser, nell):
    page = browser.sign_in(nell).get("/desk")

    assert "从这里开始" in page.text
    assert page.has('main a[href="/events"]')


def test_people_without_a_role_are_told_which_address_counts(browser, nell):
    circles.add_university("重庆大学", level="本科")
    assert make_person("某人").email not in browser.sign_in(nell).get("/desk").text
    assert nell.email in browser.get("/desk").text


def test_a_full_name_of_the_ticket_fits_an_attendee_without_mail(browser, app):
    place = make_registration(attendee=make_attendee("长" * 50, phone="13800000000"))

    assert "长" * 50 in browser.get(f"/t/{place.ticket.code}").text
