"""Reads of what is a person's own: the projects they lead, the teams they are in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from eventhub.accounts.models import Person
from eventhub.competitions.models import Competition
from eventhub.db import db
from eventhub.entries.models import Document, Entry, Member


def list_led(person: Person) -> Sequence[Entry]:
    """The projects that a person leads, with everything in them."""
    query = (
        select(Entry)
        .where(Entry.captain_id == person.id)
        .options(
            joinedload(Entry.competition).joinedload(Competition.event),
            joinedload(Entry.group),
            joinedload(Entry.university),
            joinedload(Entry.company),
            joinedload(Entry.answer),
            selectinload(Entry.members),
            selectinload(Entry.advisers),
            selectinload(Entry.reviews),
            selectinload(Entry.documents).joinedload(Document.file),
        )
        .order_by(Entry.created_at)
    )
    return db.session.scalars(query).all()


def list_memberships(person: Person) -> Sequence[Member]:
    """Every row that is this person: bound to the account, or the first of what they lead."""
    led = select(Entry.id).where(Entry.captain_id == person.id)
    query = (
        select(Member)
        .where(
            or_(
                Member.person_id == person.id,
                (Member.position == 1) & Member.entry_id.in_(led),
            )
        )
        .options(
            joinedload(Member.university),
            joinedload(Member.entry).joinedload(Entry.competition).joinedload(Competition.event),
            joinedload(Member.entry).joinedload(Entry.captain),
        )
        .order_by(Member.created_at)
    )
    return db.session.scalars(query).all()
