"""The rules of a group and of all groups, edited on a page without any script."""

from __future__ import annotations

from typing import Any

import pytest

from eventhub.competitions.conditions import read_rules
from eventhub.competitions.models import Group
from eventhub.db import db
from eventhub.domain.eligibility import RuleKind, Who
from tests.factories import make_circle, make_competition, make_organiser


@pytest.fixture
def group(olga) -> Group:
    """本科生创业组: its rules have parameters."""
    return make_competition(by=olga, groups=("ug-startup",)).groups[0]


def address(group: Group) -> str:
    return f"/manage/groups/{group.id}"


def keys(rules: dict[str, Any]) -> list[str]:
    db.session.expire_all()
    return [rule.key for rule in read_rules(rules)]


def press(browser, path: str, order: str, **typed: str):
    return browser.submit(path, {"op": order, **typed}, form="form[id$=-form]", status=200)


def test_each_rule_shows_kind_parameters_words_source_and_what_the_team_reads(browser, olga, group):
    browser.sign_in(olga)

    page = browser.get(address(group))

    row = page.select(".rule-row")[4]
    assert "团队合计持股下限" in row.text
    assert row.select_one('[name="rules-4-share"]')["value"] == "1/3"
    assert "autoC" in row.select_one('[name="rules-4-source"]')["value"]
    assert "团队看到：团队成员合计持股不低于 1/3" in row.text
    assert not row.select('[name="rules-4-on"]')  # of another kind


def test_saving_the_page_as_it_stands_changes_nothing(browser, olga, group):
    browser.sign_in(olga)
    before = group.rules

    browser.submit(address(group), {}, form="#group-form")

    db.session.expire_all()
    assert group.rules == before


def test_a_rule_is_added_with_its_parameters(browser, olga, group):
    browser.sign_in(olga)
    added = press(browser, address(group), "rule-add", add_kind="status_on", name="改了一半的名字")
    last = len(added.select(".rule-row")) - 1
    assert added.select_one("#name")["value"] == "改了一半的名字"  # nothing typed is lost
    assert len(keys(group.rules)) == last  # nor saved
    fresh = {f["name"]: f.get("value", "") for f in added.select(f'[name^="rules-{last}-"]')}
    assert fresh[f"rules-{last}-key"] == fresh[f"rules-{last}-source"] == ""

    form = added.select_one("#group-form")
    values = {
        field["name"]: field.get("value", "") if field.name == "input" else field.text
        for field in form.select("input[name], textarea[name]")
        if field.get("type") != "checkbox"
    }
    values |= {
        select["name"]: (select.select_one("option[selected]") or select.select_one("option"))[
            "value"
        ]
        for select in form.select("select[name]")
    }
    browser.post(
        address(group),
        values
        | {
            f"rules-{last}-on": "2026-06-01",
            f"rules-{last}-who": "captain",
            f"rules-{last}-text": "负责人须于 2026-06-01 在籍。",
            f"rules-{last}-source": "校内通知",
            "op": "save",
        },
    )

    db.session.expire_all()
    rule = read_rules(group.rules)[-1]
    assert (rule.kind, rule.who, str(rule.on), rule.source) == (
        RuleKind.STATUS_ON,
        Who.CAPTAIN,
        "2026-06-01",
        "校内通知",
    )
    assert rule.is_changed
    page = browser.get(address(group))
    assert "主办方有修改" in page.select(".rule-row")[last].text
    assert "团队看到：负责人在 2026年6月1日 具有学籍" in page.select(".rule-row")[last].text


def test_rules_move_and_go_by_their_buttons(browser, olga, group):
    browser.sign_in(olga)

    def shown(order: str) -> list[str]:
        page = press(browser, address(group), order)
        return [field["value"] for field in page.select('[name^="rules-"][name$="-key"]')]

    first, second, *others = keys(group.rules)
    assert shown("rule-up-1") == [second, first, *others]
    assert shown("rule-down-0") == [second, first, *others]
    assert shown("rule-remove-0") == [second, *others]
    assert shown("rule-remove-99") == [first, second, *others]
    assert keys(group.rules) == [first, second, *others]


