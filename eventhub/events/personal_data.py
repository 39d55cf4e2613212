"""What the events hold of a person: their places, and where they were reached."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.accounts.personal_data import Holding, Row, add_personal_data
from eventhub.db import db
from eventhub.domain.masking import OutputKind, mask_name
from eventhub.events.enums import REGISTRATION_STATE_LOOKS, RegistrationState
from eventhub.events.models import Registration
from eventhub.events.service import cancel_registration
from eventhub.i18n import lazy


def _places(person: Person) -> Sequence[Registration]:
    query = (
        select(Registration)
        .where(Registration.person_id == person.id)
        .options(joinedload(Registration.event), joinedload(Registration.ticket))
        .order_by(Registration.created_at)
    )
    return db.session.scalars(query).all()


def _export(person: Person) -> list[Row]:
    return [
        {
            "event": place.event.title,
            "starts_at": place.event.starts_at,
            "name": place.name,
            "email": place.email,
            "phone": place.phone,
            "organisation": place.organisation,
            "party": place.party,
            "state": str(REGISTRATION_STATE_LOOKS[place.state][0]),
            "ticket": place.ticket.code if place.ticket else None,
            "registered_at": place.created_at,
        }
        for place in _places(person)
    ]


def _erase(person: Person) -> None:
    """Give back what lies ahead; of what was attended nothing stays by which to reach anyone."""
    now = clock.now()
    for place in _places(person):
        if place.state is not RegistrationState.CANCELLED and place.event.starts_at > now:
            cancel_registration(place.id, by=person, even_with_team=True)
        place.name = mask_name(place.name, OutputKind.ATTENDANCE_WALL)
        place.email = place.phone = place.person_id = None
        place.organisation = ""


def forget_party_contacts(event_id: uuid.UUID) -> None:
    """Delete mail and telephone of those who had a place as members of a team."""
    db.session.execute(
        update(Registration)
        .where(Registration.event_id == event_id, Registration.party_id.is_not(None))
        .values(email=None, phone=None)
        .execution_options(synchronize_session=False)
    )


def register(app: Flask) -> None:
    """Tell of them."""
    add_personal_data(
        app,
        Holding(
            key="registrations",
            label=lazy("活动报名"),
            purpose=lazy(
                "用于发电子票和现场核对。注销后，未开始的报名会取消，"
                "已参加的只保留遮盖后的姓名用于统计人数。"
            ),
            columns={
                "event": lazy("活动"),
                "starts_at": lazy("开始时间"),
                "name": lazy("姓名"),
                "email": lazy("邮箱"),
                "phone": lazy("手机"),
                "organisation": lazy("单位"),
                "party": lazy("团队"),
                "state": lazy("状态"),
                "ticket": lazy("票号"),
                "registered_at": lazy("报名时间"),
            },
            export=_export,
            erase=_erase,
            order=40,
        ),
    )
