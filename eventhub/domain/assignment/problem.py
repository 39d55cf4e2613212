"""What is asked: who may judge what, how much, and how well they know it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Id = str | int

MOST_PAIRS = 1_000_000  # judges times entries
LARGEST_NUMBER = 1_000_000_000
LONGEST_ID = 200


class BadProblemError(ValueError):
    """The problem itself is malformed. The message says where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """``institution`` None conflicts with nobody."""

    id: Id
    institution: str | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge who reads at least ``least`` and at most ``most`` entries."""

    id: Id
    most: int
    least: int = 0
    institution: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Which judges read which entries.

    ``affinity`` has one row a judge and one column an entry; more is better, and it may be
    negative. ``floor`` is what the affinities of each entry must add up to; "max" asks for the
    highest floor that can be met. ``connected`` asks that all judges be linked through entries
    they share, as far as that is possible at all.

    Raises:
        BadProblemError: it contradicts itself, or is larger than can be solved.
    """

    entries: Sequence[Entry]
    judges: Sequence[Judge]
    per_entry: int
    affinity: Sequence[Sequence[float]]
    conflicts: Iterable[tuple[Id, Id]] = ()
    floor: float | Literal["max"] | None = None
    connected: bool = True

    def __post_init__(self) -> None:
        _check_size(self)
        _check_ids(self)
        _check_loads(self)
        _check_affinity(self)


def read(data: object) -> Problem:
    """Build a problem from parsed JSON.

    Keys: ``entries`` (``id``, ``institution``), ``judges`` (``id``, ``institution``, ``min``,
    ``max``), ``per_entry``, ``conflicts`` as pairs of judge and entry, ``affinity`` with a row
    a judge, ``floor``, ``connected``. An institution that is missing, null or blank is none.
    ``min`` is 0 and ``max`` is every entry unless given. Keys that are not known are left alone.

    Raises:
        BadProblemError: something is missing or of the wrong kind.
    """
    top = _mapping(data, "the problem")
    entries = [
        Entry(_id(one, where), _institution(one, where)) for one, where in _objects(top, "entries")
    ]
    judges = [
        Judge(
            id=_id(one, where),
            institution=_institution(one, where),
            least=_whole(one.get("min", 0), f"{where}.min"),
            most=_whole(one.get("max", len(entries)), f"{where}.max"),
        )
        for one, where in _objects(top, "judges")
    ]
    if "per_entry" not in top:
        raise BadProblemError("per_entry is missing")
    return Problem(
        entries=entries,
        judges=judges,
        per_entry=_whole(top["per_entry"], "per_entry"),
        affinity=_matrix(top.get("affinity"), rows=len(judges), columns=len(entries)),
        conflicts=_pairs(top.get("conflicts")),
        floor=_floor(top.get("floor")),
        connected=_flag(top.get("connected", True), "connected"),
    )


def _check_size(problem: Problem) -> None:
    if not problem.entries:
        raise BadProblemError("there are no entries")
    if not problem.judges:
        raise BadProblemError("there are no judges")
    if len(problem.entries) * len(problem.judges) > MOST_PAIRS:
        raise BadProblemError(f"more than {MOST_PAIRS} pairs of judge and entry")
    if problem.per_entry < 1:
        raise BadProblemError(f"per_entry is {problem.per_entry}; it must be at least 1")
    if problem.per_entry > LARGEST_NUMBER:
        raise BadProblemError("per_entry is too large")


def _check_ids(problem: Problem) -> None:
    for what, ids in (
        ("entry", [one.id for one in problem.entries]),
        ("judge", [one.id for one in problem.judges]),
    ):
        seen: set[Id] = set()
        for one in ids:
            if one in seen:
                raise BadProblemError(f"{what} {one!r} is listed twice")
            seen.add(one)
    judges = {one.id for one in problem.judges}
    entries = {one.id for one in problem.entries}
    for judge_id, entry_id in problem.conflicts:
        if judge_id not in judges:
            raise BadProblemError(f"a conflict names judge {judge_id!r}, who is not listed")
        if entry_id not in entries:
            raise BadProblemError(f"a conflict names entry {entry_id!r}, which is not listed")


