"""Documents of an entry: handing them in, taking them back, looking at them."""

from __future__ import annotations

import uuid
from typing import Any, BinaryIO, cast

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.entries import queries, service
from eventhub.entries.forms import ConfirmForm
from eventhub.entries.models import Document, Entry
from eventhub.entries.permissions import can_read_entry, can_review, is_captain
from eventhub.entries.views.blueprint import bp, whoever
from eventhub.errors import NotFoundError
from eventhub.files import service as files
from eventhub.files.sending import send, send_page
from eventhub.files.viewer import Viewed, render_viewer
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.errors import answer, wants_json
from eventhub.web.forms import render_form
from eventhub.web.security import limiter

LOOKS = "600/minute"  # pages of a preview come by the dozen


def _document(entry_id: uuid.UUID, document_id: uuid.UUID) -> Document:
    """A version of a document that one may read."""
    entry = authorize(can_read_entry, queries.get_entry(entry_id))
    return queries.get_document(entry, document_id)


@bp.post("/entries/<uuid:entry_id>/documents/<uuid:requirement_id>")
@signed_in
@limiter.limit("20/minute;120/hour", key_func=whoever)
def upload(entry_id: uuid.UUID, requirement_id: uuid.UUID) -> ResponseReturnValue:
    """Add a version of a document: a script's answer is the new list, a page's goes back."""
    authorize(is_captain, queries.get_entry(entry_id))
    given = request.files.get("file")
    if given is None or not given.filename:
        return answer(422, "no_file", _("请先选择文件。"))
    document = service.add_document(
        entry_id,
        requirement_id=requirement_id,
        content=cast(BinaryIO, given.stream),
        name=given.filename,
        ordinal=request.form.get("ordinal", 0, type=int),
        by=me(),
    )
    if wants_json():
        return paper(entry_id, requirement_id)
    flash(_("“%(name)s”已上传。", name=document.file.name), "success")
    return redirect(url_for(".show", entry_id=entry_id, _anchor="documents"), 303)


@bp.get("/entries/<uuid:entry_id>/papers/<uuid:requirement_id>")
@signed_in
def paper(entry_id: uuid.UUID, requirement_id: uuid.UUID) -> ResponseReturnValue:
    """What stands of one document, for a script to show anew."""
    entry = authorize(can_read_entry, queries.get_entry(entry_id))
    slots = service.list_slots(entry)
    slot = next((s for s in slots if s.requirement.id == requirement_id), None)
    if slot is None:
        raise NotFoundError
    is_mine = is_captain(me(), entry)
    context = {"entry": entry, "slot": slot, "is_mine": is_mine}
    items = service.list_checks(entry, slots)
    return jsonify(
        versions_html=render_template("entries/_versions.html", **context),
        checklist=[vars(item) for item in items],
        checklist_html=render_template(
            "entries/_checklist.html", items=items, links=True, entry=entry
        ),
        is_full=slot.is_full,
        is_many=slot.requirement.files_max > 1,
    )


@bp.get("/entries/<uuid:entry_id>/documents/<uuid:document_id>")
@signed_in
def document(entry_id: uuid.UUID, document_id: uuid.UUID) -> ResponseReturnValue:
    """One version of a document, as a download."""
    return send(_document(entry_id, document_id).file)


@bp.get("/entries/<uuid:entry_id>/documents/<uuid:document_id>/content")
@signed_in
@limiter.limit(LOOKS, key_func=whoever)
def document_content(entry_id: uuid.UUID, document_id: uuid.UUID) -> ResponseReturnValue:
    """A film, to be played in a page."""
    return send(_document(entry_id, document_id).file, inline=True)


@bp.get("/entries/<uuid:entry_id>/documents/<uuid:document_id>/pages/<int:page>.webp")
@signed_in
@limiter.limit(LOOKS, key_func=whoever)
def document_page(entry_id: uuid.UUID, document_id: uuid.UUID, page: int) -> ResponseReturnValue:
    """One page of a document as a picture."""
    file = _document(entry_id, document_id).file
    width = request.args.get("width", 1200, type=int)
    return send_page(files.draw(file, page=page, width=width))


@bp.get("/entries/<uuid:entry_id>/documents/<uuid:document_id>/preview")
@signed_in
@limiter.limit(LOOKS, key_func=whoever)
def document_preview(entry_id: uuid.UUID, document_id: uuid.UUID) -> ResponseReturnValue:
    """A document to look through in the page."""
    document = _document(entry_id, document_id)
    keys: dict[str, Any] = {"entry_id": entry_id, "document_id": document_id}
    back = ".review" if can_review(me(), document.entry) else ".show"
    return render_viewer(
        document.file,
        Viewed(
            title=document.requirement.name,
            note=document.entry.name or document.entry.code,
            name=document.file.name,
            page_endpoint=".document_page",
            content_endpoint=".document_content",
            download_url=url_for(".document", **keys),
            back_url=url_for(back, entry_id=entry_id, _anchor="documents"),
            keys=keys,
        ),
    )


@bp.route("/entries/<uuid:entry_id>/documents/<uuid:document_id>/remove", methods=["GET", "POST"])
@signed_in
@limiter.limit("60/hour", key_func=whoever)
def remove_document(entry_id: uuid.UUID, document_id: uuid.UUID) -> ResponseReturnValue:
    """Take a file back, after asking."""
    entry = authorize(is_captain, queries.get_entry(entry_id))
    document = queries.get_document(entry, document_id)
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.remove_document(document_id, by=me())
    ):
        flash(_("“%(name)s”已移除。", name=document.file.name), "success")
        return redirect(_back_to(entry), 303)
    return render_form(
        "entries/document_remove.html",
        form,
        entry=queries.get_entry(entry_id),
        document=document,
        back_url=_back_to(entry),
    )


def _back_to(entry: Entry) -> str:
    return url_for(".show", entry_id=entry.id, _anchor="documents")
