"""The readable log."""

from __future__ import annotations

import re
import uuid
from datetime import datetime

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from eventhub.audit import personal_data, queries
from eventhub.audit.enums import AREA_LABELS, action_label, fact_label
from eventhub.audit.readers import readable_by
from eventhub.audit.subjects import names_of
from eventhub.errors import ForbiddenError
from eventhub.web.access import me, signed_in
from eventhub.web.jinja import show_datetime
from eventhub.web.paging import page_number, paginate

bp = Blueprint("audit", __name__)

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")


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
    page = paginate(query, page=page_number(), per_page=50)
    return render_template(
        "audit/index.html",
        page=page,
        subjects=names_of(page.items),
        circle=circle,
        area=area,
        circles=readable,
        names={entry.circle_id: entry.name for entry in readable},
        areas=AREA_LABELS,
        action_label=action_label,
        fact_label=_in_words,
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _in_words(fact: object) -> object:
    """A fact in words, and a moment as people of the place write it."""
    if isinstance(fact, str) and MOMENT.fullmatch(fact):
        return show_datetime(datetime.fromisoformat(fact))
    return fact_label(fact)


def register(app: Flask) -> None:
    """Mount the log."""
    app.register_blueprint(bp)
    personal_data.register(app)
