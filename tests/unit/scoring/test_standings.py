from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.domain.scoring.composing import Adjustment, AdjustmentKind, VoteRule
from eventhub.domain.scoring.correction import Correction, JudgeCorrection, UnknownJudgeError
from eventhub.domain.scoring.exact import InvalidMarkError, InvalidRuleError, NoMarksError
from eventhub.domain.scoring.ranking import MissingCriterionError, TieBreak, TieRule
from eventhub.domain.scoring.rules import (
    CriterionRule,
    ScoreRule,
    ScoreRuleKind,
    UnequalSheetsError,
)
from eventhub.domain.scoring.standings import (
    DuplicateSheetError,
    Facts,
    Line,
    RoundRule,
    Sheet,
    standings,
)

MEAN: RoundRule[str] = RoundRule(ScoreRule(ScoreRuleKind.MEAN))
DROP: RoundRule[str] = RoundRule(ScoreRule(ScoreRuleKind.DROP_EXTREMES))
STANDARD: RoundRule[str] = RoundRule(ScoreRule(ScoreRuleKind.STANDARD))
PLAIN = JudgeCorrection(Decimal(0), Decimal(1))

Lines = Sequence[Line[str, str]]


def table(**rows: str) -> list[Sheet[str, str]]:
    """Entries with the judges' totals: ``a="80 90 -"``, a dash where the judge has no sheet."""
    return [
        Sheet(entry, f"J{at}", {"all": Decimal(mark)})
        for entry, marks in rows.items()
        for at, mark in enumerate(marks.split(), 1)
        if mark != "-"
    ]


def told(lines: Lines) -> list[tuple[str, str, int | None]]:
    return [(line.entry_id, str(line.total), line.rank) for line in lines]


def test_by_the_mean() -> None:
    lines = standings(table(a="80 90 85", b="70 99 90"), rule=MEAN)

    assert told(lines) == [("b", "86.33", 1), ("a", "85.00", 2)]
    assert lines[0].panel == Fraction(259, 3)


def test_without_extremes() -> None:
    lines = standings(table(a="80 90 85", b="70 99 84"), rule=DROP)

    assert told(lines) == [("a", "85.00", 1), ("b", "84.00", 2)]
    assert (lines[1].used, lines[1].dropped) == ((2,), (0, 1))


def test_a_sheet_is_the_sum_of_its_criteria() -> None:
    sheet = Sheet("a", "J1", {"growth": Decimal("27.50"), "team": Decimal("12.25")})

    (line,) = standings([sheet], rule=MEAN)

    assert line.totals == (Decimal("39.75"),)


def test_a_hundred_decimals_are_not_rounded_on_the_way() -> None:
    fine = Decimal("0." + "0" * 99 + "1")
    sheets = [Sheet("a", "J1", {"x": Decimal(80), "y": fine}), Sheet("b", "J1", {"x": Decimal(80)})]

    lines = standings(sheets, rule=replace(MEAN, tie_order=(TieBreak(TieRule.RAW_SUM),)))

    assert told(lines) == [("a", "80.00", 1), ("b", "80.00", 2)]


def test_standard_scores_put_a_strict_and_a_mild_judge_level() -> None:
    sheets = table(a="80 -", b="70 -", c="60 -", d="- 98", e="- 95", f="- 92")

    assert told(standings(sheets, rule=MEAN))[0] == ("d", "98.00", 1)
    lines = standings(sheets, rule=STANDARD)

    assert told(lines)[:3] == [("a", "60.00", 1), ("d", "60.00", 1), ("b", "50.00", 3)]
    assert lines[0].converted == (Decimal("60.0000"),)


def test_a_judge_of_one_work_does_not_count_among_standard_scores() -> None:
    lines = standings(table(a="80 90", b="70 -", c="75 -"), rule=STANDARD)

    assert lines[0].converted == (Decimal("60.0000"), None)
    assert (lines[0].used, lines[0].total) == ((0,), Decimal("60.00"))


def test_an_entry_seen_only_by_a_judge_of_one_work_is_average() -> None:
    lines = standings(table(a="80 -", b="70 -", c="- 99"), rule=STANDARD)

    assert [(line.entry_id, line.total) for line in lines][1] == ("c", Decimal("50.00"))
    assert lines[1].used == ()


def test_all_marks_equal() -> None:
    for rule, points in ((MEAN, "85.00"), (DROP, "85.00"), (STANDARD, "50.00")):
        lines = standings(table(a="85 85 85", b="85 85 85"), rule=rule)

        assert told(lines) == [("a", points, 1), ("b", points, 1)]


