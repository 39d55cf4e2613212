"""Reviewing entries: the organiser's pages."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.audit.queries import select_log
from eventhub.competitions.queries import get_competition
from eventhub.domain.codes import format_code
from eventhub.entries import queries, service
from eventhub.entries.enums import ENTRY_STATE_LOOKS, EntryState
from eventhub.entries.forms import ConfirmForm, ReturnForm, read_filter
from eventhub.entries.models import Entry
from eventhub.entries.permissions import can_review, can_review_competition
from eventhub.entries.views.blueprint import bp
from eventhub.events.queries import list_party
from eventhub.i18n import _, lazy
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.downloads import xlsx
from eventhub.web.forms import render_form
from eventhub.web.jinja import show_datetime
from eventhub.web.paging import page_number, paginate
from eventhub.web.urls import safe_next

HISTORY_ROWS = 50
DEEDS = {
    "entry.submitted": (EntryState.SUBMITTED, lazy("提交")),
    "entry.returned": (EntryState.RETURNED, lazy("退回")),
    "entry.approved": (EntryState.APPROVED, lazy("审核通过")),
    "entry.withdrawn": (EntryState.WITHDRAWN, lazy("退赛")),
}


@bp.get("/manage/competitions/<uuid:competition_id>/entries")
@signed_in
def review_index(competition_id: uuid.UUID) -> ResponseReturnValue:
    """A competition's entries, narrowed and counted."""
    competition = authorize(can_review_competition, get_competition(competition_id))
    wanted = read_filter(request.args)
    return render_template(
        "entries/review_index.html",
        competition=competition,
        page=paginate(queries.select_entries(competition_id, wanted), page=page_number()),
        wanted=wanted,
        counts=queries.count_by_state(competition_id),
        universities=queries.list_universities_of(competition_id),
        looks=ENTRY_STATE_LOOKS,
        states=EntryState,
    )


@bp.get("/manage/competitions/<uuid:competition_id>/entries.xlsx")
@signed_in
def export(competition_id: uuid.UUID) -> ResponseReturnValue:
    """The same entries with their teams, as a workbook."""
    competition = authorize(can_review_competition, get_competition(competition_id))
    wanted = read_filter(request.args)
    entries = service.hand_out(competition_id, wanted=wanted, by=me())
    day = f"{clock.now():%Y%m%d}"
    name = _("%(title)s-报名项目-%(day)s.xlsx", title=competition.event.title, day=day)
    zone = competition.event.timezone
    return xlsx(
        name,
        [
            (_("项目"), _entry_head(), (_entry_row(entry, zone) for entry in entries)),
            (_("成员"), _member_head(), _member_rows(entries)),
            (_("指导教师"), _adviser_head(), _adviser_rows(entries)),
        ],
    )


def _entry_head() -> list[str]:
    return [
        _("编号"),
        _("项目名称"),
        _("赛道"),
        _("组别"),
        _("类别"),
        _("状态"),
        _("参赛学校"),
        _("负责人"),
        _("成员人数"),
        _("指导教师"),
        _("提交时间"),
        _("简介"),
    ]


def _entry_row(entry: Entry, zone: str) -> list[Any]:
    return [
        entry.code,
        entry.name,
        entry.group.track_name,
        entry.group.name,
        entry.category,
        str(ENTRY_STATE_LOOKS[entry.state][0]),
        entry.university.name if entry.university else "",
        entry.captain.name,
        len(entry.members),
        "、".join(adviser.name for adviser in entry.advisers),
        show_datetime(entry.submitted_at, zone) if entry.submitted_at else "",
        entry.summary,
    ]


def _member_head() -> list[str]:
    return [
        _("编号"),
        _("项目名称"),
        _("排序"),
        _("姓名"),
        _("学校"),
        _("学号"),
        _("邮箱"),
        _("手机"),
        _("分工"),
    ]


def _member_rows(entries: Any) -> Any:
    for entry in entries:
        for member in entry.members:
            yield [
                entry.code,
                entry.name,
                member.position,
                member.name,
                member.university.name if member.university else "",
                member.student_number,
                member.email or "",
                member.phone or "",
                member.duty,
            ]


def _adviser_head() -> list[str]:
    return [_("编号"), _("项目名称"), _("排序"), _("姓名"), _("职称或职务"), _("单位")]


def _adviser_rows(entries: Any) -> Any:
    for entry in entries:
        for adviser in entry.advisers:
            yield [
                entry.code,
                entry.name,
                adviser.position,
                adviser.name,
                adviser.title,
                adviser.organisation,
            ]


@bp.get("/manage/entries/<uuid:entry_id>")
@signed_in
def review(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Everything in an entry, and the decision."""
    entry = authorize(can_review, queries.get_entry(entry_id))
    return render_form("entries/review.html", ReturnForm(), **_review_context(entry))


def _review_context(entry: Entry) -> dict[str, Any]:
    slots = service.list_slots(entry)
    return {
        "entry": entry,
        "competition": entry.competition,
        "slots": slots,
        "items": service.list_checks(entry, slots),
        "shared": queries.list_shared_members(entry),
        "places": list_party(entry.competition.event_id, entry.id),
        "history": _history(entry),
        "looks": ENTRY_STATE_LOOKS,
        "states": EntryState,
        "format_code": format_code,
    }


def _history(entry: Entry) -> list[dict[str, Any]]:
    log = paginate(select_log(subject_id=entry.id), page=1, per_page=HISTORY_ROWS)
    return [
        {
            "title": DEEDS[deed.action][1],
            "at": deed.at,
            "by": deed.actor.name if deed.actor else None,
            "text": (deed.after or {}).get("reason"),
            "colour": ENTRY_STATE_LOOKS[DEEDS[deed.action][0]][1],
            "icon": ENTRY_STATE_LOOKS[DEEDS[deed.action][0]][2],
        }
        for deed in log.items
        if deed.action in DEEDS
    ]


@bp.post("/manage/entries/<uuid:entry_id>/approve")
@signed_in
def approve(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Admit an entry, from its page or straight from the list."""
    entry = authorize(can_review, queries.get_entry(entry_id))
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.approve_entry(entry_id, by=me())
    ):
        flash(_("“%(name)s”已通过审核，电子票已发给团队。", name=entry.name), "success")
        here = url_for(".review", entry_id=entry_id)
        return redirect(safe_next(request.form.get("next"), here), 303)
    page = ReturnForm(formdata=None)
    page.refused, page.form_errors = form.refused, form.form_errors
    return render_form("entries/review.html", page, **_review_context(queries.get_entry(entry_id)))


@bp.post("/manage/entries/<uuid:entry_id>/return")
@signed_in
def give_back(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Return an entry to its captain, with a reason."""
    entry = authorize(can_review, queries.get_entry(entry_id))
    form = ReturnForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.return_entry(entry_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("已退回“%(name)s”，原因已发给负责人。", name=entry.name), "success")
        return redirect(url_for(".review", entry_id=entry_id), 303)
    return render_form("entries/review.html", form, **_review_context(queries.get_entry(entry_id)))
