"""Corrected totals: published figures of each judge in, exact arithmetic from there on.

A model (``severity``, ``scale``) finds how strict each judge is and how much of the scale they
use. Its figures are rounded once, where ``Correction`` is made, and published. What follows is
a calculation that anyone can repeat by hand:

1. each total of judge j is put on the common scale: ``centre + (x - centre + severity) / scale``,
   rounded half up to the decimals of the rule;
2. the entry's total is the mean of these, weighted by ``weight``, drawn towards the centre as
   if ``pull`` further judges had found it average: few marks say less than many.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from eventhub.domain.scoring.exact import (
    InvalidRuleError,
    NoMarksError,
    add,
    dot,
    round_half_up,
    round_ratio,
)

DECIMALS = 6

JudgeId = TypeVar("JudgeId", bound=Hashable)


class UnknownJudgeError(ValueError):
    """The correction was made without this judge's marks."""


@dataclass(frozen=True, slots=True)
class JudgeCorrection:
    """One judge. ``severity`` above 0 marks below the others; ``scale`` above 1 marks wider."""

    severity: Decimal
    scale: Decimal
    weight: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        if self.scale <= 0 or self.weight <= 0:
            raise InvalidRuleError("scale and weight are positive")


@dataclass(frozen=True, slots=True)
class Correction(Generic[JudgeId]):
    """All that is needed to correct a round's totals."""

    centre: Decimal
    pull: Decimal
    judges: Mapping[JudgeId, JudgeCorrection]

    def __post_init__(self) -> None:
        if self.pull < 0:
            raise InvalidRuleError("the pull is not negative")

    def put_right(self, judge_id: JudgeId, total: Decimal, *, decimals: int) -> Decimal:
        """A judge's total on the common scale.

        Raises:
            UnknownJudgeError: the correction does not know the judge.
        """
        judge = self._judge(judge_id)
        points, of_points = total.as_integer_ratio()
        centre, of_centre = self.centre.as_integer_ratio()
        severity, of_severity = judge.severity.as_integer_ratio()
        scale, of_scale = judge.scale.as_integer_ratio()
        of_all = of_points * of_centre * of_severity
        lifted = (
            points * of_centre * of_severity
            - centre * of_points * of_severity
            + severity * of_points * of_centre
        )
        return round_ratio(
            centre * of_points * of_severity * scale + lifted * of_scale, of_all * scale, decimals
        )

    def total(self, converted: Mapping[JudgeId, Decimal]) -> Fraction:
        """An entry's corrected total from what ``put_right`` gave, exact; the caller rounds.

        Raises:
            NoMarksError: nobody judged it.
            UnknownJudgeError: the correction does not know a judge.
        """
        if not converted:
            raise NoMarksError("no scoresheets")
        weights = [self._judge(judge_id).weight for judge_id in converted]
        centre, weight = Fraction(self.centre), Fraction(add(weights))
        lifted = Fraction(dot(weights, converted.values())) - centre * weight
        return centre + lifted / (weight + Fraction(self.pull))

    def _judge(self, judge_id: JudgeId) -> JudgeCorrection:
        try:
            return self.judges[judge_id]
        except KeyError:
            raise UnknownJudgeError(f"no correction for {judge_id!r}") from None


def figure(value: float) -> Decimal:
    """A figure of the model as it is published: the one way from ``float`` to ``Decimal``."""
    return round_half_up(Decimal(value), DECIMALS)
