"""Handing in and taking out; and the one function that moves an entry between states."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from sqlalchemy import select

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition
from eventhub.db import db, transaction
from eventhub.entries import queries
from eventhub.entries.enums import ENTRY_TRANSITIONS, EntryState
from eventhub.entries.errors import EntryLockedError, EntryStateError, IncompleteEntryError
from eventhub.entries.models import Entry
from eventhub.entries.permissions import can_withdraw, is_captain
from eventhub.entries.service import answers, claims, letters
from eventhub.entries.service.checklist import is_complete, list_checks
from eventhub.entries.service.recommendations import drop_recommendation
from eventhub.entries.service.searching import note_proof
from eventhub.entries.service.slots import list_slots
from eventhub.entries.service.window import may_hand_in, refuse_when_closed
from eventhub.errors import NotFoundError
from eventhub.events.service import sync_party

log = logging.getLogger(__name__)


def submit_entry(entry_id: uuid.UUID, *, by: Person) -> Entry:
    """Hand in an entry for review. Handing in again what waits already changes nothing.

    The clock is read while the competition's row is held, so that an organiser who closes the
    entries and a captain who submits see each other.

    Raises:
        NotFoundError: no such entry, or somebody else's.
        EntryStateError: it is approved or withdrawn.
        EntriesClosedError: outside the window; see ``may_hand_in`` for the exception.
        IncompleteEntryError: the checklist has something missing.
        StudentTakenError: a member is in another project of the edition.

    """
    with transaction():
        entry = queries.get_entry(entry_id, lock=True)
        if not is_captain(by, entry):
            raise NotFoundError
        if entry.state is EntryState.SUBMITTED:
            return entry
        _hold(entry.competition)
        now = clock.now()
        if entry.state in {EntryState.DRAFT, EntryState.RETURNED} and not may_hand_in(entry, now):
            refuse_when_closed(entry.competition, now)
        items = list_checks(entry, list_slots(entry))
        if not is_complete(items):
            raise IncompleteEntryError
        note_proof(entry, items)
        claims.claim_all(entry)
        answers.settle(entry)
        move(entry, EntryState.SUBMITTED, by=by)
        entry.submitted_at = now
        letters.send_receipt(entry)
    log.info("entry submitted", extra={"entry_id": str(entry_id)})
    return entry


def _hold(competition: Competition) -> None:
    """Keep the competition as it is until the transaction ends, and read it afresh."""
    query = select(Competition).where(Competition.id == competition.id).with_for_update(read=True)
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def withdraw_entry(entry_id: uuid.UUID, *, by: Person) -> Entry:
    """Take an entry out for good; its team's places at the event are given back.

    Raises:
        NotFoundError: no such entry, or none of ``by``'s business.
        EntryStateError: it is withdrawn already.
        EntryLockedError: the competition is over.

    """
    with transaction():
        entry = queries.get_entry(entry_id, lock=True)
        if not can_withdraw(by, entry):
            raise NotFoundError
        if entry.competition.state is CompetitionState.FINISHED:
            raise EntryLockedError
        move(entry, EntryState.WITHDRAWN, by=by)
        claims.release_entry(entry)
        drop_recommendation(entry)
        sync_party(
            entry.competition.event_id, party_id=entry.id, party=entry.name, attendees=[], by=by
        )
    log.info("entry withdrawn", extra={"entry_id": str(entry_id)})
    return entry


def move(entry: Entry, to: EntryState, *, by: Person, **facts: Any) -> None:
    """Change an entry's state and note it; the row must be locked.

    Raises:
        EntryStateError: there is no way from its state to this one.

    """
    if to not in ENTRY_TRANSITIONS[entry.state]:
        raise EntryStateError
    before = entry.state
    entry.state = to
    audit.record(
        f"entry.{to.value}",
        entry,
        by=by,
        circle_id=entry.competition.event.circle_id,
        before={"state": before.value},
        after={"state": to.value, "code": entry.code, **facts},
    )
