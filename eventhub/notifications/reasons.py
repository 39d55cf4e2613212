"""Why a message did not go out, in words that an organiser can act on."""

from __future__ import annotations

import re

from eventhub.i18n import LazyString, lazy

_REASONS: tuple[tuple[str, LazyString], ...] = (
    (r"NoMailServerError", lazy("还没有配置邮件服务器，请联系平台管理员。")),
    (r"UnsendableError", lazy("收件人的邮箱地址无效，请联系本人更正。")),
    (r"no answer", lazy("发送多次中断，没有得到邮件服务器的答复。")),
    (r"(535|534|530) ", lazy("登录邮件服务器失败，请联系平台管理员。")),
    (r"552 ", lazy("对方邮箱已满，或邮件太大。")),
    (r"55[013] ", lazy("对方邮件服务器拒收，邮箱地址可能不存在，请向本人核对。")),
    (r"5\d\d ", lazy("邮件服务器拒绝了这封邮件。")),
    (r"4\d\d ", lazy("邮件服务器暂时不接收。")),
    (r"(TimeoutError|SMTPServerDisconnected)", lazy("邮件服务器没有回应。")),
    (r"SSL", lazy("与邮件服务器的加密连接失败，请联系平台管理员。")),
    (r"", lazy("连不上邮件服务器。")),
)


def reason(last_error: str) -> LazyString:
    """The sentence for what ``mail.explain`` noted."""
    return next(words for pattern, words in _REASONS if re.match(pattern, last_error))
