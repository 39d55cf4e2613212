"""What a member says of themself: studies, identity papers, birth date, telephone.

Only what the competition asks for is taken, the person alone writes it, and everybody who reads
it in full leaves a trace. ``service.retention`` deletes it in time.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import format_date

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.circles.queries import list_universities
from eventhub.competitions.enums import CompetitionState, PersonalField
from eventhub.competitions.models import Competition
from eventhub.db import blind_index, transaction
from eventhub.domain.identifiers import Fault
from eventhub.domain.identity import (
    PaperKind,
    find_birth_date,
    find_paper_fault,
    normalise_paper,
)
from eventhub.domain.masking import OutputKind, mask_birth_date, mask_identity, mask_phone
from eventhub.domain.text import compact
from eventhub.entries import queries
from eventhub.entries.enums import EDITABLE, Degree, EntryState, IdKind, LockedPart
from eventhub.entries.errors import (
    BirthDateError,
    EntryLockedError,
    PaperError,
    PersonalDataClosedError,
    SameStudentError,
    UnknownChoiceError,
)
from eventhub.entries.models import Entry, Member
from eventhub.entries.service import claims
from eventhub.entries.service.joining import find_own
from eventhub.entries.service.late_changes import DEED, note_late
from eventhub.entries.service.needs import Needs, needs_of
from eventhub.entries.service.retention import is_expired
from eventhub.entries.service.window import locked_parts, refuse_locked
from eventhub.errors import InvalidError, NotFoundError
from eventhub.i18n import _, lazy

log = logging.getLogger(__name__)

EARLIEST_BIRTH = date(1900, 1, 1)
FAULT_WORDS = {
    Fault.LENGTH: lazy("居民身份证号码应为 18 位，请检查是否多填或少填。"),
    Fault.CHARACTER: lazy("居民身份证号码只能由数字组成，最后一位可以是 X。"),
    Fault.DATE: lazy("居民身份证号码中的出生日期不存在，请核对第 7 至 14 位。"),
    Fault.CHECKSUM: lazy("居民身份证号码的校验位不对，可能有一位填错，请逐位核对。"),
    Fault.FORM: lazy("这个号码不符合所选证件的格式，请核对证件类型和号码。"),
}


@dataclass(frozen=True)
class StudentRow:
    """Who a member is on the team's list."""

    name: str
    university_id: uuid.UUID | None
    student_number: str


@dataclass(frozen=True)
class PersonalPart:
    """What a member fills in. Of papers, birth date and phone, empty keeps what is stored.

    ``dropped`` are those of them that shall be deleted. ``row`` corrects the team's list, which
    for one who has confirmed nobody else may do; None leaves it.
    """

    degree: Degree | None = None
    is_enrolled: bool | None = None
    graduation_year: int | None = None
    id_kind: IdKind | None = None
    id_number: str = ""
    born_on: date | None = None
    phone: str = ""
    dropped: frozenset[PersonalField] = frozenset()
    row: StudentRow | None = None


def masked(member: Member) -> dict[PersonalField, str]:
    """What is stored of a member, as a page of review or their own may show it."""
    shown = {
        PersonalField.ID_NUMBER: mask_identity(member.id_number, OutputKind.REVIEW),
        PersonalField.BORN_ON: mask_birth_date(member.birthday, OutputKind.REVIEW),
        PersonalField.PHONE: mask_phone(member.phone, OutputKind.REVIEW),
    }
    return {field: text for field, text in shown.items() if text}


def takes_details(entry: Entry, now: datetime) -> bool:
    """Whether members may still write: until the competition ends or the data is due to go."""
    return (
        entry.state is not EntryState.WITHDRAWN
        and entry.competition.state is not CompetitionState.FINISHED
        and not is_expired(entry.competition, now)
    )


def may_correct(entry: Entry, member: Member, now: datetime) -> bool:
    """Whether a member may correct name, school and number: while the list may change at all.

    The captain does it where the whole team is written.
    """
    return (
        member.position > 1
        and takes_details(entry, now)
        and entry.state in EDITABLE
        and LockedPart.MEMBERS not in locked_parts(entry, now)
    )


def save_part(entry_id: uuid.UUID, *, part: PersonalPart, by: Person) -> Member:
    """Keep what a member says of themself; what the competition does not ask for is left alone.

    Raises:
        NotFoundError: no such entry, or ``by`` is not of the team.
        PersonalDataClosedError: the competition is over.
        PaperError: the number cannot be one of its kind.
        BirthDateError: in the future, or not the one that the papers tell.
        StudentTakenError: the papers belong to someone who is in another project.
        PartLockedError, EntryLockedError: the list of members cannot be corrected any more.
        SameStudentError: somebody else of the team has this number.

    """
    with transaction():
        entry = queries.get_entry(entry_id, lock=True)
        member = find_own(entry, by)
        if member is None:
            raise NotFoundError
        now = clock.now()
        if not takes_details(entry, now):
            raise PersonalDataClosedError
        before = _held(member)
        if part.row is not None and part.row != _row_of(member):
            _correct(entry, member, part.row, now)
        _write(member, part, needs_of(entry), today=now.date())
        changes = _changes(before, _held(member))
        if changes:
            member.purged_at = None
            claims.refresh(entry)
            note_late(entry, changes)
            note(DEED, member, by=by, facts=changes)
    log.info("personal part saved", extra={"member_id": str(member.id)})
    return member


