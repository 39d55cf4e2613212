"""Pages by which organisers make and run events."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub.audit.enums import action_label
from eventhub.audit.queries import list_recent
from eventhub.circles.enums import CircleRole
from eventhub.circles.permissions import is_organiser
from eventhub.circles.queries import list_circles, list_circles_of
from eventhub.events import queries, service
from eventhub.events.enums import ATTENDEE_ROLE_LABELS
from eventhub.events.forms import EventForm, HostsForm, ReasonForm, local_zone
from eventhub.events.models import Event
from eventhub.events.permissions import can_manage_event
from eventhub.events.tabs import event_tabs
from eventhub.events.views.blueprint import bp
from eventhub.events.views.listing import (
    asked_for,
    circle_options,
    kind_options,
    listings,
    state_options,
)
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form
from eventhub.web.paging import Page, page_number, paginate
from eventhub.web.urls import external_url


def managed(event_id: uuid.UUID) -> Event:
    """The event, for whoever may manage it; for others it does not exist."""
    return authorize(can_manage_event, queries.get_event(event_id))


@bp.get("/manage/events")
@signed_in
def manage_index() -> ResponseReturnValue:
    """The events of one's circles."""
    authorize(lambda who, _thing: is_organiser(who), None, hide=False)
    circles = list_circles_of(me(), role=CircleRole.ORGANISER)
    wanted = asked_for()
    query = queries.select_managed_events([circle.id for circle in circles], wanted)
    page = paginate(query, page=page_number())
    return render_template(
        "events/manage_index.html",
        page=Page(listings(page.items), page.page, page.per_page, page.total),
        wanted=wanted,
        kind_options=kind_options(),
        state_options=state_options(),
        circle_options=circle_options(circles),
    )


@bp.route("/manage/events/new", methods=["GET", "POST"])
@signed_in
def create() -> ResponseReturnValue:
    """Make a draft."""
    authorize(lambda who, _thing: is_organiser(who), None, hide=False)
    form = EventForm.for_circles(list_circles_of(me(), role=CircleRole.ORGANISER))
    made: list[Event] = []
    if form.validate_on_submit() and form.accepted_by(lambda: made.append(_create(form))):
        flash(_("活动草稿已建好。核对无误后发布，大家才能看到和报名。"), "success")
        return redirect(url_for(".manage", event_id=made[0].id), 303)
    return render_form("events/create.html", form)


def _create(form: EventForm) -> Event:
    changes = form.to_changes()
    changes["timezone"] = local_zone()
    return service.create_event(circle_id=form.circle_id(), **changes, by=me())


@bp.get("/manage/events/<uuid:event_id>")
@signed_in
def manage(event_id: uuid.UUID) -> ResponseReturnValue:
    """Where an event stands and what to do next."""
    event = managed(event_id)
    (line,) = listings([event])
    return render_template(
        "events/manage.html",
        event=event,
        line=line,
        tabs=event_tabs(event),
        roles=queries.count_by_role(event.id),
        role_labels=ATTENDEE_ROLE_LABELS,
        deeds=[
            {
                "title": action_label(deed.action),
                "at": deed.at,
                "by": deed.actor.name if deed.actor else None,
            }
            for deed in list_recent(event.id, limit=8)
        ],
        address=external_url("events.show", code=event.code),
    )


@bp.route("/manage/events/<uuid:event_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(event_id: uuid.UUID) -> ResponseReturnValue:
    """Change an event."""
    event = managed(event_id)
    form = EventForm.for_event(event)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.update_event(event_id, by=me(), **form.to_changes())
    ):
        flash(_("修改已保存。"), "success")
        return redirect(url_for(".manage", event_id=event_id), 303)
    return render_form("events/edit.html", form, event=event, tabs=event_tabs(event))


@bp.route("/manage/events/<uuid:event_id>/hosts", methods=["GET", "POST"])
@signed_in
def hosts(event_id: uuid.UUID) -> ResponseReturnValue:
    """Say which circles take part, and how."""
    event = managed(event_id)
    form = HostsForm.for_event(event, list_circles())
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.set_hosts(event_id, hosts=form.to_hosts(), by=me())
    ):
        flash(_("主办与承办方已保存。"), "success")
        return redirect(url_for(".manage", event_id=event_id), 303)
    return render_form("events/hosts.html", form, event=event, tabs=event_tabs(event))


@bp.post("/manage/events/<uuid:event_id>/publish")
@signed_in
def publish(event_id: uuid.UUID) -> ResponseReturnValue:
    """Show the event to everybody."""
    managed(event_id)
    service.publish_event(event_id, by=me())
    flash(_("活动已发布。把下面的链接或二维码发出去吧。"), "success")
    return redirect(url_for(".manage", event_id=event_id), 303)


@bp.post("/manage/events/<uuid:event_id>/unpublish")
@signed_in
def unpublish(event_id: uuid.UUID) -> ResponseReturnValue:
    """Take the event back to a draft."""
    managed(event_id)
    service.unpublish_event(event_id, by=me())
    flash(_("已撤回为草稿，公众暂时看不到它。"), "success")
    return redirect(url_for(".manage", event_id=event_id), 303)


@bp.route("/manage/events/<uuid:event_id>/cancel", methods=["GET", "POST"])
@signed_in
def cancel(event_id: uuid.UUID) -> ResponseReturnValue:
    """Call the event off."""
    event = managed(event_id)
    form = ReasonForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.cancel_event(event_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("活动已取消，系统正在通知所有报名者。"), "success")
        return redirect(url_for(".manage", event_id=event_id), 303)
    (line,) = listings([event])
    return render_form("events/cancel.html", form, event=event, line=line, tabs=event_tabs(event))
