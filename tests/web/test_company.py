"""The company's page: written with and without a script, refused in clear words, read by others."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from eventhub.circles.queries import get_circle
from eventhub.db import db
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.entries.service import companies
from tests.factories import make_competition, make_entry, make_organiser

VECTORS = json.loads(
    (Path(__file__).parents[1] / "unit/vectors/identifiers.json").read_text(encoding="utf-8")
)["uscc"]
CODE = "91500106MA5ABCD19F"


@pytest.fixture
def entry(tia) -> Entry:
    """A draft of 创业组, which looks at the company."""
    return make_entry(make_competition(groups=("ug-startup",)), captain=tia, state=EntryState.DRAFT)


def address(entry: Entry) -> str:
    return f"/entries/{entry.id}/company"


def whole(**changes: str) -> dict[str, str]:
    return {
        "is_registered": "yes",
        "name": "重庆智巡科技有限公司",
        "credit_code": "9150 0106 ma5a bcd1 9f",
        "registered_on": "2026-07-01",
        "legal_representative": "田佳",
        "shareholders-0-name": "田佳",
        "shareholders-0-share": "33.4",
        "shareholders-1-name": "重庆种子基金",
        "shareholders-1-share": "６６．６％",
        **changes,
    }


def reread(entry: Entry) -> Entry:
    db.session.expire_all()
    return queries.get_entry(entry.id)


def states(entry: Entry) -> dict[str, str]:
    entry = reread(entry)
    items = service.list_checks(entry, service.list_slots(entry))
    return {item.rule_key or item.key: item.state for item in items}


def autosave(browser, entry: Entry, fields: dict[str, str], version: int | None = None, **kw):
    if version is None:
        version = companies.fingerprint(companies.draft_of(reread(entry).company))
    body = {"version": version, "fields": fields}
    return browser.post_json(f"{address(entry)}/autosave", body, token_from=address(entry), **kw)


def test_the_tab_stands_where_the_group_looks_at_a_company(browser, tia, entry):
    browser.sign_in(tia)

    page = browser.get(address(entry))

    assert page.select_one('.tab-bar a[aria-current="page"]').text.strip() == "企业与股权"
    assert "这一页的要求" in page.text
    assert "2026年7月20日 之前已注册公司" in page.text
    assert "请在“企业与股权”中填写" in page.text


def test_a_captain_states_the_company_without_any_script(browser, tia, entry):
    browser.sign_in(tia)

    browser.submit(address(entry), whole(), form="#company-form")

    company = reread(entry).company
    assert company.is_registered
    assert (company.credit_code, company.registered_on) == (CODE, date(2026, 7, 1))
    assert company.shareholders == [
        {"name": "田佳", "percent": "167/5"},
        {"name": "重庆种子基金", "percent": "333/5"},
    ]
    page = browser.get(address(entry))
    assert page.select_one("#shareholders-0-share")["value"] == "33.4%"
    assert {
        states(entry)[key]
        for key in ("company", "legal-representative", "legal-share", "team-share")
    } == {"met"}


def test_rows_are_added_and_removed_without_any_script(browser, tia, entry):
    browser.sign_in(tia)
    browser.submit(address(entry), whole(), form="#company-form")

    page = browser.submit(
        address(entry), {"op": "shareholder-add"}, form="#company-form", status=200
    )
    assert page.select_one("#shareholders-2-name")["value"] == ""
    page = browser.submit(
        address(entry), {"op": "shareholder-remove-0"}, form="#company-form", status=200
    )
    assert page.select_one("#shareholders-0-name")["value"] == "重庆种子基金"
    assert not page.has("#shareholders-1-name")

    page = browser.submit(
        address(entry),
        {"op": "save", "shareholders-0-name": None, "shareholders-0-share": None},
        form="#company-form",
    )
    assert [row["name"] for row in reread(entry).company.shareholders] == ["重庆种子基金"]


def test_a_script_saves_while_the_captain_types(browser, tia, entry):
    browser.sign_in(tia)

    told = autosave(browser, entry, whole()).json

    assert told["version"] == companies.fingerprint(companies.draft_of(reread(entry).company))
    assert told["errors"] == {}
    assert "已满足" in told["checklist_html"]
    assert "上传" not in told["checklist_html"]  # only what concerns the company
    again = autosave(browser, entry, whole(), version=0).json  # its answer was lost on the way
    assert again["version"] == told["version"]


def test_a_second_window_is_told_and_nothing_is_lost(browser, tia, entry):
    browser.sign_in(tia)
    first = autosave(browser, entry, whole()).json

    told = autosave(
        browser, entry, whole(name="另一个名字"), version=first["version"] + 1, status=409
    ).json

    assert told["error"]["code"] == "edited_elsewhere"
    assert told["stored"]["version"] == first["version"]
    assert told["stored"]["fields"]["name"] == "重庆智巡科技有限公司"
    page = browser.submit(
        address(entry), whole(version="7", name="另一个名字"), form="#company-form", status=409
    )
    assert page.select_one("#name")["value"] == "另一个名字"
    assert reread(entry).company.name == "重庆智巡科技有限公司"


@pytest.mark.parametrize("code", VECTORS["valid"])
def test_a_code_that_can_be_right_is_taken(browser, tia, entry, code):
    browser.sign_in(tia)

    told = autosave(browser, entry, whole(credit_code=code)).json

    assert told["errors"] == {}
    assert states(entry)["company"] == "met"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("9150010600000190", "应为 18 位，现在是 16 位"),
        ("91500106MA5ABCD19I", "不含 I、O、S、V、Z"),
        ("91500106MA5ABCD19G", "校验位不符"),
        *(
            (line[0] if isinstance(line, list) else line, "统一社会信用代码")
            for line in VECTORS["invalid"]
        ),
    ],
)
def test_a_code_that_cannot_be_right_is_kept_and_told(browser, tia, entry, code, words):
    browser.sign_in(tia)

    told = autosave(browser, entry, whole(credit_code=code)).json

    assert words in told["errors"]["credit_code"][0]
    assert reread(entry).company.credit_code == code
    assert states(entry)["company"] == "missing"
    page = browser.get(address(entry))
    assert words in page.select_one("#credit_code-errors").text
    assert not page.has("[data-error-summary]")  # nothing was refused


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"shareholders-1-share": "66.7"}, "shareholders", "持股比例合计 100.1%，超过了 100%。"),
        ({"shareholders-0-share": "三成"}, "shareholders-0-share", "0 到 100 的百分数"),
        ({"shareholders-0-share": "1/0"}, "shareholders-0-share", "0 到 100 的百分数"),
        ({"registered_on": "2026-02-30"}, "registered_on", "日期"),
        ({"registered_on": "1900-01-01"}, "registered_on", "1949"),
        ({"name": "很" * 101}, "name", "100"),
        ({"credit_code": "9" * 41}, "credit_code", "40"),
        ({"credit_code": "9" * 19}, "credit_code", "最多 18 字"),
        ({"is_registered": "perhaps"}, "is_registered", ""),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(browser, tia, entry, changes, field, words):
    browser.sign_in(tia)

    told = autosave(browser, entry, whole(**changes), status=422).json

    assert words in told["errors"][field][0]
    assert reread(entry).company is None
    page = browser.submit(address(entry), whole(**changes), form="#company-form", status=422)
    assert page.select_one("#legal_representative")["value"] == "田佳"
    assert page.has("[data-error-summary]")


def test_a_company_of_tomorrow_is_refused(browser, tia, entry, time):
    browser.sign_in(tia)
    tomorrow = (time.now() + timedelta(days=2)).date().isoformat()

    told = autosave(browser, entry, whole(registered_on=tomorrow), status=422).json

    assert "不能晚于今天" in told["errors"]["registered_on"][0]


def test_a_third_is_exactly_a_third(browser, tia, entry):
    browser.sign_in(tia)

    autosave(
        browser, entry, whole(**{"shareholders-0-share": "1/3", "shareholders-1-share": "2/3"})
    )
    assert states(entry)["team-share"] == "met"
    autosave(
        browser, entry, whole(**{"shareholders-0-share": "33.33", "shareholders-1-share": "66.67"})
    )
    assert states(entry)["team-share"] == "missing"


def test_a_team_without_a_company_is_told_what_its_group_asks(browser, tia, entry):
    browser.sign_in(tia)

    told = autosave(browser, entry, {"is_registered": "no"}).json

    assert "这一条要求已注册公司，团队表示没有公司" in told["checklist_html"]
    assert states(entry)["company"] == "missing"


def test_from_the_closing_moment_on_the_company_is_fixed(browser, tia, entry, time):
    browser.sign_in(tia)
    autosave(browser, entry, whole())
    page = browser.get(address(entry))
    token = page.select_one('input[name="csrf_token"]')["value"]
    version = page.select_one('input[name="version"]')["value"]
    time.set(entry.competition.entries_close_at)

    refused = browser.post(
        address(entry), whole(csrf_token=token, version=version, name="新名字"), status=409
    )

    assert "企业与股权信息已锁定" in refused.text
    assert refused.select_one("#name")["value"] == "新名字"  # nothing typed is lost
    told = autosave(browser, entry, whole(name="新名字"), status=409).json
    assert told["error"]["code"] == "part_locked"
    page = browser.get(address(entry))
    assert not page.has("#company-form")
    assert "重庆智巡科技有限公司" in page.text
    assert reread(entry).company.name == "重庆智巡科技有限公司"


def test_who_was_returned_after_the_deadline_may_mend_it(browser, tia, time):
    competition = make_competition()
    entry = make_entry(competition, captain=tia, state=EntryState.SUBMITTED)
    time.set(competition.entries_close_at + timedelta(hours=1))
    by = make_organiser(circle=get_circle(competition.event.circle_id))
    service.return_entry(entry.id, reason="请补充企业信息。", by=by)
    browser.sign_in(tia)

    autosave(browser, entry, whole())

    assert reread(entry).company.name == "重庆智巡科技有限公司"


def test_a_submitted_company_is_read_and_not_written(browser, tia):
    entry = make_entry(captain=tia, state=EntryState.SUBMITTED)
    browser.sign_in(tia)

    assert not browser.get(address(entry)).has("#company-form")
    told = autosave(browser, entry, whole(), status=409).json
    assert told["error"]["code"] == "entry_locked"


def test_others_read_it_or_do_not_know_of_it(new_browser, tia, nell, entry):
    captain = new_browser()
    captain.sign_in(tia)
    autosave(captain, entry, whole())
    organiser, stranger = new_browser(), new_browser()
    organiser.sign_in(make_organiser(circle=get_circle(entry.competition.event.circle_id)))
    stranger.sign_in(nell)

    page = organiser.get(address(entry))
    assert CODE in page.text
    assert not page.has("#company-form")
    stranger.get(address(entry), status=404)
    for someone in (organiser, stranger):
        token = someone.csrf_token("/profile")
        someone.post(address(entry), whole(csrf_token=token), status=404)


def test_nonsense_is_no_server_error(browser, tia, entry):
    browser.sign_in(tia)

    for body in (None, [], {"fields": 3}, {"version": 1, "fields": {"name": 7}}):
        browser.post_json(f"{address(entry)}/autosave", body, token_from=address(entry), status=422)
    autosave(browser, entry, whole(**{"shareholders-99999999999999999999-name": "x"}))
    for order in ("shareholder-remove-999", "shareholder-up-1", "drop table"):
        browser.submit(address(entry), {"op": order}, form="#company-form", status=200)
