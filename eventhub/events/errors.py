"""What events refuse."""

from __future__ import annotations

from eventhub.errors import ConflictError, InvalidError
from eventhub.i18n import lazy


class EventStateError(ConflictError):
    """The event cannot go from its present state to the wanted one."""

    code = "event_state"
    message = lazy("活动当前的状态不允许这样操作，请刷新页面查看最新状态。")


class EventCancelledError(ConflictError):
    """The event was called off."""

    code = "event_cancelled"
    message = lazy("这个活动已经取消。")


class EventHasPlacesError(ConflictError):
    """Someone holds a place, so the event cannot simply disappear."""

    code = "event_has_places"
    message = lazy("已有人报名，不能撤回发布。如不再举办，请取消活动，系统会通知所有报名者。")


class RegistrationNotOpenError(ConflictError):
    """Registration has not begun, or the event takes none."""

    code = "registration_not_open"
    message = lazy("这个活动目前没有开放报名。")


class RegistrationClosedError(ConflictError):
    """Registration is over."""

    code = "registration_closed"
    message = lazy("报名已经截止。")


class EventFullError(ConflictError):
    """Every place is taken."""

    code = "event_full"
    message = lazy("名额已满。有人取消后会重新开放，请稍后再来看看。")


class EventBegunError(ConflictError):
    """Too late to give a place back."""

    code = "event_begun"
    message = lazy("活动已经开始，不能再取消报名。")


class PartyPlaceError(ConflictError):
    """A team's places follow the team's list."""

    code = "party_place"
    message = lazy("这是随参赛项目生成的名额，请由团队负责人在参赛项目里调整名单。")


class EventTimesError(InvalidError):
    """The event would end before it starts."""

    code = "event_times"
    message = lazy("结束时间必须晚于开始时间。")
    field = "ends_at"


class SessionOutsideEventError(InvalidError):
    """A session would begin before its event or end after it."""

    code = "session_outside_event"
    message = lazy("场次须在活动的开始和结束时间之内。要放宽，请先修改活动时间。")
    field = "starts_at"


class TooManySessionsError(ConflictError):
    """An event has its fill of sessions."""

    code = "too_many_sessions"
    message = lazy("一个活动最多分 60 个场次。")


class RegistrationWindowError(InvalidError):
    """Registration would close before it opens."""

    code = "registration_window"
    message = lazy("报名截止时间必须晚于报名开始时间。")
    field = "registration_closes_at"


class CapacityTooSmallError(InvalidError):
    """More people hold a place than the new capacity allows."""

    code = "capacity_too_small"
    message = lazy("名额不能少于已经报名的人数。")
    field = "capacity"


class HostsError(InvalidError):
    """The list of hosts does not hold together."""

    code = "hosts"
    message = lazy("每个生态圈只能出现一次，至少要有一个主办方，并且必须包含负责本活动的生态圈。")


class FixedKindError(InvalidError):
    """A contest stays a contest, and another event never becomes one."""

    code = "fixed_kind"
    message = lazy("赛事由“赛事管理”创建，活动类型不能在赛事与其他类型之间改动。")
    field = "kind"


class AlreadyRegisteredError(ConflictError):
    """The identity holds a place, and whoever asks has not shown that it is theirs."""

    code = "already_registered"
    message = lazy(
        "这个邮箱或手机号已经报过名。电子票已再次发到报名时留的邮箱；"
        "没有留邮箱的，请在当时报名的手机上打开，或到现场报姓名和手机号。"
    )
