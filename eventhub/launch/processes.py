"""Several processes that live and end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from eventhub.launch.errors import LaunchError, ProcessEndedError, StoppedError
from eventhub.launch.keeper import die_with_parent

GRACE_SECONDS = 12.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Child:
    """A running process and what it is called at the terminal."""

    name: str
    process: subprocess.Popen[str]
    rank: int
    is_task: bool


@dataclass
class Household:
    """Starts processes, watches them, and ends them in order.

    Each has a session of its own, so that Ctrl-C reaches this process alone and the order is
    ours to choose. On Linux they are told to end when this process is killed.
    """

    folder: Path
    environment: Mapping[str, str]
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

    def start(self, name: str, command: Sequence[str], *, rank: int) -> Child:
        """Start a Python process that runs until ``stop``; lower ranks are ended first."""
        return self._start(Child(name, self._popen(command, None), rank, is_task=False))

    def start_task(self, name: str, command: Sequence[str]) -> Child:
        """Start a Python process that ends by itself; collect it with ``finish``."""
        return self._start(Child(name, self._popen(command, subprocess.PIPE), 0, is_task=True))

    def _start(self, child: Child) -> Child:
        self.children.append(child)
        return child

    def _popen(self, command: Sequence[str], output: int | None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            text=True,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no other thread runs
        )

    def finish(self, child: Child) -> str:
        """Wait for a task; return what it wrote.

        Raises:
            StoppedError, ProcessEndedError: as ``wait``.
            LaunchError: it failed.
        """
        while True:
            try:
                output, _ = child.process.communicate(timeout=LOOK_SECONDS)
                break
            except subprocess.TimeoutExpired:
                self.wait(0)
        self.children.remove(child)
        if child.process.returncode:
            raise LaunchError(f"{child.name} failed ({_manner(child.process.returncode)}).")
        return output

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
            if status is not None and not child.is_task:
                raise ProcessEndedError(
                    f"{child.name} ended {_manner(status)}, so everything stops."
                )

    def stop(self) -> None:
        """End every child, rank by rank, each with its time to finish what it is doing."""
        for rank in sorted({child.rank for child in self.children}):
            self._stop([child.process for child in self.children if child.rank == rank])
        self.children.clear()

    def _stop(self, processes: Sequence[subprocess.Popen[str]]) -> None:
        for process in processes:
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while any(process.poll() is None for process in processes):
            if self.in_haste or time.monotonic() > deadline:
                break
            time.sleep(LOOK_SECONDS / 5)
        for process in processes:
            _signal(process, signal.SIGKILL)  # the whole group: also what it left behind
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Signal a process and all of its own children."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _manner(status: int) -> str:
    return f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
