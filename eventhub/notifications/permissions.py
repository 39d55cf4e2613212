"""Who may look after messages. Predicates ``(person, delivery) -> bool``."""

from __future__ import annotations

from eventhub.accounts.models import Person
from eventhub.circles.permissions import can_organise
from eventhub.notifications.models import Delivery


def can_resend(person: Person | None, delivery: Delivery) -> bool:
    """Organises for the circle in whose name it was sent; personal mails belong to nobody else."""
    return delivery.circle_id is not None and can_organise(person, delivery.circle_id)
