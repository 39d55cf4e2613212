"""A form that an organiser builds, and its published versions."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.db import Model

NAME_MAX = 60


class Questionnaire(Model):
    """A form under construction. ``draft`` are its questions as the organiser sees them now.

    The shape of a question is ``domain.questionnaire.Question``, written as JSON. ``revision``
    grows with every change, so that a second window cannot overwrite silently. ``removed`` are
    the questions last taken out, newest first, as objects with ``question`` and ``position``.
    """

    __tablename__ = "questionnaires"
    __table_args__ = (CheckConstraint("revision >= 1", name="revision"),)

    circle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("circles.id"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    draft: Mapped[list[Any]] = mapped_column(default=list)
    removed: Mapped[list[Any]] = mapped_column(default=list)
    revision: Mapped[int] = mapped_column(default=1)

    versions: Mapped[list[QuestionnaireVersion]] = relationship(
        back_populates="questionnaire",
        cascade="all, delete-orphan",
        order_by="QuestionnaireVersion.number.desc()",
    )


class QuestionnaireVersion(Model):
    """A form as it was published: never changed, so that an answer keeps what it answered."""

    __tablename__ = "questionnaire_versions"
    __table_args__ = (
        UniqueConstraint("questionnaire_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    questionnaire_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("questionnaires.id", ondelete="CASCADE")
    )
    number: Mapped[int]
    questions: Mapped[list[Any]] = mapped_column(default=list)
    published_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    questionnaire: Mapped[Questionnaire] = relationship(back_populates="versions")
    published_by: Mapped[Person] = relationship()
