"""Who may see and run a competition. Predicates ``(person, object) -> bool``."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.circles.permissions import can_organise, can_read_circle
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition, Group, OwnTemplate, Round, Rubric
from eventhub.events.permissions import can_run_event


def can_manage(person: Person | None, competition: Competition) -> bool:
    """Organises for the circle that runs it, or for one that hosts it as 主办 or 承办."""
    return can_run_event(person, competition.event)


def can_own(person: Person | None, competition: Competition) -> bool:
    """Organises for the circle that owns it: only it names the hosts, and ends it."""
    return can_organise(person, competition.event.circle_id)


def can_manage_group(person: Person | None, group: Group) -> bool:
    """Runs the competition that this group belongs to."""
    return can_manage(person, group.competition)


def can_use_template(person: Person | None, own: OwnTemplate) -> bool:
    """Organises for the circle whose template it is."""
    return can_organise(person, own.circle_id)


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
    return can_manage(person, competition) or can_read_circle(person, competition.event.circle_id)
