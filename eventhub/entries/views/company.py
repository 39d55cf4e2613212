"""The company of an entry: the captain's page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.competitions.conditions import list_rules
from eventhub.domain.eligibility import COMPANY_KINDS
from eventhub.entries import queries, service
from eventhub.entries.enums import EDITABLE, ENTRY_STATE_LOOKS
from eventhub.entries.forms.company import CompanyForm, flat_company
from eventhub.entries.forms.draft import typed_fields
from eventhub.entries.models import Entry
from eventhub.entries.permissions import can_read_entry, is_captain
from eventhub.entries.service import companies
from eventhub.entries.views.blueprint import bp, whoever
from eventhub.entries.views.sections import list_sections
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form
from eventhub.web.jinja import show_time
from eventhub.web.security import limiter

JSON_MAX = 256 * 1024


@bp.get("/entries/<uuid:entry_id>/company")
@signed_in
def company(entry_id: uuid.UUID) -> ResponseReturnValue:
    """What the team says of its company, to write while it may be changed, else to read."""
    entry = authorize(can_read_entry, queries.get_entry(entry_id))
    form = CompanyForm.of(entry)
    form.hint()
    return render_template("entries/company.html", form=form, **_context(entry))


@bp.post("/entries/<uuid:entry_id>/company")
@signed_in
@limiter.limit("60/minute;600/hour", key_func=whoever)
def save_company(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Save the page, then do what the pressed button says."""
    entry = authorize(is_captain, queries.get_entry(entry_id))
    form = CompanyForm.of(entry)
    order = request.form.get("op", "save")
    is_saved = form.validate_on_submit() and form.accepted_by(_saving(entry_id, form))
    if is_saved and order == "save":
        flash(_("企业与股权信息已保存。"), "success")
        return redirect(url_for(".company", entry_id=entry_id), 303)
    form.rearrange(order)
    context = _context(queries.get_entry(entry_id))
    return render_form("entries/company.html", form, **context)


@bp.post("/entries/<uuid:entry_id>/company/autosave")
@signed_in
@limiter.limit("120/minute", key_func=whoever)
def autosave_company(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Save what a script sends while the captain types."""
    request.max_content_length = JSON_MAX
    entry = authorize(is_captain, queries.get_entry(entry_id))
    form = CompanyForm.of(entry, typed=typed_fields(request.get_json(silent=True)))
    if form.validate() and form.accepted_by(_saving(entry_id, form)):
        return jsonify(_stored(form, queries.get_entry(entry_id)))
    return jsonify(_refusal(form, queries.get_entry(entry_id))), form.status


def _saving(entry_id: uuid.UUID, form: CompanyForm) -> Callable[[], None]:
    def use_case() -> None:
        draft = form.to_draft()
        saved = companies.save_company(entry_id, seen=form.seen, draft=draft, by=me())
        form.now_at(companies.draft_of(saved.company))

    return use_case


def _stored(form: CompanyForm, entry: Entry) -> dict[str, Any]:
    form.hint()
    draft = companies.draft_of(entry.company)
    return {
        "version": companies.fingerprint(draft),
        "time": show_time(clock.now(), entry.competition.event.timezone),
        "errors": form.flat_errors(),
        "checklist_html": render_template(
            "entries/_checklist.html", items=_list_checks(entry), links=False, entry=entry
        ),
    }


def _refusal(form: CompanyForm, entry: Entry) -> dict[str, Any]:
    """What is wrong, field by field; with what is stored, so that a script can compare."""
    refused = form.refused
    words = str(refused.message) if refused else _("有内容没有保存，请检查标出的地方。")
    draft = companies.draft_of(entry.company)
    return {
        "error": {"code": refused.code if refused else "invalid", "message": words},
        "errors": form.flat_errors(),
        "stored": {"version": companies.fingerprint(draft), "fields": flat_company(draft)},
    }


def _list_checks(entry: Entry) -> list[service.ChecklistItem]:
    """Only what the rules ask of a company."""
    items = service.list_checks(entry, service.list_slots(entry))
    about = {rule.key for rule in list_rules(entry.group) if rule.kind in COMPANY_KINDS}
    return [item for item in items if item.rule_key in about or item.key == "company"]


def _context(entry: Entry) -> dict[str, Any]:
    now = clock.now()
    is_mine = is_captain(me(), entry)
    return {
        "entry": entry,
        "items": _list_checks(entry),
        "looks": ENTRY_STATE_LOOKS,
        "sections": list_sections(entry),
        "is_mine": is_mine,
        "is_open": is_mine and companies.may_edit(entry, now),
        "is_locked": entry.state in EDITABLE and not companies.may_edit(entry, now),
        "is_sent": request.method == "POST",
    }
