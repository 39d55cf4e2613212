"""Things to test with, each made through the services, as in life."""

from __future__ import annotations

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
    "make_officer",
    "make_organiser",
    "make_person",
    "make_staff",
    "make_university",
]
