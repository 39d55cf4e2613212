"""A film of 500 MB goes up in pieces, is looked at, kept, and comes down again.

What is watched is the memory of the server: it must not grow with the file. Beside it stand the
same figures for a film of 20 MB. The bytes that come down are compared with those that went up.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from benchmarks.serving import HOUSE, ROOT, Visitor, serving

PIECE = 4 << 20
SIZES = (20_000_000, 500_000_000)
GROWTH_MAX = 80  # MB of all processes of the server together, above what the first pages took
BLOCK = bytes(range(256)) * 256


@dataclass
class Memory:
    """What the server's processes held at most, in MB."""

    peak: float = 0.0


@contextmanager
def watching(pid: int) -> Iterator[Memory]:
    """Look at the memory every tenth of a second."""
    seen, over = Memory(), threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            seen.peak = max(seen.peak, held_by(pid))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def held_by(pid: int) -> float:
    """MB that a process and its children hold, shared pages counted once for each."""
    total = 0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 1_000_000


def box(kind: bytes, content: bytes) -> bytes:
    """A box of an MP4."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def film(size: int) -> Iterator[bytes]:
    """A film of that many bytes, piece by piece; each block says where it stands."""
    head = box(b"ftyp", b"isom\0\0\2\0isommp42") + box(
        b"moov", box(b"mvhd", b"\0" * 100) + box(b"trak", b"\0" * 92)
    )
    head += struct.pack(">I", size - len(head)) + b"mdat"
    held, at = bytearray(head), len(head)
    while at < size or held:
        while at < size and len(held) < PIECE:
            block = (struct.pack(">Q", at) + BLOCK)[: size - at]
            held += block
            at += len(block)
        yield bytes(held[:PIECE])
        del held[:PIECE]


def send(visitor: Visitor, facts: dict[str, str], size: int) -> tuple[float, str]:
    """Upload a film; the seconds that it took and the sha-256 of what was sent."""
    told = {
        "filename": f"{size}.mp4",
        "purpose": "entry_document",
        "subject": facts["entry"],
        "part": facts["requirement"],
    }
    metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in told.items())
    tus = {"Tus-Resumable": "1.0.0", "X-CSRFToken": visitor.held, "Accept": "application/json"}
    begun = time.perf_counter()
    path = create(visitor, {**tus, "Upload-Length": str(size), "Upload-Metadata": metadata})
    offset, digest = 0, hashlib.sha256()
    piece_headers = {**tus, "Content-Type": "application/offset+octet-stream"}
    for piece in film(size):
        digest.update(piece)
        headers = {**piece_headers, "Upload-Offset": str(offset)}
        status, content = visitor.ask("PATCH", path, piece, headers)
        if status != 204:
            raise SystemExit(f"a piece at {offset} answered {status}: {content[:300]!r}")
        offset += len(piece)
    return time.perf_counter() - begun, digest.hexdigest()


def create(visitor: Visitor, headers: dict[str, str]) -> str:
    """Begin an upload; its address."""
    assert visitor.line is not None
    cookies = {"Cookie": "; ".join(f"{k}={v}" for k, v in visitor.cookies.items())}
    visitor.line.request("POST", "/uploads", b"", {**headers, **cookies})
    answer = visitor.line.getresponse()
    answer.read()
    if answer.status != 201:
        raise SystemExit(f"the upload was not begun: {answer.status}")
    return str(answer.headers["Location"])


def fetch(visitor: Visitor, facts: dict[str, str], size: int) -> tuple[float, str]:
    """Download the film that stands there now, block by block."""
    _status, page = visitor.ask("GET", f"/entries/{facts['entry']}")
    pattern = rf"/entries/{facts['entry']}/documents/[0-9a-f-]+(?=\"[^>]*download)"
    found = re.findall(pattern, page.decode())
    assert visitor.line is not None
    cookies = {"Cookie": "; ".join(f"{k}={v}" for k, v in visitor.cookies.items())}
    begun, digest, count = time.perf_counter(), hashlib.sha256(), 0
    visitor.line.request("GET", found[0], headers=cookies)
    answer = visitor.line.getresponse()
    while block := answer.read(1 << 20):
        digest.update(block)
        count += len(block)
    if count != size:
        raise SystemExit(f"{count} bytes came down of {size}")
    return time.perf_counter() - begun, digest.hexdigest()


def main(environment: dict[str, str], _options: argparse.Namespace) -> None:
    """Print a line for each size and way."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.uploads_world"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    facts: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    print("\nfilms in pieces of 4 MB, granian 2×4")
    columns = ("seconds", "MB/s", "MB held", "growth")
    print(f"{'what':<24}" + "".join(f"{column:>9}" for column in columns))
    with serving("granian 2×4", HOUSE, environment) as (port, pid):
        visitor = Visitor(port)
        visitor.sign_in(facts["email"], facts["password"])
        visitor.held = visitor.token(f"/entries/{facts['entry']}")
        for _warm in range(8):
            visitor.ask("GET", f"/entries/{facts['entry']}")
        at_rest = held_by(pid)
        worst = 0.0
        for size in SIZES:
            for way, deed in (("up", send), ("down", fetch)):
                with watching(pid) as memory:
                    spent, digest = deed(visitor, facts, size)
                if way == "up":
                    sent = digest
                elif digest != sent:
                    raise SystemExit("what came down is not what went up")
                growth = memory.peak - at_rest
                worst = max(worst, growth)
                print(
                    f"{f'{size // 1_000_000} MB {way}':<24}{spent:>9.1f}"
                    f"{size / 1e6 / spent:>9.0f}{memory.peak:>9.0f}{growth:>9.0f}",
                    flush=True,
                )
    verdict = "as it should be" if worst <= GROWTH_MAX else f"more than {GROWTH_MAX} MB"
    print(f"memory grew by {worst:.0f} MB at most: {verdict}")
