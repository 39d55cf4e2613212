"""The blueprint, and the words that its pages share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

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
from eventhub.web.urls import external_url

bp = Blueprint("outcomes", __name__)


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "award_ground_looks": AWARD_GROUND_LOOKS,
        "external_url": external_url,
        "filter_labels": LINE_FILTER_LABELS,
        "format_code": format_code,
        "ground_looks": GROUND_LOOKS,
        "kind_labels": NOTICE_KIND_LABELS,
        "objection_looks": OBJECTION_STATE_LOOKS,
        "proposal_looks": PROPOSAL_STATE_LOOKS,
        "tie_labels": TIE_CHOICE_LABELS,
    }
