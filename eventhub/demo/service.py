"""Loading the demonstration world, and taking it away again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select, text

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.db import db, transaction
from eventhub.demo.activities import build_activities
from eventhub.demo.cast import DOMAIN, PASSWORD, gather
from eventhub.demo.contests import build_published, build_today
from eventhub.demo.course import build_course
from eventhub.demo.press import Press
from eventhub.demo.recommending import build_open
from eventhub.errors import ConflictError, ForbiddenError
from eventhub.i18n import LazyString, lazy
from eventhub.outcomes.service import font_folder


class NotEmptyError(ConflictError):
    """There are people in the database already."""

    code = "not_empty"
    message = lazy("数据库中已有数据。")


class NoDemoHereError(ForbiddenError):
    """Made-up people with a known password have no place in a real house."""

    code = "no_demo_here"
    message = lazy("此环境未启用演示数据。")


@dataclass(frozen=True)
class SignIn:
    """One of the made-up people, to try a role with; ``path`` is where that role begins."""

    role: LazyString
    address: str
    path: str
    password: str = PASSWORD

    @property
    def email(self) -> str:
        """What they sign in with."""
        return f"{self.address}@{DOMAIN}"


SIGN_INS = (
    SignIn(lazy("组织者"), "olga", "/manage/competitions"),
    SignIn(lazy("第二名组织者"), "rui", "/manage/competitions"),
    SignIn(lazy("参赛队负责人"), "tia", "/entries"),
    SignIn(lazy("学校工作人员"), "sue", "/school"),
    SignIn(lazy("评委"), "jun", "/judging"),
    SignIn(lazy("签到工作人员"), "sam", "/door"),
    SignIn(lazy("市级主管部门"), "mei", "/statistics"),
    SignIn(lazy("平台管理员"), "admin", "/desk"),
)


def is_empty() -> bool:
    """Whether nobody is there yet."""
    return db.session.scalar(select(Person.id).limit(1)) is None


def list_sign_ins() -> list[tuple[SignIn, str]]:
    """The made-up people that are really there, with their names."""
    wanted = {sign_in.email: sign_in for sign_in in SIGN_INS}
    people = db.session.scalars(select(Person).where(Person.email.in_(wanted)))
    found = {person.email: person.name for person in people}
    return [(wanted[email], found[email]) for email in wanted if email in found]


def load(*, at: datetime | None = None) -> None:
    """Build the world around a moment, in one transaction: all of it, or nothing.

    Raises:
        NotEmptyError: somebody is there already.
        NoDemoHereError: the settings forbid it.

    """
    if not current_app.config["DEMO_SIGN_INS"] and not current_app.testing:
        raise NoDemoHereError
    now = at or clock.now()
    local = now.astimezone(ZoneInfo(current_app.config["TIMEZONE"]))
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    with transaction(), TemporaryDirectory() as work:
        if not is_empty():
            raise NotEmptyError
        cast = gather()
        press = Press(font_folder(), Path(work))
        captain = cast.person("田佳", "tia", university_id=cast.university("重庆邮电大学").id)
        cast.person("江俊", "jun")
        cast.person("安然", "admin").is_admin = True
        build_published(cast, press, today, captain)
        build_course(cast, press, today)
        build_today(cast, press, today, now, captain)
        build_open(cast, press, today, captain)
        build_activities(cast, today, now)


def reset(*, at: datetime | None = None) -> None:
    """Empty every table and build the world anew.

    Raises:
        NoDemoHereError: the settings forbid it.

    """
    if not current_app.config["DEMO_SIGN_INS"] and not current_app.testing:
        raise NoDemoHereError
    with transaction():
        tables = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
        db.session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        db.session.execute(text("DELETE FROM procrastinate_jobs"))
        db.session.expire_all()
        load(at=at)
