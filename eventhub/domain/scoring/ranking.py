"""From totals to ranks, with every tie told.

Entries are compared by the published, rounded total: two entries that show the same
figure are tied, and if one of them ranks higher the tie-break that did it is named.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Generic, Self, TypeVar

from eventhub.domain.scoring.exact import Exact

EntryId = TypeVar("EntryId", bound=Hashable)


class InvalidTieOrderError(ValueError):
    """The tie-breaks contradict each other or name no criterion."""


class DuplicateEntryError(ValueError):
    """One entry stands twice among the results."""


class MissingCriterionError(ValueError):
    """A result lacks the mean of a criterion that a tie-break compares."""


class TieRule(StrEnum):
    """What is compared when totals are equal.

    ``RAW_SUM`` is the trade's 未去极值总分, the sum before extremes are dropped. It is
    compared as a mean over all sheets: with equal numbers of sheets the order is the same,
    and with a judge missing the entry with more sheets gains nothing. ``PENALTIES`` prefers
    fewer points taken away, ``EARLIER`` the better total of the round before, ``DRAW`` the
    smaller number drawn.
    """

    RAW_SUM = "raw_sum"
    CRITERION = "criterion"
    MEDIAN = "median"
    CHIEF = "chief"
    PENALTIES = "penalties"
    EARLIER = "earlier"
    DRAW = "draw"
    SHARE = "share"


_LESS_IS_BETTER = frozenset({TieRule.PENALTIES, TieRule.DRAW})


@dataclass(frozen=True, slots=True)
class TieBreak:
    """One step of breaking ties. Its text, ``criterion:innovation``, is what results publish."""

    rule: TieRule
    criterion: str | None = None

    def __post_init__(self) -> None:
        if (self.rule is TieRule.CRITERION) != bool(self.criterion):
            raise InvalidTieOrderError("a criterion belongs to the rule 'criterion' only")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``str`` wrote.

        Raises:
            InvalidTieOrderError: no such rule, or a criterion too many or too few.
        """
        name, _, criterion = text.partition(":")
        try:
            rule = TieRule(name)
        except ValueError:
            raise InvalidTieOrderError(f"unknown tie rule {name!r}") from None
        return cls(rule, criterion or None)

    def __str__(self) -> str:
        return f"{self.rule.value}:{self.criterion}" if self.criterion else self.rule.value


@dataclass(frozen=True, slots=True)
class Result(Generic[EntryId]):
    """What one entry achieved. ``total`` is the rounded, published one; the means are exact.

    A vetoed entry failed a gate; its figures are not looked at. ``median`` and ``chief`` are of
    the sheets' totals, ``penalties`` the points taken away, ``earlier`` the total of the round
    before, ``lot`` the number drawn. What is None is not known: a chief judge may be recused.
    """

    entry_id: EntryId
    total: Exact
    raw_mean: Exact
    criterion_means: Mapping[str, Exact] = field(default_factory=dict)
    vetoed: bool = False
    median: Exact | None = None
    chief: Exact | None = None
    penalties: Exact | None = None
    earlier: Exact | None = None
    lot: int | None = None


@dataclass(frozen=True, slots=True)
class Standing(Generic[EntryId]):
    """An entry's place. ``rank`` is None for a vetoed entry.

    ``is_tied``: another entry has the same rank. ``decided_by``: the last tie-break that
    set this entry apart from another of equal total; None when none was needed or none
    could. Both may hold: of three equal totals one may fall behind and two stay tied.
    """

    entry_id: EntryId
    rank: int | None
    is_tied: bool
    decided_by: TieBreak | None


