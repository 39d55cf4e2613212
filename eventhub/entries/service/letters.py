"""What captain and members hear of the entry by mail."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from eventhub.accounts.models import Person
from eventhub.db import db
from eventhub.entries.enums import LOCKED_PART_LABELS, LockedPart
from eventhub.entries.models import Entry, Member, Review, Unlock
from eventhub.i18n import _, join_words
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


def send_invitation(entry: Entry, member: Member, *, token: str) -> None:
    """To someone on the list: confirm that you are of the team."""
    notify(
        Recipient(member.name or member.email or "", member.email, person_id=member.person_id),
        key=f"entry:{entry.id}:invited:{member.id}:{secrets.token_hex(8)}",
        kind="entries.invited",
        compose=lambda: Message(
            title=_("请确认加入参赛团队“%(name)s”", name=entry.name or entry.code),
            paragraphs=(
                _(
                    "%(captain)s 邀请您作为团队成员参加“%(title)s”。",
                    captain=entry.captain.name,
                    title=entry.competition.event.title,
                ),
                _(
                    "请打开下面的链接，登录或注册账号后核对您的信息并确认。"
                    "链接 14 天内有效，只供您本人使用，请不要转发。"
                ),
                _("如果您不认识这个团队，不必理会这封邮件。"),
            ),
            facts=_facts(entry),
            action=Action(_("查看并确认"), "entries.join", {"token": token}),
        ),
        subject_id=entry.id,
        circle_id=entry.competition.event.circle_id,
    )


def send_leaving(entry: Entry, member: Member) -> None:
    """To the captain: somebody has left."""
    name = member.name
    _tell(
        entry,
        entry.captain,
        kind="entries.member_left",
        compose=lambda: Message(
            title=_("%(member)s 退出了团队“%(name)s”", member=name, name=_called(entry)),
            paragraphs=(
                _(
                    "%(member)s 刚刚退出团队，名单已更新。请核对人数和分工是否仍符合要求。",
                    member=name,
                ),
            ),
            facts=_facts(entry),
            action=_action(entry),
        ),
    )


def send_removal(entry: Entry, member: Member) -> None:
    """To somebody who had confirmed: you are no longer of the team."""
    if member.person is None:
        return
    _tell(
        entry,
        member.person,
        kind="entries.member_removed",
        compose=lambda: Message(
            title=_("您已不在团队“%(name)s”中", name=_called(entry)),
            paragraphs=(
                _(
                    "负责人 %(captain)s 已把您从团队名单中移除，您此前填写的信息随之删除。",
                    captain=entry.captain.name,
                ),
                _("如有疑问，请与负责人联系。"),
            ),
            facts=_facts(entry),
        ),
    )


def send_handover(entry: Entry, *, before: Person, after: Person) -> None:
    """To both: who leads the project now."""
    _tell(
        entry,
        after,
        kind="entries.captain_changed",
        compose=lambda: Message(
            title=_("您已成为项目“%(name)s”的负责人", name=_called(entry)),
            paragraphs=(
                _(
                    "%(before)s 把项目移交给了您。从现在起由您填写、提交项目，并接收主办方的通知。",
                    before=before.name,
                ),
            ),
            facts=_facts(entry),
            action=_action(entry),
        ),
    )
    _tell(
        entry,
        before,
        kind="entries.captain_changed",
        compose=lambda: Message(
            title=_("项目“%(name)s”已移交", name=_called(entry)),
            paragraphs=(
                _("项目现在由 %(after)s 负责。您仍是团队成员，可以查看项目。", after=after.name),
            ),
            facts=_facts(entry),
            action=_action(entry),
        ),
    )


def send_unlock(entry: Entry, unlock: Unlock) -> None:
    """To the captain: what may be changed, until when, and why."""
    zone = entry.competition.event.timezone
    _tell(
        entry,
        entry.captain,
        kind="entries.unlocked",
        compose=lambda: Message(
            title=_("项目“%(name)s”的部分内容可以修改", name=_called(entry)),
            paragraphs=(
                _(
                    "主办方为您的项目解锁了：%(parts)s。",
                    parts=join_words(str(LOCKED_PART_LABELS[LockedPart(p)]) for p in unlock.parts),
                ),
                _("原因：%(reason)s", reason=unlock.reason),
                _(
                    "请在 %(time)s %(zone)s 之前修改并提交，到时自动恢复锁定。",
                    time=show_datetime(unlock.ends_at, zone),
                    zone=zone_name(zone),
                ),
            ),
            facts=_facts(entry),
            action=_action(entry),
        ),
    )


def _tell(entry: Entry, person: Person, *, kind: str, compose: Callable[[], Message]) -> None:
    """One message about an entry; each deed is news of its own."""
    notify(
        Recipient.of(person),
        key=f"entry:{entry.id}:{kind}:{secrets.token_hex(8)}",
        kind=kind,
        compose=compose,
        subject_id=entry.id,
        circle_id=entry.competition.event.circle_id,
    )


def _called(entry: Entry) -> str:
    return entry.name or entry.code


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
