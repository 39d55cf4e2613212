"""What the queue does: draw certificates."""

from __future__ import annotations

import uuid

from eventhub import queue
from eventhub.outcomes import service


@queue.task("outcomes.draw_certificates")
def draw_certificates(awarding_id: str) -> None:
    """Make the files of newly issued certificates."""
    service.draw_pending(uuid.UUID(awarding_id))
