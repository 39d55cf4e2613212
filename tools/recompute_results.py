#!/usr/bin/env python3
"""Recompute published totals and ranks from the scoresheets, without trusting the publisher.

    python3 recompute_results.py results.json
    python3 recompute_results.py https://…/results.json

Needs Python 3.9 or later and nothing else; it shares no line with the system that published.

The document:

    {"rule": {"kind": "mean" | "drop_extremes", "drop": 1, "decimals": 2},
     "tie_order": ["raw_sum", "criterion:innovation", "share"],
     "criteria": ["growth", "innovation", …]   or   [{"key": "growth", "max": "30"}, …],
     "entries": [{"code": "…", "vetoed": false,
                  "sheets": [{"criteria": {"growth": "27.50", …}}, …],
                  "total": "86.50", "rank": 1}, …]}

The rule: a sheet's total is the sum of its marks. "mean" averages the sheets' totals;
"drop_extremes" first leaves out the "drop" lowest and highest, or nothing where fewer than
2 * drop + 1 sheets exist. The average is exact and rounded once, half up. Entries rank by the
rounded total in standard competition ranking (1, 2, 2, 4). Equal totals are set apart by
"tie_order", one step after the other: "raw_sum" compares the mean of all sheets, dropped ones
included; "criterion:KEY" the mean of that criterion over all sheets; "share" ends the list. What
is still equal shares the rank. A vetoed entry has no rank.

Exit status: 0 everything agrees, 1 something does not or cannot be read.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
import urllib.request
from fractions import Fraction
from pathlib import Path
from typing import Any

MAX_BYTES = 100_000_000
NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


class UnreadableError(Exception):
    """The document does not have the form above."""


def load(source: str) -> Any:
    if source.startswith(("https://", "http://")):
        with urllib.request.urlopen(source, timeout=30) as response:  # noqa: S310 - http(s) only
            raw = response.read(MAX_BYTES + 1)
    else:
        raw = Path(source).read_bytes()
    if len(raw) > MAX_BYTES:
        raise UnreadableError("the document is too large")
    return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=refuse_doubles)


def refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice can mean one thing to a reader and another to a program."""
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise UnreadableError("a name stands twice in one JSON object")
    return dict(pairs)


def take(mapping: Any, name: str, kind: type, where: str) -> Any:
    value = mapping.get(name) if isinstance(mapping, dict) else None
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise UnreadableError(f"{where}: {name!r} is missing or of the wrong kind")
    return value


def number(text: Any, where: str) -> Fraction:
    """Marks are text, so that no program on the way can round them."""
    if not isinstance(text, str) or not NUMBER.fullmatch(text):
        raise UnreadableError(f"{where}: {text!r} is not a number written as text")
    return Fraction(text)


def round_half_up(value: Fraction, decimals: int) -> str:
    units = str((value * 10**decimals + Fraction(1, 2)).__floor__()).rjust(decimals + 1, "0")
    return (
        f"{units[: len(units) - decimals]}.{units[len(units) - decimals :]}" if decimals else units
    )


def mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


class Rules:
    """The document's head, read and checked."""

    def __init__(self, document: Any) -> None:
        rule = take(document, "rule", dict, "document")
        self.kind = take(rule, "kind", str, "rule")
        if self.kind not in {"mean", "drop_extremes"}:
            raise UnreadableError(f"rule: this program does not know {self.kind!r}")
        self.drop = take(rule, "drop", int, "rule") if self.kind == "drop_extremes" else 0
        self.decimals = take(rule, "decimals", int, "rule")
        if self.drop < 0 or not 0 <= self.decimals <= 12:
            raise UnreadableError("rule: 'drop' or 'decimals' is out of range")
        self.maxima: dict[str, Fraction | None] = {}
        for criterion in take(document, "criteria", list, "document"):
            key, most = criterion, None
            if isinstance(criterion, dict):
                key, most = take(criterion, "key", str, "criteria"), criterion.get("max")
            if not isinstance(key, str) or key in self.maxima:
                raise UnreadableError(f"criteria: {key!r} is no key or stands twice")
            self.maxima[key] = None if most is None else number(most, f"criteria: {key}")
        self.steps = take(document, "tie_order", list, "document")
        known = {"raw_sum", "share"} | {f"criterion:{key}" for key in self.maxima}
        for place, step in enumerate(self.steps, 1):
            if (
                not isinstance(step, str)
                or step not in known
                or (step == "share" and place < len(self.steps))
            ):
                raise UnreadableError(f"tie_order: cannot follow {step!r}")


