"""What roadshows refuse."""

from __future__ import annotations

from eventhub.errors import ConflictError, InvalidError
from eventhub.i18n import lazy


class NoRoadshowRoundError(ConflictError):
    """The round is judged online and has no stage."""

    code = "no_roadshow_round"
    message = lazy("这一轮是网络评审，没有现场路演。")


class NoRoomError(InvalidError):
    """A roadshow takes place somewhere."""

    code = "no_room"
    message = lazy("至少需要一个会场。")
    field = "rooms"


class TooManyRoomsError(InvalidError):
    """More rooms than a timetable can show."""

    code = "too_many_rooms"
    message = lazy("会场太多，最多 %(max)s 个。", max=20)
    field = "rooms"


class RoomNameTwiceError(InvalidError):
    """Two rooms could not be told apart."""

    code = "room_name_twice"
    message = lazy("会场名称不能重复。")
    field = "rooms"


class FormatInvalidError(InvalidError):
    """Minutes below zero, or a slot that takes no time."""

    code = "format_invalid"
    message = lazy("时间安排有误：陈述时间要大于 0，其余不能为负数。")


class AlreadyAnnouncedError(ConflictError):
    """The draw stands as announced; rooms and times can change only after a recall."""

    code = "draw_announced"
    message = lazy("抽签已经公告，会场和时间已冻结。需要修改时请先撤回公告。")


class AlreadyDrawnError(ConflictError):
    """There is one draw."""

    code = "already_drawn"
    message = lazy("抽签已经完成，结果不能更改，也不能重抽。")


class DrawNotAnnouncedError(ConflictError):
    """Nothing is drawn without an announcement before it."""

    code = "draw_not_announced"
    message = lazy("抽签还没有公告。请先公告承诺值和参加抽签的项目，再抽签。")


class NothingToDrawError(ConflictError):
    """No entry takes part."""

    code = "nothing_to_draw"
    message = lazy("这一轮还没有参赛项目，不能公告抽签。")


class TooManyEntriesError(ConflictError):
    """More entries than a timetable can show."""

    code = "too_many_entries"
    message = lazy("一场路演最多安排 %(max)s 个项目，请先分轮次。", max=600)


class PublicTextMissingError(InvalidError):
    """Without it the organiser alone would determine the order."""

    code = "public_text_missing"
    message = lazy("请填写公开文本。没有它，顺序就由主办方一家决定了。")
    field = "public_text"


class NotDrawnError(ConflictError):
    """There is no timetable yet."""

    code = "not_drawn"
    message = lazy("还没有抽签，没有日程可以调整或发布。")


class AlreadyPublishedError(ConflictError):
    """The timetable is public; changes go out by themselves."""

    code = "timetable_published"
    message = lazy("日程已经发布，之后的调整会自动更新并通知负责人。")


class TimetableFrozenError(ConflictError):
    """The round is closed: who appeared when is history."""

    code = "timetable_frozen"
    message = lazy("这一轮已封榜，日程不能再调整。")


class SlotOverError(ConflictError):
    """A slot that has passed is not moved."""

    code = "slot_over"
    message = lazy("已经结束的出场时段不能再调整。")


class SlotOverlapError(ConflictError):
    """Two teams would be on stage of one room at once."""

    code = "slots_overlap"
    message = lazy("这样调整后，同一会场会有两个项目的时段重叠，没有保存。")


class SameSlotError(InvalidError):
    """A slot is not swapped with itself."""

    code = "same_slot"
    message = lazy("请选择另一个时段。")


class OtherRoadshowError(InvalidError):
    """The slots or rooms belong to different roadshows."""

    code = "other_roadshow"
    message = lazy("所选的会场或时段不属于这场路演。")


class EntryNotForStageError(ConflictError):
    """The entry is not approved, competes elsewhere, or has its slot already."""

    code = "entry_not_for_stage"
    message = lazy("只能补入本赛事中审核通过、还没有出场时段的项目。")
