"""Use cases of competitions: making them, their rounds and rubrics, and their course."""

from __future__ import annotations

from eventhub.competitions.service.competitions import (
    close_entries,
    create_from_template,
    finish,
    open_entries,
    update_competition,
)
from eventhub.competitions.service.course import (
    close_round,
    open_round,
    publish_round,
    readiness,
    reopen_round,
)
from eventhub.competitions.service.documents import RequirementDraft, save_requirements
from eventhub.competitions.service.groups import company_rule, update_group
from eventhub.competitions.service.rounds import (
    RoundDraft,
    add_round,
    remove_round,
    set_marks_due,
    update_round,
)
from eventhub.competitions.service.rubrics import (
    CriterionDraft,
    GateDraft,
    confirm_rubric,
    restore_rubric,
    save_rubric,
)

__all__ = [
    "CriterionDraft",
    "GateDraft",
    "RequirementDraft",
    "RoundDraft",
    "add_round",
    "close_entries",
    "close_round",
    "company_rule",
    "confirm_rubric",
    "create_from_template",
    "finish",
    "open_entries",
    "open_round",
    "publish_round",
    "readiness",
    "remove_round",
    "reopen_round",
    "restore_rubric",
    "save_requirements",
    "save_rubric",
    "set_marks_due",
    "update_competition",
    "update_group",
    "update_round",
]
