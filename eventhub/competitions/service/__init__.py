"""Use cases of competitions: making them, their rounds and rubrics, and their course."""

from __future__ import annotations

from eventhub.competitions.service.cloning import Move, clone_competition, list_moves
from eventhub.competitions.service.competitions import (
    close_entries,
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
from eventhub.competitions.service.creation import create_from_template
from eventhub.competitions.service.documents import RequirementDraft, save_requirements
from eventhub.competitions.service.entry_rules import EntryRules, set_entry_rules
from eventhub.competitions.service.group_list import (
    add_blank_group,
    add_template_group,
    list_absent_groups,
    move_group,
    remove_group,
)
from eventhub.competitions.service.groups import company_rule, update_group
from eventhub.competitions.service.hosts import set_hosts
from eventhub.competitions.service.own_templates import (
    archive_template,
    bring_back_template,
    rename_template,
    save_as_template,
)
from eventhub.competitions.service.passages import (
    PassageDraft,
    QuotaDraft,
    remove_passage,
    save_passage,
)
from eventhub.competitions.service.round_order import (
    add_round,
    first_place,
    move_round,
    remove_round,
)
from eventhub.competitions.service.rounds import RoundDraft, set_marks_due, update_round
from eventhub.competitions.service.rubrics import (
    CriterionDraft,
    GateDraft,
    adopt_rubric,
    confirm_rubric,
    list_choices,
    restore_rubric,
    save_rubric,
)

__all__ = [
    "CriterionDraft",
    "EntryRules",
    "GateDraft",
    "Move",
    "PassageDraft",
    "QuotaDraft",
    "RequirementDraft",
    "RoundDraft",
    "add_blank_group",
    "add_round",
    "add_template_group",
    "adopt_rubric",
    "archive_template",
    "bring_back_template",
    "clone_competition",
    "close_entries",
    "close_round",
    "company_rule",
    "confirm_rubric",
    "create_from_template",
    "finish",
    "first_place",
    "list_absent_groups",
    "list_choices",
    "list_moves",
    "move_group",
    "move_round",
    "open_entries",
    "open_round",
    "publish_round",
    "readiness",
    "remove_group",
    "remove_passage",
    "remove_round",
    "rename_template",
    "reopen_round",
    "restore_rubric",
    "save_as_template",
    "save_passage",
    "save_requirements",
    "save_rubric",
    "set_entry_rules",
    "set_hosts",
    "set_marks_due",
    "update_competition",
    "update_group",
    "update_round",
]
