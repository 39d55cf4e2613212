"""What is no problem is refused, and told where."""

from __future__ import annotations

import math
from typing import Any

import pytest

from eventhub.domain.assignment import BadProblemError, read

GOOD: dict[str, Any] = {
    "entries": [{"id": "e1", "institution": " North  University "}, {"id": 2}],
    "judges": [{"id": "j1", "min": 1, "max": 2}, {"id": "j2", "institution": ""}],
    "per_entry": 1,
    "conflicts": [["j2", 2]],
    "affinity": [[0.5, 1], [0, 0.25]],
    "floor": "max",
}


def test_a_problem_is_read():
    problem = read({**GOOD, "comment": "left alone"})

    assert [one.institution for one in problem.entries] == ["North University", None]
    assert [one.institution for one in problem.judges] == [None, None]
    assert [(one.least, one.most) for one in problem.judges] == [(1, 2), (0, 2)]
    assert problem.conflicts == [("j2", 2)]
    assert problem.floor == "max"


def test_without_affinities_all_are_equal():
    data = {key: value for key, value in GOOD.items() if key != "affinity"}

    assert read(data).affinity == [[0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"entries": []}, "no entries"),
        ({"judges": []}, "no judges"),
        ({"entries": None}, "entries is missing"),
        ({"entries": ["e1"]}, r"entries\[0\] is not an object"),
        ({"entries": [{"id": "e1"}, {"id": "e1"}]}, "'e1' is listed twice"),
        ({"entries": [{}, {"id": "e2"}]}, r"entries\[0\].id is missing"),
        ({"entries": [{"id": True}, {"id": "e2"}]}, r"entries\[0\].id is not a text"),
        ({"entries": [{"id": "e" * 201}, {"id": "e2"}]}, "longer than 200"),
        ({"entries": [{"id": "e", "institution": [1]}, {"id": 2}]}, "institution is not a text"),
        ({"judges": [{"id": "j", "min": 3, "max": 2}, {"id": "j2"}]}, "min 3 is more than max 2"),
        ({"judges": [{"id": "j", "min": -1}, {"id": "j2"}]}, "negative"),
        ({"judges": [{"id": "j", "max": 1.5}, {"id": "j2"}]}, "max is not a whole number"),
        ({"judges": [{"id": "j", "max": 10**30}, {"id": "j2"}]}, "too large"),
        ({"per_entry": 0}, "at least 1"),
        ({"per_entry": -3}, "at least 1"),
        ({"per_entry": "3"}, "not a whole number"),
        ({"per_entry": 10**30}, "too large"),
        ({"conflicts": [["j9", 2]]}, "'j9', who is not listed"),
        ({"conflicts": [["j1", "e9"]]}, "'e9', which is not listed"),
        ({"conflicts": [["j1"]]}, "not a pair"),
        ({"conflicts": {"j1": "e1"}}, "not a list of pairs"),
        ({"affinity": [[1, 2]]}, "1 rows for 2 judges"),
        ({"affinity": [[1, 2], [1]]}, r"affinity\[1\] has 1 numbers for 2 entries"),
        ({"affinity": [[1, 2], [1, "2"]]}, r"affinity\[1\]\[1\] is not a number"),
        ({"affinity": [[1, 2], [1, None]]}, r"affinity\[1\]\[1\] is not a number"),
        ({"affinity": [[1, 2], [1, True]]}, r"affinity\[1\]\[1\] is not a number"),
        ({"affinity": [[1, 2], [1, math.nan]]}, "not a finite number"),
        ({"affinity": [[1, 2], [1, -math.inf]]}, "not a finite number"),
        ({"affinity": [[1, 2], [1, 10**400]]}, "larger than"),
        ({"affinity": [[1, 2], [1, 1e10]]}, "larger than"),
        ({"affinity": "high"}, "not a list of rows"),
        ({"affinity": [1, 2]}, r"affinity\[0\] is not a list"),
        ({"floor": "highest"}, "floor is neither"),
        ({"floor": math.nan}, "floor is not a finite number"),
        ({"floor": 10**400}, "floor is larger"),
        ({"connected": "yes"}, "neither true nor false"),
        (
            {
                "entries": [{"id": at} for at in range(1001)],
                "judges": [{"id": at} for at in range(1000)],
                "affinity": None,
            },
            "more than 1000000 pairs",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_told(change, words):
    with pytest.raises(BadProblemError, match=words):
        read({**GOOD, **change})


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_a_problem_is_an_object(data):
    with pytest.raises(BadProblemError, match="not an object"):
        read(data)
