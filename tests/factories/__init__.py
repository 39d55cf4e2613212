"""Things to test with, each made through the services, as in life."""

from __future__ import annotations

from tests.factories.competitions import make_competition, make_round
from tests.factories.people import (
    make_circle,
    make_officer,
    make_organiser,
    make_person,
    make_staff,
    make_university,
)

__all__ = [
    "make_circle",
    "make_competition",
    "make_officer",
    "make_organiser",
    "make_person",
    "make_round",
    "make_staff",
    "make_university",
]
