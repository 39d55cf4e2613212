"""Reviewing entries: the organiser's pages."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.audit.queries import select_log
from eventhub.competitions.models import Competition
from eventhub.competitions.queries import get_competition
from eventhub.domain.codes import format_code
from eventhub.entries import queries, service
from eventhub.entries.enums import (
    ENTRY_ORDER_LABELS,
    ENTRY_STATE_LOOKS,
    MEMBER_STATE_LOOKS,
    EntryState,
)
from eventhub.entries.forms import ConfirmForm, ExportForm, ReturnForm, filter_args, read_filter
from eventhub.entries.models import Entry
from eventhub.entries.permissions import can_review, can_review_competition
from eventhub.entries.queries import EntryFilter
from eventhub.entries.service.answers import answer_rows
from eventhub.entries.views.blueprint import bp, whoever
from eventhub.events.queries import list_party
from eventhub.i18n import _, lazy
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.downloads import XLSX, LastReader, attachment
from eventhub.web.forms import render_form
from eventhub.web.paging import page_number, paginate
from eventhub.web.security import limiter
from eventhub.web.urls import safe_next

HISTORY_ROWS = 50
DEEDS = {
    "entry.submitted": (EntryState.SUBMITTED, lazy("提交")),
    "entry.returned": (EntryState.RETURNED, lazy("退回")),
    "entry.approved": (EntryState.APPROVED, lazy("审核通过")),
    "entry.withdrawn": (EntryState.WITHDRAWN, lazy("退赛")),
    "entry.restored": (EntryState.SUBMITTED, lazy("撤销批量审核")),
}


@bp.get("/manage/competitions/<uuid:competition_id>/entries")
@signed_in
def review_index(competition_id: uuid.UUID) -> ResponseReturnValue:
    """A competition's entries, narrowed and counted."""
    competition = authorize(can_review_competition, get_competition(competition_id))
    wanted = read_filter(request.args)
    now = clock.now()
    return render_template(
        "entries/review_index.html",
        competition=competition,
        page=queries.page_entries(competition_id, wanted, page=page_number()),
        wanted=wanted,
        args=filter_args(wanted),
        counts=queries.count_by_state(competition_id),
        universities=queries.list_universities_of(competition_id),
        categories=queries.list_categories_of(competition_id),
        batches=queries.list_undoable(competition_id, now),
        looks=ENTRY_STATE_LOOKS,
        states=EntryState,
        orders=ENTRY_ORDER_LABELS,
        batch_max=service.BATCH_MAX,
    )


@bp.get("/manage/competitions/<uuid:competition_id>/entries.xlsx")
@signed_in
@limiter.limit("30/hour", key_func=whoever)
def export(competition_id: uuid.UUID) -> ResponseReturnValue:
    """The same entries with their teams, as a workbook without contacts."""
    competition = authorize(can_review_competition, get_competition(competition_id))
    return _workbook(competition, read_filter(request.args), with_personal=False)


@bp.post("/manage/competitions/<uuid:competition_id>/entries.xlsx")
@signed_in
@limiter.limit("30/hour", key_func=whoever)
def export_with_choice(competition_id: uuid.UUID) -> ResponseReturnValue:
    """The same, with contacts where the box was ticked."""
    competition = authorize(can_review_competition, get_competition(competition_id))
    form = ExportForm()
    wanted = read_filter(request.args)
    if not form.validate_on_submit():
        here = url_for(".review_index", competition_id=competition_id, **filter_args(wanted))
        return redirect(here, 303)
    return _workbook(competition, wanted, with_personal=bool(form.with_personal.data))


def _workbook(
    competition: Competition, wanted: EntryFilter, *, with_personal: bool
) -> ResponseReturnValue:
    book = service.export_entries(
        competition.id, wanted=wanted, with_personal=with_personal, by=me()
    )
    day = f"{clock.now():%Y%m%d}"
    name = _("%(title)s-报名项目-%(day)s.xlsx", title=competition.event.title, day=day)
    return attachment(LastReader(book), name, XLSX)


@bp.get("/manage/entries/<uuid:entry_id>")
@signed_in
def review(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Everything in an entry, and the decision."""
    entry = authorize(can_review, queries.get_entry(entry_id))
    return render_form("entries/review.html", ReturnForm(), **_review_context(entry))


def _review_context(entry: Entry) -> dict[str, Any]:
    slots = service.list_slots(entry)
    wanted = read_filter(request.args)
    return {
        "args": filter_args(wanted),
        "near": queries.find_neighbours(entry.competition_id, wanted, entry.id),
        "entry": entry,
        "competition": entry.competition,
        "slots": slots,
        "items": service.list_checks(entry, slots),
        "shared": queries.list_shared_members(entry),
        "places": list_party(entry.competition.event_id, entry.id),
        "history": _history(entry),
        "rows": answer_rows(entry),
        "looks": ENTRY_STATE_LOOKS,
        "member_looks": MEMBER_STATE_LOOKS,
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
        return redirect(safe_next(request.form.get("next"), _page_of(entry_id)), 303)
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
        return redirect(_page_of(entry_id), 303)
    return render_form("entries/review.html", form, **_review_context(queries.get_entry(entry_id)))


def _page_of(entry_id: uuid.UUID) -> str:
    """An entry's page, in the list from which one came."""
    return url_for(".review", entry_id=entry_id, **filter_args(read_filter(request.args)))
