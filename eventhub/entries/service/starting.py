"""Beginning an entry."""

from __future__ import annotations

import logging
import secrets
import uuid

from sqlalchemy import select

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.competitions.models import Competition, Group
from eventhub.competitions.queries import get_competition
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.entries import queries
from eventhub.entries.errors import UnknownChoiceError
from eventhub.entries.models import CODE_LENGTH, Entry, Member
from eventhub.entries.service.window import refuse_when_closed

log = logging.getLogger(__name__)


def start_entry(competition_id: uuid.UUID, *, group_id: uuid.UUID, by: Person) -> Entry:
    """Begin an entry with ``by`` as its captain, or go on with the one begun before.

    A captain has one live entry a group.

    Raises:
        EntriesClosedError: before the opening, or from the closing moment on.
        UnknownChoiceError: the group is not one of the competition's.

    """
    with transaction():
        competition = get_competition(competition_id)
        group = get_group(competition, group_id)
        begun = find_led(by.id, group)
        if begun is not None:
            return begun
        refuse_when_closed(competition, clock.now())
        entry = _new_entry(competition, group, by)
    log.info("entry started", extra={"entry_id": str(entry.id)})
    return entry


def get_group(competition: Competition, group_id: uuid.UUID) -> Group:
    """One of the competition's groups.

    Raises:
        UnknownChoiceError: it has no such group.

    """
    for group in competition.groups:
        if group.id == group_id:
            return group
    raise UnknownChoiceError(field="group")


def find_led(person_id: uuid.UUID, group: Group) -> Entry | None:
    """The live entry that someone leads in a group.

    The person's row is the turnstile, held until the transaction ends: of two clicks at once
    the second finds what the first has made.
    """
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    led = queries.list_live_entries(person_id, competition_id=group.competition_id)
    return next((entry for entry in led if entry.group_id == group.id), None)


def _new_entry(competition: Competition, group: Group, captain: Person) -> Entry:
    entry = Entry(
        competition_id=competition.id,
        group_id=group.id,
        code=new_code(competition.id),
        captain_id=captain.id,
        university_id=captain.university_id,
        saved_at=clock.now(),
    )
    entry.members.append(
        Member(
            position=1,
            name=captain.name,
            person_id=captain.id,
            university_id=captain.university_id,
            email=captain.email,
            phone=captain.phone,
        )
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def new_code(competition_id: uuid.UUID) -> str:
    """A code that no entry of the competition has."""
    while True:
        code = codes.from_bytes(secrets.token_bytes(4 * CODE_LENGTH), CODE_LENGTH)
        taken = select(Entry.id).where(Entry.competition_id == competition_id, Entry.code == code)
        if db.session.scalar(taken) is None:
            return code
