"""Locks between processes that the kernel lets go of when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Self


class FileLock:
    """A lock on a file, held until ``close`` or until every process that inherited it is gone."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is made when the lock is first wanted."""
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock, alone or shared; say whether it is held.

        Without ``wait`` a lock that another process holds is answered with False. A file that
        was deleted or replaced while waiting is opened anew, so that two holders always mean
        the same file.
        """
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        while True:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, mode)
            except BlockingIOError:
                os.close(descriptor)
                return False
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), self.path.stat()):
                    self._descriptor = descriptor
                    return True
            os.close(descriptor)

    def close(self) -> None:
        """Let go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        """Take the lock alone."""
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go."""
        self.close()
