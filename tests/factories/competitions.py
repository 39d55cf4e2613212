"""Competitions, made from the template of 中国国际大学生创新大赛 2026."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.circles.models import Circle
from eventhub.competitions import service
from eventhub.competitions.models import Competition, Round
from tests.factories.people import make_circle, make_organiser


def make_competition(
    *,
    by: Person | None = None,
    circle: Circle | None = None,
    template: str = "cicic-2026",
    groups: Sequence[str] | None = ("ug-creative",),
    is_open: bool = True,
    **changes: Any,
) -> Competition:
    """A competition whose entries opened an hour ago and close in ten days; 路演 in twenty.

    With ``is_open`` False it is a draft. Other words go to ``create_from_template``.
    """
    circle = circle or make_circle()
    by = by or make_organiser(circle=circle)
    now = clock.now()
    facts: dict[str, Any] = {
        "circle_id": circle.id,
        "title": "重庆邮电大学创新大赛校级初赛",
        "edition": "2026",
        "entries_open_at": now - timedelta(hours=1),
        "entries_close_at": now + timedelta(days=10),
        "starts_at": now + timedelta(days=20),
        "ends_at": now + timedelta(days=20, hours=8),
        "venue": "逸夫科技楼报告厅",
        "group_keys": groups,
        "by": by,
        **changes,
    }
    competition = service.create_from_template(template, **facts)
    return service.open_entries(competition.id, by=by) if is_open else competition


def make_round(*, is_open: bool = True, by: Person | None = None, **changes: Any) -> Round:
    """The first round of a new competition, taking marks unless ``is_open`` is False."""
    circle = changes.pop("circle", None) or make_circle()
    by = by or make_organiser(circle=circle)
    competition = make_competition(by=by, circle=circle, **changes)
    round_ = competition.rounds[0]
    return service.open_round(round_.id, by=by) if is_open else round_
