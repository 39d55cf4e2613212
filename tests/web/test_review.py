"""The organiser's list: narrowing, choosing, deciding, taking back, exporting."""

from __future__ import annotations

import io

import openpyxl
import pytest
from sqlalchemy import select

from eventhub.audit.models import AuditEntry
from eventhub.db import db, transaction
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryOrder, EntryState
from eventhub.entries.queries import EntryFilter
from tests.factories import make_competition, make_entry, make_person, make_university
from tests.factories.schools import make_school_officer


@pytest.fixture
def competition(olga):
    return make_competition(by=olga, groups=("ug-creative", "ug-startup"))


def add(competition, name: str, state: EntryState = EntryState.SUBMITTED):
    captain = make_person("冉小满", university=make_university())
    return make_entry(competition, captain=captain, state=state, name=name)


def index(competition, query: str = "") -> str:
    return f"/manage/competitions/{competition.id}/entries{query}"


def state_of(entry) -> EntryState:
    db.session.expire_all()
    return queries.get_entry(entry.id).state


def choose(browser, competition, entries, verdict="approved", query=""):
    """Tick these entries of the list and press a button."""
    token = browser.get(index(competition, query)).select_one("[name=csrf_token]")["value"]
    return browser.post(
        f"{index(competition)}/choose{query}",
        {"csrf_token": token, "entry": [str(e.id) for e in entries], "verdict": verdict}
        if not isinstance(entries, str)
        else {"csrf_token": token, "everything": "y", "verdict": verdict},
        status=None,
    )


def confirm(browser, competition, page, **values):
    form = page.select_one('form.form[action*="/decide"]')
    fields = {control["name"]: control.get("value", "") for control in form.select("input[name]")}
    return browser.post(form["action"], {**fields, **values}, status=None)


def test_several_are_approved_after_a_look_and_can_be_taken_back(browser, competition, olga):
    good, draft = add(competition, "智巡山城"), add(competition, "草稿", EntryState.DRAFT)
    browser.sign_in(olga)

    page = choose(browser, competition, [good, draft])
    assert "将通过 1 个项目" in page.text
    assert "将跳过 1 个项目" in page.text
    assert "团队还在填写" in page.text
    assert state_of(good) is EntryState.SUBMITTED

    done = confirm(browser, competition, page)
    assert done.status == 303
    page = browser.get(done.response.location)
    assert "已通过 1 个项目" in page.text
    assert "刚刚通过了 1 个项目" in page.text
    assert state_of(good) is EntryState.APPROVED

    undo = page.select_one('form[action*="/undo"]')["action"]
    browser.submit(index(competition), action=undo)
    assert state_of(good) is EntryState.SUBMITTED
    assert "刚刚通过了" not in browser.get(index(competition)).text


def test_what_moved_on_is_named_after_taking_back(browser, competition, olga):
    entry = add(competition, "智巡山城")
    browser.sign_in(olga)
    confirm(browser, competition, choose(browser, competition, [entry]))
    service.return_entry(entry.id, reason="请修改。", by=olga)

    page = browser.get(index(competition))
    undo = page.select_one('form[action*="/undo"]')["action"]
    answer = browser.submit(index(competition), action=undo, status=200)

    assert "没有撤销" in answer.text
    assert "智巡山城" in answer.text


def test_returning_several_needs_a_reason_and_keeps_the_choice(browser, competition, olga):
    entry = add(competition, "智巡山城")
    browser.sign_in(olga)
    page = choose(browser, competition, [entry], verdict="returned")

    page = confirm(browser, competition, page, reason=" ")
    assert page.status == 422
    assert "请写明退回原因" in page.text
    assert "将退回 1 个项目" in page.text
    done = confirm(browser, competition, page, reason="请补充财务预测。")

    assert done.status == 303, done.text
    assert state_of(entry) is EntryState.RETURNED


def test_everything_that_the_list_shows_can_be_chosen(browser, competition, olga, monkeypatch):
    from eventhub.entries.queries import lists

    monkeypatch.setattr(lists, "PER_PAGE", 1)
    add(competition, "山城甲")
    add(competition, "山城乙")
    other = add(competition, "别的")
    browser.sign_in(olga)

    page = choose(browser, competition, "all", query="?q=山城")
    assert "将通过 2 个项目" in page.text
    assert "别的" not in page.text
    confirm(browser, competition, page)

    assert state_of(other) is EntryState.SUBMITTED


def test_choosing_nothing_says_so(browser, competition, olga):
    add(competition, "智巡山城")
    browser.sign_in(olga)

    answer = choose(browser, competition, [])

    assert answer.status == 303
    assert "请先勾选项目" in browser.get(answer.response.location).text


@pytest.mark.parametrize("verdict", ["", "deleted"])
def test_a_verdict_that_is_none_changes_nothing(browser, competition, olga, verdict):
    entry = add(competition, "智巡山城")
    browser.sign_in(olga)

    assert choose(browser, competition, [entry], verdict=verdict).status == 303
    token = browser.csrf_token(index(competition))
    values = {"csrf_token": token, "entries": str(entry.id), "verdict": verdict}
    assert browser.post(f"{index(competition)}/decide", values).status == 303
    assert state_of(entry) is EntryState.SUBMITTED


