"""The places at the event of a team that was admitted."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.entries.models import Entry, Member
from eventhub.events.attendees import Attendee
from eventhub.events.enums import AttendeeRole
from eventhub.events.service import sync_party


def sync_places(entry: Entry, *, by: Person) -> None:
    """Within a transaction: make the team's places equal to its list of members."""
    sync_party(
        entry.competition.event_id,
        party_id=entry.id,
        party=entry.name,
        attendees=[_attendee(entry, member) for member in entry.members],
        by=by,
    )


def _attendee(entry: Entry, member: Member) -> Attendee:
    return Attendee(
        name=member.name,
        role=AttendeeRole.COMPETITOR,
        email=member.email,
        phone=member.phone,
        university_id=member.university_id,
        organisation=member.university.name if member.university else "",
        person_id=entry.captain_id if member.position == 1 else member.person_id,
        student_number=member.student_number,
    )
