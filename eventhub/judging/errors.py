"""What judging refuses."""

from __future__ import annotations

from eventhub.errors import ConflictError, ForbiddenError, InvalidError
from eventhub.i18n import lazy


class RoundNotOpenError(ConflictError):
    """Marks are taken only while the round is open."""

    code = "round_not_open"
    message = lazy("本轮评分未开放或已经封榜，评分没有保存。如需补评，请联系统分员。")


class RoundSettledError(ConflictError):
    """The round is closed, so that who judges what no longer changes."""

    code = "round_settled"
    message = lazy("本轮已经封榜，评委和回避不能再改。如确需调整，请先重新开放评分。")


class SheetLateError(RoundNotOpenError):
    """The sheet came after the round was closed: kept to be seen, not counted."""

    code = "sheet_late"
    message = lazy(
        "本轮已经封榜，这份评分来晚了，不计入成绩。内容已转给统分员备查，请与统分员联系。"
    )


class EntryWithdrawnError(ConflictError):
    """The team took its entry back."""

    code = "entry_withdrawn"
    message = lazy("这个项目已经退赛，不用再评分。")


class WrongJudgeError(ForbiddenError):
    """The device holds the marks of one judge, and somebody else is signed in on it."""

    code = "wrong_judge"
    message = lazy("这台设备现在以另一个人的身份登录，评分没有上传。请用自己的评委链接重新进入。")


class BadEditError(InvalidError):
    """What a device sent is no sheet."""

    code = "bad_edit"
    message = lazy("上传的内容有误，评分没有保存。请刷新页面后重试。")


class RecusedError(ForbiddenError):
    """The judge must not score this entry."""

    code = "recused"
    message = lazy("根据回避规则，您不参与这个项目的评审。")


class SheetEditedElsewhereError(ConflictError):
    """Another device of the same judge saved meanwhile."""

    code = "sheet_edited_elsewhere"
    message = lazy("这份评分表刚在另一台设备上保存过。请刷新页面核对后再改，以免互相覆盖。")


class SheetSubmittedError(ConflictError):
    """A submitted sheet is locked."""

    code = "sheet_submitted"
    message = lazy("这份评分表已经提交并锁定，不能再修改。")


class MarkOutOfRangeError(InvalidError):
    """Below zero, above the criterion's maximum, or finer than two decimals."""

    code = "mark_out_of_range"
    message = lazy("分数超出了这一项的范围。")


class UnknownCriterionError(InvalidError):
    """The sheet marks something that is not in the rubric."""

    code = "unknown_criterion"
    message = lazy("评分表与评分标准不一致，请刷新页面后重试。")


class SheetIncompleteError(InvalidError):
    """Not every criterion has a mark, or not every gate a verdict."""

    code = "sheet_incomplete"
    message = lazy("还有评分项没有填写，不能提交。")


class SheetsMissingError(ConflictError):
    """The round cannot be closed without a reason while sheets are missing."""

    code = "sheets_missing"
    message = lazy("还有评分表没有提交，填写理由后才能封榜。")
    field = "reason"


class SeatTakenError(ConflictError):
    """Someone has a seat in this round already."""

    code = "seat_taken"
    message = lazy("这位评委在本轮已有席位，一人一轮只能在一个评委组。")
    field = "name"


class SeatInUseError(ConflictError):
    """The judge submitted sheets, so that the seat stays."""

    code = "seat_in_use"
    message = lazy("这位评委已提交过评分表，不能移出评委组。可以撤销其链接。")


class PanelTakenError(ConflictError):
    """A panel of this name or for this room exists."""

    code = "panel_taken"
    message = lazy("本轮已有同名的评委组，或这个会场已有评委组。")
    field = "name"


class PanelNotEmptyError(ConflictError):
    """A panel goes only when nobody sits in it."""

    code = "panel_not_empty"
    message = lazy("评委组里还有评委，请先移出评委再删除。")


class RecusalNeedsDetailError(InvalidError):
    """Another reason must be told in words."""

    code = "recusal_needs_detail"
    message = lazy("请写明是什么利害关系。")
    field = "detail"


class RecusalKnownError(ConflictError):
    """The judge is recused from this entry already."""

    code = "recusal_known"
    message = lazy("这位评委对该项目已登记回避。")
    field = "entry"


class RecusalCertainError(ConflictError):
    """A recusal that follows from facts cannot be taken back."""

    code = "recusal_certain"
    message = lazy("系统核对出的回避不能撤销。如资料有误，请更正评委或团队的学校信息。")


class SheetNotSubmittedError(ConflictError):
    """Only a sheet that was handed in can go back."""

    code = "sheet_not_submitted"
    message = lazy("这份评分表还没有提交，评委可以直接修改，不需要退回。")


class ReturnOpenError(ConflictError):
    """The sheet's return waits for a signature already."""

    code = "return_open"
    message = lazy("这份评分表已有退回申请在等待签字。")


class ActEndedError(ConflictError):
    """It was decided upon already."""

    code = "act_ended"
    message = lazy("这件事已经有了结论，不能再签字或否决。")


class NotYoursToSignError(ForbiddenError):
    """One signs only as what one stands in the round."""

    code = "not_yours_to_sign"
    message = lazy("您在本轮的身份不能在这里签字。")


class SignedAlreadyError(ConflictError):
    """The line has its name, or one person would sign twice."""

    code = "signed_already"
    message = lazy("这一栏已经签过，同一个人也不能签两栏。")


class NotInSampleError(ConflictError):
    """Only the sheets of the sample are added up again."""

    code = "not_in_sample"
    message = lazy("这份评分表不在复核样本里，请刷新页面。")


class RecountMissingError(ConflictError):
    """The scrutineer signs when the sample is right."""

    code = "recount_missing"
    message = lazy("复核样本还没有全部核对一致，统分员不能签字。")


class ScrutineerFirstError(ConflictError):
    """Chief judges and supervisors sign what the scrutineer has signed."""

    code = "scrutineer_first"
    message = lazy("请等统分员先签字。成绩一有改动，也要从统分员重新签起。")


class DeliberationOpenError(ConflictError):
    """While an entry is about to be moved nobody signs, publishes or moves another."""

    code = "deliberation_open"
    message = lazy("有一项合议调整还在等待签字，请先处理。")


class CannotMoveEntryError(InvalidError):
    """There is no such rank in the group, or the entry stands there."""

    code = "cannot_move_entry"
    message = lazy("名次应在本组名次范围内，并且与现在不同。没有名次的项目不能调整。")
    field = "rank"


class SignaturesMissingError(ConflictError):
    """Results that have to be signed are published when all have signed."""

    code = "signatures_missing"
    message = lazy("成绩还没有签齐，不能公布。")


class LaterRoundBegunError(ConflictError):
    """A later round rests on these results."""

    code = "later_round_begun"
    message = lazy("后面的轮次已经开始，本轮不能再重新开放评分。")
