"""What the judging holds of a person: their seats, and what they gave."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from eventhub.accounts.models import Person
from eventhub.accounts.personal_data import Holding, Obstacle, Row, add_personal_data
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


def _export_seats(person: Person) -> list[Row]:
    return [
        {
            "competition": seat.panel.round.competition.event.title,
            "round": seat.panel.round.name,
            "panel": seat.panel.name,
            "is_chief": seat.is_chief,
            "organisation": seat.organisation,
        }
        for seat in _seats(person)
    ]


def _export_sheets(person: Person) -> list[Row]:
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
    return [
        {
            "competition": sheet.round.competition.event.title,
            "round": sheet.round.name,
            "entry": sheet.entry.code,
            "marks": {key: str(points) for key, points in sheet.points.items()},
            "total": str(sheet.total),
            "note": sheet.note,
            "feedback": sheet.feedback,
            "submitted_at": sheet.submitted_at,
        }
        for sheet in db.session.scalars(query)
    ]


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
            columns={
                "competition": lazy("赛事"),
                "round": lazy("轮次"),
                "panel": lazy("评委组"),
                "is_chief": lazy("评委组长"),
                "organisation": lazy("单位"),
            },
            export=_export_seats,
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
            columns={
                "competition": lazy("赛事"),
                "round": lazy("轮次"),
                "entry": lazy("项目编号"),
                "marks": lazy("分项得分"),
                "total": lazy("总分"),
                "note": lazy("备注"),
                "feedback": lazy("评语"),
                "submitted_at": lazy("提交时间"),
            },
            export=_export_sheets,
            order=51,
        ),
    )
