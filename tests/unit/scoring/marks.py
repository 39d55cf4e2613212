"""Marks for the tests of the models: simulated, and those of the reference."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from eventhub.domain.scoring.crossed import Design

DATA = Path(__file__).parents[2] / "data" / "judging"
REFERENCE: dict[str, Any] = json.loads((DATA / "reference.json").read_text())
PENICILLIN = Path(__file__).parents[4] / "shared" / "judging" / "penicillin.csv"

Marks = list[tuple[str, str, Decimal]]


def read(path: Path, entry: str, judge: str, score: str) -> Marks:
    with path.open(newline="", encoding="utf-8") as file:
        return [(row[entry], row[judge], Decimal(row[score])) for row in csv.DictReader(file)]


def skating() -> Marks:
    """Four of nine judges a skater."""
    return read(DATA / "worlds2017-ladies-sp-4of9.csv", "performance_id", "judge", "pts")


def simulated(
    entries: int,
    judges: int,
    per_entry: int,
    *,
    severity: float = 3,
    scale: float = 0,
    noise: float = 3,
    seed: int = 1,
) -> tuple[Marks, np.ndarray]:
    """Marks around 80, entries 5 apart, judges in turn; and the entries' true quality."""
    random = np.random.default_rng([seed, entries, judges])
    quality = random.normal(0, 5, entries)
    strict = random.normal(0, severity, judges)
    wide = np.exp(random.normal(0, scale, judges))
    marks = []
    for entry in range(entries):
        for turn in range(per_entry):
            judge = (entry * per_entry + turn * (1 + entry % 2)) % judges
            if any(m[0] == f"E{entry}" and m[1] == f"J{judge}" for m in marks[-per_entry:]):
                judge = (judge + 1) % judges
            points = 80 - strict[judge] + wide[judge] * (quality[entry] + random.normal(0, noise))
            marks.append((f"E{entry}", f"J{judge}", Decimal(f"{points:.2f}")))
    return list({(e, j): (e, j, m) for e, j, m in marks}.values()), quality


def design_of(marks: Marks) -> tuple[Design, list[str], list[str]]:
    """The marks numbered, with the names of entries and judges."""
    entries = list(dict.fromkeys(entry for entry, _, _ in marks))
    judges = list(dict.fromkeys(judge for _, judge, _ in marks))
    design = Design.of(
        np.array([entries.index(entry) for entry, _, _ in marks]),
        np.array([judges.index(judge) for _, judge, _ in marks]),
        np.array([float(mark) for *_, mark in marks]),
    )
    return design, entries, judges
