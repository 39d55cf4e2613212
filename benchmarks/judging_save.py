"""200 judges save a sheet every three seconds, as their phones do.

Each judge goes from mark to mark of one entry and saves after each, at a moment of their own
within the three seconds. The figure is the time of the whole answer. Every save that was said
to be kept is then held against the database. One process sends them all, and takes its part
of the two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import subprocess
import sys
import time
import uuid
from typing import Any

from benchmarks.serving import HOUSE, ROOT, cpu_of, database_cpu, serving

JUDGES = 200
EVERY = 3.0
SECONDS = 30.0
WARM_UP = 6.0  # each judge's first saves make the sheet
BOUND = 50.0  # ms at the 95th percentile
SEED = 41  # any; it makes two runs alike


def world(environment: dict[str, str], *command: str) -> Any:
    """Do something with the database, in a process of its own; see ``judging_save_world``."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.judging_save_world", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


class Phone:
    """One judge's phone on a connection that stays open."""

    def __init__(self, port: int, hall: dict[str, Any], at: int) -> None:
        self.port, self.hall, self.judge = port, hall, hall["judges"][at]
        self.entry = hall["entries"][at % len(hall["entries"])]
        self.device = str(uuid.UUID(int=at + 1))
        self.chance = random.Random(SEED + at)  # marks, not a secret
        self.marks: dict[str, str] = {}
        self.edit = self.version = 0

    async def save(self) -> tuple[float, int]:
        """Change one mark and send the sheet: seconds, status."""
        keys = list(self.hall["criteria"])
        key = keys[self.edit % len(keys)]
        self.marks[key] = f"{self.chance.randrange(int(float(self.hall['criteria'][key]) * 2)) / 2}"
        self.edit += 1
        body = json.dumps(
            {
                "judge": self.judge["id"],
                "device": self.device,
                "edit": self.edit,
                "base": self.version,
                "submit": False,
                "marks": self.marks,
                "gates": {},
                "note": f"第{self.edit}次",
                "feedback": "",
            }
        ).encode()
        begun = time.perf_counter()
        status, answer = await self._post(body)
        took = time.perf_counter() - begun
        if status == 200:
            self.version = json.loads(answer)["sheet"]["version"]
        return took, status

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        if not hasattr(self, "line"):
            self.line = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.line
        head = (
            f"POST /judging/{self.hall['round']}/{self.entry}/sync HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self.port}\r\nCookie: {self.judge['cookie']}\r\n"
            f"X-CSRFToken: {self.judge['token']}\r\nContent-Type: application/json\r\n"
            f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        size = next(line for line in lines if line.startswith("content-length:"))
        return int(lines[0].split()[1]), await reader.readexactly(int(size.split(":")[1]))


async def judge_on(phone: Phone, until: float, told: list[tuple[float, float, int]]) -> None:
    """Save every three seconds until the time is up: when, how long, what was answered."""
    await asyncio.sleep(phone.chance.uniform(0, EVERY))
    while (begun := time.perf_counter()) < until:
        took, status = await phone.save()
        told.append((begun, took, status))
        await asyncio.sleep(max(0.0, EVERY - took))


async def _let_them_judge(port: int, hall: dict[str, Any]) -> list[tuple[float, float, int]]:
    told: list[tuple[float, float, int]] = []
    begun = time.perf_counter()
    phones = [Phone(port, hall, at) for at in range(JUDGES)]
    until = begun + WARM_UP + SECONDS
    await asyncio.gather(*(judge_on(phone, until, told) for phone in phones))
    return [(at - begun, took, status) for at, took, status in told]


def main(environment: dict[str, str], _options: argparse.Namespace) -> None:
    """Let them judge; print what they were answered and what is so."""
    hall = world(environment, "make", str(JUDGES))
    with serving("granian 2×4", HOUSE, environment) as (port, pid):
        before = cpu_of(pid), database_cpu(environment)
        told = asyncio.run(_let_them_judge(port, hall))
        after = cpu_of(pid), database_cpu(environment)
    stored = world(environment, "tell")
    report(told, stored, after[0] - before[0], after[1] - before[1])


def report(
    told: list[tuple[float, float, int]], stored: dict[str, int], cpu: float, database: float
) -> None:
    """Hold each word against the database; a broken promise or bound ends with status 1."""
    kept = [one for one in told if one[2] == 200]
    times = sorted(took * 1000 for at, took, _status in told if at >= WARM_UP)
    quantiles = statistics.quantiles(times, n=100)
    print(f"\n{JUDGES} judges save every {EVERY:.0f} s")
    for what, figure in (
        ("saves told to be kept", len(kept)),
        ("other answers", len(told) - len(kept)),
        ("saves in the database", stored["saves"]),
        ("sheets", stored["sheets"]),
    ):
        print(f"  {what:<36}{figure:>8}")
    print(
        f"  answered within (ms): half {quantiles[49]:.0f}, 95 % {quantiles[94]:.0f},"
        f" 99 % {quantiles[98]:.0f}, slowest {times[-1]:.0f}"
    )
    server, engine = (each / max(1, len(told)) * 1000 for each in (cpu, database))
    print(f"  CPU a save (ms): server {server:.1f}, database {engine:.1f}")
    if len(kept) != len(told) or stored["saves"] != len(kept) or quantiles[94] > BOUND:
        raise SystemExit(1)
