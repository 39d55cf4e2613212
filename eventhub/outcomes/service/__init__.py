"""What follows from results."""

from __future__ import annotations

from eventhub.outcomes.service.advancement import (
    ADVANCEMENT,
    adjust_line,
    excess_of,
    propose_advancement,
)
from eventhub.outcomes.service.awards import AWARDS, adjust_award, propose_awards
from eventhub.outcomes.service.carrying import (
    Carried,
    carry_entries,
    confirmed_entries,
    list_targets,
)
from eventhub.outcomes.service.certificates import (
    draw_one,
    draw_pending,
    facts_of,
    font_folder,
    hosts_of,
    issue_all,
    note_download,
    reissue,
    revoke,
)
from eventhub.outcomes.service.course import (
    Course,
    ask_recall,
    confirm,
    discard,
    drop_recall,
    fingerprint,
    open_ties,
    recall,
)
from eventhub.outcomes.service.levels import LEVELS_MAX, LevelDraft, save_levels
from eventhub.outcomes.service.notices import (
    NoticeDraft,
    build_rows,
    create_notice,
    delete_draft,
    publish_notice,
    update_notice,
    withdraw_notice,
)
from eventhub.outcomes.service.objections import (
    EVIDENCE_FORMATS,
    EVIDENCE_MAX,
    answer_objection,
    follow,
    object_to,
)
from eventhub.outcomes.service.retention import forget_objectors

__all__ = [
    "ADVANCEMENT",
    "AWARDS",
    "EVIDENCE_FORMATS",
    "EVIDENCE_MAX",
    "LEVELS_MAX",
    "Carried",
    "Course",
    "LevelDraft",
    "NoticeDraft",
    "adjust_award",
    "adjust_line",
    "answer_objection",
    "ask_recall",
    "build_rows",
    "carry_entries",
    "confirm",
    "confirmed_entries",
    "create_notice",
    "delete_draft",
    "discard",
    "draw_one",
    "draw_pending",
    "drop_recall",
    "excess_of",
    "facts_of",
    "fingerprint",
    "follow",
    "font_folder",
    "forget_objectors",
    "hosts_of",
    "issue_all",
    "list_targets",
    "note_download",
    "object_to",
    "open_ties",
    "propose_advancement",
    "propose_awards",
    "publish_notice",
    "recall",
    "reissue",
    "revoke",
    "save_levels",
    "update_notice",
    "withdraw_notice",
]
