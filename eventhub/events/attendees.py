"""Someone who is to have a place at an event, as plain values."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from eventhub.db import blind_index
from eventhub.domain.identifiers import normalise_mobile
from eventhub.events.enums import AttendeeRole


@dataclass(frozen=True)
class Attendee:
    """Who comes, as what, and how to reach them."""

    name: str
    role: AttendeeRole = AttendeeRole.VISITOR
    email: str | None = None
    phone: str | None = None
    university_id: uuid.UUID | None = None
    organisation: str = ""
    person_id: uuid.UUID | None = None
    student_number: str = ""

    def identity(self) -> str:
        """A blind index of what names this person best.

        Mail, else phone, else account, else university and student number, else name and
        institution. Mail comes first because an account has one as well: whoever registers
        with and without signing in is one person.
        """
        if self.email:
            return blind_index(f"mail:{self.email.strip()}")
        if self.phone:
            return blind_index(f"phone:{normalise_mobile(self.phone)}")
        if self.person_id:
            return blind_index(f"person:{self.person_id}")
        where = self.university_id or self.organisation.strip()
        if self.student_number:
            return blind_index(f"student:{where}:{self.student_number.strip()}")
        return blind_index(f"name:{where}:{self.name.strip()}")
