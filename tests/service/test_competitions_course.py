"""The course of rounds: their order, ways on, places, and two people at one page."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.audit.models import AuditEntry
from eventhub.competitions import queries, service
from eventhub.competitions.enums import PassageKind, RoundKind, RoundMode
from eventhub.competitions.errors import (
    ChangedMeanwhileError,
    CompetitionFinishedError,
    PassageError,
    PassageLockedError,
    RoundOrderError,
    RoundStateError,
    TooManyRoundsError,
)
from eventhub.competitions.models import ROUNDS_MAX, Competition, Passage, Round
from eventhub.competitions.service import PassageDraft, QuotaDraft, RoundDraft, changes
from eventhub.competitions.ways import list_stops
from eventhub.db import db
from eventhub.errors import ForbiddenError, NotFoundError
from tests.factories import make_circle, make_competition, make_organiser, make_round

BEST, OTHERS = PassageKind.BEST, PassageKind.OTHERS
CITY = ["cq-school", "cq-semi", "cq-gold", "cq-revival", "cq-champion"]


def city(olga, *, is_open: bool = False, **facts) -> Competition:
    """The five municipal rounds, with a revival."""
    return make_competition(by=olga, round_keys=CITY, is_open=is_open, **facts)


def course(competition: Competition) -> list[tuple[str, dict[str, str]]]:
    """Rounds in order, each with where it leads, read afresh."""
    db.session.expire_all()
    return [
        (each.name, {way.kind.value: way.to_round.name for way in each.passages})
        for each in queries.load_rubrics(competition)
    ]


def rounds_of(competition: Competition) -> list[Round]:
    return list(queries.load_rubrics(competition))


def add(competition, olga, name="新", position=None, kind=RoundKind.REGULAR):
    return service.add_round(
        competition.id, name=name, mode=RoundMode.ONLINE, kind=kind, position=position, by=olga
    )


def test_a_round_added_in_between_takes_its_place_in_the_course(app, olga):
    competition = make_competition(by=olga, is_open=False)
    add(competition, olga, "决赛")

    add(competition, olga, "复赛", position=2)

    assert course(competition) == [
        ("校级初赛", {"best": "复赛"}),
        ("复赛", {"best": "决赛"}),
        ("决赛", {}),
    ]
    assert [each.position for each in rounds_of(competition)] == [1, 2, 3]


def test_a_revival_takes_the_others_and_leads_back(app, olga):
    competition = make_competition(by=olga, is_open=False)
    add(competition, olga, "决赛")

    add(competition, olga, "复活赛", position=2, kind=RoundKind.REVIVAL)

    assert course(competition) == [
        ("校级初赛", {"best": "决赛", "others": "复活赛"}),
        ("复活赛", {"best": "决赛"}),
        ("决赛", {}),
    ]


def test_a_revival_that_came_last_leads_into_the_round_added_after_it(app, olga):
    competition = make_competition(by=olga, is_open=False)
    add(competition, olga, "复活赛", kind=RoundKind.REVIVAL)

    add(competition, olga, "决赛")

    assert course(competition) == [
        ("校级初赛", {"best": "决赛", "others": "复活赛"}),
        ("复活赛", {"best": "决赛"}),
        ("决赛", {}),
    ]


def test_a_removed_round_is_led_past(app, olga):
    competition = city(olga)
    semi = rounds_of(competition)[1]

    service.remove_round(semi.id, by=olga)

    assert course(competition)[0] == ("校赛", {"best": "金奖争夺赛"})
    assert [each.position for each in rounds_of(competition)] == [1, 2, 3, 4]


def test_a_removed_revival_leaves_no_way_behind(app, olga):
    competition = city(olga)
    revival = rounds_of(competition)[3]

    service.remove_round(revival.id, by=olga)

    assert course(competition)[2:] == [
        ("金奖争夺赛", {"best": "冠军争夺赛"}),
        ("冠军争夺赛", {}),
    ]
    assert db.session.scalars(select(Passage).where(Passage.kind == OTHERS)).all() == []


def test_the_first_round_goes_only_while_nobody_entered_for_it(app, olga):
    draft, announced = city(olga), city(olga, is_open=True)

    service.remove_round(rounds_of(draft)[0].id, by=olga)
    with pytest.raises(RoundStateError):
        service.remove_round(rounds_of(announced)[0].id, by=olga)

    assert course(draft)[0] == ("市赛复赛", {"best": "金奖争夺赛"})
    last = make_competition(by=olga, is_open=False)
    with pytest.raises(RoundStateError):
        service.remove_round(last.rounds[0].id, by=olga)


def test_two_rounds_of_a_line_change_places_in_the_course_as_well(app, olga):
    competition = city(olga)
    semi = rounds_of(competition)[1]

    service.move_round(semi.id, up=True, by=olga)

    assert course(competition)[:3] == [
        ("市赛复赛", {"best": "校赛"}),
        ("校赛", {"best": "金奖争夺赛"}),
        ("金奖争夺赛", {"best": "冠军争夺赛", "others": "金奖复活赛"}),
    ]
    service.move_round(semi.id, up=False, by=olga)
    assert course(competition)[0] == ("校赛", {"best": "市赛复赛"})


def test_the_last_two_rounds_change_places(app, olga):
    competition = make_competition(
        by=olga, round_keys=["school", "province", "final"], is_open=False
    )

    service.move_round(rounds_of(competition)[1].id, up=False, by=olga)

    assert course(competition) == [
        ("校级初赛", {"best": "全国总决赛"}),
        ("全国总决赛", {"best": "省级复赛（重庆赛区）"}),
        ("省级复赛（重庆赛区）", {}),
    ]


@pytest.mark.parametrize(("at", "up"), [(0, True), (4, False), (3, False), (3, True)])
def test_no_move_leads_out_of_the_course_or_backwards(app, olga, at, up):
    competition = city(olga)
    before = course(competition)

    with pytest.raises(RoundOrderError):
        service.move_round(rounds_of(competition)[at].id, up=up, by=olga)

    assert course(competition) == before


def test_nothing_comes_before_what_has_begun_or_what_teams_entered_for(app, olga):
    competition = city(olga, is_open=True)
    first, second = rounds_of(competition)[:2]
    with pytest.raises(RoundOrderError):
        add(competition, olga, position=1)
    with pytest.raises(RoundOrderError):
        service.move_round(second.id, up=True, by=olga)
    service.open_round(first.id, by=olga)
    service.close_round(first.id, by=olga)
    service.publish_round(first.id, by=olga)
    service.open_round(second.id, by=olga)

    with pytest.raises(RoundOrderError):
        add(competition, olga, position=2)
    assert add(competition, olga, position=3).position == 3
    with pytest.raises(RoundOrderError):
        add(competition, olga, position=9)
    with pytest.raises(RoundStateError):
        service.remove_round(second.id, by=olga)


def test_a_revival_needs_a_round_before_it(app, olga):
    competition = make_competition(by=olga, is_open=False)

    with pytest.raises(RoundOrderError):
        add(competition, olga, position=1, kind=RoundKind.REVIVAL)


def test_there_are_rounds_enough(app, olga):
    competition = make_competition(by=olga, is_open=False)
    for number in range(ROUNDS_MAX - 1):
        add(competition, olga, f"第 {number} 轮")

    with pytest.raises(TooManyRoundsError):
        add(competition, olga)


moves = st.lists(
    st.one_of(
        st.tuples(
            st.just("add"), st.integers(1, 7), st.sampled_from([RoundKind.REGULAR, "revival"])
        ),
        st.tuples(st.just("move"), st.integers(0, 6), st.booleans()),
        st.tuples(st.just("remove"), st.integers(0, 6), st.none()),
    ),
    max_size=8,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=moves)
def test_whatever_is_done_every_way_leads_forward(app, olga, steps):
    competition = make_competition(by=olga, is_open=False)
    for what, at, detail in steps:
        rounds = rounds_of(competition)
        target = rounds[min(at, len(rounds) - 1)]
        try:
            if what == "add":
                add(competition, olga, position=at, kind=RoundKind(detail))
            elif what == "move":
                service.move_round(target.id, up=detail, by=olga)
            else:
                service.remove_round(target.id, by=olga)
        except (RoundOrderError, RoundStateError):
            db.session.rollback()

    db.session.expire_all()
    rounds = rounds_of(competition)
    assert [each.position for each in rounds] == list(range(1, len(rounds) + 1))
    assert rounds[0].kind is RoundKind.REGULAR
    for each in rounds:
        assert len({way.kind for way in each.passages}) == len(each.passages)
        for way in each.passages:
            assert way.to_round.position > each.position
            assert (way.kind is OTHERS) == (way.to_round.kind is RoundKind.REVIVAL)


def test_the_picture_puts_revivals_below_the_line(app, olga):
    stops = list_stops(rounds_of(city(olga)))

    assert [(s.column, s.span, s.is_revival, s.leads_on, s.is_reached) for s in stops] == [
        (1, 1, False, True, True),
        (2, 1, False, True, True),
        (3, 1, False, True, True),
        (3, 2, True, True, True),
        (4, 1, False, False, True),
    ]
    assert stops[2].ways == ("晋级“冠军争夺赛”，名额未定", "未晋级的进入“金奖复活赛”")


def test_a_revival_is_drawn_from_the_round_whose_others_it_takes(app, olga):
    competition = city(olga)
    service.move_round(rounds_of(competition)[1].id, up=False, by=olga)
    db.session.expire_all()

    stops = {stop.round.name: stop for stop in list_stops(rounds_of(competition))}

    assert stops["金奖争夺赛"].column == 2
    assert (stops["金奖复活赛"].column, stops["金奖复活赛"].span) == (2, 3)
    assert stops["冠军争夺赛"].column == 4


def test_places_are_set_by_part(app, olga):
    competition = city(olga, groups=["ug-creative", "red-charity"])
    first, semi = rounds_of(competition)[:2]
    draft = PassageDraft(
        semi.id,
        places=10,
        school_max=2,
        quotas=[
            QuotaDraft(6, track_name="高教主赛道"),
            QuotaDraft(4, track_name="“青年红色筑梦之旅”赛道"),
            QuotaDraft(3, group_id=competition.groups[0].id, category="新工科"),
        ],
    )

    way = service.save_passage(first.id, kind=BEST, draft=draft, by=olga)
    kept = {quota.id for quota in way.quotas}
    service.save_passage(
        first.id,
        kind=BEST,
        draft=replace(draft, quotas=[replace(q, places=2) for q in reversed(draft.quotas)]),
        by=olga,
    )

    db.session.expire_all()
    assert {quota.id for quota in way.quotas} == kept
    assert [(q.category, q.places) for q in way.quotas] == [("新工科", 2), ("", 2), ("", 2)]
    assert list_stops(rounds_of(competition))[0].ways == (
        "10 个晋级“市赛复赛”",
        "每校至多 2 个",
        "分 3 项设名额",
    )
    deeds = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "round.passage_set").order_by(AuditEntry.seq)
    ).all()
    assert len(deeds) == 2
    assert deeds[0].before["places"] is None
    assert deeds[0].after["school_max"] == 2


def refused_passages(competition):
    first, semi, gold, revival, _champion = rounds_of(competition)
    group = competition.groups[0]
    return [
        (semi, BEST, PassageDraft(first.id)),
        (semi, BEST, PassageDraft(semi.id)),
        (gold, BEST, PassageDraft(revival.id)),
        (gold, OTHERS, PassageDraft(rounds_of(competition)[4].id)),
        (first, BEST, PassageDraft(rounds_of(make_competition(is_open=False))[0].id)),
        (
            first,
            BEST,
            PassageDraft(semi.id, places=5, quotas=[QuotaDraft(6, track_name=group.track_name)]),
        ),
        (first, BEST, PassageDraft(semi.id, quotas=[QuotaDraft(1)])),
        (
            first,
            BEST,
            PassageDraft(
                semi.id, quotas=[QuotaDraft(1, category="甲"), QuotaDraft(2, category="甲")]
            ),
        ),
        (first, BEST, PassageDraft(semi.id, quotas=[QuotaDraft(1, group_id=semi.id)])),
    ]


@pytest.mark.parametrize("case", range(9))
def test_ways_that_make_no_sense_are_refused(app, olga, case):
    competition = city(olga)
    round_, kind, draft = refused_passages(competition)[case]

    with pytest.raises(PassageError) as refusal:
        service.save_passage(round_.id, kind=kind, draft=draft, by=olga)

    assert refusal.value.field in {"to_round_id", "quotas"}


def test_quotas_of_different_parts_may_overlap(app, olga):
    competition = city(olga)
    first, semi = rounds_of(competition)[:2]
    group = competition.groups[0]

    service.save_passage(
        first.id,
        kind=BEST,
        draft=PassageDraft(
            semi.id,
            places=5,
            quotas=[QuotaDraft(5, track_name=group.track_name), QuotaDraft(5, group_id=group.id)],
        ),
        by=olga,
    )


def test_a_way_into_a_round_that_has_begun_is_locked(app, olga):
    competition = city(olga, is_open=True)
    first, semi, gold = rounds_of(competition)[:3]
    service.open_round(first.id, by=olga)
    service.save_passage(first.id, kind=BEST, draft=PassageDraft(semi.id, places=9), by=olga)
    service.open_round(semi.id, by=olga)

    for attempt in (
        lambda: service.save_passage(first.id, kind=BEST, draft=PassageDraft(semi.id), by=olga),
        lambda: service.save_passage(first.id, kind=BEST, draft=PassageDraft(gold.id), by=olga),
        lambda: service.remove_passage(first.id, kind=BEST, by=olga),
    ):
        with pytest.raises(PassageLockedError):
            attempt()


def test_a_way_is_removed_once(app, olga):
    competition = city(olga)
    gold = rounds_of(competition)[2]

    service.remove_passage(gold.id, kind=OTHERS, by=olga)
    service.remove_passage(gold.id, kind=OTHERS, by=olga)

    assert course(competition)[2][1] == {"best": "冠军争夺赛"}
    assert not list_stops(rounds_of(competition))[3].is_reached
    removed = select(AuditEntry).where(AuditEntry.action == "round.passage_removed")
    assert len(db.session.scalars(removed).all()) == 1


def test_the_course_of_a_finished_competition_stands(app, olga):
    round_ = make_round(by=olga)
    service.close_entries(round_.competition_id, by=olga)
    service.close_round(round_.id, by=olga)
    service.publish_round(round_.id, by=olga)
    service.finish(round_.competition_id, by=olga)

    for attempt in (
        lambda: add(round_.competition, olga),
        lambda: service.remove_round(round_.id, by=olga),
        lambda: service.move_round(round_.id, up=True, by=olga),
        lambda: service.save_passage(round_.id, kind=BEST, draft=PassageDraft(round_.id), by=olga),
    ):
        with pytest.raises(CompetitionFinishedError):
            attempt()


def test_another_circles_organiser_changes_no_course(app, olga):
    competition = city(olga)
    first, semi = rounds_of(competition)[:2]
    stranger = make_organiser("外人", circle=make_circle("swu", university="西南大学"))

    for attempt in (
        lambda: add(competition, stranger),
        lambda: service.remove_round(semi.id, by=stranger),
        lambda: service.move_round(semi.id, up=True, by=stranger),
        lambda: service.save_passage(first.id, kind=BEST, draft=PassageDraft(semi.id), by=stranger),
        lambda: service.remove_passage(first.id, kind=BEST, by=stranger),
    ):
        with pytest.raises(ForbiddenError):
            attempt()
    with pytest.raises(NotFoundError):
        service.move_round(competition.id, up=True, by=olga)


def test_a_round_is_blind_and_asks_for_documents_until_a_day(app, olga):
    round_ = rounds_of(city(olga))[1]
    due = clock.now() + timedelta(days=30)

    service.update_round(
        round_.id, draft=RoundDraft("盲评", is_blind=True, documents_due_at=due), by=olga
    )

    assert (round_.is_blind, round_.documents_due_at) == (True, due)


# Two people at one page


def lines(rubric) -> list[service.CriterionDraft]:
    return [
        service.CriterionDraft(line.name, line.points_max, line.points_to_judge, line.key)
        for line in rubric.criteria
    ]


def test_who_saves_over_a_changed_rubric_is_told_what_changed(app, olga):
    rubric = make_round(by=olga, is_open=False).rubrics[0]
    seen = service.rubric_stamp(rubric)
    first, second, *others = lines(rubric)
    service.save_rubric(
        rubric.id,
        criteria=[
            replace(second, points=Decimal(35)),
            replace(first, name="个人素养"),
            *others[1:],
            service.CriterionDraft("社会价值", Decimal("12.5")),
        ],
        gates=[],
        seen=seen,
        by=olga,
    )

    with pytest.raises(ChangedMeanwhileError) as refusal:
        service.save_rubric(rubric.id, criteria=[first], gates=[], seen=seen, by=olga)

    words = str(refusal.value.message)
    for said in (
        "“项目创新”由 30 分改为 35 分",
        "“个人成长”改名为“个人素养”",
        "删除了评分项“产业价值”",
        "增加了评分项“社会价值”（12.5 分）",
        "顺序有改动",
        "必要条件有改动",
    ):
        assert said in words
    db.session.expire_all()
    assert rubric.criteria[0].name == "项目创新"
    now = service.rubric_stamp(rubric)
    service.save_rubric(rubric.id, criteria=[first], gates=[], seen=now, by=olga)
    assert len(rubric.criteria) == 1


def test_who_saves_over_a_changed_round_is_told_what_changed(app, olga):
    round_ = make_round(by=olga, is_open=False)
    seen = service.round_stamp(round_)
    service.update_round(
        round_.id, draft=RoundDraft("改名", sheets_min=5, is_blind=True), seen=seen, by=olga
    )

    with pytest.raises(ChangedMeanwhileError) as refusal:
        service.update_round(round_.id, draft=RoundDraft("另一个名"), seen=seen, by=olga)

    words = str(refusal.value.message)
    assert "轮次名称由“校级初赛”改为“改名”" in words
    assert "评分表份数有改动" in words
    assert "盲评有改动" in words
    assert round_.name == "改名"


def test_who_saves_over_a_changed_way_is_told_what_changed(app, olga):
    competition = city(olga)
    first, semi = rounds_of(competition)[:2]
    seen = service.passage_stamp(first.passages[0])
    draft = PassageDraft(semi.id, places=3)
    service.save_passage(first.id, kind=BEST, draft=draft, seen=seen, by=olga)

    with pytest.raises(ChangedMeanwhileError) as refusal:
        service.save_passage(
            first.id, kind=BEST, draft=replace(draft, places=4), seen=seen, by=olga
        )

    assert "总名额由“—”改为“3”" in str(refusal.value.message)
    revival = service.passage_stamp(None)
    assert revival == "{}"


@pytest.mark.parametrize("seen", ["[]", "no json", "null", '{"criteria": 1}', "{}"])
def test_a_stamp_that_is_none_of_ours_is_a_change_unknown(app, olga, seen):
    rubric = make_round(by=olga, is_open=False).rubrics[0]

    with pytest.raises(ChangedMeanwhileError):
        service.save_rubric(rubric.id, criteria=lines(rubric), gates=[], seen=seen, by=olga)


def _save_both(olga, at_once, monkeypatch) -> list[str]:
    """Two people save the same rubric at the same moment; which of them were refused."""
    round_ = make_round(by=olga, is_open=False)
    rubric = round_.rubrics[0]
    seen, rubric_id = service.rubric_stamp(rubric), rubric.id
    drafts = lines(rubric)
    checked, refused = changes.check_unchanged, []
    barrier = threading.Barrier(2)

    def check_slowly(*args):
        checked(*args)
        time.sleep(0.4)

    def save(points):
        barrier.wait(5)
        try:
            service.save_rubric(
                rubric_id,
                criteria=[replace(drafts[0], points=Decimal(points)), *drafts[1:]],
                gates=[],
                seen=seen,
                by=db.session.merge(olga, load=False),
            )
        except ChangedMeanwhileError:
            refused.append(points)

    monkeypatch.setattr("eventhub.competitions.service.rubrics.check_unchanged", check_slowly)
    at_once(lambda: save(41), lambda: save(42))
    return refused


@pytest.mark.race
def test_of_two_who_save_at_once_one_is_told(app, olga, at_once, monkeypatch):
    assert len(_save_both(olga, at_once, monkeypatch)) == 1


@pytest.mark.race
def test_without_the_lock_one_of_two_would_overwrite_silently(app, olga, at_once, monkeypatch):
    get_round = queries.get_round
    monkeypatch.setattr(queries, "get_round", lambda round_id, lock=False: get_round(round_id))

    assert _save_both(olga, at_once, monkeypatch) == []


def _add_both(olga, at_once) -> list[object]:
    """Two people add a round at the same moment; what became of each."""
    competition_id = make_competition(by=olga, is_open=False).id

    def add_one(name):
        return service.add_round(
            competition_id,
            name=name,
            mode=RoundMode.ONLINE,
            by=db.session.merge(olga, load=False),
        ).position

    made = at_once(lambda: add_one("甲"), lambda: add_one("乙"))
    db.session.expire_all()
    return made


@pytest.mark.race
def test_two_rounds_added_at_once_stand_one_after_the_other(app, olga, at_once):
    assert sorted(_add_both(olga, at_once)) == [2, 3]
    assert db.session.scalars(select(Round.position).order_by(Round.position)).all() == [1, 2, 3]


@pytest.mark.race
def test_without_the_lock_two_rounds_would_want_one_place(app, olga, at_once, monkeypatch):
    get, load = queries.get_competition, queries.load_rubrics
    both = threading.Barrier(2)

    def load_together(competition, *, fresh=False):
        found = load(competition, fresh=fresh)
        if fresh:
            both.wait(5)
        return found

    monkeypatch.setattr(queries, "get_competition", lambda key, lock=False: get(key))
    monkeypatch.setattr(queries, "load_rubrics", load_together)

    made = _add_both(olga, at_once)

    assert sum(isinstance(each, IntegrityError) for each in made) == 1
