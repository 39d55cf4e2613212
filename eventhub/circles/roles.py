"""Who works for whom, asked once a request."""

from __future__ import annotations

import uuid
from typing import Any

from flask import g, has_app_context
from sqlalchemy import select

from eventhub.accounts.models import Person
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import BureauMembership, Circle, CircleMembership, UniversityMembership
from eventhub.db import db


def roles_of(person: Person | None) -> frozenset[tuple[uuid.UUID, CircleRole]]:
    """Which roles someone holds in which circles; asked once a request."""
    if person is None:
        return frozenset()
    held = _remembered("circle_roles")
    if person.id not in held:
        query = select(CircleMembership.circle_id, CircleMembership.role).where(
            CircleMembership.person_id == person.id
        )
        held[person.id] = frozenset((row.circle_id, row.role) for row in db.session.execute(query))
    roles: frozenset[tuple[uuid.UUID, CircleRole]] = held[person.id]
    return roles


def is_in_a_bureau(person: Person | None) -> bool:
    """Whether someone works for a municipal bureau; asked once a request."""
    if person is None:
        return False
    held = _remembered("bureau_people")
    if person.id not in held:
        query = select(BureauMembership.id).where(BureauMembership.person_id == person.id)
        held[person.id] = db.session.scalar(query.limit(1)) is not None
    return bool(held[person.id])


def universities_of(person: Person | None) -> frozenset[uuid.UUID]:
    """The schools for whose offices someone works; asked once a request."""
    if person is None:
        return frozenset()
    held = _remembered("school_offices")
    if person.id not in held:
        query = select(UniversityMembership.university_id).where(
            UniversityMembership.person_id == person.id
        )
        held[person.id] = frozenset(db.session.scalars(query))
    schools: frozenset[uuid.UUID] = held[person.id]
    return schools


def circle_of(university_id: uuid.UUID) -> uuid.UUID | None:
    """The circle around a university, if it has one; asked once a request."""
    held = _remembered("circles_of_schools")
    if university_id not in held:
        query = select(Circle.id).where(Circle.university_id == university_id)
        held[university_id] = db.session.scalar(query)
    circle_id: uuid.UUID | None = held[university_id]
    return circle_id


def forget(person_id: uuid.UUID) -> None:
    """Ask again, in this very request, after roles of someone have changed."""
    for name in ("circle_roles", "bureau_people", "school_offices"):
        _remembered(name).pop(person_id, None)


def _remembered(name: str) -> dict[uuid.UUID, Any]:
    if not has_app_context():
        return {}
    memory: dict[uuid.UUID, Any] = g.setdefault(name, {})
    return memory
