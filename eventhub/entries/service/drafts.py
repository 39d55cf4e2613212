"""Starting an entry and saving it while it is written."""

from __future__ import annotations

import logging
import secrets
import uuid
from dataclasses import dataclass, replace

from sqlalchemy import select

from eventhub import clock
from eventhub.accounts.models import EMAIL_MAX, NAME_MAX, Person
from eventhub.circles.queries import list_universities
from eventhub.competitions.models import Competition, Group
from eventhub.competitions.queries import get_competition
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.entries import queries
from eventhub.entries.enums import EDITABLE
from eventhub.entries.errors import (
    EditedElsewhereError,
    EntryLockedError,
    NoCaptainError,
    TextTooLongError,
    TooManyAdvisersError,
    TooManyMembersError,
    UnknownChoiceError,
)
from eventhub.entries.models import (
    ADVISER_ORGANISATION_MAX,
    ADVISER_TITLE_MAX,
    CODE_LENGTH,
    DUTY_MAX,
    PHONE_MAX,
    PROJECT_NAME_MAX,
    STUDENT_NUMBER_MAX,
    SUMMARY_MAX,
    Adviser,
    Entry,
    Member,
)
from eventhub.entries.permissions import is_captain
from eventhub.entries.service.window import refuse_when_closed
from eventhub.errors import NotFoundError
from eventhub.i18n import _

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MemberDraft:
    """A member as typed, perhaps half filled. Of the captain the entry's university counts."""

    name: str = ""
    university_id: uuid.UUID | None = None
    student_number: str = ""
    email: str = ""
    phone: str = ""
    duty: str = ""


@dataclass(frozen=True)
class AdviserDraft:
    """An adviser as typed."""

    name: str = ""
    title: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class EntryDraft:
    """Everything a captain writes. ``members`` in their order, the captain first.

    ``is_declared``: the captain stands in for the conditions that no form can check.
    """

    name: str = ""
    category: str = ""
    summary: str = ""
    university_id: uuid.UUID | None = None
    members: tuple[MemberDraft, ...] = ()
    advisers: tuple[AdviserDraft, ...] = ()
    is_declared: bool = False


MEMBER_LIMITS = {
    "name": NAME_MAX,
    "student_number": STUDENT_NUMBER_MAX,
    "email": EMAIL_MAX,
    "phone": PHONE_MAX,
    "duty": DUTY_MAX,
}
ADVISER_LIMITS = {
    "name": NAME_MAX,
    "title": ADVISER_TITLE_MAX,
    "organisation": ADVISER_ORGANISATION_MAX,
}


def start_entry(competition_id: uuid.UUID, *, group_id: uuid.UUID, by: Person) -> Entry:
    """Begin an entry with ``by`` as its captain, or go on with the one begun before.

    A captain has one live entry a group.

    Raises:
        EntriesClosedError: before the opening, or from the closing moment on.
        UnknownChoiceError: the group is not one of the competition's.

    """
    with transaction():
        competition = get_competition(competition_id)
        group = next((g for g in competition.groups if g.id == group_id), None)
        if group is None:
            raise UnknownChoiceError(field="group")
        # two clicks at once are one entry: the captain's row is the turnstile
        db.session.execute(select(Person.id).where(Person.id == by.id).with_for_update())
        for begun in queries.list_live_entries(by.id, competition_id=competition_id):
            if begun.group_id == group_id:
                return begun
        refuse_when_closed(competition, clock.now())
        entry = _new_entry(competition, group, by)
    log.info("entry started", extra={"entry_id": str(entry.id)})
    return entry


