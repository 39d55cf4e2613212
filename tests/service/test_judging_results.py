"""From sheets to standings: closing, ties, vetoes, reopening, publishing, recomputing."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from eventhub.audit.models import AuditEntry
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.competitions.errors import ReasonMissingError, RoundStateError
from eventhub.db import db, transaction
from eventhub.domain.scoring.rules import ScoreRuleKind
from eventhub.entries import queries as entries
from eventhub.errors import ForbiddenError
from eventhub.judging import service
from eventhub.judging.enums import CellState
from eventhub.judging.errors import SheetsMissingError
from eventhub.judging.models import Standing
from eventhub.judging.queries import seats
from eventhub.judging.queries.board import build_board, fingerprint
from eventhub.judging.queries.results import by_group, list_standings
from eventhub.judging.queries.results_file import results_document
from eventhub.notifications.models import Delivery
from tests.factories import make_round
from tests.factories.judging import (
    full_marks,
    make_judge,
    make_judged_round,
    make_panel,
    make_sheet,
)
from tests.factories.roadshows import make_approved

ROOT = Path(__file__).resolve().parents[2]


def board_of(round_):
    db.session.expire_all()
    return build_board(competitions.get_round(round_.id))


def seat_of(round_, at):
    return seats.list_seats(round_.id)[at]


def entry_of(round_, name):
    return next(e for e in entries.list_approved(round_.competition_id) if e.name == name)


def documents_of(round_):
    fresh = competitions.get_round(round_.id)
    return [
        results_document(fresh, group, competitions.find_rubric(round_.id, group.id), standings)
        for group, standings in by_group(list_standings(round_.id))
    ]


def recompute(document, tmp_path):
    """What a stranger's machine says: the tool, in a process of its own."""
    path = tmp_path / "results.json"
    path.write_text(json.dumps(document, ensure_ascii=False))
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "recompute_results.py", path],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_extremes_are_dropped_and_the_rest_averaged(app, olga):
    round_ = make_judged_round(by=olga)

    [line, *_others] = board_of(round_).groups[0].lines

    # 90.00, 89.00, 88.00: the highest and the lowest do not count
    assert line.total == "89.00"
    assert [cell.is_dropped for cell in line.cells.values()] == [True, False, True]
    assert line.rank == 1


def test_the_mean_counts_every_sheet(app, olga):
    round_ = make_judged_round(by=olga, entry_count=1)
    with transaction():
        round_.score_rule = ScoreRuleKind.MEAN
        round_.decimals = 3
    make_sheet_marks = board_of(round_).groups[0].lines[0]

    assert make_sheet_marks.total == "89.000"
    assert not any(cell.is_dropped for cell in make_sheet_marks.cells.values())


def test_the_table_says_who_is_missing(app, olga):
    round_ = make_judged_round(by=olga, entry_count=2, judge_count=3, sheets_in=False)
    first, second = entries.list_approved(round_.competition_id)
    make_sheet(seat_of(round_, 0), first)
    make_sheet(seat_of(round_, 1), first, is_submitted=False)

    board = board_of(round_)

    states = {line.entry.id: [cell.state for cell in line.cells.values()] for line in board.lines}
    assert states[first.id] == [CellState.SUBMITTED, CellState.DRAFT, CellState.MISSING]
    assert states[second.id] == [CellState.MISSING] * 3
    assert board.missing == {seat_of(round_, 0): 1, seat_of(round_, 1): 2, seat_of(round_, 2): 2}
    assert (board.counted_count, board.expected_count) == (1, 6)


def test_a_round_with_missing_sheets_closes_only_with_a_reason(app, olga):
    round_ = make_judged_round(by=olga, entry_count=1, sheets_in=False)
    judge = seat_of(round_, 0).person.name

    with pytest.raises(SheetsMissingError) as refusal:
        service.close_round(round_.id, by=olga)
    assert judge in str(refusal.value.message)
    assert competitions.get_round(round_.id).state is RoundState.OPEN

    with pytest.raises(SheetsMissingError):
        service.close_round(round_.id, reason="   ", by=olga)
    closed = service.close_round(round_.id, reason="三位评委均因航班取消缺席", by=olga)

    assert closed.close_reason == "三位评委均因航班取消缺席"
    [standing] = list_standings(round_.id)
    assert (standing.rank, standing.total, standing.is_vetoed) == (None, None, False)


