"""Vocabulary of what follows from results."""

from __future__ import annotations

from enum import StrEnum

from eventhub.domain.advancement import Ground
from eventhub.domain.awards import AwardGround
from eventhub.domain.cut import TieChoice
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
    ProposalState.DISCARDED: (lazy("名单已作废"), "grey", "ban"),
}


class LineFilter(StrEnum):
    """Which lines of a list are shown."""

    ALL = "all"
    IN = "in"
    OUT = "out"
    TIED = "tied"
    ADJUSTED = "adjusted"


LINE_FILTER_LABELS = {
    LineFilter.ALL: lazy("全部"),
    LineFilter.IN: lazy("在名单内"),
    LineFilter.OUT: lazy("不在名单内"),
    LineFilter.TIED: lazy("边缘并列"),
    LineFilter.ADJUSTED: lazy("人工调整"),
}

TIE_CHOICE_LABELS = {
    TieChoice.DECIDE: lazy("暂不确定，由人逐项决定并写明理由"),
    TieChoice.IN: lazy("并列者都算在内，可以超出名额"),
    TieChoice.OUT: lazy("并列者都不算在内，空出的名额不递补"),
}

# label, colour, icon
GROUND_LOOKS = {
    Ground.RANK: (lazy("名次在名额内"), "green", "circle-check"),
    Ground.PLACES_FULL: (lazy("名额已满"), "grey", "circle-dashed"),
    Ground.QUOTA_FULL: (lazy("分配名额已满"), "grey", "circle-dashed"),
    Ground.SCHOOL_MAX: (lazy("本校名额已满"), "grey", "school"),
    Ground.TIED: (lazy("在名额边缘并列"), "amber", "alert-triangle"),
    Ground.VETOED: (lazy("不满足必要条件"), "red", "ban"),
    Ground.NOT_RANKED: (lazy("没有成绩"), "grey", "circle-dashed"),
    Ground.ALREADY_UP: (lazy("已经晋级"), "blue", "arrow-up"),
    Ground.WITHDRAWN: (lazy("已退赛"), "red", "ban"),
}

AWARD_GROUND_LOOKS = {
    AwardGround.RANK: (lazy("名次在名额内"), "green", "circle-check"),
    AwardGround.THRESHOLD: (lazy("达到分数线"), "green", "circle-check"),
    AwardGround.TIED: (lazy("在奖级边缘并列"), "amber", "alert-triangle"),
    AwardGround.NONE_LEFT: (lazy("未达到任何奖级"), "grey", "circle-dashed"),
    AwardGround.VETOED: (lazy("不满足必要条件"), "red", "ban"),
    AwardGround.NOT_RANKED: (lazy("没有成绩"), "grey", "circle-dashed"),
    AwardGround.WITHDRAWN: (lazy("已退赛"), "red", "ban"),
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
