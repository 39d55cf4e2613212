"""What the circles hold of a person: for whom they work."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from eventhub.accounts.models import Person
from eventhub.accounts.personal_data import Holding, Obstacle, Row, add_personal_data
from eventhub.audit import service as audit
from eventhub.circles import roles
from eventhub.circles.enums import CIRCLE_ROLE_LABELS, CircleRole
from eventhub.circles.errors import LastOrganiserError
from eventhub.circles.models import (
    BureauMembership,
    Circle,
    CircleMembership,
    UniversityMembership,
)
from eventhub.db import db
from eventhub.i18n import _, lazy


def _memberships(person: Person) -> Sequence[CircleMembership]:
    query = (
        select(CircleMembership)
        .where(CircleMembership.person_id == person.id)
        .options(joinedload(CircleMembership.circle))
        .order_by(CircleMembership.created_at)
    )
    return db.session.scalars(query).all()


def _export(person: Person) -> list[Row]:
    rows: list[Row] = [
        {
            "where": membership.circle.name,
            "role": str(CIRCLE_ROLE_LABELS[membership.role]),
            "since": membership.created_at,
        }
        for membership in _memberships(person)
    ]
    offices: tuple[tuple[Any, Any, str], ...] = (
        (BureauMembership, BureauMembership.bureau, str(_("主管部门人员"))),
        (UniversityMembership, UniversityMembership.university, str(_("学校负责老师"))),
    )
    for model, place, role in offices:
        query = select(model).where(model.person_id == person.id).options(joinedload(place))
        rows += [
            {
                "where": getattr(held, place.key).name,
                "role": role,
                "since": held.created_at,
            }
            for held in db.session.scalars(query)
        ]
    return rows


def _led_alone(person: Person) -> Sequence[Circle]:
    """The circles that nobody else organises."""
    organised = select(CircleMembership.circle_id).where(
        CircleMembership.role == CircleRole.ORGANISER
    )
    mine = organised.where(CircleMembership.person_id == person.id)
    alone = organised.group_by(CircleMembership.circle_id).having(func.count() == 1)
    query = select(Circle).where(Circle.id.in_(mine), Circle.id.in_(alone)).order_by(Circle.name)
    return db.session.scalars(query).all()


def _obstacles(person: Person) -> list[Obstacle]:
    return [
        Obstacle(
            str(_("您是“%(circle)s”唯一的组织者，请先添加另一位组织者。", circle=circle.name)),
            "circles.manage_team",
            {"circle": circle.code},
        )
        for circle in _led_alone(person)
    ]


def _erase(person: Person) -> None:
    """Take every role back; the rows of the circles are locked, so that one organiser stays."""
    held = _memberships(person)
    _hold({membership.circle_id for membership in held})
    if _led_alone(person):
        raise LastOrganiserError
    for membership in held:
        audit.record(
            "circle.role_taken",
            membership,
            by=person,
            circle_id=membership.circle_id,
            before={"person_id": str(person.id), "role": membership.role.value},
        )
        db.session.delete(membership)
    for model in (BureauMembership, UniversityMembership):
        db.session.execute(delete(model).where(model.person_id == person.id))
    roles.forget(person.id)


def _hold(circle_ids: Collection[uuid.UUID]) -> None:
    query = select(Circle.id).where(Circle.id.in_(circle_ids)).order_by(Circle.id)
    db.session.execute(query.with_for_update())


def register(app: Flask) -> None:
    """Tell of them."""
    add_personal_data(
        app,
        Holding(
            key="roles",
            label=lazy("角色"),
            purpose=lazy("决定您能做什么。注销后全部收回。"),
            columns={
                "where": lazy("所在"),
                "role": lazy("角色"),
                "since": lazy("开始时间"),
            },
            export=_export,
            erase=_erase,
            obstacles=_obstacles,
            order=15,
        ),
    )
