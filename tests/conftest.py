"""What every test can ask for: an application on a real database, a browser, the cast."""

from __future__ import annotations

import contextvars
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.app import create_app
from eventhub.db import db
from tests.browser import Browser
from tests.postgres import Databases, Emptier, open_databases


def _settings(url: str, folder: Path) -> dict[str, Any]:
    return {
        "SQLALCHEMY_DATABASE_URI": url,
        "FILES_DIR": str(folder / "files"),
        "MAIL_SENDER": "EventHub <noreply@eventhub.test>",
    }


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The test server."""
    with open_databases(os.environ.get("PYTEST_XDIST_TESTRUNUID")) as opened:
        yield opened


@pytest.fixture(scope="session")
def template(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated, empty database to copy."""

    def migrate(url: str) -> None:
        app = create_app(_settings(url, tmp_path_factory.getbasetemp()))
        with app.app_context():
            upgrade()
            db.engine.dispose()

    return databases.template("main", migrate)


@pytest.fixture(scope="session")
def _database(databases: Databases, template: str) -> Iterator[tuple[str, Emptier]]:
    url = databases.copy(template)
    emptier = Emptier(databases, url)
    yield url, emptier
    emptier.close()


@pytest.fixture(scope="session")
def _app(
    _database: tuple[str, Emptier], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    app = create_app(_settings(_database[0], tmp_path_factory.mktemp("house")))
    yield app
    with app.app_context():
        db.engine.dispose()


def _hear_everything() -> None:
    """Wake the loggers of the house: import-linter, run by a test, disables all there are."""
    logging.disable(logging.NOTSET)
    for name, logger in logging.root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger) and name.split(".")[0] == "eventhub":
            logger.disabled, logger.propagate = False, True


@pytest.fixture
def app(_app: Flask, _database: tuple[str, Emptier]) -> Iterator[Flask]:
    """The application, inside a context of its own; the tables are emptied afterwards."""
    _hear_everything()
    context = _app.app_context()
    context.push()
    yield _app
    db.session.remove()
    context.pop()
    _database[1].empty()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A visitor; call ``sign_in`` to be someone."""
    return Browser(app)


@pytest.fixture
def new_browser(app: Flask) -> Callable[[], Browser]:
    """More visitors."""
    return lambda: Browser(app)


@pytest.fixture
def olga(app: Flask) -> Person:
    """She organises for 环重庆邮电大学创新创业生态圈."""
    from tests.factories import make_organiser

    return make_organiser("欧阳澜", email="olga@eventhub.test")


@pytest.fixture
def jun(app: Flask) -> Person:
    """He judges."""
    from tests.factories import make_person

    return make_person("江俊", email="jun@eventhub.test")


@pytest.fixture
def tia(app: Flask) -> Person:
    """She leads a team of 重庆邮电大学."""
    from tests.factories import make_person, make_university

    return make_person(
        "田佳", email="tia@eventhub.test", university=make_university("重庆邮电大学")
    )


@pytest.fixture
def sam(app: Flask) -> Person:
    """He staffs the door."""
    from tests.factories import make_staff

    return make_staff("单明", email="sam@eventhub.test")


@pytest.fixture
def mei(app: Flask) -> Person:
    """She sits in the bureau."""
    from tests.factories import make_officer

    return make_officer("梅若兰", email="mei@eventhub.test")


@pytest.fixture
def nell(app: Flask) -> Person:
    """She is nobody."""
    from tests.factories import make_person

    return make_person("倪洱", email="nell@eventhub.test")


class Clock:
    """The time as a test sets it."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the clock; ``time.set(...)`` and ``time.move(hours=1)`` turn it."""
    stopped = Clock(clock.now())
    monkeypatch.setattr(clock, "now", stopped.now)
    return stopped


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], Any]:
    """``with count_statements() as seen: ...`` then ``len(seen)``."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cu: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[Any]]:
    """Run callables at the same moment, each in a thread, a context and a session of its own.

    Returns what each returned, or the exception that it raised.
    """

    def run(*jobs: Callable[[], Any]) -> list[Any]:
        start = threading.Barrier(len(jobs))
        results: list[Any] = [None] * len(jobs)

        def work(at: int, job: Callable[[], Any]) -> None:
            with app.app_context():
                start.wait(timeout=30)
                try:
                    results[at] = job()
                except Exception as error:  # noqa: BLE001  # handed to the test
                    results[at] = error
                finally:
                    db.session.remove()

        threads = [
            threading.Thread(target=contextvars.Context().run, args=(work, at, job))
            for at, job in enumerate(jobs)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "a session hangs"
        return results

    return run
