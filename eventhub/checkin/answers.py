"""The door's answer in words, for the page and for the script that draws it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from eventhub.checkin.enums import ANSWER_LOOKS
from eventhub.checkin.models import Checkpoint
from eventhub.checkin.service import ScanAnswer
from eventhub.domain.admission import Reason
from eventhub.events.enums import ATTENDEE_ROLE_LABELS
from eventhub.i18n import LazyString, _, lazy
from eventhub.web.jinja import show_datetime, show_range, show_time, zone

_HINTS: dict[Reason | None, LazyString] = {
    Reason.UNKNOWN: lazy("系统中没有这张票。请核对票码，或按姓名查找。"),
    Reason.MALFORMED: lazy("这不是有效的票码：可能输错了字符，或扫到了别的二维码。"),
    Reason.CANCELLED: lazy("这份报名已经取消，票随之失效。"),
    Reason.REVOKED: lazy("请出示最新的一张电子票，或按姓名查找。"),
    Reason.UNCONFIRMED: lazy("请联系组织者确认这份报名。"),
    Reason.NOT_YET: lazy("请核对票面上的时间。"),
    Reason.EXPIRED: lazy("请核对票面上的时间。"),
}


def describe(answer: ScanAnswer, checkpoint: Checkpoint) -> dict[str, Any]:
    """One answer as JSON values: what it is, and what the door shows of it."""
    word, tone, icon = ANSWER_LOOKS[answer.reason]
    tz = checkpoint.event.timezone
    title = str(word)
    if answer.reason is Reason.ALREADY_IN and answer.admitted_at is not None:
        since = _moment(answer.admitted_at, answer.scanned_at, tz)
        title = _("%(time)s 已签到", time=since)
    return {
        "id": str(answer.scan_id),
        "code": answer.code,
        "outcome": answer.outcome.value,
        "reason": answer.reason.value if answer.reason else None,
        "scanned_at": answer.scanned_at.isoformat(),
        "admitted_at": answer.admitted_at.isoformat() if answer.admitted_at else None,
        "tone": tone,
        "icon": icon,
        "title": title,
        "name": answer.holder.name if answer.holder else "",
        "facts": _facts(answer),
        "detail": _detail(answer, checkpoint),
    }


def _facts(answer: ScanAnswer) -> list[str]:
    """Role, team and institution, as far as known."""
    holder = answer.holder
    if holder is None:
        return []
    role = str(ATTENDEE_ROLE_LABELS[holder.role])
    return [part for part in (role, holder.party, holder.institution) if part]


def _detail(answer: ScanAnswer, checkpoint: Checkpoint) -> str:
    """What to do now."""
    if answer.reason is Reason.ALREADY_IN:
        place = answer.where or checkpoint.name
        return str(_("在“%(place)s”签到，无需重复。", place=place))
    if answer.reason is Reason.WRONG_EVENT and answer.other_event is not None:
        other = answer.other_event
        when = show_range(other.starts_at, other.ends_at, other.timezone)
        return str(_("这张票属于“%(event)s”（%(when)s）。", event=other.title, when=when))
    if answer.reason is Reason.OUTSIDE_WINDOW:
        return describe_window(checkpoint)
    return str(_HINTS[answer.reason]) if answer.reason in _HINTS else ""


def describe_window(checkpoint: Checkpoint) -> str:
    """When a checkpoint admits, as a sentence in the event's zone."""
    return str(_("签到时间：%(when)s", when=show_window(checkpoint)))


def show_window(checkpoint: Checkpoint) -> str:
    """When a checkpoint admits, in the event's zone."""
    opens_at, closes_at = checkpoint.window
    tz = checkpoint.event.timezone
    if opens_at and closes_at:
        return show_range(opens_at, closes_at, tz)
    if opens_at:
        return str(_("%(when)s 起", when=show_datetime(opens_at, tz)))
    return str(_("%(when)s 前", when=show_datetime(closes_at, tz)))


def _moment(at: datetime, seen_at: datetime, tz: str) -> str:
    """The time alone for today, else with its day."""
    is_today = at.astimezone(zone(tz)).date() == seen_at.astimezone(zone(tz)).date()
    return show_time(at, tz) if is_today else show_datetime(at, tz)
