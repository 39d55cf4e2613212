"""Reads of deliveries."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, func, select

from eventhub.db import db
from eventhub.notifications.enums import DeliveryState
from eventhub.notifications.models import Delivery


def find_delivery(key: str) -> Delivery | None:
    """The message with this key."""
    return db.session.scalar(select(Delivery).where(Delivery.key == key))


def select_deliveries(
    *, circle_ids: list[uuid.UUID] | None = None, state: DeliveryState | None = None
) -> Select[tuple[Delivery]]:
    """Messages, newest first; the caller pages."""
    query = select(Delivery).order_by(Delivery.created_at.desc(), Delivery.id)
    if circle_ids is not None:
        query = query.where(Delivery.circle_id.in_(circle_ids))
    if state is not None:
        query = query.where(Delivery.state == state)
    return query


def count_by_state(circle_ids: list[uuid.UUID]) -> dict[DeliveryState, int]:
    """How many messages of these circles stand where."""
    query = (
        select(Delivery.state, func.count())
        .where(Delivery.circle_id.in_(circle_ids))
        .group_by(Delivery.state)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
