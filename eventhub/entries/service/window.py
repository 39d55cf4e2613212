"""When a competition takes entries, and what of them is fixed then, by the server's clock."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from eventhub.competitions.enums import CompetitionState, EntryPhase
from eventhub.competitions.models import Competition
from eventhub.competitions.queries import takes_entries
from eventhub.entries.enums import (
    EDITABLE,
    LOCKED_PART_LABELS,
    MENDABLE,
    EntryState,
    LockedPart,
)
from eventhub.entries.errors import EntriesClosedError, PartLockedError
from eventhub.entries.models import Entry, Unlock
from eventhub.i18n import _, join_words
from eventhub.web.jinja import show_datetime, zone_name

NOTHING: frozenset[LockedPart] = frozenset()


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

    Within the window; after it only while the organiser has unlocked a part of it, or when the
    organiser returned it once the window was over, and then until it is approved again or the
    competition ends. What of it may be changed meanwhile is for ``locked_parts`` to say.
    """
    if entry.state not in EDITABLE:
        return False
    if takes_entries(entry.competition, now):
        return True
    if entry.competition.state is CompetitionState.FINISHED:
        return False
    return _is_reopened(entry) or bool(active_unlocks(entry, now))


def hands_in_until(entry: Entry, now: datetime) -> datetime | None:
    """The moment at which ``may_hand_in`` turns, if one is known; None where nothing ends it."""
    if not may_hand_in(entry, now) or _is_reopened(entry):
        return None
    if takes_entries(entry.competition, now):
        return entry.competition.entries_close_at
    return max(unlock.ends_at for unlock in active_unlocks(entry, now))


def _is_reopened(entry: Entry) -> bool:
    returned = entry.state is EntryState.RETURNED
    return returned and bool(entry.reviews) and entry.reviews[0].reopens


def active_unlocks(entry: Entry, now: datetime) -> list[Unlock]:
    """The organiser's exceptions for this entry that hold at ``now``."""
    return [u for u in entry.unlocks if u.revoked_at is None and now < u.ends_at]


def mends(entry: Entry) -> bool:
    """Whether it was returned after the closing moment for the team to mend what it handed in.

    A return that only came with an unlock opens what was unlocked, and nothing else.
    """
    if not _is_reopened(entry):
        return False
    return all(unlock.review_id != entry.reviews[0].id for unlock in entry.unlocks)


def is_past_lock(competition: Competition, now: datetime) -> bool:
    """Whether the parts of its entries are fixed by now."""
    return competition.entry_phase(now) is EntryPhase.OVER


def locked_parts(entry: Entry, now: datetime) -> frozenset[LockedPart]:
    """What of an entry cannot be changed at ``now``: nothing until the closing moment, then all.

    Less what is unlocked, and what a return opens; see ``mends``. The closing moment itself
    belongs to the lock. Once the competition is over nothing opens a part.
    """
    if not is_past_lock(entry.competition, now):
        return NOTHING
    if entry.competition.state is CompetitionState.FINISHED:
        return frozenset(LockedPart)
    opened = {LockedPart(part) for unlock in active_unlocks(entry, now) for part in unlock.parts}
    return frozenset(LockedPart) - opened - (MENDABLE if mends(entry) else NOTHING)


def refuse_locked(entry: Entry, parts: Collection[LockedPart], now: datetime) -> None:
    """Refuse to change any of these parts while it is locked, saying which and since when.

    Raises:
        PartLockedError: as said.

    """
    stuck = locked_parts(entry, now) & set(parts)
    if stuck:
        raise PartLockedError(lock_words(entry.competition, stuck, now))


def lock_words(competition: Competition, parts: Collection[LockedPart], now: datetime) -> str:
    """Which parts are locked, and since when in the event's zone, in one sentence."""
    names = name_parts(parts)
    closes_at, zone = competition.entries_close_at, competition.event.timezone
    if closes_at is None or now < closes_at:
        return str(_("主办方已关闭报名，%(parts)s已锁定，不能再修改。", parts=names))
    words = _(
        "报名已于 %(time)s %(zone)s 截止，%(parts)s已锁定，不能再修改。",
        time=show_datetime(closes_at, zone),
        zone=zone_name(zone),
        parts=names,
    )
    return str(words)


def name_parts(parts: Collection[LockedPart]) -> str:
    """These parts in words, in their usual order."""
    return join_words(str(LOCKED_PART_LABELS[part]) for part in LockedPart if part in parts)


def next_step(entry: Entry, now: datetime) -> str:
    """What the team should do next, or wait for, in one sentence."""
    zone = entry.competition.event.timezone
    ends_at = hands_in_until(entry, now)
    if entry.state is EntryState.SUBMITTED:
        words = _("等待主办方审核，结果会发到负责人的邮箱。")
    elif entry.state is EntryState.APPROVED and (
        entry.competition.state is CompetitionState.FINISHED
    ):
        words = _("赛事已结束，感谢参加。成绩以赛事页公布的为准。")
    elif entry.state is EntryState.APPROVED:
        words = _("已获得参赛资格，请关注出场安排，并让每名成员保存电子票。")
    elif entry.state is EntryState.WITHDRAWN:
        words = _("已退出本赛事。")
    elif not may_hand_in(entry, now):
        is_early = entry.competition.entry_phase(now) is EntryPhase.UPCOMING
        words = (
            _("报名还没有开放，可以先填写并保存，开放后再提交。")
            if is_early
            else _("没有在截止前提交，不能参加本次赛事。")
        )
    elif ends_at is None and mends(entry):
        words = _("报名已截止，但主办方退回后您仍可修改并重新提交。")
    elif ends_at is None:
        words = _("报名已截止，请按主办方的要求改好后重新提交。")
    else:
        words = _(
            "请在 %(time)s %(zone)s 之前完善并提交。",
            time=show_datetime(ends_at, zone),
            zone=zone_name(zone),
        )
    return str(words)