def test_corrected_by_published_figures() -> None:
    strict = JudgeCorrection(Decimal(5), Decimal("1.25"))
    rule = RoundRule(
        ScoreRule(ScoreRuleKind.CORRECTED),
        correction=Correction(Decimal(80), Decimal("0.5"), {"J1": strict, "J2": PLAIN}),
    )

    lines = standings(table(a="85 85", b="- 87"), rule=rule)

    # a: 80 + (88 - 80 + 5) / 2.5 = 85.2; b: 80 + 7 / 1.5 = 84.67
    assert lines[0].converted == (Decimal("88.0000"), Decimal("85.0000"))
    assert told(lines) == [("a", "85.20", 1), ("b", "84.67", 2)]


def test_a_correction_goes_with_its_kind() -> None:
    with pytest.raises(InvalidRuleError):
        RoundRule(ScoreRule(ScoreRuleKind.CORRECTED))
    with pytest.raises(InvalidRuleError):
        replace(MEAN, correction=Correction(Decimal(80), Decimal(0), {}))


def test_a_judge_unknown_to_the_correction_is_told() -> None:
    rule: RoundRule[str] = RoundRule(
        ScoreRule(ScoreRuleKind.CORRECTED), correction=Correction(Decimal(80), Decimal(0), {})
    )
    with pytest.raises(UnknownJudgeError):
        standings(table(a="80"), rule=rule)


def test_each_criterion_by_itself() -> None:
    panel = ScoreRule(ScoreRuleKind.DROP_EXTREMES)
    rule: RoundRule[str] = replace(
        MEAN,
        criteria={
            "skill": CriterionRule(panel, Decimal("1.6"), absent=Decimal(0)),
            "show": CriterionRule(panel),
        },
    )
    given_ = [("7.25", "6"), ("7.5", "9"), ("8", "6.5"), ("0", "7")]
    sheets = [
        Sheet("a", at, {"skill": Decimal(skill), "show": Decimal(show)})
        for at, (skill, show) in enumerate(given_)
    ]

    # skill: 7.5 * 1.6 = 12; show: (6.5 + 7) / 2 = 6.75
    (line,) = standings(sheets, rule=rule)  # type: ignore[arg-type]

    assert line.total == Decimal("18.75")
    with pytest.raises(UnequalSheetsError):
        standings([Sheet("a", "J1", {"skill": Decimal(1)})], rule=rule)
    with pytest.raises(InvalidRuleError):
        replace(DROP, criteria=rule.criteria)


def test_vote_and_adjustments_are_rounded_once() -> None:
    rule: RoundRule[str] = replace(MEAN, vote=VoteRule(Decimal("0.2")))
    penalty = Adjustment(AdjustmentKind.PENALTY, Decimal("2.5"), "超时")
    facts = {"a": Facts(votes=150, adjustments=(penalty,)), "b": Facts(votes=200)}

    lines = standings(table(a="85 86 86", b="70"), rule=rule, facts=facts)

    # a: 0.8 * 257 / 3 + 0.2 * 75 - 2.5 = 81.0333…; b: 56 + 20
    assert told(lines) == [("a", "81.03", 1), ("b", "76.00", 2)]
    assert lines[0].vote_points == 75


def test_a_penalty_never_goes_below_zero() -> None:
    penalty = Adjustment(AdjustmentKind.PENALTY, Decimal(20), "抄袭")
    lines = standings(table(a="10"), rule=MEAN, facts={"a": Facts(adjustments=(penalty,))})

    assert lines[0].total == 0


def test_a_withdrawn_entry_leaves_no_trace() -> None:
    sheets = table(a="80", b="70", gone="99")
    facts = {"gone": Facts(is_withdrawn=True, votes=1000)}
    rule = replace(STANDARD, vote=VoteRule(Decimal("0.5")))

    lines = standings(sheets, rule=rule, facts=facts)

    assert [told(lines)[at] for at in (0, 1)] == told(standings(sheets[:2], rule=rule))
    assert (lines[2].entry_id, lines[2].rank, lines[2].total) == ("gone", None, None)


def test_a_vetoed_entry_has_no_rank_but_tells_how_its_judges_mark() -> None:
    sheets = table(a="80", b="70", vetoed="90")

    lines = standings(sheets, rule=STANDARD, facts={"vetoed": Facts(is_vetoed=True)})

    assert told(lines) == [("a", "50.00", 1), ("b", "40.00", 2), ("vetoed", "60.00", None)]


def test_an_entry_that_all_judges_are_recused_from_is_told() -> None:
    lines = standings(table(a="80"), rule=MEAN, facts={"nobody": Facts()})

    assert told(lines) == [("a", "80.00", 1), ("nobody", "None", None)]