def test_nonsense_for_keys_is_nobody_s(browser, competition, olga):
    browser.sign_in(olga)
    token = browser.csrf_token(index(competition))
    values = {"csrf_token": token, "entries": "x y 1", "verdict": "approved"}

    page = browser.post(f"{index(competition)}/decide", values, status=409)

    assert "没有任何改动" in page.text


def test_filters_stay_in_the_address_and_in_the_form(browser, competition, olga):
    add(competition, "智巡山城")
    browser.sign_in(olga)

    page = browser.get(index(competition, "?recommended=no&sort=name&q=zxsc&category=新工科"))

    assert "智巡山城" in page.text
    assert page.has("details.filters__more[open]")
    assert page.select_one("#filter-recommended option[selected]")["value"] == "no"
    assert page.select_one("#filter-sort option[selected]")["value"] == "name"
    action = page.select_one("form[data-choose]")["action"]
    assert "recommended=no" in action
    for nonsense in ("?recommended=x&proof=y&round=z&sort=q", "?track=x", "?round=" + "0" * 32):
        browser.get(index(competition, nonsense))


def test_the_list_tells_who_is_recommended_and_who_waits_for_it(browser, competition, olga):
    with transaction():
        competition.needs_recommendation = True
    ranked = add(competition, "甲")
    bare = add(competition, "乙")
    service.recommend_entry(ranked.id, opinion="团队扎实。", by=make_school_officer())
    browser.sign_in(olga)

    page = browser.get(index(competition))
    assert "学校推荐第 1" in page.text
    assert "等待学校推荐" in page.text
    assert not page.has(f'form[action$="{bare.id}/approve"]')
    assert "团队扎实。" in browser.get(f"/manage/entries/{ranked.id}").text

    path = f"/manage/entries/{bare.id}"
    assert "学校推荐之后才能通过" in browser.get(path).text
    token = browser.csrf_token(path)
    refused = browser.post(f"{path}/approve", {"csrf_token": token}, status=409)
    assert "还没有学校推荐" in refused.text


def test_the_workbook_holds_contacts_only_when_asked_for(browser, competition, olga):
    entry = add(competition, "智巡山城")
    browser.sign_in(olga)
    action = f"{index(competition)}.xlsx"

    def book(values):
        answer = browser.submit(index(competition), values, action=action, status=200)
        assert answer.response.headers["Content-Disposition"].startswith("attachment")
        return openpyxl.load_workbook(io.BytesIO(answer.response.data))

    plain = [row for sheet in book({"with_personal": None}) for row in sheet.values]
    full = [row for sheet in book({"with_personal": "y"}) for row in sheet.values]

    assert entry.members[0].email not in str(plain)
    assert entry.members[0].email in str(full)
    deeds = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "entries.exported").order_by(AuditEntry.seq)
    ).all()
    assert [deed.after for deed in deeds] == [
        {"count": 1, "with_contacts": False},
        {"count": 1, "with_contacts": True},
    ]


def test_strangers_neither_choose_nor_decide_nor_take_back(
    browser, competition, olga, tia, new_browser
):
    entry = add(competition, "智巡山城")
    organiser = new_browser().sign_in(olga)
    confirm(organiser, competition, choose(organiser, competition, [entry]))
    undo = organiser.get(index(competition)).select_one('form[action*="/undo"]')["action"]
    browser.sign_in(tia)
    token = browser.csrf_token("/profile")

    for path in (f"{index(competition)}/choose", f"{index(competition)}/decide", undo):
        browser.post(path, {"csrf_token": token, "verdict": "approved"}, status=404)
    assert state_of(entry) is EntryState.APPROVED


def test_one_goes_through_a_narrowed_list_entry_by_entry(browser, competition, olga):
    first, second, third = (add(competition, f"{name}项目") for name in "甲乙丙")
    add(competition, "草稿", EntryState.DRAFT)
    browser.sign_in(olga)
    here = "/manage/entries/{}?state=submitted"

    listed = browser.get(index(competition, "?state=submitted"))
    assert listed.has(f'a[href="{here.format(first.id)}"]')
    page = browser.get(here.format(second.id))
    assert "第 2 个，共 3 个" in page.text
    assert page.select_one("a[rel=prev]")["href"] == here.format(first.id)
    assert page.select_one("a[rel=next]")["href"] == here.format(third.id)
    assert not browser.get(here.format(third.id)).has("a[rel=next]")

    sent = browser.submit(here.format(second.id), action=f"/manage/entries/{second.id}/approve")
    assert sent.response.location == here.format(second.id)
    decided = browser.get(here.format(second.id))
    assert decided.select_one("a[rel=next]")["href"] == here.format(first.id)
    assert not decided.has("a[rel=prev]")


@pytest.mark.parametrize("order", list(EntryOrder))
def test_every_order_knows_its_neighbours(competition, order):
    entries = [add(competition, f"{name}项目") for name in "甲乙丙"]
    wanted = EntryFilter(order=order)

    rows = queries.page_entries(competition.id, wanted, page=1).items
    found = [queries.find_neighbours(competition.id, wanted, row.id) for row in rows]

    ids = [row.id for row in rows]
    assert {*ids} == {entry.id for entry in entries}
    assert [near.place for near in found] == [1, 2, 3]
    assert [near.before for near in found] == [None, *ids[:2]]
    assert [near.after for near in found] == [*ids[1:], None]
    nobody = queries.find_neighbours(competition.id, EntryFilter(words="没有"), ids[0])
    assert (nobody.total, nobody.after) == (0, None)
