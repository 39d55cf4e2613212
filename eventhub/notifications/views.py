"""What became of the messages."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.accounts import service as account_service
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Circle
from eventhub.circles.permissions import is_organiser
from eventhub.circles.queries import list_circles_of
from eventhub.i18n import _
from eventhub.notifications import letters, personal_data, queries, service
from eventhub.notifications.enums import DELIVERY_STATE_LOOKS, DeliveryState
from eventhub.notifications.permissions import can_resend
from eventhub.notifications.reasons import reason
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.navigation import Panel, add_panel
from eventhub.web.paging import page_number, paginate
from eventhub.web.urls import safe_next

bp = Blueprint("notifications", __name__)


@bp.get("/manage/deliveries")
@signed_in
def index() -> ResponseReturnValue:
    """Every message of one's circles, and how far it got."""
    mine = _circles()
    chosen = _chosen(mine)
    state, words = _state(request.args.get("state")), request.args.get("q", "").strip()[:60]
    ids = [circle.id for circle in chosen]
    query = queries.select_deliveries(ids, state=state, words=words)
    return render_template(
        "notifications/index.html",
        page=paginate(query, page=page_number()),
        counts=queries.count_by_state(ids),
        circles=mine,
        circle=chosen[0].code if len(chosen) == 1 and len(mine) > 1 else "",
        names={circle.id: circle.name for circle in mine},
        state=state,
        words=words,
        looks=DELIVERY_STATE_LOOKS,
    )


@bp.post("/manage/deliveries/<uuid:delivery_id>/resend")
@signed_in
def resend(delivery_id: uuid.UUID) -> ResponseReturnValue:
    """Send a failed message again."""
    delivery = authorize(can_resend, queries.get_delivery(delivery_id))
    service.resend(delivery.id, by=me())
    flash(_("已重新排队，稍后发给%(name)s。", name=delivery.recipient_name), "success")
    return redirect(safe_next(request.form.get("next"), url_for(".index")), 303)


@bp.post("/manage/deliveries/resend")
@signed_in
def resend_failed() -> ResponseReturnValue:
    """Send every failed message of one's circles again."""
    circles = _chosen(_circles())
    count = service.resend_failed([circle.id for circle in circles], by=me())
    flash(_("已重新排队 %(count)s 条消息。", count=count), "success")
    return redirect(url_for(".index", circle=request.args.get("circle")), 303)


def _circles() -> list[Circle]:
    """The circles that one organises for."""
    return list_circles_of(
        authorize(lambda person, _thing: is_organiser(person), me(), hide=False),
        role=CircleRole.ORGANISER,
    )


def _chosen(circles: list[Circle]) -> list[Circle]:
    """The one that the address names, else all."""
    code = request.args.get("circle", "")
    return [circle for circle in circles if circle.code == code] or circles


def _state(text: str | None) -> DeliveryState | None:
    return DeliveryState(text) if text in set(DeliveryState) else None


def _desk(person: Any) -> Panel | None:
    """Failures wait for an organiser."""
    if not is_organiser(person):
        return None
    ids = [circle.id for circle in list_circles_of(person, role=CircleRole.ORGANISER)]
    counts = queries.count_by_state(ids)
    if not any(counts.values()):
        return None
    return Panel("notifications/desk_panel.html", {"counts": counts})


def register(app: Flask) -> None:
    """Mount the page, and give the accounts, which stand below, their mails."""
    app.register_blueprint(bp)
    app.jinja_env.globals["delivery_reason"] = reason
    account_service.send_reset = letters.send_reset
    add_panel(app, 80, _desk)
    personal_data.register(app)
