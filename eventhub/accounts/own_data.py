"""A person reads what is held of them, takes it along, and has it deleted."""

from __future__ import annotations

import io
import json
import logging
import secrets
import uuid
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from eventhub import clock
from eventhub.accounts import personal_data
from eventhub.accounts.errors import LastAdminError, StillNeededError
from eventhub.accounts.models import Person, PersonalLink
from eventhub.accounts.personal_data import Holding, Row, list_holdings
from eventhub.accounts.service import confirm_password
from eventhub.db import db, transaction
from eventhub.i18n import LOCALES, _, join_clauses, lazy
from eventhub.web.downloads import workbook
from eventhub.web.jinja import show_date, show_datetime

log = logging.getLogger(__name__)

GONE = "已注销用户"  # not translated: a name, and the same for every reader

# The log stands above the accounts: the house wires this at start-up. Takes (action, person).
note_deed: Callable[[str, Person], None] | None = None


@dataclass(frozen=True)
class Held:
    """What is held of one kind."""

    holding: Holding
    rows: Sequence[Row]


def collect(person: Person) -> list[Held]:
    """Everything that the house holds of a person, kind by kind, empty kinds left out."""
    held = [Held(holding, holding.export(person)) for holding in list_holdings()]
    return [kind for kind in held if kind.rows]


def in_words(value: Any) -> str:
    """A value as a page or a workbook shows it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, datetime):
        return show_datetime(value)
    if isinstance(value, date):
        return show_date(value)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return join_clauses(value)
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(value)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def download(person_id: uuid.UUID, *, password: str) -> bytes:
    """Everything of a person, as a zip with JSON for machines and a workbook for people.

    Raises:
        WrongPasswordError: the one at the keyboard may not be the person.

    """
    with transaction():
        person = _get(person_id)
        confirm_password(person, password=password)
        held = collect(person)
        if note_deed is not None:
            note_deed("account.data_downloaded", person)
    log.info("own data downloaded", extra={"person_id": str(person_id)})
    return _archive(person, held)


def _archive(person: Person, held: Sequence[Held]) -> bytes:
    whole = {
        "exported_at": clock.now(),
        "person_id": str(person.id),
        "data": [
            {
                "key": kind.holding.key,
                "title": str(kind.holding.label),
                "purpose": str(kind.holding.purpose),
                "rows": [dict(row) for row in kind.rows],
            }
            for kind in held
        ],
    }
    sheets = [
        (
            str(kind.holding.label),
            [str(label) for label in kind.holding.columns.values()],
            [[in_words(row.get(key)) for key in kind.holding.columns] for row in kind.rows],
        )
        for kind in held
    ]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(whole, ensure_ascii=False, indent=2, default=_plain)
        archive.writestr("data.json", text)
        archive.writestr(str(_("我的数据.xlsx")), workbook(sheets).getvalue())
    return out.getvalue()


def close_account(person_id: uuid.UUID, *, password: str) -> None:
    """Take a person out of everything that is held. There is no way back.

    What others rely on stays without the name: results, reviews, marks, the log. Every session
    ends and every personal link with it.

    Raises:
        WrongPasswordError: the one at the keyboard may not be the person.
        StillNeededError: something runs that would break; see ``personal_data.list_obstacles``.
        LastAdminError: nobody would be left to run the platform.

    """
    with transaction():
        person = _get(person_id, lock=True)
        confirm_password(person, password=password)
        if personal_data.list_obstacles(person):
            raise StillNeededError
        _keep_an_admin(person)
        if note_deed is not None:
            note_deed("account.closed", person)
        personal_data.erase(person)
        _empty(person)
    log.info("account closed", extra={"person_id": str(person_id)})


def _get(person_id: uuid.UUID, *, lock: bool = False) -> Person:
    return db.session.get_one(
        Person, person_id, with_for_update=lock or None, populate_existing=lock
    )


def _keep_an_admin(person: Person) -> None:
    """The admins' rows are locked, so that of two who leave at once one stays."""
    if not person.is_admin:
        return
    query = select(Person.id).where(Person.is_admin).order_by(Person.id).with_for_update()
    if len(db.session.scalars(query).all()) == 1:
        raise LastAdminError


def _empty(person: Person) -> None:
    person.name, person.session_key = GONE, secrets.token_hex(16)
    person.email = person.phone = person.password_hash = person.university_id = None
    person.email_verified_at = person.last_seen_at = None
    person.is_admin = False
    db.session.execute(delete(PersonalLink).where(PersonalLink.person_id == person.id))


def _export(person: Person) -> list[Row]:
    return [
        {
            "name": person.name,
            "email": person.email,
            "phone": person.phone,
            "locale": LOCALES[person.locale],
            "created_at": person.created_at,
            "last_seen_at": person.last_seen_at,
        }
    ]


ACCOUNT = Holding(
    key="account",
    label=lazy("账号"),
    purpose=lazy("用于登录和接收通知。注销后姓名改为“已注销用户”，其余清空，登录全部退出。"),
    columns={
        "name": lazy("姓名"),
        "email": lazy("邮箱"),
        "phone": lazy("手机"),
        "locale": lazy("语言"),
        "created_at": lazy("注册时间"),
        "last_seen_at": lazy("最近登录"),
    },
    export=_export,
    order=10,
)
