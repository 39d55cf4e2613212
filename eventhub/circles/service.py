"""Making circles and giving people their work in them."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from eventhub.accounts.models import Person
from eventhub.accounts.queries import find_person_by_email
from eventhub.audit import service as audit
from eventhub.circles import queries, roles
from eventhub.circles.enums import CircleRole
from eventhub.circles.errors import LastOrganiserError, NoAccountError
from eventhub.circles.models import (
    Bureau,
    BureauMembership,
    Circle,
    CircleMembership,
    University,
    UniversityMembership,
)
from eventhub.circles.permissions import can_name_officers, can_organise
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError


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
            roles.forget(person.id)
    return membership


def join_bureau(person: Person, *, bureau_id: uuid.UUID) -> None:
    """Make someone an officer of a bureau; again changes nothing."""
    with transaction():
        query = select(BureauMembership).filter_by(person_id=person.id, bureau_id=bureau_id)
        if db.session.scalar(query) is None:
            db.session.add(BureauMembership(person_id=person.id, bureau_id=bureau_id))
            roles.forget(person.id)


def add_to_team(
    circle_id: uuid.UUID, *, email: str, role: CircleRole, by: Person
) -> CircleMembership:
    """Give someone with an account a role in a circle; giving it again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle.
        NoAccountError: nobody signed up with this address.

    """
    if not can_organise(by, circle_id):
        raise ForbiddenError
    with transaction():
        person = find_person_by_email(email)
        if person is None:
            raise NoAccountError
        known = queries.find_membership(person.id, circle_id=circle_id, role=role)
        if known is not None:
            return known
        membership = grant_role(person, circle_id=circle_id, role=role)
        audit.record(
            "circle.role_given",
            membership,
            by=by,
            circle_id=circle_id,
            after={"person_id": str(person.id), "role": role.value},
        )
    return membership


def remove_from_team(membership_id: uuid.UUID, *, by: Person) -> None:
    """Take a role from someone. The circle's row is locked, so that one organiser always stays.

    Raises:
        NotFoundError: no such membership.
        ForbiddenError: ``by`` does not organise for the circle.
        LastOrganiserError: nobody would be left to run the circle.

    """
    with transaction():
        membership = queries.get_membership(membership_id)
        if not can_organise(by, membership.circle_id):
            raise ForbiddenError
        circle_id = membership.circle_id
        db.session.execute(select(Circle.id).where(Circle.id == circle_id).with_for_update())
        if membership.role is CircleRole.ORGANISER and queries.count_organisers(circle_id) == 1:
            raise LastOrganiserError
        audit.record(
            "circle.role_taken",
            membership,
            by=by,
            circle_id=circle_id,
            before={"person_id": str(membership.person_id), "role": membership.role.value},
        )
        db.session.delete(membership)
        roles.forget(membership.person_id)


def name_officer(university_id: uuid.UUID, *, email: str, by: Person) -> UniversityMembership:
    """Let someone with an account work for a school's office; again changes nothing.

    Raises:
        NotFoundError: no such university.
        ForbiddenError: ``by`` neither administers nor organises for the school's circle.
        NoAccountError: nobody signed up with this address.

    """
    with transaction():
        university = queries.get_university(university_id)
        if not can_name_officers(by, university):
            raise ForbiddenError
        person = find_person_by_email(email)
        if person is None:
            raise NoAccountError
        known = queries.find_officer(person.id, university_id)
        if known is not None:
            return known
        membership = join_office(person, university_id=university_id)
        audit.record(
            "school.officer_named",
            membership,
            by=by,
            circle_id=roles.circle_of(university_id),
            after={"person_id": str(person.id), "university_id": str(university_id)},
        )
    return membership


def join_office(person: Person, *, university_id: uuid.UUID) -> UniversityMembership:
    """Make someone an officer of a school; again changes nothing."""
    with transaction():
        known = queries.find_officer(person.id, university_id)
        if known is not None:
            return known
        membership = UniversityMembership(person_id=person.id, university_id=university_id)
        db.session.add(membership)
        db.session.flush()
        roles.forget(person.id)
    return membership


def remove_officer(membership_id: uuid.UUID, *, by: Person) -> None:
    """Take the work for a school's office from someone; what they recommended stays.

    Raises:
        NotFoundError: no such membership.
        ForbiddenError: ``by`` neither administers nor organises for the school's circle.

    """
    with transaction():
        membership = queries.get_officer(membership_id)
        if not can_name_officers(by, membership.university):
            raise ForbiddenError
        facts = {
            "person_id": str(membership.person_id),
            "university_id": str(membership.university_id),
        }
        audit.record(
            "school.officer_removed",
            membership,
            by=by,
            circle_id=roles.circle_of(membership.university_id),
            before=facts,
        )
        db.session.delete(membership)
        roles.forget(membership.person_id)
