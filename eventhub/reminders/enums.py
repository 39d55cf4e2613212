"""Vocabulary of reminders."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum

from flask_babel import format_timedelta

from eventhub.i18n import _, lazy

LEAD_MIN = timedelta(minutes=10)
LEAD_MAX = timedelta(days=60)


class Anchor(StrEnum):
    """What a reminder's time is counted from."""

    SLOT = "slot"
    ENTRY_DEADLINE = "entry_deadline"


ANCHOR_LABELS = {
    Anchor.SLOT: lazy("本队出场时间"),
    Anchor.ENTRY_DEADLINE: lazy("报名截止时间"),
}

# who hears of it, and what it brings along
ANCHOR_NOTES = {
    Anchor.SLOT: lazy("发给每支队伍的负责人：会场、时间、要带的东西，附可加入手机日历的文件。"),
    Anchor.ENTRY_DEADLINE: lazy("发给还没有提交项目的负责人：截止时间，以及还缺哪些内容。"),
}

ANCHOR_ICONS = {Anchor.SLOT: "presentation", Anchor.ENTRY_DEADLINE: "alarm"}


class LeadUnit(StrEnum):
    """In what a lead is given."""

    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"


LEAD_UNIT_LABELS = {
    LeadUnit.DAYS: lazy("天"),
    LeadUnit.HOURS: lazy("小时"),
    LeadUnit.MINUTES: lazy("分钟"),
}
_STEPS = {
    LeadUnit.DAYS: timedelta(days=1),
    LeadUnit.HOURS: timedelta(hours=1),
    LeadUnit.MINUTES: timedelta(minutes=1),
}

# offered with one click; the first is what nearly everybody wants
PRESETS = (
    (Anchor.SLOT, 1, LeadUnit.DAYS),
    (Anchor.SLOT, 2, LeadUnit.HOURS),
    (Anchor.ENTRY_DEADLINE, 3, LeadUnit.DAYS),
    (Anchor.ENTRY_DEADLINE, 1, LeadUnit.DAYS),
)


def lead_of(amount: int, unit: LeadUnit) -> timedelta:
    """Three days, as a duration."""
    return amount * _STEPS[unit]


def lead_words(lead: timedelta) -> str:
    """A duration in the largest unit that divides it: 1 天, 36 小时 / 1 day, 36 hours."""
    whole = (unit for unit, step in _STEPS.items() if not lead % step)
    name = next(whole, LeadUnit.MINUTES).removesuffix("s")
    words = format_timedelta(lead, granularity=name, threshold=1e9)  # 1e9: never a larger unit
    return re.sub(r"(?<=\d)(?=[^\d\s.,])", " ", words)


def rule_words(anchor: Anchor, lead: timedelta) -> str:
    """What a rule is called: 出场前 1 天."""
    if anchor is Anchor.SLOT:
        return str(_("出场前 %(lead)s", lead=lead_words(lead)))
    return str(_("报名截止前 %(lead)s", lead=lead_words(lead)))
