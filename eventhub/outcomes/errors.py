"""What outcomes refuse."""

from __future__ import annotations

from eventhub.errors import ConflictError, InvalidError
from eventhub.i18n import lazy


class RoundNotClosedError(ConflictError):
    """Nothing follows from marks that may still change."""

    code = "round_not_closed"
    message = lazy("这一轮还没有封榜，名次尚未确定。请先在“成绩”页封榜。")


class AlreadyProposedError(ConflictError):
    """One list stands at a time."""

    code = "already_proposed"
    message = lazy(
        "已经有一份名单，可能是其他组织者刚刚拟定的。请刷新页面查看；要重新拟定，请先作废它。"
    )


class BestFirstError(ConflictError):
    """Who is left is known once it is confirmed who went up."""

    code = "best_first"
    message = lazy("请先确认按名次晋级的名单，再拟定复活赛的名单。")


class DecisionStateError(ConflictError):
    """Somebody else was faster, or it is past that."""

    code = "decision_state"
    message = lazy("这份名单的状态已经改变，请刷新页面查看最新状态。")


class SecondPersonError(ConflictError):
    """One person does not decide alone."""

    code = "second_person"
    message = lazy("必须由另一位组织者确认：拟定或调整过名单的人不能自己确认。")


class SecondPersonRecallError(ConflictError):
    """Nor take back alone."""

    code = "second_person_recall"
    message = lazy("必须由另一位组织者同意：提出撤回的人不能自己同意。")


class ListChangedError(ConflictError):
    """What would be confirmed is not what was read."""

    code = "list_changed"
    message = lazy("您打开这个页面之后，名单又有调整。下面是最新的名单，请重新核对后再确认。")


class TiesOpenError(ConflictError):
    """A tie at the edge is broken by nobody but a person."""

    code = "ties_open"
    message = lazy("名额边缘还有并列的项目没有决定，请逐项选择并写明理由，再确认。")


class StandingsChangedError(ConflictError):
    """The list was drawn from other standings than those that stand."""

    code = "standings_changed"
    message = lazy("名单拟定之后成绩有变动。请作废这份名单，按现在的名次重新拟定。")


class WithdrawnListedError(ConflictError):
    """Somebody on the list takes part no more; the message says who."""

    code = "withdrawn_listed"
    message = lazy("名单里有已退赛或被退回的项目，请先把它移出名单。")


class NextRoundBegunError(ConflictError):
    """The round that the list leads to has begun."""

    code = "next_round_begun"
    message = lazy("下一轮已经开始，晋级名单不能再改变。")


class OtherListRestsError(ConflictError):
    """The revival's list rests on this one."""

    code = "other_list_rests"
    message = lazy("复活赛的名单是据此拟定的，请先撤回或作废复活赛的名单。")


class AdvancedFromRoundError(ConflictError):
    """Standings stay while something rests on them."""

    code = "advanced_from_round"
    message = lazy("已经按这一轮的成绩拟定了晋级或获奖名单，不能重新开放评分。请先作废或撤回名单。")


class NotRankedError(ConflictError):
    """Who has no standing, or takes part no more, cannot be put in."""

    code = "not_ranked"
    message = lazy("这个项目已退赛，或已从其他途径晋级，不能列入名单。")


class AdjustReasonError(InvalidError):
    """What departs from the rules has a reason."""

    code = "adjust_reason"
    message = lazy("与规则的结果不同时必须写明理由，第二位确认人会看到。")
    field = "reason"


class LevelsMissingError(ConflictError):
    """There is nothing to give."""

    code = "levels_missing"
    message = lazy("还没有设置奖级。请先设置奖级，再拟定获奖名单。")


class LevelsLockedError(ConflictError):
    """A list rests on the levels."""

    code = "levels_locked"
    message = lazy("已经有一份获奖名单，奖级不能再改。要修改奖级，请先作废名单。")


class LevelInvalidError(InvalidError):
    """A level is incomplete or stands twice; the message says which."""

    code = "level_invalid"
    field = "levels"
    message = lazy("奖级有误，请核对。")


class AwardingInForceError(ConflictError):
    """Certificates rest on the awards."""

    code = "certificates_issued"
    message = lazy("已经颁发证书，获奖名单不能撤回。请先逐份作废证书。")


class NothingConfirmedError(ConflictError):
    """What two people have not confirmed is not made known or put on paper."""

    code = "nothing_confirmed"
    message = lazy("名单还没有经两人确认，不能进行这一步。")


class CertificateRevokedError(ConflictError):
    """Once revoked, always revoked."""

    code = "certificate_revoked"
    message = lazy("这份证书已经作废。")


class CertificateNotDrawnError(ConflictError):
    """The file is still being made."""

    code = "certificate_not_drawn"
    message = lazy("证书正在生成，请稍等片刻再下载。")


class NoTargetError(InvalidError):
    """The competition to carry to is not one of this edition that takes entries."""

    code = "no_target"
    message = lazy("请选择同一届、正在接受报名的另一项赛事。")
    field = "target"


class NoticePeriodError(InvalidError):
    """A notice that ends before it begins, or has ended."""

    code = "notice_period"
    message = lazy("公示结束时间必须晚于开始时间，并且在现在之后。")
    field = "closes_at"


class NoticeStateError(ConflictError):
    """The notice is past that."""

    code = "notice_state"
    message = lazy("公示的状态已经改变，请刷新页面查看最新状态。")


class NothingToNoticeError(ConflictError):
    """A notice without a line."""

    code = "nothing_to_notice"
    message = lazy("名单是空的，没有可以公示的内容。")


class ObjectionsClosedError(ConflictError):
    """Objections are heard while the notice is up."""

    code = "objections_closed"
    message = lazy("公示期已经结束，不再受理异议。您填写的内容没有提交。")


class ObjectionStateError(ConflictError):
    """The objection is past that."""

    code = "objection_state"
    message = lazy("这项异议已由其他组织者处理，请刷新页面查看。")


class AnswerMissingError(InvalidError):
    """Whoever objects by name gets an answer in words."""

    code = "answer_missing"
    message = lazy("请写明答复，异议人会看到。")
    field = "answer"


class ContactInvalidError(InvalidError):
    """Nobody could be reached there."""

    code = "contact_invalid"
    message = lazy("请填写能联系到您的邮箱或电话号码。")
    field = "contact"
