"""Roadshows, each made through the services as far as the test wants it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.competitions.models import Competition
from eventhub.db import transaction
from eventhub.entries import service as entries
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.roadshows import service
from eventhub.roadshows.models import Roadshow
from tests.factories.competitions import make_competition
from tests.factories.people import make_organiser, make_person, make_university

PUBLIC_TEXT = "03 08 17 21 28 33 + 09"
PROJECTS = ("智巡山城", "嘉陵净界", "古道云端", "橘乡智采", "雾都听诊", "桥梁微语", "乡医随行")


def make_approved(
    competition: Competition, name: str = "智巡山城", *, captain: Person | None = None
) -> Entry:
    """An approved entry. How one gets there is for the tests of entries to show."""
    captain = captain or make_person(university=make_university("重庆大学"))
    entry = entries.start_entry(competition.id, group_id=competition.groups[0].id, by=captain)
    with transaction():
        entry.name, entry.state = name, EntryState.APPROVED
        entry.submitted_at = clock.now()
    return entry


def tomorrow_at_nine() -> datetime:
    """09:00 in Chongqing, tomorrow."""
    local = clock.now().astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)
    return local.replace(hour=9, minute=0, second=0, microsecond=0)


def make_roadshow(
    *,
    by: Person | None = None,
    competition: Competition | None = None,
    entry_count: int = 5,
    rooms: Sequence[str] = ("第一会场", "第二会场"),
    until: str = "published",
    **setup: Any,
) -> Roadshow:
    """A roadshow of 8+7 minutes in two rooms, tomorrow from nine.

    ``until`` is ``setup``, ``announced``, ``drawn`` or ``published``.
    """
    by = by or make_organiser()
    competition = competition or make_competition(by=by)
    for at in range(entry_count):
        make_approved(competition, f"{PROJECTS[at % len(PROJECTS)]}{at + 1}")
    values = {"starts_at": tomorrow_at_nine(), "venue": "大学生活动中心", **setup}
    roadshow = service.set_up(competition.rounds[0].id, rooms=rooms, by=by, **values)
    if until == "setup":
        return roadshow
    service.announce_draw(roadshow.id, public_source="今晚双色球开奖号码", by=by)
    if until == "announced":
        return roadshow
    service.draw(roadshow.id, public_text=PUBLIC_TEXT, by=by)
    if until == "published":
        service.publish_timetable(roadshow.id, by=by)
    return roadshow
