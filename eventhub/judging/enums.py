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
    ScoresheetState.DRAFT: (lazy("评分中,未提交"), "yellow", "pencil"),
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
