"""Who goes up: proposed, adjusted, confirmed by a second person, taken back by two."""

from __future__ import annotations

import contextlib
import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.accounts.queries import get_person
from eventhub.audit.models import AuditEntry
from eventhub.competitions import queries as competitions
from eventhub.competitions import service as courses
from eventhub.competitions.enums import RoundState
from eventhub.competitions.errors import ReasonMissingError
from eventhub.db import db, transaction
from eventhub.domain.advancement import Ground
from eventhub.domain.cut import TieChoice
from eventhub.entries import queries as entries
from eventhub.entries import service as entry_service
from eventhub.entries.enums import ParticipationWay
from eventhub.entries.models import Participation
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.events.enums import HostRole
from eventhub.events.models import EventHost
from eventhub.judging import service as judging
from eventhub.judging.queries import seats, sheets
from eventhub.judging.queries.board import build_board
from eventhub.notifications.models import Delivery
from eventhub.outcomes import service
from eventhub.outcomes.enums import ProposalState
from eventhub.outcomes.errors import (
    AdjustReasonError,
    AdvancedFromRoundError,
    AlreadyProposedError,
    BestFirstError,
    DecisionStateError,
    ListChangedError,
    NextRoundBegunError,
    NotRankedError,
    OtherListRestsError,
    RoundNotClosedError,
    SecondPersonError,
    SecondPersonRecallError,
    StandingsChangedError,
    TiesOpenError,
    WithdrawnListedError,
)
from eventhub.outcomes.models import Advancement
from eventhub.outcomes.queries import advancements, lists
from eventhub.outcomes.service import ADVANCEMENT, decisions
from eventhub.roadshows import queries as stage_reads
from eventhub.roadshows import service as stages
from eventhub.roadshows.errors import EntryNotForStageError, NothingToDrawError
from tests.factories import make_circle, make_organiser, make_person, make_round
from tests.factories.judging import make_judge, make_panel
from tests.factories.outcomes import (
    make_advancement,
    make_closed_round,
    make_passage,
    make_revival,
)
from tests.factories.roadshows import make_approved, tomorrow_at_nine


@pytest.fixture
def ora(app, olga):
    """Another organiser of the same circle."""
    return make_organiser("欧阳菁")


def names_in(advancement):
    fresh = lists.get_list(Advancement, advancement.id)
    return sorted(line.entry.name for line in fresh.lines if line.is_in)


def line_of(advancement, name):
    return next(
        x for x in lists.get_list(Advancement, advancement.id).lines if x.entry.name == name
    )


def participants(round_):
    db.session.expire_all()
    return [e.name for e in entries.list_participants(competitions.get_round(round_.id))]


def deeds():
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def test_the_first_of_the_standings_are_proposed_and_nobody_goes_up_yet(olga):
    round_ = make_closed_round(by=olga)
    passage = make_passage(round_, by=olga, places=2)

    made = make_advancement(passage, by=olga)

    assert names_in(made) == ["项目1", "项目2"]
    assert made.state is ProposalState.PROPOSED
    assert participants(passage.to_round) == []
    assert deeds()[-1] == "advancement.proposed"


def test_a_second_person_puts_it_in_force_and_captains_hear(olga, ora):
    round_ = make_closed_round(by=olga)
    passage = make_passage(round_, by=olga)
    made = make_advancement(passage, by=olga)

    service.confirm(ADVANCEMENT, made.id, by=ora)

    assert sorted(participants(passage.to_round)) == ["项目1", "项目2"]
    ways = set(db.session.scalars(select(Participation.way)))
    assert ways == {ParticipationWay.QUOTA}
    told = db.session.scalar(
        select(func.count()).select_from(Delivery).where(Delivery.kind == "outcomes.advanced")
    )
    assert told == 2


def test_the_proposer_cannot_confirm(olga):
    made = make_advancement(make_passage(make_closed_round(by=olga), by=olga), by=olga)

    with pytest.raises(SecondPersonError):
        service.confirm(ADVANCEMENT, made.id, by=olga)


def test_the_database_knows_two_people_as_well(olga):
    made = make_advancement(make_passage(make_closed_round(by=olga), by=olga), by=olga)

    with pytest.raises(IntegrityError, match="two_people"), transaction():
        db.session.execute(
            text(
                "UPDATE advancements SET state = 'confirmed', confirmed_at = now(),"
                " confirmed_by_id = proposed_by_id WHERE id = :id"
            ),
            {"id": made.id},
        )


