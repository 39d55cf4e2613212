"""Forgetting who objected, once it has been kept as long as they were told."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventhub import clock
from eventhub.audit.service import record
from eventhub.competitions.models import Competition
from eventhub.db import db, transaction
from eventhub.events.models import Event
from eventhub.notifications.personal_data import forget_strangers
from eventhub.outcomes.models import Objection, PublicNotice

log = logging.getLogger(__name__)


def forget_objectors() -> int:
    """Delete name, contact and evidence of objections to competitions long over; return how many.

    What was objected and answered stays. One transaction a competition; again does nothing.
    """
    return sum(_forget(competition_id) for competition_id in _list_due())


def _list_due() -> Sequence[uuid.UUID]:
    life = func.make_interval(0, 0, 0, Competition.retention_days)
    query = (
        select(PublicNotice.competition_id)
        .join(PublicNotice.objections)
        .join(PublicNotice.competition)
        .join(Competition.event)
        .where(Event.ends_at + life <= clock.now())
        .distinct()
    )
    return db.session.scalars(query).all()


def _forget(competition_id: uuid.UUID) -> int:
    query = (
        select(Objection)
        .join(Objection.notice)
        .where(PublicNotice.competition_id == competition_id)
        .options(joinedload(Objection.evidence))
        .with_for_update(of=Objection)
        .execution_options(populate_existing=True)
    )
    with transaction():
        known = [each for each in db.session.scalars(query) if each.has_author]
        for objection in known:
            objection.name = objection.contact = ""
            evidence, objection.evidence = objection.evidence, None
            if evidence is not None:
                db.session.flush()
                db.session.delete(evidence)
        if known:
            forget_strangers([objection.id for objection in known])
            competition = db.session.get_one(Competition, competition_id)
            record(
                "objection.authors_deleted",
                competition,
                by=None,
                circle_id=competition.event.circle_id,
                after={"count": len(known)},
            )
    if known:
        log.info("objectors forgotten", extra={"competition_id": str(competition_id)})
    return len(known)
