"""A group's standings by the rule of its round, from sheets and facts that were read before."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from eventhub.competitions.models import Round, Rubric
from eventhub.domain.scoring import standings as scoring
from eventhub.domain.scoring.correcting import find_correction
from eventhub.domain.scoring.options import Options, read_options
from eventhub.domain.scoring.ranking import TieBreak, TieRule
from eventhub.domain.scoring.rules import ScoreRule, ScoreRuleKind
from eventhub.domain.scoring.standings import Facts, RoundRule, Sheet

Line = scoring.Line[uuid.UUID, uuid.UUID]


@dataclass(frozen=True)
class Scored:
    """A group's lines, best first, and the rule that made them.

    ``is_uncorrected``: the round asks for a correction that its marks do not allow, so that
    totals are plain means.
    """

    lines: Sequence[Line]
    rule: RoundRule[uuid.UUID]
    is_uncorrected: bool = False


def rule_of(round_: Round) -> ScoreRule:
    """The round's score rule; dropping none of the extremes is the plain mean."""
    digits = read_options(round_.score_options).mark_decimals
    if round_.score_rule is ScoreRuleKind.DROP_EXTREMES and not round_.drop_count:
        return ScoreRule(ScoreRuleKind.MEAN, 0, round_.decimals, digits)
    drop = round_.drop_count if round_.score_rule is ScoreRuleKind.DROP_EXTREMES else 0
    return ScoreRule(round_.score_rule, drop, round_.decimals, digits)


def options_of(round_: Round) -> Options:
    """What the round's rule needs beyond its kind."""
    return read_options(round_.score_options)


def tie_order_of(round_: Round, rubric: Rubric | None) -> list[TieBreak]:
    """The round's tie-breaks as far as they concern a rubric."""
    known = {line.key for line in rubric.criteria} if rubric else set()
    steps = [TieBreak.parse(text) for text in round_.tie_order]
    return [step for step in steps if step.rule is not TieRule.CRITERION or step.criterion in known]


def score_group(
    round_: Round,
    rubric: Rubric | None,
    sheets: Sequence[Sheet[uuid.UUID, uuid.UUID]],
    *,
    facts: Mapping[uuid.UUID, Facts],
    chiefs: Collection[uuid.UUID],
) -> Scored:
    """Bring the entries of one group into order.

    Args:
        round_: its rule, options and tie order count.
        rubric: the group's.
        sheets: those that count, of this group only: judges are compared within it.
        facts: of every entry of the group.
        chiefs: the chief judges of all panels, as persons.

    """
    base, options = rule_of(round_), options_of(round_)
    correction = None
    if base.kind is ScoreRuleKind.CORRECTED:
        marks = [
            (one.entry_id, one.judge_id, sum(one.marks.values(), Decimal(0))) for one in sheets
        ]
        correction = find_correction(marks)
    is_uncorrected = base.kind is ScoreRuleKind.CORRECTED and correction is None
    if is_uncorrected:
        base = ScoreRule(ScoreRuleKind.MEAN, 0, base.decimals, base.mark_decimals)
    rule = RoundRule(
        base,
        tuple(tie_order_of(round_, rubric)),
        correction=correction,
        vote=options.vote,
        review_above=options.review_above,
        earlier_weight=options.earlier_weight,
    )
    lines = scoring.standings(sheets, rule=rule, facts=facts, chiefs=chiefs)
    return Scored(lines, rule, is_uncorrected)
