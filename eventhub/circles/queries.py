"""Reads of circles, universities and who works for them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventhub.accounts.models import Person
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Circle, CircleMembership, University, UniversityMembership
from eventhub.circles.roles import is_in_a_bureau, roles_of
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


def list_readable_circles(person: Person) -> list[Circle]:
    """The circles whose figures and log someone may read: all of them for a bureau."""
    if is_in_a_bureau(person):
        return [*list_circles()]
    return list_circles_of(person, role=CircleRole.ORGANISER)


_WITH_PERSON = (joinedload(CircleMembership.person), joinedload(CircleMembership.circle))


def get_membership(membership_id: uuid.UUID) -> CircleMembership:
    """One person's role in a circle.

    Raises:
        NotFoundError: no such membership.

    """
    query = select(CircleMembership).where(CircleMembership.id == membership_id)
    membership: CircleMembership | None = db.session.scalar(query.options(*_WITH_PERSON))
    if membership is None:
        raise NotFoundError
    return membership


def find_membership(
    person_id: uuid.UUID, *, circle_id: uuid.UUID, role: CircleRole
) -> CircleMembership | None:
    """Someone's role in a circle, if they hold it."""
    query = select(CircleMembership).filter_by(person_id=person_id, circle_id=circle_id, role=role)
    return db.session.scalar(query)


def list_members(circle_id: uuid.UUID) -> Sequence[CircleMembership]:
    """Who works for a circle, organisers first: some dozens at most, so no paging."""
    query = (
        select(CircleMembership)
        .where(CircleMembership.circle_id == circle_id)
        .options(*_WITH_PERSON)
        .order_by(CircleMembership.role, CircleMembership.created_at, CircleMembership.id)
    )
    return db.session.scalars(query).all()


def count_organisers(circle_id: uuid.UUID) -> int:
    """How many run a circle."""
    query = select(func.count()).where(
        CircleMembership.circle_id == circle_id, CircleMembership.role == CircleRole.ORGANISER
    )
    return db.session.scalar(query) or 0


def get_university(university_id: uuid.UUID) -> University:
    """One university.

    Raises:
        NotFoundError: no such university.

    """
    university = db.session.get(University, university_id)
    if university is None:
        raise NotFoundError
    return university


def list_universities_run_by(person: Person) -> list[University]:
    """The schools whose offices someone may staff: an administrator all, others their circles."""
    if person.is_admin:
        return [*list_universities()]
    return [circle.university for circle in list_circles_of(person, role=CircleRole.ORGANISER)]


_WITH_OFFICER = (
    joinedload(UniversityMembership.person),
    joinedload(UniversityMembership.university),
)


def list_officers_of(university_id: uuid.UUID) -> Sequence[UniversityMembership]:
    """Who works for a school's office: a handful, so no paging."""
    query = (
        select(UniversityMembership)
        .where(UniversityMembership.university_id == university_id)
        .options(*_WITH_OFFICER)
        .order_by(UniversityMembership.created_at, UniversityMembership.id)
    )
    return db.session.scalars(query).all()


def find_officer(person_id: uuid.UUID, university_id: uuid.UUID) -> UniversityMembership | None:
    """Someone's work for a school's office, if they have it."""
    query = select(UniversityMembership).filter_by(person_id=person_id, university_id=university_id)
    return db.session.scalar(query)


def get_officer(membership_id: uuid.UUID) -> UniversityMembership:
    """One person's work for a school's office.

    Raises:
        NotFoundError: no such membership.

    """
    query = select(UniversityMembership).where(UniversityMembership.id == membership_id)
    membership: UniversityMembership | None = db.session.scalar(query.options(*_WITH_OFFICER))
    if membership is None:
        raise NotFoundError
    return membership
