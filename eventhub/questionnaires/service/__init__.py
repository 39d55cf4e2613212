"""Building forms: making, changing, publishing."""

from __future__ import annotations

from eventhub.questionnaires.service.forms import (
    changes_of,
    copy_questionnaire,
    create_questionnaire,
    discard_questionnaire,
    publish_questionnaire,
    rename_questionnaire,
)
from eventhub.questionnaires.service.questions import (
    add_question,
    duplicate_question,
    fingerprint,
    move_question,
    order_questions,
    remove_question,
    restore_question,
    save_question,
)

__all__ = [
    "add_question",
    "changes_of",
    "copy_questionnaire",
    "create_questionnaire",
    "discard_questionnaire",
    "duplicate_question",
    "fingerprint",
    "move_question",
    "order_questions",
    "publish_questionnaire",
    "remove_question",
    "rename_questionnaire",
    "restore_question",
    "save_question",
]
