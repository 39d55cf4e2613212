"""How long personal data of members is kept, and deleting it in time."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, func, or_, select, update

from eventhub import clock
from eventhub.audit import service as audit
from eventhub.competitions.models import Competition, DocumentRequirement, Round
from eventhub.db import db, transaction
from eventhub.entries.models import Answer, BlindCopy, Document, Entry, Member, StudentClaim
from eventhub.entries.service.answers import strip_contacts
from eventhub.events.models import Event
from eventhub.events.personal_data import forget_party_contacts
from eventhub.files import service as files

log = logging.getLogger(__name__)

HOLDS_DATA = or_(
    Member.id_number.is_not(None),
    Member.id_hash.is_not(None),
    Member.born_on.is_not(None),
    Member.phone.is_not(None),
    Member.email.is_not(None),
)


HOLDS_SCANS = and_(
    DocumentRequirement.is_personal,
    exists().where(Document.requirement_id == DocumentRequirement.id),
)


def deletion_at(competition: Competition) -> datetime:
    """When papers, birth dates and contacts of the members are deleted."""
    return competition.event.ends_at + timedelta(days=competition.retention_days)


def is_expired(competition: Competition, now: datetime) -> bool:
    """Whether that moment has come."""
    return now >= deletion_at(competition)


def delete_expired() -> int:
    """Delete what members of competitions gave that are long over; return how many members.

    One transaction a competition. Running it again, or twice at once, deletes and notes nothing
    a second time. What results and certificates need stays: name, school, place in the team.
    """
    return sum(_delete(competition_id) for competition_id in _list_due(clock.now()))


def _list_due(now: datetime) -> Sequence[uuid.UUID]:
    life = func.make_interval(0, 0, 0, Competition.retention_days)
    members = select(Entry.competition_id).join(Entry.members).where(HOLDS_DATA)
    answers = select(Entry.competition_id).join(Entry.answer).where(Answer.purged_at.is_(None))
    scans = select(Round.competition_id).join(Round.requirements).where(HOLDS_SCANS)
    holding = or_(*(Competition.id.in_(found) for found in (members, answers, scans)))
    query = (
        select(Competition.id)
        .join(Competition.event)
        .where(Event.ends_at + life <= now, holding)
        .order_by(Competition.id)
    )
    return db.session.scalars(query).all()


def _delete(competition_id: uuid.UUID) -> int:
    entries = select(Entry.id).where(Entry.competition_id == competition_id)
    with transaction():
        emptied = db.session.execute(
            update(Member)
            .where(Member.entry_id.in_(entries), HOLDS_DATA)
            .values(
                id_kind=None,
                id_number=None,
                id_hash=None,
                born_on=None,
                phone=None,
                email=None,
                purged_at=clock.now(),
            )
            .execution_options(synchronize_session=False)
            .returning(Member.id)
        )
        count = len(emptied.all())
        db.session.execute(
            delete(StudentClaim)
            .where(
                StudentClaim.entry_id.in_(entries), StudentClaim.student_key.startswith("paper:")
            )
            .execution_options(synchronize_session=False)
        )
        stripped = strip_contacts(competition_id)
        scans = _delete_scans(competition_id)
        if not (count or stripped or scans):
            return 0
        competition = db.session.get_one(Competition, competition_id)
        forget_party_contacts(competition.event_id)
        audit.record(
            "entries.personal_data_deleted",
            competition,
            by=None,
            circle_id=competition.event.circle_id,
            after={"count": count, **({"documents": scans} if scans else {})},
        )
    log.info("personal data deleted", extra={"competition_id": str(competition_id), "n": count})
    return count


def _delete_scans(competition_id: uuid.UUID) -> int:
    """Delete every version of the documents that go with the personal data, and their files."""
    asked = (
        select(DocumentRequirement.id)
        .join(DocumentRequirement.round)
        .where(Round.competition_id == competition_id, DocumentRequirement.is_personal)
    )
    which = Document.requirement_id.in_(asked)
    copies = select(BlindCopy.file_id).join(BlindCopy.document).where(which)
    gone = {*db.session.scalars(copies.where(BlindCopy.file_id.is_not(None)))}
    deleted = db.session.scalars(
        delete(Document)
        .where(which)
        .execution_options(synchronize_session=False)
        .returning(Document.file_id)
    ).all()
    files.let_go(gone.union(deleted))
    return len(deleted)
