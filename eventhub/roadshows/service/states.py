"""The one place where a roadshow's state moves, and the lock before every write."""

from __future__ import annotations

import uuid
from typing import Any

from eventhub.accounts.models import Person
from eventhub.errors import ForbiddenError
from eventhub.roadshows import queries
from eventhub.roadshows.enums import ROADSHOW_TRANSITIONS, RoadshowState
from eventhub.roadshows.errors import (
    AlreadyAnnouncedError,
    AlreadyDrawnError,
    AlreadyPublishedError,
    DrawNotAnnouncedError,
    NotDrawnError,
)
from eventhub.roadshows.models import Roadshow
from eventhub.roadshows.permissions import can_arrange


def lock_for(roadshow_id: uuid.UUID, *, by: Person) -> Roadshow:
    """Hold the roadshow's row for someone who may arrange it.

    Raises:
        NotFoundError: no such roadshow.
        ForbiddenError: ``by`` does not organise for its circle.

    """
    roadshow = queries.get_roadshow(roadshow_id, lock=True)
    if not can_arrange(by, roadshow):
        raise ForbiddenError
    return roadshow


def move(roadshow: Roadshow, to: RoadshowState, **facts: Any) -> None:
    """Change the state together with the columns that belong to it, or refuse with the reason.

    Raises: what ``check`` raises.

    """
    check(roadshow, to)
    roadshow.state = to
    for name, value in facts.items():
        setattr(roadshow, name, value)


def check(roadshow: Roadshow, to: RoadshowState) -> None:
    """Refuse a state that cannot follow, with the reason.

    Raises:
        AlreadyAnnouncedError, AlreadyDrawnError, AlreadyPublishedError: it is past that.
        DrawNotAnnouncedError, NotDrawnError: something has to happen before.

    """
    state = roadshow.state
    if to in ROADSHOW_TRANSITIONS[state]:
        return
    if to is RoadshowState.PUBLISHED:
        raise AlreadyPublishedError if state is RoadshowState.PUBLISHED else NotDrawnError
    if roadshow.is_drawn:
        raise AlreadyDrawnError
    if to is RoadshowState.ANNOUNCED:
        raise AlreadyAnnouncedError
    raise DrawNotAnnouncedError
