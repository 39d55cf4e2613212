"""Setting a rule aside: the organiser's pages, and what the team reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eventhub.circles.queries import get_circle
from eventhub.db import db
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.entries.service import draft_of, waivers
from tests.factories import make_circle, make_competition, make_entry, make_organiser

REASON = "一名成员因病退出，评审会 11 月 20 日同意。"


@pytest.fixture
def entry(tia) -> Entry:
    """A team that lacks a member."""
    begun = make_entry(make_competition(), captain=tia, state=EntryState.DRAFT)
    draft = replace(draft_of(begun), members=draft_of(begun).members[:2])
    return service.save_entry(begun.id, version=begun.version, draft=draft, by=tia)


@pytest.fixture
def organiser(new_browser, entry):
    """Someone who runs the competition, at a browser."""
    browser = new_browser()
    browser.sign_in(make_organiser(circle=get_circle(entry.competition.event.circle_id)))
    return browser


def address(entry: Entry) -> str:
    return f"/manage/entries/{entry.id}/waivers"


def standing(entry: Entry) -> list[str]:
    db.session.expire_all()
    return [waiver.rule_key for waiver in waivers.list_standing(queries.get_entry(entry.id))]


def test_an_organiser_waives_a_rule_and_the_team_reads_why(organiser, browser, tia, entry):
    choices = [option.text for option in organiser.get(address(entry)).select("#rule_key option")]
    assert choices[1] == "团队 3–15 人（含负责人）（未满足）"  # what is not met stands first

    organiser.submit(address(entry), {"rule_key": "team-size", "reason": REASON})

    assert standing(entry) == ["team-size"]
    browser.sign_in(tia)
    page = browser.get(f"/entries/{entry.id}")
    assert f"主办方已为本项目豁免：{REASON}" in page.select_one(".checklist__item--waived").text
    assert "还差 1 人" not in page.text
    assert "团队 3–15 人" not in organiser.get(address(entry)).select_one("#rule_key").text
    service.submit_entry(entry.id, by=tia)


def test_a_waiver_is_taken_back(organiser, entry):
    organiser.submit(address(entry), {"rule_key": "team-size", "reason": REASON})
    [waiver] = waivers.list_standing(queries.get_entry(entry.id))
    token = organiser.csrf_token(address(entry))

    for _twice in range(2):
        organiser.post(f"{address(entry)}/{waiver.id}/revoke", {"csrf_token": token})

    assert standing(entry) == []


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"rule_key": "team-size", "reason": "  "}, 422, "请写明豁免的理由"),
        ({"rule_key": "", "reason": REASON}, 422, "请从列表中选择一条规则"),
        ({"rule_key": "team-size", "reason": "长" * 1001}, 422, "1000"),
    ],
)
def test_what_is_missing_is_told_and_nothing_typed_is_lost(organiser, entry, typed, status, words):
    page = organiser.submit(address(entry), typed, status=status)

    assert words in page.text
    assert page.select_one("#reason").text.strip() == typed["reason"].strip()
    assert standing(entry) == []


def test_a_rule_of_no_group_cannot_be_sent(organiser, entry):
    organiser.submit(address(entry), {"rule_key": "of-no-rule", "reason": REASON}, status=422)

    assert standing(entry) == []


def test_only_who_runs_the_competition_opens_the_page(new_browser, tia, entry):
    for someone in (tia, make_organiser("外人", circle=make_circle("swu", university="西南大学"))):
        browser = new_browser()
        browser.sign_in(someone)
        assert browser.get(address(entry), status=None).status in {403, 404}
        token = browser.csrf_token("/profile")
        answer = browser.post(
            address(entry),
            {"csrf_token": token, "rule_key": "team-size", "reason": REASON},
            status=None,
        )
        assert answer.status in {403, 404}
    assert standing(entry) == []


def test_a_waiver_of_another_entry_is_not_found(organiser, entry, jun):
    other = make_entry(entry.competition, captain=jun, state=EntryState.DRAFT)
    organiser.submit(address(entry), {"rule_key": "team-size", "reason": REASON})
    [waiver] = waivers.list_standing(queries.get_entry(entry.id))
    token = organiser.csrf_token(address(entry))

    organiser.post(f"{address(other)}/{waiver.id}/revoke", {"csrf_token": token}, status=404)

    assert standing(entry) == ["team-size"]
