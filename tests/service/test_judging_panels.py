"""Seats, links and recusals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventhub import clock
from eventhub.accounts import service as accounts
from eventhub.accounts.errors import LinkExpiredError, LinkInvalidError
from eventhub.circles.models import University
from eventhub.competitions import queries as competitions
from eventhub.db import db, transaction
from eventhub.entries import queries as entries
from eventhub.entries.models import Adviser, Member
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.judging import service
from eventhub.judging.enums import LinkState, RecusalKind
from eventhub.judging.errors import (
    PanelNotEmptyError,
    PanelTakenError,
    RecusalKnownError,
    RecusalNeedsDetailError,
    RoundSettledError,
    SeatInUseError,
    SeatTakenError,
)
from eventhub.judging.models import PanelJudge, Scoresheet
from eventhub.judging.queries import recusals, seats, sheets
from eventhub.judging.queries.recusals import university_in
from tests.factories import make_circle, make_organiser, make_person, make_round, make_university
from tests.factories.judging import make_judge, make_judged_round, make_panel, make_sheet
from tests.factories.roadshows import make_approved, make_roadshow


@pytest.fixture
def round_(app, olga):
    return make_round(by=olga)


@pytest.fixture
def panel(round_, olga):
    return make_panel(round_, by=olga)


def found(round_):
    """Every recusal of a round as things stand."""
    return recusals.find_recusals(
        round_.id, seats.list_seats(round_.id), entries.list_approved(round_.competition_id)
    )


def test_someone_sits_once_a_round(panel, jun, olga):
    make_judge(panel, person=jun, by=olga)

    with pytest.raises(SeatTakenError):
        make_judge(make_panel(panel.round, by=olga), person=jun, by=olga)


def test_a_namesake_without_address_is_taken_for_the_same(panel, olga):
    university = make_university("西南大学")
    facts = {"university_id": university.id, "by": olga}
    service.seat_judge(panel.id, name="阿依古丽·买买提", **facts)

    with pytest.raises(SeatTakenError):
        service.seat_judge(panel.id, name="阿依古丽•买买提", **facts)


def test_a_judge_without_address_needs_no_account(panel, olga):
    seat = service.seat_judge(panel.id, name="𠮷田教授", organisation="某创投基金", by=olga)

    assert seat.person.email is None
    assert seat.person.password_hash is None


def test_a_panel_has_one_chief(panel, olga):
    first = make_judge(panel, is_chief=True, by=olga)
    second = make_judge(panel, is_chief=True, by=olga)
    service.set_chief(first.id, by=olga)

    chiefs = db.session.scalars(select(PanelJudge.id).where(PanelJudge.is_chief)).all()

    assert chiefs == [first.id]
    assert second.position == 2


def test_panels_by_room_are_made_once(app, olga):
    roadshow = make_roadshow(by=olga, until="setup")

    service.add_room_panels(roadshow.round_id, by=olga)
    service.add_room_panels(roadshow.round_id, by=olga)

    panels = seats.list_panels(roadshow.round_id)
    assert [panel.room.name for panel in panels] == ["第一会场", "第二会场"]


def test_a_judge_hears_their_room_only(app, olga):
    roadshow = make_roadshow(by=olga, entry_count=5)
    first, second = service.add_room_panels(roadshow.round_id, by=olga)
    one, two = make_judge(first, by=olga), make_judge(second, by=olga)

    heard = [sheets.list_work(seats.get_seat(seat.id), now=clock.now()) for seat in (one, two)]

    rooms = [{work.slot.room.name for work in each.assignments} for each in heard]
    assert rooms == [{"第一会场"}, {"第二会场"}]
    assert sum(len(each.assignments) for each in heard) == 5
    foreign = heard[1].assignments[0].entry
    with pytest.raises(NotFoundError):
        sheets.get_assignment(seats.get_seat(one.id), foreign.id)


def test_who_is_on_stage_comes_first(app, olga, time):
    roadshow = make_roadshow(by=olga, entry_count=4, rooms=("主会场",))
    [panel] = service.add_room_panels(roadshow.round_id, by=olga)
    seat = make_judge(panel, by=olga)
    order = sheets.list_work(seats.get_seat(seat.id), now=clock.now()).assignments
    third = order[2].slot

    work = sheets.list_work(seats.get_seat(seat.id), now=third.starts_at).assignments
    after = sheets.list_work(seats.get_seat(seat.id), now=third.ends_at).assignments

    assert [each.slot.position for each in order] == [1, 2, 3, 4]
    assert work[0].slot.position == 3
    assert after[0].slot.position != 3  # an interval is half-open


def test_a_panel_goes_when_nobody_sits_in_it(panel, olga):
    seat = make_judge(panel, by=olga)
    with pytest.raises(PanelNotEmptyError):
        service.remove_panel(panel.id, by=olga)

    service.unseat_judge(seat.id, by=olga)
    db.session.expire_all()
    service.remove_panel(panel.id, by=olga)

    assert seats.list_panels(panel.round_id) == []


def test_a_second_panel_of_a_name_is_refused(panel, olga):
    with pytest.raises(PanelTakenError):
        make_panel(panel.round, name=panel.name, by=olga)


def test_unseating_takes_drafts_and_link_but_never_a_submitted_sheet(panel, round_, olga):
    entry = make_approved(round_.competition)
    drafting, done = make_judge(panel, by=olga), make_judge(panel, by=olga)
    make_sheet(drafting, entry, is_submitted=False)
    make_sheet(done, entry)
    token = service.issue_judge_link(drafting.id, by=olga)

    service.unseat_judge(drafting.id, by=olga)
    with pytest.raises(SeatInUseError):
        service.unseat_judge(done.id, by=olga)

    left = db.session.scalars(select(Scoresheet.judge_id)).all()
    assert left == [done.person_id]
    with pytest.raises(LinkExpiredError):
        accounts.open_link(token, scope="judging")


def test_only_an_organiser_of_the_circle_seats_and_links(panel, olga, jun, mei, nell):
    seat = make_judge(panel, by=olga)
    other = make_organiser("外校组织者", circle=make_circle("cqu", university="重庆大学"))

    for person in (jun, mei, nell, other):
        with pytest.raises(ForbiddenError):
            make_judge(panel, by=person)
        with pytest.raises(ForbiddenError):
            service.issue_judge_link(seat.id, by=person)
        with pytest.raises(ForbiddenError):
            service.add_panel(panel.round_id, name="越权组", by=person)


def test_a_closed_round_keeps_its_judges(app, olga):
    round_ = make_judged_round(by=olga)
    seat = seats.list_seats(round_.id)[0]
    entry = entries.list_approved(round_.competition_id)[0]
    service.close_round(round_.id, by=olga)

    with pytest.raises(RoundSettledError):
        make_judge(seat.panel, by=olga)
    with pytest.raises(RoundSettledError):
        service.declare_recusal(
            round_.id, entry.id, judge_id=seat.person_id, kind=RecusalKind.RELATIVE, by=olga
        )


def test_a_link_lives_three_days_past_the_round_and_fourteen_at_least(panel, olga, time):
    seat = make_judge(panel, by=olga)
    ends_at = panel.round.competition.event.ends_at
    service.issue_judge_link(seat.id, by=olga)

    link = seats.list_links(panel.round_id)[seat.person_id]

    assert link.expires_at == ends_at + timedelta(days=3)
    time.set(ends_at + timedelta(days=30))
    service.issue_judge_link(seat.id, by=olga)
    db.session.expire_all()
    link = seats.list_links(panel.round_id)[seat.person_id]
    assert link.expires_at == clock.now() + timedelta(days=14)


def test_a_new_link_ends_the_old_one(panel, olga):
    seat = make_judge(panel, by=olga)
    old = service.issue_judge_link(seat.id, by=olga)
    new = service.issue_judge_link(seat.id, by=olga)

    with pytest.raises(LinkExpiredError):
        accounts.open_link(old, scope="judging")
    assert accounts.open_link(new, scope="judging").person_id == seat.person_id
    with pytest.raises(LinkInvalidError):
        accounts.open_link(new[:-1] + ("A" if new[-1] != "A" else "B"), scope="judging")
    link = seats.list_links(panel.round_id)[seat.person_id]
    assert seats.link_state(link, clock.now()) is LinkState.USED


def test_same_university_is_found_by_any_member_adviser_or_alias(panel, round_, olga):
    cqu, swu = make_university("重庆大学"), make_university("西南大学")
    renamed = make_university("重庆三峡科技大学")
    with transaction():
        renamed.aliases = ["重庆三峡学院"]
    entry = make_approved(round_.competition, captain=make_person(university=cqu))
    with transaction():
        entry.members[0].university_id = cqu.id
        db.session.add(Member(entry=entry, position=2, name="李雷", university_id=swu.id))
        db.session.add(
            Adviser(entry=entry, position=1, name="周文渊", organisation="重庆三峡学院机械学院")
        )
    db.session.expire_all()
    barred = [
        make_judge(panel, university=university, by=olga) for university in (cqu, swu, renamed)
    ]
    free = make_judge(panel, university=make_university("重庆医科大学"), by=olga)

    binding = found(round_).binding

    assert {judge for judge, _entry in binding} == {seat.person_id for seat in barred}
    assert (free.person_id, entry.id) not in binding
    assert {ground.kind for ground in binding.values()} == {RecusalKind.OWN_UNIVERSITY}


def test_the_university_of_the_account_counts_beside_the_one_on_the_seat(panel, round_, olga):
    cqu = make_university("重庆大学")
    entry = make_approved(round_.competition)
    person = make_person("周教授", university=cqu)
    seat = make_judge(panel, person=person, university=make_university("西南大学"), by=olga)

    assert found(round_).bar(seat.person_id, entry.id)


def test_a_shared_name_is_asked_about_and_refuses_nothing(panel, round_, olga):
    entry = make_approved(round_.competition)
    with transaction():
        db.session.add(Adviser(entry=entry, position=1, name="周 文渊", organisation="某公司"))
    db.session.expire_all()
    seat = service.seat_judge(panel.id, name="周文渊", organisation="某基金", by=olga)

    said = found(round_)

    assert not said.binding
    [ground] = said.suspected
    assert (ground.judge_id, ground.kind) == (seat.person_id, RecusalKind.ADVISER)


def test_a_recusal_is_declared_once_and_by_whom_it_concerns(panel, round_, olga, jun, nell):
    entry = make_approved(round_.competition)
    seat = make_judge(panel, person=jun, by=olga)
    facts = {"judge_id": jun.id, "kind": RecusalKind.SHAREHOLDER}

    with pytest.raises(ForbiddenError):
        service.declare_recusal(round_.id, entry.id, **facts, by=nell)
    with pytest.raises(RecusalNeedsDetailError):
        service.declare_recusal(
            round_.id, entry.id, judge_id=jun.id, kind=RecusalKind.OTHER, by=jun
        )
    recusal = service.declare_recusal(round_.id, entry.id, **facts, by=jun)
    with pytest.raises(RecusalKnownError):
        service.declare_recusal(round_.id, entry.id, **facts, by=olga)

    assert found(round_).bar(seat.person_id, entry.id)
    with pytest.raises(ForbiddenError):
        service.withdraw_recusal(recusal.id, by=jun)
    service.withdraw_recusal(recusal.id, by=olga)
    assert not found(round_).bar(seat.person_id, entry.id)


def test_what_was_found_is_kept_when_the_round_closes_and_freed_when_it_reopens(
    panel, round_, olga
):
    university = make_university("重庆大学")
    entry = make_approved(round_.competition, captain=make_person(university=university))
    seat = make_judge(panel, university=university, by=olga)
    service.close_round(round_.id, reason="唯一的评委回避", by=olga)

    kept = recusals.find_recusal(round_.id, judge_id=seat.person_id, entry_id=entry.id)
    assert kept is not None
    assert kept.declared_by_id is None

    service.reopen_round(round_.id, reason="补充评委", by=olga)
    assert not recusals.find_recusal(round_.id, judge_id=seat.person_id, entry_id=entry.id)
    assert found(round_).bar(seat.person_id, entry.id)


def test_the_longest_name_tells_the_university():
    names = ["重庆大学", "重庆大学城市科技学院"]

    assert university_in("重庆大学 自动化学院", names) == "重庆大学"
    assert university_in("重庆大学城市科技学院土木系", names) == "重庆大学城市科技学院"
    assert university_in("某创投基金", names) == "某创投基金"


def test_everyone_is_compared_in_a_fixed_number_of_statements(
    panel, round_, olga, count_statements
):
    def look():
        db.session.expire_all()
        fresh = competitions.get_round(round_.id)
        with count_statements() as seen:
            recusals.find_recusals(
                round_.id, seats.list_seats(round_.id), entries.list_approved(fresh.competition_id)
            )
        return len(seen)

    make_approved(round_.competition)
    make_judge(panel, by=olga)
    assert db.session.scalar(select(University)) is not None
    few = look()
    for _each in range(2):
        make_approved(round_.competition)
        make_judge(panel, by=olga)

    assert look() == few