def test_whoever_adjusted_cannot_confirm_either(olga, ora):
    made = make_advancement(make_passage(make_closed_round(by=olga), by=olga), by=olga)
    service.adjust_line(line_of(made, "项目3").id, is_in=True, reason="增补名额", by=ora)

    with pytest.raises(SecondPersonError):
        service.confirm(ADVANCEMENT, made.id, by=ora)

    third = make_organiser("欧阳荃")
    service.confirm(ADVANCEMENT, made.id, by=third)
    assert names_in(made) == ["项目1", "项目2", "项目3"]


def test_what_is_confirmed_is_what_was_read(olga, ora):
    made = make_advancement(make_passage(make_closed_round(by=olga), by=olga), by=olga)
    read = service.fingerprint(lists.get_list(Advancement, made.id))
    service.adjust_line(line_of(made, "项目3").id, is_in=True, reason="增补名额", by=olga)

    with pytest.raises(ListChangedError):
        service.confirm(ADVANCEMENT, made.id, seen=read, by=ora)

    read = service.fingerprint(lists.get_list(Advancement, made.id))
    service.confirm(ADVANCEMENT, made.id, seen=read, by=ora)
    assert names_in(made) == ["项目1", "项目2", "项目3"]


def test_an_organiser_of_a_co_hosting_circle_may_be_the_second(olga):
    round_ = make_closed_round(by=olga)
    other = make_circle("swu", university="西南大学")
    with transaction():
        db.session.add(
            EventHost(
                event_id=round_.competition.event_id, circle_id=other.id, role=HostRole.ORGANISER
            )
        )
    made = make_advancement(make_passage(round_, by=olga), by=olga)

    service.confirm(ADVANCEMENT, made.id, by=make_organiser("刘西南", circle=other))

    assert lists.get_list(Advancement, made.id).is_confirmed


def test_a_stranger_and_another_circle_decide_nothing(olga, nell):
    passage = make_passage(make_closed_round(by=olga), by=olga)
    other = make_organiser("刘西南", circle=make_circle("swu", university="西南大学"))

    for person in (nell, other):
        with pytest.raises(ForbiddenError):
            service.propose_advancement(passage.id, by=person)


def test_nothing_is_proposed_while_marks_may_change(olga):
    round_ = make_round(by=olga)
    passage = make_passage(round_, by=olga)

    with pytest.raises(RoundNotClosedError):
        service.propose_advancement(passage.id, by=olga)


def test_a_tie_at_the_edge_has_to_be_decided_with_a_reason(olga, ora):
    round_ = make_closed_round(by=olga, shares=("0.90", "0.80", "0.80"))
    made = make_advancement(make_passage(round_, by=olga, places=2), by=olga)
    tied = [x for x in lists.get_list(Advancement, made.id).lines if x.ground == Ground.TIED]
    assert [line.is_in for line in tied] == [False, False]

    with pytest.raises(TiesOpenError):
        service.confirm(ADVANCEMENT, made.id, by=ora)
    with pytest.raises(AdjustReasonError):
        service.adjust_line(tied[0].id, is_in=False, reason=" ", by=olga)
    service.adjust_line(tied[0].id, is_in=True, reason="复核专家评语后决定", by=olga)
    service.adjust_line(tied[1].id, is_in=False, reason="复核专家评语后决定", by=olga)
    service.confirm(ADVANCEMENT, made.id, by=ora)

    assert len(names_in(made)) == 2
    hand = select(func.count()).where(Participation.way == ParticipationWay.HAND)
    assert db.session.scalar(hand) == 1


@pytest.mark.parametrize(("choice", "count"), [(TieChoice.IN, 3), (TieChoice.OUT, 1)])
def test_a_rule_for_ties_leaves_none_open(olga, ora, choice, count):
    round_ = make_closed_round(by=olga, shares=("0.90", "0.80", "0.80"))
    passage = make_passage(round_, by=olga, places=2)

    made = make_advancement(passage, by=olga, confirmed_by=ora, ties=choice)

    assert len(names_in(made)) == count


