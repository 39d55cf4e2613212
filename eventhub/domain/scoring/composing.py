"""What joins a panel's total on its way: votes, adjustments, stages, grades."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from eventhub.domain.scoring.exact import Exact, InvalidRuleError, round_half_up


class MissingStageError(ValueError):
    """A stage that counts has no total."""


@dataclass(frozen=True, slots=True)
class VoteRule:
    """An online vote beside the panel. ``weight`` is its share of the total.

    The entry with the most votes gets ``full_points``, the others in proportion; where nobody
    voted, nobody gets any.
    """

    weight: Decimal
    full_points: Decimal = Decimal(100)

    def __post_init__(self) -> None:
        if not 0 < self.weight < 1 or self.full_points <= 0:
            raise InvalidRuleError("the weight of a vote lies between 0 and 1")

    def points(self, votes: int, *, most: int) -> Fraction:
        """What ``votes`` are worth where the first has ``most``."""
        return Fraction(self.full_points) * votes / most if most else Fraction(0)

    def mix(self, panel: Exact, vote_points: Exact) -> Fraction:
        """The total of both, exact."""
        weight = Fraction(self.weight)
        return (1 - weight) * Fraction(panel) + weight * Fraction(vote_points)


class AdjustmentKind(StrEnum):
    """What is done to a total beside the marks."""

    PENALTY = "penalty"
    BONUS = "bonus"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points taken away or added, and why. ``points`` is positive for both kinds."""

    kind: AdjustmentKind
    points: Decimal
    reason: str

    def __post_init__(self) -> None:
        if not self.points.is_finite() or self.points <= 0:
            raise InvalidRuleError("an adjustment is a positive number of points")
        if not self.reason.strip():
            raise InvalidRuleError("an adjustment needs its reason")

    @property
    def signed(self) -> Decimal:
        """With its sign."""
        return self.points if self.kind is AdjustmentKind.BONUS else self.points.copy_negate()


@dataclass(frozen=True, slots=True)
class StageRule:
    """How the published totals of several rounds become one: 网评 40 % + 路演 60 %."""

    weights: Mapping[str, Decimal]
    decimals: int = 2

    def __post_init__(self) -> None:
        if sum(self.weights.values()) != 1 or min(self.weights.values()) <= 0:
            raise InvalidRuleError("the weights of the stages are positive and add up to 1")
        if self.decimals < 0:
            raise InvalidRuleError("decimals must not be negative")


def stage_total(totals: Mapping[str, Decimal | None], rule: StageRule) -> Decimal:
    """The weighted total of all stages, rounded once.

    Raises:
        MissingStageError: a stage has no total; it does not count as zero.
    """
    missing = [stage for stage in rule.weights if totals.get(stage) is None]
    if missing:
        raise MissingStageError(missing[0])
    exact = sum(
        (Fraction(weight) * Fraction(totals[stage] or 0) for stage, weight in rule.weights.items()),
        Fraction(0),
    )
    return round_half_up(exact, rule.decimals)


@dataclass(frozen=True, slots=True)
class GradeRule:
    """Grades, best first, and what each asks for; the last takes all others and asks nothing.

    By ``thresholds`` a grade asks for a total, by ``shares`` it is given to a share of the
    ranked entries: shares count from the top and add up, the places are rounded half up, and
    entries of one rank get one grade, the better.
    """

    labels: tuple[str, ...]
    thresholds: tuple[Decimal, ...] = ()
    shares: tuple[Decimal, ...] = ()

    def __post_init__(self) -> None:
        bounds = self.thresholds or self.shares
        if bool(self.thresholds) == bool(self.shares) or len(bounds) != len(self.labels) - 1:
            raise InvalidRuleError("each grade but the last has one bound, all of one kind")
        if len(set(self.labels)) != len(self.labels):
            raise InvalidRuleError("a grade stands twice")
        if list(self.thresholds) != sorted(set(self.thresholds), reverse=True):
            raise InvalidRuleError("thresholds fall from grade to grade")
        if self.shares and (min(self.shares) <= 0 or sum(self.shares) > 1):
            raise InvalidRuleError("shares are positive and add up to 1 at most")


def grades(places: Sequence[tuple[int, Decimal]], rule: GradeRule) -> list[str]:
    """The grade of each entry, given its rank and total among all ranked ones, in their order."""
    if rule.thresholds:
        return [_label(rule, [total >= bound for bound in rule.thresholds]) for _, total in places]
    ends, sum_of_shares = [], Decimal(0)
    for share in rule.shares:
        sum_of_shares += share
        ends.append(int(round_half_up(sum_of_shares * len(places), 0)))
    return [_label(rule, [place <= end for end in ends]) for place, _ in places]


def _label(rule: GradeRule, is_reached: Sequence[bool]) -> str:
    return next(
        (label for label, reached in zip(rule.labels, is_reached, strict=False) if reached),
        rule.labels[-1],
    )
