"""Who works for a circle, and the log that organisers read."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from eventhub.audit.models import AuditEntry
from eventhub.circles import queries, service
from eventhub.circles.enums import CircleRole
from eventhub.circles.errors import LastOrganiserError
from eventhub.circles.models import CircleMembership
from eventhub.competitions import service as competitions
from eventhub.db import db
from eventhub.errors import ForbiddenError
from eventhub.events.enums import HostRole
from tests.factories import make_circle, make_event, make_organiser
from tests.factories.outcomes import make_closed_round


def _roles(person) -> set[CircleRole]:
    query = select(CircleMembership.role).where(CircleMembership.person_id == person.id)
    return set(db.session.scalars(query))


def test_an_organiser_adds_and_removes_people(browser, olga, nell):
    browser.sign_in(olga)

    browser.submit(
        "/manage/team", {"email": "NELL@eventhub.test", "role": "staff"}, action="/manage/team"
    )
    assert _roles(nell) == {CircleRole.STAFF}
    member = queries.find_membership(nell.id, circle_id=make_circle().id, role=CircleRole.STAFF)
    browser.submit("/manage/team", form=f"#remove-{member.id} form")

    assert _roles(nell) == set()
    deeds = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert [*deeds] == ["circle.role_given", "circle.role_taken"]


def test_someone_without_an_account_cannot_be_added(browser, olga):
    page = browser.sign_in(olga).submit(
        "/manage/team",
        {"email": "nobody@eventhub.test", "role": "staff"},
        action="/manage/team",
        status=422,
    )

    assert "还没有注册" in page.select_one("#email-errors").text
    assert page.select_one("#email")["value"] == "nobody@eventhub.test"


def test_the_last_organiser_stays(browser, olga):
    member = queries.find_membership(olga.id, circle_id=make_circle().id, role=CircleRole.ORGANISER)

    page = browser.sign_in(olga).submit(
        "/manage/team", form=f"#remove-{member.id} form", status=409
    )

    assert "最后一位组织者" in page.text
    assert _roles(olga) == {CircleRole.ORGANISER}


def test_one_circle_does_not_touch_another(browser, new_browser, olga, sam, nell):
    foreign = make_organiser("别圈", circle=make_circle("cqu", university="重庆大学"))
    member = queries.find_membership(
        foreign.id, circle_id=make_circle("cqu").id, role=CircleRole.ORGANISER
    )
    browser.sign_in(olga)

    browser.get("/manage/team?circle=cqu", status=404)
    token = browser.csrf_token("/manage/team")
    browser.post(
        "/manage/team/remove", {"csrf_token": token, "membership": str(member.id)}, status=404
    )
    browser.post("/manage/team/remove", {"csrf_token": token, "membership": "x"}, status=404)
    for person in (sam, nell):
        new_browser().sign_in(person).get("/manage/team", status=403)
    with pytest.raises(ForbiddenError):
        service.add_to_team(
            make_circle("cqu").id, email="nell@eventhub.test", role=CircleRole.STAFF, by=olga
        )
    with pytest.raises(ForbiddenError):
        service.remove_from_team(member.id, by=olga)


def test_who_leaves_the_team_lands_on_the_desk(browser, olga):
    make_organiser("接任者")
    member = queries.find_membership(olga.id, circle_id=make_circle().id, role=CircleRole.ORGANISER)

    left = browser.sign_in(olga).submit("/manage/team", form=f"#remove-{member.id} form")

    assert left.response.headers["Location"] == "/desk"


@pytest.mark.race
def test_of_two_organisers_who_remove_each_other_one_stays(app, at_once):
    people = [make_organiser("甲"), make_organiser("乙")]
    circle_id = make_circle().id
    keys = [
        queries.find_membership(p.id, circle_id=circle_id, role=CircleRole.ORGANISER).id
        for p in people
    ]
    ids = [p.id for p in people]

    def remove(mine, other):
        from eventhub.accounts.queries import get_person

        return lambda: service.remove_from_team(keys[other], by=get_person(ids[mine]))

    results = at_once(remove(0, 1), remove(1, 0))

    refused = [r for r in results if isinstance(r, LastOrganiserError | ForbiddenError)]
    assert len(refused) == 1
    assert queries.count_organisers(circle_id) == 1


def test_the_log_shows_the_deeds_of_ones_circles(browser, new_browser, olga, mei, nell):
    make_event("被记下的讲座", by=olga)
    other = make_circle("cqu", university="重庆大学")
    make_event("别圈的讲座", circle=other)

    page = browser.sign_in(olga).get("/manage/log")
    assert "被记下的讲座" in page.text
    assert "别圈的讲座" not in page.text
    assert "创建活动" in page.text
    assert "没有记录" in browser.get("/manage/log?area=entry").text
    officer = new_browser().sign_in(mei)
    assert "别圈的讲座" in officer.get("/manage/log").text
    assert "被记下的讲座" not in officer.get("/manage/log?circle=cqu").text
    new_browser().sign_in(nell).get("/manage/log", status=403)


def test_the_log_asks_as_often_for_three_deeds_as_for_one(browser, olga, count_statements):
    browser.sign_in(olga)
    event = make_event(by=olga, is_published=False)

    def asked() -> int:
        with count_statements() as seen:
            browser.get("/manage/log")
        return len(seen)

    one = asked()
    for _ in range(2):
        make_event(by=olga)
    assert event
    assert asked() == one


def test_a_circle_shows_the_results_of_what_it_holds_with_others(browser, olga):
    round_ = make_closed_round(by=olga, shares=("0.90",), is_published=True)
    event = round_.competition.event
    other = make_circle("swu", university="西南大学")
    assert event.title not in browser.get("/circles/swu").text

    hosts = {event.circle_id: HostRole.LEAD, other.id: HostRole.JOINT}
    competitions.set_hosts(round_.competition_id, hosts=hosts, by=olga)

    for code in ("cqupt", "swu"):
        assert event.title in browser.get(f"/circles/{code}").text
