"""What competitions refuse."""

from __future__ import annotations

from eventhub.errors import ConflictError, InvalidError, NotFoundError
from eventhub.i18n import lazy


class UnknownTemplateError(NotFoundError):
    """There is no such contest template."""

    code = "unknown_template"


class CompetitionStateError(ConflictError):
    """The competition cannot go from its present state to the wanted one."""

    code = "competition_state"
    message = lazy("赛事当前的状态不允许这样操作，请刷新页面查看最新状态。")


class CompetitionFinishedError(ConflictError):
    """A finished competition is a record."""

    code = "competition_finished"
    message = lazy("赛事已经结束，不能再修改。")


class EntriesNotDatedError(ConflictError):
    """Entries cannot open without a window."""

    code = "entries_not_dated"
    message = lazy("还没有设定报名的开始和截止时间，请先在“基本信息”中填写。")


class EntriesOverError(ConflictError):
    """The closing moment lies in the past."""

    code = "entries_over"
    message = lazy("报名截止时间已经过去。要开放报名，请先把截止时间改到将来。")


class EntryWindowError(InvalidError):
    """Entries would close before they open."""

    code = "entry_window"
    message = lazy("报名截止时间必须晚于报名开始时间。")
    field = "entries_close_at"


class CompetitionTimesError(InvalidError):
    """The competition would end before it starts."""

    code = "competition_times"
    message = lazy("结束时间必须晚于开始时间。")
    field = "ends_at"


class NoGroupsError(InvalidError):
    """A competition has at least one group of its template."""

    code = "no_groups"
    message = lazy("请至少选择一个组别。")
    field = "group_keys"


class TeamSizeError(InvalidError):
    """A least number above its greatest."""

    code = "team_size"
    message = lazy("人数上限不能小于下限。")


class CompanyDateError(InvalidError):
    """A rule on the day of registration needs that day."""

    code = "company_date"
    message = lazy("选择了公司注册要求，请填写界限日期。")
    field = "company_on"


class RoundsUnfinishedError(ConflictError):
    """A competition ends once every round that began is published."""

    code = "rounds_unfinished"
    message = lazy("还有轮次没有公布结果，公布之后才能结束赛事。")


class RoundStateError(ConflictError):
    """The round cannot go from its present state to the wanted one."""

    code = "round_state"
    message = lazy("轮次当前的状态不允许这样操作，请刷新页面查看最新状态。")


class RoundLockedError(ConflictError):
    """Once marks are taken nothing that they rest on changes."""

    code = "round_locked"
    message = lazy("这一轮已经开始评分，评分标准和计分规则不能再改。")


class RoundInUseError(ConflictError):
    """Something is arranged for the round."""

    code = "round_in_use"
    message = lazy("这一轮已经安排了路演或评委，不能删除。")


class RoundNotReadyError(ConflictError):
    """Something that judges need is missing; the message says what."""

    code = "round_not_ready"


class RubricNotConfirmedError(RoundNotReadyError):
    """A rubric without an official source waits for an organiser's word."""

    code = "rubric_not_confirmed"


class RubricEmptyError(RoundNotReadyError):
    """A rubric without a point to give."""

    code = "rubric_empty"
    message = lazy("评分标准里还没有评分项，满分为 0，不能确认。请先填写评分项。")


class NothingToConfirmError(ConflictError):
    """The rubric has a source or is the organiser's own."""

    code = "nothing_to_confirm"
    message = lazy("这份评分标准有出处或由主办方自定，不需要确认。")


class NoOriginalError(ConflictError):
    """The competition's template has nothing to go back to."""

    code = "no_original"
    message = lazy("模板中没有这一组的评分标准，无法恢复。")


class TooManyLinesError(InvalidError):
    """A list is longer than any real one."""

    code = "too_many_lines"


class CriterionPointsError(InvalidError):
    """A criterion carries more than nothing and less than absurd."""

    code = "criterion_points"
    message = lazy("每个评分项的分值必须大于 0，且不超过 1000。")


class TieOrderError(InvalidError):
    """The tie-breaks repeat, go on after 'share', or name no criterion of every group."""

    code = "tie_order"
    message = lazy("同分规则有误：不能重复，“并列”之后不能再有规则，评分项必须各组都有。")
    field = "tie_1"


class SheetsTooFewError(InvalidError):
    """Dropping extremes needs something left in between."""

    code = "sheets_too_few"
    field = "sheets_min"


class ReasonMissingError(InvalidError):
    """A step that has to be explained was not."""

    code = "reason_missing"
    message = lazy("请写明理由。")
    field = "reason"


class RequirementInUseError(ConflictError):
    """Somebody has handed in a document for it."""

    code = "requirement_in_use"
    message = lazy("已有团队提交了这份材料，不能删除这项要求，可以改为选交。")
