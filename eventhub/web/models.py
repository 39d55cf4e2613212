"""The counts behind the rate limits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from eventhub.db import db


class RateCount(db.Model):  # type: ignore[name-defined]  # Flask-SQLAlchemy makes the class at run time
    """How often a key was used in its window. Unlogged: worthless after a crash."""

    __tablename__ = "rate_counts"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012  # SQLAlchemy reads it as such

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]
