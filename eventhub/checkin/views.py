"""The door on a phone, and the organiser's page of checkpoints."""

from __future__ import annotations

import uuid

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.checkin import desk, personal_data, queries, service
from eventhub.checkin.answers import describe, describe_window
from eventhub.checkin.enums import ANSWER_LOOKS
from eventhub.checkin.forms import CheckpointForm, SentScan, TypedCodeForm
from eventhub.checkin.models import Checkpoint
from eventhub.checkin.permissions import can_staff_checkpoint
from eventhub.circles.permissions import is_staff
from eventhub.competitions.tabs import add_overview
from eventhub.events.enums import ATTENDEE_ROLE_LABELS
from eventhub.events.permissions import can_manage_event
from eventhub.events.queries import get_event
from eventhub.events.tabs import add_tab, event_tabs
from eventhub.i18n import _, lazy
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form
from eventhub.web.navigation import NavEntry, add_nav, add_panel
from eventhub.web.paging import page_number

bp = Blueprint("checkin", __name__)
SEARCH_MAX = 40


# --- the door


@bp.get("/door")
@signed_in
def index() -> ResponseReturnValue:
    """Choose an event and a checkpoint: today's first."""
    authorize(lambda person, _thing: is_staff(person), None)
    doors = desk.list_doors(me(), page=page_number())
    return render_template("checkin/index.html", doors=doors)


@bp.route("/door/<uuid:checkpoint_id>", methods=["GET", "POST"])
@signed_in
def door(checkpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Scan. A typed code also works as a plain form; loading its answer again decides nothing."""
    checkpoint = authorize(can_staff_checkpoint, queries.get_checkpoint(checkpoint_id))
    form = TypedCodeForm()
    answers: list[service.ScanAnswer] = []
    if form.validate_on_submit() and form.accepted_by(
        lambda: answers.append(_scan_typed(checkpoint_id, form))
    ):
        form = TypedCodeForm(formdata=None)
    form.scan_id.data = form.scan_id.data if form.errors else str(uuid.uuid4())
    return render_form(
        "checkin/door.html",
        form,
        checkpoint=checkpoint,
        window=describe_window(checkpoint),
        answer=describe(answers[0], checkpoint) if answers else None,
        **_live(checkpoint),
    )


@bp.post("/door/<uuid:checkpoint_id>/scans")
@signed_in
def scan(checkpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Decide one scan that a device sends as JSON; see ``SentScan``."""
    checkpoint = authorize(can_staff_checkpoint, queries.get_checkpoint(checkpoint_id))
    sent = SentScan.read(request.get_json(silent=True), now=clock.now())
    answer = service.scan(
        checkpoint.id, scan_id=sent.scan_id, code=sent.code, scanned_at=sent.scanned_at, by=me()
    )
    return describe(answer, checkpoint)


@bp.get("/door/<uuid:checkpoint_id>/live")
@signed_in
def live(checkpoint_id: uuid.UUID) -> ResponseReturnValue:
    """The counter and the last scans, as a part of the door's page."""
    checkpoint = authorize(can_staff_checkpoint, queries.get_checkpoint(checkpoint_id))
    return render_template("checkin/_live.html", checkpoint=checkpoint, **_live(checkpoint))


@bp.get("/door/<uuid:checkpoint_id>/people")
@signed_in
def people(checkpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Who matches a name, as a part of the door's page."""
    checkpoint = authorize(can_staff_checkpoint, queries.get_checkpoint(checkpoint_id))
    words = request.args.get("q", "").strip()[:SEARCH_MAX]
    found = queries.search_places(checkpoint.event_id, words) if words else []
    arrivals = queries.find_arrivals(place.ticket.id for place in found)
    return render_template(
        "checkin/_people.html",
        checkpoint=checkpoint,
        words=words,
        found=found,
        arrivals=arrivals,
        roles=ATTENDEE_ROLE_LABELS,
        limit=queries.FOUND_MAX,
    )


def _scan_typed(checkpoint_id: uuid.UUID, form: TypedCodeForm) -> service.ScanAnswer:
    return service.scan(
        checkpoint_id,
        scan_id=uuid.UUID(form.scan_id.data),
        code=form.code.data or "",
        scanned_at=clock.now(),
        by=me(),
    )


def _live(checkpoint: Checkpoint) -> dict[str, object]:
    return {
        "heads": queries.count_heads([checkpoint.event_id])[checkpoint.event_id],
        "scans": queries.list_recent_scans(checkpoint.id),
        "looks": ANSWER_LOOKS,
    }


# --- checkpoints


@bp.route("/manage/events/<uuid:event_id>/checkpoints", methods=["GET", "POST"])
@signed_in
def manage(event_id: uuid.UUID) -> ResponseReturnValue:
    """An event's checkpoints, and a new one."""
    event = authorize(can_manage_event, get_event(event_id))
    form = CheckpointForm.for_event(event)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.add_checkpoint(event.id, **form.to_values(), by=me())
    ):
        flash(_("已添加签到点“%(name)s”。", name=form.name.data), "success")
        return redirect(url_for(".manage", event_id=event.id), 303)
    return render_form(
        "checkin/manage.html",
        form,
        event=event,
        points=desk.list_points(event.id),
        tabs=event_tabs(event),
    )


@bp.post("/manage/events/<uuid:event_id>/checkpoints/main")
@signed_in
def add_main(event_id: uuid.UUID) -> ResponseReturnValue:
    """Open the main entrance, by one click."""
    event = authorize(can_manage_event, get_event(event_id))
    checkpoint = service.add_main_entrance(event.id, by=me())
    flash(_("签到点“%(name)s”已启用。", name=checkpoint.name), "success")
    return redirect(url_for(".manage", event_id=event.id), 303)


@bp.route("/manage/checkpoints/<uuid:checkpoint_id>", methods=["GET", "POST"])
@signed_in
def edit(checkpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Rename a checkpoint or move its window."""
    checkpoint = queries.get_checkpoint(checkpoint_id)
    event = authorize(can_manage_event, checkpoint.event)
    form = CheckpointForm.for_event(event, checkpoint)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.change_checkpoint(checkpoint_id, **form.to_values(), by=me())
    ):
        flash(_("签到点已保存。"), "success")
        return redirect(url_for(".manage", event_id=event.id), 303)
    return render_form(
        "checkin/edit.html", form, event=event, checkpoint=checkpoint, tabs=event_tabs(event)
    )


@bp.post("/manage/checkpoints/<uuid:checkpoint_id>/remove")
@signed_in
def remove(checkpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Take an unused checkpoint away."""
    checkpoint = queries.get_checkpoint(checkpoint_id)
    event_id = authorize(can_manage_event, checkpoint.event).id
    service.remove_checkpoint(checkpoint_id, by=me())
    flash(_("签到点已删除。"), "success")
    return redirect(url_for(".manage", event_id=event_id), 303)


def register(app: Flask) -> None:
    """Mount the pages; staff find the door in the navigation and on their desk."""
    app.register_blueprint(bp)
    add_nav(app, NavEntry(65, lazy("签到"), "checkin.index", "scan", is_staff))
    add_panel(app, 5, desk.make_panel)
    add_tab(app, 30, lazy("签到点"), "checkin.manage", "scan")
    add_overview(app, 60, desk.make_overview)
    personal_data.register(app)