def _new_entry(competition: Competition, group: Group, captain: Person) -> Entry:
    entry = Entry(
        competition_id=competition.id,
        group_id=group.id,
        code=_new_code(competition.id),
        captain_id=captain.id,
        university_id=captain.university_id,
        saved_at=clock.now(),
    )
    entry.members.append(
        Member(
            position=1,
            name=captain.name,
            university_id=captain.university_id,
            email=captain.email,
            phone=captain.phone,
        )
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def _new_code(competition_id: uuid.UUID) -> str:
    while True:
        code = codes.from_bytes(secrets.token_bytes(4 * CODE_LENGTH), CODE_LENGTH)
        taken = select(Entry.id).where(Entry.competition_id == competition_id, Entry.code == code)
        if db.session.scalar(taken) is None:
            return code


def save_entry(entry_id: uuid.UUID, *, version: int, draft: EntryDraft, by: Person) -> Entry:
    """Keep what the captain has written so far, complete or not.

    ``version`` is the one that the captain's window was showing; each change makes a new one.
    What is stored already is not a change, so a repeated request is safe.

    Raises:
        NotFoundError: no such entry, or somebody else's.
        EntryLockedError: it is submitted, approved or withdrawn.
        EditedElsewhereError: another window has saved since.
        TooManyMembersError, TooManyAdvisersError: more than the group allows.
        NoCaptainError: no member at all.
        TextTooLongError, UnknownChoiceError: with the field at fault.

    """
    with transaction():
        entry = queries.get_entry(entry_id, lock=True)
        if not is_captain(by, entry):
            raise NotFoundError
        if entry.state not in EDITABLE:
            raise EntryLockedError
        _check_bounds(draft, entry)
        captain, *others = draft.members
        draft = replace(draft, members=(replace(captain, university_id=None), *others))
        if draft == draft_of(entry):
            return entry
        if entry.version != version:
            raise EditedElsewhereError
        _write(entry, draft)
        entry.version += 1
        entry.saved_at = clock.now()
    return entry


def draft_of(entry: Entry) -> EntryDraft:
    """What is stored, in the form in which it is written."""
    return EntryDraft(
        name=entry.name,
        category=entry.category,
        summary=entry.summary,
        university_id=entry.university_id,
        members=tuple(
            MemberDraft(
                name=member.name,
                university_id=member.university_id if member.position > 1 else None,
                student_number=member.student_number,
                email=member.email or "",
                phone=member.phone or "",
                duty=member.duty,
            )
            for member in entry.members
        ),
        advisers=tuple(
            AdviserDraft(adviser.name, adviser.title, adviser.organisation)
            for adviser in entry.advisers
        ),
        is_declared=entry.declared_at is not None,
    )


def _check_bounds(draft: EntryDraft, entry: Entry) -> None:
    group = entry.group
    if not draft.members:
        raise NoCaptainError
    if len(draft.members) > group.member_max:
        raise TooManyMembersError(
            _(
                "团队最多 %(maximum)s 人（含负责人），现在有 %(count)s 人，请删减后再保存。",
                maximum=group.member_max,
                count=len(draft.members),
            )
        )
    if len(draft.advisers) > group.adviser_max:
        raise TooManyAdvisersError(
            _(
                "指导教师最多 %(maximum)s 名，现在有 %(count)s 名，请删减后再保存。",
                maximum=group.adviser_max,
                count=len(draft.advisers),
            )
        )
    if draft.category and draft.category not in {*group.categories, entry.category}:
        raise UnknownChoiceError(field="category")
    _check_universities(draft)
    _check_lengths(draft)


def _check_universities(draft: EntryDraft) -> None:
    known = {university.id for university in list_universities()}
    if draft.university_id is not None and draft.university_id not in known:
        raise UnknownChoiceError(field="university_id")
    for at, member in enumerate(draft.members):
        if member.university_id is not None and member.university_id not in known:
            raise UnknownChoiceError(field=f"members-{at}-university_id")


def _check_lengths(draft: EntryDraft) -> None:
    texts = [
        ("name", draft.name, PROJECT_NAME_MAX),
        ("summary", draft.summary, SUMMARY_MAX),
        *(
            (f"members-{at}-{key}", getattr(member, key), limit)
            for at, member in enumerate(draft.members)
            for key, limit in MEMBER_LIMITS.items()
        ),
        *(
            (f"advisers-{at}-{key}", getattr(adviser, key), limit)
            for at, adviser in enumerate(draft.advisers)
            for key, limit in ADVISER_LIMITS.items()
        ),
    ]
    for field, text, limit in texts:
        if len(text) > limit:
            raise TextTooLongError(
                _(
                    "最多 %(limit)s 字，现在有 %(count)s 字。",
                    limit=limit,
                    count=len(text),
                ),
                field=field,
            )


def _write(entry: Entry, draft: EntryDraft) -> None:
    entry.name, entry.category, entry.summary = draft.name, draft.category, draft.summary
    entry.university_id = draft.university_id
    if draft.is_declared != (entry.declared_at is not None):
        entry.declared_at = clock.now() if draft.is_declared else None
    del entry.members[len(draft.members) :]
    for position, typed in enumerate(draft.members, 1):
        if position > len(entry.members):
            entry.members.append(Member(position=position))
        member = entry.members[position - 1]
        member.position = position
        member.name, member.duty = typed.name, typed.duty
        member.student_number = typed.student_number
        member.email, member.phone = typed.email or None, typed.phone or None
        member.university_id = draft.university_id if position == 1 else typed.university_id
    del entry.advisers[len(draft.advisers) :]
    for position, told in enumerate(draft.advisers, 1):
        if position > len(entry.advisers):
            entry.advisers.append(Adviser(position=position))
        adviser = entry.advisers[position - 1]
        adviser.position = position
        adviser.name, adviser.title = told.name, told.title
        adviser.organisation = told.organisation
