"""Leaving a team, leading it, and where it competes."""

from __future__ import annotations

import logging
import uuid

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions.models import Group
from eventhub.db import db, transaction
from eventhub.entries import queries
from eventhub.entries.enums import EDITABLE, EntryState, LockedPart, MemberState
from eventhub.entries.errors import (
    EntryLockedError,
    GroupTooSmallError,
    NotConfirmedError,
    OtherEntryError,
)
from eventhub.entries.models import Entry, Member
from eventhub.entries.permissions import is_captain
from eventhub.entries.service import claims, letters
from eventhub.entries.service.invitations import get_led, get_member
from eventhub.entries.service.places import sync_places
from eventhub.entries.service.recommendations import drop_recommendation
from eventhub.entries.service.starting import find_led, get_group
from eventhub.entries.service.window import refuse_locked
from eventhub.errors import NotFoundError
from eventhub.i18n import _

log = logging.getLogger(__name__)


def leave_team(entry_id: uuid.UUID, *, by: Person) -> Entry:
    """Give up one's place in a team, and the consent with it; the captain is told by mail.

    An admitted team's places at the event follow.

    Raises:
        NotFoundError: no such entry, or ``by`` is not one of its members.
        EntryLockedError: ``by`` leads it, or it is withdrawn.
        PartLockedError: the closing moment has passed.

    """
    with transaction():
        entry = queries.get_entry(entry_id, lock=True)
        member = next((m for m in entry.members if m.person_id == by.id), None)
        if member is None:
            raise NotFoundError
        if is_captain(by, entry):
            raise EntryLockedError(_("负责人不能直接退出，请先把项目移交给另一名成员。"))
        if entry.state is EntryState.WITHDRAWN:
            raise EntryLockedError(_("项目已退赛，不能再修改团队。"))
        refuse_locked(entry, {LockedPart.MEMBERS}, clock.now())
        letters.send_leaving(entry, member)
        _take_out(entry, member)
        _note("entry.member_left", entry, by, position=member.position)
        if entry.state is EntryState.APPROVED:
            sync_places(entry, by=by)
    log.info("member left", extra={"entry_id": str(entry_id)})
    return entry


def remove_member(entry_id: uuid.UUID, *, member_id: uuid.UUID, by: Person) -> Entry:
    """Take a member off the team's list; who had confirmed is told by mail.

    Raises:
        NotFoundError: no such entry or member, or somebody else's.
        EntryLockedError: the entry is handed in, or it is the captain.
        PartLockedError: the closing moment has passed.

    """
    with transaction():
        entry = _get_open(entry_id, by)
        member = get_member(entry, member_id)
        if member.position == 1:
            raise EntryLockedError(_("负责人不能移除，请先把项目移交给另一名成员。"))
        refuse_locked(entry, {LockedPart.MEMBERS}, clock.now())
        if member.state is MemberState.CONFIRMED:
            letters.send_removal(entry, member)
        _take_out(entry, member)
        _note("entry.member_removed", entry, by, position=member.position)
    log.info("member removed", extra={"entry_id": str(entry_id)})
    return entry


def hand_over(entry_id: uuid.UUID, *, member_id: uuid.UUID, by: Person) -> Entry:
    """Let another member lead: they come first, and their school is the project's.

    Both are told by mail.

    Raises:
        NotFoundError: no such entry or member, or somebody else's.
        EntryLockedError: the entry is handed in.
        PartLockedError: the closing moment has passed.
        NotConfirmedError: the member has not confirmed, or has no account.
        OtherEntryError: they lead another live entry of this group.

    """
    with transaction():
        entry = _get_open(entry_id, by)
        member = get_member(entry, member_id)
        refuse_locked(entry, {LockedPart.MEMBERS}, clock.now())
        heir = member.person
        if member.position == 1 or member.state is not MemberState.CONFIRMED or heir is None:
            raise NotConfirmedError
        if find_led(heir.id, entry.group) is not None:
            raise OtherEntryError
        before = entry.captain
        entry.members[0].person_id = before.id
        entry.captain = heir
        if entry.university_id != member.university_id:
            drop_recommendation(entry)
        entry.university_id = member.university_id
        _arrange(entry, [member, *(m for m in entry.members if m is not member)])
        _touch(entry)
        db.session.flush()
        claims.refresh(entry)
        audit.record(
            "entry.captain_changed",
            entry,
            by=by,
            circle_id=entry.competition.event.circle_id,
            before={"person_id": str(before.id)},
            after={"person_id": str(heir.id)},
        )
        letters.send_handover(entry, before=before, after=heir)
    log.info("captaincy handed over", extra={"entry_id": str(entry_id)})
    return entry


def change_group(entry_id: uuid.UUID, *, group_id: uuid.UUID, by: Person) -> Entry:
    """Move an entry to another group of its competition. The same group again changes nothing.

    A category that the other group does not have is emptied, and the captain has to stand in
    for the other group's conditions anew.

    Raises:
        NotFoundError: no such entry, or somebody else's.
        UnknownChoiceError: the competition has no such group.
        EntryLockedError: the entry is handed in.
        PartLockedError: the closing moment has passed.
        OtherEntryError: the captain leads another live entry of that group.
        GroupTooSmallError: it takes fewer people than there are.

    """
    with transaction():
        entry = _get_open(entry_id, by)
        group = get_group(entry.competition, group_id)
        if group.id == entry.group_id:
            return entry
        refuse_locked(entry, {LockedPart.GROUP}, clock.now())
        if find_led(by.id, group) is not None:
            raise OtherEntryError(
                _("您在“%(group)s”已有另一个项目，不能再换到这个组别。", group=group.name)
            )
        _check_room(entry, group)
        before = entry.group.key
        drop_recommendation(entry)
        entry.group = group
        if entry.category not in group.categories:
            entry.category = ""
        entry.declared_at = None
        _touch(entry)
        audit.record(
            "entry.group_changed",
            entry,
            by=by,
            circle_id=entry.competition.event.circle_id,
            before={"group": before},
            after={"group": group.key},
        )
    log.info("group changed", extra={"entry_id": str(entry_id)})
    return entry


def _check_room(entry: Entry, group: Group) -> None:
    numbers = (
        (len(entry.members), group.member_max, _("团队成员")),
        (len(entry.advisers), group.adviser_max, _("指导教师")),
    )
    for count, most, people in numbers:
        if count > most:
            words = _(
                "“%(group)s”的%(people)s最多 %(most)s 人，现在有 %(count)s 人，"
                "请先调整名单再换组别。",
                group=group.name,
                people=people,
                most=most,
                count=count,
            )
            raise GroupTooSmallError(words)


def _get_open(entry_id: uuid.UUID, by: Person) -> Entry:
    """An entry of ``by``'s that is being written, held."""
    entry = get_led(entry_id, by)
    if entry.state not in EDITABLE:
        raise EntryLockedError
    return entry


def _take_out(entry: Entry, member: Member) -> None:
    claims.release_member(member)
    entry.members.remove(member)
    _arrange(entry, list(entry.members))
    _touch(entry)


def _arrange(entry: Entry, team: list[Member]) -> None:
    for position, member in enumerate(team, 1):
        member.position = position
    entry.members[:] = team


def _touch(entry: Entry) -> None:
    """Let every window that shows an earlier state notice."""
    entry.version += 1
    entry.saved_at = clock.now()


def _note(action: str, entry: Entry, by: Person, **facts: int) -> None:
    circle_id = entry.competition.event.circle_id
    audit.record(action, entry, by=by, circle_id=circle_id, after=facts)
