"""Who may do what to an entry."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.circles.permissions import can_organise, is_officer
from eventhub.competitions.models import Competition
from eventhub.entries.models import Entry


def is_captain(person: Person | None, entry: Entry) -> bool:
    """Leads the team: the one who writes the entry."""
    return person is not None and person.id == entry.captain_id


def can_review(person: Person | None, entry: Entry) -> bool:
    """Approves and returns: an organiser of the circle that runs the competition."""
    return can_organise(person, entry.competition.event.circle_id)


def can_read_entry(person: Person | None, entry: Entry) -> bool:
    """Sees everything in it: its captain, the organisers, the bureaus."""
    return is_captain(person, entry) or can_review(person, entry) or is_officer(person)


def can_withdraw(person: Person | None, entry: Entry) -> bool:
    """Takes the entry out of the competition: its captain or an organiser."""
    return is_captain(person, entry) or can_review(person, entry)


def can_review_competition(person: Person | None, competition: Competition) -> bool:
    """Reviews the entries of a competition."""
    return can_organise(person, competition.event.circle_id)
