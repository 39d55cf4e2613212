"""What the door refuses before it decides anything about a ticket."""

from __future__ import annotations

from eventhub.errors import ConflictError, InvalidError
from eventhub.i18n import lazy


class ScanKeyReusedError(ConflictError):
    """A key names one scan for ever; it came back with another code or checkpoint."""

    code = "key_reused"
    message = lazy("这个扫码编号已经用于另一次扫码，请重新扫描。")


class BadScanError(InvalidError):
    """What the device sent is no scan."""

    code = "bad_scan"
    message = lazy("没有读到扫码内容，请重新扫描。")


class CheckpointNameTakenError(ConflictError):
    """The event has a checkpoint of this name."""

    code = "checkpoint_name_taken"
    message = lazy("本活动已有同名的签到点，请换一个名称。")
    field = "name"


class CheckpointWindowError(InvalidError):
    """The checkpoint would close before it opens."""

    code = "checkpoint_window"
    message = lazy("停止签到的时间必须晚于开始签到的时间。")
    field = "closes_at"


class CheckpointUsedError(ConflictError):
    """People were scanned there; the record stays."""

    code = "checkpoint_used"
    message = lazy("这个签到点已有扫码记录，不能删除。可以改为设置停止签到的时间。")
