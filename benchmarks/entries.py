"""5,000 entries with 8 members each: the organiser's list, the search, the workbook.

The list and each search are asked for again and again over one connection, so that the time is
the server's own. Beside every figure stand its ratio to a page that does nothing but show who is
signed in, and the CPU that server and database spent: machines and their other work differ, these
hardly. The workbook is written by a fresh process, whose memory is told at its highest.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.serving import HOUSE, ROOT, Visitor, cpu_of, database_cpu, serving

ENTRIES = 5000
ROUNDS = 60
GOALS = {"p95": 100.0, "seconds": 10.0, "peak_mb": 200.0}


def world(environment: dict[str, str], *command: str) -> Any:
    """Do something with the database, in a process of its own; see ``entries_world``."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.entries_world", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def ask(visitor: Visitor, path: str, *, expects: str = "") -> list[float]:
    """The milliseconds of each answer, in order; a wrong answer ends the run."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        status, content = visitor.ask("GET", path)
        times.append((time.perf_counter() - started) * 1000)
        if status != 200 or expects not in content.decode():
            raise SystemExit(f"{path} answered {status}")
    return sorted(times)


def main(environment: dict[str, str], _options: argparse.Namespace) -> None:
    """Print a table of the pages, then one of the workbooks."""
    print(f"\nentries: {ENTRIES} with 8 members each")
    facts = world(environment, "make", str(ENTRIES))
    index = f"/manage/competitions/{facts['competition']}/entries"
    searches = {
        "list, first page": (index, ""),
        "list, page 150": (f"{index}?page=150", ""),
        "list, by school and rank": (f"{index}?sort=school", ""),
        "search: project": (f"{index}?q={quote(facts['project'])}", facts["project"]),
        "search: member": (f"{index}?q={quote(facts['member'])}", ""),
        "search: school": (f"{index}?q={quote(facts['school'])}", facts["school"]),
        "search: initials": (f"{index}?q=zxql", "智巡桥梁"),
        "search: two words": (f"{index}?q={quote(facts['school'] + ' zxql')}", ""),
        "search: nothing found": (f"{index}?q=zzzz", ""),
    }
    with serving("granian 2×4", HOUSE, environment) as (port, pid):
        visitor = Visitor(port)
        visitor.sign_in(facts["email"], facts["password"])
        base = statistics.median(ask(visitor, "/profile"))
        columns = ("median ms", "p95 ms", "of profile", "CPU ms", "+ DB ms")
        print(f"{'what':<26}" + "".join(f"{column:>11}" for column in columns) + "  p95 < 100")
        for name, (path, expects) in {"profile page": ("/profile", ""), **searches}.items():
            before = cpu_of(pid), database_cpu(environment)
            times = ask(visitor, path, expects=expects)
            after = cpu_of(pid), database_cpu(environment)
            spent = [(now - then) / ROUNDS * 1000 for now, then in zip(after, before, strict=True)]
            tell(name, times, base, spent)
    export(environment, facts["competition"])


def tell(name: str, times: list[float], base: float, spent: list[float]) -> None:
    """One line of the table."""
    median, p95 = statistics.median(times), times[int(len(times) * 0.95) - 1]
    verdict = "yes" if p95 < GOALS["p95"] else "NO"
    figures = (median, p95, median / base, *spent)
    print(f"{name:<26}" + "".join(f"{f:>11.1f}" for f in figures) + f"  {verdict}", flush=True)


def export(environment: dict[str, str], competition: str) -> None:
    """The workbook of everything, without contacts and with them."""
    columns = ("seconds", "CPU s", "peak MB", "file MB")
    print(f"{'workbook of all':<26}" + "".join(f"{c:>11}" for c in columns) + "  10 s, 200 MB")
    path = str(Path(environment["EVENTHUB_INSTANCE"]) / "entries.xlsx")
    for name, personal in (("without contacts", "no"), ("with contacts", "yes")):
        told = world(environment, "export", competition, path, personal)
        good = all(told[key] <= GOALS[key] for key in ("seconds", "peak_mb"))
        print(
            f"{name:<26}{told['seconds']:>11.1f}{told['cpu']:>11.1f}{told['peak_mb']:>11.0f}{told['file_mb']:>11.1f}"
            f"  {'yes' if good else 'NO'}",
            flush=True,
        )
