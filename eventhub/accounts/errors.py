"""What accounts refuse."""

from __future__ import annotations

from eventhub.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from eventhub.i18n import lazy


class EmailTakenError(ConflictError):
    """Someone signed up with this address before."""

    code = "email_taken"
    message = lazy("这个邮箱已经注册过，请直接登录，或用“忘记密码”找回。")
    field = "email"


class WrongCredentialsError(InvalidError):
    """Address and password do not belong together; which of the two is not told."""

    code = "wrong_credentials"
    message = lazy("邮箱或密码不正确。")


class WeakPasswordError(InvalidError):
    """Too short, or among the ones that everybody tries first."""

    code = "weak_password"
    message = lazy("密码太简单：至少 8 个字符，且不要使用常见密码。")
    field = "password"


class LinkInvalidError(NotFoundError):
    """A personal link that was never given out."""

    code = "link_invalid"
    message = lazy("这个链接无效。请检查是否完整复制，或联系主办方重新发送。")


class LinkExpiredError(ForbiddenError):
    """A personal link past its time, or withdrawn."""

    code = "link_expired"
    status = 410
    message = lazy("这个链接已过期或被撤销。请联系主办方重新发送。")


class WrongPasswordError(InvalidError):
    """Someone signed in could not repeat their password."""

    code = "wrong_password"
    message = lazy("密码不正确，请重新输入。")
    field = "password"


class StillNeededError(ConflictError):
    """The account cannot be closed while something runs that needs it; the page says what."""

    code = "account_needed"
    message = lazy("现在还不能注销，请先处理页面上列出的事项。")


class LastAdminError(ConflictError):
    """Nobody would be left to run the platform."""

    code = "last_admin"
    message = lazy("您是平台唯一的管理员，不能注销。")
