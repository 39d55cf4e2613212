"""What reminders refuse."""

from __future__ import annotations

from eventhub.errors import ConflictError, InvalidError
from eventhub.i18n import lazy


class LeadOutOfRangeError(InvalidError):
    """Too short to be of use, or longer than anybody plans."""

    code = "lead_out_of_range"
    message = lazy("提前时间须在 10 分钟到 60 天之间。")
    field = "amount"


class RuleUsedError(ConflictError):
    """Taking it away would lose the proof of what was sent, and let it be sent again."""

    code = "rule_used"
    message = lazy("这条提醒已经发出过，只能暂停，不能删除。")
