"""Every deed that a slice records has words on the page of the log."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eventhub.audit.enums import ACTION_LABELS, AREA_LABELS, action_label, fact_label
from eventhub.competitions.enums import CompetitionState, RoundState
from eventhub.entries.enums import EntryState
from eventhub.events.enums import EventState

SOURCES = Path(__file__).parents[2] / "eventhub"
RECORDED = re.compile(r'record\(\s*(?:f?"[a-z_.{}]*"\s+if[^"]*?)?"([a-z]+\.[a-z_]+)"')


def _recorded() -> set[str]:
    found = set()
    for path in SOURCES.rglob("*.py"):
        found |= set(RECORDED.findall(path.read_text()))
    return found


def test_each_action_written_in_the_code_has_words():
    recorded = _recorded()

    assert len(recorded) > 20
    assert recorded - ACTION_LABELS.keys() == set()


@pytest.mark.parametrize(
    ("area", "states"),
    [
        ("competition", CompetitionState),
        ("round", RoundState),
        ("entry", EntryState),
    ],
)
def test_each_move_from_state_to_state_has_words(area, states):
    assert {f"{area}.{state}" for state in states} - ACTION_LABELS.keys() == set()


def test_the_moves_of_events_have_words():
    moves = {f"event.{state}" for state in EventState if state is not EventState.DRAFT}

    assert moves - ACTION_LABELS.keys() == set()


def test_each_area_can_be_chosen():
    assert {action.split(".")[0] for action in ACTION_LABELS} == AREA_LABELS.keys()


@pytest.mark.usefixtures("app")
def test_an_unknown_word_shows_as_it_was_recorded():
    assert action_label("moon.landed") == "moon.landed"
    assert fact_label("moon") == "moon"
    assert fact_label(["甲", "乙"]) == '["甲", "乙"]'
    assert fact_label(None) is None
    assert str(fact_label("published")) == "已发布"
