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
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import make_url

from eventhub import clock as wall_clock
from eventhub import queue
from eventhub.db import db, transaction

log = logging.getLogger(__name__)

LEADER_LOCK = 0x4548434C
ATTEMPTS_MAX = 8
SILENCE = 60  # seconds without a heartbeat after which a worker counts as dead; it beats every 10

# so that a leader whose database vanished without a word gives up its place too
_KEEPALIVE: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20000,
}

# job name, seconds between ticks; each also ticks once when a clock begins to lead
SCHEDULE = (
    ("reminders.send_due", 20),
    ("notifications.retry_stuck", 60),
    ("queue.retry_stalled", 60),
    ("web.forget_expired", 3600),
    ("entries.forget_imports", 86400),
    ("files.forget_expired", 3600),
    ("files.sweep", 86400),
    ("entries.delete_expired_personal_data", 86400),
    ("outcomes.forget_objectors", 86400),
)


def conninfo(app: Flask) -> str:
    """The database's address as psycopg itself takes it."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def make_queue(app: Flask) -> procrastinate.App:
    """The queue with every registered job, each run in a thread with a context of its own."""
    hub = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=conninfo(app), min_size=1, max_size=6)
    )
    for name, body in queue.TASKS.items():
        hub.task(
            name=name,
            queue=queue.queue_of(name),
            retry=procrastinate.RetryStrategy(max_attempts=ATTEMPTS_MAX, exponential_wait=4),
        )(_in_context(app, body))
    return hub


def _in_context(app: Flask, body: Callable[..., None]) -> Callable[..., None]:
    def run(**arguments: Any) -> None:
        with app.app_context():
            body(**arguments)

    return run


def run_worker(app: Flask, *, concurrency: int = 4, until_empty: bool = False) -> None:
    """Work until told to stop; with ``until_empty``, until nothing is due.

    ``concurrency`` usual jobs at a time, and beside them one slow one.
    """
    is_main = threading.current_thread() is threading.main_thread()

    async def work() -> None:
        hub = make_queue(app)

        async def line(name: str, jobs: int) -> None:
            await hub.run_worker_async(
                queues=[name],
                concurrency=jobs,
                wait=not until_empty,
                install_signal_handlers=is_main and name == queue.USUAL,
                delete_jobs="successful",
            )

        async with hub.open_async():
            if until_empty:
                await line(queue.USUAL, concurrency)
                await line(queue.SLOW, 1)
                return
            async with asyncio.TaskGroup() as together:
                beside = together.create_task(line(queue.SLOW, 1))
                await line(queue.USUAL, concurrency)
                beside.cancel()  # it ends what it is doing first

    asyncio.run(work())


_STALLED = text(
    """
    SELECT CASE
        WHEN stalled.attempts < :attempts_max
        THEN procrastinate_retry_job_v2(stalled.id, now(), NULL, NULL, NULL)
        ELSE procrastinate_finish_job_v1(stalled.id, 'failed', false)
    END
    FROM (
        SELECT jobs.id, jobs.attempts
        FROM procrastinate_jobs AS jobs
        LEFT JOIN procrastinate_workers AS workers ON workers.id = jobs.worker_id
        WHERE jobs.status = 'doing' AND (
            workers.id IS NULL
            OR workers.last_heartbeat < now() - make_interval(secs => :silence)
        )
        ORDER BY jobs.id
        LIMIT 500
        FOR UPDATE OF jobs SKIP LOCKED
    ) AS stalled
    """
)


@queue.task("queue.retry_stalled")
def retry_stalled() -> None:
    """Queue the jobs of dead workers again; a job that has ended eight workers is given up."""
    with transaction():
        values = {"attempts_max": ATTEMPTS_MAX, "silence": SILENCE}
        stalled = len(db.session.execute(_STALLED, values).all())
    if stalled:
        log.warning("jobs of dead workers", extra={"count": stalled})


def tick(app: Flask, name: str) -> None:
    """Run one scheduled job now, in a context and a session of its own."""
    with app.app_context():
        queue.TASKS[name]()


def _tick_quietly(app: Flask, name: str) -> None:
    try:
        tick(app, name)
    except Exception:  # whatever it is, the clock goes on
        log.exception("a tick failed", extra={"job": name})


class Clock:
    """APScheduler behind a leader lock."""

    def __init__(self, app: Flask, *, patience: float = 5.0) -> None:
        """``patience``: seconds between looks at the lock, one's own or another's."""
        self.app = app
        self.patience = patience
        self.stopping = threading.Event()
        self.leading = threading.Event()

    def run(self) -> None:
        """Wait for the lock, tick while holding it, until ``stop``."""
        while not self.stopping.is_set():
            try:
                with psycopg.connect(
                    conninfo(self.app), autocommit=True, **_KEEPALIVE
                ) as connection:
                    while not self._takes_lock(connection):
                        if self.stopping.wait(self.patience):
                            return
                    self._lead(connection)
            except psycopg.Error:
                log.warning("the clock lost its database; it tries again")
                self.stopping.wait(self.patience)

    def stop(self) -> None:
        """End ``run`` at once, or as soon as the job that ticks now is done."""
        self.stopping.set()

    def _takes_lock(self, connection: psycopg.Connection[Any]) -> bool:
        held = connection.execute("SELECT pg_try_advisory_lock(%s)", (LEADER_LOCK,)).fetchone()
        return bool(held and held[0])

    def _lead(self, connection: psycopg.Connection[Any]) -> None:
        """Tick until told to stop or until the connection, and with it the lock, is lost."""
        scheduler = BackgroundScheduler(timezone="UTC")
        for name, seconds in SCHEDULE:
            scheduler.add_job(
                _tick_quietly,
                "interval",
                (self.app, name),
                seconds=seconds,
                id=name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=wall_clock.now(),
            )
        scheduler.start()
        self.leading.set()
        log.info("this clock leads")
        try:
            while not self.stopping.wait(self.patience):
                connection.execute("SELECT 1")
        finally:
            self.leading.clear()
            scheduler.shutdown()


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
