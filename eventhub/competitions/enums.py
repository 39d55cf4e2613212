"""Vocabulary of competitions."""

from __future__ import annotations

from enum import StrEnum

from eventhub.i18n import lazy


class CompetitionState(StrEnum):
    """How far a competition is. Whether it takes entries now depends on its dates as well."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    FINISHED = "finished"


COMPETITION_TRANSITIONS = {
    CompetitionState.DRAFT: {CompetitionState.OPEN},
    CompetitionState.OPEN: {CompetitionState.CLOSED},
    CompetitionState.CLOSED: {CompetitionState.OPEN, CompetitionState.FINISHED},
    CompetitionState.FINISHED: set(),
}

# label, colour, icon
COMPETITION_STATE_LOOKS = {
    CompetitionState.DRAFT: (lazy("筹备中"), "grey", "edit"),
    CompetitionState.OPEN: (lazy("报名中"), "green", "door-enter"),
    CompetitionState.CLOSED: (lazy("评审中"), "blue", "gavel"),
    CompetitionState.FINISHED: (lazy("已结束"), "grey", "flag"),
}


class EntryPhase(StrEnum):
    """Whether entries are taken at a moment: what the state and the dates make together."""

    NOT_ANNOUNCED = "not_announced"
    UPCOMING = "upcoming"
    OPEN = "open"
    OVER = "over"


class RoundMode(StrEnum):
    """How a round is judged."""

    ONLINE = "online"
    ROADSHOW = "roadshow"


ROUND_MODE_LABELS = {
    RoundMode.ONLINE: lazy("网络评审"),
    RoundMode.ROADSHOW: lazy("现场路演"),
}


class RoundState(StrEnum):
    """How far a round is: marks are taken only while it is open."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


ROUND_TRANSITIONS = {
    RoundState.DRAFT: {RoundState.OPEN},
    RoundState.OPEN: {RoundState.CLOSED},
    RoundState.CLOSED: {RoundState.OPEN, RoundState.PUBLISHED},
    RoundState.PUBLISHED: set(),
}

ROUND_STATE_LOOKS = {
    RoundState.DRAFT: (lazy("未开始"), "grey", "circle-dashed"),
    RoundState.OPEN: (lazy("评分中"), "green", "gavel"),
    RoundState.CLOSED: (lazy("已封榜"), "amber", "lock"),
    RoundState.PUBLISHED: (lazy("已公布"), "blue", "speakerphone"),
}


class RubricStatus(StrEnum):
    """What is known of where a rubric comes from."""

    SOURCED = "sourced"
    EARLIER_EDITION = "earlier_edition"
    NOT_OFFICIAL = "not_official"
    MISSING = "missing"
    OWN = "own"


RUBRIC_STATUS_LOOKS = {
    RubricStatus.SOURCED: (lazy("有出处"), "green", "circle-check"),
    RubricStatus.EARLIER_EDITION: (lazy("往届标准，须核对"), "amber", "alert-triangle"),
    RubricStatus.NOT_OFFICIAL: (lazy("非官方分值，须确认"), "amber", "alert-triangle"),
    RubricStatus.MISSING: (lazy("未找到官方标准，须填写"), "red", "alert-triangle"),
    RubricStatus.OWN: (lazy("主办方自定"), "blue", "edit"),
}
