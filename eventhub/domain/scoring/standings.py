"""From all scoresheets of a round to its standings, by any rule.

One pass, pure: the caller reads the sheets, this computes, the caller shows or keeps the lines.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Generic, NamedTuple, TypeVar

from eventhub.domain.scoring.composing import Adjustment, AdjustmentKind, VoteRule
from eventhub.domain.scoring.correction import Correction
from eventhub.domain.scoring.exact import (
    InvalidRuleError,
    add,
    check_marks,
    mean,
    median,
    round_half_up,
)
from eventhub.domain.scoring.ranking import Result, Standing, TieBreak, TieRule, rank
from eventhub.domain.scoring.rules import (
    CriterionRule,
    ScoreRule,
    ScoreRuleKind,
    UnequalSheetsError,
    criterion_means,
    criterion_points,
    total,
)
from eventhub.domain.scoring.standard import CENTRE, spread, standard_scores

EntryId = TypeVar("EntryId", bound=Hashable)
JudgeId = TypeVar("JudgeId", bound=Hashable)


class DuplicateSheetError(ValueError):
    """One judge has two sheets for one entry."""


@dataclass(frozen=True, slots=True)
class Sheet(Generic[EntryId, JudgeId]):
    """One judge's marks of one entry. Who was absent or recused has none."""

    entry_id: EntryId
    judge_id: JudgeId
    marks: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an entry beside its sheets.

    A vetoed entry has no rank, but what its judges gave tells how they mark. A withdrawn one
    is gone, with its sheets.
    """

    is_vetoed: bool = False
    is_withdrawn: bool = False
    adjustments: tuple[Adjustment, ...] = ()
    votes: int = 0
    earlier: Decimal | None = None
    lot: int | None = None


@dataclass(frozen=True, slots=True)
class RoundRule(Generic[JudgeId]):
    """The whole rule of a round.

    With ``criteria`` each criterion is settled by itself and the points are added up, as in
    skating; ``score`` then only says the decimals. ``correction`` goes with the kind
    ``CORRECTED``. ``review_above`` sends an entry to 复议 where the standard scores of its
    judges are further apart. ``earlier_weight`` is the share that an entry's published total of
    the round before has in its total here (网评 40 % + 路演 60 %).
    """

    score: ScoreRule
    tie_order: tuple[TieBreak, ...] = ()
    criteria: Mapping[str, CriterionRule] | None = None
    correction: Correction[JudgeId] | None = None
    vote: VoteRule | None = None
    review_above: Decimal | None = None
    earlier_weight: Decimal | None = None

    def __post_init__(self) -> None:
        is_corrected = self.score.kind is ScoreRuleKind.CORRECTED
        if is_corrected != (self.correction is not None):
            raise InvalidRuleError("a correction belongs to the kind 'corrected'")
        if self.earlier_weight is not None and not 0 < self.earlier_weight < 1:
            raise InvalidRuleError("the weight of the round before lies between 0 and 1")
        if self.criteria is not None and self.score.kind is not ScoreRuleKind.MEAN:
            raise InvalidRuleError("criteria settled alone leave nothing to another rule")


@dataclass(frozen=True, slots=True)
class Line(Generic[EntryId, JudgeId]):
    """An entry's way from its sheets to its place.

    ``judges``, ``totals`` and ``converted`` go together: who gave what, and what became of it
    on the common scale, None where the rule needs none or found none. ``used`` and ``dropped``
    are indices into them. ``panel`` is what the judges' sheets come to, exactly. ``own`` is the
    total of this round alone; ``total`` is None where the round before counts and gave none.
    """

    entry_id: EntryId
    facts: Facts = field(default_factory=Facts)
    judges: tuple[JudgeId, ...] = ()
    totals: tuple[Decimal, ...] = ()
    converted: tuple[Decimal | None, ...] = ()
    used: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    panel: Fraction | None = None
    vote_points: Fraction | None = None
    own: Decimal | None = None
    total: Decimal | None = None
    spread: Decimal | None = None
    needs_review: bool = False
    standing: Standing[EntryId] | None = None

    @property
    def rank(self) -> int | None:
        """Its place; None without one."""
        return self.standing.rank if self.standing else None


def standings(
    sheets: Sequence[Sheet[EntryId, JudgeId]],
    *,
    rule: RoundRule[JudgeId],
    facts: Mapping[EntryId, Facts] | None = None,
    chiefs: Collection[JudgeId] = (),
) -> list[Line[EntryId, JudgeId]]:
    """The entries of a round, best first; then those that have no rank.

    These are, in turn, the vetoed, those whose earlier total is missing where it counts, those
    without sheets, and the withdrawn. ``facts`` may name entries without sheets. ``chiefs`` are
    the chief judges of all panels. Sheets of one entry keep the order in which they come.

    Raises:
        DuplicateSheetError: a judge has two sheets for one entry.
        UnequalSheetsError: sheets of an entry mark different criteria.
        InvalidMarkError: a mark is no finite ``Decimal``.
        UnknownJudgeError: the correction does not know a judge.
        InvalidTieOrderError, MissingCriterionError: see ``rank``.
    """
    known = facts or {}
    gone = {entry_id for entry_id, fact in known.items() if fact.is_withdrawn}
    given = _by_entry([sheet for sheet in sheets if sheet.entry_id not in gone])
    totals = {
        entry_id: {judge_id: _sum(sheet.marks) for judge_id, sheet in own.items()}
        for entry_id, own in given.items()
    }
    scores = _standard(totals, rule)
    most = max((fact.votes for entry_id, fact in known.items() if entry_id not in gone), default=0)
    lines = {}
    for entry_id, own in given.items():
        panel = _panel(own, totals[entry_id], scores.get(entry_id, {}), rule)
        fact = known.get(entry_id, Facts())
        lines[entry_id] = _line(entry_id, fact, totals[entry_id], panel, rule, most)
    results = [
        _result(line, given[line.entry_id], rule, chiefs)
        for line in lines.values()
        if line.total is not None
    ]
    placed = [
        replace(lines[standing.entry_id], standing=standing)
        for standing in rank(results, tie_order=rule.tie_order)
    ]
    placed += [line for line in lines.values() if line.total is None]
    unseen = [entry_id for entry_id in known if entry_id not in lines]
    rest: list[Line[EntryId, JudgeId]] = [Line(each, known[each]) for each in unseen]
    return placed + sorted(rest, key=lambda line: line.facts.is_withdrawn)


def _sum(marks: Mapping[str, Decimal]) -> Decimal:
    held = list(marks.values())
    check_marks(held)
    return add(held)


def _by_entry(
    sheets: Sequence[Sheet[EntryId, JudgeId]],
) -> dict[EntryId, dict[JudgeId, Sheet[EntryId, JudgeId]]]:
    found: dict[EntryId, dict[JudgeId, Sheet[EntryId, JudgeId]]] = {}
    for sheet in sheets:
        given = found.setdefault(sheet.entry_id, {})
        if sheet.judge_id in given:
            raise DuplicateSheetError(f"{sheet.judge_id!r} has two sheets for {sheet.entry_id!r}")
        given[sheet.judge_id] = sheet
    return found


def _standard(
    totals: Mapping[EntryId, Mapping[JudgeId, Decimal]], rule: RoundRule[JudgeId]
) -> dict[EntryId, dict[JudgeId, Decimal | None]]:
    """Every sheet's standard score, where the rule has a use for it."""
    if rule.score.kind is not ScoreRuleKind.STANDARD and rule.review_above is None:
        return {}
    by_judge: dict[JudgeId, dict[EntryId, Decimal]] = {}
    for entry_id, given in totals.items():
        for judge_id, points in given.items():
            by_judge.setdefault(judge_id, {})[entry_id] = points
    scores: dict[EntryId, dict[JudgeId, Decimal | None]] = {entry_id: {} for entry_id in totals}
    for judge_id, own in by_judge.items():
        for entry_id, score in standard_scores(own, decimals=rule.score.mark_decimals).items():
            scores[entry_id][judge_id] = score
    return scores


