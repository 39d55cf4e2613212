"""Binding the rows of a list to the people who are in a team already."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from eventhub.domain.pinyin import fold
from eventhub.domain.text import compact
from eventhub.entries.models import Member
from eventhub.entries.service.bounds import AdviserDraft, EntryDraft, MemberDraft
from eventhub.entries.service.cells import as_read
from eventhub.entries.service.plans import Line
from eventhub.entries.service.sheets import ADVISERS, MEMBERS, PROJECTS, Kind

_CODES = frozenset(c.key for c in MEMBERS.columns if c.kind is Kind.CODE)


def match_member(line: Line, members: Iterable[Member]) -> Member | None:
    """Whom of the team a row means: by number, else by name; of blank ones the first."""
    number = compact(line.get("student_number", "")).casefold()
    if number:
        for member in members:
            if compact(member.student_number).casefold() == number and (
                line.university_id in {None, member.university_id}
            ):
                return member
    name = fold(line.get("name", ""))
    for member in members:
        if fold(member.name) == name and (name or not (number or member.student_number)):
            return member
    return None


def bind_row(
    line: Line, stored: MemberDraft | None, member_id: uuid.UUID | None, *, is_first: bool = False
) -> MemberDraft:
    """A row of the list; columns that it lacks, and words that are the same, stay as they are."""
    present = stored or MemberDraft()
    told = {
        key: line.get(key, getattr(present, key))
        for key in ("name", "student_number", "email", "phone", "duty")
    }
    kept = {
        key: _settle(text, getattr(present, key), is_code=key in _CODES)
        for key, text in told.items()
    }
    school = line.university_id if "school" in line.text else present.university_id
    return MemberDraft(**kept, university_id=None if is_first else school, id=member_id)


def bind_advisers(lines: list[Line], stored: EntryDraft) -> Iterator[AdviserDraft]:
    """The rows of advisers; columns that the list lacks stay as they are, by the name."""
    present = {fold(adviser.name): adviser for adviser in stored.advisers}
    for line in lines:
        known = present.get(fold(line.get("name", "")), AdviserDraft())
        told = {
            key: line.get(key, getattr(known, key)) for key in ("name", "title", "organisation")
        }
        kept = {key: _settle(text, getattr(known, key)) for key, text in told.items()}
        share = line.text.get("share")
        yield AdviserDraft(**kept, share=known.share if share is None else _whole(share))


def _settle(told: str, stored: str, *, is_code: bool = False) -> str:
    return stored if is_same(told, stored, is_code=is_code) else told


def _whole(text: str) -> int | None:
    return int(text) if text else None


def is_same(told: str, stored: str, *, is_code: bool = False) -> bool:
    """Whether a workbook could not say the stored words otherwise than so."""
    return told in {stored, as_read(stored), *([compact(stored)] if is_code else [])}


def list_changes(before: EntryDraft, after: EntryDraft) -> list[str]:
    """The titles of what changes."""
    pairs = [
        (PROJECTS.column("name"), before.name, after.name),
        (PROJECTS.column("category"), before.category, after.category),
        (PROJECTS.column("school"), before.university_id, after.university_id),
        (PROJECTS.column("summary"), before.summary, after.summary),
    ]
    found = [str(column.title) for column, old, new in pairs if old != new]
    ids = [[row.id for row in draft.members] for draft in (before, after)]
    if before.members != after.members or ids[0] != ids[1]:
        found.append(str(MEMBERS.title))
    if before.advisers != after.advisers:
        found.append(str(ADVISERS.title))
    return found
