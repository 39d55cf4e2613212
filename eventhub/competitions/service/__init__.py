"""Use cases of competitions: making them, their rounds and rubrics, and their course."""

from __future__ import annotations

from eventhub.competitions.service.cloning import (
    Move,
    clone_competition,
    list_moves,
    next_edition,
    preview_moves,
)
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
from eventhub.competitions.service.creation import (
    create_from_template,
    usable_template,
    usual_settings,
)
from eventhub.competitions.service.documents import (
    RequirementDraft,
    check_naming,
    list_unseen_formats,
    requirements_stamp,
    save_requirements,
)
from eventhub.competitions.service.entry_rules import EntryRules, set_entry_rules
from eventhub.competitions.service.group_list import (
    add_blank_group,
    add_template_group,
    are_groups_fixed,
    list_absent_groups,
    move_group,
    remove_group,
)
from eventhub.competitions.service.groups import (
    company_rule,
    update_conditions,
    update_group,
)
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
    list_known_quotas,
    passage_stamp,
    remove_passage,
    save_passage,
)
from eventhub.competitions.service.questionnaires import set_questionnaire
from eventhub.competitions.service.removal import remove_competition
from eventhub.competitions.service.round_order import (
    add_round,
    first_place,
    move_round,
    remove_round,
)
from eventhub.competitions.service.rounds import (
    RoundDraft,
    list_tie_presets,
    round_stamp,
    set_marks_due,
    update_round,
)
from eventhub.competitions.service.rubrics import (
    CriterionDraft,
    GateDraft,
    adopt_rubric,
    confirm_rubric,
    list_choices,
    list_repeats,
    restore_rubric,
    rubric_stamp,
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
    "are_groups_fixed",
    "bring_back_template",
    "check_naming",
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
    "list_known_quotas",
    "list_moves",
    "list_repeats",
    "list_tie_presets",
    "list_unseen_formats",
    "move_group",
    "move_round",
    "next_edition",
    "open_entries",
    "open_round",
    "passage_stamp",
    "preview_moves",
    "publish_round",
    "readiness",
    "remove_competition",
    "remove_group",
    "remove_passage",
    "remove_round",
    "rename_template",
    "reopen_round",
    "requirements_stamp",
    "restore_rubric",
    "round_stamp",
    "rubric_stamp",
    "save_as_template",
    "save_passage",
    "save_requirements",
    "save_rubric",
    "set_entry_rules",
    "set_hosts",
    "set_marks_due",
    "set_questionnaire",
    "update_competition",
    "update_conditions",
    "update_group",
    "update_round",
    "usable_template",
    "usual_settings",
]
