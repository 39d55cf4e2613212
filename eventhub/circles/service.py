"""Making circles and giving people their work in them."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from eventhub.accounts.models import Person
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Bureau, BureauMembership, Circle, CircleMembership, University
from eventhub.db import db, transaction


def add_university(
    name: str,
    *,
    level: str,
    aliases: list[str] | None = None,
    moe_code: str | None = None,
    district: str | None = None,
    email_domain: str | None = None,
) -> University:
    """Enter an institution in the list."""
    with transaction():
        university = University(
            name=name,
            level=level,
            aliases=aliases or [],
            moe_code=moe_code,
            district=district,
            email_domain=email_domain,
        )
        db.session.add(university)
        db.session.flush()
    return university


def add_circle(
    code: str, *, name: str, university_id: uuid.UUID, district: str | None, batch: str
) -> Circle:
    """Found a circle."""
    with transaction():
        circle = Circle(
            code=code, name=name, university_id=university_id, district=district, batch=batch
        )
        db.session.add(circle)
        db.session.flush()
    return circle


def add_bureau(code: str, *, name: str) -> Bureau:
    """Enter a municipal bureau."""
    with transaction():
        bureau = Bureau(code=code, name=name)
        db.session.add(bureau)
        db.session.flush()
    return bureau


def grant_role(person: Person, *, circle_id: uuid.UUID, role: CircleRole) -> CircleMembership:
    """Give someone a role in a circle; giving it again changes nothing."""
    with transaction():
        query = select(CircleMembership).filter_by(
            person_id=person.id, circle_id=circle_id, role=role
        )
        membership = db.session.scalar(query)
        if membership is None:
            membership = CircleMembership(person_id=person.id, circle_id=circle_id, role=role)
            db.session.add(membership)
            db.session.flush()
    return membership


def join_bureau(person: Person, *, bureau_id: uuid.UUID) -> None:
    """Make someone an officer of a bureau; again changes nothing."""
    with transaction():
        query = select(BureauMembership).filter_by(person_id=person.id, bureau_id=bureau_id)
        if db.session.scalar(query) is None:
            db.session.add(BureauMembership(person_id=person.id, bureau_id=bureau_id))
