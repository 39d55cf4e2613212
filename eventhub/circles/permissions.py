"""Who may act for a circle. Predicates ``(person, circle_id) -> bool``."""

from __future__ import annotations

import uuid

from eventhub.accounts.models import Person
from eventhub.circles import roles
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import University


def can_organise(person: Person | None, circle_id: uuid.UUID) -> bool:
    """Runs the circle's contests and events."""
    if person is None:
        return False
    return person.is_admin or (circle_id, CircleRole.ORGANISER) in roles.roles_of(person)


def can_staff(person: Person | None, circle_id: uuid.UUID) -> bool:
    """Works at the circle's doors; organisers may too."""
    if can_organise(person, circle_id):
        return True
    return (circle_id, CircleRole.STAFF) in roles.roles_of(person)


def can_read_circle(person: Person | None, circle_id: uuid.UUID) -> bool:
    """Reads the circle's figures: its organisers and every bureau."""
    return can_organise(person, circle_id) or roles.is_in_a_bureau(person)


def is_organiser(person: Person | None) -> bool:
    """Organises for some circle."""
    if person is None:
        return False
    return person.is_admin or any(
        role is CircleRole.ORGANISER for _circle, role in roles.roles_of(person)
    )


def is_staff(person: Person | None) -> bool:
    """Works at some circle's doors, or organises."""
    return person is not None and (person.is_admin or bool(roles.roles_of(person)))


def is_officer(person: Person | None) -> bool:
    """Works for a bureau."""
    return roles.is_in_a_bureau(person)


def works_for_school(person: Person | None, university_id: uuid.UUID | None) -> bool:
    """Recommends and imports for this school."""
    return university_id is not None and university_id in roles.universities_of(person)


def is_school_officer(person: Person | None) -> bool:
    """Works for some school's office."""
    return bool(roles.universities_of(person))


def can_name_officers(person: Person | None, university: University) -> bool:
    """Says who works for a school's office: an administrator, or who organises its circle."""
    if person is None:
        return False
    circle_id = roles.circle_of(university.id)
    return person.is_admin or (circle_id is not None and can_organise(person, circle_id))
