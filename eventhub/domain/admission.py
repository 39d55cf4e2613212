"""What one scan at a checkpoint amounts to.

``decide`` is a function of its arguments alone, so the same scan gets the same answer at the
door, in a replay, and when scans of devices that were offline are merged: go through them in
order of time and hand each the admission that came out of those before it.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class InvalidWindowError(ValueError):
    """A period ends before it begins."""


class TicketState(StrEnum):
    """``CANCELLED``: the registration is withdrawn. ``REVOKED``: a newer ticket replaces it."""

    VALID = "valid"
    UNCONFIRMED = "unconfirmed"
    CANCELLED = "cancelled"
    REVOKED = "revoked"


class Outcome(StrEnum):
    ADMITTED = "admitted"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a scan does not admit. The values are stored with scans and never change meaning.

    ``NOT_YET`` and ``EXPIRED`` speak of the ticket's own validity, ``OUTSIDE_WINDOW`` of the
    hours of the checkpoint.
    """

    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    WRONG_EVENT = "wrong_event"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"
    ALREADY_IN = "already_in"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    OUTSIDE_WINDOW = "outside_window"


_STATE_FAULTS = {
    TicketState.REVOKED: Reason.REVOKED,
    TicketState.CANCELLED: Reason.CANCELLED,
    TicketState.UNCONFIRMED: Reason.UNCONFIRMED,
}


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A ticket, good from ``valid_from`` until before ``valid_until``; None is open."""

    event_id: Hashable
    state: TicketState
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def __post_init__(self) -> None:
        _check_window(self.valid_from, self.valid_until)


@dataclass(frozen=True, slots=True)
class CheckpointFacts:
    """A checkpoint. It admits from ``opens_at`` until before ``closes_at``; None is open."""

    event_id: Hashable
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def __post_init__(self) -> None:
        _check_window(self.opens_at, self.closes_at)


@dataclass(frozen=True, slots=True)
class AdmissionFacts:
    admitted_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """``reason`` is None exactly for an admission.

    ``admitted_at`` is since when the ticket's holder is in: now, or with ``ALREADY_IN`` since
    the earlier admission; None for every other refusal.
    """

    outcome: Outcome
    reason: Reason | None
    admitted_at: datetime | None

    @property
    def is_admitted(self) -> bool:
        return self.outcome is Outcome.ADMITTED


def decide(
    ticket: TicketFacts | None,
    *,
    checkpoint: CheckpointFacts,
    earlier: AdmissionFacts | None,
    scanned_at: datetime,
    is_well_formed: bool = True,
) -> Decision:
    """Decide one scan.

    ``ticket`` is None when no such ticket exists; ``is_well_formed`` then tells a slip of the
    finger from a code that could be one. ``earlier`` is the standing admission of this ticket
    at this checkpoint; it counts whatever its time, so that a scan that waited for a lock
    admits nobody twice.

    Of several reasons the one is told that helps most at the door: first what is wrong with
    the ticket, then that its holder is in already, only then the hours.
    """
    if ticket is None:
        return _refuse(Reason.UNKNOWN if is_well_formed else Reason.MALFORMED)
    if fault := _find_ticket_fault(ticket, checkpoint):
        return _refuse(fault)
    if earlier is not None:
        return Decision(Outcome.REFUSED, Reason.ALREADY_IN, earlier.admitted_at)
    if fault := _find_hours_fault(ticket, checkpoint, scanned_at):
        return _refuse(fault)
    return Decision(Outcome.ADMITTED, None, scanned_at)


def _refuse(reason: Reason) -> Decision:
    return Decision(Outcome.REFUSED, reason, None)


def _find_ticket_fault(ticket: TicketFacts, checkpoint: CheckpointFacts) -> Reason | None:
    if ticket.event_id != checkpoint.event_id:
        return Reason.WRONG_EVENT
    return _STATE_FAULTS.get(ticket.state)


def _find_hours_fault(
    ticket: TicketFacts, checkpoint: CheckpointFacts, at: datetime
) -> Reason | None:
    if ticket.valid_from is not None and at < ticket.valid_from:
        return Reason.NOT_YET
    if ticket.valid_until is not None and at >= ticket.valid_until:
        return Reason.EXPIRED
    if checkpoint.opens_at is not None and at < checkpoint.opens_at:
        return Reason.OUTSIDE_WINDOW
    if checkpoint.closes_at is not None and at >= checkpoint.closes_at:
        return Reason.OUTSIDE_WINDOW
    return None


def _check_window(starts_at: datetime | None, ends_at: datetime | None) -> None:
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise InvalidWindowError("a period must end after it begins")
