"""From the totals of an entry's scoresheets to its total in the round.

Arithmetic is exact until the one rounding that the rule names, because a mean of three marks
has no finite decimal form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from eventhub.domain.scoring.exact import (
    Exact,
    InvalidMarkError,
    InvalidRuleError,
    NoMarksError,
    add,
    check_marks,
    mean,
    round_half_up,
)

__all__ = [
    "CriterionRule",
    "Exact",
    "InvalidMarkError",
    "InvalidRuleError",
    "NoMarksError",
    "RoundTotal",
    "ScoreRule",
    "ScoreRuleKind",
    "UnequalSheetsError",
    "criterion_means",
    "criterion_points",
    "round_half_up",
    "total",
    "trimmed_mean",
]


class UnequalSheetsError(ValueError):
    """The scoresheets of one entry do not mark the same criteria."""


class ScoreRuleKind(StrEnum):
    """What becomes of the judges' totals. The last two first put them on a common scale."""

    MEAN = "mean"
    DROP_EXTREMES = "drop_extremes"
    STANDARD = "standard"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """How the totals of the scoresheets become one total.

    ``drop`` counts the sheets left out at each end and matters to ``DROP_EXTREMES`` only.
    ``decimals`` are those of the published total, ``mark_decimals`` those of a standard score,
    which is rounded before it is averaged, so that the printed sheet is all that a check needs.
    """

    kind: ScoreRuleKind
    drop: int = 1
    decimals: int = 2
    mark_decimals: int = 4

    def __post_init__(self) -> None:
        if self.decimals < 0 or self.mark_decimals < 0:
            raise InvalidRuleError("decimals must not be negative")
        if self.kind is ScoreRuleKind.DROP_EXTREMES and self.drop < 1:
            raise InvalidRuleError("dropping extremes means dropping at least one")


@dataclass(frozen=True, slots=True)
class RoundTotal:
    """One entry's result in a round, with all that is needed to explain it.

    ``used`` and ``dropped`` are ascending indices into the totals that were given.
    ``raw_mean`` and ``raw_sum`` count every sheet, the dropped ones too.
    """

    total: Decimal
    exact: Fraction
    used: tuple[int, ...]
    dropped: tuple[int, ...]
    raw_mean: Fraction
    raw_sum: Decimal


def trimmed_mean(marks: Sequence[Decimal], *, drop: int) -> Fraction:
    """Average the marks after leaving out the ``drop`` highest and lowest.

    Of several equal extremes only ``drop`` are left out. With fewer than ``2 * drop + 1``
    marks nothing is left out. The result is exact; the caller rounds, once.

    Raises:
        NoMarksError: there are no marks.
        InvalidMarkError: a mark is no finite ``Decimal``.
        InvalidRuleError: ``drop`` is negative.
    """
    check_marks(marks)
    return mean([marks[index] for index in _used(marks, drop)])


def total(sheet_totals: Sequence[Decimal], rule: ScoreRule) -> RoundTotal:
    """Average one entry's scoresheets, without the extremes if the rule says so.

    A rule that first puts the judges on a common scale gives the figures on that scale here.
    Of several equal extremes the first lowest and the last highest are left out; which
    one it is changes no total, but it shows on the page, so give the sheets in a stable
    order.

    Raises:
        NoMarksError: the entry has no scoresheet.
        InvalidMarkError: a total is no finite ``Decimal``.
    """
    check_marks(sheet_totals)
    drop = rule.drop if rule.kind is ScoreRuleKind.DROP_EXTREMES else 0
    used = _used(sheet_totals, drop)
    exact = mean([sheet_totals[index] for index in used])
    kept = set(used)
    return RoundTotal(
        total=round_half_up(exact, rule.decimals),
        exact=exact,
        used=used,
        dropped=tuple(index for index in range(len(sheet_totals)) if index not in kept),
        raw_mean=mean(sheet_totals),
        raw_sum=add(sheet_totals),
    )


def criterion_means(sheets: Sequence[Mapping[str, Decimal]]) -> dict[str, Fraction]:
    """Mean of each criterion over every sheet of one entry, for breaking ties.

    Dropped sheets count here. Of two sheets with equal totals either may be the dropped
    one, and a tie must not hang on which.

    Raises:
        NoMarksError: the entry has no scoresheet.
        UnequalSheetsError: a criterion is missing on some sheet.
    """
    if not sheets:
        raise NoMarksError("no scoresheets")
    if any(sheet.keys() != sheets[0].keys() for sheet in sheets):
        raise UnequalSheetsError("the sheets mark different criteria")
    return {key: mean([sheet[key] for sheet in sheets]) for key in sheets[0]}


@dataclass(frozen=True, slots=True)
class CriterionRule:
    """How the judges' marks of one criterion become its points, where each is settled alone.

    The panel's mark is taken by ``panel`` and rounded to its decimals; its product with
    ``factor`` is rounded to ``decimals``, before anything is added up. A mark equal to
    ``absent`` says that the judge was not there, and is left out before extremes are.
    So do skating and gymnastics settle their components.
    """

    panel: ScoreRule
    factor: Decimal = Decimal(1)
    decimals: int = 2
    absent: Decimal | None = None


def criterion_points(marks: Sequence[Decimal], rule: CriterionRule) -> Decimal:
    """The points of one criterion.

    Raises:
        NoMarksError: no judge was there.
        InvalidMarkError: a mark is no finite ``Decimal``.
    """
    present = [mark for mark in marks if mark != rule.absent]
    panel = total(present, rule.panel).total
    return round_half_up(Fraction(panel) * Fraction(rule.factor), rule.decimals)


def _used(marks: Sequence[Decimal], drop: int) -> tuple[int, ...]:
    if drop < 0:
        raise InvalidRuleError("cannot drop a negative number of marks")
    if not drop or len(marks) < 2 * drop + 1:
        return tuple(range(len(marks)))
    ascending = sorted(range(len(marks)), key=marks.__getitem__)
    return tuple(sorted(ascending[drop : len(marks) - drop]))
