"""Who may do what to an event. Predicates ``(person, event) -> bool``."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.circles.permissions import can_organise, can_read_circle, can_staff
from eventhub.events.enums import EventState, HostRole
from eventhub.events.models import Event, Registration

RUNNING = frozenset({HostRole.LEAD, HostRole.ORGANISER})


def can_manage_event(person: Person | None, event: Event) -> bool:
    """Organises for the circle that runs the event."""
    return can_organise(person, event.circle_id)


def can_run_event(person: Person | None, event: Event) -> bool:
    """Changes and announces it: organisers of its circle and of those that host as 主办 or 承办."""
    return can_manage_event(person, event) or any(
        can_organise(person, host.circle_id) for host in event.hosts if host.role in RUNNING
    )


def can_read_event(person: Person | None, event: Event) -> bool:
    """Sees it: everybody once it was published, before that those who manage it."""
    return event.state is not EventState.DRAFT or can_manage_event(person, event)


def can_read_attendance(person: Person | None, event: Event) -> bool:
    """Reads its figures: the organisers of every hosting circle, and the bureaus."""
    return any(can_read_circle(person, host.circle_id) for host in event.hosts)


def can_staff_event(person: Person | None, event: Event) -> bool:
    """Works at its doors: staff and organisers of every hosting circle."""
    return any(can_staff(person, host.circle_id) for host in event.hosts)


def holds_place(person: Person | None, registration: Registration) -> bool:
    """The person for whom the place is held."""
    return person is not None and registration.person_id == person.id
