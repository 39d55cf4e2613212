"""What the notifications hold of a person: the messages that went to them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from eventhub.accounts.models import Person
from eventhub.accounts.own_data import GONE
from eventhub.accounts.personal_data import Holding, Row, add_personal_data
from eventhub.db import db
from eventhub.i18n import lazy
from eventhub.notifications.enums import DELIVERY_STATE_LOOKS
from eventhub.notifications.models import Delivery

_EMPTY: dict[str, Any] = {
    "recipient_name": GONE,
    "address": "",
    "text": "",
    "html": None,
    "calendar": None,
}


def _export(person: Person) -> list[Row]:
    query = select(Delivery).where(Delivery.recipient_id == person.id).order_by(Delivery.created_at)
    return [
        {
            "title": message.title,
            "address": message.address,
            "state": str(DELIVERY_STATE_LOOKS[message.state][0]),
            "queued_at": message.created_at,
            "sent_at": message.sent_at,
            "text": message.text,
        }
        for message in db.session.scalars(query)
    ]


def _erase(person: Person) -> None:
    """Keep that something was sent and when; a message still queued has nowhere to go any more."""
    db.session.execute(
        update(Delivery)
        .where(Delivery.recipient_id == person.id)
        .values(**_EMPTY)
        .execution_options(synchronize_session=False)
    )


def forget_strangers(subject_ids: Collection[uuid.UUID]) -> None:
    """Empty the messages about something that went to people without an account.

    Inside the caller's transaction.
    """
    db.session.execute(
        update(Delivery)
        .where(Delivery.recipient_id.is_(None), Delivery.subject_id.in_(subject_ids))
        .values(**_EMPTY)
        .execution_options(synchronize_session=False)
    )


def register(app: Flask) -> None:
    """Tell of them."""
    add_personal_data(
        app,
        Holding(
            key="messages",
            label=lazy("收到的消息"),
            purpose=lazy("用于确认通知是否送达。注销后清空地址和内容，只保留发送时间。"),
            columns={
                "title": lazy("标题"),
                "address": lazy("地址"),
                "state": lazy("状态"),
                "queued_at": lazy("生成时间"),
                "sent_at": lazy("发送时间"),
                "text": lazy("内容"),
            },
            export=_export,
            erase=_erase,
            order=70,
        ),
    )
