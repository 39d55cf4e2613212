"""What circles refuse."""

from __future__ import annotations

from eventhub.errors import ConflictError, InvalidError
from eventhub.i18n import lazy


class NoAccountError(InvalidError):
    """Nobody signed up with this address."""

    code = "no_account"
    message = lazy("这个邮箱还没有注册。请对方先注册账号，再来添加。")
    field = "email"


class LastOrganiserError(ConflictError):
    """Nobody would be left to run the circle."""

    code = "last_organiser"
    message = lazy("这是生态圈最后一位组织者，不能移除。请先添加另一位组织者。")
