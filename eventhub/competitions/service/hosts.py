"""Which circles hold a competition together, and how."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from eventhub.accounts.models import Person
from eventhub.competitions import queries
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.errors import CompetitionFinishedError, HostsMissingError
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_own
from eventhub.db import transaction
from eventhub.errors import ForbiddenError
from eventhub.events import service as events
from eventhub.events.enums import HostRole


def set_hosts(
    competition_id: uuid.UUID, *, hosts: Mapping[uuid.UUID, HostRole], by: Person
) -> Competition:
    """Say which circles take part, and how. Organisers of 主办 and 承办 run it as well.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle that owns it.
        CompetitionFinishedError: it is over.
        HostsMissingError: the owning circle or a 主办 is missing.

    """
    with transaction():
        competition = queries.get_competition(competition_id, lock=True)
        if not can_own(by, competition):
            raise ForbiddenError
        if competition.state is CompetitionState.FINISHED:
            raise CompetitionFinishedError
        if competition.event.circle_id not in hosts or HostRole.LEAD not in hosts.values():
            raise HostsMissingError
        events.set_hosts(competition.event_id, hosts=hosts, by=by)
    return competition
