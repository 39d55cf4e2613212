"""Mails of the accounts, which stand below this slice and cannot write any themselves."""

from __future__ import annotations

import uuid

from eventhub.accounts.models import Person
from eventhub.accounts.service import RESET_LIFE
from eventhub.i18n import _
from eventhub.notifications.messages import Action, Message, Recipient
from eventhub.notifications.service import notify


def send_reset(person: Person, token: str) -> None:
    """The link for a new password. Each request is a mail of its own."""
    hours = int(RESET_LIFE.total_seconds() // 3600)
    notify(
        Recipient.of(person),
        key=f"accounts.reset:{uuid.uuid4()}",
        kind="accounts.reset",
        compose=lambda: Message(
            title=_("设置新密码"),
            paragraphs=(
                _(
                    "%(name)s，您好！我们收到了为您的账号设置新密码的请求。"
                    "请在 %(hours)s 小时内点击下面的按钮完成设置，链接只能使用一次。",
                    name=person.name,
                    hours=hours,
                ),
                _("如果不是您本人操作，请忽略这封邮件，您的密码不会改变。"),
            ),
            action=Action(_("设置新密码"), "accounts.new_password", {"token": token}),
        ),
    )
