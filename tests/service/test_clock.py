"""The clock: of any number one leads, and another takes over when it dies."""

from __future__ import annotations

import signal
import subprocess
import threading
import time as real_time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from eventhub import queue, worker
from eventhub.db import db
from eventhub.worker import Clock
from tests.processes import wait_until


@contextmanager
def running(*clocks: Clock) -> Iterator[None]:
    threads = [threading.Thread(target=clock.run) for clock in clocks]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for clock in clocks:
            clock.stop()
        for thread in threads:
            thread.join(timeout=20)
            assert not thread.is_alive(), "a clock does not stop"


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A schedule of one job, every twentieth of a second, that notes when it ran."""
    noted: list[float] = []
    monkeypatch.setitem(queue.TASKS, "test.tick", lambda: noted.append(real_time.monotonic()))
    monkeypatch.setattr(worker, "SCHEDULE", (("test.tick", 0.05),))
    return noted


def leaders(*clocks: Clock) -> list[bool]:
    return [clock.leading.is_set() for clock in clocks]


def cut_the_leader_off(app: Flask) -> None:
    """End the connection that holds the lock, as a network does that breaks."""
    with psycopg.connect(worker.conninfo(app), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database"
            " ON pg_database.oid = pg_locks.database AND datname = current_database()"
            " WHERE locktype = 'advisory' AND objid = %s AND granted",
            (worker.LEADER_LOCK,),
        )


def test_of_two_clocks_one_leads_and_ticks(app, ticks):
    one, two = Clock(app, patience=0.1), Clock(app, patience=0.1)

    with running(one, two):
        wait_until(lambda: len(ticks) > 5)
        assert sorted(leaders(one, two)) == [False, True]

    assert leaders(one, two) == [False, False]


def test_another_takes_over_when_the_leader_stops(app, ticks):
    one, two = Clock(app, patience=0.1), Clock(app, patience=0.1)

    with running(one):
        wait_until(one.leading.is_set)
        with running(two):
            real_time.sleep(0.3)
            assert not two.leading.is_set()
            one.stop()
            wait_until(two.leading.is_set, seconds=5)
            before = len(ticks)
            wait_until(lambda: len(ticks) > before + 3)
            assert not one.leading.is_set()


def test_another_takes_over_when_the_leaders_connection_dies(app, ticks):
    one, two = Clock(app, patience=0.4), Clock(app, patience=0.05)

    with running(one):
        wait_until(one.leading.is_set)
        with running(two):
            cut_the_leader_off(app)

            wait_until(two.leading.is_set, seconds=5)
            wait_until(lambda: not one.leading.is_set(), seconds=5)
            before = len(ticks)
            wait_until(lambda: len(ticks) > before + 3)


def test_a_clock_that_was_cut_off_comes_back(app, ticks):
    clock = Clock(app, patience=0.1)

    with running(clock):
        wait_until(clock.leading.is_set)
        cut_the_leader_off(app)
        wait_until(lambda: not clock.leading.is_set(), seconds=5)
        wait_until(clock.leading.is_set, seconds=5)


def test_a_clock_without_a_database_goes_on_trying(app, ticks, monkeypatch):
    tries: list[int] = []
    connect = psycopg.connect

    def refuse_twice(*args: object, **kwargs: object) -> object:
        tries.append(1)
        if len(tries) <= 2:
            raise psycopg.OperationalError("refused")
        return connect(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(worker.psycopg, "connect", refuse_twice)
    clock = Clock(app, patience=0.05)

    with running(clock):
        wait_until(clock.leading.is_set, seconds=5)

    assert len(tries) == 3


@pytest.mark.parametrize("is_leader", [True, False])
def test_a_clock_stops_at_once_however_patient(app, ticks, is_leader):
    other, clock = Clock(app, patience=0.1), Clock(app, patience=60)
    with running(other if not is_leader else clock):
        wait_until((other if not is_leader else clock).leading.is_set)
        thread = threading.Thread(target=clock.run)
        if not is_leader:
            thread.start()
            real_time.sleep(0.3)

        asked = real_time.monotonic()
        clock.stop()
        if not is_leader:
            thread.join(timeout=20)
        else:
            wait_until(lambda: not clock.leading.is_set(), seconds=20)

        assert real_time.monotonic() - asked < 2


def test_a_tick_has_a_session_of_its_own_and_gives_it_back(app, monkeypatch):
    sessions: list[int] = []

    def look() -> None:
        sessions.append(id(db.session()))
        db.session.execute(text("SELECT 1"))

    monkeypatch.setitem(queue.TASKS, "test.look", look)
    mine = id(db.session())
    db.session.remove()

    threads = [threading.Thread(target=worker.tick, args=(app, "test.look")) for _at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(sessions) == 3
    assert mine not in sessions
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_tick_that_fails_gives_its_session_back_and_the_clock_goes_on(app, monkeypatch, caplog):
    runs: list[int] = []

    def fail() -> None:
        runs.append(1)
        db.session.execute(text("SELECT 1"))
        raise RuntimeError("for the test")

    monkeypatch.setitem(queue.TASKS, "test.fail", fail)
    monkeypatch.setattr(worker, "SCHEDULE", (("test.fail", 0.05),))
    db.session.remove()

    with running(Clock(app, patience=0.05)):
        wait_until(lambda: len(runs) > 3)

    assert "a tick failed" in caplog.text
    db.session.remove()
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_every_job_of_the_schedule_exists_and_runs_on_an_empty_house(app):
    for name, seconds in worker.SCHEDULE:
        assert seconds > 0
        worker.tick(app, name)


def test_a_real_clock_leads_and_ends_when_asked(
    app: Flask, spawn: Callable[..., subprocess.Popen[bytes]]
):
    process = spawn("clock")
    held = text(
        "SELECT count(*) FROM pg_locks JOIN pg_database"
        " ON pg_database.oid = pg_locks.database AND datname = current_database()"
        " WHERE locktype = 'advisory' AND objid = :key"
    )
    wait_until(lambda: db.session.scalar(held, {"key": worker.LEADER_LOCK}) == 1)

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=10) == 0
    assert db.session.scalar(held, {"key": worker.LEADER_LOCK}) == 0