def test_a_school_at_its_cap_is_passed_over(olga):
    round_ = make_closed_round(by=olga, schools=["重庆大学", "重庆大学", "西南大学"])
    made = make_advancement(make_passage(round_, by=olga, places=2, school_max=1), by=olga)

    assert names_in(made) == ["项目1", "项目3"]
    assert line_of(made, "项目2").ground == Ground.SCHOOL_MAX


def test_going_back_to_what_the_rules_say_needs_no_reason(olga):
    made = make_advancement(make_passage(make_closed_round(by=olga), by=olga), by=olga)
    line = line_of(made, "项目1")
    with pytest.raises(AdjustReasonError):
        service.adjust_line(line.id, is_in=False, reason="", by=olga)

    service.adjust_line(line.id, is_in=False, reason="主动放弃", by=olga)
    service.adjust_line(line.id, is_in=True, reason="", by=olga)

    assert line_of(made, "项目1").reason == ""
    assert deeds()[-2:] == ["advancement.adjusted"] * 2


def test_a_list_past_its_places_says_by_how_many(olga):
    made = make_advancement(make_passage(make_closed_round(by=olga), by=olga), by=olga)
    service.adjust_line(line_of(made, "项目4").id, is_in=True, reason="增补", by=olga)

    assert service.excess_of(lists.get_list(Advancement, made.id)) == [
        (Ground.PLACES_FULL, None, "", 1)
    ]


def test_who_withdrew_is_neither_proposed_nor_confirmed(olga, ora):
    round_ = make_closed_round(by=olga)
    passage = make_passage(round_, by=olga)
    made = make_advancement(passage, by=olga)
    first = line_of(made, "项目1").entry
    entry_service.withdraw_entry(first.id, by=first.captain)

    with pytest.raises(WithdrawnListedError) as refusal:
        service.confirm(ADVANCEMENT, made.id, by=ora)
    assert "项目1" in str(refusal.value.message)

    service.discard(ADVANCEMENT, made.id, by=olga)
    again = make_advancement(passage, by=olga)
    assert names_in(again) == ["项目2", "项目3"]
    assert line_of(again, "项目1").ground == Ground.WITHDRAWN
    with pytest.raises(NotRankedError):
        service.adjust_line(line_of(again, "项目1").id, is_in=True, reason="请回来", by=olga)


def test_a_round_stays_closed_while_a_list_rests_on_it(olga):
    round_ = make_closed_round(by=olga)
    made = make_advancement(make_passage(round_, by=olga), by=olga)

    with pytest.raises(AdvancedFromRoundError):
        judging.reopen_round(round_.id, reason="漏了一位评委", by=olga)

    service.discard(ADVANCEMENT, made.id, reason="重新评分", by=olga)
    judging.reopen_round(round_.id, reason="漏了一位评委", by=olga)
    assert competitions.get_round(round_.id).state is RoundState.OPEN


def test_standings_that_changed_under_a_list_are_noticed(olga, ora):
    round_ = make_closed_round(by=olga)
    made = make_advancement(make_passage(round_, by=olga), by=olga)
    with transaction():
        db.session.execute(text("UPDATE standings SET total = '1.00' WHERE rank = 4"))

    with pytest.raises(StandingsChangedError):
        service.confirm(ADVANCEMENT, made.id, by=ora)


def test_one_list_stands_at_a_time(olga, ora):
    passage = make_passage(make_closed_round(by=olga), by=olga)
    made = make_advancement(passage, by=olga)

    with pytest.raises(AlreadyProposedError):
        make_advancement(passage, by=ora)

    service.discard(ADVANCEMENT, made.id, by=ora)
    make_advancement(passage, by=ora)


def test_a_revival_waits_for_the_first_list_and_takes_only_those_left(olga, ora):
    round_ = make_closed_round(by=olga)
    best = make_passage(round_, by=olga, places=2)
    others = make_revival(round_, by=olga, places=1)
    first = make_advancement(best, by=olga)

    with pytest.raises(BestFirstError):
        service.propose_advancement(others.id, by=olga)

    service.confirm(ADVANCEMENT, first.id, by=ora)
    second = make_advancement(others, by=olga, confirmed_by=ora)
    assert names_in(second) == ["项目3"]
    assert line_of(second, "项目1").ground == Ground.ALREADY_UP
    with pytest.raises(DecisionStateError):
        service.adjust_line(line_of(second, "项目4").id, is_in=True, reason="增补", by=olga)
    revived = select(Participation.way).where(Participation.round_id == others.to_round_id)
    assert db.session.scalars(revived).all() == [ParticipationWay.REVIVAL]


