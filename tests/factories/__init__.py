"""Things to test with, each made through the services, as in life."""

from __future__ import annotations

from tests.factories.competitions import make_competition, make_round
from tests.factories.entries import make_draft, make_entry, make_pdf, usual_statements
from tests.factories.events import make_attendee, make_event, make_registration
from tests.factories.people import (
    make_circle,
    make_officer,
    make_organiser,
    make_person,
    make_staff,
    make_university,
)
from tests.factories.questionnaires import make_form, make_question
from tests.factories.teams import make_confirmation, make_member

__all__ = [
    "make_attendee",
    "make_circle",
    "make_competition",
    "make_confirmation",
    "make_draft",
    "make_entry",
    "make_event",
    "make_form",
    "make_member",
    "make_officer",
    "make_organiser",
    "make_pdf",
    "make_person",
    "make_question",
    "make_registration",
    "make_round",
    "make_staff",
    "make_university",
    "usual_statements",
]
