"""Who may see and run a competition. Predicates ``(person, object) -> bool``."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.circles.permissions import can_organise, can_read_circle
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition, Round, Rubric
from eventhub.events.enums import HostRole

_RUNNING = frozenset({HostRole.LEAD, HostRole.ORGANISER})


def can_manage(person: Person | None, competition: Competition) -> bool:
    """Organises for the circle that runs it, or for one that hosts it as 主办 or 承办."""
    event = competition.event
    return can_organise(person, event.circle_id) or any(
        can_organise(person, host.circle_id) for host in event.hosts if host.role in _RUNNING
    )


def can_manage_round(person: Person | None, round_: Round) -> bool:
    """Runs the competition that this round belongs to."""
    return can_manage(person, round_.competition)


def can_manage_rubric(person: Person | None, rubric: Rubric) -> bool:
    """Runs the competition that this rubric belongs to."""
    return can_manage(person, rubric.round.competition)


def can_see(person: Person | None, competition: Competition) -> bool:
    """Opens its public page: everybody once it is announced, before that who runs or reads it."""
    if competition.state is not CompetitionState.DRAFT:
        return True
    return can_read_circle(person, competition.event.circle_id)
