"""Vocabulary of judging."""

from __future__ import annotations

from enum import StrEnum

from eventhub.i18n import lazy


class ScoresheetState(StrEnum):
    """Whether a sheet may still change."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


# a submitted sheet goes back by a return that chief judge and supervisor have signed
SCORESHEET_TRANSITIONS = {
    ScoresheetState.DRAFT: {ScoresheetState.SUBMITTED},
    ScoresheetState.SUBMITTED: {ScoresheetState.DRAFT},
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


class OfficerRole(StrEnum):
    """Who watches over a round without judging in it."""

    SCRUTINEER = "scrutineer"
    SUPERVISOR = "supervisor"


OFFICER_ROLE_LABELS = {
    OfficerRole.SCRUTINEER: lazy("统分员"),
    OfficerRole.SUPERVISOR: lazy("监督员"),
}


class SignatureRole(StrEnum):
    """As what somebody signs the results."""

    SCRUTINEER = "scrutineer"
    CHIEF = "chief"
    SUPERVISOR = "supervisor"


SIGNATURE_ROLE_LABELS = {
    SignatureRole.SCRUTINEER: lazy("统分员"),
    SignatureRole.CHIEF: lazy("评委组长"),
    SignatureRole.SUPERVISOR: lazy("监督员"),
}


class ActState(StrEnum):
    """How far an act is that needs a second signature."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


ACT_STATE_LOOKS = {
    ActState.OPEN: (lazy("待签字"), "amber", "clock"),
    ActState.DONE: (lazy("已生效"), "green", "circle-check"),
    ActState.REFUSED: (lazy("未同意"), "grey", "ban"),
}


class AssignmentState(StrEnum):
    """How far a proposed assignment is."""

    WAITING = "waiting"
    COMPUTING = "computing"
    READY = "ready"
    IMPOSSIBLE = "impossible"
    FAILED = "failed"
    TAKEN = "taken"


ASSIGNMENT_LOOKS = {
    AssignmentState.WAITING: (lazy("排队中"), "grey", "clock"),
    AssignmentState.COMPUTING: (lazy("计算中"), "blue", "loader"),
    AssignmentState.READY: (lazy("方案已就绪"), "green", "circle-check"),
    AssignmentState.IMPOSSIBLE: (lazy("条件无法同时满足"), "red", "alert-triangle"),
    AssignmentState.FAILED: (lazy("计算未完成"), "red", "alert-triangle"),
    AssignmentState.TAKEN: (lazy("已采用"), "blue", "check"),
}


class RecheckOutcome(StrEnum):
    """What the panel decided about an entry on which its judges were far apart."""

    KEPT = "kept"
    RETURNED = "returned"


RECHECK_OUTCOME_LABELS = {
    RecheckOutcome.KEPT: lazy("维持评分"),
    RecheckOutcome.RETURNED: lazy("退回评分表重评"),
}
