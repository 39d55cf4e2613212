"""Judges to entries, against trying everything."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventhub.domain.assignment import Entry, Judge, Problem, solve
from eventhub.domain.assignment.answer import Answer, ObstacleKind, Status

Plan = tuple[tuple[int, ...], ...]  # the judges of each entry


def everything(problem: Problem) -> Iterator[Plan]:
    """Yield every assignment that keeps the rules; connectedness is not one of them."""
    judges, entries = problem.judges, problem.entries
    barred = set(problem.conflicts)

    def fits(chosen: tuple[int, ...], entry: Entry) -> bool:
        homes = [judges[one].institution for one in chosen if judges[one].institution]
        return (
            all((judges[one].id, entry.id) not in barred for one in chosen)
            and entry.institution not in homes
            and len(homes) == len(set(homes))
        )

    choices = [
        [one for one in combinations(range(len(judges)), problem.per_entry) if fits(one, entry)]
        for entry in entries
    ]
    for plan in product(*choices):
        loads = [sum(at in chosen for chosen in plan) for at in range(len(judges))]
        if all(j.least <= load <= j.most for j, load in zip(judges, loads, strict=True)):
            yield plan


def total(problem: Problem, plan: Plan) -> float:
    return math.fsum(problem.affinity[j][e] for e, chosen in enumerate(plan) for j in chosen)


def worst(problem: Problem, plan: Plan) -> float:
    return min(math.fsum(problem.affinity[j][e] for j in chosen) for e, chosen in enumerate(plan))


def is_connected(plan: Plan) -> bool:
    """Tell whether all judges who judge hang together through shared entries."""
    groups: list[set[int]] = []
    for chosen in plan:
        touched = [one for one in groups if one & set(chosen)]
        groups = [one for one in groups if not one & set(chosen)]
        groups.append(set(chosen).union(*touched))
    return len(groups) == 1


def expected(problem: Problem) -> tuple[float, float] | None:
    """Return the best total and the worst-off entry's share that goes with it."""
    plans = list(everything(problem))
    linked = [one for one in plans if is_connected(one)]
    if problem.floor == "max":
        plans = linked or plans
        top = max((worst(problem, one) for one in plans), default=0.0)
        plans = [one for one in plans if worst(problem, one) >= top - 1e-9]
        linked = []
    elif problem.floor is not None:
        plans, linked = (
            [one for one in some if worst(problem, one) >= float(problem.floor) - 1e-9]
            for some in (plans, linked)
        )
    plans = linked or plans
    if not plans:
        return None
    return max(total(problem, one) for one in plans), max(worst(problem, one) for one in plans)


