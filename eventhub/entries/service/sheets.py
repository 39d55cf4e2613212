"""The workbook of entries: its sheets and columns, the same on the way out and on the way in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from eventhub.accounts.models import EMAIL_MAX, NAME_MAX
from eventhub.entries.models import (
    ADVISER_ORGANISATION_MAX,
    ADVISER_TITLE_MAX,
    CATEGORY_MAX,
    COMPANY_NAME_MAX,
    DUTY_MAX,
    PHONE_MAX,
    PROJECT_NAME_MAX,
    STUDENT_NUMBER_MAX,
    SUMMARY_MAX,
)
from eventhub.i18n import LOCALES, LazyString, lazy, speaking

GROUP_JOINT = " · "
SHAREHOLDERS_MAX = 12_000  # fifty of the longest names, each in marks


class Kind(StrEnum):
    """What a column's cells hold."""

    TEXT = "text"
    CODE = "code"  # numbers that are names: codes, student numbers, phones, addresses
    WHOLE = "whole"
    DATE = "date"
    FLAG = "flag"


@dataclass(frozen=True)
class Column:
    """A column by its key. ``is_told`` ones are for reading: what stands there is not taken in.

    ``is_personal`` ones leave the house only when asked for.
    """

    key: str
    title: LazyString
    kind: Kind = Kind.TEXT
    limit: int = 400
    width: int = 14
    is_told: bool = False
    is_personal: bool = False
    note: LazyString | None = None


@dataclass(frozen=True)
class SheetShape:
    """A sheet: its key, title and columns. ``needed`` are keys without which it cannot be read."""

    key: str
    title: LazyString
    columns: tuple[Column, ...]
    needed: frozenset[str]

    def column(self, key: str) -> Column:
        """One of its columns."""
        return next(column for column in self.columns if column.key == key)


_CODE = Column(
    "code",
    lazy("项目编号"),
    Kind.CODE,
    20,
    12,
    note=lazy("已有项目填系统给的编号；新项目填“新1”“新2”，各工作表里同一个项目填同一个编号。"),
)
_PROJECT = Column(
    "project",
    lazy("项目名称"),
    limit=PROJECT_NAME_MAX,
    width=30,
    is_told=True,
    note=lazy("便于核对，以项目编号为准。"),
)
_POSITION = Column("position", lazy("排序"), Kind.WHOLE, 3, 7, note=lazy("从 1 开始的整数。"))

PROJECTS = SheetShape(
    "projects",
    lazy("项目"),
    (
        _CODE,
        Column("name", lazy("项目名称"), limit=PROJECT_NAME_MAX, width=30),
        Column(
            "group",
            lazy("组别"),
            limit=150,
            width=26,
            note=lazy("从下拉列表中选择，写作“赛道 · 组别”。"),
        ),
        Column(
            "category",
            lazy("参赛类别"),
            limit=CATEGORY_MAX,
            note=lazy("该组别允许的类别之一，没有类别的留空。"),
        ),
        Column(
            "school",
            lazy("参赛学校"),
            limit=60,
            width=20,
            note=lazy("学校全称或常用简称，从下拉列表中选择。"),
        ),
        Column("summary", lazy("项目简介"), limit=SUMMARY_MAX, width=50),
        Column("state", lazy("状态"), is_told=True, note=lazy("导出时给出，导入时不看。")),
        Column("captain", lazy("负责人"), is_told=True, note=lazy("导出时给出，导入时不看。")),
        Column("rank", lazy("学校推荐排序"), Kind.WHOLE, is_told=True),
        Column("submitted_at", lazy("提交时间"), width=18, is_told=True),
    ),
    frozenset({"code", "name", "group", "school"}),
)
MEMBERS = SheetShape(
    "members",
    lazy("成员"),
    (
        _CODE,
        _PROJECT,
        Column(
            "position",
            lazy("排序"),
            Kind.WHOLE,
            3,
            7,
            note=lazy("从 1 开始的整数，1 是负责人。"),
        ),
        Column("name", lazy("姓名"), limit=NAME_MAX),
        Column("school", lazy("学校"), limit=60, width=20),
        Column(
            "student_number",
            lazy("学号"),
            Kind.CODE,
            STUDENT_NUMBER_MAX,
            16,
            note=lazy("请把单元格设为文本，以免长号码被改写。"),
        ),
        Column("duty", lazy("分工"), limit=DUTY_MAX, width=20),
        Column("consent", lazy("本人确认"), is_told=True, note=lazy("导出时给出，导入时不看。")),
        Column(
            "email",
            lazy("邮箱"),
            Kind.CODE,
            EMAIL_MAX,
            26,
            is_personal=True,
            note=lazy("新项目的负责人必须填写：接管项目的邮件会发到这里。"),
        ),
        Column("phone", lazy("手机"), Kind.CODE, PHONE_MAX, 16, is_personal=True),
    ),
    frozenset({"code", "name"}),
)
ADVISERS = SheetShape(
    "advisers",
    lazy("指导教师"),
    (
        _CODE,
        _PROJECT,
        _POSITION,
        Column("name", lazy("姓名"), limit=NAME_MAX),
        Column("title", lazy("职称或职务"), limit=ADVISER_TITLE_MAX),
        Column("organisation", lazy("单位"), limit=ADVISER_ORGANISATION_MAX, width=26),
        Column(
            "share",
            lazy("指导占比"),
            Kind.WHOLE,
            3,
            10,
            note=lazy("0 到 100 的整数，不分占比的留空。"),
        ),
    ),
    frozenset({"code", "name"}),
)
COMPANIES = SheetShape(
    "companies",
    lazy("企业"),
    (
        _CODE,
        _PROJECT,
        Column("is_registered", lazy("已注册企业"), Kind.FLAG, 4, note=lazy("填“是”或“否”。")),
        Column("name", lazy("企业名称"), limit=COMPANY_NAME_MAX, width=30),
        Column("credit_code", lazy("统一社会信用代码"), Kind.CODE, 18, 22),
        Column("registered_on", lazy("注册日期"), Kind.DATE, 10, 12, note=lazy("如 2025-03-01。")),
        Column("legal_representative", lazy("法定代表人"), limit=NAME_MAX),
        Column(
            "shareholders",
            lazy("股东和持股比例"),
            limit=SHAREHOLDERS_MAX,
            width=36,
            note=lazy("写作“张三 60%；李四 40%”，用分号隔开。"),
        ),
    ),
    frozenset({"code", "is_registered"}),
)
SHEETS = (PROJECTS, MEMBERS, ADVISERS, COMPANIES)
# what tells of a person: a mistake in it is kept with the cell, and what stands there only masked
PRIVATE = {
    MEMBERS.key: frozenset({"name", "student_number", "email", "phone"}),
    ADVISERS.key: frozenset({"name"}),
    COMPANIES.key: frozenset({"legal_representative", "shareholders"}),
}
ANSWERS = SheetShape(  # handed out, never read: a form is filled in by its team
    "answers",
    lazy("报名表"),
    (
        _CODE,
        _PROJECT,
        Column("question", lazy("问题"), width=30),
        Column("answer", lazy("回答"), width=60),
    ),
    frozenset(),
)


def titles_of(thing: SheetShape | Column) -> set[str]:
    """What a sheet or column is called, in every language of the house."""
    found = set()
    for locale in LOCALES:
        with speaking(locale):
            found.add(str(thing.title))
    return found
