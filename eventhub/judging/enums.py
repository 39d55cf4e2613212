"""Vocabulary of judging."""

from __future__ import annotations

from enum import StrEnum

from eventhub.i18n import lazy


class ScoresheetState(StrEnum):
    """Whether a sheet may still change."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


SCORESHEET_TRANSITIONS = {
    ScoresheetState.DRAFT: {ScoresheetState.SUBMITTED},
    ScoresheetState.SUBMITTED: set(),
}

SCORESHEET_STATE_LOOKS = {
    ScoresheetState.DRAFT: (lazy("评分中，未提交"), "amber", "edit"),
    ScoresheetState.SUBMITTED: (lazy("已提交"), "green", "lock"),
}


class RecusalKind(StrEnum):
    """Why a judge must not score an entry."""

    OWN_UNIVERSITY = "own_university"
    ADVISER = "adviser"
    MEMBER = "member"
    SHAREHOLDER = "shareholder"
    RELATIVE = "relative"
    OTHER = "other"


RECUSAL_KIND_LABELS = {
    RecusalKind.OWN_UNIVERSITY: lazy("与参赛团队同校"),
    RecusalKind.ADVISER: lazy("是该项目指导教师"),
    RecusalKind.MEMBER: lazy("是该项目成员"),
    RecusalKind.SHAREHOLDER: lazy("持有该项目股份"),
    RecusalKind.RELATIVE: lazy("与团队成员有亲属关系"),
    RecusalKind.OTHER: lazy("其他利害关系"),
}


class CellState(StrEnum):
    """Where a judge stands with an entry, as the organiser's table shows it."""

    RECUSED = "recused"
    MISSING = "missing"
    DRAFT = "draft"
    SUBMITTED = "submitted"


CELL_LOOKS = {
    CellState.RECUSED: (lazy("回避"), "purple", "hand-stop"),
    CellState.MISSING: (lazy("未评"), "red", "circle-dashed"),
    CellState.DRAFT: (lazy("评分中"), "amber", "edit"),
    CellState.SUBMITTED: (lazy("已提交"), "green", "lock"),
}


class LinkState(StrEnum):
    """What became of a judge's personal link."""

    NONE = "none"
    ISSUED = "issued"
    USED = "used"
    OVER = "over"


LINK_LOOKS = {
    LinkState.NONE: (lazy("未生成"), "grey", "link"),
    LinkState.ISSUED: (lazy("已生成，未使用"), "blue", "qrcode"),
    LinkState.USED: (lazy("已登录过"), "green", "circle-check"),
    LinkState.OVER: (lazy("已失效"), "red", "ban"),
}
