"""Figures of attendance: from check-ins, each person and each event counted as they should be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from eventhub import clock
from eventhub.checkin.models import Admission
from eventhub.circles.models import Circle
from eventhub.db import db, transaction
from eventhub.domain.attendance import visits_and_people
from eventhub.events import service as events
from eventhub.events.enums import AttendeeRole, EventKind, HostRole
from eventhub.events.models import Registration, Ticket
from eventhub.statistics import charts, pages, queries
from eventhub.statistics.periods import Period, PeriodKind
from eventhub.statistics.permissions import mask_name
from eventhub.statistics.queries import AttendeeFilter, Reach, Turnout
from tests.factories import make_circle, make_organiser, make_university
from tests.factories.checkin import check_in, make_checkpoint, make_gathering, make_place

SHANGHAI = ZoneInfo("Asia/Shanghai")


def reach(*circles: Circle, kind: EventKind | None = None) -> Reach:
    now = clock.now()
    ids = [circle.id for circle in circles] or None
    return Reach(now - timedelta(days=30), now + timedelta(days=30), now, ids, kind)


def fill(event, names, *, by, came=None, **changes):
    """Places for all of these names, and check-ins of the first ``came``."""
    door = make_checkpoint(event, by=by)
    places = [
        make_place(event, name, by=by, email=f"{name}@eventhub.test", **changes) for name in names
    ]
    for place in places[: len(names) if came is None else came]:
        check_in(door, place, by=by)
    return places


# --- one event


def test_absent_are_those_registered_and_not_seen(app, olga):
    event = make_gathering(by=olga)
    fill(event, ["a", "b", "c", "d"], came=3, by=olga)

    turnout = queries.get_turnout(event.id)

    assert turnout == Turnout(registered=4, came=3, visits=3, people=3)
    assert (turnout.absent, turnout.absence_rate) == (1, 0.25)


def test_nobody_registered_makes_no_rate(app, olga):
    turnout = queries.get_turnout(make_gathering(by=olga).id)

    assert turnout == Turnout(0, 0)
    assert turnout.absence_rate is None


def test_a_cancelled_place_counts_only_if_its_holder_came(app, olga):
    event = make_gathering(by=olga)
    came, stayed = fill(event, ["a", "b"], came=1, by=olga)

    events.cancel_registration(came.id, by=olga)
    events.cancel_registration(stayed.id, by=olga)

    assert queries.get_turnout(event.id) == Turnout(1, 1, visits=1, people=1)


def test_who_came_on_two_tickets_is_one_person(app, olga):
    event = make_gathering(by=olga)
    door = make_checkpoint(event, by=olga)
    for _ in range(2):
        place = make_place(event, "陆思源", by=olga, email="lu@eventhub.test")
        check_in(door, place, by=olga)
        events.cancel_registration(place.id, by=olga)

    turnout = queries.get_turnout(event.id)

    assert (turnout.came, turnout.visits, turnout.people) == (2, 1, 1)
    assert queries.get_sums(reach()).visits == 1


def test_groups_add_up_and_open_their_rows(app, olga):
    event = make_gathering(by=olga)
    cqu = make_university("重庆大学")
    door = make_checkpoint(event, by=olga)
    for name, university, role in [
        ("a", cqu.id, AttendeeRole.COMPETITOR),
        ("b", cqu.id, AttendeeRole.VISITOR),
        ("c", None, AttendeeRole.VISITOR),
    ]:
        place = make_place(event, name, by=olga, university_id=university, role=role)
        if name != "b":
            check_in(door, place, by=olga)

    groups = queries.list_by_university(event.id, others="其他单位")
    roles = dict(queries.list_by_role(event.id))

    assert [(g.label, g.turnout.registered, g.turnout.came) for g in groups] == [
        ("重庆大学", 2, 1),
        ("其他单位", 1, 1),
    ]
    assert roles[AttendeeRole.VISITOR] == Turnout(2, 1)
    for group in groups:
        for came, size in ((True, group.turnout.came), (False, group.turnout.absent)):
            wanted = AttendeeFilter(came=came, university=group.key)
            rows = db.session.scalars(queries.select_attendees(event.id, wanted)).all()
            assert len(rows) == size


def test_attendees_are_found_by_part_of_a_name_and_not_by_a_pattern(app, olga):
    event = make_gathering(by=olga)
    fill(event, ["陆思源", "100%"], by=olga)

    def found(words):
        query = queries.select_attendees(event.id, AttendeeFilter(search=words))
        return [place.name for place in db.session.scalars(query)]

    assert found("思") == ["陆思源"]
    assert found("%") == ["100%"]
    assert found("_") == []


def test_newest_arrivals_come_first(app, olga, time):
    event = make_gathering(by=olga)
    door = make_checkpoint(event, by=olga)
    for name in "abc":
        time.move(minutes=1)
        check_in(door, make_place(event, name, by=olga), by=olga)

    assert [place.name for place, _arrival in queries.list_newest_arrivals(event.id)] == [*"cba"]


def test_arrivals_are_bucketed_in_the_zone_of_the_event():
    at = datetime(2026, 11, 22, 1, 3, tzinfo=UTC)
    times = [at, at + timedelta(minutes=1), at + timedelta(hours=2)]

    data = charts.chart_arrivals(times, tz="Asia/Shanghai")

    assert data["categories"][0] == "09:00"
    assert data["categories"][-1] == "11:00"
    assert sum(data["series"][0]["data"]) == 3


@pytest.mark.parametrize("span", [0, 4, 59, 600, 3000, 100_000, 3_000_000])
def test_arrivals_never_make_more_columns_than_show_well(span):
    at = datetime(2026, 11, 22, 1, tzinfo=UTC)
    times = [at, at + timedelta(minutes=span)]

    buckets = charts.bucket_arrivals(times, tz="Asia/Shanghai")

    assert sum(bucket.arrival_count for bucket in buckets) == 2
    assert len(buckets) <= max(charts.COLUMNS_MAX, span // (7 * 1440) + 2)


def test_no_arrivals_make_no_chart():
    assert charts.bucket_arrivals([], tz="Asia/Shanghai") == []


# --- many events


@pytest.fixture
def three_circles(app, olga):
    """Two events of 重邮, one shared with 重大; one of 西南大学 alone. Ana goes to all three."""
    cqupt = make_circle()
    cqu = make_circle("cqu", university="重庆大学")
    swu = make_circle("swu", university="西南大学")
    wen = make_organiser("文岚", circle=swu)
    own = make_gathering(by=olga, circle=cqupt)
    shared = make_gathering(
        by=olga, circle=cqupt, kind=EventKind.TRAINING, co_hosts=[(cqu.id, HostRole.JOINT)]
    )
    other = make_gathering(by=wen, circle=swu)
    fill(own, ["ana", "bo", "ci"], came=2, by=olga)
    fill(shared, ["ana", "bo", "du"], by=olga)
    fill(other, ["ana"], by=wen)
    return cqupt, cqu, swu


def test_a_shared_event_counts_once_in_the_whole(three_circles):
    cqupt, cqu, _swu = three_circles

    whole = queries.get_sums(reach())
    rows = queries.list_by_circle(reach())

    assert (whole.events, whole.visits, whole.people) == (3, 6, 3)
    assert {c.code: (s.events, s.visits, s.people) for c in three_circles if (s := rows[c.id])} == {
        "cqupt": (2, 5, 3),
        "cqu": (1, 3, 3),
        "swu": (1, 1, 1),
    }
    assert rows[cqu.id].by_host_role[HostRole.JOINT] == 1
    assert rows[cqupt.id].by_host_role[HostRole.LEAD] == 2


def test_the_sums_are_those_of_the_domain(three_circles):
    rows = db.session.execute(
        db.select(Admission.event_id, Registration.identity)
        .join(Ticket, Ticket.id == Admission.ticket_id)
        .join(Registration, Registration.id == Ticket.registration_id)
    ).all()

    sums = queries.get_sums(reach())

    assert visits_and_people((event, who) for event, who in rows) == (sums.visits, sums.people)


def test_registering_alone_counts_nowhere(app, olga):
    fill(make_gathering(by=olga), ["a", "b"], came=0, by=olga)

    sums = queries.get_sums(reach())

    assert (sums.events, sums.visits, sums.people) == (1, 0, 0)


def test_by_kind_and_circle(three_circles):
    cqupt, cqu, _swu = three_circles

    kinds = queries.list_by_kind(reach(cqupt))
    both = queries.list_by_circle_and_kind(reach())

    assert {kind: sums.visits for kind, sums in kinds.items()} == {
        EventKind.LECTURE: 2,
        EventKind.TRAINING: 3,
    }
    assert both[(cqu.id, EventKind.TRAINING)].people == 3
    assert (cqu.id, EventKind.LECTURE) not in both
    assert queries.get_sums(reach(kind=EventKind.LECTURE)).events == 2


def test_an_organiser_sees_the_rows_of_their_circles_alone(three_circles):
    _cqupt, cqu, _swu = three_circles

    rows = queries.list_by_circle(reach(cqu))

    assert set(rows) == {cqu.id}
    assert queries.get_sums(reach(cqu)).events == 1


def test_what_is_cancelled_or_ahead_or_a_draft_was_not_held(app, olga):
    day = timedelta(days=1)
    now = clock.now()
    make_gathering(by=olga, starts_at=now + day, ends_at=now + 2 * day)
    events.cancel_event(make_gathering(by=olga).id, reason="台风", by=olga)
    events.unpublish_event(make_gathering(by=olga).id, by=olga)

    assert queries.get_sums(reach()).events == 0


def test_an_event_belongs_to_the_month_of_its_place(app, olga):
    start = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)  # 1 November in Chongqing
    event = make_gathering(by=olga, starts_at=start, ends_at=start + timedelta(hours=2))
    november = Period.around(PeriodKind.MONTH, date(2026, 11, 5)).bounds(SHANGHAI)
    october = Period.around(PeriodKind.MONTH, date(2026, 10, 5)).bounds(SHANGHAI)
    later = event.ends_at

    assert queries.get_sums(Reach(*november, later, None)).events == 1
    assert queries.get_sums(Reach(*october, later, None)).events == 0
    months = queries.list_by_month(Reach(*november, later, None), tz="Asia/Shanghai")
    assert [*months] == ["2026-11"]


def test_visitors_are_listed_once_with_their_visits(three_circles):
    listed = queries.list_visitors(reach(), page=1)

    assert [(v.name, v.visits) for v in listed.items] == [("ana", 3), ("bo", 2), ("du", 1)]
    assert listed.total == queries.get_sums(reach()).people


def test_the_sums_of_a_city_take_as_many_statements_as_those_of_a_village(
    three_circles, olga, count_statements
):
    def seen():
        db.session.expire_all()
        with count_statements() as statements:
            queries.get_sums(reach())
            queries.list_by_circle(reach())
            found = queries.list_events(reach())
            queries.list_turnouts([event.id for event in found])
            for event in found:
                assert [host.circle.name for host in event.hosts]
        return len(statements)

    before = seen()
    for _ in range(3):
        make_gathering(by=olga)

    assert seen() == before


# --- periods and names


@pytest.mark.parametrize(
    ("kind", "day", "first", "last"),
    [
        (PeriodKind.MONTH, date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28)),
        (PeriodKind.MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        (PeriodKind.QUARTER, date(2026, 11, 22), date(2026, 10, 1), date(2026, 12, 31)),
        (PeriodKind.QUARTER, date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        (PeriodKind.YEAR, date(2028, 2, 29), date(2028, 1, 1), date(2028, 12, 31)),
    ],
)
def test_a_period_around_a_day(kind, day, first, last):
    period = Period.around(kind, day)

    assert (period.first, period.last) == (first, last)
    after, before = period.step(1), period.step(-1)
    assert after is not None
    assert before is not None
    assert after.step(-1) == period == before.step(1)


@pytest.mark.parametrize(
    "values",
    [{}, {"period": "decade"}, {"period": "year", "from": "soon"}, {"from": "9999-01-01"}],
)
def test_a_nonsense_period_is_the_present_year(values):
    period = Period.read(values, today=date(2026, 11, 22))

    assert (period.first, period.last) == (date(2026, 1, 1), date(2026, 12, 31))


def test_own_days_may_come_in_either_order_and_step_nowhere():
    values = {"period": "own", "from": "2026-11-22", "to": "2026-09-01"}

    period = Period.read(values, today=date(2026, 11, 22))

    assert (period.first, period.last) == (date(2026, 9, 1), date(2026, 11, 22))
    assert period.step(1) is None
    assert Period.read(period.to_query(), today=date(2030, 1, 1)) == period


def test_a_day_begins_at_midnight_of_the_place():
    start, end = Period.around(PeriodKind.MONTH, date(2026, 11, 1)).bounds(SHANGHAI)

    assert start == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert end == datetime(2026, 11, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("阿依古丽·买买提", "阿*"), ("𠮷田", "𠮷*"), ("", "*")],
)
def test_a_masked_name_keeps_its_first_character(name, masked):
    assert mask_name(name) == masked


def test_a_bureau_reads_names_masked_and_an_organiser_does_not(app, olga, mei):
    event = make_gathering(by=olga)

    assert pages.name_reader(mei, event)("陆思源") == "陆*"
    assert pages.name_reader(olga, event)("陆思源") == "陆思源"
    assert pages.visitor_name_reader(mei)("陆思源") == "陆*"


def test_a_circle_out_of_reach_does_not_widen_what_is_read(three_circles, olga, mei):
    cqupt, _cqu, swu = three_circles

    asked = pages.read_scope(olga, {"circle": "swu"})
    city = pages.read_scope(mei, {"circle": "swu", "kind": "lecture"})

    assert (asked.circle, asked.reach.circle_ids) == (None, [cqupt.id])
    assert (city.circle, city.kind) == (swu, EventKind.LECTURE)
    with transaction():
        olga.is_admin = True
    assert pages.read_scope(olga, {}).reach.circle_ids is None