class _Panel(NamedTuple):
    """What the sheets of an entry come to, exactly; see ``Line``."""

    exact: Fraction
    used: tuple[int, ...]
    dropped: tuple[int, ...] = ()
    converted: tuple[Decimal | None, ...] = ()
    spread: Decimal | None = None


def _panel(
    sheets: Mapping[JudgeId, Sheet[EntryId, JudgeId]],
    totals: Mapping[JudgeId, Decimal],
    scores: Mapping[JudgeId, Decimal | None],
    rule: RoundRule[JudgeId],
) -> _Panel:
    own, everyone = tuple(totals.values()), tuple(range(len(totals)))
    standard = tuple(scores[judge_id] for judge_id in totals) if scores else ()
    apart = spread(standard) if rule.review_above is not None else None
    if rule.criteria is not None:
        return _Panel(_by_criterion(sheets, rule.criteria), everyone, spread=apart)
    if rule.correction is not None:
        put_right = {
            judge_id: rule.correction.put_right(judge_id, points, decimals=rule.score.mark_decimals)
            for judge_id, points in totals.items()
        }
        exact = rule.correction.total(put_right)
        return _Panel(exact, everyone, (), tuple(put_right.values()), apart)
    if rule.score.kind is ScoreRuleKind.STANDARD:
        used = tuple(at for at in everyone if standard[at] is not None)
        counted = [score for score in standard if score is not None] or [Decimal(CENTRE)]
        return _Panel(mean(counted), used, (), standard, apart)
    found = total(own, rule.score)
    return _Panel(found.exact, found.used, found.dropped, spread=apart)


