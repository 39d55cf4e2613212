from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.roadshow.timetable import (
    PRESETS,
    Break,
    Format,
    InvalidBreakError,
    InvalidFormatError,
    NaiveTimeError,
    PlannedSlot,
    find_overlaps,
    lay_out,
    shift,
)

MINUTE = timedelta(minutes=1)
NINE = datetime(2026, 11, 22, 1, tzinfo=UTC)  # 09:00 in Chongqing
FMT = replace(PRESETS["8+7"], changeover=MINUTE)


def clock(slots: list[PlannedSlot]) -> list[str]:
    zone = ZoneInfo("Asia/Shanghai")
    return [
        f"{s.starts_at.astimezone(zone):%H:%M}-{s.ends_at.astimezone(zone):%H:%M}" for s in slots
    ]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_last_what_their_names_say(name: str) -> None:
    minutes = {"8+3..5": 12, "5-only": 6}.get(name) or sum(map(int, name.split("+")))

    assert PRESETS[name].slot == minutes * MINUTE


def test_slots_follow_each_other_in_each_room() -> None:
    slots = lay_out([3, 2], starts_at=NINE, fmt=FMT)

    assert [(slot.room, slot.position) for slot in slots] == [
        (0, 1), (0, 2), (0, 3), (1, 1), (1, 2),
    ]  # fmt: skip
    assert clock(slots) == [
        "09:00-09:15", "09:16-09:31", "09:32-09:47", "09:00-09:15", "09:16-09:31",
    ]  # fmt: skip


def test_a_break_after_a_position_contains_the_changeover() -> None:
    slots = lay_out([3], starts_at=NINE, fmt=FMT, breaks=[Break(10 * MINUTE, after_position=2)])

    assert clock(slots) == ["09:00-09:15", "09:16-09:31", "09:41-09:56"]


def test_a_break_shorter_than_the_changeover_gains_nothing() -> None:
    fmt = replace(FMT, changeover=5 * MINUTE)

    assert lay_out([2], starts_at=NINE, fmt=fmt) == lay_out(
        [2], starts_at=NINE, fmt=fmt, breaks=[Break(MINUTE, after_position=1)]
    )


def test_a_break_at_a_time_is_kept_free() -> None:
    lunch = Break(30 * MINUTE, at=NINE + 30 * MINUTE)
    slots = lay_out([3], starts_at=NINE, fmt=FMT, breaks=[lunch])

    assert clock(slots) == ["09:00-09:15", "10:00-10:15", "10:16-10:31"]


def test_a_slot_may_end_as_the_break_begins() -> None:
    lunch = Break(30 * MINUTE, at=NINE + 15 * MINUTE)

    assert clock(lay_out([2], starts_at=NINE, fmt=FMT, breaks=[lunch])) == [
        "09:00-09:15",
        "09:45-10:00",
    ]


def test_a_break_over_the_beginning_puts_it_off() -> None:
    opening = Break(20 * MINUTE, at=NINE - 5 * MINUTE)

    assert clock(lay_out([1], starts_at=NINE, fmt=FMT, breaks=[opening])) == ["09:15-09:30"]


def test_times_come_back_in_utc() -> None:
    local = NINE.astimezone(ZoneInfo("Asia/Shanghai"))
    [slot] = lay_out([1], starts_at=local, fmt=FMT)

    assert slot.starts_at == NINE
    assert slot.starts_at.tzinfo is UTC


def test_naive_times_are_refused() -> None:
    naive = NINE.replace(tzinfo=None)
    with pytest.raises(NaiveTimeError):
        lay_out([1], starts_at=naive, fmt=FMT)
    with pytest.raises(NaiveTimeError):
        Break(MINUTE, at=naive)


def test_senseless_formats_and_breaks_are_refused() -> None:
    with pytest.raises(InvalidFormatError):
        Format(timedelta(0))
    with pytest.raises(InvalidFormatError):
        Format(5 * MINUTE, qa=-MINUTE)
    with pytest.raises(InvalidBreakError):
        Break(MINUTE)
    with pytest.raises(InvalidBreakError):
        Break(MINUTE, after_position=1, at=NINE)
    with pytest.raises(InvalidBreakError):
        Break(timedelta(0), after_position=1)


