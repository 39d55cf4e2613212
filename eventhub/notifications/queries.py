"""Reads of deliveries."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, or_, select

from eventhub.db import db
from eventhub.errors import NotFoundError
from eventhub.notifications.enums import DeliveryState
from eventhub.notifications.models import Delivery


def find_delivery(key: str) -> Delivery | None:
    """The message with this key."""
    return db.session.scalar(select(Delivery).where(Delivery.key == key))


def get_delivery(delivery_id: uuid.UUID, *, lock: bool = False) -> Delivery:
    """One message; with ``lock`` read afresh and held until the transaction ends.

    Raises:
        NotFoundError: no such message.

    """
    delivery = db.session.get(
        Delivery, delivery_id, with_for_update=lock or None, populate_existing=lock
    )
    if delivery is None:
        raise NotFoundError
    return delivery


def select_deliveries(
    circle_ids: Collection[uuid.UUID], *, state: DeliveryState | None = None, words: str = ""
) -> Select[Delivery]:
    """Messages of these circles, newest first; the caller pages.

    ``words`` are looked for in the recipient's name and the title.
    """
    query = (
        select(Delivery)
        .where(Delivery.circle_id.in_(circle_ids))
        .order_by(Delivery.created_at.desc(), Delivery.id)
    )
    if state is not None:
        query = query.where(Delivery.state == state)
    if words:
        query = query.where(
            or_(
                Delivery.recipient_name.icontains(words, autoescape=True),
                Delivery.title.icontains(words, autoescape=True),
            )
        )
    return query


def list_failed(circle_ids: Collection[uuid.UUID], *, limit: int) -> Sequence[Delivery]:
    """The newest failed messages of these circles, held until the transaction ends."""
    query = select_deliveries(circle_ids, state=DeliveryState.FAILED).limit(limit)
    held = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(held).all()


def count_by_state(circle_ids: Collection[uuid.UUID]) -> dict[DeliveryState, int]:
    """How many messages of these circles stand where; a state without any counts 0."""
    query = (
        select(Delivery.state, func.count())
        .where(Delivery.circle_id.in_(circle_ids))
        .group_by(Delivery.state)
    )
    found = dict(db.session.execute(query).all())
    return {state: found.get(state, 0) for state in DeliveryState}
