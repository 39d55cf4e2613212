"""Saying yes: who confirms to be a member becomes one."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from eventhub import clock
from eventhub.accounts.models import NAME_MAX, Person
from eventhub.audit import service as audit
from eventhub.circles.queries import list_universities
from eventhub.db import db, transaction
from eventhub.domain.eligibility import RuleKind
from eventhub.domain.identifiers import is_mobile, normalise_mobile
from eventhub.domain.text import compact
from eventhub.entries.enums import EDITABLE, Degree, EntryState, LockedPart, MemberState
from eventhub.entries.errors import (
    ConsentMissingError,
    EntryLockedError,
    InvitationOverError,
    SameStudentError,
    TeamFullError,
    TextTooLongError,
    UnknownChoiceError,
)
from eventhub.entries.models import STUDENT_NUMBER_MAX, Entry, Invitation, Member
from eventhub.entries.permissions import is_captain
from eventhub.entries.service import claims
from eventhub.entries.service.consents import CONSENT_KEY, asks_phone
from eventhub.entries.service.invitations import get_led, open_invitation
from eventhub.entries.service.recommendations import drop_recommendation
from eventhub.entries.service.waivers import waives
from eventhub.entries.service.window import refuse_locked
from eventhub.errors import InvalidError
from eventhub.i18n import _

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Confirmation:
    """What someone says of themselves; ``agrees`` to the words of ``consents``."""

    name: str
    university_id: uuid.UUID | None
    student_number: str
    degree: Degree | None = None
    phone: str = ""
    agrees: bool = False


def find_own(entry: Entry, person: Person | None) -> Member | None:
    """The member that someone is; the captain is the first."""
    if person is None:
        return None
    if is_captain(person, entry):
        return entry.members[0]
    return next((m for m in entry.members if m.person_id == person.id), None)


def join_team(token: str, *, given: Confirmation, by: Person) -> Member:
    """Confirm to be the member that an invitation was made for, or a new one of the team.

    Through the team's link whoever is on the list under the same name and number is that member,
    and an empty line of the list is taken before a new one is made. Confirming again, and the
    captain's own link, change nothing. Someone already listed may confirm after the closing
    moment too, as long as nothing of the list changes.

    Raises:
        InvitationUnknownError, InvitationOverError: see ``invitations.open_invitation``.
        InvalidError: something is missing or cannot be; with the field.
        EntryLockedError, PartLockedError: the list would change and cannot any more.
        TeamFullError: the group allows no more members.
        SameStudentError: somebody else of the team has this number.
        StudentTakenError: they are in another project of the edition.

    """
    with transaction():
        invitation = open_invitation(token, lock=True)
        entry = invitation.entry
        own = find_own(entry, by)
        if own is not None and (is_captain(by, entry) or own.state is MemberState.CONFIRMED):
            return own
        _check(given, entry)
        member = own or _find_meant(invitation, given)
        if member is None or _differs(member, given):
            _refuse_change(entry)
        if member is None:
            member = _add(entry)
        _confirm(entry, member, given, by)
        db.session.flush()
        claims.claim_member(member)
    log.info("member joined", extra={"entry_id": str(entry.id)})
    return member


def confirm_captain(entry_id: uuid.UUID, *, given: Confirmation, by: Person) -> Member:
    """The captain's own yes, as every member's. The school is the project's school of record.

    Raises:
        NotFoundError: no such entry, or somebody else's.
        InvalidError, EntryLockedError, PartLockedError, SameStudentError: as ``join_team``.

    """
    with transaction():
        entry = get_led(entry_id, by)
        member = entry.members[0]
        _check(given, entry)
        if _differs(member, given):
            _refuse_change(entry)
            entry.version += 1
        if entry.university_id != given.university_id:
            drop_recommendation(entry)
        entry.university_id = given.university_id
        _confirm(entry, member, given, by)
        db.session.flush()
        claims.refresh(entry)
    return member


def _check(given: Confirmation, entry: Entry) -> None:
    if not given.agrees:
        raise ConsentMissingError
    wants: tuple[tuple[str, str, int, Callable[[], str]], ...] = (
        ("name", given.name, NAME_MAX, lambda: _("请填写姓名。")),
        ("student_number", given.student_number, STUDENT_NUMBER_MAX, lambda: _("请填写学号。")),
    )
    for field, text, limit, words in wants:
        if not text.strip():
            raise InvalidError(words(), field=field)
        if len(text) > limit:
            raise TextTooLongError(_("最多 %(limit)s 字。", limit=limit), field=field)
    if asks_phone(entry.competition) and not is_mobile(normalise_mobile(given.phone)):
        raise InvalidError(_("请填写 11 位手机号码。"), field="phone")
    if given.university_id not in {university.id for university in list_universities()}:
        raise UnknownChoiceError(field="university_id")


def _find_meant(invitation: Invitation, given: Confirmation) -> Member | None:
    """Whom of the list the one who confirms is; None for a newcomer."""
    if invitation.member is not None:
        if invitation.member.state is MemberState.CONFIRMED:
            raise InvitationOverError(_("这份邀请已由其他账号确认。如有疑问，请与项目负责人联系。"))
        return invitation.member
    free = [
        member
        for member in invitation.entry.members
        if member.position > 1 and member.state is not MemberState.CONFIRMED
    ]
    wanted = (_plain(given.name), _plain(given.student_number))
    for member in free:
        if (_plain(member.name), _plain(member.student_number)) == wanted:
            return member
    return next((member for member in free if _is_blank(member)), None)


def _plain(text: str) -> str:
    return compact(text).casefold()


def _is_blank(member: Member) -> bool:
    said = (member.name, member.student_number, member.email, member.phone, member.duty)
    return not any(said)


def _differs(member: Member, given: Confirmation) -> bool:
    """Whether confirming would change who stands on the list."""
    stored = (_plain(member.name), _plain(member.student_number), member.university_id)
    return stored != (_plain(given.name), _plain(given.student_number), given.university_id)


def _refuse_change(entry: Entry) -> None:
    """Refuse where the list of members cannot change now.

    Raises:
        PartLockedError: the closing moment has passed.
        EntryLockedError: the entry is handed in.

    """
    refuse_locked(entry, {LockedPart.MEMBERS}, clock.now())
    if entry.state not in EDITABLE:
        raise EntryLockedError(
            _("项目已提交，名单上的姓名、学校和学号暂时不能改动。请与项目负责人联系。")
        )


def _add(entry: Entry) -> Member:
    if len(entry.members) >= entry.group.member_max and not waives(entry, RuleKind.TEAM_SIZE):
        words = _(
            "团队最多 %(maximum)s 人（含负责人），现在已满，不能再加入。请与项目负责人联系。",
            maximum=entry.group.member_max,
        )
        raise TeamFullError(words)
    member = Member(position=max(m.position for m in entry.members) + 1)
    entry.members.append(member)
    return member


def _confirm(entry: Entry, member: Member, given: Confirmation, by: Person) -> None:
    wanted = (given.university_id, _plain(given.student_number))
    for other in entry.members:
        if other is not member and (other.university_id, _plain(other.student_number)) == wanted:
            raise SameStudentError
    member.name, member.student_number = given.name.strip(), given.student_number.strip()
    member.university_id, member.degree = given.university_id, given.degree
    if entry.state is not EntryState.APPROVED:  # by these an admitted member's ticket is known
        member.email = by.email or member.email
        if asks_phone(entry.competition):
            member.phone = normalise_mobile(given.phone)
    give_consent(entry, member, by=by)


def give_consent(entry: Entry, member: Member, *, by: Person) -> None:
    """Within a transaction: record that ``by`` agrees, being this member; once is enough."""
    if member.state is MemberState.CONFIRMED and member.person_id == by.id:
        return
    member.person_id = by.id
    member.state = MemberState.CONFIRMED
    member.consented_at = clock.now()
    member.consent_text = CONSENT_KEY
    audit.record(
        "entry.member_joined",
        entry,
        by=by,
        circle_id=entry.competition.event.circle_id,
        after={"position": member.position, "consent": CONSENT_KEY},
    )
