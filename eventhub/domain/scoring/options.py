"""What a score rule needs beyond its kind, as data that a round keeps and a file publishes.

Numbers are written as text, so that no program on the way rounds them. What is not written is
not asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from eventhub.domain.scoring.composing import GradeRule, VoteRule
from eventhub.domain.scoring.exact import InvalidRuleError


@dataclass(frozen=True, slots=True)
class Options:
    """Beside the kind of a rule.

    ``vote``: the share of an online vote. ``earlier_weight``: the share that the published
    total of the round before has in this one's. ``review_above``: an entry goes to 复议 where
    the standard scores of its judges are further apart. ``grades``: what a rank or total earns.
    """

    mark_decimals: int = 4
    vote: VoteRule | None = None
    earlier_weight: Decimal | None = None
    review_above: Decimal | None = None
    grades: GradeRule | None = None

    def __post_init__(self) -> None:
        if self.earlier_weight is not None and not 0 < self.earlier_weight < 1:
            raise InvalidRuleError("the weight of the round before lies between 0 and 1")
        if self.review_above is not None and self.review_above <= 0:
            raise InvalidRuleError("a range above which to review is positive")


def read_options(data: Mapping[str, Any]) -> Options:
    """Read what ``write_options`` wrote.

    Raises:
        InvalidRuleError: it is something else.
    """
    vote, grades = data.get("vote"), data.get("grades")
    try:
        return Options(
            mark_decimals=int(data.get("mark_decimals", 4)),
            vote=VoteRule(Decimal(vote["weight"]), Decimal(vote["full_points"])) if vote else None,
            earlier_weight=_number(data.get("earlier_weight")),
            review_above=_number(data.get("review_above")),
            grades=_read_grades(grades) if grades else None,
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        if isinstance(error, InvalidRuleError):
            raise
        raise InvalidRuleError("the options of the rule cannot be read") from error


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _read_grades(data: Mapping[str, Any]) -> GradeRule:
    return GradeRule(
        tuple(data["labels"]),
        tuple(Decimal(text) for text in data.get("thresholds", ())),
        tuple(Decimal(text) for text in data.get("shares", ())),
    )


def write_options(options: Options) -> dict[str, Any]:
    """As JSON values; a rule without options is an empty object."""
    written: dict[str, Any] = {}
    if options.mark_decimals != Options().mark_decimals:
        written["mark_decimals"] = options.mark_decimals
    if options.vote is not None:
        written["vote"] = {
            "weight": str(options.vote.weight),
            "full_points": str(options.vote.full_points),
        }
    if options.earlier_weight is not None:
        written["earlier_weight"] = str(options.earlier_weight)
    if options.review_above is not None:
        written["review_above"] = str(options.review_above)
    if options.grades is not None:
        grades: dict[str, Any] = {"labels": list(options.grades.labels)}
        for name in ("thresholds", "shares"):
            bounds = getattr(options.grades, name)
            if bounds:
                grades[name] = [str(bound) for bound in bounds]
        written["grades"] = grades
    return written
