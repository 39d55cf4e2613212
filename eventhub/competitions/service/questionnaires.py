"""Which form the entries of a group fill in."""

from __future__ import annotations

import uuid

from eventhub.accounts.models import Person
from eventhub.competitions import queries
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.errors import CompetitionFinishedError
from eventhub.competitions.models import Group
from eventhub.competitions.service.competitions import get_managed, record
from eventhub.db import transaction


def set_questionnaire(
    group_id: uuid.UUID, *, questionnaire_id: uuid.UUID | None, name: str, by: Person
) -> Group:
    """Ask the entries of a group for a form, or for none. ``name`` is for the log.

    Raises:
        NotFoundError: no such group.
        ForbiddenError: ``by`` does not run the competition.
        CompetitionFinishedError: it is over.

    """
    with transaction():
        group = queries.get_group(group_id)
        competition = get_managed(group.competition_id, by)
        if competition.state is CompetitionState.FINISHED:
            raise CompetitionFinishedError
        if group.questionnaire_id != questionnaire_id:
            group.questionnaire_id = questionnaire_id
            deed = "form_attached" if questionnaire_id else "form_detached"
            record(deed, competition, by, after={"group": group.name, "name": name})
    return group
