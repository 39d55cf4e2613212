"""Offices of schools, and lists that they hand in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from eventhub.accounts.models import Person
from eventhub.circles import service as circles
from eventhub.circles.models import University
from tests.factories.people import make_person, make_university

PROJECT_HEAD = ("项目编号", "项目名称", "组别", "参赛类别", "参赛学校", "项目简介")
MEMBER_HEAD = ("项目编号", "项目名称", "排序", "姓名", "学校", "学号", "分工", "邮箱", "手机")
CREATIVE = "高教主赛道 · 本科生创意组"


def make_school_officer(
    name: str = "石敏", *, university: University | None = None, email: str | None = None
) -> Person:
    """Someone who works for a school's office, by default that of 重庆邮电大学."""
    person = make_person(name, email=email)
    circles.join_office(person, university_id=(university or make_university()).id)
    return person


def make_project_row(code: str = "新1", **changes: str) -> dict[str, str]:
    """A row of the sheet of projects."""
    return {
        "项目编号": code,
        "项目名称": f"项目{code}",
        "组别": CREATIVE,
        "参赛类别": "新工科",
        "参赛学校": "重庆邮电大学",
        "项目简介": "做什么，解决谁的什么问题。",
        **changes,
    }


def make_member_rows(code: str = "新1", *, count: int = 3) -> list[dict[str, Any]]:
    """The rows of a team, its captain first."""
    number = int("".join(c for c in code if c.isdigit()) or 0)
    return [
        {
            "项目编号": code,
            "排序": at,
            "姓名": f"成员{number}之{at}",
            "学校": "重庆邮电大学",
            "学号": f"2024{number:04}{at:02}",
            "邮箱": f"captain{number}@eventhub.test" if at == 1 else "",
        }
        for at in range(1, count + 1)
    ]


def make_workbook(
    projects: Sequence[Mapping[str, Any]],
    members: Sequence[Mapping[str, Any]] = (),
    *,
    more: Mapping[str, Sequence[Sequence[Any]]] | None = None,
) -> io.BytesIO:
    """A workbook as an office saves it; ``more`` are further sheets, row by row."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, head, rows in (
        ("项目", PROJECT_HEAD, projects),
        ("成员", MEMBER_HEAD, members),
    ):
        sheet = book.create_sheet(title)
        sheet.append(head)
        for row in rows:
            sheet.append([row.get(name) for name in head])
    for title, lines in (more or {}).items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(list(line))
    return saved(book)


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    """A workbook as bytes."""
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out
