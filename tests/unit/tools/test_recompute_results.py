import copy
import json
import random
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from eventhub.domain.scoring.ranking import Result, TieBreak, rank
from eventhub.domain.scoring.rules import ScoreRule, ScoreRuleKind, criterion_means, total

TOOL = Path(__file__).parents[3] / "tools/recompute_results.py"
MAXIMA = {"growth": 30, "innovation": 30, "value": 25, "team": 15}
DROP_ONE = ScoreRule(ScoreRuleKind.DROP_EXTREMES)

Run = subprocess.CompletedProcess[str]


def publish(
    sheets: dict[str, list[dict[str, str]]],
    *,
    rule: ScoreRule = DROP_ONE,
    tie_order: tuple[str, ...] = ("raw_sum", "criterion:innovation", "share"),
    vetoed: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Publish results as the house computes them."""
    totals, results = {}, []
    for code, written in sheets.items():
        marks = [{key: Decimal(mark) for key, mark in sheet.items()} for sheet in written]
        totals[code] = total([sum(sheet.values(), Decimal(0)) for sheet in marks], rule)
        figures = totals[code].total, totals[code].raw_mean, criterion_means(marks)
        results.append(Result(code, *figures, vetoed=code in vetoed))
    standings = rank(results, tie_order=[TieBreak.parse(text) for text in tie_order])
    return {
        "rule": {"kind": rule.kind.value, "drop": rule.drop, "decimals": rule.decimals},
        "tie_order": list(tie_order),
        "criteria": [{"key": key, "max": str(most)} for key, most in MAXIMA.items()],
        "entries": [
            {
                "code": standing.entry_id,
                "vetoed": standing.rank is None,
                "sheets": [{"criteria": sheet} for sheet in sheets[standing.entry_id]],
                "total": str(totals[standing.entry_id].total),
                "rank": standing.rank,
            }
            for standing in standings
        ],
    }


def check(document: object, folder: Path) -> Run:
    path = folder / "results.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    # -I: no site packages of the user, no environment, and no project on the path.
    return subprocess.run(
        [sys.executable, "-I", "-X", "utf8", TOOL, path],
        capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip


def sheet(growth: str, innovation: str, value: str, team: str) -> dict[str, str]:
    return {"growth": growth, "innovation": innovation, "value": value, "team": team}


SHEETS = {
    "7K3M": [
        sheet("27.50", "26.00", "21.00", "12.00"),
        sheet("28.00", "27.00", "22.00", "13.00"),
        sheet("20.00", "20.00", "20.00", "10.00"),
        sheet("29.00", "28.25", "23.00", "14.00"),
        sheet("26.00", "25.00", "20.50", "11.00"),
    ],
    "9QX2": [
        sheet("25", "25", "20", "10"),
        sheet("24", "26", "20", "10"),
        sheet("26", "24", "20", "10"),
    ],
    "H4TT": [
        sheet("24", "26", "20", "10"),
        sheet("26", "24", "20", "10"),
        sheet("25", "26", "19", "10"),
    ],
    "项目甲": [sheet("25", "25", "20", "10")],
    "FAKE": [sheet("30", "30", "25", "15")],
}


@pytest.fixture
def results() -> dict[str, Any]:
    return publish(copy.deepcopy(SHEETS), vetoed=("FAKE",))


def test_true_results_agree(results: dict[str, Any], tmp_path: Path) -> None:
    outcome = check(results, tmp_path)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert outcome.stdout.startswith("AGREES 成绩与评分表一致: totals and ranks of 5 entries")
    assert [(entry["code"], entry["total"], entry["rank"]) for entry in results["entries"]] == [
        ("7K3M", "86.33", 1),
        ("H4TT", "80.00", 2),
        ("9QX2", "80.00", 3),
        ("项目甲", "80.00", 3),
        ("FAKE", "100.00", None),
    ]


def entry(results: dict[str, Any], code: str) -> dict[str, Any]:
    [found] = [entry for entry in results["entries"] if entry["code"] == code]
    return found  # type: ignore[no-any-return]


def raise_a_total(results: dict[str, Any]) -> None:
    entry(results, "9QX2")["total"] = "80.01"


def raise_a_mark(results: dict[str, Any]) -> None:
    entry(results, "9QX2")["sheets"][0]["criteria"]["growth"] = "29.99"


def swap_ranks(results: dict[str, Any]) -> None:
    entry(results, "7K3M")["rank"], entry(results, "H4TT")["rank"] = 2, 1


def break_a_tie(results: dict[str, Any]) -> None:
    entry(results, "项目甲")["rank"] = 4


def rank_the_vetoed(results: dict[str, Any]) -> None:
    entry(results, "FAKE")["rank"] = 1


def lift_the_veto(results: dict[str, Any]) -> None:
    entry(results, "FAKE")["vetoed"] = False


def lose_a_sheet(results: dict[str, Any]) -> None:
    entry(results, "7K3M")["sheets"].pop(0)


def lose_all_sheets(results: dict[str, Any]) -> None:
    entry(results, "7K3M")["sheets"] = []


def change_the_rule(results: dict[str, Any]) -> None:
    results["rule"]["kind"] = "mean"


def change_the_tie_order(results: dict[str, Any]) -> None:
    results["tie_order"] = ["share"]


def round_less(results: dict[str, Any]) -> None:
    results["rule"]["decimals"] = 1


def lower_a_maximum(results: dict[str, Any]) -> None:
    results["criteria"][0]["max"] = "28"


def enter_twice(results: dict[str, Any]) -> None:
    results["entries"].append(dict(entry(results, "FAKE")))


def lose_everything(results: dict[str, Any]) -> None:
    results["entries"] = []


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (raise_a_total, "entry 9QX2: the total is 80.00, published is 80.01"),
        (raise_a_mark, "entry 9QX2"),
        (swap_ranks, "entry 7K3M: the rank is 1, published is 2"),
        (break_a_tie, "entry 项目甲: the rank is 3, published is 4"),
        (rank_the_vetoed, "entry FAKE: the rank is None, published is 1"),
        (lift_the_veto, "entry FAKE: the rank is 1, published is None"),
        (lose_a_sheet, "entry 7K3M: the total is"),
        (lose_all_sheets, "entry 7K3M has no scoresheet"),
        (change_the_rule, "entry 7K3M: the total is"),
        (change_the_tie_order, "entry 9QX2: the rank is 2, published is 3"),
        (round_less, "entry 9QX2: the total is 80.0, published is 80.00"),
        (lower_a_maximum, "above the maximum of growth"),
        (enter_twice, "entry FAKE stands twice"),
        (lose_everything, "there are no entries"),
    ],
)
def test_tampered_results_do_not_agree(
    tamper: Callable[[dict[str, Any]], None],
    message: str,
    results: dict[str, Any],
    tmp_path: Path,
) -> None:
    tamper(results)
    outcome = check(results, tmp_path)

    assert outcome.returncode == 1
    assert outcome.stdout.startswith("DOES NOT AGREE 成绩与评分表不一致"), outcome.stderr
    assert message in outcome.stdout


def number_for_text(results: dict[str, Any]) -> None:
    entry(results, "9QX2")["sheets"][0]["criteria"]["growth"] = 25.0


def fraction_for_number(results: dict[str, Any]) -> None:
    entry(results, "9QX2")["sheets"][0]["criteria"]["growth"] = "50/2"


def lose_a_criterion(results: dict[str, Any]) -> None:
    del entry(results, "9QX2")["sheets"][0]["criteria"]["growth"]


def unknown_rule(results: dict[str, Any]) -> None:
    results["rule"]["kind"] = "severity"


def unknown_step(results: dict[str, Any]) -> None:
    results["tie_order"] = [{"rule": "raw_sum"}]


def step_after_share(results: dict[str, Any]) -> None:
    results["tie_order"] = ["share", "raw_sum"]


def lose_the_veto(results: dict[str, Any]) -> None:
    del entry(results, "9QX2")["vetoed"]


@pytest.mark.parametrize(
    "spoil",
    [
        number_for_text, fraction_for_number, lose_a_criterion, unknown_rule, unknown_step,
        step_after_share, lose_the_veto, dict.clear,
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_without_traceback(
    spoil: Callable[[dict[str, Any]], None], results: dict[str, Any], tmp_path: Path
) -> None:
    spoil(results)
    outcome = check(results, tmp_path)

    assert outcome.returncode == 1
    assert outcome.stderr.startswith("CANNOT BE CHECKED 无法核验"), outcome.stdout
    assert "Traceback" not in outcome.stderr


def test_a_vetoed_entry_may_go_unscored(results: dict[str, Any], tmp_path: Path) -> None:
    entry(results, "FAKE").update(sheets=[], total=None)

    assert check(results, tmp_path).returncode == 0


@pytest.mark.parametrize("seed", range(6))
def test_house_and_stranger_compute_the_same(seed: int, tmp_path: Path) -> None:
    """Few different marks, so that ties of every depth occur; two programs, one answer."""
    chance = random.Random(seed)
    sheets = {
        f"E{number}": [
            {key: f"{most - chance.choice([0, 1]) * 0.5:.2f}" for key, most in MAXIMA.items()}
            for _ in range(chance.randint(1, 7))
        ]
        for number in range(60)
    }
    rule = chance.choice([DROP_ONE, ScoreRule(ScoreRuleKind.MEAN, decimals=seed % 3)])
    vetoed = tuple(chance.sample(sorted(sheets), 4))

    outcome = check(publish(sheets, rule=rule, vetoed=vetoed), tmp_path)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
