"""What organisers decide about an entry."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions.queries import get_competition, takes_entries
from eventhub.db import transaction
from eventhub.entries import queries
from eventhub.entries.enums import EntryState, Verdict
from eventhub.entries.errors import ReasonMissingError, TextTooLongError
from eventhub.entries.models import REASON_MAX, Entry, Member, Review
from eventhub.entries.permissions import can_review, can_review_competition
from eventhub.entries.service import letters
from eventhub.entries.service.submission import move
from eventhub.errors import ForbiddenError
from eventhub.events.attendees import Attendee
from eventhub.events.enums import AttendeeRole
from eventhub.events.service import sync_party
from eventhub.i18n import _

log = logging.getLogger(__name__)


def approve_entry(entry_id: uuid.UUID, *, by: Person) -> Entry:
    """Admit an entry: each member gets a place and a ticket, the captain a mail.

    Approving again changes nothing, so a double click is safe.

    Raises:
        ForbiddenError: ``by`` does not organise for the competition's circle.
        EntryStateError: it is not waiting for review.

    """
    with transaction():
        entry = _get_for_review(entry_id, by)
        if entry.state is EntryState.APPROVED:
            return entry
        move(entry, EntryState.APPROVED, by=by)
        review = Review(verdict=Verdict.APPROVED, reviewer_id=by.id, created_at=clock.now())
        entry.reviews.insert(0, review)
        sync_party(
            entry.competition.event_id,
            party_id=entry.id,
            party=entry.name,
            attendees=[_attendee(entry, member) for member in entry.members],
            by=by,
        )
        letters.send_approval(entry, review)
    log.info("entry approved", extra={"entry_id": str(entry_id)})
    return entry


def return_entry(entry_id: uuid.UUID, *, reason: str, by: Person) -> Entry:
    """Give an entry back to its captain, with the reason, by mail.

    Returned when the competition takes no entries any more, it may be handed in all the same.
    One that was approved keeps its tickets: they follow the team's list at the next approval,
    and fall away when it is withdrawn.

    Raises:
        ForbiddenError: ``by`` does not organise for the competition's circle.
        ReasonMissingError, TextTooLongError: the reason cannot be taken.
        EntryStateError: it is a draft, returned already, or withdrawn.

    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissingError
    if len(reason) > REASON_MAX:
        words = _("最多 %(limit)s 字，现在有 %(count)s 字。", limit=REASON_MAX, count=len(reason))
        raise TextTooLongError(words, field="reason")
    with transaction():
        entry = _get_for_review(entry_id, by)
        now = clock.now()
        move(entry, EntryState.RETURNED, by=by, reason=reason)
        review = Review(
            verdict=Verdict.RETURNED,
            reason=reason,
            reviewer_id=by.id,
            reopens=not takes_entries(entry.competition, now),
            created_at=now,
        )
        entry.reviews.insert(0, review)
        letters.send_return(entry, review)
    log.info("entry returned", extra={"entry_id": str(entry_id)})
    return entry


def hand_out(
    competition_id: uuid.UUID, *, wanted: queries.EntryFilter, by: Person
) -> Sequence[Entry]:
    """The entries with their teams for a workbook; that personal data left is noted.

    Raises:
        ForbiddenError: ``by`` does not organise for the competition's circle.

    """
    with transaction():
        competition = get_competition(competition_id)
        if not can_review_competition(by, competition):
            raise ForbiddenError
        entries = queries.list_for_export(competition_id, wanted)
        circle_id = competition.event.circle_id
        after = {"count": len(entries)}
        audit.record("entries.exported", competition, by=by, circle_id=circle_id, after=after)
    return entries


def _get_for_review(entry_id: uuid.UUID, by: Person) -> Entry:
    entry = queries.get_entry(entry_id, lock=True)
    if not can_review(by, entry):
        raise ForbiddenError
    return entry


def _attendee(entry: Entry, member: Member) -> Attendee:
    return Attendee(
        name=member.name,
        role=AttendeeRole.COMPETITOR,
        email=member.email,
        phone=member.phone,
        university_id=member.university_id,
        organisation=member.university.name if member.university else "",
        person_id=entry.captain_id if member.position == 1 else None,
        student_number=member.student_number,
    )
