"""What an entry is found by. The one place that writes ``Entry.search_text``.

Nobody has to remember it: whatever writes a name, a school or a team through the session is
noticed, and the text is written anew before the transaction commits.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, joinedload, selectinload

from eventhub.accounts.models import Person
from eventhub.circles.models import University
from eventhub.db import before_commit, db, transaction
from eventhub.domain.pinyin import fold, spell, spell_name
from eventhub.entries.models import Adviser, Entry, Member
from eventhub.entries.service.checklist import ChecklistItem, list_checks
from eventhub.entries.service.slots import list_slots

BATCH = 200
_TOUCHED = "entries_to_find"
_RENAMED = "captains_renamed"
# which columns of a row are part of what its entry is found by
_PARTS: dict[type[Any], tuple[str, ...]] = {
    Entry: ("code", "name", "captain_id", "university_id"),
    Member: ("name", "university_id", "entry_id"),
    Adviser: ("name", "entry_id"),
}


def refresh(entry: Entry) -> None:
    """Write anew what an entry is found by.

    A line each for its code, its project, everyone of the team, their schools, and the pinyin of
    them all. Words are matched within a line, so none is found across two of them.
    """
    entry.search_text = "\n".join(dict.fromkeys(_lines(entry)))


def note_proof(entry: Entry, items: Sequence[ChecklistItem]) -> None:
    """Note whether something on an entry's checklist has to be proved by papers."""
    entry.needs_proof = any(item.state == "proof" for item in items)


def look_again(entry: Entry) -> None:
    """Note it anew, after something that is not the team's own doing has changed."""
    note_proof(entry, list_checks(entry, list_slots(entry)))


@event.listens_for(db.session, "after_flush")
def _notice(session: Session, _context: Any) -> None:
    touched: set[uuid.UUID] = session.info.setdefault(_TOUCHED, set())
    for row in [*session.new, *session.dirty, *session.deleted]:
        parts = _PARTS.get(type(row))
        if parts and (row in session.deleted or _has_changed(row, parts)):
            touched.add(row.id if isinstance(row, Entry) else row.entry_id)
        elif type(row) is Person and row in session.dirty and _has_changed(row, ("name",)):
            session.info.setdefault(_RENAMED, set()).add(row.id)


def _has_changed(row: Any, names: Sequence[str]) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in names)


@before_commit
def _write() -> None:
    """Bring what was noticed up to date; the writing itself touches nothing that is noticed."""
    db.session.flush()
    info = db.session().info
    touched: set[uuid.UUID] = info.pop(_TOUCHED, set())
    renamed: set[uuid.UUID] = info.pop(_RENAMED, set())
    if renamed:
        touched |= {*db.session.scalars(select(Entry.id).where(Entry.captain_id.in_(renamed)))}
    for entry_id in touched:
        entry = db.session.get(Entry, entry_id)
        if entry is not None:
            refresh(entry)


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_TOUCHED, None)
    session.info.pop(_RENAMED, None)


def refresh_all() -> int:
    """Do both for every entry, some at a time; return how many there are."""
    count = 0
    last = None
    while True:
        with transaction():
            query = select(Entry).order_by(Entry.id).limit(BATCH).options(*WHOLE)
            if last is not None:
                query = query.where(Entry.id > last)
            entries = db.session.scalars(query.with_for_update(of=Entry)).unique().all()
            for entry in entries:
                refresh(entry)
                look_again(entry)
            last = entries[-1].id if entries else None
        count += len(entries)
        if last is None:
            return count


WHOLE = (
    joinedload(Entry.competition),
    joinedload(Entry.group),
    joinedload(Entry.captain),
    joinedload(Entry.university),
    selectinload(Entry.members).joinedload(Member.university),
    selectinload(Entry.advisers),
    selectinload(Entry.documents),
)


def _lines(entry: Entry) -> Iterator[str]:
    yield entry.code.casefold()
    yield from _forms(entry.name)
    yield from sorted(spell(entry.name))
    names = [entry.captain.name, *(member.name for member in entry.members)]
    names += [adviser.name for adviser in entry.advisers]
    for name in dict.fromkeys(filter(None, names)):
        yield from _forms(name)
        yield from sorted(spell_name(name))
    schools = [entry.university, *(member.university for member in entry.members)]
    for school in dict.fromkeys(filter(None, schools)):
        yield from _school(school)


def _forms(text: str) -> Iterator[str]:
    """A text as it is searched for, and as it stands where it holds signs."""
    if text:
        yield fold(text)
        yield text.casefold()


def _school(school: University) -> Iterator[str]:
    for name in (school.name, *school.aliases):
        yield from _forms(name)
    yield from sorted(spell(school.name))