def rank(
    results: Sequence[Result[EntryId]], *, tie_order: Sequence[TieBreak]
) -> list[Standing[EntryId]]:
    """Place the entries, best first, in standard competition ranking (1, 2, 2, 4).

    What ``tie_order`` cannot separate shares a rank, as if it ended in ``SHARE``. A step is
    passed over among entries of which one has no such figure, for it would be judged by what
    nobody knows. Within a shared rank, and among the vetoed at the end, entries keep the order
    they came in.

    Raises:
        DuplicateEntryError: an entry stands twice.
        InvalidTieOrderError: a tie-break follows ``SHARE`` or repeats another.
        MissingCriterionError: a ranked entry lacks a criterion that ``tie_order`` names.
    """
    breaks = _comparisons(tie_order)
    if len({result.entry_id for result in results}) != len(results):
        raise DuplicateEntryError("an entry stands twice among the results")
    ranked = [result for result in results if not result.vetoed]
    _check_criteria(ranked, breaks)
    totals = {result.entry_id: Fraction(result.total) for result in ranked}
    best_first = sorted(ranked, key=lambda result: totals[result.entry_id], reverse=True)

    standings: list[Standing[EntryId]] = []
    for _, equal in groupby(best_first, key=lambda result: totals[result.entry_id]):
        places = _separate(list(equal), breaks, 0)
        for (sharing, above), (_, below) in pairwise([*places, ([], 0)]):
            place, depth = len(standings) + 1, max(above, below)
            decided_by = breaks[depth - 1] if depth else None
            standings += [
                Standing(result.entry_id, place, len(sharing) > 1, decided_by) for result in sharing
            ]
    vetoed = [Standing(result.entry_id, None, False, None) for result in results if result.vetoed]
    return standings + vetoed


def _comparisons(tie_order: Sequence[TieBreak]) -> list[TieBreak]:
    if len(set(tie_order)) != len(tie_order):
        raise InvalidTieOrderError("a tie-break is repeated")
    if any(step.rule is TieRule.SHARE for step in tie_order[:-1]):
        raise InvalidTieOrderError("nothing can follow 'share'")
    return [step for step in tie_order if step.rule is not TieRule.SHARE]


def _check_criteria(results: Sequence[Result[EntryId]], breaks: Sequence[TieBreak]) -> None:
    for step in breaks:
        if step.criterion is None:
            continue
        if any(step.criterion not in result.criterion_means for result in results):
            raise MissingCriterionError(step.criterion)


def _separate(
    tied: list[Result[EntryId]], breaks: Sequence[TieBreak], depth: int
) -> list[tuple[list[Result[EntryId]], int]]:
    """Split equal totals by the steps from ``depth`` on, best first.

    With each place comes the number of the step, from 1, that put it below the one above it.
    """
    if len(tied) == 1 or depth == len(breaks):
        return [(tied, 0)]
    values = {result.entry_id: _value(result, breaks[depth]) for result in tied}
    known = {entry_id: value for entry_id, value in values.items() if value is not None}
    if len(known) < len(tied):
        return _separate(tied, breaks, depth + 1)
    places: list[tuple[list[Result[EntryId]], int]] = []
    best_first = sorted(tied, key=lambda result: known[result.entry_id], reverse=True)
    for _, equal in groupby(best_first, key=lambda result: known[result.entry_id]):
        (first, _top), *rest = _separate(list(equal), breaks, depth + 1)
        places += [(first, depth + 1 if places else 0), *rest]
    return places


def _value(result: Result[EntryId], step: TieBreak) -> Fraction | None:
    """What the step compares, the higher the better."""
    figures: dict[TieRule, Exact | int | None] = {
        TieRule.RAW_SUM: result.raw_mean,
        TieRule.CRITERION: result.criterion_means.get(step.criterion or ""),
        TieRule.MEDIAN: result.median,
        TieRule.CHIEF: result.chief,
        TieRule.PENALTIES: result.penalties,
        TieRule.EARLIER: result.earlier,
        TieRule.DRAW: result.lot,
    }
    figure = figures[step.rule]
    if figure is None:
        return None
    return -Fraction(figure) if step.rule in _LESS_IS_BETTER else Fraction(figure)
