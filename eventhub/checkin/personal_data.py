"""What the check-in holds of a person: when they came in."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from eventhub.accounts.models import Person
from eventhub.accounts.personal_data import Holding, Row, add_personal_data
from eventhub.checkin.models import Admission
from eventhub.db import db
from eventhub.events.models import Registration, Ticket
from eventhub.i18n import lazy


def _export(person: Person) -> list[Row]:
    query = (
        select(Admission)
        .join(Admission.ticket)
        .join(Ticket.registration)
        .where(Registration.person_id == person.id)
        .options(
            contains_eager(Admission.ticket)
            .contains_eager(Ticket.registration)
            .joinedload(Registration.event),
            joinedload(Admission.checkpoint),
        )
        .order_by(Admission.admitted_at)
    )
    return [
        {
            "event": admission.ticket.registration.event.title,
            "checkpoint": admission.checkpoint.name,
            "admitted_at": admission.admitted_at,
        }
        for admission in db.session.scalars(query)
    ]


def register(app: Flask) -> None:
    """Tell of them."""
    add_personal_data(
        app,
        Holding(
            key="admissions",
            label=lazy("签到记录"),
            purpose=lazy("用于统计人次和人数。注销后与您的账号脱离。"),
            columns={
                "event": lazy("活动"),
                "checkpoint": lazy("签到点"),
                "admitted_at": lazy("签到时间"),
            },
            export=_export,
            order=45,
        ),
    )
