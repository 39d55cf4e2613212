"""What the judging holds of a person: their seats, and what they gave."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from eventhub.accounts.models import Person
from eventhub.accounts.personal_data import Holding, Obstacle, add_personal_data, reading
from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Competition, Round
from eventhub.db import db
from eventhub.i18n import _, lazy
from eventhub.judging.models import Panel, PanelJudge, Scoresheet

_ROUND = joinedload(Round.competition).joinedload(Competition.event)


def _seats(person: Person) -> Sequence[PanelJudge]:
    query = (
        select(PanelJudge)
        .where(PanelJudge.person_id == person.id)
        .options(joinedload(PanelJudge.panel).joinedload(Panel.round).options(_ROUND))
        .order_by(PanelJudge.created_at)
    )
    return db.session.scalars(query).all()


def _sheets(person: Person) -> Sequence[Scoresheet]:
    query = (
        select(Scoresheet)
        .where(Scoresheet.judge_id == person.id)
        .options(
            joinedload(Scoresheet.round).options(_ROUND),
            joinedload(Scoresheet.entry),
            selectinload(Scoresheet.marks),
        )
        .order_by(Scoresheet.saved_at)
    )
    return db.session.scalars(query).all()


_SEATS = reading(
    _seats,
    competition=(lazy("赛事"), attrgetter("panel.round.competition.event.title")),
    round=(lazy("轮次"), attrgetter("panel.round.name")),
    panel=(lazy("评委组"), attrgetter("panel.name")),
    is_chief=(lazy("评委组长"), attrgetter("is_chief")),
    organisation=(lazy("单位"), attrgetter("organisation")),
)
_SHEETS = reading(
    _sheets,
    competition=(lazy("赛事"), attrgetter("round.competition.event.title")),
    round=(lazy("轮次"), attrgetter("round.name")),
    entry=(lazy("项目编号"), attrgetter("entry.code")),
    marks=(lazy("分项得分"), lambda sheet: {key: str(p) for key, p in sheet.points.items()}),
    total=(lazy("总分"), lambda sheet: str(sheet.total)),
    note=(lazy("备注"), attrgetter("note")),
    feedback=(lazy("评语"), attrgetter("feedback")),
    submitted_at=(lazy("提交时间"), attrgetter("submitted_at")),
)


def _obstacles(person: Person) -> list[Obstacle]:
    """A judge whose marks are awaited; of closed rounds the sheets stay, without the name."""
    return [
        Obstacle(
            str(
                _(
                    "您是“%(competition)s”%(round)s的评委，请先联系主办方调整评委名单。",
                    competition=seat.panel.round.competition.event.title,
                    round=seat.panel.round.name,
                )
            ),
            "judging.index",
        )
        for seat in _seats(person)
        if seat.panel.round.state in {RoundState.DRAFT, RoundState.OPEN}
    ]


def _erase(person: Person) -> None:
    """Where they work goes; what they gave stays, since results rest on it."""
    for seat in _seats(person):
        seat.organisation, seat.university_id = "", None


def register(app: Flask) -> None:
    """Tell of them."""
    add_personal_data(
        app,
        Holding(
            key="seats",
            label=lazy("评委席位"),
            purpose=lazy("用于安排评审和回避。注销后不再显示您的姓名和单位。"),
            columns=_SEATS.columns,
            export=_SEATS.export,
            erase=_erase,
            obstacles=_obstacles,
            order=50,
        ),
    )
    add_personal_data(
        app,
        Holding(
            key="sheets",
            label=lazy("评分表"),
            purpose=lazy("成绩以它为依据，因此注销后仍保留分数和评语，但不再显示您的姓名。"),
            columns=_SHEETS.columns,
            export=_SHEETS.export,
            order=51,
        ),
    )
