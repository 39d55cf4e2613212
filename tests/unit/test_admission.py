from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.admission import (
    AdmissionFacts,
    CheckpointFacts,
    Decision,
    InvalidWindowError,
    Outcome,
    Reason,
    TicketFacts,
    TicketState,
    decide,
)

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICKET = TicketFacts("finals", TicketState.VALID, NOON - 3 * HOUR, NOON + 3 * HOUR)
DOOR = CheckpointFacts("finals", NOON - HOUR, NOON + HOUR)
EARLIER = AdmissionFacts(NOON - HOUR)


def scan(
    ticket: TicketFacts | None = TICKET,
    *,
    door: CheckpointFacts = DOOR,
    earlier: AdmissionFacts | None = None,
    at: datetime = NOON,
    is_well_formed: bool = True,
) -> Decision:
    return decide(
        ticket, checkpoint=door, earlier=earlier, scanned_at=at, is_well_formed=is_well_formed
    )


def test_a_good_ticket_is_admitted() -> None:
    assert scan() == Decision(Outcome.ADMITTED, None, NOON)
    assert scan().is_admitted


def test_the_second_scan_tells_since_when() -> None:
    assert scan(earlier=EARLIER) == Decision(
        Outcome.REFUSED, Reason.ALREADY_IN, EARLIER.admitted_at
    )


def test_a_scan_that_waited_for_the_lock_admits_nobody_twice() -> None:
    later = AdmissionFacts(NOON + timedelta(seconds=1))

    assert scan(earlier=later).reason is Reason.ALREADY_IN


def test_unknown_and_malformed_differ() -> None:
    assert scan(None).reason is Reason.UNKNOWN
    assert scan(None, is_well_formed=False).reason is Reason.MALFORMED


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (TicketState.CANCELLED, Reason.CANCELLED),
        (TicketState.UNCONFIRMED, Reason.UNCONFIRMED),
        (TicketState.REVOKED, Reason.REVOKED),
    ],
)
def test_the_ticket_must_stand(state: TicketState, reason: Reason) -> None:
    ticket = replace(TICKET, state=state)

    assert scan(ticket).reason is reason
    assert scan(ticket, earlier=EARLIER).reason is reason


def test_another_events_ticket_tells_nothing_of_its_state() -> None:
    ticket = replace(TICKET, event_id="lecture", state=TicketState.CANCELLED)

    assert scan(ticket).reason is Reason.WRONG_EVENT


def test_hours_are_half_open() -> None:
    always = CheckpointFacts("finals")
    moment = timedelta(microseconds=1)
    assert TICKET.valid_from is not None
    assert TICKET.valid_until is not None

    assert scan(door=always, at=TICKET.valid_from - moment).reason is Reason.NOT_YET
    assert scan(door=always, at=TICKET.valid_from).is_admitted
    assert scan(door=always, at=TICKET.valid_until - moment).is_admitted
    assert scan(door=always, at=TICKET.valid_until).reason is Reason.EXPIRED
    assert scan(at=NOON - HOUR - moment).reason is Reason.OUTSIDE_WINDOW
    assert scan(at=NOON - HOUR).is_admitted
    assert scan(at=NOON + HOUR - moment).is_admitted
    assert scan(at=NOON + HOUR).reason is Reason.OUTSIDE_WINDOW


def test_open_ends_admit_at_any_time() -> None:
    ticket = TicketFacts("finals", TicketState.VALID)

    assert scan(
        ticket, door=CheckpointFacts("finals"), at=datetime(1, 1, 1, tzinfo=UTC)
    ).is_admitted


def test_who_is_in_is_told_so_after_hours() -> None:
    assert scan(earlier=EARLIER, at=NOON + 9 * HOUR).reason is Reason.ALREADY_IN


def test_a_period_must_last() -> None:
    with pytest.raises(InvalidWindowError):
        CheckpointFacts("finals", NOON, NOON)
    with pytest.raises(InvalidWindowError):
        TicketFacts("finals", TicketState.VALID, NOON, NOON - HOUR)


TICKETS = st.none() | st.builds(
    TicketFacts,
    event_id=st.sampled_from(["finals", "lecture"]),
    state=st.sampled_from(TicketState),
    valid_from=st.sampled_from([None, NOON - HOUR, NOON]),
    valid_until=st.sampled_from([None, NOON + HOUR, NOON + 2 * HOUR]),
)
TIMES = st.integers(-180, 180).map(lambda minutes: NOON + timedelta(minutes=minutes))


@given(TICKETS, TIMES, st.booleans(), st.booleans())
def test_a_decision_is_consistent(
    ticket: TicketFacts | None, at: datetime, was_in: bool, is_well_formed: bool
) -> None:
    earlier = EARLIER if was_in else None
    decision = scan(ticket, earlier=earlier, at=at, is_well_formed=is_well_formed)

    assert decision.is_admitted == (decision.reason is None)
    assert (decision.admitted_at is not None) == (
        decision.is_admitted or decision.reason is Reason.ALREADY_IN
    )
    if decision.is_admitted:
        assert ticket is not None
        assert ticket.state is TicketState.VALID
        assert not was_in


@given(st.lists(TIMES, max_size=8))
def test_merged_scans_amount_to_one_admission_at_most(times: list[datetime]) -> None:
    standing: AdmissionFacts | None = None
    decisions = []
    for at in sorted(times):
        decision = scan(earlier=standing, at=at)
        decisions.append(decision)
        if decision.is_admitted:
            standing = AdmissionFacts(at)

    inside = [at for at in times if NOON - HOUR <= at < NOON + HOUR]
    assert sum(decision.is_admitted for decision in decisions) == bool(inside)
    assert (standing.admitted_at if standing else None) == min(inside, default=None)
