"""A school's word for its entries: quota, rank, and two officers at once."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from eventhub.accounts.queries import get_person
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState
from eventhub.entries.errors import (
    DecidedError,
    EntryLockedError,
    EntryStateError,
    NothingToDecideError,
    RankingChangedError,
    SchoolQuotaError,
    TextTooLongError,
    UnknownChoiceError,
)
from eventhub.entries.queries import schools
from eventhub.entries.service import recommendations
from eventhub.entries.service.drafts import draft_of
from eventhub.errors import ForbiddenError
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_organiser,
    make_person,
    make_university,
)
from tests.factories.schools import make_school_officer


@pytest.fixture
def officer(app):
    return make_school_officer()


@pytest.fixture
def competition(olga):
    return make_competition(by=olga, groups=("ug-creative", "ug-startup"))


def add(competition, *, name="智巡山城", state=EntryState.SUBMITTED, school="重庆邮电大学"):
    captain = make_person("冉小满", university=make_university(school))
    return make_entry(competition, captain=captain, state=state, name=name)


def ranking(competition, school="重庆邮电大学") -> list[str]:
    db.session.expire_all()
    standing = schools.list_recommended(competition.id, make_university(school).id)
    ranks = [e.recommendation.rank for e in standing if e.recommendation]
    assert ranks == [*range(1, len(ranks) + 1)]
    return [entry.name for entry in standing]


def test_recommended_entries_queue_up_in_their_group(competition, officer):
    for name in ("甲", "乙", "丙"):
        service.recommend_entry(add(competition, name=name).id, by=officer)

    assert ranking(competition) == ["甲", "乙", "丙"]


def test_recommending_again_only_takes_the_new_opinion(competition, officer):
    entry = add(competition)
    service.recommend_entry(entry.id, by=officer)
    service.recommend_entry(entry.id, opinion=" 团队扎实。 ", by=officer)

    assert ranking(competition) == ["智巡山城"]
    assert queries.get_entry(entry.id).recommendation.opinion == "团队扎实。"


def test_taking_back_closes_the_gap(competition, officer):
    entries = [add(competition, name=name) for name in ("甲", "乙", "丙")]
    for entry in entries:
        service.recommend_entry(entry.id, by=officer)

    service.take_back_recommendation(entries[0].id, by=officer)
    service.take_back_recommendation(entries[0].id, by=officer)

    assert ranking(competition) == ["乙", "丙"]


def test_withdrawing_an_entry_gives_its_rank_and_place_back(competition, officer, olga):
    entries = [add(competition, name=name) for name in ("甲", "乙")]
    for entry in entries:
        service.recommend_entry(entry.id, by=officer)
    service.set_quota(competition.id, university_id=None, group_id=None, places=2, by=olga)

    service.withdraw_entry(entries[0].id, by=entries[0].captain)
    service.recommend_entry(add(competition, name="丙").id, by=officer)

    assert ranking(competition) == ["乙", "丙"]


def test_an_entry_that_changes_its_school_or_group_loses_the_word(competition, officer, olga):
    def returned(name):
        entry = add(competition, name=name)
        service.recommend_entry(entry.id, by=officer)
        service.return_entry(entry.id, reason="请修改。", by=olga)
        db.session.expire_all()
        return queries.get_entry(entry.id)

    moved, kept = returned("甲"), returned("乙")
    draft = draft_of(moved)
    elsewhere = replace(draft, university_id=make_university("重庆大学").id)
    service.save_entry(moved.id, version=moved.version, draft=elsewhere, by=moved.captain)

    assert ranking(competition) == ["乙"]
    same = replace(draft_of(kept), summary="改写了。")
    service.save_entry(kept.id, version=kept.version, draft=same, by=kept.captain)
    assert ranking(competition) == ["乙"]
    service.change_group(kept.id, group_id=competition.groups[1].id, by=kept.captain)
    assert ranking(competition) == []


def test_ranks_are_set_in_one_go_and_by_one_place(competition, officer):
    entries = {name: add(competition, name=name) for name in ("甲", "乙", "丙")}
    for entry in entries.values():
        service.recommend_entry(entry.id, by=officer)
    group_id = competition.groups[0].id

    service.rank_entries(
        competition.id,
        university_id=make_university().id,
        group_id=group_id,
        order=[entries[name].id for name in ("丙", "甲", "乙")],
        by=officer,
    )
    assert ranking(competition) == ["丙", "甲", "乙"]

    service.move_recommended(entries["乙"].id, up=True, by=officer)
    assert ranking(competition) == ["丙", "乙", "甲"]
    service.move_recommended(entries["丙"].id, up=True, by=officer)
    service.move_recommended(entries["丙"].id, up=False, by=officer)
    assert ranking(competition) == ["乙", "丙", "甲"]


@pytest.mark.parametrize("wrong", ["one missing", "one twice", "a stranger"])
def test_an_order_that_is_not_the_list_is_refused(competition, officer, wrong):
    first, second = add(competition, name="甲"), add(competition, name="乙")
    service.recommend_entry(first.id, by=officer)
    service.recommend_entry(second.id, by=officer)
    order = {
        "one missing": [first.id],
        "one twice": [first.id, second.id, first.id],
        "a stranger": [first.id, second.id, add(competition).id],
    }[wrong]

    with pytest.raises(RankingChangedError):
        service.rank_entries(
            competition.id,
            university_id=make_university().id,
            group_id=competition.groups[0].id,
            order=order,
            by=officer,
        )


def test_the_quota_is_refused_with_its_numbers(competition, officer, olga):
    service.set_quota(competition.id, university_id=None, group_id=None, places=1, by=olga)
    service.recommend_entry(add(competition, name="甲").id, by=officer)

    with pytest.raises(SchoolQuotaError) as refused:
        service.recommend_entry(add(competition, name="乙").id, by=officer)

    assert "1 个，已推荐 1 个" in str(refused.value.message)


def test_a_school_s_own_number_goes_before_the_common_one(competition, officer, olga):
    group_id = competition.groups[0].id
    own = make_university().id
    service.set_quota(competition.id, university_id=None, group_id=group_id, places=0, by=olga)
    with pytest.raises(SchoolQuotaError) as refused:
        service.recommend_entry(add(competition).id, by=officer)
    assert "本科生创意组" in str(refused.value.message)

    service.set_quota(competition.id, university_id=own, group_id=group_id, places=1, by=olga)
    service.recommend_entry(add(competition).id, by=officer)

    allowed = schools.allowances(competition.id, own, competition.groups)
    assert allowed.by_group[group_id].left == 0
    assert allowed.overall.places is None


def test_a_number_can_be_changed_and_taken_away(competition, olga):
    def numbers():
        return [row.places for row in schools.list_quotas(competition.id)]

    for places in (3, 5, 5):
        service.set_quota(competition.id, university_id=None, group_id=None, places=places, by=olga)
    assert numbers() == [5]
    service.remove_quota(schools.list_quotas(competition.id)[0].id, by=olga)
    assert numbers() == []


def test_numbers_are_for_groups_and_schools_that_exist(competition, olga, officer):
    other = make_competition(by=olga).groups[0].id
    with pytest.raises(UnknownChoiceError):
        service.set_quota(competition.id, university_id=None, group_id=other, places=1, by=olga)
    with pytest.raises(ForbiddenError):
        service.set_quota(competition.id, university_id=None, group_id=None, places=1, by=officer)


def test_after_the_organiser_has_decided_the_word_stands(competition, officer, olga):
    entry = add(competition)
    service.recommend_entry(entry.id, opinion="好。", by=officer)
    service.approve_entry(entry.id, by=olga)

    with pytest.raises(DecidedError):
        service.take_back_recommendation(entry.id, by=officer)
    with pytest.raises(DecidedError):
        service.recommend_entry(entry.id, opinion="很好。", by=officer)


@pytest.mark.parametrize(
    "state", [EntryState.DRAFT, EntryState.RETURNED, EntryState.APPROVED, EntryState.WITHDRAWN]
)
def test_only_what_waits_is_recommended(competition, officer, state):
    with pytest.raises(EntryStateError):
        service.recommend_entry(add(competition, state=state).id, by=officer)


def test_nothing_changes_once_the_competition_is_over(competition, officer):
    from eventhub.competitions.enums import CompetitionState

    entry = add(competition)
    with transaction():
        competition.state = CompetitionState.FINISHED

    with pytest.raises(EntryLockedError):
        service.recommend_entry(entry.id, by=officer)


def test_only_the_entry_s_own_school_speaks_for_it(competition, officer, olga, tia):
    elsewhere = add(competition, school="重庆大学")
    for person in (officer, olga, tia):
        with pytest.raises(ForbiddenError):
            service.recommend_entry(elsewhere.id, by=person)


def test_an_opinion_has_a_length(competition, officer):
    with pytest.raises(TextTooLongError):
        service.recommend_entry(add(competition).id, opinion="长" * 1001, by=officer)


def two_officers(competition, officer, order_of=lambda ids: ids):
    """Two officers recommend one entry each at once."""
    entries = [add(competition, name=name) for name in ("甲", "乙")]
    ids, officer_id = [entry.id for entry in entries], officer.id
    db.session.rollback()

    def recommend(entry_id):
        return lambda: service.recommend_entry(entry_id, by=get_person(officer_id)).rank

    return [recommend(entry_id) for entry_id in ids]


@pytest.mark.race
def test_of_two_officers_at_once_one_gets_the_last_place(competition, officer, olga, at_once):
    service.set_quota(competition.id, university_id=None, group_id=None, places=1, by=olga)

    results = at_once(*two_officers(competition, officer))

    assert sorted(map(str, (r for r in results if isinstance(r, int)))) == ["1"]
    assert sum(isinstance(r, SchoolQuotaError) for r in results) == 1


@pytest.mark.race
def test_two_officers_at_once_get_two_ranks(competition, officer, at_once):
    results = at_once(*two_officers(competition, officer))

    assert sorted(results) == [1, 2]


@pytest.mark.race
def test_without_the_turnstile_both_would_take_one_rank(competition, officer, at_once, monkeypatch):
    """The negative control: the ranks clash, and only the database keeps them apart.

    It notices at the end of one of them, or, when each waits for the other, as a deadlock.
    """
    import threading
    from contextlib import suppress

    both = threading.Barrier(2)
    next_rank = recommendations._next_rank

    def slow(entry):
        rank = next_rank(entry)
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=20)
        return rank

    monkeypatch.setattr(recommendations, "queue_for", lambda _id: None)
    monkeypatch.setattr(recommendations, "_next_rank", slow)

    results = at_once(*two_officers(competition, officer))

    assert sum(r == 1 for r in results) == 1
    assert sum(isinstance(r, IntegrityError | OperationalError) for r in results) == 1


@pytest.mark.race
def test_of_two_orders_at_once_the_later_stands_whole(competition, officer, at_once):
    ids = []
    for name in ("甲", "乙", "丙"):
        entry = add(competition, name=name)
        service.recommend_entry(entry.id, by=officer)
        ids.append(entry.id)
    officer_id, school_id = officer.id, make_university().id
    competition_id, group_id = competition.id, competition.groups[0].id
    db.session.rollback()

    def rank(order):
        return lambda: service.rank_entries(
            competition_id,
            university_id=school_id,
            group_id=group_id,
            order=order,
            by=get_person(officer_id),
        )

    results = at_once(rank(ids[::-1]), rank([ids[1], ids[2], ids[0]]))

    assert results == [None, None]
    assert ranking(competition) in (["丙", "乙", "甲"], ["乙", "丙", "甲"])


def test_the_database_keeps_ranks_apart(competition, officer):
    first, second = add(competition, name="甲"), add(competition, name="乙")
    for entry in (first, second):
        service.recommend_entry(entry.id, by=officer)
    clash = db.text("UPDATE recommendations SET rank = 1")

    def write() -> None:
        with transaction():
            db.session.execute(clash)

    with pytest.raises(IntegrityError):
        write()


def test_the_summary_lists_them_in_order_for_the_stamp(competition, officer):
    for name in ("=甲", "乙"):
        entry = add(competition, name=name)
        service.recommend_entry(entry.id, opinion=f"推荐{name}", by=officer)

    book = service.export_recommendations(
        competition.id, university_id=make_university().id, by=officer
    )
    rows = [*openpyxl.load_workbook(book).active.values]
    book.close()

    assert "推荐汇总表" in rows[0][0]
    assert [row[:3] for row in rows[3:5]] == [
        (1, "高教主赛道 · 本科生创意组", "'=甲"),
        (2, "高教主赛道 · 本科生创意组", "乙"),
    ]
    assert rows[3][7] == "推荐=甲"


def test_the_summary_is_for_the_school_and_the_organiser(competition, olga, tia):
    school_id = make_university().id
    service.export_recommendations(competition.id, university_id=school_id, by=olga).close()
    strangers = (
        tia,
        make_school_officer(university=make_university("重庆大学")),
        make_organiser(circle=make_circle("cqu", university="重庆大学")),
    )
    for person in strangers:
        with pytest.raises(ForbiddenError):
            service.export_recommendations(competition.id, university_id=school_id, by=person)


# Several at once


def choose(competition, entries, by, school="重庆邮电大学") -> int:
    return service.recommend_entries(
        competition.id,
        university_id=make_university(school).id,
        entry_ids=[entry.id for entry in entries],
        by=by,
    )


def test_several_are_ranked_behind_the_others_in_the_order_given(competition, officer):
    first, *others = (add(competition, name=name) for name in "甲乙丙")
    service.recommend_entry(first.id, opinion="很好", by=officer)

    assert choose(competition, [others[1], first, others[0]], officer) == 2

    assert ranking(competition) == ["甲", "丙", "乙"]
    assert queries.get_entry(first.id).recommendation.opinion == "很好"
    assert choose(competition, others, officer) == 0


def test_of_more_than_the_quota_none_is_recommended(competition, officer, olga):
    entries = [add(competition, name=name) for name in "甲乙丙"]
    for group_id in (None, competition.groups[0].id):
        service.set_quota(competition.id, university_id=None, group_id=group_id, places=2, by=olga)
        with pytest.raises(SchoolQuotaError) as refusal:
            choose(competition, entries, officer)
        assert "还可推荐 2 个，选了 3 个" in str(refusal.value.message)
        assert ranking(competition) == []

    assert choose(competition, entries[:2], officer) == 2


def test_what_does_not_wait_or_is_another_s_is_not_recommended_with_the_rest(competition, officer):
    good = add(competition, name="甲")
    draft = add(competition, name="乙", state=EntryState.DRAFT)
    with pytest.raises(EntryStateError) as refusal:
        choose(competition, [good, draft], officer)
    assert "“乙”" in str(refusal.value.message)
    assert ranking(competition) == []

    foreign = add(competition, name="丙", school="西南大学")
    with pytest.raises(NothingToDecideError):
        choose(competition, [foreign], officer)
    with pytest.raises(ForbiddenError):
        choose(competition, [foreign], officer, school="西南大学")
    assert choose(competition, [good, foreign], officer) == 1


@pytest.mark.race
def test_two_officers_choosing_at_once_stay_within_the_quota(competition, officer, olga, at_once):
    entries = [add(competition, name=name) for name in "甲乙丙丁"]
    service.set_quota(competition.id, university_id=None, group_id=None, places=3, by=olga)
    ids, key, school = [entry.id for entry in entries], competition.id, make_university().id
    officer_id = officer.id
    db.session.rollback()

    def take(some):
        return lambda: service.recommend_entries(
            key, university_id=school, entry_ids=some, by=get_person(officer_id)
        )

    results = at_once(take(ids[:2]), take(ids[:1:-1]))

    assert sorted(str(type(one).__name__) for one in results) == ["SchoolQuotaError", "int"]
    assert len(ranking(competition)) == 2
