"""The people of the demonstration world: always the same ones."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from argon2 import PasswordHasher

from eventhub.accounts import service as accounts
from eventhub.accounts.models import Person
from eventhub.circles import queries as circle_queries
from eventhub.circles import reference
from eventhub.circles import service as circles
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Circle, University
from eventhub.db import transaction

FOLDER = Path(__file__).parent
WORLD: dict[str, Any] = json.loads((FOLDER / "world.json").read_text("utf-8"))
SEASON: dict[str, Any] = json.loads((FOLDER / "season.json").read_text("utf-8"))
PASSWORD = "chongqing-2026"  # noqa: S105  # of made-up people, shown on the sign-in page
DOMAIN = "example.com"  # RFC 2606: nobody there takes mail

ORGANISERS = {
    "cqupt": "欧阳澜", "cqu": "程怀远", "swu": "田若水", "cqmu": "白景行", "cqnu": "谢知秋",
    "cqwu": "罗青禾",
}  # fmt: skip
DEPUTIES = {
    "cqupt": ("申锐", "rui"),
    "cqu": ("钟毓", "deputy.cqu"),
}  # who confirm what others propose


@dataclass
class Cast:
    """Who is there, by what they do. ``random`` is the one source of chance, always alike."""

    random: Random = field(default_factory=lambda: Random(20260810))  # noqa: S311  # a toy world
    circles: dict[str, Circle] = field(default_factory=dict)
    universities: list[University] = field(default_factory=list)
    organisers: dict[str, Person] = field(default_factory=dict)
    deputies: dict[str, Person] = field(default_factory=dict)
    offices: dict[uuid.UUID, Person] = field(default_factory=dict)
    staff: Person | None = None
    officer: Person | None = None
    judges: list[Person] = field(default_factory=list)
    captains: list[Person] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _numbers: dict[uuid.UUID, str] = field(default_factory=dict)
    _hash: str = field(default_factory=lambda: PasswordHasher().hash(PASSWORD))

    def name(self) -> str:
        """A name that nobody here has yet; a few are long or rare, as in life."""
        for special in WORLD["special_names"]:
            if special not in self._names and self.random.random() < 0.04:
                self._names.add(special)
                return str(special)
        while True:
            made: str = self.random.choice(WORLD["surnames"]) + self.random.choice(WORLD["given"])
            if made not in self._names:
                self._names.add(made)
                return made

    def person(self, name: str, address: str, *, university_id: uuid.UUID | None = None) -> Person:
        """Someone who can sign in with the world's one password."""
        with transaction():
            person = accounts.add_person(
                name, email=f"{address}@{DOMAIN}", university_id=university_id
            )
            person.password_hash = self._hash
            person.session_key = secrets.token_hex(16)
        return person

    def university(self, name: str) -> University:
        """A university by its name."""
        return next(u for u in self.universities if u.name == name)

    def office(self, university: University) -> Person:
        """Who works for a school's office."""
        if university.id not in self.offices:
            address = f"office{len(self.offices) + 1}"
            self.offices[university.id] = self._join_office(self.name(), address, university)
        return self.offices[university.id]

    def _join_office(self, name: str, address: str, university: University) -> Person:
        officer = self.person(name, address, university_id=university.id)
        circles.join_office(officer, university_id=university.id)
        return officer

    def student_number(self, person: Person | None = None) -> str:
        """Ten digits beginning with a year of entrance; a person keeps theirs."""
        made = f"{self.random.randint(2022, 2025)}{self.random.randint(210000, 219999)}"
        return self._numbers.setdefault(person.id, made) if person else made

    def phone(self) -> str:
        """A number of a range that no operator has given out."""
        return f"1990000{self.random.randint(0, 9999):04d}"


def gather() -> Cast:
    """Make the universities, circles and bureaus, and those who work for them."""
    reference.load_chongqing()
    cast = Cast()
    cast.universities = list(circle_queries.list_universities())
    cast.circles = {circle.code: circle for circle in circle_queries.list_circles()}
    for code, name in ORGANISERS.items():
        address = "olga" if code == "cqupt" else f"organiser.{code}"
        organiser = cast.person(name, address)
        circles.grant_role(organiser, circle_id=cast.circles[code].id, role=CircleRole.ORGANISER)
        cast.organisers[code] = organiser
    for code, (name, address) in DEPUTIES.items():
        deputy = cast.person(name, address)
        circles.grant_role(deputy, circle_id=cast.circles[code].id, role=CircleRole.ORGANISER)
        cast.deputies[code] = deputy
    home = cast.university("重庆邮电大学")
    cast.offices[home.id] = cast._join_office("苏念", "sue", home)
    cast.staff = cast.person("单明", "sam")
    for code in ("cqupt", "cqu"):
        circles.grant_role(cast.staff, circle_id=cast.circles[code].id, role=CircleRole.STAFF)
    cast.officer = cast.person("梅若兰", "mei")
    circles.join_bureau(cast.officer, bureau_id=reference.list_bureaus()[0].id)
    cast._names.update([*ORGANISERS.values(), *(name for name, _address in DEPUTIES.values())])
    cast._names.update(["苏念", "单明", "梅若兰", "江俊", "田佳"])
    return cast
