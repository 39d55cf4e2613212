"""Who may do what to an entry."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.circles.permissions import is_officer, is_school_officer, works_for_school
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_manage
from eventhub.entries.models import Entry, ImportRun


def is_captain(person: Person | None, entry: Entry) -> bool:
    """Leads the team: the one who writes the entry."""
    return person is not None and person.id == entry.captain_id


def can_review(person: Person | None, entry: Entry) -> bool:
    """Approves and returns: an organiser of a circle that runs the competition."""
    return can_manage(person, entry.competition)


def can_read_entry(person: Person | None, entry: Entry) -> bool:
    """Sees everything in it: its team, its school's office, the organisers, the bureaus."""
    return (
        is_captain(person, entry)
        or is_member(person, entry)
        or can_review(person, entry)
        or can_recommend(person, entry)
        or is_officer(person)
    )


def can_withdraw(person: Person | None, entry: Entry) -> bool:
    """Takes the entry out of the competition: its captain or an organiser."""
    return is_captain(person, entry) or can_review(person, entry)


def can_review_competition(person: Person | None, competition: Competition) -> bool:
    """Reviews the entries of a competition."""
    return can_manage(person, competition)


def can_recommend(person: Person | None, entry: Entry) -> bool:
    """Speaks for the entry's school of record."""
    return works_for_school(person, entry.university_id)


def is_member(person: Person | None, entry: Entry) -> bool:
    """Has confirmed to be one of the team."""
    return person is not None and any(m.person_id == person.id for m in entry.members)


def can_import(person: Person | None, competition: Competition) -> bool:
    """Hands in a list of projects: who runs the competition, and the schools' offices."""
    return can_manage(person, competition) or is_school_officer(person)


def can_see_run(person: Person | None, run: ImportRun, competition: Competition) -> bool:
    """Sees what an office's list holds: who handed it in, and who runs the competition."""
    if person is None:
        return False
    return run.made_by_id == person.id or can_manage(person, competition)
