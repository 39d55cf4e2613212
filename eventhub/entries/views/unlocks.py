"""Exceptions from the lock: the organiser's page."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.entries import queries, service
from eventhub.entries.enums import EDITABLE, ENTRY_STATE_LOOKS, LockedPart
from eventhub.entries.forms import ConfirmForm, UnlockForm
from eventhub.entries.models import Entry, Unlock
from eventhub.entries.permissions import can_review
from eventhub.entries.views.blueprint import bp
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


@bp.app_template_test("active_unlock")
def is_active(unlock: Unlock) -> bool:
    """Whether an exception holds now."""
    return unlock.revoked_at is None and clock.now() < unlock.ends_at


@bp.app_template_filter("part_names")
def part_names(unlock: Unlock) -> str:
    """What an exception opens, in words."""
    return service.name_parts({LockedPart(part) for part in unlock.parts})


@bp.app_template_filter("locked_names")
def locked_names(parts: Collection[LockedPart]) -> str:
    """These parts in words."""
    return service.name_parts(parts)


@bp.app_template_filter("open_names")
def open_names(locked: Collection[LockedPart]) -> str:
    """The parts that are not among these, in words."""
    return service.name_parts(frozenset(LockedPart) - frozenset(locked))


@bp.route("/manage/entries/<uuid:entry_id>/unlocks", methods=["GET", "POST"])
@signed_in
def unlock(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Open parts of one entry again, for a reason and for a time."""
    entry = authorize(can_review, queries.get_entry(entry_id))
    form = UnlockForm.for_entry(entry)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.unlock_entry(
            entry_id,
            parts=form.chosen,
            reason=form.reason.data or "",
            ends_at=form.ends_at.data,
            gives_back=bool(form.gives_back.data),
            by=me(),
        )
    ):
        flash(_("已解锁，负责人会收到邮件。"), "success")
        return redirect(url_for(".unlock", entry_id=entry_id), 303)
    return render_form("entries/unlock.html", form, **_context(queries.get_entry(entry_id)))


@bp.post("/manage/entries/<uuid:entry_id>/unlocks/<uuid:unlock_id>/revoke")
@signed_in
def restore_lock(entry_id: uuid.UUID, unlock_id: uuid.UUID) -> ResponseReturnValue:
    """End an exception before its time."""
    entry = authorize(can_review, queries.get_entry(entry_id))
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.restore_lock(entry_id, unlock_id=unlock_id, by=me())
    ):
        flash(_("已恢复锁定。"), "success")
        return redirect(url_for(".unlock", entry_id=entry_id), 303)
    page = UnlockForm.for_entry(entry)
    page.refused, page.form_errors = form.refused, form.form_errors
    return render_form("entries/unlock.html", page, **_context(queries.get_entry(entry_id)))


def _context(entry: Entry) -> dict[str, Any]:
    return {
        "entry": entry,
        "competition": entry.competition,
        "looks": ENTRY_STATE_LOOKS,
        "is_past_lock": service.is_past_lock(entry.competition, clock.now()),
        "is_written": entry.state in EDITABLE,
        "locked": service.locked_parts(entry, clock.now()),
    }
