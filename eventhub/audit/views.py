"""The readable log."""

from __future__ import annotations

import uuid

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from eventhub.audit import queries
from eventhub.audit.enums import AREA_LABELS, action_label, fact_label
from eventhub.audit.readers import readable_by
from eventhub.errors import ForbiddenError
from eventhub.web.access import me, signed_in
from eventhub.web.paging import page_number, paginate

bp = Blueprint("audit", __name__)


@bp.get("/manage/log")
@signed_in
def index() -> ResponseReturnValue:
    """Who did what, in the circles that one may read."""
    readable = readable_by(me())
    if not readable:
        raise ForbiddenError
    circle, area = request.args.get("circle", ""), request.args.get("area", "")
    chosen = [entry for entry in readable if entry.code == circle] or readable
    query = queries.select_log_of(
        [entry.circle_id for entry in chosen],
        area=area,
        subject_id=_uuid(request.args.get("subject", "")),
    )
    return render_template(
        "audit/index.html",
        page=paginate(query, page=page_number(), per_page=50),
        circle=circle,
        area=area,
        circles=readable,
        names={entry.circle_id: entry.name for entry in readable},
        areas=AREA_LABELS,
        action_label=action_label,
        fact_label=fact_label,
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def register(app: Flask) -> None:
    """Mount the log."""
    app.register_blueprint(bp)
