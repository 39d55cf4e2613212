"""Vocabulary of deliveries."""

from __future__ import annotations

from enum import StrEnum

from eventhub.i18n import lazy


class Channel(StrEnum):
    """By which way a message goes."""

    MAIL = "mail"


class DeliveryState(StrEnum):
    """How far a message got. ``SENDING`` is the claim of one worker."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


TRANSITIONS = {
    DeliveryState.QUEUED: {DeliveryState.SENDING},
    DeliveryState.SENDING: {DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.FAILED},
    DeliveryState.FAILED: {DeliveryState.QUEUED},
    DeliveryState.SENT: set(),
}

# label, colour, icon
DELIVERY_STATE_LOOKS = {
    DeliveryState.QUEUED: (lazy("排队中"), "blue", "clock"),
    DeliveryState.SENDING: (lazy("发送中"), "teal", "send"),
    DeliveryState.SENT: (lazy("已送达邮件服务器"), "green", "circle-check"),
    DeliveryState.FAILED: (lazy("发送失败"), "red", "alert-triangle"),
}
