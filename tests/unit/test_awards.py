from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.awards import AwardGround, InvalidLevelError, Judged, Level, propose
from eventhub.domain.cut import TieChoice


def at(name, rank, total, *, group="a", **facts):
    return Judged(name, group, rank, None if total is None else Decimal(total), **facts)


def levels_of(given_):
    return {each.entry_id: each.level_id for each in given_}


def grounds_of(given_):
    return {each.entry_id: each.ground for each in given_}


SIX = [at(f"p{n}", n, str(100 - n)) for n in range(1, 7)]
MEDALS = [Level("gold", 1), Level("silver", 2), Level("bronze", 2)]


def test_levels_are_given_best_first():
    found = propose(SIX, MEDALS)

    assert levels_of(found) == {
        "p1": "gold",
        "p2": "silver",
        "p3": "silver",
        "p4": "bronze",
        "p5": "bronze",
        "p6": None,
    }
    assert grounds_of(found)["p6"] is AwardGround.NONE_LEFT


def test_a_threshold_takes_all_who_reach_it():
    found = propose(SIX, [Level("first", total_min=Decimal("97")), Level("second", 1)])

    assert levels_of(found) == {
        "p1": "first",
        "p2": "first",
        "p3": "first",
        "p4": "second",
        "p5": None,
        "p6": None,
    }
    assert grounds_of(found)["p3"] is AwardGround.THRESHOLD


def test_a_tie_at_an_edge_is_left_to_a_person_and_keeps_the_place_below():
    entries = [at("p1", 1, "90"), at("p2", 1, "90"), at("p3", 3, "80"), at("p4", 4, "70")]

    found = propose(entries, [Level("gold", 1), Level("silver", 2)])

    assert levels_of(found) == {"p1": None, "p2": None, "p3": "silver", "p4": None}
    assert grounds_of(found)["p1"] is AwardGround.TIED
    assert grounds_of(found)["p4"] is AwardGround.NONE_LEFT


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (TieChoice.IN, {"p1": "gold", "p2": "gold", "p3": "silver", "p4": "silver"}),
        (TieChoice.OUT, {"p1": "silver", "p2": "silver", "p3": None, "p4": None}),
    ],
)
def test_a_rule_may_be_chosen_for_ties(choice, expected):
    entries = [at("p1", 1, "90"), at("p2", 1, "90"), at("p3", 3, "80"), at("p4", 4, "70")]

    found = propose(entries, [Level("gold", 1), Level("silver", 2)], ties=choice)

    assert levels_of(found) == expected


def test_ties_that_fall_further_than_one_level_keep_places_there_too():
    entries = [at(f"p{n}", 1, "90") for n in range(1, 6)] + [at("p6", 6, "80"), at("p7", 7, "70")]

    found = propose(entries, [Level("gold", 1), Level("silver", 1), Level("bronze", 4)])

    assert levels_of(found)["p6"] == "bronze"  # four fall: one to silver, three to bronze
    assert levels_of(found)["p7"] is None


def test_groups_have_levels_of_their_own_beside_one_for_all():
    entries = [
        at("a1", 1, "95"), at("a2", 2, "90"), at("a3", 3, "60"),
        at("b1", 1, "94", group="b"), at("b2", 2, "50", group="b"),
    ]  # fmt: skip
    levels = [
        Level("special", 1),
        Level("a-first", 1, group="a"),
        Level("b-first", 1, group="b"),
        Level("third", 1),
    ]

    assert levels_of(propose(entries, levels)) == {
        "a1": "special",
        "a2": "a-first",
        "b1": "b-first",
        "a3": "third",
        "b2": None,
    }


def test_a_tie_of_two_groups_keeps_a_place_in_the_level_of_each():
    entries = [
        at("a1", 1, "90"), at("b1", 1, "90", group="b"),
        at("a2", 2, "80"), at("b2", 2, "80", group="b"),
    ]  # fmt: skip

    found = propose(
        entries, [Level("special", 1), Level("a", 1, group="a"), Level("b", 1, group="b")]
    )

    assert levels_of(found) == {"a1": None, "b1": None, "a2": None, "b2": None}


def test_who_has_no_rank_gets_no_award():
    entries = [
        at("gone", 1, "99", is_gone=True),
        at("vetoed", None, "98", is_vetoed=True),
        at("unseen", None, None),
        at("p1", 2, "50"),
    ]

    found = propose(entries, [Level("gold", 4), Level("all", total_min=Decimal(0))])

    assert levels_of(found) == {"p1": "gold", "gone": None, "vetoed": None, "unseen": None}
    assert grounds_of(found)["gone"] is AwardGround.WITHDRAWN


def test_a_level_counts_or_has_a_threshold():
    with pytest.raises(InvalidLevelError):
        Level("both", 1, Decimal(1))
    with pytest.raises(InvalidLevelError):
        Level("neither")


@st.composite
def judged(draw):
    entries = []
    for group in ("a", "b"):
        totals = sorted(draw(st.lists(st.integers(1, 6), max_size=8)), reverse=True)
        rank = 0
        for place, total in enumerate(totals, 1):
            shares = place > 1 and totals[place - 2] == total and draw(st.booleans())
            rank = rank if shares else place
            entries.append(Judged(f"{group}{place}", group, rank, Decimal(total)))
    return entries


levels_ = st.lists(
    st.builds(Level, st.just(0), places=st.integers(1, 4), group=st.sampled_from([None, "a", "b"]))
    | st.builds(
        Level,
        st.just(0),
        total_min=st.integers(1, 6).map(Decimal),
        group=st.sampled_from([None, "a", "b"]),
    ),
    max_size=5,
).map(
    lambda levels: [
        Level(at_, each.places, each.total_min, each.group) for at_, each in enumerate(levels)
    ]
)


@given(judged(), levels_, st.sampled_from([TieChoice.DECIDE, TieChoice.OUT]))
def test_never_more_awards_than_places(entries, levels, ties):
    counts = Counter(levels_of(propose(entries, levels, ties=ties)).values())

    assert all(counts[each.level_id] <= each.places for each in levels if each.places is not None)


@given(judged(), levels_, st.sampled_from(TieChoice))
def test_nobody_of_a_group_gets_a_higher_award_than_a_better_one(entries, levels, ties):
    found = {each.entry_id: each for each in propose(entries, levels, ties=ties)}
    worst = len(levels)
    for one in entries:
        for other in entries:
            if one.group == other.group and one.rank < other.rank:
                mine, theirs = found[one.entry_id], found[other.entry_id]
                if mine.ground is AwardGround.TIED and mine.level_id is None:
                    continue  # undecided: a person says
                first = worst if mine.level_id is None else mine.level_id
                second = worst if theirs.level_id is None else theirs.level_id
                assert first <= second


@given(judged(), levels_, st.sampled_from(TieChoice), st.randoms())
def test_the_order_of_the_entries_does_not_matter(entries, levels, ties, random):
    mixed = [*entries]
    random.shuffle(mixed)

    assert levels_of(propose(mixed, levels, ties=ties)) == levels_of(
        propose(entries, levels, ties=ties)
    )


@given(judged(), levels_, st.sampled_from(TieChoice))
def test_who_shares_a_rank_shares_the_award(entries, levels, ties):
    found = levels_of(propose(entries, levels, ties=ties))
    for one in entries:
        for other in entries:
            if (one.group, one.rank) == (other.group, other.rank):
                assert found[one.entry_id] == found[other.entry_id]
