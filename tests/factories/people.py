"""People, universities, circles."""

from __future__ import annotations

from functools import lru_cache
from itertools import count

from argon2 import PasswordHasher
from sqlalchemy import select

from eventhub.accounts import service as accounts
from eventhub.accounts.models import Person
from eventhub.circles import service as circles
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Bureau, Circle, University
from eventhub.db import db, transaction
from tests.browser import PASSWORD

_numbers = count(1)


@lru_cache(maxsize=1)
def _hash() -> str:
    """One hash for everybody: argon2 is slow on purpose."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def make_person(
    name: str = "陈一鸣", *, email: str | None = None, university: University | None = None
) -> Person:
    """Someone with an account, who signs in with ``tests.browser.PASSWORD``."""
    address = email or f"person{next(_numbers)}@eventhub.test"
    with transaction():
        person = accounts.add_person(
            name, email=address, university_id=university.id if university else None
        )
        person.password_hash = _hash()
    return person


def make_university(name: str = "重庆邮电大学") -> University:
    """A university, once a name."""
    known = db.session.scalar(select(University).where(University.name == name))
    return known or circles.add_university(name, level="本科", district="南岸区")


def make_circle(code: str = "cqupt", *, university: str = "重庆邮电大学") -> Circle:
    """A circle, once a code."""
    known = db.session.scalar(select(Circle).where(Circle.code == code))
    return known or circles.add_circle(
        code,
        name=f"环{university}创新创业生态圈",
        university_id=make_university(university).id,
        district="南岸区",
        batch="首批",
    )


def make_organiser(
    name: str = "欧阳澜", *, email: str | None = None, circle: Circle | None = None
) -> Person:
    """Someone who organises for a circle, by default that of 重庆邮电大学."""
    person = make_person(name, email=email)
    circles.grant_role(person, circle_id=(circle or make_circle()).id, role=CircleRole.ORGANISER)
    return person


def make_staff(
    name: str = "单明", *, email: str | None = None, circle: Circle | None = None
) -> Person:
    """Someone who works at a circle's doors."""
    person = make_person(name, email=email)
    circles.grant_role(person, circle_id=(circle or make_circle()).id, role=CircleRole.STAFF)
    return person


def make_officer(name: str = "梅若兰", *, email: str | None = None) -> Person:
    """Someone who sits in 市科技局."""
    person = make_person(name, email=email)
    bureau = db.session.scalar(select(Bureau).where(Bureau.code == "kjj"))
    bureau = bureau or circles.add_bureau("kjj", name="重庆市科学技术局")
    circles.join_bureau(person, bureau_id=bureau.id)
    return person