def _row_of(member: Member) -> StudentRow:
    return StudentRow(member.name, member.university_id, member.student_number)


def _correct(entry: Entry, member: Member, row: StudentRow, now: datetime) -> None:
    """Write a member's row anew; the captain's window notices by the version."""
    refuse_locked(entry, {LockedPart.MEMBERS}, now)
    if not may_correct(entry, member, now):
        raise EntryLockedError
    for field, text in (("name", row.name), ("student_number", row.student_number)):
        if not text:
            raise InvalidError(_("这一项必填。"), field=field)
    if row.university_id not in {university.id for university in list_universities()}:
        raise UnknownChoiceError(field="university_id")
    wanted = (row.university_id, compact(row.student_number).casefold())
    for other in entry.members:
        held = (other.university_id, compact(other.student_number).casefold())
        if other is not member and held == wanted:
            raise SameStudentError
    member.name, member.university_id = row.name, row.university_id
    member.student_number = row.student_number
    entry.version += 1
    entry.saved_at = now


def _write(member: Member, part: PersonalPart, needs: Needs, *, today: date) -> None:
    member.degree = part.degree
    if needs.enrolment:
        member.is_enrolled = part.is_enrolled
    if needs.graduation:
        member.graduation_year = part.graduation_year
    if PersonalField.ID_NUMBER in needs.fields:
        _write_papers(member, part)
    if PersonalField.BORN_ON in needs.fields:
        _write_birth_date(member, part, today=today)
    if PersonalField.PHONE in needs.fields:
        member.phone = part.phone or (None if _drops(part, PersonalField.PHONE) else member.phone)


def _drops(part: PersonalPart, field: PersonalField) -> bool:
    return field in part.dropped


def _write_papers(member: Member, part: PersonalPart) -> None:
    """A new number needs its kind; another kind needs its number."""
    number = normalise_paper(part.id_number)
    if number:
        if part.id_kind is None:
            raise PaperError(_("请先选择证件类型。"), field="id_kind")
        fault = find_paper_fault(PaperKind(part.id_kind.value), number)
        if fault is not None:
            raise PaperError(FAULT_WORDS[fault])
        member.id_kind, member.id_number = part.id_kind, number
        member.id_hash = blind_index(f"{part.id_kind.value}:{number}")
    elif _drops(part, PersonalField.ID_NUMBER):
        member.id_kind = member.id_number = member.id_hash = None
    elif part.id_kind is not member.id_kind and member.id_number:
        raise PaperError(_("换了证件类型，请重新填写证件号码。"))


def _write_birth_date(member: Member, part: PersonalPart, *, today: date) -> None:
    """Take the birth date, or read it from the resident's number; the two must agree."""
    told = None
    if member.id_kind is not None and member.id_number:
        told = find_birth_date(PaperKind(member.id_kind.value), member.id_number)
    if part.born_on is not None:
        if not EARLIEST_BIRTH <= part.born_on <= today:
            raise BirthDateError(_("出生日期不能晚于今天，也不能早于 1900 年。"))
        if told is not None and told != part.born_on:
            raise BirthDateError(
                _(
                    "与居民身份证号码中的出生日期（%(date)s）不一致。请核对，"
                    "或清空这一项，由证件号码自动带出。",
                    date=format_date(told, "long"),
                )
            )
        member.born_on = part.born_on.isoformat()
    elif _drops(part, PersonalField.BORN_ON):
        member.born_on = None
    elif told is not None:
        member.born_on = told.isoformat()


def _held(member: Member) -> dict[str, object]:
    return {
        "name": member.name,
        "university": member.university_id,
        "student_number": member.student_number,
        "degree": member.degree,
        "is_enrolled": member.is_enrolled,
        "graduation_year": member.graduation_year,
        "id_number": member.id_hash,
        "born_on": member.born_on,
        "phone": member.phone,
    }


def _changes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, str]:
    """Which parts were given, changed or deleted; what they hold stays out of the log."""
    return {key: _deed(before[key], held) for key, held in after.items() if before[key] != held}


def _deed(before: object, after: object) -> str:
    if after is None:
        return "deleted"
    return "given" if before in (None, "") else "changed"


def note(action: str, member: Member, *, by: Person, facts: Mapping[str, str]) -> None:
    """Put into the log what was done with a member's own part; never what it holds."""
    competition: Competition = member.entry.competition
    audit.record(action, member, by=by, circle_id=competition.event.circle_id, after=dict(facts))
