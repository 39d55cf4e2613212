"""Opening what strangers sent, in processes that may die of it.

A helper process, one for each process of the house, has the libraries loaded and forks a child
for every job. The child has little memory, little time, no settings and no database; when it
dies, only its job is lost. The helper is ``sandboxed.worker``, which knows nothing of the house.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from eventhub.files.errors import BrokenFileError

log = logging.getLogger(__name__)

SECONDS = 20
MEGABYTES = 1536
_ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from eventhub.files.sandboxed import worker; worker.main(int(sys.argv[2]))"
)


class JobFailedError(Exception):
    """The child died, took too long, or met something that it cannot read."""


class _Helper:
    """The helper process of this process."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  # our own program and numbers
                [sys.executable, "-I", "-c", _START, str(_ROOT), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the house; this one ends with its socket
            )
        self.line = ours
        self.owner = os.getpid()

    def hand_over(self, order: bytes) -> socket.socket:
        """Send a job, together with the socket on which its child answers."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self.line, [order], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    def close(self) -> None:
        """End it; a helper that was inherited by a fork is its parent's to end."""
        self.line.close()
        if self.owner == os.getpid():
            self.process.wait(10)


_lock = threading.Lock()
_helper: _Helper | None = None


def _hand_over(order: bytes) -> socket.socket:
    """Send a job to the helper, which is started when there is none or it has died."""
    global _helper
    with _lock:
        for _attempt in (1, 2):
            if _helper is None or _helper.owner != os.getpid():
                _helper = _Helper()
            try:
                return _helper.hand_over(order)
            except OSError:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    _helper.close()
                _helper = None
    raise JobFailedError("no helper")


def run(
    job: str, *, seconds: float = SECONDS, megabytes: int = MEGABYTES, **arguments: Any
) -> dict[str, Any]:
    """Do one of ``worker.JOBS`` in a child of its own and return what it found.

    Raises:
        JobFailedError: it found nothing: it died, or ran out of time or memory.

    """
    order = {"job": job, "seconds": seconds, "megabytes": megabytes, "arguments": arguments}
    with _hand_over(json.dumps(order).encode() + b"\n") as line:
        line.settimeout(seconds + 5)
        said = b""
        try:
            while block := line.recv(1 << 16):
                said += block
        except OSError:
            said = b""
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError:
        log.warning("a file ended its reader", extra={"job": job})
        raise JobFailedError(job) from None
    if "fault" in found:
        log.info("a file could not be read", extra={"job": job, "fault": found["fault"]})
        raise JobFailedError(found["fault"])
    return found


def read(job: str, path: Path, **arguments: Any) -> dict[str, Any]:
    """Like ``run`` on an uploaded file; what cannot be read is broken.

    Raises:
        BrokenFileError: as said.

    """
    try:
        return run(job, path=str(path), **arguments)
    except JobFailedError:
        raise BrokenFileError from None


@atexit.register
def _end() -> None:
    if _helper is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            _helper.close()
