"""Universities, circles, bureaus, and who works for them."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventhub.accounts.models import Person
from eventhub.circles.enums import CircleRole
from eventhub.db import Model


class University(Model):
    """An institution of higher education.

    ``moe_code`` is the ten-digit 学校标识码, present only where a source gave it.
    """

    __tablename__ = "universities"

    name: Mapped[str] = mapped_column(String(60), unique=True)
    aliases: Mapped[list[str]] = mapped_column(default=list)
    level: Mapped[str] = mapped_column(String(20))
    moe_code: Mapped[str | None] = mapped_column(String(10), unique=True)
    district: Mapped[str | None] = mapped_column(String(20))
    email_domain: Mapped[str | None] = mapped_column(String(80))


class Circle(Model):
    """An innovation circle around a university: the tenant."""

    __tablename__ = "circles"

    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    university_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("universities.id"), unique=True)
    district: Mapped[str | None] = mapped_column(String(20))
    batch: Mapped[str] = mapped_column(String(20))

    university: Mapped[University] = relationship()


class CircleMembership(Model):
    """Someone's work for a circle."""

    __tablename__ = "circle_memberships"
    __table_args__ = (UniqueConstraint("circle_id", "person_id", "role"),)

    circle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("circles.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[CircleRole]

    circle: Mapped[Circle] = relationship()
    person: Mapped[Person] = relationship()


class Bureau(Model):
    """A municipal bureau: reads every circle."""

    __tablename__ = "bureaus"

    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)


class BureauMembership(Model):
    """Someone's work for a bureau."""

    __tablename__ = "bureau_memberships"
    __table_args__ = (UniqueConstraint("bureau_id", "person_id"),)

    bureau_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bureaus.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)

    bureau: Mapped[Bureau] = relationship()
    person: Mapped[Person] = relationship()


class UniversityMembership(Model):
    """Someone's work for a school's office: recommends its entries, imports its lists."""

    __tablename__ = "university_memberships"
    __table_args__ = (UniqueConstraint("university_id", "person_id"),)

    university_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("universities.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)

    university: Mapped[University] = relationship()
    person: Mapped[Person] = relationship()
