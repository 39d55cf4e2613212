"""From a problem to its answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from eventhub.domain.assignment import connecting
from eventhub.domain.assignment.answer import Answer, Obstacle, ObstacleKind, Status
from eventhub.domain.assignment.board import Flags, fold, lay_out
from eventhub.domain.assignment.floors import Raised, ceiling, raise_floor
from eventhub.domain.assignment.obstacles import (
    find_obstacles,
    floor_obstacles,
    link_obstacle,
)
from eventhub.domain.assignment.optimum import Optimum, Search
from eventhub.domain.assignment.problem import Problem

FOR_THE_FLOOR = 0.6  # of the time: what raising the floor may take


@dataclass(frozen=True, eq=False)
class _Found:
    """``floor`` is what was found out about the highest floor, where that was asked for."""

    optimum: Optimum
    floor: Raised | None = None
    obstacles: tuple[Obstacle, ...] = ()


class _Task:
    """One problem being solved, against a limit of time."""

    def __init__(self, problem: Problem, *, limit: float, stopwatch: Callable[[], float]) -> None:
        self.problem, self._stopwatch = problem, stopwatch
        self._start, self._limit = stopwatch(), limit
        self._share = 1.0
        self.board = lay_out(problem)

    def taken(self) -> float:
        return self._stopwatch() - self._start

    def _left(self) -> float:
        return self._limit * self._share - self.taken()

    def answer(self) -> Answer:
        obstacles = find_obstacles(self.problem, self.board)
        if obstacles:
            return Answer(Status.INFEASIBLE, self.taken(), obstacles=obstacles)
        self._search = Search(self.board, fold(self.board), seconds=self._left)
        found = self._raised() if self.problem.floor == "max" else self._under(self._floor())
        if found.optimum.links is None:
            status = Status.INFEASIBLE if found.optimum.is_proven else Status.UNKNOWN
            return Answer(status, self.taken(), obstacles=found.obstacles)
        return self._told(found, found.optimum.links)

    def _floor(self) -> float | None:
        floor = self.problem.floor
        return None if floor is None else float(floor) * self.board.scale

    def _under(self, floor: float | None) -> _Found:
        """Find the best under a floor that is given."""
        if floor is not None:
            short = floor_obstacles(self.problem, self.board, floor)
            if short:
                return _Found(Optimum(None, -np.inf, is_proven=True), obstacles=tuple(short))
        found = self._best(floor)
        if floor is None or found.optimum.links is not None or not found.optimum.is_proven:
            return found
        highest = raise_floor(self._search, self._any(self._best(None)), must_connect=False)
        reason = Obstacle(
            ObstacleKind.FLOOR_TOGETHER,
            had=highest.bound / self.board.scale,
            demanded=floor / self.board.scale,
        )
        return _Found(found.optimum, obstacles=(reason,))

    def _raised(self) -> _Found:
        """Raise the floor as high as it goes, then find the best under it."""
        self._share = FOR_THE_FLOOR
        first = self._best(None)
        if first.optimum.links is None:
            return first
        must_connect = self.problem.connected and not first.obstacles
        raised = raise_floor(self._search, first.optimum.links, must_connect=must_connect)
        self._share = 1.0
        last = self._search.best(floor=raised.floor, must_connect=must_connect)
        if last.links is None:
            last = replace(last, links=raised.links, is_proven=False)
        return _Found(last, floor=raised, obstacles=first.obstacles)

    def _best(self, floor: float | None) -> _Found:
        """Find the best; where no assignment connects the judges, the best of all, and why."""
        found = self._search.best(floor=floor, must_connect=self.problem.connected)
        if found.links is not None or not self.problem.connected:
            return _Found(found)
        free = self._search.best(floor=floor, must_connect=False)
        if free.links is None:
            return _Found(free)
        if not found.is_proven:
            return _Found(replace(free, is_proven=False))
        reason = link_obstacle(self.board, floor=floor) or Obstacle(ObstacleKind.UNLINKED)
        return _Found(free, obstacles=(reason,))

    @staticmethod
    def _any(found: _Found) -> Flags:
        assert found.optimum.links is not None  # the obstacles said that there is one
        return found.optimum.links

    def _told(self, found: _Found, links: Flags) -> Answer:
        """Put numbers back into ids and the scale of the problem."""
        problem, board, optimum = self.problem, self.board, found.optimum
        judge, entry = np.nonzero(links.T)[1], np.nonzero(links.T)[0]
        worth = [
            problem.affinity[j][e] for j, e in zip(judge.tolist(), entry.tolist(), strict=True)
        ]
        sums = [
            math.fsum(worth[at : at + board.demand]) for at in range(0, len(worth), board.demand)
        ]
        objective, least = math.fsum(worth), min(sums)
        is_floor_proven = found.floor is None or found.floor.is_proven
        highest = ceiling(board) if found.floor is None else found.floor.bound
        proven = optimum.is_proven and is_floor_proven
        without = optimum.unconnected
        return Answer(
            status=Status.OPTIMAL if proven else Status.FEASIBLE,
            seconds=self.taken(),
            assignments=[
                (problem.judges[j].id, problem.entries[e].id)
                for j, e in zip(judge.tolist(), entry.tolist(), strict=True)
            ],
            objective=objective,
            bound=objective if optimum.is_proven else max(objective, optimum.bound / board.scale),
            min_entry=least,
            min_entry_bound=least
            if found.floor is not None and is_floor_proven
            else max(least, highest / board.scale),
            loads=[
                (one.id, int(load))
                for one, load in zip(problem.judges, links.sum(axis=1), strict=True)
            ],
            entry_sums=[(one.id, total) for one, total in zip(problem.entries, sums, strict=True)],
            components=connecting.parts(links)[0],
            overlap=connecting.measure(links),
            connection_cost=None if without is None else self._cost(without, objective),
            obstacles=found.obstacles,
        )

    def _cost(self, without: float, objective: float) -> float:
        cost = without / self.board.scale - objective
        return cost if cost > 1e-9 * max(1.0, abs(objective)) else 0.0


def solve(problem: Problem, *, limit: float, stopwatch: Callable[[], float]) -> Answer:
    """Assign judges to entries; see the package for what is promised.

    After ``limit`` seconds the best that is known is answered, with the bounds that are proven.
    """
    return _Task(problem, limit=limit, stopwatch=stopwatch).answer()
