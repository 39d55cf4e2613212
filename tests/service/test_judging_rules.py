"""The table by every rule: standard scores, corrections, votes, adjustments, earlier rounds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eventhub.competitions import queries as competitions
from eventhub.competitions import service as courses
from eventhub.competitions.enums import RoundMode
from eventhub.db import db, transaction
from eventhub.domain.scoring.composing import VoteRule
from eventhub.domain.scoring.options import Options, write_options
from eventhub.domain.scoring.rules import ScoreRuleKind
from eventhub.domain.scoring.standard import standard_scores
from eventhub.judging import service
from eventhub.judging.models import Adjustment, Standing, VoteCount
from eventhub.judging.queries import seats
from eventhub.judging.queries.board import build_board
from eventhub.judging.queries.facts import find_facts
from tests.factories.judging import make_judged_round, make_sheet


@pytest.fixture
def round_(app, olga):
    """Three entries by three judges: 90, 85, 80 less 0, 1 or 2 points by the judge."""
    return make_judged_round(by=olga)


def set_rule(round_, kind: ScoreRuleKind, **options) -> None:
    with transaction():
        round_.score_rule = kind
        round_.score_options = write_options(Options(**options))


def totals(round_) -> list[str | None]:
    return [line.total for line in build_board(competitions.get_round(round_.id)).lines]


def test_standard_scores_are_those_of_each_judges_own_marks(round_):
    set_rule(round_, ScoreRuleKind.STANDARD)
    steps = {"a": Decimal(90), "b": Decimal(85), "c": Decimal(80)}
    expected = standard_scores(steps, decimals=4)
    assert totals(round_) == [f"{expected[key]:.2f}" for key in "abc"]


def test_a_correction_takes_a_strict_judge_out_of_the_totals(round_, olga):
    set_rule(round_, ScoreRuleKind.CORRECTED)
    board = build_board(competitions.get_round(round_.id))
    (group,) = board.groups
    correction = group.scored.rule.correction
    by_name = {seat.person_id: seat for seat in seats.list_seats(round_.id)}
    strict = sorted(by_name, key=lambda key: correction.judges[key].severity)
    given = {key: by_name[key].position for key in by_name}
    assert strict == sorted(given, key=lambda key: given[key]), "the later a judge, the stricter"
    assert [line.rank for line in board.lines] == [1, 2, 3]


def test_one_judge_alone_cannot_be_corrected(app, olga):
    round_ = make_judged_round(by=olga, judge_count=1)
    set_rule(round_, ScoreRuleKind.CORRECTED)
    board = build_board(competitions.get_round(round_.id))
    assert board.groups[0].scored.is_uncorrected
    assert [line.total for line in board.lines] == ["90.00", "85.00", "80.00"]


def test_points_taken_and_given_count_until_they_are_revoked(round_, olga):
    set_rule(round_, ScoreRuleKind.MEAN)
    first = build_board(round_).lines[0].entry
    with transaction():
        row = Adjustment(
            round_id=round_.id,
            entry_id=first.id,
            points=Decimal("-2.5"),
            reason="超时一分钟",
            decided_by_id=olga.id,
        )
        db.session.add(row)
    assert totals(round_) == ["86.50", "84.00", "79.00"]
    with transaction():
        row.revoked_at, row.revoked_by_id = row.created_at, olga.id
    assert totals(round_) == ["89.00", "84.00", "79.00"]


def test_votes_have_their_share_and_no_more(round_):
    set_rule(round_, ScoreRuleKind.MEAN, vote=VoteRule(Decimal("0.1")))
    last = build_board(round_).lines[-1].entry
    with transaction():
        db.session.add(
            VoteCount(round_id=round_.id, entry_id=last.id, votes=40, source="公众号投票")
        )
    lines = {line.entry.id: line.total for line in build_board(round_).lines}
    assert sorted(total for key, total in lines.items() if key != last.id) == ["75.60", "80.10"]
    assert lines[last.id] == "81.10", "0.9 × 79 + 0.1 × 100"


def test_the_round_before_counts_with_what_it_published(round_, olga):
    later = courses.add_round(round_.competition_id, name="决赛", mode=RoundMode.ROADSHOW, by=olga)
    service.close_round(round_.id, by=olga)
    service.publish_results(round_.id, by=olga)
    set_rule(later, ScoreRuleKind.MEAN, earlier_weight=Decimal("0.4"))
    kept = {row.entry_id: row.total for row in db.session.query(Standing).all()}
    facts = find_facts(competitions.get_round(later.id))
    assert {key: f"{fact.earlier:.2f}" for key, fact in facts.items()} == kept


def test_entries_on_which_judges_are_far_apart_are_told(round_, olga):
    set_rule(round_, ScoreRuleKind.MEAN, review_above=Decimal(5))
    assert not any(line.is_split for line in build_board(round_).lines)
    odd = make_judged_round(by=olga, sheets_in=False)
    with transaction():
        odd.score_rule = ScoreRuleKind.MEAN
        odd.score_options = write_options(Options(review_above=Decimal(15)))
    entries = [line.entry for line in build_board(odd).lines]
    shares = [("0.90", "0.60", "0.90"), ("0.80", "0.70", "0.80"), ("0.70", "0.80", "0.70")]
    for entry, given in zip(entries, shares, strict=True):
        for seat, share in zip(seats.list_seats(odd.id), given, strict=True):
            make_sheet(seat, entry, share=share)
    split = {
        line.entry.id for line in build_board(competitions.get_round(odd.id)).lines if line.is_split
    }
    assert split == {entries[0].id, entries[2].id}
