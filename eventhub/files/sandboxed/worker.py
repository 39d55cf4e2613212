"""The helper process.

Takes orders, one JSON line each with the socket to answer on, and forks a child for each.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
from collections.abc import Callable
from typing import Any

from eventhub.files.sandboxed import blind, pages, safety

JOBS: dict[str, Callable[..., dict[str, Any]]] = {
    "check_pdf": safety.check_pdf,
    "check_picture": safety.check_picture,
    "measure": pages.measure,
    "draw_page": pages.draw_page,
    "draw_picture": pages.draw_picture,
    "cover": blind.cover,
}
OUTPUT_MAX = 1 << 30


def limit(seconds: float, megabytes: int) -> None:
    """Bound this process for good: wall time, processor time, memory, what it writes."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    bounds = (
        ("RLIMIT_CPU", int(seconds) + 1),
        ("RLIMIT_AS", megabytes << 20),
        ("RLIMIT_FSIZE", OUTPUT_MAX),
        ("RLIMIT_CORE", 0),
    )
    for name, most in bounds:
        with contextlib.suppress(ValueError, OSError):  # a system that has no such bound
            resource.setrlimit(getattr(resource, name), (most, most))


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Do the job; what it cannot read it says."""
    try:
        return JOBS[order["job"]](**order["arguments"])
    except (Exception, RecursionError) as fault:  # noqa: BLE001 - a hostile file may fail anything
        return {"fault": type(fault).__name__}


def serve(line: socket.socket) -> None:
    """Fork a child for each order until the house hangs up."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children vanish by themselves
    while True:
        data, fds, _flags, _address = socket.recv_fds(line, 1 << 20, 1)
        if not data:
            return
        child = os.fork()
        if child == 0:
            line.close()
            order = json.loads(data)
            limit(order["seconds"], order["megabytes"])
            with socket.socket(fileno=fds[0]) as reply:
                reply.sendall(json.dumps(answer(order)).encode())
            os._exit(0)
        os.close(fds[0])


def main(fileno: int) -> None:
    """Serve on the socket with this number."""
    serve(socket.socket(fileno=fileno))
