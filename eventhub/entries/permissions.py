"""Who may do what to an entry."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.circles.permissions import is_officer, is_school_officer, works_for_school
from eventhub.circles.roles import circle_of, universities_of
from eventhub.competitions.enums import CompetitionState
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
    """Sees everything in it: its team, the organisers, and once handed in its school's office."""
    return (
        is_captain(person, entry)
        or is_member(person, entry)
        or can_review(person, entry)
        or (can_recommend(person, entry) and _was_handed_in(entry))
    )


def can_read_masked(person: Person | None, entry: Entry) -> bool:
    """Sees what it is about and nobody's name: a bureau, once it was handed in."""
    return is_officer(person) and _was_handed_in(entry)


def _was_handed_in(entry: Entry) -> bool:
    return entry.submitted_at is not None


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


def can_see_as_school(person: Person | None, competition: Competition) -> bool:
    """Takes part in it for a school: once it is announced, or where the school's circle runs it."""
    if competition.state is not CompetitionState.DRAFT:
        return is_school_officer(person)
    circles = {circle_of(university_id) for university_id in universities_of(person)}
    return competition.event.circle_id in circles


def can_import(person: Person | None, competition: Competition) -> bool:
    """Hands in a list of projects: who runs the competition, and the schools' offices."""
    return can_manage(person, competition) or can_see_as_school(person, competition)


def can_see_run(person: Person | None, run: ImportRun, competition: Competition) -> bool:
    """Sees what an office's list holds: who handed it in, and who runs the competition."""
    if person is None:
        return False
    return run.made_by_id == person.id or can_manage(person, competition)
