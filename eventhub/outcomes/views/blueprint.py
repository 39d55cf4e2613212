"""The blueprint, and the words that its pages share."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask_babel import format_date

from eventhub.domain.codes import format_code
from eventhub.outcomes.enums import (
    AWARD_GROUND_LOOKS,
    GROUND_LOOKS,
    LINE_FILTER_LABELS,
    NOTICE_KIND_LABELS,
    OBJECTION_STATE_LOOKS,
    PROPOSAL_STATE_LOOKS,
    TIE_CHOICE_LABELS,
)
from eventhub.web.jinja import show_time
from eventhub.web.urls import external_url

bp = Blueprint("outcomes", __name__)


def formal_day(at: datetime, tz: str) -> str:
    """A day as a document writes it: 2026年11月23日."""
    return str(format_date(at.astimezone(ZoneInfo(tz)).date(), "long"))


def formal_moment(at: datetime, tz: str) -> str:
    """A moment as a document writes it: 2026年11月23日 09:00."""
    return f"{formal_day(at, tz)} {show_time(at, tz)}"


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "award_ground_looks": AWARD_GROUND_LOOKS,
        "external_url": external_url,
        "filter_labels": LINE_FILTER_LABELS,
        "formal_day": formal_day,
        "formal_moment": formal_moment,
        "format_code": format_code,
        "ground_looks": GROUND_LOOKS,
        "kind_labels": NOTICE_KIND_LABELS,
        "objection_looks": OBJECTION_STATE_LOOKS,
        "proposal_looks": PROPOSAL_STATE_LOOKS,
        "tie_labels": TIE_CHOICE_LABELS,
    }