def test_judges_far_apart_send_an_entry_to_review() -> None:
    rule = replace(MEAN, review_above=Decimal(20))
    # standard scores 60, 50, 40 of both judges, the other way round for a and c
    lines = standings(table(a="90 70", b="80 80", c="70 90"), rule=rule)

    assert [(line.entry_id, line.spread, line.needs_review) for line in lines] == [
        ("a", Decimal(20), False),
        ("b", Decimal(0), False),
        ("c", Decimal(20), False),
    ]
    lines = standings(
        table(a="90 70", b="80 80", c="70 90"), rule=replace(MEAN, review_above=Decimal("19.9"))
    )
    assert [line.needs_review for line in lines] == [True, False, True]


@pytest.mark.parametrize(
    ("step", "first"),
    [
        (TieRule.MEDIAN, "a"),
        (TieRule.CHIEF, "b"),
        (TieRule.EARLIER, "b"),
        (TieRule.DRAW, "a"),
        (TieRule.PENALTIES, "a"),
    ],
)
def test_ties_are_broken_by_what_is_known(step: TieRule, first: str) -> None:
    bonus = Adjustment(AdjustmentKind.BONUS, Decimal(2), "专利")
    penalty = Adjustment(AdjustmentKind.PENALTY, Decimal(2), "超时")
    facts = {
        "a": Facts(earlier=Decimal(80), lot=1),
        "b": Facts(earlier=Decimal(81), lot=2, adjustments=(bonus, penalty)),
    }

    lines = standings(
        table(a="80 92 92", b="90 84 90"),
        rule=replace(MEAN, tie_order=(TieBreak(step),)),
        facts=facts,
        chiefs={"J1"},
    )

    assert lines[0].total == lines[1].total == Decimal("88.00")
    assert lines[0].entry_id == first
    assert [line.standing and line.standing.decided_by for line in lines] == [TieBreak(step)] * 2


def test_bad_sheets_are_refused() -> None:
    twice = table(a="80") + table(a="81")
    with pytest.raises(DuplicateSheetError):
        standings(twice, rule=MEAN)
    with pytest.raises(InvalidMarkError):
        standings(table(a="NaN"), rule=MEAN)
    with pytest.raises(InvalidMarkError):
        standings([Sheet("a", "J1", {"all": 80.5})], rule=MEAN)  # type: ignore[dict-item]
    with pytest.raises(NoMarksError):
        standings([Sheet("a", "J1", {})], rule=MEAN)
    rule = replace(MEAN, tie_order=(TieBreak(TieRule.CRITERION, "team"),))
    with pytest.raises(MissingCriterionError):
        standings(table(a="80"), rule=rule)


def test_no_sheets_no_lines() -> None:
    assert standings([], rule=MEAN) == []


MARKS = st.dictionaries(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from("123")),
    st.decimals(0, 100, places=1),
    min_size=1,
)
CORRECTION = Correction(
    Decimal(80),
    Decimal("0.25"),
    {judge: JudgeCorrection(Decimal(judge), Decimal(judge) / 2) for judge in "123"},
)
RULES = st.sampled_from(
    [MEAN, DROP, STANDARD, RoundRule(ScoreRule(ScoreRuleKind.CORRECTED), correction=CORRECTION)]
)


def sheets_of(marks: dict[tuple[str, str], Decimal]) -> list[Sheet[str, str]]:
    return [Sheet(entry, judge, {"all": mark}) for (entry, judge), mark in marks.items()]


@given(MARKS, RULES, st.randoms(use_true_random=False))
def test_neither_order_nor_names_matter(
    marks: dict[tuple[str, str], Decimal], rule: RoundRule[str], random: object
) -> None:
    shuffled = sheets_of(marks)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert sorted(told(standings(sheets_of(marks), rule=rule))) == sorted(
        told(standings(shuffled, rule=rule))
    )


@given(MARKS, RULES)
def test_ranks_follow_the_totals_that_are_shown(
    marks: dict[tuple[str, str], Decimal], rule: RoundRule[str]
) -> None:
    lines = standings(sheets_of(marks), rule=rule)
    totals = [line.total or Decimal(0) for line in lines]

    assert len(lines) == len({entry for entry, _ in marks})
    for line in lines:
        assert line.rank == 1 + sum(other > (line.total or 0) for other in totals)


@given(MARKS, st.sampled_from("abcdef"), st.sampled_from("123"), st.decimals(0, 100, places=1))
def test_a_better_mark_never_lowers_an_entry_where_judges_are_not_rescaled(
    marks: dict[tuple[str, str], Decimal], entry: str, judge: str, better: Decimal
) -> None:
    if (entry, judge) not in marks:
        return
    after = {**marks, (entry, judge): max(better, marks[entry, judge])}
    for rule in (MEAN, DROP):
        old = {line.entry_id: line for line in standings(sheets_of(marks), rule=rule)}
        new = {line.entry_id: line for line in standings(sheets_of(after), rule=rule)}
        assert (new[entry].total or 0) >= (old[entry].total or 0)
        assert (new[entry].rank or 0) <= (old[entry].rank or 0)
