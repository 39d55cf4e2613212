"""The queue's worker and the clock: which job runs when. Bodies live in the slices' jobs.py.

Any number of either may run. Workers share the queue; of the clocks only the one that holds
the leader lock in PostgreSQL ticks, and another takes over within seconds when it dies.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

import click
import procrastinate
import psycopg
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from sqlalchemy.engine import make_url

from eventhub import queue

log = logging.getLogger(__name__)

LEADER_LOCK = 0x4548434C

# job name, seconds between ticks
SCHEDULE = (
    ("reminders.send_due", 20),
    ("notifications.retry_stuck", 60),
    ("web.forget_expired", 3600),
)


def conninfo(app: Flask) -> str:
    """The database's address as psycopg itself takes it."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def make_queue(app: Flask) -> procrastinate.App:
    """The queue with every registered job, each run in a thread with a context of its own."""
    hub = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=conninfo(app), min_size=1, max_size=4)
    )
    for name, body in queue.TASKS.items():
        hub.task(
            name=name,
            queue="default",
            retry=procrastinate.RetryStrategy(max_attempts=8, exponential_wait=4),
        )(_in_context(app, body))
    return hub


def _in_context(app: Flask, body: Callable[..., None]) -> Callable[..., None]:
    def run(**arguments: Any) -> None:
        with app.app_context():
            body(**arguments)

    return run


def run_worker(app: Flask, *, concurrency: int = 4, until_empty: bool = False) -> None:
    """Work until told to stop; with ``until_empty``, until nothing is due."""

    async def work() -> None:
        hub = make_queue(app)
        async with hub.open_async():
            await hub.run_worker_async(
                wait=not until_empty,
                concurrency=concurrency,
                install_signal_handlers=threading.current_thread() is threading.main_thread(),
                delete_jobs="successful",
            )

    asyncio.run(work())


def tick(app: Flask, name: str) -> None:
    """Run one scheduled job now."""
    with app.app_context():
        queue.TASKS[name]()


class Clock:
    """APScheduler behind a leader lock."""

    def __init__(self, app: Flask, *, patience: float = 5.0) -> None:
        """``patience`` is how many seconds to wait before asking for the lock again."""
        self.app = app
        self.patience = patience
        self.stopping = threading.Event()
        self.leading = threading.Event()

    def run(self) -> None:
        """Wait for the lock, tick while holding it, until ``stop``."""
        while not self.stopping.is_set():
            try:
                with psycopg.connect(conninfo(self.app), autocommit=True) as connection:
                    self._lead(connection)
            except psycopg.OperationalError:
                log.warning("the clock lost its database; it tries again")
            self.leading.clear()
            self.stopping.wait(self.patience)

    def stop(self) -> None:
        """End ``run``, soon."""
        self.stopping.set()

    def _lead(self, connection: psycopg.Connection[Any]) -> None:
        held = connection.execute("SELECT pg_try_advisory_lock(%s)", (LEADER_LOCK,)).fetchone()
        if not held or not held[0]:
            return
        self.leading.set()
        log.info("this clock leads")
        scheduler = BlockingScheduler(timezone="UTC")
        for name, seconds in SCHEDULE:
            scheduler.add_job(
                tick,
                "interval",
                (self.app, name),
                seconds=seconds,
                id=name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        scheduler.add_job(
            self._still_leading,
            "interval",
            (scheduler, connection),
            seconds=self.patience,
            id="leader",
            max_instances=1,
        )
        scheduler.start()

    def _still_leading(
        self, scheduler: BlockingScheduler, connection: psycopg.Connection[Any]
    ) -> None:
        if not self.stopping.is_set():
            try:
                connection.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                log.warning("the clock lost its lock")
        scheduler.shutdown(wait=False)


def register(app: Flask) -> None:
    """Add the commands ``flask worker`` and ``flask clock``."""

    @app.cli.command("worker")
    @click.option("--concurrency", default=4, show_default=True)
    @click.option("--until-empty", is_flag=True, help="Stop when nothing is due.")
    def worker(concurrency: int, until_empty: bool) -> None:
        """Do the queued work."""
        run_worker(app, concurrency=concurrency, until_empty=until_empty)

    @app.cli.command("clock")
    def clock_() -> None:
        """Tick, if this is the clock that leads."""
        clock = Clock(app)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: clock.stop())
        clock.run()
