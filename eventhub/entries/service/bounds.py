"""What a draft may hold at most, complete or not."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from eventhub.accounts.models import EMAIL_MAX, NAME_MAX
from eventhub.circles.queries import list_universities
from eventhub.domain.eligibility import RuleKind
from eventhub.entries.errors import (
    NoCaptainError,
    SharesTooLargeError,
    TextTooLongError,
    TooManyAdvisersError,
    TooManyMembersError,
    UnknownChoiceError,
)
from eventhub.entries.models import (
    ADVISER_ORGANISATION_MAX,
    ADVISER_TITLE_MAX,
    DUTY_MAX,
    PHONE_MAX,
    PROJECT_NAME_MAX,
    STUDENT_NUMBER_MAX,
    SUMMARY_MAX,
    Entry,
)
from eventhub.entries.service.waivers import waives
from eventhub.i18n import _


@dataclass(frozen=True)
class MemberDraft:
    """A member as typed, perhaps half filled. Of the captain the entry's university counts.

    ``id`` is the member that the row stands for, None for a new one; it is no part of what
    was typed.
    """

    name: str = ""
    university_id: uuid.UUID | None = None
    student_number: str = ""
    email: str = ""
    phone: str = ""
    duty: str = ""
    id: uuid.UUID | None = field(default=None, compare=False)


@dataclass(frozen=True)
class AdviserDraft:
    """An adviser as typed. ``share`` is a whole percentage, None where none was given."""

    name: str = ""
    title: str = ""
    organisation: str = ""
    share: int | None = None


@dataclass(frozen=True)
class EntryDraft:
    """Everything a captain writes. ``members`` in their order, the captain first.

    ``statements`` are the keys of the rules that the captain has ticked; ``is_declared``: the
    captain stands in for the whole. ``consents``: the captain agrees to what becomes of their own
    data, as every member does; what was agreed to stays so.
    """

    name: str = ""
    category: str = ""
    summary: str = ""
    university_id: uuid.UUID | None = None
    members: tuple[MemberDraft, ...] = ()
    advisers: tuple[AdviserDraft, ...] = ()
    statements: frozenset[str] = frozenset()
    is_declared: bool = False
    consents: bool = False


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


def check_bounds(draft: EntryDraft, entry: Entry) -> None:
    """Refuse what no draft may hold.

    Raises:
        TooManyMembersError, TooManyAdvisersError: more than the group allows.
        NoCaptainError: no member at all.
        SharesTooLargeError: the advisers' shares pass a hundred percent.
        TextTooLongError, UnknownChoiceError: with the field at fault.

    """
    if not draft.members:
        raise NoCaptainError
    _check_counts(draft, entry)
    if sum(adviser.share or 0 for adviser in draft.advisers) > 100:
        raise SharesTooLargeError
    if draft.category and draft.category not in {*entry.group.categories, entry.category}:
        raise UnknownChoiceError(field="category")
    _check_universities(draft)
    _check_lengths(draft)


def _check_counts(draft: EntryDraft, entry: Entry) -> None:
    group = entry.group
    if len(draft.members) > group.member_max and not waives(entry, RuleKind.TEAM_SIZE):
        raise TooManyMembersError(
            _(
                "团队最多 %(maximum)s 人（含负责人），现在有 %(count)s 人，请删减后再保存。",
                maximum=group.member_max,
                count=len(draft.members),
            )
        )
    if len(draft.advisers) > group.adviser_max and not waives(entry, RuleKind.ADVISER_COUNT):
        raise TooManyAdvisersError(
            _(
                "指导教师最多 %(maximum)s 名，现在有 %(count)s 名，请删减后再保存。",
                maximum=group.adviser_max,
                count=len(draft.advisers),
            )
        )


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
    for name, text, limit in texts:
        if len(text) > limit:
            raise TextTooLongError(
                _(
                    "最多 %(limit)s 字，现在有 %(count)s 字。",
                    limit=limit,
                    count=len(text),
                ),
                field=name,
            )
