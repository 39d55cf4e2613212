"""What the queue and the clock do: draw certificates, forget who objected."""

from __future__ import annotations

import uuid

from eventhub import queue
from eventhub.outcomes import service


@queue.task("outcomes.draw_certificates")
def draw_certificates(awarding_id: str) -> None:
    """Make the files of newly issued certificates."""
    service.draw_pending(uuid.UUID(awarding_id))


@queue.task("outcomes.forget_objectors")
def forget_objectors() -> None:
    """Delete who objected once it has been kept as long as they were told."""
    service.forget_objectors()