def test_too_few_judges_is_missing_as_well(app, olga):
    round_ = make_judged_round(by=olga, judge_count=2)
    with transaction():
        round_.sheets_min = 3

    with pytest.raises(SheetsMissingError) as refusal:
        service.close_round(round_.id, by=olga)

    assert entry_of(round_, "智巡山城1").code in str(refusal.value.message)


def test_a_complete_round_needs_no_reason_and_keeps_none(app, olga):
    round_ = make_judged_round(by=olga)

    closed = service.close_round(round_.id, reason="不需要", by=olga)

    assert closed.close_reason is None
    standings = list_standings(round_.id)
    assert [(s.entry.name, s.rank, s.total) for s in standings] == [
        ("智巡山城1", 1, "89.00"),
        ("智巡山城2", 2, "84.00"),
        ("智巡山城3", 3, "79.00"),
    ]
    logged = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "results.closed"))
    assert logged.after[standings[0].entry.code] == [1, "89.00"]


def test_equal_totals_are_set_apart_and_the_reason_is_told(app, olga):
    round_ = make_judged_round(by=olga, entry_count=3, sheets_in=False)
    with transaction():
        round_.tie_order = ["criterion:innovation", "share"]
    good, better, twin = entries.list_approved(round_.competition_id)
    shift = Decimal(2)
    for seat in seats.list_seats(round_.id):
        marks = full_marks(round_, good, "0.80")
        make_sheet(seat, good, marks=marks)
        make_sheet(seat, twin, marks=marks)
        moved = {
            **marks,
            "innovation": marks["innovation"] + shift,
            "personal_growth": marks["personal_growth"] - shift,
        }
        make_sheet(seat, better, marks=moved)

    service.close_round(round_.id, by=olga)

    standings = {s.entry_id: s for s in list_standings(round_.id)}
    first, second, third = (standings[e.id] for e in (better, good, twin))
    assert (first.rank, first.is_tied, first.decided_by) == (1, False, "criterion:innovation")
    assert (second.rank, second.is_tied) == (2, True)
    assert (third.rank, third.is_tied) == (2, True)
    assert {first.total, second.total, third.total} == {"80.00"}


@pytest.mark.parametrize(("unmet", "is_vetoed"), [(1, False), (2, True)])
def test_more_than_half_of_the_judges_veto(app, olga, unmet, is_vetoed, tmp_path):
    round_ = make_judged_round(by=olga, entry_count=2, sheets_in=False)
    doubted, sound = entries.list_approved(round_.competition_id)
    for at, seat in enumerate(seats.list_seats(round_.id)):
        make_sheet(seat, doubted, share="0.90", is_met=at >= unmet)
        make_sheet(seat, sound, share="0.70")

    [doubt] = next(line for line in board_of(round_).lines if line.entry.id == doubted.id).doubts
    service.close_round(round_.id, by=olga)

    standings = {s.entry_id: s for s in list_standings(round_.id)}
    assert doubt.unmet_count == unmet
    assert standings[doubted.id].is_vetoed is is_vetoed
    assert standings[doubted.id].total == (None if is_vetoed else "90.00")
    assert standings[sound.id].rank == (1 if is_vetoed else 2)
    assert recompute(documents_of(round_)[0], tmp_path).returncode == 0


def test_anyone_can_recompute_what_was_closed_and_a_lie_is_found(app, olga, tmp_path):
    round_ = make_judged_round(by=olga)
    service.close_round(round_.id, by=olga)
    [document] = documents_of(round_)

    said = recompute(document, tmp_path)
    assert said.returncode == 0, said.stdout + said.stderr
    words = json.dumps(document, ensure_ascii=False)
    for seat in seats.list_seats(round_.id):
        assert seat.person.name not in words
        assert str(seat.person_id) not in words

    document["entries"][1]["total"] = "89.50"
    assert recompute(document, tmp_path).returncode == 1