def test_the_first_list_stays_while_the_revival_rests_on_it(olga, ora):
    round_ = make_closed_round(by=olga)
    first = make_advancement(make_passage(round_, by=olga), by=olga, confirmed_by=ora)
    make_advancement(make_revival(round_, by=olga), by=olga)

    with pytest.raises(OtherListRestsError):
        service.ask_recall(ADVANCEMENT, first.id, reason="名额有误", by=olga)


def test_taking_back_needs_a_reason_and_two_people(olga, ora):
    passage = make_passage(make_closed_round(by=olga), by=olga)
    made = make_advancement(passage, by=olga, confirmed_by=ora)

    with pytest.raises(ReasonMissingError):
        service.ask_recall(ADVANCEMENT, made.id, reason=" ", by=olga)
    service.ask_recall(ADVANCEMENT, made.id, reason="名额有误", by=olga)
    with pytest.raises(SecondPersonRecallError):
        service.recall(ADVANCEMENT, made.id, by=olga)
    assert len(participants(passage.to_round)) == 2

    service.recall(ADVANCEMENT, made.id, by=ora)

    assert participants(passage.to_round) == []
    assert advancements.find_advancement(passage.id) is None
    told = select(func.count()).where(Delivery.kind == "outcomes.recalled")
    assert db.session.scalar(told) == 2
    assert deeds()[-2:] == ["advancement.recall_asked", "advancement.recalled"]


def test_the_database_knows_two_people_for_the_way_back_too(olga, ora):
    made = make_advancement(
        make_passage(make_closed_round(by=olga), by=olga), by=olga, confirmed_by=ora
    )
    service.ask_recall(ADVANCEMENT, made.id, reason="名额有误", by=olga)

    with pytest.raises(IntegrityError, match="two_people_recall"), transaction():
        db.session.execute(
            text("UPDATE advancements SET recalled_by_id = recall_asked_by_id WHERE id = :id"),
            {"id": made.id},
        )


def test_a_request_may_be_dropped(olga, ora):
    made = make_advancement(
        make_passage(make_closed_round(by=olga), by=olga), by=olga, confirmed_by=ora
    )
    service.ask_recall(ADVANCEMENT, made.id, reason="名额有误", by=olga)

    service.drop_recall(ADVANCEMENT, made.id, by=ora)

    with pytest.raises(DecisionStateError):
        service.recall(ADVANCEMENT, made.id, by=ora)


def test_once_the_next_round_has_begun_the_list_stands(olga, ora):
    round_ = make_closed_round(by=olga, is_published=True)
    passage = make_passage(round_, by=olga)
    made = make_advancement(passage, by=olga, confirmed_by=ora)
    for rubric in competitions.get_round(passage.to_round_id).rubrics:
        if rubric.needs_confirmation:
            courses.confirm_rubric(rubric.id, by=olga)
    courses.open_round(passage.to_round_id, by=olga)

    with pytest.raises(NextRoundBegunError):
        service.ask_recall(ADVANCEMENT, made.id, reason="名额有误", by=olga)


def test_the_next_round_hears_its_participants_only(olga, ora):
    round_ = make_closed_round(by=olga)
    passage = make_passage(round_, by=olga, places=1)
    make_advancement(passage, by=olga, confirmed_by=ora)
    outsider = make_approved(round_.competition, "迟到", captain=make_person("迟到者"))
    final = competitions.get_round(passage.to_round_id)

    assert entries.count_participants(final) == 1
    assert not entries.takes_part(outsider, final)
    assert entries.takes_part(outsider, competitions.get_round(round_.id))


