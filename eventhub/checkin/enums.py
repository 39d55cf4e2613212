"""How each answer of the door looks: word, colour, icon. Outcomes and reasons are the domain's."""

from __future__ import annotations

from eventhub.domain.admission import Reason
from eventhub.i18n import LazyString, lazy

# None stands for an admission; told by word, colour, icon and, in js/checkin-signals.js, sound
ANSWER_LOOKS: dict[Reason | None, tuple[LazyString, str, str]] = {
    None: (lazy("请入场"), "green", "circle-check"),
    Reason.ALREADY_IN: (lazy("已经签到"), "amber", "history"),
    Reason.UNKNOWN: (lazy("查无此票"), "red", "circle-x"),
    Reason.MALFORMED: (lazy("票码有误"), "blue", "keyboard"),
    Reason.WRONG_EVENT: (lazy("不是本活动的票"), "purple", "calendar-event"),
    Reason.CANCELLED: (lazy("报名已取消"), "grey", "ban"),
    Reason.REVOKED: (lazy("此票已作废"), "grey", "ticket"),
    Reason.UNCONFIRMED: (lazy("报名尚未确认"), "teal", "hourglass"),
    Reason.NOT_YET: (lazy("票还没有生效"), "teal", "clock"),
    Reason.EXPIRED: (lazy("票已过期"), "teal", "clock"),
    Reason.OUTSIDE_WINDOW: (lazy("不在签到时间内"), "teal", "clock"),
}