def test_a_reopened_round_forgets_its_standings_and_says_why(app, olga):
    round_ = make_judged_round(by=olga)
    service.close_round(round_.id, by=olga)

    with pytest.raises(ReasonMissingError):
        service.reopen_round(round_.id, reason=" ", by=olga)
    reopened = service.reopen_round(round_.id, reason="统分员发现漏录一份", by=olga)

    assert reopened.state is RoundState.OPEN
    assert db.session.scalar(select(func.count()).select_from(Standing)) == 0
    logged = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "results.reopened"))
    assert logged.before
    assert logged.after == {"reason": "统分员发现漏录一份"}


def test_publishing_tells_each_captain_once(app, olga):
    round_ = make_judged_round(by=olga)
    with pytest.raises(RoundStateError):
        service.publish_results(round_.id, by=olga)
    service.close_round(round_.id, by=olga)

    service.publish_results(round_.id, by=olga)
    service.publish_results(round_.id, by=olga)

    mails = db.session.scalars(
        select(Delivery).where(Delivery.kind == "judging.results_published")
    ).all()
    captains = {s.entry.captain_id for s in list_standings(round_.id)}
    assert len(mails) == 3
    assert {mail.recipient_id for mail in mails} == captains
    with pytest.raises(RoundStateError):
        service.reopen_round(round_.id, reason="太晚了", by=olga)


def test_a_refused_publication_tells_nobody(app, olga, monkeypatch):
    round_ = make_judged_round(by=olga)
    service.close_round(round_.id, by=olga)

    def fail(*_args, **_kwargs):
        raise RuntimeError("the log is full")

    monkeypatch.setattr("eventhub.judging.service.results.record", fail)
    with pytest.raises(RuntimeError):
        service.publish_results(round_.id, by=olga)

    assert competitions.get_round(round_.id).state is RoundState.CLOSED
    published = Delivery.kind == "judging.results_published"
    assert db.session.scalar(select(func.count()).where(published)) == 0


def test_only_the_circle_that_runs_it_closes_reopens_and_publishes(app, olga, jun, mei, nell):
    round_ = make_judged_round(by=olga)

    for person in (jun, mei, nell):
        for step in (
            lambda: service.close_round(round_.id, reason="x", by=person),  # noqa: B023 # at once
            lambda: service.reopen_round(round_.id, reason="x", by=person),  # noqa: B023 # at once
            lambda: service.publish_results(round_.id, by=person),  # noqa: B023 # at once
        ):
            with pytest.raises(ForbiddenError):
                step()


def test_the_table_takes_as_many_statements_for_three_as_for_one(app, olga, count_statements):
    round_ = make_judged_round(by=olga, entry_count=1, judge_count=1)

    def look():
        db.session.expire_all()
        with count_statements() as seen:
            build_board(competitions.get_round(round_.id))
        return len(seen)

    few = look()
    panel = seat_of(round_, 0).panel
    for _each in range(2):
        make_judge(panel, by=olga)
    for at in range(2):
        entry = make_approved(round_.competition, f"后来{at}")
        for seat in seats.list_seats(round_.id):
            make_sheet(seat, entry)

    assert look() == few


def test_the_fingerprint_changes_with_every_sheet_and_only_then(app, olga, jun):
    round_ = make_round(by=olga)
    entry = make_approved(round_.competition)
    before = fingerprint(round_)
    assert fingerprint(round_) == before

    seat = make_judge(make_panel(round_, by=olga), person=jun, by=olga)
    seated = fingerprint(round_)
    make_sheet(seat, entry, is_submitted=False)
    drafted = fingerprint(round_)
    make_sheet(seat, entry)

    assert len({before, seated, drafted, fingerprint(round_)}) == 4