def test_a_delay_moves_the_rest_of_one_room() -> None:
    slots = lay_out([3, 3], starts_at=NINE, fmt=FMT)
    moved = shift(slots, 2, 10 * MINUTE, room=1)

    assert moved[:4] == slots[:4]
    assert clock(moved[4:]) == ["09:26-09:41", "09:42-09:57"]


def test_a_shift_backwards_may_overlap_and_is_found() -> None:
    slots = lay_out([2], starts_at=NINE, fmt=FMT)

    assert find_overlaps(shift(slots, 2, -MINUTE)) == []
    moved = shift(slots, 2, -2 * MINUTE)
    assert find_overlaps(moved) == [(moved[0], moved[1])]


def test_a_long_slot_overlaps_each_it_covers() -> None:
    long = PlannedSlot(0, 1, NINE, NINE + 60 * MINUTE)
    two = PlannedSlot(0, 2, NINE + 10 * MINUTE, NINE + 20 * MINUTE)
    three = PlannedSlot(0, 3, NINE + 20 * MINUTE, NINE + 30 * MINUTE)
    elsewhere = replace(two, room=1)

    assert find_overlaps([three, elsewhere, two, long]) == [(long, two), (long, three)]


MINUTES = st.integers(0, 15).map(lambda n: n * MINUTE)
FORMATS = st.builds(
    Format,
    pitch=st.integers(1, 12).map(lambda n: n * MINUTE),
    qa=MINUTES,
    scoring=MINUTES,
    changeover=MINUTES,
)
DURATIONS = st.integers(1, 90).map(lambda n: n * MINUTE)
BREAKS = st.lists(
    st.builds(Break, DURATIONS, after_position=st.integers(0, 9))
    | st.builds(Break, DURATIONS, at=st.integers(-30, 240).map(lambda n: NINE + n * MINUTE)),
    max_size=4,
)


@given(st.lists(st.integers(0, 9), max_size=3), FORMATS, BREAKS)
def test_a_laid_out_day_is_sound(counts: list[int], fmt: Format, breaks: list[Break]) -> None:
    slots = lay_out(counts, starts_at=NINE, fmt=fmt, breaks=breaks)

    assert [(s.room, s.position) for s in slots] == [
        (room, position) for room, count in enumerate(counts) for position in range(1, count + 1)
    ]
    assert find_overlaps(slots) == []
    for slot in slots:
        assert slot.ends_at - slot.starts_at == fmt.slot
        assert slot.starts_at >= NINE
        for pause in breaks:
            if pause.at is not None:
                assert slot.ends_at <= pause.at or slot.starts_at >= pause.at + pause.duration
    for before, after in pairwise(slots):
        if before.room == after.room:
            pauses = [p.duration for p in breaks if p.after_position == before.position]
            assert after.starts_at - before.ends_at >= max(
                fmt.changeover, sum(pauses, timedelta(0))
            )


@given(st.integers(0, 9), st.integers(1, 9), st.integers(-90, 90))
def test_a_shift_is_undone_by_its_opposite(count: int, position: int, minutes: int) -> None:
    slots = lay_out([count, count], starts_at=NINE, fmt=FMT)
    by = minutes * MINUTE

    assert shift(shift(slots, position, by), position, -by) == slots


SLOTS = st.lists(
    st.builds(
        lambda room, start, length: PlannedSlot(
            room, 1, NINE + start * MINUTE, NINE + (start + length) * MINUTE
        ),
        st.integers(0, 1),
        st.integers(0, 12),
        st.integers(1, 6),
    ),
    max_size=8,
)


@given(SLOTS)
def test_overlaps_are_those_of_the_definition(slots: list[PlannedSlot]) -> None:
    expected = sum(
        a.room == b.room and a.starts_at < b.ends_at and b.starts_at < a.ends_at
        for index, a in enumerate(slots)
        for b in slots[:index]
    )

    assert len(find_overlaps(slots)) == expected
