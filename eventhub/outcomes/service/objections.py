"""Objections: raised by name while a notice is up, taken up, answered."""

from __future__ import annotations

import hmac
import logging
import secrets
import unicodedata
import uuid
from typing import BinaryIO

from sqlalchemy import select

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.files import service as files
from eventhub.outcomes.enums import OBJECTION_TRANSITIONS, ObjectionState
from eventhub.outcomes.errors import (
    AnswerMissingError,
    ContactInvalidError,
    ObjectionsClosedError,
    ObjectionStateError,
)
from eventhub.outcomes.models import Objection, PublicNotice
from eventhub.outcomes.permissions import can_answer
from eventhub.outcomes.queries import notices
from eventhub.outcomes.service import letters

log = logging.getLogger(__name__)

CODE_LENGTH = 8
EVIDENCE_FORMATS = ["pdf", "jpg", "png", "docx"]
EVIDENCE_MAX = 20_000_000
_DIGITS_MIN = 7
_FINAL = frozenset(state for state, after in OBJECTION_TRANSITIONS.items() if not after)


def object_to(
    code: str,
    *,
    name: str,
    contact: str,
    text: str,
    row: int | None = None,
    evidence: BinaryIO | None = None,
    evidence_name: str = "",
) -> Objection:
    """Take an objection in, against a row of the notice (from 1) or the whole of it.

    Raises:
        NotFoundError: no such notice, or no such row.
        ObjectionsClosedError: the notice is not up.
        ContactInvalidError: neither a mail address nor a telephone number.
        Whatever ``files.service.keep`` refuses.

    """
    _check_up(notices.get_published(code))
    _check_contact(contact)
    kept = None
    if evidence is not None:
        kept = files.keep(
            evidence, name=evidence_name, formats=EVIDENCE_FORMATS, bytes_max=EVIDENCE_MAX
        )
    with transaction():
        notice = notices.get_published(code, lock=True)
        _check_up(notice)  # anew: keeping a large file takes its time
        objection = Objection(
            notice=notice,
            code=_new_code(),
            entry_id=_entry_of(notice, row),
            name=name,
            contact=contact.strip(),
            text=text,
            evidence_id=files.record(kept, by=None).id if kept else None,
        )
        db.session.add(objection)
        db.session.flush()
        record(
            "objection.received",
            objection,
            by=None,
            circle_id=notice.competition.event.circle_id,
            after={"notice": notice.code},
        )
        letters.tell_objector(objection)
        letters.tell_organisers(objection)
    log.info("objection received", extra={"objection_id": str(objection.id)})
    return objection


def answer_objection(
    objection_id: uuid.UUID, *, state: ObjectionState, answer: str = "", by: Person
) -> Objection:
    """Take an objection up, or decide it with an answer.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        ObjectionStateError: it is past that.
        AnswerMissingError: a decision without words.

    """
    with transaction():
        objection = notices.get_objection(objection_id, lock=True)
        if not can_answer(by, objection):
            raise ForbiddenError
        if state in _FINAL and not answer.strip():
            raise AnswerMissingError
        _move(objection, state)
        if answer.strip():
            objection.answer = answer.strip()
        if state in _FINAL:
            objection.decided_at, objection.decided_by_id = clock.now(), by.id
        record(
            f"objection.{state.value}",
            objection,
            by=by,
            circle_id=objection.notice.competition.event.circle_id,
            after={"answer": objection.answer},
        )
        letters.tell_objector(objection)
    return objection


def follow(code: str, *, contact: str) -> Objection:
    """The objection of a receipt, for whoever knows how its author can be reached.

    Raises:
        NotFoundError: no such objection, or the contact is another.

    """
    objection = notices.get_objection_by_code(code)
    known, told = _plain(objection.contact), _plain(contact)
    if not told or not hmac.compare_digest(known.encode(), told.encode()):
        raise NotFoundError
    return objection


def _move(objection: Objection, to: ObjectionState) -> None:
    """The one function that changes an objection's state."""
    if to not in OBJECTION_TRANSITIONS[objection.state]:
        raise ObjectionStateError
    objection.state = to


def _check_up(notice: PublicNotice) -> None:
    if not notices.is_up(notice, clock.now()):
        raise ObjectionsClosedError


def _check_contact(contact: str) -> None:
    digits = sum(character.isdigit() for character in contact)
    if letters.mail_of(contact) is None and digits < _DIGITS_MIN:
        raise ContactInvalidError


def _entry_of(notice: PublicNotice, row: int | None) -> uuid.UUID | None:
    if row is None:
        return None
    if not 1 <= row <= len(notice.rows):
        raise NotFoundError
    return uuid.UUID(notice.rows[row - 1]["entry_id"])


def _plain(contact: str) -> str:
    """A contact as it is compared: spelling, spaces and dashes do not matter."""
    folded = unicodedata.normalize("NFKC", contact).strip().casefold()
    if "@" in folded:
        return folded
    digits = "".join(character for character in folded if character.isdigit())
    return digits.removeprefix("86") if len(digits) > 11 else digits


def _new_code() -> str:
    while True:
        code = codes.from_bytes(secrets.token_bytes(4 * CODE_LENGTH), CODE_LENGTH, checked=True)
        if db.session.scalar(select(Objection.id).where(Objection.code == code)) is None:
            return code
