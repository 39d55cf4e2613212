"""Refusals. Services raise them; one handler in web/ makes pages and JSON of them."""

from __future__ import annotations

from eventhub.i18n import LazyString, lazy


class EventHubError(Exception):
    """A refusal with a stable ``code``, a ``status`` and a ``message`` for people.

    ``field`` names the form field at fault, where there is one. Details for the log go
    into ``args``.
    """

    code = "error"
    status = 500
    message: str | LazyString = lazy("出了点问题，请稍后再试。")
    field: str | None = None

    def __init__(self, message: str | LazyString | None = None, *, field: str | None = None):
        super().__init__(self.code)
        if message is not None:
            self.message = message
        if field is not None:
            self.field = field


class NotFoundError(EventHubError):
    """There is no such thing, or it is not to be known that there is."""

    code = "not_found"
    status = 404
    message = lazy("没有找到您要的内容。链接可能已失效，或者您没有查看它的权限。")


class ForbiddenError(EventHubError):
    """The person may know of it and may not do it."""

    code = "forbidden"
    status = 403
    message = lazy("您没有进行此操作的权限。")


class ConflictError(EventHubError):
    """The state of the world does not allow it."""

    code = "conflict"
    status = 409
    message = lazy("当前状态下不能进行此操作。")


class InvalidError(EventHubError):
    """What was given cannot be taken."""

    code = "invalid"
    status = 422
    message = lazy("填写的内容有误，请检查后重试。")
