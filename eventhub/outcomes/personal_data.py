"""What outcomes hold of a person: the certificates that name them, which last."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from operator import attrgetter

from flask import Flask
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from eventhub.accounts.models import Person
from eventhub.accounts.personal_data import Holding, add_personal_data, reading
from eventhub.db import db
from eventhub.domain.codes import format_code
from eventhub.entries.models import Entry, Member
from eventhub.entries.service.forgetting import keep_names_by
from eventhub.i18n import lazy
from eventhub.outcomes.enums import ProposalState
from eventhub.outcomes.models import Award, Awarding, Certificate


def awarded(entry_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these entries are on an award list in force."""
    query = (
        select(Award.entry_id)
        .join(Award.decision)
        .where(
            Award.entry_id.in_(entry_ids),
            Award.level_id.is_not(None),
            Awarding.state == ProposalState.CONFIRMED,
        )
    )
    return {*db.session.scalars(query)}


def _certificates(person: Person) -> Sequence[Certificate]:
    mine = select(Member.entry_id).where(Member.person_id == person.id)
    query = (
        select(Certificate)
        .join(Certificate.award)
        .join(Award.entry)
        .where(or_(Entry.captain_id == person.id, Entry.id.in_(mine)))
        .options(contains_eager(Certificate.award))
        .order_by(Certificate.created_at)
    )
    return db.session.scalars(query).all()


_CERTIFICATES = reading(
    _certificates,
    number=(lazy("证书编号"), lambda one: format_code(one.number)),
    competition=(lazy("赛事"), lambda one: one.facts["competition"]),
    award=(lazy("奖项"), lambda one: one.facts["award"]),
    project=(lazy("项目"), lambda one: one.facts["project"]),
    members=(lazy("团队成员"), lambda one: one.facts["members"]),
    issued_at=(lazy("颁发时间"), attrgetter("created_at")),
    revoked_at=(lazy("作废时间"), attrgetter("revoked_at")),
)


def register(app: Flask) -> None:
    """Tell of certificates, and that an award keeps the name of who won it."""
    keep_names_by(app, awarded)
    add_personal_data(
        app,
        Holding(
            key="certificates",
            label=lazy("获奖证书"),
            purpose=lazy("证明团队获得的奖项，任何人可凭编号核验。注销账号后证书上的姓名保留。"),
            columns=_CERTIFICATES.columns,
            export=_CERTIFICATES.export,
            order=65,
        ),
    )
