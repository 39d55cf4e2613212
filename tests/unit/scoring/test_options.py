"""The options of a score rule come back as they were written."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from eventhub.domain.scoring.composing import GradeRule, VoteRule
from eventhub.domain.scoring.exact import InvalidRuleError
from eventhub.domain.scoring.options import Options, read_options, write_options


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(mark_decimals=2, vote=VoteRule(Decimal("0.20"))),
        Options(earlier_weight=Decimal("0.4"), review_above=Decimal("15.5")),
        Options(grades=GradeRule(("A", "B"), thresholds=(Decimal("90.00"),))),
        Options(grades=GradeRule(("一等", "二等"), shares=(Decimal("0.3"),))),
    ],
)
def test_there_and_back(options):
    assert read_options(json.loads(json.dumps(write_options(options)))) == options


def test_nothing_is_written_of_nothing():
    assert write_options(Options()) == {}


@pytest.mark.parametrize(
    "data",
    [
        {"vote": {"weight": "1.5", "full_points": "100"}},
        {"vote": {"weight": "0.2"}},
        {"earlier_weight": "1"},
        {"earlier_weight": "much"},
        {"review_above": "0"},
        {"grades": {"labels": ["A", "B"]}},
        {"mark_decimals": "many"},
    ],
)
def test_what_is_no_rule_is_refused(data):
    with pytest.raises(InvalidRuleError):
        read_options(data)
