"""Inviting people into a team, and their yes.

An invitation's secret is kept nowhere but in the link: the database holds its hash.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ColumnElement, select, update

from eventhub import clock
from eventhub.accounts.models import EMAIL_MAX, Person
from eventhub.db import db, transaction
from eventhub.entries import queries
from eventhub.entries.enums import EntryState, MemberState
from eventhub.entries.errors import (
    EntryLockedError,
    InvitationOverError,
    InvitationUnknownError,
    NoAddressError,
)
from eventhub.entries.models import Entry, Invitation, Member
from eventhub.entries.permissions import is_captain
from eventhub.entries.service import letters
from eventhub.errors import NotFoundError
from eventhub.i18n import _

log = logging.getLogger(__name__)

LIFE = timedelta(days=14)
TOKEN_BYTES = 32


def issue_team_link(entry_id: uuid.UUID, *, by: Person) -> str:
    """Make the link by which students join a team, and return its secret; earlier ones end.

    Raises:
        NotFoundError: no such entry, or somebody else's.
        EntryLockedError: it is withdrawn.

    """
    with transaction():
        entry = get_led(entry_id, by)
        _revoke(Invitation.entry_id == entry.id, Invitation.member_id.is_(None))
        token = _issue(entry, None, by)
    log.info("team link issued", extra={"entry_id": str(entry_id)})
    return token


def revoke_team_link(entry_id: uuid.UUID, *, by: Person) -> None:
    """End the team's link; who joined through it stays.

    Raises:
        NotFoundError, EntryLockedError: as ``issue_team_link``.

    """
    with transaction():
        entry = get_led(entry_id, by)
        _revoke(Invitation.entry_id == entry.id, Invitation.member_id.is_(None))


def invite_member(entry_id: uuid.UUID, *, member_id: uuid.UUID, email: str, by: Person) -> Member:
    """Ask a listed member by mail to confirm; asking again sends a new link and ends the old.

    Raises:
        NotFoundError: no such entry or member, or somebody else's.
        EntryLockedError: the entry is withdrawn, or the member has confirmed.
        NoAddressError: the address is none.

    """
    address = _address(email)
    with transaction():
        entry = get_led(entry_id, by)
        member = get_member(entry, member_id)
        if member.position == 1 or member.state is MemberState.CONFIRMED:
            raise EntryLockedError(_("这名成员已本人确认，无需再邀请。"))
        if member.email != address:
            member.email = address
            entry.version += 1
        member.state = MemberState.INVITED
        _revoke(Invitation.member_id == member.id)
        letters.send_invitation(entry, member, token=_issue(entry, member, by))
    log.info("member invited", extra={"entry_id": str(entry_id)})
    return member


def withdraw_invitation(entry_id: uuid.UUID, *, member_id: uuid.UUID, by: Person) -> Member:
    """End a mailed invitation; the member stays on the list.

    Raises:
        NotFoundError, EntryLockedError: as ``invite_member``.

    """
    with transaction():
        entry = get_led(entry_id, by)
        member = get_member(entry, member_id)
        drop_mailed(member)
    return member


def drop_mailed(member: Member) -> None:
    """Within a transaction: end what was mailed to a member, who is merely listed again."""
    if member.state is MemberState.INVITED:
        member.state = MemberState.LISTED
        _revoke(Invitation.member_id == member.id)


def open_invitation(token: str, *, lock: bool = False) -> Invitation:
    """The invitation of a link, with its entry and all that belongs to it.

    ``lock`` holds the entry until the transaction ends, and reads the invitation afresh.

    Raises:
        InvitationUnknownError: there is none.
        InvitationOverError: it has expired or was revoked, or the project was withdrawn.

    """
    query = select(Invitation).where(Invitation.token_hash == _hash(token))
    invitation = db.session.scalars(query).one_or_none()
    if invitation is None:
        raise InvitationUnknownError
    entry = queries.get_entry(invitation.entry_id, lock=lock)
    if lock:
        db.session.refresh(invitation)
    if invitation.revoked_at is not None:
        raise InvitationOverError
    if clock.now() >= invitation.expires_at:
        raise InvitationOverError(_("这份邀请已过期。请向项目负责人索取新的链接。"))
    if entry.state is EntryState.WITHDRAWN:
        raise InvitationOverError(_("这个项目已退赛，不能再加入。"))
    return invitation


def list_open(entry: Entry) -> Sequence[Invitation]:
    """The invitations of an entry that are still good."""
    query = select(Invitation).where(
        Invitation.entry_id == entry.id,
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > clock.now(),
    )
    return db.session.scalars(query).all()


def fits(invitation: Invitation, token: str) -> bool:
    """Whether this is the invitation's secret."""
    return secrets.compare_digest(invitation.token_hash, _hash(token))


def get_led(entry_id: uuid.UUID, by: Person) -> Entry:
    """Within a transaction: an entry of ``by``'s that is not withdrawn, held.

    Raises:
        NotFoundError: no such entry, or somebody else's.
        EntryLockedError: it is withdrawn.

    """
    entry = queries.get_entry(entry_id, lock=True)
    if not is_captain(by, entry):
        raise NotFoundError
    if entry.state is EntryState.WITHDRAWN:
        raise EntryLockedError(_("项目已退赛，不能再修改团队。"))
    return entry


def get_member(entry: Entry, member_id: uuid.UUID) -> Member:
    """One of the team.

    Raises:
        NotFoundError: the entry has no such member.

    """
    for member in entry.members:
        if member.id == member_id:
            return member
    raise NotFoundError


def _issue(entry: Entry, member: Member | None, by: Person) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = clock.now()
    db.session.add(
        Invitation(
            entry_id=entry.id,
            member_id=member.id if member else None,
            token_hash=_hash(token),
            created_at=now,
            expires_at=now + LIFE,
            made_by_id=by.id,
        )
    )
    return token


def _revoke(*which: ColumnElement[bool]) -> None:
    query = update(Invitation).where(*which, Invitation.revoked_at.is_(None))
    db.session.execute(query.values(revoked_at=clock.now()))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _address(email: str) -> str:
    """A mail address as it is kept.

    Raises:
        NoAddressError: it is none; with the field.

    """
    text = email.strip()
    if not text:
        raise NoAddressError
    try:
        # the shape alone: the mail itself tells whether it arrives
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise NoAddressError(_("邮箱格式不对，请检查后重试。")) from error
    if len(text) > EMAIL_MAX:
        raise NoAddressError(_("邮箱太长，请检查后重试。"))
    return text
