"""Reading in full what a member gave: once, by whom it concerns, and never unnoticed."""

from __future__ import annotations

import logging
import uuid

from eventhub.accounts.models import Person
from eventhub.competitions.enums import PersonalField
from eventhub.db import transaction
from eventhub.entries import queries
from eventhub.entries.errors import ReasonMissingError
from eventhub.entries.models import REASON_MAX, Member
from eventhub.entries.permissions import can_review
from eventhub.entries.service.joining import find_own
from eventhub.entries.service.personal import note
from eventhub.errors import NotFoundError
from eventhub.i18n import _

log = logging.getLogger(__name__)


def unmasked(member: Member) -> dict[PersonalField, str]:
    """The same in full, for a page that has been noted in the log."""
    shown = {
        PersonalField.ID_NUMBER: member.id_number or "",
        PersonalField.BORN_ON: member.born_on or "",
        PersonalField.PHONE: member.phone or "",
    }
    return {field: text for field, text in shown.items() if text}


def reveal_own(entry_id: uuid.UUID, *, by: Person) -> Member:
    """A member looks at their own data in full; it is noted.

    Raises:
        NotFoundError: no such entry, or ``by`` is not of the team.

    """
    with transaction():
        member = find_own(queries.get_entry(entry_id), by)
        if member is None:
            raise NotFoundError
        note("member.unmasked", member, by=by, facts=dict.fromkeys(unmasked(member), "shown"))
    return member


def unmask_member(entry_id: uuid.UUID, member_id: uuid.UUID, *, reason: str, by: Person) -> Member:
    """An organiser looks at one member's data in full, and says why; it is noted.

    Raises:
        NotFoundError: no such member, or none of ``by``'s business.
        ReasonMissingError: no reason, or one too long to keep.

    """
    with transaction():
        entry = queries.get_entry(entry_id)
        member = next((m for m in entry.members if m.id == member_id), None)
        if member is None or not can_review(by, entry):
            raise NotFoundError
        reason = reason.strip()
        if not 0 < len(reason) <= REASON_MAX:
            raise ReasonMissingError(_("请写明查看的原因，它会记入操作日志。"))
        shown = {key.value: "shown" for key in unmasked(member)}
        note("member.unmasked", member, by=by, facts={"reason": reason, **shown})
    log.info("member unmasked", extra={"member_id": str(member_id), "by": str(by.id)})
    return member
