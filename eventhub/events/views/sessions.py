"""Pages of an event's sessions."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from eventhub.events import queries, service
from eventhub.events.forms import SessionForm
from eventhub.events.permissions import can_manage_event
from eventhub.events.tabs import event_tabs
from eventhub.events.views.blueprint import bp
from eventhub.events.views.manage import managed
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


@bp.route("/manage/events/<uuid:event_id>/sessions", methods=["GET", "POST"])
@signed_in
def sessions(event_id: uuid.UUID) -> ResponseReturnValue:
    """An event's sessions, and a new one."""
    event = managed(event_id)
    form = SessionForm.for_event(event)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.add_session(event_id, **form.to_values(), by=me())
    ):
        flash(_("已添加场次“%(name)s”。", name=form.name.data), "success")
        return redirect(url_for(".sessions", event_id=event_id), 303)
    return render_form("events/sessions.html", form, event=event, tabs=event_tabs(event))


@bp.route("/manage/sessions/<uuid:session_id>", methods=["GET", "POST"])
@signed_in
def edit_session(session_id: uuid.UUID) -> ResponseReturnValue:
    """Change a session's name, time or venue."""
    session = queries.get_session(session_id)
    event = authorize(can_manage_event, session.event)
    form = SessionForm.for_event(event, session)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.change_session(session_id, **form.to_values(), by=me())
    ):
        flash(_("场次已保存。"), "success")
        return redirect(url_for(".sessions", event_id=event.id), 303)
    return render_form("events/edit_session.html", form, event=event, tabs=event_tabs(event))


@bp.post("/manage/sessions/<uuid:session_id>/remove")
@signed_in
def remove_session(session_id: uuid.UUID) -> ResponseReturnValue:
    """Take a session out of its event."""
    session = queries.get_session(session_id)
    event_id = authorize(can_manage_event, session.event).id
    service.remove_session(session_id, by=me())
    flash(_("场次已删除。"), "success")
    return redirect(url_for(".sessions", event_id=event_id), 303)
