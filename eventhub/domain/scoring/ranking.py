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

from eventhub.domain.scoring.rules import Exact

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
    and with a judge missing the entry with more sheets gains nothing.
    """

    RAW_SUM = "raw_sum"
    CRITERION = "criterion"
    SHARE = "share"


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

    A vetoed entry failed a gate; its figures are not looked at.
    """

    entry_id: EntryId
    total: Exact
    raw_mean: Exact
    criterion_means: Mapping[str, Exact] = field(default_factory=dict)
    vetoed: bool = False


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

    What ``tie_order`` cannot separate shares a rank, as if it ended in ``SHARE``. Within a
    shared rank, and among the vetoed at the end, entries keep the order they came in.

    Raises:
        DuplicateEntryError: an entry stands twice.
        InvalidTieOrderError: a tie-break follows ``SHARE`` or repeats another.
        MissingCriterionError: a ranked entry lacks a criterion that ``tie_order`` names.
    """
    breaks = _comparisons(tie_order)
    if len({result.entry_id for result in results}) != len(results):
        raise DuplicateEntryError("an entry stands twice among the results")
    keys = {
        result.entry_id: (Fraction(result.total), *(_value(result, step) for step in breaks))
        for result in results
        if not result.vetoed
    }
    best_first = sorted(keys, key=keys.__getitem__, reverse=True)

    standings: list[Standing[EntryId]] = []
    for _, equal in groupby(best_first, key=lambda entry_id: keys[entry_id][0]):
        places = [list(sharing) for _, sharing in groupby(equal, key=keys.__getitem__)]
        depths = [
            _first_difference(keys[better[0]], keys[worse[0]]) for better, worse in pairwise(places)
        ]
        for index, sharing in enumerate(places):
            depth = max(depths[max(index - 1, 0) : index + 1], default=0)
            place = len(standings) + 1
            decided_by = breaks[depth - 1] if depth else None
            standings += [
                Standing(entry_id, place, len(sharing) > 1, decided_by) for entry_id in sharing
            ]
    vetoed = [Standing(result.entry_id, None, False, None) for result in results if result.vetoed]
    return standings + vetoed


def _comparisons(tie_order: Sequence[TieBreak]) -> list[TieBreak]:
    if len(set(tie_order)) != len(tie_order):
        raise InvalidTieOrderError("a tie-break is repeated")
    if any(step.rule is TieRule.SHARE for step in tie_order[:-1]):
        raise InvalidTieOrderError("nothing can follow 'share'")
    return [step for step in tie_order if step.rule is not TieRule.SHARE]


def _value(result: Result[EntryId], step: TieBreak) -> Fraction:
    if step.criterion is None:
        return Fraction(result.raw_mean)
    try:
        return Fraction(result.criterion_means[step.criterion])
    except KeyError:
        raise MissingCriterionError(step.criterion) from None


def _first_difference(key: Sequence[Fraction], other: Sequence[Fraction]) -> int:
    return next(i for i, (one, two) in enumerate(zip(key, other, strict=True)) if one != two)
