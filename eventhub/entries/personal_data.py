"""What the entries hold of a person: the projects they lead, the teams they are in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from typing import Any

from flask import Flask, current_app
from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload, selectinload

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.accounts.personal_data import Holding, Obstacle, Row, add_personal_data
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition
from eventhub.db import db
from eventhub.domain.masking import OutputKind, mask_name
from eventhub.entries.enums import (
    DEGREE_LABELS,
    ENTRY_STATE_LOOKS,
    ID_KIND_LABELS,
    EntryState,
    LockedPart,
    MemberState,
)
from eventhub.entries.models import Document, Entry, Invitation, Member
from eventhub.entries.service import claims
from eventhub.entries.service.submission import withdraw_entry
from eventhub.entries.service.teams import leave_team
from eventhub.entries.service.window import locked_parts
from eventhub.i18n import _, lazy
from eventhub.notifications.messages import Action, Message, Recipient
from eventhub.notifications.service import notify

Finder = Callable[[Collection[uuid.UUID]], set[uuid.UUID]]


def keep_names_by(app: Flask, finder: Finder) -> None:
    """Say which of some entries are named in what stays public, such as a certificate."""
    app.extensions.setdefault("lasting_names", []).append(finder)


def _lasting(entry_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    finders: list[Finder] = current_app.extensions.get("lasting_names", [])
    return set().union(*(finder(entry_ids) for finder in finders))


def _led(person: Person) -> Sequence[Entry]:
    query = (
        select(Entry)
        .where(Entry.captain_id == person.id)
        .options(
            joinedload(Entry.competition).joinedload(Competition.event),
            joinedload(Entry.group),
            joinedload(Entry.university),
            joinedload(Entry.company),
            joinedload(Entry.answer),
            selectinload(Entry.members),
            selectinload(Entry.advisers),
            selectinload(Entry.reviews),
            selectinload(Entry.documents).joinedload(Document.file),
        )
        .order_by(Entry.created_at)
    )
    return db.session.scalars(query).all()


def _export_projects(person: Person) -> list[Row]:
    return [
        {
            "competition": entry.competition.event.title,
            "group": f"{entry.group.track_name} · {entry.group.name}",
            "code": entry.code,
            "name": entry.name,
            "category": entry.category,
            "summary": entry.summary,
            "school": entry.university.name if entry.university else None,
            "state": str(ENTRY_STATE_LOOKS[entry.state][0]),
            "submitted_at": entry.submitted_at,
            "members": [member.name for member in entry.members],
            "advisers": [adviser.name for adviser in entry.advisers],
            "company": _company(entry),
            "answers": entry.answer.values if entry.answer else None,
            "documents": [document.file.name for document in entry.documents],
            "reviews": [_review(review) for review in entry.reviews],
        }
        for entry in _led(person)
    ]


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


def _memberships(person: Person) -> Sequence[Member]:
    """Every row that is this person: bound to the account, or the first of what they lead."""
    led = select(Entry.id).where(Entry.captain_id == person.id)
    query = (
        select(Member)
        .where(
            or_(
                Member.person_id == person.id,
                (Member.position == 1) & Member.entry_id.in_(led),
            )
        )
        .options(
            joinedload(Member.university),
            joinedload(Member.entry).joinedload(Entry.competition).joinedload(Competition.event),
            joinedload(Member.entry).joinedload(Entry.captain),
        )
        .order_by(Member.created_at)
    )
    return db.session.scalars(query).all()


def _export_memberships(person: Person) -> list[Row]:
    return [
        {
            "competition": member.entry.competition.event.title,
            "project": member.entry.name,
            "position": member.position,
            "name": member.name,
            "school": member.university.name if member.university else None,
            "student_number": member.student_number,
            "degree": str(DEGREE_LABELS[member.degree]) if member.degree else None,
            "is_enrolled": member.is_enrolled,
            "graduation_year": member.graduation_year,
            "id_kind": str(ID_KIND_LABELS[member.id_kind]) if member.id_kind else None,
            "id_number": member.id_number,
            "born_on": member.birthday,
            "email": member.email,
            "phone": member.phone,
            "duty": member.duty,
            "consent": member.consent_text,
            "consented_at": member.consented_at,
            "deleted_at": member.purged_at,
        }
        for member in _memberships(person)
    ]


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
        for entry in _led(person)
        if _runs(entry) and (entry.state is not EntryState.DRAFT or _has_company(entry, person))
    ]


def _runs(entry: Entry) -> bool:
    return (
        entry.state is not EntryState.WITHDRAWN
        and entry.competition.state is not CompetitionState.FINISHED
    )


def _has_company(entry: Entry, person: Person) -> bool:
    """Whether others have confirmed to be of the team."""
    return any(
        member.state is MemberState.CONFIRMED and member.person_id != person.id
        for member in entry.members
    )


def _erase(person: Person) -> None:
    """Withdraw drafts of their own, leave the teams that may change, and be nobody in the rest."""
    now = clock.now()
    for entry in _led(person):
        if _runs(entry):
            withdraw_entry(entry.id, by=person)
    for member in _memberships(person):
        entry = member.entry
        is_free = LockedPart.MEMBERS not in locked_parts(entry, now)
        if _runs(entry) and is_free and entry.captain_id != person.id:
            leave_team(entry.id, by=person)
    members = _memberships(person)
    lasting = _lasting({member.entry_id for member in members})
    for member in members:
        _forget(member, keeps_name=member.entry_id in lasting)
        if _runs(member.entry):
            _tell_captain(member)
    _revoke_invitations(person, members)


def _tell_captain(member: Member) -> None:
    entry = member.entry
    notify(
        Recipient.of(entry.captain),
        key=f"entry:{entry.id}:member_gone:{member.id}",
        kind="entries.member_gone",
        compose=lambda: Message(
            title=_("“%(name)s”有一名成员注销了账号", name=entry.name or entry.code),
            paragraphs=(
                _(
                    "第 %(position)s 位成员注销了平台账号，其个人信息已经删除。"
                    "名单已经锁定，如需更换成员，请联系主办方解锁。",
                    position=member.position,
                ),
            ),
            action=Action(_("打开项目页面"), "entries.show", {"entry_id": entry.id}),
        ),
        subject_id=entry.id,
        circle_id=entry.competition.event.circle_id,
    )


def _forget(member: Member, *, keeps_name: bool) -> None:
    claims.release_member(member)
    if not keeps_name:
        member.name = mask_name(member.name, OutputKind.PUBLIC_NOTICE)
    member.person_id = member.consented_at = None
    member.state, member.consent_text = MemberState.LISTED, ""
    member.id_kind = member.id_number = member.id_hash = member.born_on = None
    member.email = member.phone = member.is_enrolled = member.graduation_year = None
    member.student_number = ""
    member.purged_at = clock.now()


def _revoke_invitations(person: Person, members: Collection[Member]) -> None:
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.revoked_at.is_(None),
            or_(
                Invitation.made_by_id == person.id,
                Invitation.member_id.in_([member.id for member in members]),
            ),
        )
        .values(revoked_at=clock.now())
        .execution_options(synchronize_session=False)
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
            columns={
                "competition": lazy("赛事"),
                "group": lazy("组别"),
                "code": lazy("项目编号"),
                "name": lazy("项目名称"),
                "category": lazy("参赛类别"),
                "summary": lazy("项目简介"),
                "school": lazy("参赛学校"),
                "state": lazy("状态"),
                "submitted_at": lazy("提交时间"),
                "members": lazy("团队成员"),
                "advisers": lazy("指导教师"),
                "company": lazy("企业"),
                "answers": lazy("报名表"),
                "documents": lazy("参赛材料"),
                "reviews": lazy("审核意见"),
            },
            export=_export_projects,
            erase=_erase,
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
            columns={
                "competition": lazy("赛事"),
                "project": lazy("参赛项目"),
                "position": lazy("排序"),
                "name": lazy("姓名"),
                "school": lazy("学校"),
                "student_number": lazy("学号"),
                "degree": lazy("学历层次"),
                "is_enrolled": lazy("有学籍"),
                "graduation_year": lazy("毕业年份"),
                "id_kind": lazy("证件类型"),
                "id_number": lazy("证件号码"),
                "born_on": lazy("出生日期"),
                "email": lazy("邮箱"),
                "phone": lazy("手机"),
                "duty": lazy("分工"),
                "consent": lazy("同意的文本"),
                "consented_at": lazy("同意时间"),
                "deleted_at": lazy("到期删除时间"),
            },
            export=_export_memberships,
            covered=frozenset({"id_number", "born_on"}),
            order=21,
        ),
    )
