"""People and the links by which they sign in without a password."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.db import Encrypted, Model

NAME_MAX = 50
EMAIL_MAX = 254


class Person(UserMixin, Model):
    """Someone with a name here: a captain, a judge, an organiser, a bureau's officer.

    ``session_key`` is part of every session; changing it signs out everywhere.
    """

    __tablename__ = "people"
    __table_args__ = (
        Index("ix_people_email_lower", text("lower(email)"), unique=True),
        CheckConstraint("locale IN ('zh', 'en')", name="locale"),
    )

    name: Mapped[str] = mapped_column(String(NAME_MAX))
    email: Mapped[str | None] = mapped_column(String(EMAIL_MAX))
    phone: Mapped[str | None] = mapped_column(Encrypted)
    password_hash: Mapped[str | None]
    session_key: Mapped[str] = mapped_column(String(32))
    locale: Mapped[str] = mapped_column(String(2), default="zh")
    # by name: universities live one floor up, in circles, and relate down to nothing here
    university_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("universities.id"))
    is_admin: Mapped[bool] = mapped_column(default=False)
    email_verified_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]

    def get_id(self) -> str:
        """What the session holds."""
        return f"{self.id}.{self.session_key}"


class PersonalLink(Model):
    """A secret link for one person and one purpose; only its hash is kept."""

    __tablename__ = "personal_links"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    scope: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[uuid.UUID | None]  # what it opens, in the slice that the scope names
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    first_used_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
