"""Who may build a form. Predicates ``(person, object) -> bool``."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.circles.permissions import can_organise
from eventhub.questionnaires.models import Questionnaire
from eventhub.questionnaires.uses import runs_a_use


def can_edit(person: Person | None, questionnaire: Questionnaire) -> bool:
    """Organises for its circle, or runs something that asks for it."""
    return can_organise(person, questionnaire.circle_id) or runs_a_use(person, questionnaire.id)
