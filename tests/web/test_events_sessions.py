"""The parts of an event: organisers list them, everybody sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventhub import clock
from eventhub.audit.models import AuditEntry
from eventhub.db import db
from eventhub.errors import ForbiddenError
from eventhub.events import queries, service
from eventhub.events.enums import EventKind
from eventhub.events.errors import EventStateError, SessionOutsideEventError, TooManySessionsError
from eventhub.events.service import sessions as session_service
from tests.factories import make_event


def _local(moment) -> str:
    return (moment + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")


def _add(event, olga, name="上午报告", *, after=0, hours=1):
    starts = event.starts_at + timedelta(hours=after)
    return service.add_session(
        event.id, name=name, starts_at=starts, ends_at=starts + timedelta(hours=hours), by=olga
    )


@pytest.fixture
def event(olga):
    start = (clock.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    return make_event(by=olga, starts_at=start, ends_at=start + timedelta(hours=2))


def test_a_session_is_added_shown_changed_and_removed(browser, olga, event):
    browser.sign_in(olga)
    address = f"/manage/events/{event.id}/sessions"
    assert "还没有分场次" in browser.get(address).text

    browser.submit(
        address,
        {
            "name": "圆桌讨论",
            "starts_at": _local(event.starts_at),
            "ends_at": _local(event.ends_at),
            "venue": "二楼会议室",
        },
    )
    (session,) = queries.get_event(event.id).sessions
    assert (session.starts_at, session.ends_at) == (event.starts_at, event.ends_at)
    assert "二楼会议室" in browser.get(address).text
    public = browser.get(f"/e/{event.code}").text
    assert "圆桌讨论" in public
    assert "北京时间" in public

    browser.submit(f"/manage/sessions/{session.id}", {"name": "闭门讨论"})
    assert "闭门讨论" in browser.get(f"/e/{event.code}").text

    browser.submit(address, action=f"/manage/sessions/{session.id}/remove")
    assert "场次安排" not in browser.get(f"/e/{event.code}").text
    actions = db.session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.subject_id == event.id, AuditEntry.action.like("event.session%"))
        .order_by(AuditEntry.seq)
    ).all()
    assert actions == ["event.session_added", "event.session_changed", "event.session_removed"]


def test_a_session_outside_its_event_is_told_and_nothing_is_lost(browser, olga, event):
    browser.sign_in(olga)

    page = browser.submit(
        f"/manage/events/{event.id}/sessions",
        {
            "name": "早到的一场",
            "starts_at": _local(event.starts_at - timedelta(hours=1)),
            "ends_at": _local(event.ends_at),
        },
        status=422,
    )

    assert page.select_one("[name=name]")["value"] == "早到的一场"
    assert "场次须在活动的开始和结束时间之内" in page.text
    assert not queries.get_event(event.id).sessions


def test_the_service_asks_itself_who_what_and_when(olga, nell, event, monkeypatch):
    with pytest.raises(ForbiddenError):
        _add(event, nell)
    with pytest.raises(SessionOutsideEventError):
        _add(event, olga, hours=100)
    session = _add(event, olga)
    with pytest.raises(ForbiddenError):
        service.remove_session(session.id, by=nell)
    monkeypatch.setattr(session_service, "SESSIONS_MAX", 1)
    with pytest.raises(TooManySessionsError):
        _add(event, olga, "第二场")

    service.cancel_event(event.id, reason="改期", by=olga)
    with pytest.raises(EventStateError):
        service.remove_session(session.id, by=olga)


@pytest.mark.parametrize("who", ["nell", "sam", "mei"])
def test_nobody_else_reaches_sessions(browser, olga, event, request, who):
    session = _add(event, olga)
    browser.sign_in(request.getfixturevalue(who))

    for address in (f"/manage/events/{event.id}/sessions", f"/manage/sessions/{session.id}"):
        browser.get(address, status=404)


def test_a_contest_has_rounds_and_no_sessions(browser, olga):
    contest = make_event(kind=EventKind.CONTEST)
    browser.sign_in(olga)

    assert "场次" not in browser.get(f"/manage/events/{contest.id}").select_one(".tab-bar").text
