"""What a message consists of, before it becomes mail."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from eventhub.accounts.models import Person


@dataclass(frozen=True)
class Recipient:
    """Whom to write to; not everybody has an account."""

    name: str
    address: str | None
    locale: str = "zh"
    person_id: uuid.UUID | None = None

    @classmethod
    def of(cls, person: Person) -> Recipient:
        """A person with an account."""
        return cls(person.name, person.email, person.locale, person.id)


@dataclass(frozen=True)
class Action:
    """The one thing to do: a button and where it leads, as an endpoint and its values."""

    label: str
    endpoint: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """Words in the recipient's language: paragraphs, a small table of facts, one action.

    ``points`` is a list under the heading ``points_title``, such as what to bring along.
    """

    title: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    points_title: str = ""
    points: tuple[str, ...] = ()
    action: Action | None = None


@dataclass(frozen=True)
class CalendarEntry:
    """An appointment to attach; the same ``uid`` with a higher ``sequence`` moves it."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    location: str
    description: str = ""
    sequence: int = 0
    is_cancelled: bool = False
