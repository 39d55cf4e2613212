"""Work that leaves the process: deferred in the transaction that causes it, done by a worker."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import text

from eventhub.db import db

TASKS: dict[str, Callable[..., None]] = {}

USUAL, SLOW = "default", "slow"  # queues; nothing of the usual one waits for a slow job
_SLOW_JOBS: set[str] = set()


def task(
    name: str, *, is_slow: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a job body under a stable name. A body is safe to run twice.

    ``is_slow``: it may take minutes of a processor; each worker does one such at a time.
    """
    if is_slow:
        _SLOW_JOBS.add(name)

    def register(body: Callable[..., None]) -> Callable[..., None]:
        if name in TASKS and TASKS[name].__qualname__ != body.__qualname__:
            raise ValueError(f"two jobs are called {name}")
        TASKS[name] = body
        return body

    return register


_DEFER = text(
    """
    SELECT procrastinate_defer_jobs_v1(ARRAY[
        ROW(:queue, :name, 0, NULL, :once, CAST(:args AS jsonb), CAST(:at AS timestamptz))
        ::procrastinate_job_to_defer_v1
    ])
    """
)


def queue_of(name: str) -> str:
    """Where a job waits."""
    return SLOW if name in _SLOW_JOBS else USUAL


def defer(name: str, *, at: datetime | None = None, **arguments: Any) -> None:
    """Enqueue a job as part of the running transaction; it exists once that commits.

    Args:
        name: the name under which ``task`` registered it.
        at: not before this moment.
        arguments: JSON values only.

    """
    if name not in TASKS:
        raise LookupError(f"no job is called {name}")
    db.session.execute(
        _DEFER,
        {
            "queue": queue_of(name),
            "name": name,
            "once": None,
            "args": json.dumps(arguments),
            "at": at,
        },
    )
