from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.advancement import (
    Candidate,
    DuplicateCandidateError,
    Ground,
    Limits,
    Quota,
    excess,
    propose,
)
from eventhub.domain.cut import TieChoice


def at(name, rank, total, *, group="a", **facts):
    return Candidate(name, group, rank, None if total is None else Decimal(total), **facts)


def told(lines):
    return {line.entry_id: (line.is_in, line.ground) for line in lines}


def names_in(lines):
    return [line.entry_id for line in lines if line.is_in]


FIVE = [at(f"p{n}", n, str(100 - n)) for n in range(1, 6)]


def test_the_best_go_up():
    lines = propose(FIVE, Limits(places=3))

    assert names_in(lines) == ["p1", "p2", "p3"]
    assert told(lines)["p4"] == (False, Ground.PLACES_FULL)


def test_without_any_limit_all_go_up():
    assert len(names_in(propose(FIVE, Limits()))) == 5


def test_a_tie_at_the_cut_is_left_to_a_person():
    tied = [at("p1", 1, "90"), at("p2", 2, "88"), at("p3", 2, "88"), at("p4", 4, "80")]

    lines = propose(tied, Limits(places=2))

    assert told(lines) == {
        "p1": (True, Ground.RANK),
        "p2": (False, Ground.TIED),
        "p3": (False, Ground.TIED),
        "p4": (False, Ground.PLACES_FULL),
    }


def test_a_tie_that_fits_is_no_tie_at_the_cut():
    tied = [at("p1", 1, "90"), at("p2", 1, "90"), at("p3", 3, "80")]

    assert names_in(propose(tied, Limits(places=2))) == ["p1", "p2"]


@pytest.mark.parametrize(
    ("choice", "expected"), [(TieChoice.IN, ["p1", "p2", "p3"]), (TieChoice.OUT, ["p1"])]
)
def test_a_rule_may_be_chosen_for_ties(choice, expected):
    tied = [at("p1", 1, "90"), at("p2", 2, "88"), at("p3", 2, "88"), at("p4", 4, "80")]

    lines = propose(tied, Limits(places=2), ties=choice)

    assert names_in(lines) == expected
    assert told(lines)["p2"][1] is Ground.TIED
    assert told(lines)["p4"] == (False, Ground.PLACES_FULL)


def test_equal_totals_of_one_group_are_told_apart_by_rank():
    lines = propose([at("p1", 1, "90"), at("p2", 2, "90")], Limits(places=1))

    assert told(lines)["p2"] == (False, Ground.PLACES_FULL)


def test_equal_totals_of_two_groups_are_a_tie_whatever_their_ranks():
    lines = propose([at("a9", 9, "90"), at("b1", 1, "90", group="b")], Limits(places=1))

    assert {ground for _is_in, ground in told(lines).values()} == {Ground.TIED}


def test_a_better_one_of_the_own_group_is_sure_although_another_group_ties():
    entries = [at("a1", 1, "90"), at("a2", 2, "90"), at("b1", 1, "90", group="b")]

    lines = propose(entries, Limits(places=2))

    assert told(lines) == {
        "a1": (True, Ground.RANK),
        "a2": (False, Ground.TIED),
        "b1": (False, Ground.TIED),
    }


def test_two_groups_with_quotas_of_their_own_do_not_tie():
    entries = [at("a1", 1, "90"), at("a2", 2, "90"), at("b1", 1, "90", group="b")]

    lines = propose(entries, Limits(quotas=(Quota(1, group="a"), Quota(1, group="b"))))

    assert names_in(lines) == ["a1", "b1"]
    assert told(lines)["a2"] == (False, Ground.QUOTA_FULL)


def test_a_school_at_its_cap_is_passed_over_for_the_next_best():
    entries = [at(f"p{n}", n, str(100 - n), school="cqu" if n < 4 else "swu") for n in range(1, 6)]

    lines = propose(entries, Limits(places=3, school_max=2))

    assert names_in(lines) == ["p1", "p2", "p4"]
    assert told(lines)["p3"] == (False, Ground.SCHOOL_MAX)


def test_a_tie_within_a_school_holds_no_more_places_than_the_school_has():
    entries = [
        at("p1", 1, "90", school="cqu"),
        at("p2", 1, "90", school="cqu"),
        at("p3", 3, "80", school="swu"),
    ]

    lines = propose(entries, Limits(places=2, school_max=1))

    assert told(lines) == {
        "p1": (False, Ground.TIED),
        "p2": (False, Ground.TIED),
        "p3": (True, Ground.RANK),
    }


def test_quotas_by_track_group_and_category_all_bind():
    entries = [
        at("p1", 1, "95", track="高教主", category="新工科"),
        at("p2", 2, "94", track="高教主", category="新工科"),
        at("p3", 3, "93", track="高教主", category="新文科"),
        at("q1", 1, "60", group="b", track="红旅"),
    ]
    limits = Limits(
        quotas=(Quota(2, track="高教主"), Quota(1, category="新工科"), Quota(1, track="红旅"))
    )

    lines = propose(entries, limits)

    assert names_in(lines) == ["p1", "p3", "q1"]
    assert [line.quota for line in lines if line.entry_id == "p2"] == [1]


def test_who_has_no_place_is_out_with_the_reason():
    entries = [
        at("up", 1, "99", is_up=True),
        at("gone", 2, "98", is_gone=True),
        at("vetoed", None, "97", is_vetoed=True),
        at("unseen", None, None),
        at("next", 3, "50"),
    ]

    lines = told(propose(entries, Limits(places=1)))

    assert lines == {
        "next": (True, Ground.RANK),
        "up": (False, Ground.ALREADY_UP),
        "gone": (False, Ground.WITHDRAWN),
        "vetoed": (False, Ground.VETOED),
        "unseen": (False, Ground.NOT_RANKED),
    }


