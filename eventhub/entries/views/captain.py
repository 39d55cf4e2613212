"""Entering a competition: the captain's pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.circles.queries import list_universities
from eventhub.competitions.enums import EntryPhase
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_see
from eventhub.competitions.queries import get_competition_by_code
from eventhub.competitions.tabs import public_links
from eventhub.domain.codes import format_code
from eventhub.entries import queries, service
from eventhub.entries.enums import (
    EDITABLE,
    ENTRY_STATE_LOOKS,
    MEMBER_STATE_LOOKS,
    EntryState,
    LockedPart,
)
from eventhub.entries.errors import PartLockedError
from eventhub.entries.forms import (
    ConfirmForm,
    EntryForm,
    StartForm,
    flat_fields,
    rearrange,
    typed_fields,
)
from eventhub.entries.models import Entry
from eventhub.entries.permissions import (
    can_read_entry,
    can_read_masked,
    can_recommend,
    can_review,
    can_withdraw,
    is_captain,
)
from eventhub.entries.service.consents import consent_words
from eventhub.entries.views.blueprint import bp, whoever
from eventhub.entries.views.masked import show_masked
from eventhub.entries.views.my_part import own_missing
from eventhub.entries.views.sections import list_sections
from eventhub.events.queries import list_party
from eventhub.i18n import _
from eventhub.web.access import authorize, me, public, signed_in
from eventhub.web.forms import render_form
from eventhub.web.jinja import show_time
from eventhub.web.navigation import person
from eventhub.web.paging import page_number, paginate
from eventhub.web.security import limiter

JSON_MAX = 2 * 1024 * 1024  # as much as a form may hold
KEEP_LOCKED = "save-rest"  # the button that saves what is not locked


@bp.get("/c/<code>/enter")
@public
def start(code: str) -> ResponseReturnValue:
    """Choose a group; a stranger goes on to sign up or in, and comes back with the choice."""
    competition = authorize(can_see, get_competition_by_code(code))
    go = request.args.get("go")
    if go in {"sign_up", "sign_in"} and person() is None:
        back = url_for(".start", code=code, group=request.args.get("group"))
        return redirect(url_for(f"accounts.{go}", next=back))
    form = StartForm.for_competition(competition, request.args.get("group"))
    return render_form("entries/start.html", form, **_start_context(competition))


@bp.post("/c/<code>/enter")
@signed_in
@limiter.limit("60/hour", key_func=whoever)
def begin(code: str) -> ResponseReturnValue:
    """Make the draft, or open the one that is there."""
    competition = authorize(can_see, get_competition_by_code(code))
    form = StartForm.for_competition(competition, None)
    begun: list[Entry] = []
    if form.validate_on_submit() and form.accepted_by(
        lambda: begun.append(
            service.start_entry(competition.id, group_id=uuid.UUID(form.group.data), by=me())
        )
    ):
        return redirect(url_for(".show", entry_id=begun[0].id), 303)
    return render_form("entries/start.html", form, **_start_context(competition))


def _start_context(competition: Competition) -> dict[str, Any]:
    who = person()
    mine = queries.list_live_entries(who.id, competition_id=competition.id) if who else []
    return {
        "competition": competition,
        "phase": competition.entry_phase(clock.now()),
        "mine": mine,
        "looks": ENTRY_STATE_LOOKS,
        "words_of": service.words_of,
    }


@bp.get("/entries")
@signed_in
def mine() -> ResponseReturnValue:
    """The entries that one leads or has joined, each with its state and the next step."""
    page = paginate(queries.select_entries_of(me().id), page=page_number())
    now = clock.now()
    rows = [(entry, service.next_step(entry, now), is_captain(me(), entry)) for entry in page.items]
    return render_template("entries/mine.html", page=page, rows=rows, looks=ENTRY_STATE_LOOKS)


@bp.get("/entries/<uuid:entry_id>")
@signed_in
def show(entry_id: uuid.UUID) -> ResponseReturnValue:
    """The captain's workspace while the entry is being written, else the entry to read."""
    entry = queries.get_entry(entry_id)
    if can_read_masked(me(), entry) and not can_read_entry(me(), entry):
        return show_masked(entry)
    authorize(can_read_entry, entry)
    if is_captain(me(), entry) and entry.state in EDITABLE:
        return render_form("entries/edit.html", _form(entry), **_edit_context(entry))
    return render_template("entries/show.html", **_read_context(entry))


def _read_context(entry: Entry) -> dict[str, Any]:
    now, own = clock.now(), service.find_own(entry, me())
    return {
        "entry": entry,
        "slots": service.list_slots(entry),
        "places": list_party(entry.competition.event_id, entry.id),
        "looks": ENTRY_STATE_LOOKS,
        "member_looks": MEMBER_STATE_LOOKS,
        "next_step": service.next_step(entry, now),
        "links": public_links(entry.competition),
        "is_mine": is_captain(me(), entry),
        "own": own,
        "own_missing": own_missing(entry, own),
        "can_mend": _can_mend(entry),
        "sees_contacts": can_recommend(me(), entry) or can_review(me(), entry),
        "is_locked": LockedPart.MEMBERS in service.locked_parts(entry, now),
        "sections": list_sections(entry),
        "format_code": format_code,
    }


def _form(entry: Entry, typed: dict[str, str] | None = None) -> EntryForm:
    return EntryForm.for_entry(
        entry,
        service.list_slots(entry),
        list_universities(),
        locked=service.locked_parts(entry, clock.now()),
        typed=typed,
    )


