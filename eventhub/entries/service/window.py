"""When a competition takes entries, by the server's clock."""

from __future__ import annotations

from datetime import datetime

from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition
from eventhub.competitions.queries import takes_entries
from eventhub.entries.enums import EDITABLE, EntryState
from eventhub.entries.errors import EntriesClosedError
from eventhub.entries.models import Entry
from eventhub.i18n import _
from eventhub.web.jinja import show_datetime, zone_name


def refuse_when_closed(competition: Competition, now: datetime) -> None:
    """Refuse outside the window, saying since or from when, in the event's zone.

    Raises:
        EntriesClosedError: as said.

    """
    if takes_entries(competition, now):
        return
    opens_at, closes_at = competition.entries_open_at, competition.entries_close_at
    zone = competition.event.timezone
    if opens_at is not None and now < opens_at:
        words = _(
            "报名将于 %(time)s %(zone)s 开放，请届时再来。",
            time=show_datetime(opens_at, zone),
            zone=zone_name(zone),
        )
        raise EntriesClosedError(words)
    if closes_at is not None and now >= closes_at:
        words = _(
            "报名已于 %(time)s %(zone)s 截止，不能再提交。",
            time=show_datetime(closes_at, zone),
            zone=zone_name(zone),
        )
        raise EntriesClosedError(words)
    raise EntriesClosedError(_("主办方已关闭报名，不能再提交。"))


def may_hand_in(entry: Entry, now: datetime) -> bool:
    """Whether this entry could be submitted now, were it complete.

    Within the window; after it only when the organiser returned the entry once it was over,
    and then until it is approved again or the competition ends.
    """
    if entry.state not in EDITABLE:
        return False
    if takes_entries(entry.competition, now):
        return True
    if entry.competition.state is CompetitionState.FINISHED:
        return False
    returned = entry.state is EntryState.RETURNED
    return returned and bool(entry.reviews) and entry.reviews[0].reopens


def next_step(entry: Entry, now: datetime) -> str:
    """What the captain should do next, or wait for, in one sentence."""
    zone = entry.competition.event.timezone
    closes_at = entry.competition.entries_close_at
    if entry.state is EntryState.SUBMITTED:
        words = _("等待主办方审核，结果会发到您的邮箱。")
    elif entry.state is EntryState.APPROVED and (
        entry.competition.state is CompetitionState.FINISHED
    ):
        words = _("赛事已结束，感谢参加。成绩以赛事页公布的为准。")
    elif entry.state is EntryState.APPROVED:
        words = _("已获得参赛资格，请关注出场安排，并让每名成员保存电子票。")
    elif entry.state is EntryState.WITHDRAWN:
        words = _("已退出本赛事。")
    elif not may_hand_in(entry, now):
        words = _("报名不在开放时间，暂时不能提交。")
    elif closes_at is None or now >= closes_at:
        words = _("报名已截止，但主办方退回后您仍可修改并重新提交。")
    else:
        words = _(
            "请在 %(time)s %(zone)s 之前完善并提交。",
            time=show_datetime(closes_at, zone),
            zone=zone_name(zone),
        )
    return str(words)
