"""Finding entries: by what words, in how many statements."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eventhub.accounts import service as accounts
from eventhub.circles import service as circles
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryOrder, EntryState
from eventhub.entries.queries import EntryFilter, lists
from eventhub.entries.service import searching, waivers
from eventhub.entries.service.drafts import draft_of
from tests.factories import make_competition, make_entry, make_person, make_university
from tests.factories.schools import make_school_officer


def found(competition, words: str = "", **wanted) -> list[str]:
    query = queries.select_entries(competition.id, EntryFilter(words=words, **wanted))
    return [entry.name for entry in db.session.scalars(query).unique()]


@pytest.fixture
def season(olga):
    """Two entries of two schools."""
    competition = make_competition(by=olga, groups=("ug-creative", "ug-startup"))
    school = circles.add_university(
        "重庆工商大学", level="本科", district="南岸区", aliases=["工商大"]
    )
    make_entry(competition, by=olga, name="智巡山城")
    make_entry(
        competition,
        captain=make_person("单明", university=school),
        name="嘉陵净界AI",
        state=EntryState.SUBMITTED,
    )
    return competition


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("智巡", ["智巡山城"]),
        ("zhixun", ["智巡山城"]),
        ("zxsc", ["智巡山城"]),
        ("吉克阿呷", ["智巡山城", "嘉陵净界AI"]),
        ("吉克·阿呷", ["智巡山城", "嘉陵净界AI"]),
        ("shanming", ["嘉陵净界AI"]),
        ("dm", ["嘉陵净界AI"]),
        ("工商大", ["嘉陵净界AI"]),
        ("ＡＩ", ["嘉陵净界AI"]),
        ("净界 工商", ["嘉陵净界AI"]),
        ("净界 邮电", []),
        ("周文渊", ["智巡山城", "嘉陵净界AI"]),
        ("%", []),
        ("没有的", []),
    ],
)
def test_entries_are_found_by_any_word_of_theirs(season, words, wanted):
    assert sorted(found(season, words)) == sorted(wanted)


def test_words_are_not_found_across_two_names(season):
    assert found(season, "田佳吉克") == []


def test_what_is_found_follows_every_change(season, tia):
    entry = make_entry(season, captain=tia, state=EntryState.DRAFT, name="旧名")
    draft = draft_of(queries.get_entry(entry.id))

    service.save_entry(entry.id, version=entry.version, draft=replace(draft, name="新名字"), by=tia)

    assert found(season, "旧名") == []
    assert found(season, "xmz") == ["新名字"]


def test_a_captain_who_changes_their_name_is_found_by_it(season, tia):
    make_entry(season, captain=tia, state=EntryState.DRAFT, name="甲项目")

    accounts.update_profile(
        tia.id, name="覃雪", phone=None, university_id=tia.university_id, locale="zh"
    )

    assert found(season, "qinxue") == ["甲项目"]


def test_a_refused_change_leaves_no_trace_in_what_is_found(season, tia):
    entry = make_entry(season, captain=tia, state=EntryState.DRAFT, name="甲项目")

    def fail() -> None:
        with transaction():
            queries.get_entry(entry.id).name = "乙项目"
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with transaction():
        queries.get_entry(entry.id).summary = "别的"

    assert found(season, "甲项目") == ["甲项目"]
    assert found(season, "乙项目") == []


def test_everything_can_be_written_anew(season):
    with transaction():
        db.session.execute(db.text("UPDATE entries SET search_text = '', needs_proof = false"))

    assert found(season, "智巡") == []
    assert searching.refresh_all() == 2
    db.session.expire_all()
    assert found(season, "智巡") == ["智巡山城"]


def test_filters_narrow_and_orders_sort(season, olga):
    group = next(g for g in season.groups if g.key == "ug-startup")
    officer = make_school_officer(university=make_university("重庆工商大学"))
    waiting = next(
        e
        for e in db.session.scalars(queries.select_entries(season.id, EntryFilter())).unique()
        if e.state is EntryState.SUBMITTED
    )
    service.recommend_entry(waiting.id, by=officer)

    assert found(season, group_id=group.id) == []
    assert found(season, track="高教主赛道", category="新工科") == ["嘉陵净界AI", "智巡山城"]
    assert found(season, track="没有") == []
    assert found(season, is_recommended=True) == ["嘉陵净界AI"]
    assert found(season, is_recommended=False) == ["智巡山城"]
    assert found(season, round_id=season.rounds[0].id) == ["智巡山城"]
    assert found(season, order=EntryOrder.NAME) == ["嘉陵净界AI", "智巡山城"]
    assert found(season, order=EntryOrder.RANK) == ["嘉陵净界AI", "智巡山城"]
    everything = found(season, needs_proof=True) + found(season, needs_proof=False)
    assert sorted(everything) == ["嘉陵净界AI", "智巡山城"]


def test_searching_asks_as_often_for_three_as_for_one(season, olga, count_statements):
    def ask() -> int:
        db.session.expire_all()
        with count_statements() as seen:
            query = queries.select_entries(season.id, EntryFilter(words="山城"))
            for entry in db.session.scalars(query).unique():
                assert entry.captain.name
                assert entry.group.name
                assert entry.recommendation is None
        return len(seen)

    one = ask()
    for name in ("山城甲", "山城乙"):
        make_entry(season, captain=make_person("冉小满", university=make_university()), name=name)

    assert len(found(season, "山城")) == 3
    assert ask() == one


def test_what_needs_proof_is_noted_again_when_a_rule_is_set_aside(season, olga):
    entry = db.session.scalars(queries.select_entries(season.id, EntryFilter())).unique().first()
    with transaction():
        queries.get_entry(entry.id).needs_proof = True
    rule = waivers.list_waivable(queries.get_entry(entry.id))[0]

    waivers.waive_rule(entry.id, rule_key=rule.key, reason="已核对原件。", by=olga)

    items = service.list_checks(queries.get_entry(entry.id), service.list_slots(entry))
    db.session.expire_all()
    expected = any(item.state == "proof" for item in items)
    assert queries.get_entry(entry.id).needs_proof is expected


def test_pages_follow_one_another_and_the_last_is_never_empty(season, olga, monkeypatch):
    monkeypatch.setattr(lists, "PER_PAGE", 1)

    def page(number, **wanted):
        return queries.page_entries(season.id, EntryFilter(**wanted), page=number)

    for order in EntryOrder:
        pages = [page(number, order=order) for number in (1, 2)]
        assert [p.total for p in pages] == [2, 2]
        assert {e.name for p in pages for e in p.items} == {"智巡山城", "嘉陵净界AI"}
    assert page(99).page == 2
    assert page(1, words="没有的").total == 0
    assert page(5, words="没有的").items == []
