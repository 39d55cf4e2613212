"""What the entries hold of a person: the projects they lead, the teams they are in."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from operator import attrgetter
from typing import Any

from flask import Flask
from sqlalchemy import select

from eventhub.accounts.models import Person
from eventhub.accounts.personal_data import Holding, Obstacle, add_personal_data, reading
from eventhub.db import db
from eventhub.entries.enums import (
    DEGREE_LABELS,
    ENTRY_STATE_LOOKS,
    ID_KIND_LABELS,
    EntryState,
    MemberState,
)
from eventhub.entries.models import Entry, Member
from eventhub.entries.queries.own import list_led, list_memberships
from eventhub.entries.service.forgetting import erase, runs
from eventhub.i18n import _, lazy


def _school(held: Entry | Member) -> str | None:
    return held.university.name if held.university else None


def _company(entry: Entry) -> dict[str, Any] | None:
    company = entry.company
    if company is None:
        return None
    return {
        "name": company.name,
        "credit_code": company.credit_code,
        "registered_on": company.registered_on,
        "legal_representative": company.legal_representative,
        "shareholders": company.shareholders,
    }


def _review(review: Any) -> dict[str, Any]:
    return {"verdict": review.verdict.value, "reason": review.reason, "at": review.created_at}


_PROJECTS = reading(
    list_led,
    competition=(lazy("赛事"), attrgetter("competition.event.title")),
    group=(lazy("组别"), lambda entry: f"{entry.group.track_name} · {entry.group.name}"),
    code=(lazy("项目编号"), attrgetter("code")),
    name=(lazy("项目名称"), attrgetter("name")),
    category=(lazy("参赛类别"), attrgetter("category")),
    summary=(lazy("项目简介"), attrgetter("summary")),
    school=(lazy("参赛学校"), _school),
    state=(lazy("状态"), lambda entry: str(ENTRY_STATE_LOOKS[entry.state][0])),
    submitted_at=(lazy("提交时间"), attrgetter("submitted_at")),
    members=(lazy("团队成员"), lambda entry: [each.name for each in entry.members]),
    advisers=(lazy("指导教师"), lambda entry: [each.name for each in entry.advisers]),
    company=(lazy("企业"), _company),
    answers=(lazy("报名表"), lambda entry: entry.answer.values if entry.answer else None),
    documents=(lazy("参赛材料"), lambda entry: [each.file.name for each in entry.documents]),
    reviews=(lazy("审核意见"), lambda entry: [_review(each) for each in entry.reviews]),
)
_MEMBERSHIPS = reading(
    list_memberships,
    competition=(lazy("赛事"), attrgetter("entry.competition.event.title")),
    project=(lazy("参赛项目"), attrgetter("entry.name")),
    position=(lazy("排序"), attrgetter("position")),
    name=(lazy("姓名"), attrgetter("name")),
    school=(lazy("学校"), _school),
    student_number=(lazy("学号"), attrgetter("student_number")),
    degree=(lazy("学历层次"), lambda m: str(DEGREE_LABELS[m.degree]) if m.degree else None),
    is_enrolled=(lazy("有学籍"), attrgetter("is_enrolled")),
    graduation_year=(lazy("毕业年份"), attrgetter("graduation_year")),
    id_kind=(lazy("证件类型"), lambda m: str(ID_KIND_LABELS[m.id_kind]) if m.id_kind else None),
    id_number=(lazy("证件号码"), attrgetter("id_number")),
    born_on=(lazy("出生日期"), attrgetter("birthday")),
    email=(lazy("邮箱"), attrgetter("email")),
    phone=(lazy("手机"), attrgetter("phone")),
    duty=(lazy("分工"), attrgetter("duty")),
    consent=(lazy("同意的文本"), attrgetter("consent_text")),
    consented_at=(lazy("同意时间"), attrgetter("consented_at")),
    deleted_at=(lazy("到期删除时间"), attrgetter("purged_at")),
)


def _obstacles(person: Person) -> list[Obstacle]:
    """What they lead and others rely on: handed in, or a draft that others have joined."""
    return [
        Obstacle(
            str(
                _(
                    "您是参赛项目“%(name)s”的负责人，请先移交负责人或退赛。",
                    name=entry.name or entry.code,
                )
            ),
            "entries.show",
            {"entry_id": entry.id},
        )
        for entry in list_led(person)
        if runs(entry) and (entry.state is not EntryState.DRAFT or _has_company(entry, person))
    ]


def _has_company(entry: Entry, person: Person) -> bool:
    """Whether others have confirmed to be of the team."""
    return any(
        member.state is MemberState.CONFIRMED and member.person_id != person.id
        for member in entry.members
    )


def name_members(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Members by name, each with the code of their entry, for the log."""
    query = (
        select(Member.id, Member.name + " " + Entry.code)
        .join(Member.entry)
        .where(Member.id.in_(ids))
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def register(app: Flask) -> None:
    """Tell of them."""
    add_personal_data(
        app,
        Holding(
            key="projects",
            label=lazy("我负责的项目"),
            purpose=lazy("用于参赛。注销后项目随赛事档案保留，负责人不再显示您的姓名。"),
            columns=_PROJECTS.columns,
            export=_PROJECTS.export,
            erase=erase,
            obstacles=_obstacles,
            order=20,
        ),
    )
    add_personal_data(
        app,
        Holding(
            key="memberships",
            label=lazy("我在团队中的信息"),
            purpose=lazy(
                "用于审核参赛资格和联系团队。注销后证件、生日、联系方式和学号删除，"
                "同意撤回；姓名遮盖，获奖证书需要的除外。"
            ),
            columns=_MEMBERSHIPS.columns,
            export=_MEMBERSHIPS.export,
            covered=frozenset({"id_number", "born_on"}),
            order=21,
        ),
    )
