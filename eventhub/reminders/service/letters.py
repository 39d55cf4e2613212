"""The words of the reminders."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from eventhub.entries import queries as entry_queries
from eventhub.entries import service as entry_service
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.i18n import _, speaking
from eventhub.notifications.messages import Action, CalendarEntry, Message, Recipient
from eventhub.notifications.service import notify
from eventhub.reminders.enums import Anchor
from eventhub.reminders.queries import Pending
from eventhub.roadshows import queries as roadshow_queries
from eventhub.roadshows.models import Slot
from eventhub.roadshows.service import appointment
from eventhub.web.jinja import show_datetime, show_range, zone_name


def send(pending: Pending) -> uuid.UUID | None:
    """Queue the mail of one reminder; None when its captain has no address.

    The key names the reminder, so that it cannot be queued twice.
    """
    entry = entry_queries.get_entry(pending.entry_id)
    if pending.anchor is Anchor.ENTRY_DEADLINE:
        return _queue(pending, entry, lambda: _of_deadline(entry))
    slot = _slot(pending)
    with speaking(entry.captain.locale):
        place = appointment(slot, slot.roadshow)
    return _queue(pending, entry, lambda: _of_slot(entry, slot, place), place)


def _queue(
    pending: Pending,
    entry: Entry,
    compose: Callable[[], Message],
    calendar_entry: CalendarEntry | None = None,
) -> uuid.UUID | None:
    return notify(
        Recipient.of(entry.captain),
        key=_key(pending),
        kind=f"reminders.{pending.anchor.value}",
        compose=compose,
        calendar_entry=calendar_entry,
        subject_id=entry.id,
        circle_id=entry.competition.event.circle_id,
    )


def _key(pending: Pending) -> str:
    parts = (pending.rule_id, pending.occasion_id, pending.entry_id, pending.recipient_id)
    return "reminder:" + ":".join(map(str, parts))


def _slot(pending: Pending) -> Slot:
    slots = roadshow_queries.slots_of_entry(pending.entry_id)
    return next(slot for slot in slots if slot.roadshow_id == pending.occasion_id)


def _of_slot(entry: Entry, slot: Slot, place: CalendarEntry) -> Message:
    event, round_ = entry.competition.event, slot.roadshow.round
    starts = show_datetime(slot.starts_at, event.timezone)
    when = show_range(slot.starts_at, slot.ends_at, event.timezone)
    is_at_event = slot.roadshow.venue in {"", event.venue}
    facts = [
        (_("项目"), _("%(name)s（%(code)s）", name=entry.name, code=entry.code)),
        (_("时间"), f"{when} {zone_name(event.timezone)}"),
        (_("地点"), place.location),
        (_("地址"), event.address if is_at_event else ""),
        (_("出场顺序"), _("本会场第 %(position)s 个", position=slot.position)),
        (
            _("时长"),
            _(
                "陈述 %(pitch)s 分钟，答辩 %(questions)s 分钟",
                pitch=_minutes(round_.pitch_seconds),
                questions=_minutes(round_.qa_seconds),
            ),
        ),
    ]
    return Message(
        title=_("出场提醒：%(time)s，%(project)s", time=starts, project=entry.name or entry.code),
        paragraphs=(
            _(
                "%(captain)s，您好！您的团队将参加“%(competition)s”%(round)s的路演，"
                "请按下面的时间和地点提前到场候场。",
                captain=entry.captain.name,
                competition=event.title,
                round=round_.name,
            ),
            _("打开附件，可把出场时间加入手机日历。安排如有变动，我们会再通知您。"),
        ),
        facts=tuple((str(label), str(value)) for label, value in facts if value),
        points_title=_("请带好"),
        points=(
            _("每名到场成员的电子票：在项目页面查看，入场时扫码"),
            _("有效身份证件和学生证"),
            _("演示文稿和视频的备份，并提前到会场拷贝、试放"),
        ),
        action=Action(
            _("查看出场安排"),
            "roadshows.timetable",
            {"code": event.code, "round": round_.position, "q": entry.code},
        ),
    )


def _minutes(seconds: int) -> str:
    return f"{seconds / 60:g}"


def _of_deadline(entry: Entry) -> Message:
    event = entry.competition.event
    closes = show_datetime(entry.competition.entries_close_at, event.timezone)
    if entry.state is EntryState.RETURNED:
        state = _("您的项目被退回后还没有重新提交。请在截止之前修改并提交，过时不能再提交。")
    else:
        state = _("您的项目还是草稿，没有提交。请在截止之前完善并提交，过时不能再提交。")
    checks = entry_service.list_checks(entry, entry_service.list_slots(entry))
    missing = [item for item in checks if item.state == "missing"]
    return Message(
        title=_(
            "报名即将截止：%(time)s，%(project)s", time=closes, project=entry.name or entry.code
        ),
        paragraphs=(
            _(
                "%(captain)s，您好！“%(competition)s”的报名即将截止。",
                captain=entry.captain.name,
                competition=event.title,
            ),
            str(state),
        ),
        facts=(
            (_("项目"), _("%(name)s（%(code)s）", name=entry.name or "—", code=entry.code)),
            (_("组别"), f"{entry.group.track_name} · {entry.group.name}"),
            (_("截止时间"), f"{closes} {zone_name(event.timezone)}"),
        ),
        points_title=_("还缺以下内容") if missing else "",
        points=tuple(
            _("%(what)s：%(why)s", what=item.label, why=item.note) if item.note else item.label
            for item in missing
        ),
        action=Action(_("继续填报"), "entries.show", {"entry_id": entry.id}),
    )
