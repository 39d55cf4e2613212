"""What follows from results."""

from __future__ import annotations

from eventhub.outcomes.service.advancement import (
    adjust_line,
    confirm_advancement,
    discard_advancement,
    excess_of,
    open_ties,
    propose_advancement,
)
from eventhub.outcomes.service.awards import (
    adjust_award,
    confirm_awards,
    discard_awards,
    propose_awards,
)
from eventhub.outcomes.service.awards import open_ties as open_award_ties
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
from eventhub.outcomes.service.recalls import (
    ask_recall_advancement,
    ask_recall_awards,
    drop_recall_advancement,
    drop_recall_awards,
    recall_advancement,
    recall_awards,
)

__all__ = [
    "EVIDENCE_FORMATS",
    "EVIDENCE_MAX",
    "LEVELS_MAX",
    "Carried",
    "LevelDraft",
    "NoticeDraft",
    "adjust_award",
    "adjust_line",
    "answer_objection",
    "ask_recall_advancement",
    "ask_recall_awards",
    "build_rows",
    "carry_entries",
    "confirm_advancement",
    "confirm_awards",
    "confirmed_entries",
    "create_notice",
    "delete_draft",
    "discard_advancement",
    "discard_awards",
    "draw_one",
    "draw_pending",
    "drop_recall_advancement",
    "drop_recall_awards",
    "excess_of",
    "facts_of",
    "follow",
    "font_folder",
    "hosts_of",
    "issue_all",
    "list_targets",
    "note_download",
    "object_to",
    "open_award_ties",
    "open_ties",
    "propose_advancement",
    "propose_awards",
    "publish_notice",
    "recall_advancement",
    "recall_awards",
    "reissue",
    "revoke",
    "save_levels",
    "update_notice",
    "withdraw_notice",
]