def test_draw_table_and_judges_of_the_next_round_know_its_participants_only(olga, ora):
    round_ = make_closed_round(by=olga, is_published=True)
    passage = make_passage(round_, by=olga, places=2)
    final_id = passage.to_round_id
    values = {"rooms": ["会场"], "starts_at": tomorrow_at_nine(), "venue": "报告厅", "by": olga}
    roadshow = stages.set_up(final_id, **values)
    with pytest.raises(NothingToDrawError):
        stages.announce_draw(roadshow.id, by=olga)
    assert build_board(competitions.get_round(final_id)).lines == []

    make_advancement(passage, by=olga, confirmed_by=ora)
    stages.announce_draw(roadshow.id, by=olga)
    stages.draw(roadshow.id, public_text="03 08 17", by=olga)

    codes = {entry.code for entry in entries.list_participants(competitions.get_round(final_id))}
    assert len(codes) == 2
    assert set(stage_reads.get_roadshow(roadshow.id).codes) == codes
    assert stage_reads.list_without_slot(stage_reads.get_roadshow(roadshow.id)) == []
    board = build_board(competitions.get_round(final_id))
    assert {line.entry.code for line in board.lines} == codes
    seat = make_judge(make_panel(competitions.get_round(final_id), by=olga), by=olga)
    work = sheets.list_work(seats.get_seat(seat.id), now=clock.now())
    assert {one.entry.code for one in work.assignments} == codes
    outsider = next(
        entry for entry in entries.list_approved(round_.competition_id) if entry.code not in codes
    )
    with pytest.raises(NotFoundError):
        sheets.get_assignment(seats.get_seat(seat.id), outsider.id)
    with pytest.raises(EntryNotForStageError):
        stages.add_late_slot(
            roadshow.id,
            entry_id=outsider.id,
            room_id=stage_reads.get_roadshow(roadshow.id).rooms[0].id,
            by=olga,
        )
    made = advancements.find_advancement(passage.id)
    with pytest.raises(NextRoundBegunError):
        service.ask_recall(ADVANCEMENT, made.id, reason="抽签之后", by=olga)


def at_once_by(at_once, people, deed):
    """What came of it when each of these people does the deed at the same moment."""
    ids = [person.id for person in people]
    db.session.remove()
    jobs = [lambda key=key: deed(get_person(key)) for key in ids]
    return sorted(type(each).__name__ for each in at_once(*jobs))


def confirm_slowly(monkeypatch):
    """Let everybody look before anybody writes, unless a lock keeps them apart."""
    looked, check = threading.Barrier(2), decisions.confirm

    def confirm(*args, **kwargs):
        with contextlib.suppress(threading.BrokenBarrierError):
            looked.wait(timeout=1)
        check(*args, **kwargs)

    monkeypatch.setattr(decisions, "confirm", confirm)


@pytest.mark.race
def test_of_two_who_confirm_at_once_one_does(olga, ora, at_once, monkeypatch):
    made = make_advancement(make_passage(make_closed_round(by=olga), by=olga), by=olga)
    made_id, people = made.id, [ora, make_organiser("欧阳荃")]
    confirm_slowly(monkeypatch)

    came_of_it = at_once_by(
        at_once, people, lambda person: service.confirm(ADVANCEMENT, made_id, by=person)
    )

    assert came_of_it == ["Advancement", "DecisionStateError"]
    assert db.session.scalar(select(func.count()).select_from(Participation)) == 2


@pytest.mark.race
def test_without_the_locks_both_would_pass_the_check(olga, ora, at_once, monkeypatch):
    """The negative control: nobody is told that another was faster; the table has to refuse."""
    made = make_advancement(make_passage(make_closed_round(by=olga), by=olga), by=olga)
    made_id, people = made.id, [ora, make_organiser("欧阳荃")]
    get_round, get_list = competitions.get_round, lists.get_list
    monkeypatch.setattr(competitions, "get_round", lambda key, lock=False: get_round(key))
    monkeypatch.setattr(lists, "get_list", lambda kind, key, lock=False: get_list(kind, key))
    confirm_slowly(monkeypatch)

    came_of_it = at_once_by(
        at_once, people, lambda person: service.confirm(ADVANCEMENT, made_id, by=person)
    )

    assert "DecisionStateError" not in came_of_it, "the negative control has lost its bite"


@pytest.mark.race
def test_of_two_who_propose_at_once_one_does(olga, ora, at_once):
    passage_id = make_passage(make_closed_round(by=olga), by=olga).id

    came_of_it = at_once_by(
        at_once, [olga, ora], lambda person: service.propose_advancement(passage_id, by=person)
    )

    assert came_of_it == ["Advancement", "AlreadyProposedError"]
    assert db.session.scalar(select(func.count()).select_from(Advancement)) == 1
