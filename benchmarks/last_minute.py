"""200 captains hand in during the last minute before the deadline.

Each has a complete draft, signs in through the page, opens it at a moment of the last minute
(ever more of them as it runs out), and presses 提交审核 a few seconds later; a few come too
late on purpose. Every word of the server is then held against the database: an entry that was
said to be in is in, none was taken at or after the deadline by the server's clock, and none
that came too late lost what it had typed. The times are those of the whole answer to the press.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from benchmarks.serving import HOUSE, ROOT, Visitor, serving

CAPTAINS = 200
LATE = 10
SECONDS = 60.0
MARGIN = 1.0  # the last of those in time; what the network may take
SEED = 35  # any; it makes two runs alike
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Press:
    """One captain's press of the button."""

    entry: str
    took: float
    status: int
    is_kept: bool


def world(environment: dict[str, str], *command: str) -> Any:
    """Do something with the database, in a process of its own; see ``last_minute_world``."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.last_minute_world", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the captain's form, as it stands."""
    form = page[page.index('id="entry-form"') :]
    form = re.sub(r"<template.*?</template>", "", form[: form.index("</form>")], flags=re.S)
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type") or "text"
        if not name or kind in {"file", "submit"} or re.search(r"\bdisabled\b", tag):
            continue
        if kind in {"checkbox", "radio"} and not re.search(r"\bchecked\b", tag):
            continue
        sent[name] = _attribute(tag, "value")
    for name, text in re.findall(
        r'<textarea\b[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S
    ):
        sent[name] = html.unescape(text).lstrip("\r\n")
    for tag, inside in re.findall(r"(<select\b[^>]*>)(.*?)</select>", form, re.S):
        chosen = re.search(r"<option[^>]*\bselected\b[^>]*>", inside)
        if not re.search(r"\bdisabled\b", tag):
            sent[_attribute(tag, "name")] = _attribute(chosen[0], "value") if chosen else ""
    return sent


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def hand_in(
    visitor: Visitor, mine: dict[str, str], opens_at: float, presses_at: float, told: list[Press]
) -> None:
    """Wait, open the entry, wait, press the button."""
    path = f"/entries/{mine['entry']}"
    time.sleep(max(0.0, opens_at - time.time()))
    _status, page = visitor.ask("GET", path)
    sent = fields_of(page.decode()) | {"op": "submit"}
    time.sleep(max(0.0, presses_at - time.time()))
    begun = time.perf_counter()
    status, answer = visitor.ask("POST", path, urlencode(sent), FORM)
    took = time.perf_counter() - begun
    is_kept = status == 303 or html.escape(mine["name"]) in answer.decode()
    told.append(Press(mine["entry"], took, status, is_kept))


def sign_all_in(port: int, captains: list[dict[str, str]]) -> list[Visitor]:
    """Through the page, eight at a time, each from an address of its own."""

    def sign_in(at: int) -> Visitor:
        visitor = Visitor(port, headers={"X-Forwarded-For": f"10.20.{at // 250}.{at % 250 + 1}"})
        visitor.sign_in(captains[at]["email"], captains[at]["password"])
        return visitor

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(sign_in, range(len(captains))))


def main(environment: dict[str, str], _options: argparse.Namespace) -> None:
    """Let them come; print what they were told and what is so."""
    environment = {**environment, "TRUSTED_PROXIES": "1"}
    captains = world(environment, "make", str(CAPTAINS + LATE))
    told: list[Press] = []
    with serving("granian 2×4", HOUSE, environment) as (port, _pid):
        visitors = sign_all_in(port, captains)
        closes_at = time.time() + SECONDS + 15
        world(environment, "close", f"{closes_at:.3f}")
        chance = random.Random(SEED)  # a timetable, not a secret
        threads = []
        for at, (visitor, mine) in enumerate(zip(visitors, captains, strict=True)):
            # more and more as the minute runs out; the late ones within five seconds after it
            before = SECONDS * (1 - chance.random() ** 0.5) + MARGIN
            late = at >= CAPTAINS
            presses_at = closes_at + (chance.uniform(0.2, 5) if late else -before)
            opens_at = presses_at - chance.uniform(3, 10)
            arguments = (visitor, mine, opens_at, presses_at, told)
            threads.append(threading.Thread(target=hand_in, args=arguments))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    stored = {row["entry"]: row for row in world(environment, "tell")}
    report(told, stored, closes_at)


def report(told: list[Press], stored: dict[str, dict[str, Any]], closes_at: float) -> None:
    """Hold each word against the database; a broken promise ends with status 1."""
    accepted = [press for press in told if press.status == 303]
    refused = [press for press in told if press.status == 409]
    times = sorted(press.took for press in told)
    lost = [press for press in accepted if stored[press.entry]["submitted_at"] is None]
    untold = [press for press in refused if stored[press.entry]["submitted_at"] is not None]
    after = [
        row for row in stored.values() if row["submitted_at"] and row["submitted_at"] >= closes_at
    ]
    unkept = [press for press in told if not press.is_kept]
    strange = [press for press in told if press.status not in {303, 409}]
    print(f"\nthe last minute: {CAPTAINS} captains and {LATE} who come too late")
    for what, figure in (
        ("told: it is in", len(accepted)),
        ("told: too late", len(refused)),
        ("other answers", len(strange)),
        ("told in, but not in the database", len(lost)),
        ("told too late, but in the database", len(untold)),
        ("taken at or after the deadline", len(after)),
        ("answers that lost what was typed", len(unkept)),
    ):
        print(f"  {what:<36}{figure:>6}")
    quantiles = statistics.quantiles(times, n=20)
    print(
        f"  answered within (s): half {statistics.median(times):.2f}, 95 % {quantiles[-1]:.2f},"
        f" slowest {times[-1]:.2f}"
    )
    if lost or untold or after or unkept or strange or len(accepted) != CAPTAINS:
        raise SystemExit(1)
