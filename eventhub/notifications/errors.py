"""What deliveries refuse."""

from __future__ import annotations

from eventhub.errors import ConflictError
from eventhub.i18n import lazy


class NotResendableError(ConflictError):
    """Only a failed message can be sent again by hand."""

    code = "not_resendable"
    message = lazy("只有发送失败的消息可以重发。")