def _check_loads(problem: Problem) -> None:
    for judge in problem.judges:
        if judge.least < 0:
            raise BadProblemError(f"judge {judge.id!r}: min {judge.least} is negative")
        if max(judge.least, judge.most) > LARGEST_NUMBER:
            raise BadProblemError(f"judge {judge.id!r}: min or max is too large")
        if judge.most < judge.least:
            raise BadProblemError(
                f"judge {judge.id!r}: min {judge.least} is more than max {judge.most}"
            )


def _check_affinity(problem: Problem) -> None:
    if len(problem.affinity) != len(problem.judges):
        raise BadProblemError(
            f"affinity has {len(problem.affinity)} rows for {len(problem.judges)} judges"
        )
    for at, row in enumerate(problem.affinity):
        if len(row) != len(problem.entries):
            raise BadProblemError(
                f"affinity[{at}] has {len(row)} numbers for {len(problem.entries)} entries"
            )
        for beside, value in enumerate(row):
            _check_number(value, f"affinity[{at}][{beside}]")
    if problem.floor is not None and problem.floor != "max":
        _check_number(problem.floor, "floor")


def _check_number(value: float, where: str) -> None:
    if not math.isfinite(value):
        raise BadProblemError(f"{where} is not a finite number")
    if abs(value) > LARGEST_NUMBER:
        raise BadProblemError(f"{where} is larger than {LARGEST_NUMBER}")


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BadProblemError(f"{where} is not an object")
    return value


def _objects(top: Mapping[str, object], key: str) -> list[tuple[Mapping[str, object], str]]:
    found = top.get(key)
    if not isinstance(found, list):
        raise BadProblemError(f"{key} is missing or not a list")
    return [(_mapping(one, f"{key}[{at}]"), f"{key}[{at}]") for at, one in enumerate(found)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _identifier(value: object, where: str) -> Id:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise BadProblemError(f"{where} is not a text or a whole number")
    if len(str(value)) > LONGEST_ID:
        raise BadProblemError(f"{where} is longer than {LONGEST_ID} characters")
    return value


def _id(one: Mapping[str, object], where: str) -> Id:
    if "id" not in one:
        raise BadProblemError(f"{where}.id is missing")
    return _identifier(one["id"], f"{where}.id")


def _institution(one: Mapping[str, object], where: str) -> str | None:
    value = one.get("institution")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadProblemError(f"{where}.institution is not a text")
    return " ".join(str(value).split()) or None


def _whole(value: object, where: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadProblemError(f"{where} is not a whole number")
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise BadProblemError(f"{where} is neither true nor false")
    return value


def _matrix(value: object, *, rows: int, columns: int) -> list[list[float]]:
    """Without one, nobody knows anything better than anything else."""
    if value is None:
        if rows * columns > MOST_PAIRS:
            raise BadProblemError(f"more than {MOST_PAIRS} pairs of judge and entry")
        return [[0.0] * columns for _ in range(rows)]
    if not isinstance(value, list):
        raise BadProblemError("affinity is not a list of rows")
    matrix: list[list[float]] = []
    for at, row in enumerate(value):
        if not isinstance(row, list):
            raise BadProblemError(f"affinity[{at}] is not a list of numbers")
        for beside, number in enumerate(row):
            if not _is_number(number):
                raise BadProblemError(f"affinity[{at}][{beside}] is not a number")
            if isinstance(number, int) and abs(number) > LARGEST_NUMBER:
                raise BadProblemError(f"affinity[{at}][{beside}] is larger than {LARGEST_NUMBER}")
        matrix.append([float(number) for number in row])
    return matrix


def _pairs(value: object) -> list[tuple[Id, Id]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadProblemError("conflicts is not a list of pairs")
    found: list[tuple[Id, Id]] = []
    for at, pair in enumerate(value):
        if not isinstance(pair, list) or len(pair) != 2:
            raise BadProblemError(f"conflicts[{at}] is not a pair of judge and entry")
        found.append(
            (
                _identifier(pair[0], f"conflicts[{at}][0]"),
                _identifier(pair[1], f"conflicts[{at}][1]"),
            )
        )
    return found


def _floor(value: object) -> float | Literal["max"] | None:
    if value is None or value == "max":
        return None if value is None else "max"
    if not _is_number(value):
        raise BadProblemError('floor is neither null nor a number nor "max"')
    assert isinstance(value, int | float)
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise BadProblemError(f"floor is larger than {LARGEST_NUMBER}")
    return float(value)
