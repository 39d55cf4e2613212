"""The database: base classes, column types, and the one place that commits."""

from __future__ import annotations

import base64
import enum
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Date, DateTime, Enum, Integer, Interval, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from eventhub import clock


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC; a naive one is a bug and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand out UTC."""
        return None if value is None else value.astimezone(UTC)


class Points(TypeDecorator[Decimal]):
    """A mark with two decimals, stored as an integer of hundredths; a third one is refused."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """To hundredths."""
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError("marks are Decimal")
        hundredths = value * 100
        if hundredths != hundredths.to_integral_value():
            raise ValueError("a mark has at most two decimals")
        return int(hundredths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """From hundredths."""
        return None if value is None else Decimal(value).scaleb(-2)


@lru_cache(maxsize=8)
def _fernet(keys: str) -> MultiFernet:
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.strip().encode()).digest()))
            for key in keys.split(",")
        ]
    )


class Encrypted(TypeDecorator[str]):
    """Personal data that nobody reads from a stolen dump: Fernet under DATA_KEY.

    DATA_KEY may hold several keys, split by commas: the first encrypts, all decrypt.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt."""
        if value is None:
            return None
        return _fernet(current_app.config["DATA_KEY"]).encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt."""
        if value is None:
            return None
        return _fernet(current_app.config["DATA_KEY"]).decrypt(value.encode()).decode()


class EncryptedJson(TypeDecorator[Any]):
    """JSON that nobody reads from a stolen dump; a new value replaces the whole."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Encrypt."""
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return _fernet(current_app.config["DATA_KEY"]).encrypt(text.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Decrypt."""
        if value is None:
            return None
        return json.loads(_fernet(current_app.config["DATA_KEY"]).decrypt(value.encode()))


def renewed(token: str) -> str | None:
    """What was encrypted, under the first key of DATA_KEY; None where it is so already.

    Raises:
        InvalidToken: none of the keys opens it.

    """
    keys = current_app.config["DATA_KEY"]
    try:
        _fernet(keys.partition(",")[0]).decrypt(token.encode())
    except InvalidToken:
        return _fernet(keys).rotate(token.encode()).decode()
    return None


def blind_index(value: str) -> str:
    """A keyed fingerprint by which encrypted values can be compared, never read."""
    key = current_app.config["DATA_KEY"].rsplit(",", 1)[-1].strip().encode()
    return hmac.new(key, value.strip().casefold().encode(), hashlib.sha256).hexdigest()[:32]


class Base(DeclarativeBase):
    """Root of the models, with the naming of constraints and the map of types."""

    registry: ClassVar[registry] = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime,
            date: Date,
            timedelta: Interval,
            Decimal: Points,
            uuid.UUID: Uuid,
            str: Text,
            int: Integer,
            dict[str, Any]: JSONB(none_as_null=True),
            list[Any]: JSONB(none_as_null=True),
            list[str]: JSONB(none_as_null=True),
            enum.Enum: Enum(
                enum.Enum,
                native_enum=False,
                create_constraint=True,
                length=32,
                values_callable=lambda kind: [member.value for member in kind],
            ),
        },
    )


db = SQLAlchemy(model_class=Base, engine_options={})
migrate = Migrate(compare_type=True)


class Model(db.Model):  # type: ignore[name-defined]  # Flask-SQLAlchemy makes the class at run time
    """A row with a UUID key and the moment of its making."""

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_at: Mapped[datetime] = mapped_column(
        default=lambda: clock.now()  # noqa: PLW0108  # looked up at each call: tests set the clock
    )

    def __repr__(self) -> str:
        """Name and key only, so that no personal data reaches a log."""
        return f"<{type(self).__name__} {self.id}>"


_before_commit: list[Callable[[], None]] = []


def before_commit(hook: Callable[[], None]) -> Callable[[], None]:
    """Register a hook that runs inside every transaction, last, before it commits."""
    _before_commit.append(hook)
    return hook


class DoomedTransactionError(RuntimeError):
    """An inner unit failed and its error was swallowed: the whole must not commit."""


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what happens inside, once, or nothing of it.

    Units nest: an inner one joins the outer. When an inner unit fails, the whole is doomed,
    even if a caller swallows the inner error.

    Raises:
        DoomedTransactionError: the body ended well although an inner unit had failed.

    """
    info = db.session().info
    if info.get("depth"):
        info["depth"] += 1
        try:
            yield
        except BaseException:
            info["doomed"] = True
            raise
        finally:
            info["depth"] -= 1
        return
    info["depth"], info["doomed"] = 1, False
    try:
        yield
        if info["doomed"]:
            raise DoomedTransactionError
        for hook in _before_commit:
            hook()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        info["depth"], info["doomed"] = 0, False
        info.pop("audit", None)
