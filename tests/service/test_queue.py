"""The queue: a job exists once its transaction commits, and ends although its worker dies."""

from __future__ import annotations

import signal
import threading
import time as real_time
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from eventhub import clock, queue, worker
from eventhub.db import db, transaction
from eventhub.notifications import service
from eventhub.notifications.messages import Message, Recipient
from tests.processes import wait_until


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A job ``test.note`` that notes its word here, in the order of its runs."""
    noted: list[str] = []

    def note(word: str) -> None:
        noted.append(word)

    monkeypatch.setitem(queue.TASKS, "test.note", note)
    return noted


def jobs() -> list[tuple[str, int]]:
    query = "SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id"
    return [(status, attempts) for status, attempts in db.session.execute(text(query))]


def test_a_job_is_done_once_its_transaction_commits(app, seen, work):
    with transaction():
        queue.defer("test.note", word="早")
        work()
        assert seen == []

    work()

    assert seen == ["早"]
    assert jobs() == []


def test_a_job_of_a_transaction_that_failed_never_was(app, seen, work):
    def deed() -> None:
        with transaction():
            queue.defer("test.note", word="never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deed()

    work()

    assert seen == []


def test_a_job_for_later_waits(app, seen, work):
    with transaction():
        queue.defer("test.note", at=clock.now() + timedelta(hours=1), word="later")
        queue.defer("test.note", at=clock.now() - timedelta(hours=1), word="now")

    work()

    assert seen == ["now"]


def test_an_unknown_job_is_refused_where_it_is_asked_for(app):
    with pytest.raises(LookupError):
        queue.defer("test.unknown")


def test_two_jobs_do_not_share_a_name():
    with pytest.raises(ValueError, match="two jobs"):
        queue.task("notifications.deliver")(lambda: None)


def test_a_job_that_fails_is_tried_again_later(app, monkeypatch, work):
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise RuntimeError("for the test")

    monkeypatch.setitem(queue.TASKS, "test.fail", fail)
    with transaction():
        queue.defer("test.fail")

    work()

    assert calls == [1]
    assert jobs() == [("todo", 1)]
    waits = db.session.scalar(text("SELECT scheduled_at > now() FROM procrastinate_jobs"))
    assert waits


def test_each_job_has_a_session_of_its_own_and_gives_it_back(app, monkeypatch, work):
    sessions: list[int] = []

    def look() -> None:
        sessions.append(id(db.session()))
        db.session.execute(text("SELECT 1"))

    monkeypatch.setitem(queue.TASKS, "test.look", look)
    mine = id(db.session())
    with transaction():
        for _at in range(5):
            queue.defer("test.look")
    db.session.remove()

    work()

    assert len(sessions) == 5
    assert mine not in sessions
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.race
def test_of_many_workers_each_job_has_one(app, seen, at_once):
    with transaction():
        for at in range(30):
            queue.defer("test.note", word=str(at))

    at_once(*[lambda: worker.run_worker(app, until_empty=True)] * 3)

    assert sorted(seen, key=int) == [str(at) for at in range(30)]


def test_slow_jobs_run_beside_each_other(app, monkeypatch, work):
    together = threading.Barrier(3)
    monkeypatch.setitem(queue.TASKS, "test.meet", lambda: together.wait(timeout=20) and None)
    with transaction():
        for _at in range(3):
            queue.defer("test.meet")

    work()

    assert jobs() == []


def test_slow_jobs_run_one_by_one_and_nothing_usual_waits_for_them(app, seen, monkeypatch, work):
    running: list[int] = []
    most: list[int] = []

    def draw() -> None:
        running.append(1)
        most.append(len(running))
        real_time.sleep(0.02)  # as long as another would need to begin
        running.pop()
        seen.append("slow")

    monkeypatch.setitem(queue.TASKS, "test.draw", draw)
    monkeypatch.setattr(queue, "_SLOW_JOBS", {"test.draw"})
    with transaction():
        for _at in range(5):
            queue.defer("test.draw")
        queue.defer("test.note", word="letter")

    work()

    assert seen == ["letter", *["slow"] * 5]
    assert max(most) == 1
    assert jobs() == []


def test_copies_for_blind_judges_are_slow_jobs():
    assert queue.queue_of("entries.make_blind_copy") == queue.SLOW
    assert queue.queue_of("notifications.deliver") == queue.USUAL


def strand(attempts: int = 0, *, beat_seconds_ago: int | None = 120) -> None:
    """Leave a job in the hands of a worker that beat last so long ago, or is gone altogether."""
    with transaction():
        queue.defer("test.note", word="again")
        holder = None
        if beat_seconds_ago is not None:
            holder = db.session.scalar(
                text(
                    "INSERT INTO procrastinate_workers (last_heartbeat)"
                    " VALUES (now() - make_interval(secs => :ago)) RETURNING id"
                ),
                {"ago": beat_seconds_ago},
            )
        db.session.execute(
            text(
                "UPDATE procrastinate_jobs"
                " SET status = 'doing', attempts = :attempts, worker_id = :holder"
            ),
            {"attempts": attempts, "holder": holder},
        )


@pytest.mark.parametrize("ago", [120, None])
def test_the_job_of_a_dead_worker_is_done_by_another(app, seen, work, ago):
    strand(beat_seconds_ago=ago)
    work()
    assert seen == []

    worker.retry_stalled()
    work()

    assert seen == ["again"]


def test_the_job_of_a_worker_that_beats_is_left_with_it(app, seen, work):
    strand(beat_seconds_ago=20)

    worker.retry_stalled()
    work()

    assert seen == []


def test_a_job_that_has_killed_eight_workers_is_given_up(app, seen, work):
    strand(attempts=worker.ATTEMPTS_MAX)

    worker.retry_stalled()
    work()

    assert seen == []
    assert jobs()[0][0] == "failed"


@pytest.mark.race
def test_two_clocks_relieve_a_dead_worker_once(app, seen, work, at_once):
    strand()

    at_once(*[worker.retry_stalled] * 4)

    assert jobs() == [("todo", 1)]
    work()
    assert seen == ["again"]


def queue_mail() -> uuid.UUID | None:
    return service.notify(
        Recipient("田佳", "tia@eventhub.test"),
        key="one",
        kind="test",
        compose=lambda: Message("您好", ()),
    )


@pytest.mark.race
def test_a_worker_that_is_killed_in_the_middle_loses_nothing(app, mailbox, spawn, work, time):
    mailbox.hang.set()
    made = queue_mail()
    process = spawn("worker")
    state = text("SELECT state FROM deliveries WHERE id = :key")
    wait_until(lambda: db.session.scalar(state, {"key": made}) == "sending")

    process.send_signal(signal.SIGKILL)
    process.wait()
    mailbox.hang.clear()
    time.move(minutes=6)
    service.retry_stuck()
    work()

    assert db.session.scalar(state, {"key": made}) == "sent"
    ids = {message["Message-ID"] for message in mailbox.messages}
    assert len(ids) == 1


def test_a_worker_that_is_asked_to_stop_ends_what_it_is_doing(app, mailbox, spawn):
    mailbox.hang.set()
    made = queue_mail()
    process = spawn("worker")
    state = text("SELECT state FROM deliveries WHERE id = :key")
    wait_until(lambda: db.session.scalar(state, {"key": made}) == "sending")

    process.terminate()
    real_time.sleep(0.3)
    assert process.poll() is None
    mailbox.hang.clear()

    assert process.wait(timeout=20) == 0
    assert db.session.scalar(state, {"key": made}) == "sent"
