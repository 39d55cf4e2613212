"""Taking away a competition that was never announced."""

from __future__ import annotations

import logging
import uuid

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from eventhub.accounts.models import Person
from eventhub.competitions import queries
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.errors import CompetitionInUseError, CompetitionStateError
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_own
from eventhub.competitions.service.competitions import record
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError
from eventhub.events import service as events
from eventhub.questionnaires import service as questionnaires

log = logging.getLogger(__name__)


def remove_competition(competition_id: uuid.UUID, *, by: Person) -> None:
    """Take a draft away with its event, groups and rounds, while nothing else hangs on it.

    Forms that only its groups used and that were never published go too; the log keeps what
    was done.

    Raises:
        NotFoundError: no such competition.
        ForbiddenError: ``by`` does not organise for the circle that owns it.
        CompetitionStateError: it was announced.
        CompetitionInUseError: judges, checkpoints, reminders or a handed-in list hang on it.

    """
    with transaction():
        competition = queries.get_competition(competition_id, lock=True)
        if not can_own(by, competition):
            raise ForbiddenError
        if competition.state is not CompetitionState.DRAFT:
            raise CompetitionStateError
        event_id = competition.event_id
        forms = {g.questionnaire_id for g in competition.groups if g.questionnaire_id}
        before = {"title": competition.event.title, "edition": competition.edition}
        record("removed", competition, by, before=before)
        try:
            with db.session.begin_nested():
                _forget_as_source(competition_id)
                db.session.delete(competition)
                db.session.flush()
                events.remove_event(event_id, by=by)
                db.session.flush()
        except IntegrityError:
            raise CompetitionInUseError from None
        for form_id in forms - queries.list_used_questionnaires(forms):
            questionnaires.discard_questionnaire(form_id, by=by)
    log.info("competition removed", extra={"competition_id": str(competition_id)})


def _forget_as_source(competition_id: uuid.UUID) -> None:
    """What was cloned from it stands on its own."""
    copies = update(Competition).where(Competition.cloned_from_id == competition_id)
    db.session.execute(copies.values(cloned_from_id=None))
