"""Several processes that live and end together."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from eventhub.launch.errors import LaunchError, ProcessEndedError, StoppedError
from eventhub.launch.python import Running, start_python

GRACE_SECONDS = 12.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Child:
    """A running process and what it is called at the terminal."""

    name: str
    process: Running
    rank: int


@dataclass
class Household:
    """Starts processes, watches them, and ends them in order.

    Each has a session of its own, so that Ctrl-C reaches this process alone and the order is
    ours to choose. On Linux they are told to end when this process is killed.
    """

    children: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    in_haste: bool = False

    def listen_to_signals(self) -> None:
        """Turn SIGINT, SIGTERM and SIGHUP into the wish to stop; a second one makes it hasty."""

        def wish(*_: object) -> None:
            self.in_haste = self.stopping.is_set()
            self.stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, wish)

    def start(self, name: str, module: str, *arguments: str, rank: int) -> None:
        """Start a Python module that runs until ``stop``; lower ranks are ended first."""
        self.children.append(Child(name, start_python(module, arguments), rank))

    def run(self, name: str, module: str, *arguments: str) -> str:
        """Run a Python module to its end; return what it wrote.

        Raises:
            StoppedError, ProcessEndedError: as ``wait``.
            LaunchError: it failed; its message stands on the terminal.
        """
        with tempfile.TemporaryFile() as output:
            process = start_python(module, arguments, output=output.fileno())
            try:
                while process.poll() is None:
                    self.wait(LOOK_SECONDS / 2)
            finally:
                _end([process], seconds=0 if self.in_haste else GRACE_SECONDS)
            output.seek(0)
            told = output.read().decode(errors="replace")
        if process.poll():
            raise LaunchError(f"{name} failed ({_manner(process.poll() or 0)}).\n{told}".strip())
        return told

    def wait_for(self, ready: Callable[[], bool], *, what: str, seconds: float = 60.0) -> None:
        """Wait until something is so, while every child lives.

        Raises:
            StoppedError, ProcessEndedError: as ``wait``.
            LaunchError: it took too long.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise LaunchError(f"{what} did not answer within {seconds:.0f} seconds.")
            self.wait(LOOK_SECONDS / 2)

    def wait(self, seconds: float = LOOK_SECONDS) -> None:
        """Let time pass.

        Raises:
            StoppedError: somebody asked to stop.
            ProcessEndedError: a child ended although it should run.
        """
        if self.stopping.wait(seconds):
            raise StoppedError
        for child in self.children:
            status = child.process.poll()
            if status is not None:
                raise ProcessEndedError(
                    f"{child.name} ended {_manner(status)}, so everything stops."
                )

    def stop(self) -> None:
        """End every child, rank by rank, each with its time to finish what it is doing."""
        for rank in sorted({child.rank for child in self.children}):
            processes = [child.process for child in self.children if child.rank == rank]
            _end(processes, seconds=GRACE_SECONDS, hurry=lambda: self.in_haste)
        self.children.clear()


def _end(
    processes: Sequence[Running], *, seconds: float, hurry: Callable[[], bool] = lambda: False
) -> None:
    for process in processes:
        _signal(process, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while any(process.poll() is None for process in processes):
        if hurry() or time.monotonic() > deadline:
            break
        time.sleep(LOOK_SECONDS / 5)
    for process in processes:
        _signal(process, signal.SIGKILL)  # the whole group: also what it left behind
        process.wait()


def _signal(process: Running, number: signal.Signals) -> None:
    """Signal a process and all of its own children."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _manner(status: int) -> str:
    return f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
