"""``flask judging assign``: JSON in, JSON out, and sentences."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eventhub.domain.assignment import Entry, Judge, Problem, solve
from eventhub.domain.assignment.answer import Obstacle, ObstacleKind
from eventhub.judging import explaining
from eventhub.judging.explaining import explain, explain_obstacle

PROBLEM: dict[str, Any] = {
    "entries": [{"id": "12"}, {"id": "13"}],
    "judges": [{"id": name, "min": 0, "max": 2} for name in "abc"],
    "per_entry": 2,
    "conflicts": [],
    "affinity": [[0.5, 0.25], [1, 1], [0.25, 0.75]],
    "floor": "max",
}


@pytest.fixture
def assign(app, tmp_path):
    def run(problem: object, *options: str) -> Any:
        path = tmp_path / "problem.json"
        path.write_text(problem if isinstance(problem, str) else json.dumps(problem))
        return app.test_cli_runner().invoke(args=["judging", "assign", str(path), *options])

    return run


def test_the_answer_is_json(assign):
    done = assign(PROBLEM)

    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert answer["status"] == "optimal"
    assert answer["objective"] == answer["bound"] == 3.25
    assert answer["min_entry"] == answer["min_entry_bound"] == 1.5
    assert sorted(answer["assignments"]) == [["a", "12"], ["b", "12"], ["b", "13"], ["c", "13"]]
    assert answer["connected"] is True
    assert answer["seconds"] >= 0
    assert answer["explanation"][0] == "已证明最优：没有其他方案的匹配度总和高于 3.25。"


def test_it_reads_standard_input(app):
    done = app.test_cli_runner().invoke(
        args=["judging", "assign", "-"], input=json.dumps(PROBLEM).encode()
    )

    assert json.loads(done.stdout)["status"] == "optimal"


def test_what_cannot_be_met_is_an_answer_in_words(assign):
    done = assign({**PROBLEM, "conflicts": [[name, "12"] for name in "abc"]})

    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert (answer["status"], answer["assignments"]) == ("infeasible", [])
    assert answer["objective"] is None
    assert answer["obstacles"][0]["kind"] == "entry_barred"
    assert answer["explanation"] == [
        "没有满足全部条件的分配方案。",
        "评委 3 人均与项目“12”回避，没有人可以评审。",
    ]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "the problem is not an object"),
        (json.dumps({**PROBLEM, "affinity": [[float("nan"), 1], [1, 1], [1, 1]]}), "finite"),
        (json.dumps({**PROBLEM, "conflicts": [["z", "12"]]}), "'z', who is not listed"),
    ],
)
def test_what_is_no_problem_is_refused(assign, problem, words):
    done = assign(problem)

    assert done.exit_code == 2
    assert done.stdout == ""
    assert words in done.stderr


def test_a_file_too_large_is_refused(assign, monkeypatch):
    monkeypatch.setattr("eventhub.judging.cli.LARGEST_FILE", 10)

    assert assign(PROBLEM).exit_code == 2


def test_a_missing_file_is_refused(app):
    done = app.test_cli_runner().invoke(args=["judging", "assign", "/nowhere.json"])

    assert done.exit_code == 2


@pytest.fixture
def speaking(app):
    with app.app_context():
        yield


def uniform(judges: list[Judge], *, entries: int = 2, demand: int = 2, **more: Any) -> Problem:
    affinity = [[1.0] * entries for _ in judges]
    return Problem([Entry(at) for at in range(1, entries + 1)], judges, demand, affinity, **more)


def judges(count: int, *, most: int = 2, least: int = 0, **more: Any) -> list[Judge]:
    return [Judge(f"评委{at}", most, least, **more) for at in range(1, count + 1)]


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (uniform(judges(1)), "评委只有 1 人，而每个项目需要 2 人评审。"),
        (
            uniform(judges(3), conflicts=[("评委1", 2), ("评委2", 2)]),
            "项目“2”需要 2 位评委，除去回避的 2 人，只剩 1 人可评。",
        ),
        (
            uniform(judges(3, institution="重庆大学")),
            "项目“1”需要 2 位来自不同单位的评委，可评的 3 人只来自 1 个单位。",
        ),
        (
            uniform(judges(3, most=1)),
            "全部评委合计最多评审 3 份，而全部项目合计需要 4 份。",
        ),
        (
            uniform(judges(5, least=1)),
            "各评委的最少评审数合计 5 份，而全部项目合计只需要 4 份。",
        ),
        (
            uniform(judges(3, least=1), conflicts=[("评委3", 1), ("评委3", 2)]),
            "评委“评委3”至少要评 1 个项目，除去回避只有 0 个可评。",
        ),
        (
            uniform(
                [*judges(2, most=1), Judge("甲", 3), Judge("乙", 3)],
                entries=3,
                conflicts=[("乙", 1), ("乙", 2), ("甲", 1), ("甲", 2)],
            ),
            (
                "2 个项目（1、2）合计需要 4 份评审；除去回避，"
                "可评的 2 位评委在评审上限和单位限制之内合计最多评 2 份。"
            ),
        ),
        (
            uniform(
                [*judges(3, least=1), Judge("甲", 3)],
                entries=3,
                conflicts=[(f"评委{at}", entry) for at in (1, 2, 3) for entry in (2, 3)],
            ),
            "项目“2”需要 2 位评委，除去回避的 3 人，只剩 1 人可评。",
        ),
        (
            uniform(
                [*judges(3, least=1), Judge("甲", 3), Judge("乙", 3)],
                entries=3,
                conflicts=[(f"评委{at}", entry) for at in (1, 2, 3) for entry in (2, 3)],
            ),
            (
                "3 位评委（评委1、评委2、评委3）合计至少要评 3 份；除去回避，"
                "可评的 1 个项目最多只能给他们 2 份。"
            ),
        ),
        (uniform(judges(3), floor=2.5), "项目“1”的匹配度最高只能达到 2，达不到下限 2.5。"),
        (
            Problem([Entry(1), Entry(2)], judges(2, most=1), 1, [[2, 2], [1, 1]], floor=1.5),
            "各项目单独都能达到下限 1.5，但不能同时达到；能同时达到的下限最高为 1。",
        ),
        (
            uniform(judges(4, most=1)),
            "评委无法全部相连：每位评委最多只评一个项目，没有人能把两个项目连起来。",
        ),
        (
            uniform([*judges(2, least=2), *[Judge(name, 1, 1) for name in "甲乙丙丁"]], entries=4),
            "评委无法全部相连：把评委和项目连成一体至少需要 9 份评审，而合计只有 8 份。",
        ),
    ],
)
def test_each_obstacle_has_its_sentence(problem, sentence):
    assert sentence in explain(solve(problem))


@pytest.mark.usefixtures("speaking")
def test_every_kind_of_obstacle_can_be_told():
    for kind in ObstacleKind:
        told = explain_obstacle(Obstacle(kind, ("j",), ("e",), had=1, demanded=2.5))
        assert "%" not in told
    assert set(explaining._OBSTACLES) == set(ObstacleKind)


@pytest.mark.usefixtures("speaking")
def test_names_stand_for_ids_and_long_lists_are_cut():
    obstacle = Obstacle(ObstacleKind.ENTRIES_TOGETHER, ("j",), tuple(range(20)), had=1, demanded=20)

    told = explain_obstacle(obstacle, entries={0: "智能巡检"})

    assert "（智能巡检、1、2、3、4、5、6、7等 20 个）" in told


def test_loading_the_application_loads_no_solver(app):
    """A web process has no use for it."""
    import subprocess
    import sys

    code = (
        "import sys, eventhub.judging.cli, eventhub.judging.explaining;"
        "sys.exit('highspy' in sys.modules or 'scipy' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
