"""Two-stage totals: what the round before published has its share."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eventhub.domain.scoring.exact import InvalidRuleError
from eventhub.domain.scoring.rules import ScoreRule, ScoreRuleKind
from eventhub.domain.scoring.standings import Facts, RoundRule, Sheet, standings

MEAN = ScoreRule(ScoreRuleKind.MEAN)


def sheets(**totals: str) -> list[Sheet[str, str]]:
    return [Sheet(entry, "j", {"all": Decimal(total)}) for entry, total in totals.items()]


def test_both_published_totals_are_joined_and_rounded_once_more():
    rule = RoundRule(MEAN, earlier_weight=Decimal("0.4"))
    facts = {"a": Facts(earlier=Decimal("90.01")), "b": Facts(earlier=Decimal("70.00"))}
    lines = standings(sheets(a="80.00", b="95.00"), rule=rule, facts=facts)
    found = [(line.entry_id, line.own, line.total, line.rank) for line in lines]
    assert found == [
        ("b", Decimal("95.00"), Decimal("85.00"), 1),
        ("a", Decimal("80.00"), Decimal("84.00"), 2),
    ]


def test_an_entry_without_an_earlier_total_has_no_rank():
    rule = RoundRule(MEAN, earlier_weight=Decimal("0.4"))
    facts = {"a": Facts(earlier=Decimal("60.00"))}
    lines = standings(sheets(a="80.00", b="95.00"), rule=rule, facts=facts)
    assert [(line.entry_id, line.total, line.rank) for line in lines] == [
        ("a", Decimal("72.00"), 1),
        ("b", None, None),
    ]


@pytest.mark.parametrize("weight", ["0", "1", "1.2", "-0.1"])
def test_a_share_lies_between_none_and_all(weight):
    with pytest.raises(InvalidRuleError):
        RoundRule(MEAN, earlier_weight=Decimal(weight))
