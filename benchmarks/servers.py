"""The servers side by side on the demonstration world.

Two cores drift by a third between minutes, so every figure stands beside the same figure of a
bare Flask application, taken within the same run: compare the ratios. The load goes to
127.0.0.1, bounded in time. CPU is that of the server's processes and of PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from benchmarks.serving import HOUSE, ROOT, SERVERS, Visitor, measure, serving

BARE = "benchmarks.bare:app"


def world(environment: dict[str, str]) -> dict[str, Any]:
    """Make the database and the demonstration; return what the scenarios need."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.world"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def main(environment: dict[str, str], options: argparse.Namespace) -> None:
    """Print one table a server."""
    facts = world(environment)
    for server in SERVERS:
        run(server, facts, environment, options)


def run(
    server: str, facts: dict[str, Any], environment: dict[str, str], options: argparse.Namespace
) -> None:
    """Every scenario on one server."""
    codes = facts["codes"]

    def get(path: str) -> Callable[[Visitor, int], bool]:
        return lambda visitor, _at: visitor.ask("GET", path)[0] == 200

    def scan(visitor: Visitor, at: int) -> bool:
        body = {
            "id": str(uuid.uuid4()),
            "code": codes[at % len(codes)],
            "scanned_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        headers = {"Content-Type": "application/json", "X-CSRFToken": visitor.held}
        path = f"/door/{facts['door']}/scans"
        return visitor.ask("POST", path, json.dumps(body), headers)[0] == 200

    def staff(visitor: Visitor) -> None:
        visitor.sign_in(facts["staff"], facts["password"])
        visitor.held = visitor.token(f"/door/{facts['door']}")

    nobody: Callable[[Visitor], None] = lambda _visitor: None  # noqa: E731
    scenarios = [
        ("bare Flask, JSON", BARE, get("/"), nobody),
        ("front page", HOUSE, get("/"), nobody),
        ("competition page", HOUSE, get(f"/c/{facts['code']}"), nobody),
        ("published results", HOUSE, get(f"/c/{facts['code']}/results"), nobody),
        ("timetable", HOUSE, get(f"/c/{facts['code']}/timetable"), nobody),
        ("door: scan a ticket", HOUSE, scan, staff),
    ]
    print(f"\n{server}, {options.connections} connections, {options.seconds:g} s each")
    columns = ("req/s", "of bare", "p95 ms", "CPU ms", "+ DB ms", "failed")
    print(f"{'what':<24}" + "".join(f"{column:>9}" for column in columns))
    bare = 0.0
    for name, app, scenario, prepare in scenarios:
        with serving(server, app, environment) as (port, pid):
            figure = measure(
                port,
                pid,
                scenario,
                prepare,
                seconds=options.seconds,
                connections=options.connections,
                environment=environment,
            )
        bare = bare or figure.rate
        print(
            f"{name:<24}{figure.rate:>9.0f}{figure.rate / bare:>9.3f}{figure.p95:>9.0f}"
            f"{figure.cpu:>9.1f}{figure.database_cpu:>9.1f}{figure.failed:>9}",
            flush=True,
        )