@bp.post("/entries/<uuid:entry_id>")
@signed_in
@limiter.limit("60/minute;600/hour", key_func=whoever)
def save(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Save everything that the form holds, then do what the pressed button says."""
    entry = authorize(is_captain, queries.get_entry(entry_id))
    form = _form(entry)
    order = request.form.get("op", "save")
    if form.validate_on_submit() and form.accepted_by(_saving(entry_id, form, order)):
        if order == "submit":
            flash(_("已提交，等待主办方审核。结果会发到您的邮箱。"), "success")
        elif order in {"save", KEEP_LOCKED}:
            flash(_("已保存。"), "success")
        anchor = order.split("-")[0] + "s" if order.startswith(("member-", "adviser-")) else None
        return redirect(url_for(".show", entry_id=entry_id, _anchor=anchor), 303)
    entry = queries.get_entry(entry_id)
    context = _edit_context(entry)
    if form.refused and form.refused.code == PartLockedError.code:
        context["locked"] = frozenset()  # what was typed stays to be read
    return render_form("entries/edit.html", form, **context)


def _saving(entry_id: uuid.UUID, form: EntryForm, order: str) -> Callable[[], None]:
    """Each part is kept once it is accepted, whatever is said of the next."""

    def use_case() -> None:
        draft = rearrange(form.to_draft(), order)
        saved = service.save_entry(
            entry_id,
            version=form.seen_version,
            draft=draft,
            keeps_locked=order == KEEP_LOCKED,
            by=me(),
        )
        form.now_at(saved.version)
        for requirement_id, upload in form.uploads():
            service.add_document(
                entry_id,
                requirement_id=requirement_id,
                content=cast(BinaryIO, upload.stream),
                name=upload.filename or "",
                by=me(),
            )
        if order == "submit":
            service.submit_entry(entry_id, by=me())

    return use_case


@bp.post("/entries/<uuid:entry_id>/autosave")
@signed_in
@limiter.limit("120/minute", key_func=whoever)
def autosave(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Save what a script sends while the captain types."""
    request.max_content_length = JSON_MAX
    entry = authorize(is_captain, queries.get_entry(entry_id))
    form = _form(entry, typed_fields(request.get_json(silent=True)))
    if form.validate() and form.accepted_by(_saving(entry_id, form, "save")):
        return jsonify(_stored(queries.get_entry(entry_id)))
    return jsonify(_refusal(form, entry_id)), form.status


def _stored(entry: Entry) -> dict[str, Any]:
    items = service.list_checks(entry, service.list_slots(entry))
    return {
        "version": entry.version,
        "saved_at": entry.saved_at.isoformat(),
        "time": show_time(entry.saved_at, entry.competition.event.timezone),
        "members": [{"id": str(m.id), "state": m.state.value} for m in entry.members],
        "checklist": [vars(item) for item in items],
        "checklist_html": render_template(
            "entries/_checklist.html", items=items, links=_can_mend(entry), entry=entry
        ),
    }


def _can_mend(entry: Entry) -> bool:
    """Whether what is missing may still be added and handed in."""
    now = clock.now()
    phase = entry.competition.entry_phase(now)
    return service.may_hand_in(entry, now) or phase is EntryPhase.UPCOMING


def _refusal(form: EntryForm, entry_id: uuid.UUID) -> dict[str, Any]:
    """What is wrong, field by field; with what is stored, so that a script can compare."""
    refused = form.refused
    words = str(refused.message) if refused else _("有内容没有保存，请检查标出的地方。")
    entry = queries.get_entry(entry_id)
    return {
        "error": {"code": refused.code if refused else "invalid", "message": words},
        "errors": form.flat_errors(),
        "stored": {
            "version": entry.version,
            "fields": flat_fields(service.draft_of(entry)),
            "is_editable": entry.state in EDITABLE,
        },
    }


def _edit_context(entry: Entry) -> dict[str, Any]:
    slots = service.list_slots(entry)
    now = clock.now()
    locked = service.locked_parts(entry, now)
    return {
        "entry": entry,
        "sections": list_sections(entry),
        "slots": slots,
        "items": service.list_checks(entry, slots),
        "conditions": service.list_conditions(entry),
        "consent": consent_words(entry.competition) if entry.competition.needs_consent else [],
        "may_hand_in": service.may_hand_in(entry, now),
        "until": service.hands_in_until(entry, now),
        "locked": locked,
        "locked_now": locked,
        "part": LockedPart,
        "unlocks": service.active_unlocks(entry, now),
        "mends": service.mends(entry),
        "can_mend": _can_mend(entry),
        "phase": entry.competition.entry_phase(now),
        "looks": ENTRY_STATE_LOOKS,
        "member_looks": MEMBER_STATE_LOOKS,
        "private": {str(m.id) for m in entry.members if service.speaks_for_self(m)},
        "people": {str(m.id): m for m in entry.members},
        "returned": entry.reviews[0] if entry.state is EntryState.RETURNED else None,
    }


@bp.route("/entries/<uuid:entry_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Take the entry out, after asking."""
    entry = authorize(can_withdraw, queries.get_entry(entry_id))
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.withdraw_entry(entry_id, by=me())
    ):
        flash(_("项目“%(name)s”已退赛。", name=entry.name or entry.code), "success")
        mine = is_captain(me(), entry)
        return redirect(url_for(".mine") if mine else url_for(".review", entry_id=entry_id), 303)
    entry = queries.get_entry(entry_id)
    back = ".show" if is_captain(me(), entry) else ".review"
    return render_form(
        "entries/withdraw.html", form, entry=entry, back_url=url_for(back, entry_id=entry_id)
    )
