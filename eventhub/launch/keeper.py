"""The process that owns the embedded PostgreSQL and stops it when nobody uses it any more.

Every user of the server holds a shared lock on ``users.lock``. The keeper waits for that lock
alone: the kernel hands it over once the last user is gone, killed ones included. Run as
``python -m eventhub.launch.keeper FOLDER BINARY UID GID DELETE [postgres options …]``.
"""

from __future__ import annotations

import ctypes
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from eventhub.launch.account import Account
from eventhub.launch.locks import FileLock

PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What a child calls before it runs, to be sent a signal when its parent dies; Linux alone."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(number))


def keep(folder: Path, binary: str, account: Account, options: list[str]) -> int:
    """Run the server until the last user is gone; return its exit status."""
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(
            [binary, "-D", str(folder / "data"), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - no other thread runs yet
            start_new_session=True,
            **account.options,
        )

    def stop(*_: object) -> None:
        server.send_signal(signal.SIGINT)  # fast: sessions are ended, the data is written

    unused = FileLock(folder / "users.lock")

    def wait_for_the_last() -> None:
        unused.acquire()
        stop()

    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=wait_for_the_last, daemon=True).start()
    return server.wait()


def main(arguments: list[str]) -> int:
    """Keep one server; a second keeper of the same folder leaves at once."""
    folder, binary = Path(arguments[0]), arguments[1]
    account = Account(int(arguments[2]), int(arguments[3]))
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    mine = FileLock(folder / "keeper.lock")
    if not mine.acquire(wait=False):
        return 0
    status = keep(folder, binary, account, arguments[5:])
    if arguments[4] == "delete":
        shutil.rmtree(folder, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
