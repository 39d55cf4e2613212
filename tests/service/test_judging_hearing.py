"""Who hears which entry: substitutes, late comers, early leavers, assigned entries."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eventhub import clock
from eventhub.competitions import queries as competitions
from eventhub.db import db, transaction
from eventhub.errors import NotFoundError
from eventhub.judging import service
from eventhub.judging.models import AssignedEntry
from eventhub.judging.queries import seats, sheets
from eventhub.judging.queries.board import build_board
from tests.factories.judging import make_judge, make_judged_round, make_panel, make_sheet


def heard(seat) -> set[str]:
    found = sheets.list_work(seats.get_seat(seat.id), now=clock.now())
    return {one.entry.code for one in found.assignments}


@pytest.fixture
def round_(app):
    return make_judged_round(entry_count=2, judge_count=1, sheets_in=False)


@pytest.fixture
def first(round_):
    return seats.list_seats(round_.id)[0]


def test_a_substitute_hears_nothing_before_being_called_in(round_, first):
    substitute = make_judge(first.panel)
    with transaction():
        substitute.is_substitute = True
    assert heard(substitute) == set()
    assert {len(line.cells) for line in build_board(round_).lines} == {1}
    with transaction():
        substitute.joins_at = clock.now()
    assert len(heard(substitute)) == 2
    assert {len(line.cells) for line in build_board(round_).lines} == {2}


def test_who_has_left_owes_nothing_more_and_what_was_handed_in_counts(round_, first):
    other = make_judge(first.panel)
    entry = build_board(round_).lines[0].entry
    make_sheet(first, entry)
    with transaction():
        first.leaves_at = clock.now() - timedelta(minutes=1)
    assert heard(first) == set()
    board = build_board(competitions.get_round(round_.id))
    by_code = {line.entry.code: line for line in board.lines}
    assert len(by_code.pop(entry.code).counted) == 1
    (rest,) = by_code.values()
    assert [seat.id for seat in rest.missing] == [other.id]


def test_assigned_entries_only_are_shown_taken_and_expected(round_, first):
    one, two = (line.entry for line in build_board(round_).lines)
    other = make_judge(make_panel(round_))
    with transaction():
        round_.is_assigned = True
        for seat, entry in ((first, one), (other, two)):
            db.session.add(AssignedEntry(round_id=round_.id, seat_id=seat.id, entry_id=entry.id))
    assert heard(first) == {one.code}
    with pytest.raises(NotFoundError):
        service.save_sheet(
            round_.id, two.id, version=0, marks={}, gates={}, by=seats.get_seat(first.id).person
        )
    owed = build_board(competitions.get_round(round_.id)).missing
    assert {seat.id: count for seat, count in owed.items()} == {first.id: 1, other.id: 1}
