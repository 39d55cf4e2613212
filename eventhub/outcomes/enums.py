"""Vocabulary of what follows from results."""

from __future__ import annotations

from enum import StrEnum

from eventhub.i18n import lazy


class ProposalState(StrEnum):
    """How far a decision is that two people make: one proposes, another confirms."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


# label, colour, icon
PROPOSAL_STATE_LOOKS = {
    ProposalState.PROPOSED: (lazy("待第二人确认"), "amber", "clock"),
    ProposalState.CONFIRMED: (lazy("已确认"), "green", "circle-check"),
    ProposalState.DISCARDED: (lazy("已作废"), "grey", "ban"),
}


class NoticeKind(StrEnum):
    """What a public notice makes known."""

    ENTRIES = "entries"
    ADVANCEMENT = "advancement"
    AWARDS = "awards"


NOTICE_KIND_LABELS = {
    NoticeKind.ENTRIES: lazy("参赛项目公示"),
    NoticeKind.ADVANCEMENT: lazy("晋级名单公示"),
    NoticeKind.AWARDS: lazy("获奖名单公示"),
}


class NoticeState(StrEnum):
    """Whether a notice may be read also depends on its period."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


NOTICE_STATE_LOOKS = {
    NoticeState.DRAFT: (lazy("草稿"), "grey", "edit"),
    NoticeState.PUBLISHED: (lazy("已发布"), "green", "speakerphone"),
    NoticeState.WITHDRAWN: (lazy("已撤下"), "red", "ban"),
}


class ObjectionState(StrEnum):
    """How far an objection is."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    UPHELD = "upheld"
    REJECTED = "rejected"
    INADMISSIBLE = "inadmissible"


OBJECTION_TRANSITIONS = {
    ObjectionState.RECEIVED: {ObjectionState.ACCEPTED, ObjectionState.INADMISSIBLE},
    ObjectionState.ACCEPTED: {ObjectionState.UPHELD, ObjectionState.REJECTED},
    ObjectionState.UPHELD: set(),
    ObjectionState.REJECTED: set(),
    ObjectionState.INADMISSIBLE: set(),
}

OBJECTION_STATE_LOOKS = {
    ObjectionState.RECEIVED: (lazy("已收到"), "amber", "clock"),
    ObjectionState.ACCEPTED: (lazy("已受理，调查中"), "blue", "search"),
    ObjectionState.UPHELD: (lazy("异议成立"), "red", "alert-triangle"),
    ObjectionState.REJECTED: (lazy("异议不成立"), "grey", "circle-check"),
    ObjectionState.INADMISSIBLE: (lazy("不予受理"), "grey", "ban"),
}
