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


class RevealMode(StrEnum):
    """When the big screen shows a total before the results are published."""

    AT_END = "at_end"
    EACH = "each"


REVEAL_MODE_LABELS = {
    RevealMode.AT_END: lazy("全部评完后统一亮分"),
    RevealMode.EACH: lazy("每个项目评完即亮分"),
}


class RoundKind(StrEnum):
    """Which entries a round hears: those that went up, or those that get another chance."""

    REGULAR = "regular"
    REVIVAL = "revival"


ROUND_KIND_LABELS = {
    RoundKind.REGULAR: lazy("常规轮次"),
    RoundKind.REVIVAL: lazy("复活赛"),
}


class PassageKind(StrEnum):
    """Who takes this way on from a round."""

    BEST = "best"  # the first of the standings, within the quotas
    OTHERS = "others"  # the best of those whom no other passage of the round took: a revival


PASSAGE_KIND_LABELS = {
    PassageKind.BEST: lazy("按名次晋级"),
    PassageKind.OTHERS: lazy("未晋级的进入复活赛"),
}


class DocumentKind(StrEnum):
    """What a document is, whatever a round calls it."""

    PLAN = "plan"
    DECK = "deck"
    VIDEO = "video"
    PROOF = "proof"
    COMMITMENT = "commitment"
    OTHER = "other"


DOCUMENT_KIND_LABELS = {
    DocumentKind.PLAN: lazy("项目计划书"),
    DocumentKind.DECK: lazy("展示文稿"),
    DocumentKind.VIDEO: lazy("视频"),
    DocumentKind.PROOF: lazy("证明材料"),
    DocumentKind.COMMITMENT: lazy("承诺书"),
    DocumentKind.OTHER: lazy("其他材料"),
}


class PersonalField(StrEnum):
    """Personal data that a competition may ask of each member, only where it needs them."""

    ID_NUMBER = "id_number"
    BORN_ON = "born_on"
    PHONE = "phone"


PERSONAL_FIELD_LABELS = {
    PersonalField.ID_NUMBER: lazy("证件号码"),
    PersonalField.BORN_ON: lazy("出生日期"),
    PersonalField.PHONE: lazy("手机号码"),
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
