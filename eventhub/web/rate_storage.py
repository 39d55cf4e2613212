"""Counts of attempts in PostgreSQL, so that several server processes share one limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from limits.storage import Storage
from sqlalchemy import Engine, text

from eventhub import clock
from eventhub.db import db

_app: Flask | None = None

_COUNT = text(
    """
    INSERT INTO rate_counts AS c (key, count, expires_at) VALUES (:key, :amount, :until)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN c.expires_at <= :now THEN :amount ELSE c.count + :amount END,
        expires_at = CASE WHEN c.expires_at <= :now THEN :until ELSE c.expires_at END
    RETURNING count
    """
)


class PostgresStorage(Storage):
    """Fixed windows in one unlogged table, each count its own short transaction."""

    STORAGE_SCHEME = ["postgres"]  # noqa: RUF012  # the library reads it as a class attribute

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any):
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a failing database raises."""
        return Exception

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count one more, starting anew where the window has passed; return the count."""
        now = clock.now()
        values = {"key": key, "amount": amount, "now": now}
        with _engine().begin() as connection:
            until = now + timedelta(seconds=expiry)
            count: int = connection.execute(_COUNT, {**values, "until": until}).scalar_one()
        return count

    def get(self, key: str) -> int:
        """The count of the window that runs now."""
        return int(self._row(key)[0])

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since the epoch."""
        return float(self._row(key)[1].timestamp())

    def _row(self, key: str) -> tuple[int, datetime]:
        query = text("SELECT count, expires_at FROM rate_counts WHERE key = :k AND expires_at > :n")
        with _engine().connect() as connection:
            row = connection.execute(query, {"k": key, "n": clock.now()}).first()
        return (row[0], row[1].astimezone(UTC)) if row else (0, clock.now())

    def check(self) -> bool:
        """Whether the table answers."""
        self.get("check")
        return True

    def reset(self) -> int | None:
        """Forget every count."""
        with _engine().begin() as connection:
            return connection.execute(text("DELETE FROM rate_counts")).rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with _engine().begin() as connection:
            connection.execute(text("DELETE FROM rate_counts WHERE key = :key"), {"key": key})


def forget_expired() -> int:
    """Delete the windows that have passed; the clock calls it."""
    with _engine().begin() as connection:
        query = text("DELETE FROM rate_counts WHERE expires_at <= :now")
        return connection.execute(query, {"now": clock.now()}).rowcount


def bind(app: Flask) -> None:
    """Remember the application, whose engine the storage uses."""
    global _app  # the limiter makes the storage itself and passes no application
    _app = app


def _engine() -> Engine:
    if _app is None:
        raise RuntimeError("the storage is not bound to an application")
    with _app.app_context():
        return db.engine
