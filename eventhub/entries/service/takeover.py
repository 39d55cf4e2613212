"""Telling a captain that an office has entered or changed their project by a list."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from eventhub.accounts.models import Person
from eventhub.accounts.service import RESET_SCOPE, issue_link
from eventhub.entries import queries
from eventhub.entries.models import Entry
from eventhub.entries.permissions import can_review
from eventhub.i18n import _, join_words
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
        facts=_facts(entry),
        action=action,
    )


def send_listed(
    entry_id: uuid.UUID, *, run_id: uuid.UUID, fields: Sequence[str], by: Person
) -> None:
    """Within a transaction: tell the captain what an office's list has changed, once a list."""
    entry = queries.get_entry(entry_id)
    notify(
        Recipient.of(entry.captain),
        key=f"entry:{entry.id}:listed:{run_id}",
        kind="entries.listed",
        compose=lambda: _tell_changes(entry, fields, by),
        subject_id=entry.id,
        circle_id=entry.competition.event.circle_id,
    )


def _tell_changes(entry: Entry, fields: Sequence[str], by: Person) -> Message:
    return Message(
        title=_("项目“%(name)s”按名单作了修改", name=entry.name or entry.code),
        paragraphs=(
            _(
                "%(captain)s，您好！%(office)s导入名单时修改了您的项目：%(fields)s。",
                captain=entry.captain.name,
                office=_office(entry, by),
                fields=join_words(fields),
            ),
            _("请打开项目页面核对。如果内容有误，请联系学校或主办方。"),
        ),
        facts=_facts(entry),
        action=Action(_("打开项目页面"), "entries.show", {"entry_id": entry.id}),
    )


def _office(entry: Entry, by: Person) -> str:
    """Who handed the list in: whoever runs the competition, else the school."""
    if can_review(by, entry):
        return entry.competition.event.circle.name
    return entry.university.name if entry.university else by.name


def _facts(entry: Entry) -> tuple[tuple[str, str], ...]:
    return (
        (_("赛事"), entry.competition.event.title),
        (_("组别"), f"{entry.group.track_name} · {entry.group.name}"),
        (_("项目编号"), entry.code),
    )
