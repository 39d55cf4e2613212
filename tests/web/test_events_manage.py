"""What organisers do with events."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from eventhub import clock
from eventhub.audit.models import AuditEntry
from eventhub.db import db
from eventhub.events import queries
from eventhub.events.enums import EventKind, EventState, HostRole, RegistrationState
from eventhub.events.models import Event
from tests.factories import (
    make_attendee,
    make_circle,
    make_event,
    make_organiser,
    make_registration,
)

FORM = {
    "kind": "lecture",
    "title": "大咖讲座第一讲",
    "starts_at": "2031-03-10T09:00",
    "ends_at": "2031-03-10T11:30",
    "venue": "创新楼",
    "capacity": "80",
}


def test_an_organiser_makes_checks_and_publishes_an_event(browser, olga):
    browser.sign_in(olga)
    assert "还没有活动" in browser.get("/manage/events").text

    made = browser.submit("/manage/events/new", FORM)

    path = made.response.headers["Location"]
    page = browser.get(path)
    assert "下一步：发布" in page.text
    browser.submit(path, action=f"{path}/publish")
    event = db.session.scalar(select(Event))
    assert event.state is EventState.PUBLISHED
    assert event.starts_at.isoformat() == "2031-03-10T01:00:00+00:00"
    page = browser.get(path)
    assert f"https://eventhub.test/e/{event.code}" in page.text
    assert page.has(f'img[src="/e/{event.code}.png"]')


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.CONTEST])
def test_every_kind_but_contests_is_made_here(browser, olga, kind):
    browser.sign_in(olga).submit("/manage/events/new", FORM | {"kind": kind.value})

    assert db.session.scalar(select(Event.kind)) is kind


def test_a_contest_is_not_made_here(browser, olga):
    page = browser.sign_in(olga).submit(
        "/manage/events/new", FORM | {"kind": "contest"}, status=422
    )

    assert page.has("#kind-errors")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 81}, "title"),
        ({"ends_at": "2031-03-10T09:00"}, "ends_at"),
        ({"starts_at": "irgendwann"}, "starts_at"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "viele"}, "capacity"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        (
            {
                "registration_opens_at": "2031-03-09T09:00",
                "registration_closes_at": "2031-03-08T09:00",
            },
            "registration_closes_at",
        ),
    ],
)
def test_a_wrong_field_is_told_and_nothing_is_lost(browser, olga, values, field):
    page = browser.sign_in(olga).submit("/manage/events/new", FORM | values, status=422)

    assert page.has(f"#{field}-errors")
    assert page.select_one("#venue")["value"] == "创新楼"
    assert db.session.scalar(select(Event)) is None


def test_an_event_is_changed_in_its_own_zone(browser, olga):
    event = make_event(by=olga, timezone="Europe/Berlin")
    path = f"/manage/events/{event.id}/edit"

    page = browser.sign_in(olga).get(path)
    assert "Europe/Berlin" in page.text
    browser.submit(path, {"starts_at": "2031-07-01T09:00", "ends_at": "2031-07-01T10:00"})

    assert queries.get_event(event.id).starts_at.isoformat() == "2031-07-01T07:00:00+00:00"


def test_saving_without_a_change_moves_nothing(browser, olga):
    start = clock.now().replace(second=0, microsecond=0) + timedelta(days=1)
    event = make_event(by=olga, starts_at=start, ends_at=start + timedelta(hours=2))

    browser.sign_in(olga).submit(f"/manage/events/{event.id}/edit")

    assert queries.get_event(event.id).revision == 0
    assert "event.changed" not in db.session.scalars(select(AuditEntry.action)).all()


def test_other_circles_join_as_hosts(browser, olga):
    event, other = make_event(by=olga), make_circle("cqu", university="重庆大学")

    browser.sign_in(olga).submit(
        f"/manage/events/{event.id}/hosts", {f"role_{other.id.hex}": "joint"}
    )

    roles = {host.circle_id: host.role for host in queries.get_event(event.id).hosts}
    assert roles == {event.circle_id: HostRole.LEAD, other.id: HostRole.JOINT}
    assert "联合举办" in browser.get(f"/e/{event.code}").text


def test_hosts_without_a_lead_are_refused(browser, olga):
    event = make_event(by=olga)

    page = browser.sign_in(olga).submit(
        f"/manage/events/{event.id}/hosts",
        {f"role_{event.circle_id.hex}": "organiser"},
        status=422,
    )

    assert "至少要有一个主办方" in page.text


def test_an_event_is_called_off_with_a_reason(browser, olga):
    event = make_event(by=olga)
    path = f"/manage/events/{event.id}/cancel"
    browser.sign_in(olga)

    assert browser.submit(path, {"reason": " "}, status=422).has("#reason-errors")
    browser.submit(path, {"reason": "场地停电"})

    assert queries.get_event(event.id).cancel_reason == "场地停电"
    assert "场地停电" in browser.get(f"/e/{event.code}").text
    assert "名单" in browser.get(f"/manage/events/{event.id}/attendees").text


def test_an_event_with_places_is_not_withdrawn(browser, olga):
    event = make_event(by=olga)
    path = f"/manage/events/{event.id}"
    browser.sign_in(olga)
    token = browser.csrf_token(path)
    make_registration(event)

    page = browser.post(f"{path}/unpublish", {"csrf_token": token}, status=409)

    assert "请取消活动" in page.text


ADDRESSES = (
    "/manage/events/{id}",
    "/manage/events/{id}/edit",
    "/manage/events/{id}/hosts",
    "/manage/events/{id}/cancel",
    "/manage/events/{id}/attendees",
    "/manage/events/{id}/attendees/new",
    "/manage/events/{id}/attendees.xlsx",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_else_reaches_an_event(browser, new_browser, olga, nell, sam, mei, address):
    path = address.format(id=make_event(by=olga).id)
    foreign = make_organiser("别圈", circle=make_circle("cqu", university="重庆大学"))

    assert "/sign-in?next=" in browser.get(path, status=302).response.headers["Location"]
    for person in (nell, sam, mei, foreign):
        new_browser().sign_in(person).get(path, status=404)
    new_browser().sign_in(olga).get(path)


def test_nobody_else_changes_an_event(new_browser, olga, nell):
    event = make_event(by=olga)
    place = make_registration(event)
    browser = new_browser().sign_in(nell)
    token = browser.csrf_token("/profile")

    for what in ("publish", "unpublish", "cancel", f"attendees/{place.id}/cancel"):
        browser.post(
            f"/manage/events/{event.id}/{what}", {"csrf_token": token, "reason": "x"}, status=404
        )
    assert place.state is RegistrationState.CONFIRMED
    browser.get("/manage/events", status=403)
    browser.get("/manage/events/new", status=403)


def test_the_list_is_searched_by_what_people_know(browser, olga):
    event = make_event(by=olga)
    make_registration(event, attendee=make_attendee("王小雨", email="wang@example.org"))
    place = make_registration(
        event, attendee=make_attendee("李雷", phone="13800000000", organisation="西南大学")
    )
    browser.sign_in(olga)

    def found(**asked: str) -> set[str]:
        from tests.browser import query_string

        page = browser.get(f"/manage/events/{event.id}/attendees{query_string(**asked)}")
        return {cell.text.strip() for cell in page.select("tbody th")}

    assert found() == {"王小雨", "李雷"}
    assert found(search="小雨") == {"王小雨"}
    assert found(search="WANG@example.org") == {"王小雨"}
    assert found(search="138 0000 0000") == {"李雷"}
    assert found(search="西南") == {"李雷"}
    assert found(search=place.ticket.code.lower()) == {"李雷"}
    assert found(search="%") == set()
    assert found(state="cancelled") == set()
    assert found(role="judge") == set()


def test_a_guest_is_entered_by_hand_beyond_the_limit(browser, olga):
    event = make_event(by=olga, capacity=1)
    make_registration(event)

    browser.sign_in(olga).submit(
        f"/manage/events/{event.id}/attendees/new",
        {"name": "贵宾一", "phone": "13900000000", "organisation": "市科技局", "role": "guest"},
    )

    assert queries.count_places(event.id) == 2


def test_a_place_is_given_back_by_the_organiser(browser, olga):
    event = make_event(by=olga)
    place = make_registration(event)
    path = f"/manage/events/{event.id}/attendees"

    browser.sign_in(olga).submit(path, action=f"{path}/{place.id}/cancel")

    assert place.state is RegistrationState.CANCELLED
    other = make_registration(make_event(by=olga))
    token = browser.csrf_token(path)
    browser.post(f"{path}/{other.id}/cancel", {"csrf_token": token}, status=404)


def test_the_workbook_holds_the_list_harmlessly_and_is_logged(browser, olga):
    event = make_event(by=olga)
    make_registration(
        event, attendee=make_attendee("=1+1", phone="13800000000", organisation="@单位")
    )

    response = browser.sign_in(olga).get(f"/manage/events/{event.id}/attendees.xlsx").response

    (head, row) = load_workbook(io.BytesIO(response.data)).active.iter_rows(values_only=True)
    assert head[1] == "姓名"
    assert row[1] == "'=1+1"
    assert row[3] == "'@单位"
    assert row[6] == "13800000000"
    exported = db.session.scalar(
        select(AuditEntry).where(AuditEntry.action == "registrations.exported")
    )
    assert exported.actor_id == olga.id


@pytest.mark.parametrize("what", ["", "/{id}/attendees"])
def test_lists_ask_as_often_for_three_as_for_one(browser, olga, count_statements, what):
    event = make_event(by=olga)
    path = "/manage/events" + what.format(id=event.id)
    browser.sign_in(olga)

    def asked() -> int:
        with count_statements() as seen:
            browser.get(path)
        return len(seen)

    make_registration(event)
    browser.get(path)
    one = asked()
    for _ in range(2):
        make_registration(event)
        make_registration(make_event(by=olga))

    assert asked() == one
