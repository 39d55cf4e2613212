"""Who may set up reminders. Predicates ``(person, rule) -> bool``."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.competitions.permissions import can_manage
from eventhub.reminders.models import ReminderRule


def can_manage_rule(person: Person | None, rule: ReminderRule) -> bool:
    """Runs the competition that the rule belongs to."""
    return can_manage(person, rule.competition)
