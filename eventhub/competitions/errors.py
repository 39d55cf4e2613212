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


class CompetitionInUseError(ConflictError):
    """Something was arranged for the draft."""

    code = "competition_in_use"
    message = lazy("这项赛事已经安排了评委、路演、签到点、提醒或导入记录，先移除它们，才能删除。")


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


class NoRoundsError(InvalidError):
    """A competition has at least one round of its template."""

    code = "no_rounds"
    message = lazy("请至少选择一个轮次。")
    field = "round_keys"


class EditionFixedError(ConflictError):
    """Claims of students rest on the edition from the first entry on."""

    code = "edition_fixed"
    message = lazy("赛事已经发布，这一项不能再改：已报名的项目依据它判断学生是否重复参赛。")


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


class ChangedMeanwhileError(ConflictError):
    """Somebody else saved since the form was opened."""

    code = "changed_meanwhile"
    message = lazy(
        "您打开页面之后，有人保存了新的内容。您填写的内容都还在，核对后再保存一次，就以您的为准。"
    )


class RoundOrderError(ConflictError):
    """A round cannot stand there: it has begun, or a way on would lead backwards."""

    code = "round_order"
    message = lazy("这一轮不能移到那里：已经开始的轮次不能移动，晋级路线也不能倒退。")


class TooManyRoundsError(ConflictError):
    """A competition with more rounds than any real one."""

    code = "too_many_rounds"
    message = lazy("轮次已达上限，不能再增加。")


class PassageError(InvalidError):
    """A way on that leads nowhere, backwards, or for more than its places."""

    code = "passage"
    field = "to_round_id"


class PassageLockedError(ConflictError):
    """The round that it leads to has begun."""

    code = "passage_locked"
    message = lazy("所通往的轮次已经开始评分，晋级规则不能再改。")


class PassageInUseError(ConflictError):
    """A list of those who go up rests on it."""

    code = "passage_in_use"
    message = lazy("已有晋级名单使用这条晋级规则，不能删除。")


class GroupsFixedError(ConflictError):
    """Once a round has begun no group comes or goes."""

    code = "groups_fixed"
    message = lazy("已有轮次开始评分，不能再增加或删除组别。")


class GroupInUseError(ConflictError):
    """Something hangs on the group."""

    code = "group_in_use"
    message = lazy("已有项目或名额使用这个组别，不能删除。")


class LastGroupError(ConflictError):
    """A competition keeps at least one group."""

    code = "last_group"
    message = lazy("赛事至少要有一个组别，不能删除最后一个。")


class GroupPresentError(ConflictError):
    """The group of the template is in the competition already."""

    code = "group_present"
    message = lazy("这个组别已经在赛事中。")


class UnknownGroupError(NotFoundError):
    """The template has no such group."""

    code = "unknown_group"


class UnknownRubricError(NotFoundError):
    """The template has no such rubric."""

    code = "unknown_rubric"


class HostsMissingError(InvalidError):
    """The circle that runs it and one 主办 have to be among the hosts."""

    code = "hosts_missing"
    message = lazy("至少要有一个“主办”，负责本赛事的生态圈不能移除。")


class HostTwiceError(InvalidError):
    """A circle is named that takes part already."""

    code = "host_twice"
    message = lazy("这个生态圈已经在列表中，直接修改它的角色即可。")
    field = "add_circle_id"


class TemplateNameTakenError(ConflictError):
    """The circle has a template of that name."""

    code = "template_name_taken"
    message = lazy("本圈已有同名的模板。换一个名称，或勾选“更新同名模板”。")
    field = "name"


class RuleParameterError(InvalidError):
    """A rule says nothing, or makes no sense; ``field`` names its row and cell."""

    code = "rule_parameter"
    message = lazy("请填写有效的内容。")


class TooManyRulesError(InvalidError):
    """More rules than a page can hold; the message says how many."""

    code = "too_many_rules"
    message = lazy("规则太多。")


class NamingRuleError(InvalidError):
    """A rule for the names of files that makes no names; the message says why."""

    code = "naming_rule"
    message = lazy("命名规则有误。")


class BlindFormatError(InvalidError):
    """Judges of a blind round are shown copies of PDF alone; the message names the document."""

    code = "blind_format"
    message = lazy("本轮匿名评审，评委可以查看的材料必须允许 PDF。")
