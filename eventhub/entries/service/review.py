"""What organisers decide about an entry."""

from __future__ import annotations

import logging
import uuid

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.competitions.queries import takes_entries
from eventhub.db import transaction
from eventhub.entries import queries
from eventhub.entries.enums import EntryState, Verdict
from eventhub.entries.errors import ReasonMissingError, RecommendationMissingError, TextTooLongError
from eventhub.entries.models import REASON_MAX, Entry, Review
from eventhub.entries.permissions import can_review
from eventhub.entries.service import letters
from eventhub.entries.service.places import sync_places
from eventhub.entries.service.submission import move
from eventhub.errors import ForbiddenError
from eventhub.i18n import _

log = logging.getLogger(__name__)


def approve_entry(entry_id: uuid.UUID, *, by: Person) -> Entry:
    """Admit an entry: each member gets a place and a ticket, the captain a mail.

    Approving again changes nothing, so a double click is safe.

    Raises:
        ForbiddenError: ``by`` does not organise for the competition's circle.
        EntryStateError: it is not waiting for review.
        RecommendationMissingError: the competition asks for the school's word, and it has none.

    """
    with transaction():
        entry = _get_for_review(entry_id, by)
        if entry.state is EntryState.APPROVED:
            return entry
        review = admit(entry, by=by)
        sync_places(entry, by=by)
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
    reason = check_reason(reason)
    with transaction():
        entry = _get_for_review(entry_id, by)
        letters.send_return(entry, give_back(entry, reason=reason, by=by))
    log.info("entry returned", extra={"entry_id": str(entry_id)})
    return entry


def check_reason(reason: str) -> str:
    """The reason without blanks around it.

    Raises:
        ReasonMissingError, TextTooLongError: it cannot be taken.

    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissingError
    if len(reason) > REASON_MAX:
        words = _("最多 %(limit)s 字，现在有 %(count)s 字。", limit=REASON_MAX, count=len(reason))
        raise TextTooLongError(words, field="reason")
    return reason


def admit(entry: Entry, *, by: Person, batch_id: uuid.UUID | None = None) -> Review:
    """Move a locked entry to approved, and nothing else: no place and no mail yet.

    Raises:
        EntryStateError, RecommendationMissingError: see ``approve_entry``.

    """
    needs_word = entry.competition.needs_recommendation and entry.recommendation is None
    if needs_word and entry.state is EntryState.SUBMITTED:
        raise RecommendationMissingError
    move(entry, EntryState.APPROVED, by=by)
    review = Review(
        verdict=Verdict.APPROVED, reviewer_id=by.id, batch_id=batch_id, created_at=clock.now()
    )
    entry.reviews.insert(0, review)
    return review


def give_back(
    entry: Entry, *, reason: str, by: Person, batch_id: uuid.UUID | None = None
) -> Review:
    """Move a locked entry to returned, and nothing else.

    Raises:
        EntryStateError: see ``return_entry``.

    """
    now = clock.now()
    move(entry, EntryState.RETURNED, by=by, reason=reason)
    review = Review(
        verdict=Verdict.RETURNED,
        reason=reason,
        reviewer_id=by.id,
        batch_id=batch_id,
        reopens=not takes_entries(entry.competition, now),
        created_at=now,
    )
    entry.reviews.insert(0, review)
    return review


def _get_for_review(entry_id: uuid.UUID, by: Person) -> Entry:
    entry = queries.get_entry(entry_id, lock=True)
    if not can_review(by, entry):
        raise ForbiddenError
    return entry
