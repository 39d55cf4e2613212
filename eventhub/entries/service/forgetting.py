"""Taking a person out of the entries: drafts are withdrawn, teams left, the rest made nobody's."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

from flask import Flask, current_app
from sqlalchemy import or_, update

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.competitions.enums import CompetitionState
from eventhub.db import db
from eventhub.domain.masking import OutputKind, mask_name
from eventhub.entries.enums import EntryState, LockedPart, MemberState
from eventhub.entries.models import Entry, Invitation, Member
from eventhub.entries.queries.own import list_led, list_memberships
from eventhub.entries.service import claims
from eventhub.entries.service.submission import withdraw_entry
from eventhub.entries.service.teams import leave_team
from eventhub.entries.service.window import locked_parts
from eventhub.i18n import _
from eventhub.notifications.messages import Action, Message, Recipient
from eventhub.notifications.service import notify

Finder = Callable[[Collection[uuid.UUID]], set[uuid.UUID]]


def keep_names_by(app: Flask, finder: Finder) -> None:
    """Say which of some entries are named in what stays public, such as a certificate."""
    app.extensions.setdefault("lasting_names", []).append(finder)


def _lasting(entry_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    finders: list[Finder] = current_app.extensions.get("lasting_names", [])
    return set().union(*(finder(entry_ids) for finder in finders))


def runs(entry: Entry) -> bool:
    """Whether others still rely on it: not withdrawn, and its competition not over."""
    return (
        entry.state is not EntryState.WITHDRAWN
        and entry.competition.state is not CompetitionState.FINISHED
    )


def erase(person: Person) -> None:
    """Withdraw drafts of their own, leave the teams that may change, and be nobody in the rest."""
    now = clock.now()
    for entry in list_led(person):
        if runs(entry):
            withdraw_entry(entry.id, by=person)
    for member in list_memberships(person):
        entry = member.entry
        is_free = LockedPart.MEMBERS not in locked_parts(entry, now)
        if runs(entry) and is_free and entry.captain_id != person.id:
            leave_team(entry.id, by=person)
    members = list_memberships(person)
    lasting = _lasting({member.entry_id for member in members})
    for member in members:
        _forget(member, keeps_name=member.entry_id in lasting)
        if runs(member.entry):
            _tell_captain(member)
    _revoke_invitations(person, members)


def _tell_captain(member: Member) -> None:
    entry = member.entry
    notify(
        Recipient.of(entry.captain),
        key=f"entry:{entry.id}:member_gone:{member.id}",
        kind="entries.member_gone",
        compose=lambda: Message(
            title=_("“%(name)s”有一名成员注销了账号", name=entry.name or entry.code),
            paragraphs=(
                _(
                    "第 %(position)s 位成员注销了平台账号，其个人信息已经删除。"
                    "名单已经锁定，如需更换成员，请联系主办方解锁。",
                    position=member.position,
                ),
            ),
            action=Action(_("打开项目页面"), "entries.show", {"entry_id": entry.id}),
        ),
        subject_id=entry.id,
        circle_id=entry.competition.event.circle_id,
    )


def _forget(member: Member, *, keeps_name: bool) -> None:
    claims.release_member(member)
    if not keeps_name:
        member.name = mask_name(member.name, OutputKind.PUBLIC_NOTICE)
    member.person_id = member.consented_at = None
    member.state, member.consent_text = MemberState.LISTED, ""
    member.id_kind = member.id_number = member.id_hash = member.born_on = None
    member.email = member.phone = member.is_enrolled = member.graduation_year = None
    member.student_number = ""
    member.purged_at = clock.now()


def _revoke_invitations(person: Person, members: Collection[Member]) -> None:
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.revoked_at.is_(None),
            or_(
                Invitation.made_by_id == person.id,
                Invitation.member_id.in_([member.id for member in members]),
            ),
        )
        .values(revoked_at=clock.now())
        .execution_options(synchronize_session=False)
    )
