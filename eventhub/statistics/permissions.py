"""Who reads figures, and whose names they read in full."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.circles.permissions import can_organise, is_officer, is_organiser
from eventhub.events.models import Event


def can_read_overview(person: Person | None, _thing: object = None) -> bool:
    """Reads figures over many events: organisers those of their circles, bureaus all."""
    return is_organiser(person) or is_officer(person)


def can_read_city(person: Person | None, _thing: object = None) -> bool:
    """Reads the figures of every circle: bureaus, and who runs the platform."""
    return person is not None and (person.is_admin or is_officer(person))


def can_read_names(person: Person | None, event: Event) -> bool:
    """Reads attendees' full names: organisers of a hosting circle; a bureau reads them masked."""
    return any(can_organise(person, host.circle_id) for host in event.hosts)


def can_read_all_names(person: Person) -> bool:
    """Reads full names over every event within reach; a bureau's reach is too wide for that."""
    return person.is_admin or not is_officer(person)


def mask_name(name: str) -> str:
    """The first character alone: 张*."""
    return f"{name.strip()[:1]}*"
