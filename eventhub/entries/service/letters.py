"""What the captain hears of the entry by mail."""

from __future__ import annotations

from eventhub.db import db
from eventhub.entries.models import Entry, Review
from eventhub.i18n import _
from eventhub.notifications.messages import Action, Message, Recipient
from eventhub.notifications.service import notify
from eventhub.web.jinja import show_datetime, show_range, zone_name


def send_receipt(entry: Entry) -> None:
    """It arrived and waits for review."""
    assert entry.submitted_at is not None
    notify(
        Recipient.of(entry.captain),
        key=f"entry:{entry.id}:submitted:{entry.submitted_at.isoformat()}",
        kind="entries.submitted",
        compose=lambda: Message(
            title=_("已收到参赛项目“%(name)s”", name=entry.name),
            paragraphs=(
                _(
                    "%(captain)s，您好！您提交的参赛项目已经收到，正在等待主办方审核。",
                    captain=entry.captain.name,
                ),
                _("审核期间不能修改。审核通过或需要修改时，我们会再发邮件通知您。"),
            ),
            facts=(*_facts(entry), (_("提交时间"), _moment(entry))),
            action=_action(entry),
        ),
        subject_id=entry.id,
        circle_id=entry.competition.event.circle_id,
    )


def send_approval(entry: Entry, review: Review) -> None:
    """It is admitted; each member has a ticket."""
    event = entry.competition.event
    db.session.flush()  # the review's key is part of the message's
    notify(
        Recipient.of(entry.captain),
        key=f"entry:{entry.id}:approved:{review.id}",
        kind="entries.approved",
        compose=lambda: Message(
            title=_("审核通过：%(name)s", name=entry.name),
            paragraphs=(
                _(
                    "%(captain)s，您好！您的参赛项目已通过审核，期待团队在比赛中的表现。",
                    captain=entry.captain.name,
                ),
                _("每名成员的电子票已经生成，可在项目页面查看，入场时出示。"),
            ),
            facts=(
                *_facts(entry),
                (_("时间"), show_range(event.starts_at, event.ends_at, event.timezone)),
                (_("地点"), event.venue or "—"),
            ),
            action=_action(entry),
        ),
        subject_id=entry.id,
        circle_id=event.circle_id,
    )


def send_return(entry: Entry, review: Review) -> None:
    """It has to be changed, why, and by when."""
    db.session.flush()  # the review's key is part of the message's
    notify(
        Recipient.of(entry.captain),
        key=f"entry:{entry.id}:returned:{review.id}",
        kind="entries.returned",
        compose=lambda: Message(
            title=_("请修改参赛项目“%(name)s”", name=entry.name),
            paragraphs=(
                _(
                    "%(captain)s，您好！主办方审核后退回了您的参赛项目，请按以下意见修改后重新提交。",
                    captain=entry.captain.name,
                ),
                _("退回原因：%(reason)s", reason=review.reason),
                _deadline(entry, review),
            ),
            facts=_facts(entry),
            action=_action(entry),
        ),
        subject_id=entry.id,
        circle_id=entry.competition.event.circle_id,
    )


def _deadline(entry: Entry, review: Review) -> str:
    closes_at = entry.competition.entries_close_at
    if review.reopens or closes_at is None:
        return str(_("报名已经截止，但由于是主办方退回，您仍可修改后重新提交。请尽快完成。"))
    zone = entry.competition.event.timezone
    words = _(
        "请在 %(time)s %(zone)s 报名截止之前重新提交。",
        time=show_datetime(closes_at, zone),
        zone=zone_name(zone),
    )
    return str(words)


def _moment(entry: Entry) -> str:
    zone = entry.competition.event.timezone
    return f"{show_datetime(entry.submitted_at, zone)} {zone_name(zone)}"


def _facts(entry: Entry) -> tuple[tuple[str, str], ...]:
    return (
        (_("赛事"), entry.competition.event.title),
        (_("组别"), f"{entry.group.track_name} · {entry.group.name}"),
        (_("项目编号"), entry.code),
    )


def _action(entry: Entry) -> Action:
    return Action(_("打开项目页面"), "entries.show", {"entry_id": entry.id})