def test_a_new_row_takes_nothing_from_one_that_was_removed_on_the_spot(browser, olga, group):
    browser.sign_in(olga)
    page = browser.get(address(group))
    last = len(page.select(".rule-row")) - 1
    gone = {field["name"]: None for field in page.select(f'[name^="rules-{last}-"]')}

    page = press(browser, address(group), "rule-add", add_kind="statement", **gone)

    fields = {f["name"]: f.get("value") or f.text for f in page.select(f'[name^="rules-{last}-"]')}
    assert fields.pop(f"rules-{last}-kind") == "statement"
    assert {value.strip() for value in fields.values()} == {""}


def test_an_order_is_kept_once_it_is_saved(browser, olga, group):
    browser.sign_in(olga)
    first, second, *others = keys(group.rules)
    page = browser.get(address(group))
    values = {}
    for at, other in ((0, 1), (1, 0)):
        for field in page.select(f'[name^="rules-{other}-"]'):
            name = str(field["name"]).replace(f"rules-{other}-", f"rules-{at}-")
            values[name] = field.get("value", "") if field.name == "input" else field.text
        for field in page.select(f'[name^="rules-{at}-"]'):
            values.setdefault(str(field["name"]), None)
    browser.submit(address(group), values, form="#group-form")

    assert keys(group.rules) == [second, first, *others]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"rules-4-share": "一半"}, "请填写百分数"),
        ({"rules-4-share": ""}, "请填写有效的内容"),
        ({"rules-2-year": "1800"}, ""),
        ({"rules-5-text": ""}, "请写明这一条的内容"),
        ({"rules-5-text": "很" * 401}, ""),
    ],
)
def test_what_makes_no_sense_is_told_in_its_row(browser, olga, group, typed, words):
    browser.sign_in(olga)
    before = group.rules
    [(name, value)] = typed.items()

    page = browser.submit(
        address(group), {**typed, "name": "新名称"}, form="#group-form", status=422
    )

    cell = page.select_one(f'[name="{name}"]')
    assert cell["aria-invalid"] == "true"
    assert words in page.select_one(f"#{name}-errors").text
    assert (cell.get("value", "") if cell.name == "input" else cell.text.strip()) == value
    assert page.select_one("#name")["value"] == "新名称"
    assert page.has("[data-error-summary]")
    db.session.expire_all()
    assert group.rules == before


def test_a_second_organiser_is_told_and_may_save_again(browser, olga, group):
    browser.sign_in(olga)
    seen = browser.get(address(group)).select_one('[name="seen"]')["value"]
    browser.submit(address(group), {"member_max": "9"}, form="#group-form")

    page = browser.submit(
        address(group), {"seen": seen, "member_max": "8"}, form="#group-form", status=409
    )

    assert "团队人数" in page.text
    assert page.select_one("#member_max")["value"] == "8"
    form_seen = page.select_one('[name="seen"]')["value"]
    browser.submit(address(group), {"seen": form_seen, "member_max": "8"}, form="#group-form")
    db.session.expire_all()
    assert group.member_max == 8


def test_the_common_rules_have_a_page(browser, olga, group):
    browser.sign_in(olga)
    path = f"/manage/competitions/{group.competition_id}/conditions"
    assert path in {link.get("href") for link in browser.get(address(group)).select("a")}

    page = browser.get(path)
    names = [field["value"] for field in page.select('[name$="-key"]')]
    at = names.index("integrity")
    browser.submit(path, {f"rules-{at}-text": "违反“十不准”即一票否决。"}, form="#conditions-form")

    db.session.expire_all()
    changed = {rule.key: rule for rule in read_rules(group.competition.rules)}
    assert changed["integrity"].text == "违反“十不准”即一票否决。"
    assert [key for key, rule in changed.items() if rule.is_changed] == ["integrity"]


def test_another_circles_organiser_sees_neither(browser, group):
    browser.sign_in(make_organiser("外人", circle=make_circle("swu", university="西南大学")))

    for path in (address(group), f"/manage/competitions/{group.competition_id}/conditions"):
        answer = browser.get(path, status=None)
        assert answer.status in {403, 404}


def test_nonsense_is_no_server_error(browser, olga, group):
    browser.sign_in(olga)

    for order in ("rule-add", "rule-up-999", "rule-fly", "rule-remove-1x"):
        press(browser, address(group), order, add_kind="of-the-future")
    browser.submit(
        address(group), {"rules-0-kind": "of-the-future"}, form="#group-form", status=422
    )
