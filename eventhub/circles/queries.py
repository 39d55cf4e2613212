"""Reads of circles, universities and who works for them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventhub.accounts.models import Person
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Circle, University
from eventhub.circles.roles import roles_of
from eventhub.db import db
from eventhub.errors import NotFoundError


def get_circle(circle_id: uuid.UUID) -> Circle:
    """One circle.

    Raises:
        NotFoundError: no such circle.

    """
    circle = db.session.get(Circle, circle_id)
    if circle is None:
        raise NotFoundError
    return circle


def find_circle_by_code(code: str) -> Circle | None:
    """The circle with this short name, such as ``cqupt``."""
    return db.session.scalar(select(Circle).where(Circle.code == code))


def list_circles() -> Sequence[Circle]:
    """Every circle, with its university, in the order of their codes."""
    query = select(Circle).options(joinedload(Circle.university)).order_by(Circle.code)
    return db.session.scalars(query).all()


def list_universities() -> Sequence[University]:
    """Every university by name: about eighty, so no paging."""
    return db.session.scalars(select(University).order_by(University.name)).all()


def find_university(name: str) -> University | None:
    """By present name or alias."""
    query = select(University).where(
        (University.name == name) | University.aliases.contains([name])
    )
    return db.session.scalar(query)


def list_circles_of(person: Person, *, role: CircleRole) -> list[Circle]:
    """The circles for which someone holds this role."""
    mine = {circle_id for circle_id, held in roles_of(person) if held is role}
    return [circle for circle in list_circles() if circle.id in mine or person.is_admin]
