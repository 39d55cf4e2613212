"""Lists of offices on their pages: template, upload, what was found, the decision."""

from __future__ import annotations

import io

import openpyxl
import pytest

from eventhub.db import db
from eventhub.entries import queries
from eventhub.entries.enums import ImportState
from eventhub.entries.queries import EntryFilter
from eventhub.entries.queries.imports import get_run, list_runs
from eventhub.entries.service import importing
from tests.factories import make_competition, make_university
from tests.factories.schools import (
    make_member_rows,
    make_project_row,
    make_school_officer,
    make_workbook,
)


@pytest.fixture
def competition(olga):
    make_university()
    return make_competition(by=olga)


def path_of(competition) -> str:
    return f"/competitions/{competition.id}/imports"


def send(browser, competition, book: io.BytesIO, *, status=303):
    path = path_of(competition)
    token = browser.csrf_token(path)
    values = {"csrf_token": token, "file": (book, "名单.xlsx")}
    answer = browser._open(
        path, method="POST", data=values, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status == status, answer.text
    return answer


def checked(browser, competition, book):
    """Hand in a list, let the queue work, and open the page."""
    address = send(browser, competition, book).response.location
    waiting = browser.get(address)
    assert "正在检查名单" in waiting.text
    assert waiting.has("[hx-trigger]")
    importing.check_run(list_runs(competition.id)[0].id)
    return browser.get(address)


def names(competition) -> list[str]:
    db.session.expire_all()
    found = db.session.scalars(queries.select_entries(competition.id, EntryFilter())).unique()
    return [entry.name for entry in found]


def test_a_list_goes_from_the_template_to_the_list_of_entries(browser, competition, olga):
    browser.sign_in(olga)
    page = browser.get(path_of(competition))
    template = page.select_one('a[href$="template.xlsx"]')["href"]
    blank = openpyxl.load_workbook(io.BytesIO(browser.get(template).response.data))
    assert "说明" in blank.sheetnames

    book = make_workbook([make_project_row(项目名称="智巡山城")], make_member_rows())
    page = checked(browser, competition, book)
    assert "没有发现问题" in page.text
    assert "智巡山城" in page.text
    assert names(competition) == []

    browser.submit(page.path, action=f"{page.path}/decide")
    run = list_runs(competition.id)[0]
    assert "正在写入" in browser.get(page.path).text
    importing.write_run(run.id)

    assert "导入完成" in browser.get(page.path).text
    assert names(competition) == ["智巡山城"]
    assert "名单.xlsx" in browser.get(path_of(competition)).text


def test_mistakes_are_listed_and_only_the_good_ones_offered(browser, competition, olga):
    book = make_workbook(
        [make_project_row("新1"), make_project_row("新2", 组别="没有的组")],
        [*make_member_rows("新1"), *make_member_rows("新2")],
    )
    browser.sign_in(olga)

    page = checked(browser, competition, book)

    assert "C3" in page.text
    assert "没有的组" in page.text
    assert "没有这个组别" in page.text
    assert "只导入没有问题的 1 个" in page.text
    assert "全部导入" not in [button.text.strip() for button in page.select("button")]
    token = page.select_one("[name=csrf_token]")["value"]
    refused = browser.post(f"{page.path}/decide", {"csrf_token": token, "mode": "all"})
    assert "没有写入任何内容" in browser.get(refused.response.location).text
    browser.submit(page.path, {"mode": "good"}, action=f"{page.path}/decide")
    importing.write_run(list_runs(competition.id)[0].id)
    assert names(competition) == ["项目新1"]


def test_many_mistakes_page(browser, competition, olga):
    rows = [make_project_row(f"新{n}", 组别="没有的组") for n in range(1, 131)]
    members = [row for n in range(1, 131) for row in make_member_rows(f"新{n}", count=1)]
    browser.sign_in(olga)

    page = checked(browser, competition, make_workbook(rows, members))

    assert "共 130 处" in page.text
    assert "第 1 / 2 页" in page.text
    assert "C131" in browser.get(f"{page.path}?page=2").text


def test_a_file_that_is_no_list_is_refused_beside_the_field(browser, competition, olga):
    browser.sign_in(olga)

    page = send(browser, competition, io.BytesIO(b"name,school\n"), status=422)
    assert "XLSX" in page.text
    token = browser.csrf_token(path_of(competition))
    empty = browser.post(path_of(competition), {"csrf_token": token}, status=422)
    assert "请先选择文件" in empty.text


def test_a_file_that_cannot_be_read_says_why(browser, competition, olga):
    browser.sign_in(olga)

    page = checked(browser, competition, make_workbook([], []))

    assert "这份文件读不了" in page.text
    assert "没有内容" in page.text


def test_a_list_is_put_aside(browser, competition, olga):
    browser.sign_in(olga)
    page = checked(browser, competition, make_workbook([make_project_row()], make_member_rows()))

    browser.submit(page.path, action=f"{page.path}/discard")

    assert get_run(list_runs(competition.id)[0].id).state is ImportState.DISCARDED
    assert "已放弃" in browser.get(page.path).text
    token = browser.csrf_token("/profile")
    late = browser.post(f"{page.path}/decide", {"csrf_token": token, "mode": "all"})
    assert "已经处理过" in browser.get(late.response.location).text


def test_an_officer_has_the_page_without_the_organiser_s_tabs(new_browser, competition, olga, tia):
    officer = new_browser().sign_in(make_school_officer())
    page = checked(officer, competition, make_workbook([make_project_row()], make_member_rows()))

    assert not page.has('a[href^="/manage/"]')
    assert page.path in officer.get(path_of(competition)).response.text
    colleague = new_browser().sign_in(make_school_officer("赵勤"))
    colleague.get(page.path, status=404)
    assert "名单.xlsx" not in colleague.get(path_of(competition)).text
    assert new_browser().sign_in(olga).get(page.path)
    stranger = new_browser().sign_in(tia)
    stranger.get(page.path, status=404)
    stranger.get(path_of(competition), status=404)
    stranger.get(f"{path_of(competition)}/template.xlsx", status=404)
