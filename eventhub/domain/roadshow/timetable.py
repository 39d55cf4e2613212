"""The timetable of a roadshow day: slots laid out room by room.

All times are aware, results are UTC, intervals are half-open. Rooms are indices from 0,
positions within a room count from 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

_NONE = timedelta(0)


class InvalidFormatError(ValueError):
    """A part of the format is negative, or a slot would take no time."""


class InvalidBreakError(ValueError):
    """A break has no place or two, or no duration."""


class NaiveTimeError(ValueError):
    """A time without a zone."""


@dataclass(frozen=True, slots=True)
class Format:
    """How long each part of an appearance takes.

    The slot is pitch, questions and scoring; the changeover follows it and belongs to no one.
    """

    pitch: timedelta
    qa: timedelta = _NONE
    scoring: timedelta = _NONE
    changeover: timedelta = _NONE

    def __post_init__(self) -> None:
        if min(self.pitch, self.qa, self.scoring, self.changeover) < _NONE or not self.slot:
            raise InvalidFormatError("every part lasts, and the slot does not vanish")

    @property
    def slot(self) -> timedelta:
        return self.pitch + self.qa + self.scoring


def _minutes(pitch: int, qa: int, scoring: int = 0) -> Format:
    return Format(*(timedelta(minutes=part) for part in (pitch, qa, scoring)))


# Formats in real use, by the minutes of pitch, questions and, where given, scoring. None of the
# sources names a changeover: the organiser adds one with dataclasses.replace.
PRESETS: Mapping[str, Format] = MappingProxyType(
    {
        "8+7": _minutes(8, 7),  # 中国创新创业大赛, earlier national rules; 陕西 2020
        "8+12": _minutes(8, 12),  # 中国创新创业大赛, earlier national rules, second round
        "8+5": _minutes(8, 5),  # 重庆人社 金秋路演 2023
        "8+3..5": _minutes(8, 4),  # 淮阴师范学院 2022: questions of 3 to 5 minutes
        "7+5": _minutes(7, 5),  # 中国创新创业大赛 中山 2023
        "10+5": _minutes(10, 5),  # 湖北文理学院 2025; 陕西 2023, group defence
        "5+3": _minutes(5, 3),  # 宁夏 新华学院 2020; 陕西 2023 冠军争夺; 2nd 中国创翼 长沙 2016
        "5+5": _minutes(5, 5),  # 海南 科创杯; 青岛大学 2018, after a video of one minute
        "6+3": _minutes(6, 3),  # 创客中国 山东
        "6+5+1": _minutes(6, 5, 1),  # 6th 中国创翼 舟山 2024
        "6+3+1": _minutes(6, 3, 1),  # 6th 中国创翼 固原 2024
        "5-only": _minutes(5, 0, 1),  # 中国国际大学生创新大赛 2018 五强争夺, 100 judges
    }
)


@dataclass(frozen=True, slots=True)
class Break:
    """A pause in every room: after a position, or at a time of day.

    After a position it begins when that slot ends and contains the changeover. At a time it
    keeps ``[at, at + duration)`` free: a slot that would reach into it starts after it.
    """

    duration: timedelta
    after_position: int | None = None
    at: datetime | None = None

    def __post_init__(self) -> None:
        if self.duration <= _NONE:
            raise InvalidBreakError("a break lasts some time")
        if (self.after_position is None) == (self.at is None):
            raise InvalidBreakError("a break is either after a position or at a time")
        if self.at is not None and self.at.tzinfo is None:
            raise NaiveTimeError("the time of a break needs a zone")


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    room: int
    position: int
    starts_at: datetime
    ends_at: datetime


def lay_out(
    count_per_room: Sequence[int],
    *,
    starts_at: datetime,
    fmt: Format,
    breaks: Sequence[Break] = (),
) -> list[PlannedSlot]:
    """Plan ``count_per_room[room]`` slots for each room, all rooms starting together.

    Returned by room, then position. Several breaks after one position add up.

    Raises:
        NaiveTimeError: ``starts_at`` has no zone.
    """
    if starts_at.tzinfo is None:
        raise NaiveTimeError("the start needs a zone")
    pauses: dict[int, timedelta] = {}
    for pause in breaks:
        if pause.after_position is not None:
            pauses[pause.after_position] = pauses.get(pause.after_position, _NONE) + pause.duration
    closed = sorted((pause.at, pause.at + pause.duration) for pause in breaks if pause.at)

    slots = []
    for room, count in enumerate(count_per_room):
        free_at = starts_at.astimezone(UTC)
        for position in range(1, count + 1):
            for closes_at, opens_at in closed:
                if free_at < opens_at and closes_at < free_at + fmt.slot:
                    free_at = opens_at.astimezone(UTC)
            slots.append(PlannedSlot(room, position, free_at, free_at + fmt.slot))
            free_at += fmt.slot + max(fmt.changeover, pauses.get(position, _NONE))
    return slots


def shift(
    slots: Iterable[PlannedSlot], from_position: int, by: timedelta, *, room: int | None = None
) -> list[PlannedSlot]:
    """Move the slots from a position on, in one room or in all; negative ``by`` is earlier.

    Breaks are not known here and nothing is refused: ask ``find_overlaps`` of the outcome.
    """
    return [
        replace(slot, starts_at=slot.starts_at + by, ends_at=slot.ends_at + by)
        if slot.position >= from_position and room in {None, slot.room}
        else slot
        for slot in slots
    ]


def find_overlaps(slots: Iterable[PlannedSlot]) -> list[tuple[PlannedSlot, PlannedSlot]]:
    """Return each pair of slots that share a room and some time, the earlier first.

    A slot that starts when another ends does not overlap it.
    """
    overlaps = []
    running: list[PlannedSlot] = []
    for slot in sorted(slots, key=lambda s: (s.room, s.starts_at, s.ends_at, s.position)):
        running = [r for r in running if r.room == slot.room and r.ends_at > slot.starts_at]
        overlaps += [(earlier, slot) for earlier in running]
        running.append(slot)
    return overlaps