class Entry:
    """One entry, computed anew from its sheets; ``problems`` tells what its marks violate."""

    def __init__(self, raw: Any, rules: Rules) -> None:
        self.code = take(raw, "code", str, "entry")
        where = f"entry {self.code}"
        self.vetoed = take(raw, "vetoed", bool, where)
        self.published_total = raw.get("total")
        self.published_rank = raw.get("rank")
        self.problems: list[str] = []
        sheets = [self.read_sheet(sheet, rules) for sheet in take(raw, "sheets", list, where)]
        self.total: str | None = None
        self.key: list[Fraction] = []
        if not sheets:
            if not self.vetoed:
                self.problems.append("has no scoresheet")
            return
        totals = sorted(sum(sheet.values(), Fraction(0)) for sheet in sheets)
        kept = totals
        if len(totals) > 2 * rules.drop:
            kept = totals[rules.drop : len(totals) - rules.drop]
        self.total = round_half_up(mean(kept), rules.decimals)
        self.key = [Fraction(self.total)]
        for step in rules.steps:
            if step == "raw_sum":
                self.key.append(mean(totals))
            elif step != "share":
                name = step.partition(":")[2]
                self.key.append(mean([sheet[name] for sheet in sheets]))

    def read_sheet(self, raw: Any, rules: Rules) -> dict[str, Fraction]:
        where = f"entry {self.code}"
        marks = {
            key: number(text, f"{where}, {key}")
            for key, text in take(raw, "criteria", dict, where).items()
        }
        if set(marks) != set(rules.maxima):
            raise UnreadableError(f"{where}: a sheet does not mark exactly the criteria")
        for key, mark in marks.items():
            most = rules.maxima[key]
            if most is not None and mark > most:
                self.problems.append(f"has a mark above the maximum of {key}")
        return marks


def find_problems(document: Any) -> tuple[int, list[str]]:
    """Return the number of entries, and one line for each thing that does not agree."""
    rules = Rules(document)
    entries = [Entry(raw, rules) for raw in take(document, "entries", list, "document")]
    problems = [f"entry {entry.code} {problem}" for entry in entries for problem in entry.problems]
    if not entries:
        problems.append("there are no entries")
    codes = [entry.code for entry in entries]
    problems += [
        f"entry {code} stands twice" for code in sorted(set(codes)) if codes.count(code) > 1
    ]

    ranked = [entry for entry in entries if not entry.vetoed and entry.total is not None]
    for entry in entries:
        is_open = entry.vetoed and entry.published_total is None
        if not is_open and entry.published_total != entry.total:
            problems.append(
                f"entry {entry.code}: the total is {entry.total}, "
                f"published is {entry.published_total}"
            )
        rank = None
        if entry in ranked:
            rank = 1 + sum(other.key > entry.key for other in ranked)
        if entry.published_rank != rank or isinstance(entry.published_rank, (bool, float)):
            problems.append(
                f"entry {entry.code}: the rank is {rank}, published is {entry.published_rank}"
            )
    return len(entries), problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Recompute published results.")
    parser.add_argument("source", help="the results' JSON: a file, or an http(s) address")
    arguments = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        count, problems = find_problems(load(arguments.source))
    except (UnreadableError, OSError, ValueError, RecursionError) as error:
        print(f"CANNOT BE CHECKED 无法核验: {error}", file=sys.stderr)
        return 1
    if problems:
        print(f"DOES NOT AGREE 成绩与评分表不一致: {len(problems)} problem(s)")
        for problem in problems:
            print(f"  - {problem}")
        return 1
    print(f"AGREES 成绩与评分表一致: totals and ranks of {count} entries follow from the sheets")
    return 0


if __name__ == "__main__":
    sys.exit(main())
