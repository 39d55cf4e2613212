"""Reads of people and links."""

from __future__ import annotations

import hashlib
import uuid

from sqlalchemy import func, select

from eventhub.accounts.models import Person, PersonalLink
from eventhub.db import db
from eventhub.errors import NotFoundError


def get_person(person_id: uuid.UUID) -> Person:
    """One person.

    Raises:
        NotFoundError: nobody has this key.

    """
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFoundError
    return person


def find_person_by_email(email: str) -> Person | None:
    """Whoever signed up with this address, whatever its case."""
    return db.session.scalar(select(Person).where(func.lower(Person.email) == email.lower()))


def find_session(session_id: str) -> Person | None:
    """Whoever a session belongs to; None once it was ended elsewhere."""
    key, _, secret = session_id.partition(".")
    try:
        person = db.session.get(Person, uuid.UUID(key))
    except ValueError:
        return None
    return person if person is not None and person.session_key == secret else None


def find_link(token: str) -> PersonalLink | None:
    """The link with this secret."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return db.session.scalar(select(PersonalLink).where(PersonalLink.token_hash == digest))
