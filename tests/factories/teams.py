"""Members who have said yes."""

from __future__ import annotations

from itertools import count

from eventhub.accounts.models import Person
from eventhub.entries import service
from eventhub.entries.enums import Degree
from eventhub.entries.models import Entry, Member
from eventhub.entries.service import Confirmation
from tests.factories.people import make_university

_numbers = count(2024220001)


def make_confirmation(person: Person, **changes: object) -> Confirmation:
    """What a student says of themselves."""
    facts = {
        "name": person.name,
        "university_id": person.university_id or make_university().id,
        "student_number": str(next(_numbers)),
        "degree": Degree.BACHELOR,
        "phone": "13883001234",
        "agrees": True,
    }
    return Confirmation(**{**facts, **changes})  # type: ignore[arg-type]  # the names are its own


def make_member(entry: Entry, person: Person, **changes: object) -> Member:
    """A student who joins through a link that the captain makes."""
    token = service.issue_team_link(entry.id, by=entry.captain)
    return service.join_team(token, given=make_confirmation(person, **changes), by=person)