def _by_criterion(
    given: Mapping[JudgeId, Sheet[EntryId, JudgeId]], criteria: Mapping[str, CriterionRule]
) -> Fraction:
    if any(sheet.marks.keys() != criteria.keys() for sheet in given.values()):
        raise UnequalSheetsError("a sheet does not mark the criteria of the rule")
    points = [
        criterion_points([sheet.marks[key] for sheet in given.values()], criterion)
        for key, criterion in criteria.items()
    ]
    return Fraction(add(points))


def _line(
    entry_id: EntryId,
    fact: Facts,
    totals: Mapping[JudgeId, Decimal],
    panel: _Panel,
    rule: RoundRule[JudgeId],
    most: int,
) -> Line[EntryId, JudgeId]:
    """The total, rounded once: with the vote, then what is taken away or added; never below 0.

    Where the round before counts, its published total and this one's are joined and rounded.
    """
    exact, points = panel.exact, None
    if rule.vote is not None:
        points = rule.vote.points(fact.votes, most=most)
        exact = rule.vote.mix(exact, points)
    if fact.adjustments:
        exact += Fraction(add(adjustment.signed for adjustment in fact.adjustments))
    own = round_half_up(max(exact, Fraction(0)), rule.score.decimals)
    return Line(
        entry_id,
        facts=fact,
        judges=tuple(totals),
        totals=tuple(totals.values()),
        converted=panel.converted or (None,) * len(totals),
        used=panel.used,
        dropped=panel.dropped,
        panel=panel.exact,
        vote_points=points,
        own=own,
        total=_joined(own, fact.earlier, rule),
        spread=panel.spread,
        needs_review=panel.spread is not None and panel.spread > (rule.review_above or 0),
    )


def _joined(own: Decimal, earlier: Decimal | None, rule: RoundRule[JudgeId]) -> Decimal | None:
    if rule.earlier_weight is None:
        return own
    if earlier is None:
        return None
    weight = Fraction(rule.earlier_weight)
    exact = (1 - weight) * Fraction(own) + weight * Fraction(earlier)
    return round_half_up(exact, rule.score.decimals)


def _result(
    line: Line[EntryId, JudgeId],
    given: Mapping[JudgeId, Sheet[EntryId, JudgeId]],
    rule: RoundRule[JudgeId],
    chiefs: Collection[JudgeId],
) -> Result[EntryId]:
    """What ties are broken by, as far as the rule asks for it."""
    assert line.total is not None
    steps = {step.rule for step in rule.tie_order}
    by_chief = [
        points
        for judge_id, points in zip(line.judges, line.totals, strict=True)
        if judge_id in chiefs
    ]
    taken = [each.points for each in line.facts.adjustments if each.kind is AdjustmentKind.PENALTY]
    return Result(
        line.entry_id,
        line.total,
        raw_mean=mean(line.totals),
        criterion_means=(
            criterion_means([sheet.marks for sheet in given.values()])
            if TieRule.CRITERION in steps
            else {}
        ),
        vetoed=line.facts.is_vetoed,
        median=median(line.totals) if TieRule.MEDIAN in steps else None,
        chief=by_chief[0] if by_chief else None,
        penalties=add(taken),
        earlier=line.facts.earlier,
        lot=line.facts.lot,
    )
