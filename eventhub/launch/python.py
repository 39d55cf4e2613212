"""Starting ``python -m MODULE`` fast: on Linux by a fork of this process, with what it has loaded.

Loading the application takes longer than all the rest of a start, and five processes need it.
The launcher loads it once and the others are forks of it, which also share its memory.
"""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn, Protocol

import config
from eventhub.launch.keeper import die_with_parent

FORKS = sys.platform == "linux"


class Running(Protocol):
    """What subprocess.Popen and a fork have in common."""

    @property
    def pid(self) -> int:
        """The process, and the group that it leads."""

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""

    def wait(self) -> int:
        """Wait for the exit status."""


class Fork:
    """A forked process."""

    def __init__(self, pid: int) -> None:
        """Take over a child of this process."""
        self.pid = pid
        self._status: int | None = None

    def poll(self) -> int | None:
        """See Running."""
        return self._collect(os.WNOHANG)

    def wait(self) -> int:
        """See Running."""
        status = self._collect(0)
        assert status is not None
        return status

    def _collect(self, options: int) -> int | None:
        if self._status is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status


def start_python(module: str, arguments: Sequence[str], *, output: int | None = None) -> Running:
    """Run a module as ``python -m`` does, in a session of its own, without input.

    ``output`` is a descriptor for what it writes. It must not be called while other threads run.
    """
    if FORKS:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            _become(module, arguments, output)
        return Fork(pid)
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=config.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        start_new_session=True,
    )


def _become(module: str, arguments: Sequence[str], output: int | None) -> NoReturn:
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        bind = die_with_parent(signal.SIGTERM)
        if bind:
            bind()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if output is not None:
            os.dup2(output, 1)
        os.chdir(config.ROOT)
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - the last chance to say what happened
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