def plan_of(problem: Problem, answer: Answer) -> Plan:
    seats = {one.id: at for at, one in enumerate(problem.judges)}
    return tuple(
        tuple(sorted(seats[judge] for judge, entry in answer.assignments if entry == one.id))
        for one in problem.entries
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    judge_count, entry_count = draw(st.integers(2, 5)), draw(st.integers(1, 4))
    homes = st.sampled_from([None, None, "north", "south"])
    loads = [
        sorted(draw(st.tuples(st.integers(0, 2), st.integers(1, 4)))) for _ in range(judge_count)
    ]
    number = draw(
        st.sampled_from([st.integers(-2, 3).map(float), st.floats(-1, 1, width=32), st.just(0.5)])
    )
    judges = [
        Judge(f"j{at}", least=least, most=most, institution=draw(homes))
        for at, (least, most) in enumerate(loads)
    ]
    entries = [Entry(f"e{at}", draw(homes)) for at in range(entry_count)]
    pairs = [(j.id, e.id) for j in judges for e in entries]
    return Problem(
        entries=entries,
        judges=judges,
        per_entry=draw(st.integers(1, min(3, judge_count))),
        affinity=[[draw(number) for _ in entries] for _ in judges],
        conflicts=draw(st.lists(st.sampled_from(pairs), max_size=3)),
        floor=draw(st.sampled_from([None, "max", "max", 0.5, 1.0])),
    )


@settings(max_examples=120)
@given(problems())
def test_no_assignment_is_better(problem):
    answer = solve(problem)
    best = expected(problem)

    if best is None:
        assert answer.status is Status.INFEASIBLE
        assert answer.obstacles
        return
    assert answer.status is Status.OPTIMAL
    plan = plan_of(problem, answer)
    assert plan in set(everything(problem))
    assert answer.objective == pytest.approx(best[0], abs=1e-6)
    assert answer.bound == answer.objective == pytest.approx(total(problem, plan))
    assert answer.connected is is_connected(plan)
    if problem.floor == "max":
        assert answer.min_entry == pytest.approx(best[1], abs=1e-6)
        assert answer.min_entry_bound == answer.min_entry


def blocks(*, connected: bool = True, floor: float | str | None = None) -> Problem:
    """Two fields that know nothing of each other; the best is to leave them apart."""
    judges = [Judge(f"j{at}", least=1, most=3) for at in range(6)]
    entries = [Entry(f"e{at}") for at in range(6)]
    affinity = [[1.0 if (j < 3) == (e < 3) else 0.1 for e in range(6)] for j in range(6)]
    return Problem(
        entries, judges, per_entry=2, affinity=affinity, floor=floor, connected=connected
    )


def test_judges_who_would_fall_apart_are_connected_at_the_least_cost():
    answer = solve(blocks())

    assert answer.connected
    assert answer.components == 1
    assert answer.objective == pytest.approx(12 - 0.9)
    assert answer.connection_cost == pytest.approx(0.9)
    assert answer.status is Status.OPTIMAL


def test_without_that_demand_they_do_fall_apart():
    answer = solve(blocks(connected=False))

    assert answer.connected is False
    assert answer.components == 2
    assert answer.objective == pytest.approx(12)
    assert answer.overlap is not None
    assert answer.overlap.weakest == 0


def test_the_highest_floor_is_that_of_connected_judges():
    assert solve(blocks(floor="max", connected=False)).min_entry == pytest.approx(2.0)
    answer = solve(blocks(floor="max"))

    assert answer.min_entry == answer.min_entry_bound == pytest.approx(1.1)
    assert answer.connected


@pytest.mark.parametrize(
    ("judges", "conflicts", "kind"),
    [
        ([Judge(f"j{at}", most=1) for at in range(4)], [], ObstacleKind.SINGLE_LOADS),
        (
            [Judge(f"j{at}", most=2, least=2) for at in range(2)]
            + [Judge(f"j{at}", most=1, least=1) for at in range(2, 6)],
            [],
            ObstacleKind.LINKS,
        ),
        (
            [Judge(f"j{at}", most=2) for at in range(4)],
            [(f"j{j}", f"e{e}") for j in range(4) for e in range(2) if (j < 2) == (e < 1)],
            ObstacleKind.ISLANDS,
        ),
    ],
    ids=lambda value: value.value if isinstance(value, ObstacleKind) else "",
)
def test_where_nothing_connects_the_judges_it_is_said_why(judges, conflicts, kind):
    entries = [Entry(f"e{at}") for at in range(4 if kind is ObstacleKind.LINKS else 2)]
    affinity = [[1.0] * len(entries) for _ in judges]

    answer = solve(Problem(entries, judges, 2, affinity, conflicts))

    assert answer.status is Status.OPTIMAL
    assert answer.connected is False
    assert [one.kind for one in answer.obstacles] == [kind]


def test_judges_of_whom_nothing_is_known_share_the_rest_evenly():
    """They are one kind to the solver; each must still come out within their own bounds."""
    judges = [Judge(f"j{at}", least=2, most=3) for at in range(9)]
    entries = [Entry(f"e{at}") for at in range(8)]

    answer = solve(Problem(entries, judges, 3, [[0.0] * 8 for _ in judges], floor="max"))

    assert {load for _, load in answer.loads} <= {2, 3}
    assert len(set(answer.assignments)) == 24
    assert answer.connected


def test_an_answer_is_the_same_every_time():
    first, second = solve(blocks(floor="max")), solve(blocks(floor="max"))

    assert first.assignments == second.assignments


def test_without_time_nothing_is_claimed():
    """A stopwatch that has run out at once: whatever comes back keeps the rules."""
    ticks = iter(range(0, 10**9, 1000))
    problem = blocks(floor="max")

    answer = solve(problem, limit=1.0, stopwatch=lambda: float(next(ticks)))

    assert answer.status in {Status.FEASIBLE, Status.UNKNOWN}
    if answer.assignments:
        assert all(len(chosen) == 2 for chosen in plan_of(problem, answer))
        assert all(1 <= load <= 3 for _, load in answer.loads)
        assert answer.bound is not None
        assert answer.bound >= 12 - 0.9 - 1e-6
        assert answer.min_entry_bound is not None
        assert answer.min_entry_bound >= 1.1 - 1e-6
