"""What one scan at a checkpoint amounts to."""

from __future__ import annotations

import logging
import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from eventhub.accounts.models import Person
from eventhub.checkin import queries
from eventhub.checkin.errors import ScanKeyReusedError
from eventhub.checkin.models import READ_MAX, Admission, Checkpoint, Scan
from eventhub.checkin.permissions import can_staff_checkpoint
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.domain.admission import (
    AdmissionFacts,
    CheckpointFacts,
    Decision,
    Outcome,
    Reason,
    TicketFacts,
    TicketState,
    decide,
)
from eventhub.errors import ForbiddenError
from eventhub.events.enums import AttendeeRole, EventState, RegistrationState
from eventhub.events.errors import EventCancelledError
from eventhub.events.models import TICKET_CODE_LENGTH, Event, Ticket
from eventhub.events.queries import find_ticket

log = logging.getLogger(__name__)

_LINK = re.compile(
    r"^\s*https?://[^\s?#]*/t/([^/?#\s]+?)(?:\.png)?/?(?:[?#]\S*)?\s*$", re.IGNORECASE
)


@dataclass(frozen=True)
class Holder:
    """Whose ticket it is, as the door calls them."""

    name: str
    role: AttendeeRole
    party: str
    institution: str


@dataclass(frozen=True)
class ScanAnswer:
    """What the door says to one scan; the same scan is answered the same for ever.

    ``admitted_at`` and ``where`` tell since when and where the holder is in. ``holder`` is
    None where no ticket was found or it is another event's; ``other_event`` names that one.
    """

    scan_id: uuid.UUID
    code: str
    outcome: Outcome
    reason: Reason | None
    scanned_at: datetime
    admitted_at: datetime | None
    where: str | None
    holder: Holder | None
    other_event: Event | None


def scan(
    checkpoint_id: uuid.UUID, *, scan_id: uuid.UUID, code: str, scanned_at: datetime, by: Person
) -> ScanAnswer:
    """Decide one scan and keep it; a ticket admits once, whoever scans at the same moment.

    ``scan_id`` is chosen by the device: sent again with the same code, it is answered from
    the record and decides nothing anew. ``code`` is what was read or typed, a link included.

    Raises:
        NotFoundError: no such checkpoint.
        ForbiddenError: ``by`` does not work at the event's doors.
        ScanKeyReusedError: ``scan_id`` stands for a scan of another code or checkpoint.
        EventCancelledError: nobody is let in to an event that was called off.

    """
    read = read_code(code)
    with transaction():
        checkpoint = queries.get_checkpoint(checkpoint_id)
        if not can_staff_checkpoint(by, checkpoint):
            raise ForbiddenError
        _lock_key(scan_id)
        known = queries.find_scan(scan_id)
        if known is not None:
            if (known.checkpoint_id, known.code) != (checkpoint.id, read):
                raise ScanKeyReusedError
            return _answer(known)
        if checkpoint.event.state is EventState.CANCELLED:
            raise EventCancelledError
        ticket = find_ticket(read)
        decision = _decide(ticket, read, checkpoint, scanned_at)
        if ticket and decision.is_admitted and not _claim(ticket, scan_id, checkpoint, scanned_at):
            decision = _decide(ticket, read, checkpoint, scanned_at)  # someone was faster
        kept = Scan(
            id=scan_id,
            checkpoint=checkpoint,
            code=read,
            ticket=ticket,
            outcome=decision.outcome,
            reason=decision.reason,
            scanned_at=scanned_at,
            by_id=by.id,
            first_admitted_at=decision.admitted_at,
        )
        db.session.add(kept)
        db.session.flush()
        answer = _answer(kept)
    log.info("scanned", extra={"scan_id": str(scan_id), "reason": decision.reason})
    return answer


def read_code(text: str) -> str:
    """The ticket code in what a camera read or a hand typed, normalised and cut.

    A link counts for the code at its end, whatever its host: the phone may have opened the
    ticket under another address than ours. What holds no code comes back as it is.
    """
    link = _LINK.match(text)
    plain = codes.normalise(link.group(1) if link else text)
    return "".join(c for c in plain if c.isprintable())[:READ_MAX]


def _lock_key(scan_id: uuid.UUID) -> None:
    """Let two requests with one key pass one after the other."""
    number = int.from_bytes(scan_id.bytes[:8], signed=True)
    db.session.execute(select(func.pg_advisory_xact_lock(number)))


def _decide(ticket: Ticket | None, read: str, checkpoint: Checkpoint, at: datetime) -> Decision:
    opens_at, closes_at = checkpoint.window
    came = queries.find_arrivals([ticket.id]).get(ticket.id) if ticket else None
    return decide(
        TicketFacts(ticket.registration.event_id, _state_of(ticket)) if ticket else None,
        checkpoint=CheckpointFacts(checkpoint.event_id, opens_at, closes_at),
        earlier=AdmissionFacts(came.at) if came else None,
        scanned_at=at,
        is_well_formed=codes.is_well_formed(read, length=TICKET_CODE_LENGTH, checked=True),
    )


def _state_of(ticket: Ticket) -> TicketState:
    place = ticket.registration.state
    if place is RegistrationState.CANCELLED:
        return TicketState.CANCELLED
    if ticket.revoked_at is not None:
        return TicketState.REVOKED
    if place is RegistrationState.PENDING:
        return TicketState.UNCONFIRMED
    return TicketState.VALID


def _claim(ticket: Ticket, scan_id: uuid.UUID, checkpoint: Checkpoint, at: datetime) -> bool:
    """Write the admission unless the ticket has one; waits for whoever is writing it now."""
    query = (
        insert(Admission)
        .values(
            ticket_id=ticket.id,
            event_id=checkpoint.event_id,
            checkpoint_id=checkpoint.id,
            scan_id=scan_id,
            admitted_at=at,
        )
        .on_conflict_do_nothing(index_elements=[Admission.ticket_id])
        .returning(Admission.id)
    )
    return db.session.scalar(query) is not None


def _answer(kept: Scan) -> ScanAnswer:
    """Build the answer from the record alone, so that a retry gets the same."""
    is_other = kept.reason is Reason.WRONG_EVENT
    place = kept.ticket.registration if kept.ticket else None
    came = None
    if kept.ticket is not None and kept.first_admitted_at is not None:
        came = queries.find_arrivals([kept.ticket.id]).get(kept.ticket.id)
    holder = None
    if place is not None and not is_other:
        institution = place.university.name if place.university else place.organisation
        holder = Holder(place.name, place.role, place.party, institution)
    return ScanAnswer(
        scan_id=kept.id,
        code=kept.code,
        outcome=kept.outcome,
        reason=kept.reason,
        scanned_at=kept.scanned_at,
        admitted_at=kept.first_admitted_at,
        where=came.where if came else None,
        holder=holder,
        other_event=place.event if place is not None and is_other else None,
    )
