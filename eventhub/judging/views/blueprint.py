"""The blueprint, and what a session opened by a personal link may reach."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, g

from eventhub.accounts.models import Person
from eventhub.accounts.sessions import held_link
from eventhub.errors import NotFoundError
from eventhub.judging.enums import CELL_LOOKS, LINK_LOOKS, RECUSAL_KIND_LABELS
from eventhub.judging.models import PanelJudge
from eventhub.judging.permissions import is_seated
from eventhub.judging.queries import seats
from eventhub.web.access import authorize, me
from eventhub.web.urls import external_url

bp = Blueprint("judging", __name__)


@bp.before_request
def _remember_link() -> None:
    """A link opens one round; a withdrawn one opens nothing, whatever it opened before."""
    link = held_link()
    g.judging_round_id = link.subject_id if link else None


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "cell_looks": CELL_LOOKS,
        "link_looks": LINK_LOOKS,
        "kind_labels": RECUSAL_KIND_LABELS,
        "external_url": external_url,
    }


def only_round() -> uuid.UUID | None:
    """The one round that this session's link opens; None for a session without a link."""
    round_id: uuid.UUID | None = g.judging_round_id
    return round_id


def my_seat(round_id: uuid.UUID) -> PanelJudge:
    """The seat of whoever asks.

    Raises:
        NotFoundError: they have none in this round, or their link is for another.

    """
    person: Person = me()
    if only_round() not in {None, round_id}:
        raise NotFoundError
    seat = authorize(is_seated, seats.find_seat(round_id, person.id))
    assert seat is not None
    return seat
