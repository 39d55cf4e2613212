"""Telling a captain that an office has entered their project, and how to take it over."""

from __future__ import annotations

import uuid
from datetime import timedelta

from eventhub.accounts.models import Person
from eventhub.accounts.service import RESET_SCOPE, issue_link
from eventhub.entries import queries
from eventhub.entries.models import Entry
from eventhub.i18n import _
from eventhub.notifications.messages import Action, Message, Recipient
from eventhub.notifications.service import notify

LINK_LIFE = timedelta(days=14)


def send_takeover(entry_id: uuid.UUID, *, by: Person) -> None:
    """Within a transaction: write to the captain; without a password they get a link to set one."""
    entry = queries.get_entry(entry_id)
    captain = entry.captain
    token = None
    if captain.password_hash is None:
        token = issue_link(captain.id, scope=RESET_SCOPE, life=LINK_LIFE)
    notify(
        Recipient.of(captain),
        key=f"entry:{entry.id}:imported",
        kind="entries.imported",
        compose=lambda: _compose(entry, by, token),
        subject_id=entry.id,
        circle_id=entry.competition.event.circle_id,
    )


def _compose(entry: Entry, by: Person, token: str | None) -> Message:
    if token is None:
        action = Action(_("打开项目页面"), "entries.show", {"entry_id": entry.id})
        hint = _("请用本邮箱登录，核对项目内容。")
    else:
        action = Action(_("设置密码，接管项目"), "accounts.new_password", {"token": token})
        hint = _("您还没有账号密码。请在 14 天内点下面的按钮设置密码，之后用本邮箱登录。")
    return Message(
        title=_("已替您报名：%(name)s", name=entry.name),
        paragraphs=(
            _(
                "%(captain)s，您好！%(office)s按名单替您提交了参赛项目，您是负责人。",
                captain=entry.captain.name,
                office=entry.university.name if entry.university else by.name,
            ),
            hint,
            _("如果内容有误，或您并未参赛，请联系学校或主办方。"),
        ),
        facts=(
            (_("赛事"), entry.competition.event.title),
            (_("组别"), f"{entry.group.track_name} · {entry.group.name}"),
            (_("项目编号"), entry.code),
        ),
        action=action,
    )
