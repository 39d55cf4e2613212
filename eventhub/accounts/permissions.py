"""Who may do what to an account."""

from __future__ import annotations

from eventhub.accounts.models import Person


def is_admin(person: Person | None, _thing: object = None) -> bool:
    """Runs the platform."""
    return person is not None and person.is_admin
