"""Saving an entry while it is written."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.db import transaction
from eventhub.entries import queries
from eventhub.entries.enums import EDITABLE, LockedPart, MemberState
from eventhub.entries.errors import EditedElsewhereError, EntryLockedError, NoCaptainError
from eventhub.entries.models import Adviser, Entry, Member
from eventhub.entries.permissions import is_captain
from eventhub.entries.service import claims, invitations, joining, statements
from eventhub.entries.service.bounds import AdviserDraft, EntryDraft, MemberDraft, check_bounds
from eventhub.entries.service.recommendations import drop_recommendation
from eventhub.entries.service.window import locked_parts, refuse_locked
from eventhub.errors import NotFoundError


def save_entry(
    entry_id: uuid.UUID,
    *,
    version: int,
    draft: EntryDraft,
    by: Person,
    keeps_locked: bool = False,
) -> Entry:
    """Keep what the captain has written so far, complete or not.

    ``version`` is the one that the captain's window was showing; each change makes a new one.
    What is stored already is not a change, so a repeated request is safe. Whoever has confirmed
    to be a member stays one, with the data that they gave, whether the window knew of them or
    not. ``keeps_locked`` leaves locked parts as they are instead of refusing a change to them.

    Raises:
        NotFoundError: no such entry, or somebody else's.
        EntryLockedError: it is submitted, approved or withdrawn.
        EditedElsewhereError: another window has saved since.
        PartLockedError: it would change what the closing moment has fixed.
        StudentTakenError: a member is in another project of the edition.
        InvalidError: it holds what no draft may; see ``bounds.check_bounds``.

    """
    with transaction():
        entry = queries.get_entry(entry_id, lock=True)
        if not is_captain(by, entry):
            raise NotFoundError
        if entry.state not in EDITABLE:
            raise EntryLockedError
        now = clock.now()
        draft = _settle(entry, draft)
        if keeps_locked:
            draft = _keeping(entry, draft, locked_parts(entry, now))
        check_bounds(draft, entry)
        changed = changed_parts(entry, draft)
        if not changed and draft == draft_of(entry):
            return entry
        refuse_locked(entry, changed, now)
        if entry.version != version:
            raise EditedElsewhereError
        write_draft(entry, draft)
        if draft.consents:
            joining.give_consent(entry, entry.members[0], by=by)
        entry.version += 1
        entry.saved_at = now
        claims.refresh(entry)
    return entry


def draft_of(entry: Entry) -> EntryDraft:
    """What is stored, in the form in which it is written."""
    return EntryDraft(
        name=entry.name,
        category=entry.category,
        summary=entry.summary,
        university_id=entry.university_id,
        members=tuple(_row_of(member) for member in entry.members),
        advisers=tuple(
            AdviserDraft(adviser.name, adviser.title, adviser.organisation, adviser.share)
            for adviser in entry.advisers
        ),
        statements=statements.ticked(entry),
        is_declared=entry.declared_at is not None,
        consents=entry.members[0].state is MemberState.CONFIRMED,
    )


def _row_of(member: Member) -> MemberDraft:
    """A member as the captain sees them; how to reach who has confirmed is theirs to tell."""
    is_private = speaks_for_self(member)
    return MemberDraft(
        name=member.name,
        university_id=member.university_id if member.position > 1 else None,
        student_number=member.student_number,
        email="" if is_private else member.email or "",
        phone="" if is_private else member.phone or "",
        duty=member.duty,
        id=member.id,
    )


def _settle(entry: Entry, draft: EntryDraft) -> EntryDraft:
    """The draft with every row bound to its member, and with all who have confirmed.

    A row without a member takes one with the very same words, so that a request whose answer
    was lost does not make its new members twice.
    """
    if not draft.members:
        raise NoCaptainError
    captain, *others = draft.members
    leader, *stored = entry.members
    left = {member.id: member for member in stored}
    bound = [left.pop(row.id, None) if row.id else None for row in others]
    rows = [replace(captain, university_id=None, id=leader.id)]
    for row, known in zip(others, bound, strict=True):
        member = known or next((m for m in left.values() if _row_of(m) == row), None)
        if member is None:
            rows.append(replace(row, id=None))
            continue
        left.pop(member.id, None)
        said = replace(_row_of(member), duty=row.duty) if speaks_for_self(member) else row
        rows.append(replace(said, id=member.id))
    rows += [_row_of(member) for member in left.values() if speaks_for_self(member)]
    ticked = statements.known(entry, draft.statements)
    has_consented = leader.state is MemberState.CONFIRMED
    return replace(
        draft,
        members=tuple(rows),
        statements=ticked,
        consents=draft.consents or has_consented,
    )


def speaks_for_self(member: Member) -> bool:
    """Whether a member has confirmed: then the captain says what they do, and nothing else."""
    return member.position > 1 and member.state is MemberState.CONFIRMED


def changed_parts(entry: Entry, draft: EntryDraft) -> set[LockedPart]:
    """Which of the parts that get locked one day a draft would change."""
    stored = draft_of(entry)
    team = (stored.members, [m.id for m in stored.members], stored.university_id)
    pairs = {
        LockedPart.NAME: (stored.name, draft.name),
        LockedPart.CATEGORY: (stored.category, draft.category),
        LockedPart.MEMBERS: (
            team,
            (draft.members, [m.id for m in draft.members], draft.university_id),
        ),
        LockedPart.ADVISERS: (stored.advisers, draft.advisers),
        LockedPart.SUMMARY: (stored.summary, draft.summary),
    }
    return {part for part, (before, after) in pairs.items() if before != after}


def _keeping(entry: Entry, draft: EntryDraft, parts: Collection[LockedPart]) -> EntryDraft:
    """The draft with these parts as they are stored."""
    stored = draft_of(entry)
    if LockedPart.NAME in parts:
        draft = replace(draft, name=stored.name)
    if LockedPart.CATEGORY in parts:
        draft = replace(draft, category=stored.category)
    if LockedPart.MEMBERS in parts:
        draft = replace(draft, members=stored.members, university_id=stored.university_id)
    if LockedPart.ADVISERS in parts:
        draft = replace(draft, advisers=stored.advisers)
    if LockedPart.SUMMARY in parts:
        draft = replace(draft, summary=stored.summary)
    return draft


def write_draft(entry: Entry, draft: EntryDraft) -> None:
    """Within a transaction: make the entry what a draft says, whose rows are bound to members."""
    entry.name, entry.category, entry.summary = draft.name, draft.category, draft.summary
    if entry.university_id != draft.university_id:
        drop_recommendation(entry)
    entry.university_id = draft.university_id
    statements.tick(entry, draft.statements)
    if draft.is_declared != (entry.declared_at is not None):
        entry.declared_at = clock.now() if draft.is_declared else None
    known = {member.id: member for member in entry.members}
    team = [known[row.id] if row.id else Member() for row in draft.members]
    for position, member in enumerate(team, 1):
        member.position = position
    entry.members[:] = team
    for member, typed in zip(team, draft.members, strict=True):
        member.duty = typed.duty
        if not speaks_for_self(member):
            _write_person(member, typed, draft.university_id)
    del entry.advisers[len(draft.advisers) :]
    for position, told in enumerate(draft.advisers, 1):
        if position > len(entry.advisers):
            entry.advisers.append(Adviser(position=position))
        adviser = entry.advisers[position - 1]
        adviser.position = position
        adviser.name, adviser.title = told.name, told.title
        adviser.organisation, adviser.share = told.organisation, told.share


def _write_person(member: Member, typed: MemberDraft, school: uuid.UUID | None) -> None:
    """Who a member is, as the captain typed it; ``school`` is the captain's own.

    An invitation that was mailed to another address than the member's is good no more.
    """
    member.name, member.student_number = typed.name, typed.student_number
    member.phone = typed.phone or None
    member.university_id = school if member.position == 1 else typed.university_id
    if member.email != (typed.email or None):
        member.email = typed.email or None
        invitations.drop_mailed(member)