def test_an_entry_stands_once():
    with pytest.raises(DuplicateCandidateError):
        propose([at("p1", 1, "9"), at("p1", 2, "8")], Limits())


def test_excess_names_every_limit_that_is_passed():
    chosen = [at(f"p{n}", n, "1", school="cqu", category="新工科") for n in range(1, 4)]
    limits = Limits(places=2, quotas=(Quota(1, category="新工科"),), school_max=2)

    assert excess(chosen, limits) == [
        (Ground.PLACES_FULL, None, None, 1),
        (Ground.QUOTA_FULL, 0, None, 2),
        (Ground.SCHOOL_MAX, None, "cqu", 1),
    ]
    assert excess(chosen, Limits(places=3)) == []


# properties


@st.composite
def standings(draw):
    """Groups with competition ranks (1, 2, 2, 4) that follow the totals."""
    entries = []
    for group in draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True)):
        totals = sorted(draw(st.lists(st.integers(1, 6), max_size=8)), reverse=True)
        rank = 0
        for place, total in enumerate(totals, 1):
            shares = place > 1 and totals[place - 2] == total and draw(st.booleans())
            rank = rank if shares else place
            entries.append(
                Candidate(
                    f"{group}{place}",
                    group,
                    rank,
                    Decimal(total),
                    track=draw(st.sampled_from(["t", "u"])) if group == "c" else "t",
                    category=draw(st.sampled_from(["", "k"])),
                    school=draw(st.sampled_from(["s1", "s2", None])),
                    is_up=draw(st.integers(0, 5)) == 0,
                )
            )
    return entries


places = st.none() | st.integers(0, 8)
limits_ = st.builds(
    Limits,
    places=places,
    school_max=st.none() | st.integers(1, 4),
    quotas=st.lists(
        st.builds(
            Quota,
            st.integers(0, 5),
            track=st.sampled_from(["", "t"]),
            group=st.sampled_from([None, "a", "b"]),
            category=st.sampled_from(["", "k"]),
        ),
        max_size=3,
    ).map(tuple),
)


@given(standings(), limits_, st.sampled_from([TieChoice.DECIDE, TieChoice.OUT]))
def test_never_more_than_places_quotas_and_schools_allow(entries, limits, ties):
    known = {each.entry_id: each for each in entries}
    chosen = [known[name] for name in names_in(propose(entries, limits, ties=ties))]

    assert excess(chosen, limits) == []


@given(standings(), limits_)
def test_letting_ties_in_exceeds_the_limits_by_the_tied_only(entries, limits):
    known = {each.entry_id: each for each in entries}
    lines = propose(entries, limits, ties=TieChoice.IN)
    untied = [known[line.entry_id] for line in lines if line.ground is Ground.RANK]

    assert excess(untied, limits) == []


@given(standings(), limits_, st.sampled_from(TieChoice))
def test_nobody_is_out_who_is_better_than_somebody_in_but_for_a_stated_ground(
    entries, limits, ties
):
    lines = told(propose(entries, limits, ties=ties))
    known = {each.entry_id: each for each in entries}
    kind = {Ground.QUOTA_FULL, Ground.SCHOOL_MAX, Ground.ALREADY_UP, Ground.TIED}
    for one in entries:
        for other in entries:
            better = one.rank < other.rank if one.group == other.group else one.total > other.total
            if better and lines[other.entry_id][0] and not lines[one.entry_id][0]:
                ground = lines[one.entry_id][1]
                assert ground in kind
                if ground is Ground.TIED and limits.school_max is None:
                    assert limits.quotas, "only a quota lets a worse one pass an undecided tie"
                if ground is Ground.QUOTA_FULL:
                    assert any(
                        quota.covers(one) and not quota.covers(known[other.entry_id])
                        for quota in limits.quotas
                    )
                if ground is Ground.SCHOOL_MAX:
                    assert one.school != other.school


@given(standings(), limits_, st.sampled_from(TieChoice), st.randoms())
def test_the_order_of_the_candidates_does_not_matter(entries, limits, ties, random):
    mixed = [*entries]
    random.shuffle(mixed)

    assert told(propose(mixed, limits, ties=ties)) == told(propose(entries, limits, ties=ties))


@given(standings(), limits_)
def test_equals_are_treated_alike(entries, limits):
    """Of two that nothing tells apart, not one is in and the other out."""
    lines = told(propose(entries, limits))
    for one in entries:
        for other in entries:
            alike = all(
                getattr(one, name) == getattr(other, name)
                for name in ("group", "rank", "total", "track", "category", "school", "is_up")
            )
            if alike:
                assert lines[one.entry_id][0] == lines[other.entry_id][0]


@given(standings(), limits_, st.integers(1, 5))
def test_a_revival_takes_only_those_left(entries, limits, count):
    first = propose(entries, limits)
    up = {*names_in(first)}
    left = [
        Candidate(
            each.entry_id, each.group, each.rank, each.total, each.track, each.category,
            each.school, is_up=each.is_up or each.entry_id in up,
        )
        for each in entries
    ]  # fmt: skip

    second = names_in(propose(left, Limits(places=count)))

    assert not up & {*second}
    assert len(second) <= count


@given(standings())
def test_without_ties_a_limit_is_filled(entries):
    alone = [each for each in entries if each.group == entries[0].group and not each.is_up]
    counts = Counter(each.rank for each in alone)
    if max(counts.values(), default=0) > 1:
        return

    assert len(names_in(propose(alone, Limits(places=2)))) == min(2, len(alone))
