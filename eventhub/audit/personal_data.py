"""What the log holds of a person: what they did. It cannot be changed, only its actor's name goes.

The accounts stand below the log; here they get their hand in it.
"""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from eventhub.accounts import own_data
from eventhub.accounts.models import Person
from eventhub.accounts.personal_data import Holding, Row, add_personal_data
from eventhub.audit.enums import action_label
from eventhub.audit.models import AuditEntry
from eventhub.audit.service import record
from eventhub.db import db
from eventhub.i18n import lazy

DEEDS_MAX = 5000


def _export(person: Person) -> list[Row]:
    """The newest deeds; an organiser's are many."""
    query = (
        select(AuditEntry.at, AuditEntry.action)
        .where(AuditEntry.actor_id == person.id)
        .order_by(AuditEntry.seq.desc())
        .limit(DEEDS_MAX)
    )
    return [
        {"at": at, "action": str(action_label(action))} for at, action in db.session.execute(query)
    ]


def _note(action: str, person: Person) -> None:
    record(action, person, by=person)


def register(app: Flask) -> None:
    """Tell of them, and let the accounts write."""
    own_data.note_deed = _note
    add_personal_data(
        app,
        Holding(
            key="deeds",
            label=lazy("操作记录"),
            purpose=lazy(
                "谁在何时做了什么，用于追溯和处理异议。记录不能更改；注销后不再显示您的姓名。"
            ),
            columns={"at": lazy("时间"), "action": lazy("操作")},
            export=_export,
            order=80,
        ),
    )
