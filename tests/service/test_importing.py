"""Lists of offices: read, checked, tried out, written; what was exported comes back unchanged."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from openpyxl.styles import numbers
from sqlalchemy import func, select

from eventhub.accounts.queries import find_person_by_email
from eventhub.audit.models import AuditEntry
from eventhub.circles import service as circles
from eventhub.competitions import service as competitions
from eventhub.db import db, transaction
from eventhub.domain.eligibility import InvalidShareError
from eventhub.entries import queries, service
from eventhub.entries.enums import EntryState, ImportState, LockedPart, MemberState
from eventhub.entries.errors import (
    EntriesClosedError,
    ImportFaultyError,
    ImportStateError,
)
from eventhub.entries.models import Company, Entry, ImportRun
from eventhub.entries.queries import EntryFilter
from eventhub.entries.queries.imports import get_run
from eventhub.entries.service import importing, plans, workbooks
from eventhub.entries.service.drafts import draft_of
from eventhub.entries.service.holders import read_holders, write_holders
from eventhub.errors import EventHubError, ForbiddenError
from eventhub.events.queries import list_party
from eventhub.notifications.models import Delivery
from tests.factories import (
    make_circle,
    make_competition,
    make_entry,
    make_organiser,
    make_person,
    make_university,
)
from tests.factories.schools import (
    make_member_rows,
    make_project_row,
    make_school_officer,
    make_workbook,
    saved,
)


@pytest.fixture
def competition(olga):
    make_university()
    return make_competition(by=olga, groups=("ug-creative", "ug-startup"))


def upload(competition, book, by) -> ImportRun:
    content = book if isinstance(book, io.BytesIO) else saved(book)
    return service.upload_list(competition.id, content=content, name="名单.xlsx", by=by)


def check(competition, book, by) -> ImportRun:
    """Hand in a list and let the queue look at it."""
    run = upload(competition, book, by)
    importing.check_run(run.id)
    return get_run(run.id)


def write(run, by, *, only_good=False) -> ImportRun:
    """Press the button and let the queue write."""
    service.import_run(run.id, only_good=only_good, by=by)
    importing.write_run(run.id)
    return get_run(run.id)


def problems(run) -> list[tuple[str, str, str]]:
    assert "refused" not in run.report, run.report
    return [(p["sheet"], p["cell"], p["why"]) for p in run.report["problems"]]


def only_problem(run) -> tuple[str, str, str]:
    found = problems(run)
    assert len(found) == 1, found
    return found[0]


def entries_of(competition) -> list[Entry]:
    db.session.expire_all()
    query = queries.select_entries(competition.id, EntryFilter())
    return [*db.session.scalars(query).unique()]


def exported(competition, by, *, personal=True) -> io.BytesIO:
    book = service.export_entries(
        competition.id, wanted=EntryFilter(), with_personal=personal, by=by
    )
    content = io.BytesIO(book.read())
    book.close()
    return content


# --- a list of new projects


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_a_list_that_unpacks_to_too_much_is_refused_at_once(competition, olga, part, monkeypatch):
    monkeypatch.setattr(workbooks, "PART_MAX", workbooks.STRINGS_MAX)
    content = io.BytesIO()
    with zipfile.ZipFile(make_workbook([])) as made, zipfile.ZipFile(content, "w", 8) as packed:
        for name in {*made.namelist()} - {part}:
            packed.writestr(name, made.read(name))
        packed.writestr(part, bytes(workbooks.STRINGS_MAX + 1))
    content.seek(0)

    with pytest.raises(EventHubError) as refused:
        upload(competition, content, olga)

    assert refused.value.code == "bad_workbook"
    assert "内容太多" in str(refused.value.message)
    assert db.session.scalar(select(func.count(ImportRun.id))) == 0


def test_a_list_is_checked_first_and_written_when_somebody_says_so(competition, olga):
    book = make_workbook(
        [make_project_row("新1", 项目名称="智巡山城"), make_project_row("新2")],
        [*make_member_rows("新1"), *make_member_rows("新2", count=4)],
        more={"指导教师": [("项目编号", "姓名", "职称或职务"), ("新1", "周文渊", "教授")]},
    )

    run = check(competition, book, olga)

    assert run.state is ImportState.CHECKED
    assert problems(run) == []
    assert (run.report["created"], run.report["changed"]) == (2, 0)
    assert entries_of(competition) == []
    assert find_person_by_email("captain1@eventhub.test") is None
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == 0

    run = write(run, olga)

    assert run.state is ImportState.IMPORTED
    entries = {entry.name: queries.get_entry(entry.id) for entry in entries_of(competition)}
    first = entries["智巡山城"]
    assert first.state is EntryState.SUBMITTED
    assert [m.name for m in first.members] == ["成员1之1", "成员1之2", "成员1之3"]
    assert first.members[1].student_number == "2024000102"
    assert first.captain.email == "captain1@eventhub.test"
    assert [a.name for a in first.advisers] == ["周文渊"]
    assert len(entries["项目新2"].members) == 4
    assert "智巡山城" in first.search_text


def test_the_captain_is_told_how_to_take_it_over(competition, olga):
    make_person("成员2之1", email="captain2@eventhub.test")
    book = make_workbook(
        [make_project_row("新1"), make_project_row("新2")],
        [*make_member_rows("新1"), *make_member_rows("新2")],
    )

    write(check(competition, book, olga), olga)

    letters = {
        letter.address: letter.text
        for letter in db.session.scalars(
            select(Delivery).where(Delivery.kind == "entries.imported")
        )
    }
    assert set(letters) == {"captain1@eventhub.test", "captain2@eventhub.test"}
    assert "/password/" in letters["captain1@eventhub.test"]
    assert "/entries/" in letters["captain2@eventhub.test"]


def test_what_still_lacks_is_a_warning_and_no_mistake(competition, olga):
    book = make_workbook([make_project_row()], make_member_rows(count=1))

    run = check(competition, book, olga)

    assert problems(run) == []
    assert any("3–15 人" in note for note in run.report["lines"][0]["notes"])


def test_projects_are_bound_by_name_where_there_is_no_code(competition, olga):
    projects = [make_project_row("", 项目名称="智巡山城")]
    members = [{**row, "项目编号": "", "项目名称": "智巡山城"} for row in make_member_rows()]

    write(check(competition, make_workbook(projects, members), olga), olga)

    assert len(queries.get_entry(entries_of(competition)[0].id).members) == 3


def test_the_good_ones_may_go_in_alone(competition, olga):
    book = make_workbook(
        [make_project_row("新1"), make_project_row("新2", 组别="没有的组")],
        [*make_member_rows("新1"), *make_member_rows("新2")],
    )
    run = check(competition, book, olga)
    assert only_problem(run)[:2] == ("项目", "C3")

    with pytest.raises(ImportFaultyError):
        service.import_run(run.id, only_good=False, by=olga)
    assert entries_of(competition) == []
    write(run, olga, only_good=True)

    assert [entry.name for entry in entries_of(competition)] == ["项目新1"]


# --- every cell that is wrong, and why


@pytest.mark.parametrize(
    ("column", "value", "cell", "word"),
    [
        ("项目名称", "", "B2", "项目名称"),
        ("项目名称", "长" * 61, "B2", "60"),
        ("组别", "高教主赛道 · 研究生创意祖", "C2", "没有这个组别"),
        ("组别", "", "C2", "请选择组别"),
        ("参赛类别", "新商科", "D2", "没有此类别"),
        ("参赛学校", "重庆邮店大学", "E2", "重庆邮电大学"),
        ("参赛学校", "", "E2", "参赛学校"),
        ("项目简介", "=A1&B1", "F2", "公式"),
        ("项目编号", "ABC234", "A2", "ABC234"),
    ],
)
def test_each_mistake_in_a_project_is_told_with_its_cell(
    competition, olga, column, value, cell, word
):
    code = value if column == "项目编号" else "新1"
    book = make_workbook([make_project_row(code, **{column: value})], make_member_rows(code))

    sheet, place, why = only_problem(check(competition, book, olga))

    assert (sheet, place) == ("项目", cell)
    assert word in why


@pytest.mark.parametrize(
    ("column", "value", "cell", "word"),
    [
        ("学号", 2.5, "F3", "小数"),
        ("学号", 2024210001123456789, "F3", "改写"),
        ("学号", "3" * 31, "F3", "30"),
        ("学校", "没有的学院", "E3", "没有这所学校"),
        ("姓名", "", "D3", "姓名"),
        ("排序", "二", "C3", "整数"),
        ("排序", 1, "C3", "两个排序"),
        ("姓名", date(2025, 3, 1), "D3", "日期"),
        ("分工", True, "G3", "逻辑值"),
        ("项目编号", "新9", "A3", "没有这个项目"),
    ],
)
def test_each_mistake_in_a_team_is_told_with_its_cell(competition, olga, column, value, cell, word):
    rows = make_member_rows()
    rows[1][column] = value

    run = check(competition, make_workbook([make_project_row()], rows), olga)

    assert cell in {place for _sheet, place, why in problems(run) if word in why}, problems(run)


def test_a_new_project_needs_the_address_of_its_captain(competition, olga):
    rows = make_member_rows()
    rows[0]["邮箱"] = "不是邮箱"

    sheet, cell, why = only_problem(
        check(competition, make_workbook([make_project_row()], rows), olga)
    )

    assert (sheet, cell) == ("成员", "H2")
    assert "负责人的邮箱" in why


def test_merged_cells_are_told(competition, olga):
    book = openpyxl.load_workbook(make_workbook([make_project_row()], make_member_rows()))
    book["成员"].merge_cells("A3:A4")

    found = problems(check(competition, book, olga))

    assert ("成员", "A3:A4") in {(sheet, cell) for sheet, cell, _why in found}


def test_numbers_come_through_however_the_spreadsheet_kept_them(competition, olga):
    rows = make_member_rows(count=4)
    rows[0]["学号"] = 2024210001.0
    rows[1]["学号"] = "２０２４２１０００２"
    rows[2]["学号"] = " 2024210003.0\u200b"
    rows[3]["学号"] = "2024 2100 04"
    rows[1]["姓名"] = "李四\u3000"

    write(check(competition, make_workbook([make_project_row()], rows), olga), olga)

    members = queries.get_entry(entries_of(competition)[0].id).members
    assert [m.student_number for m in members] == [f"202421000{n}" for n in (1, 2, 3, 4)]
    assert members[1].name == "李四"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (date(2025, 3, 1), date(2025, 3, 1)),
        ("2025/3/1", date(2025, 3, 1)),
        ("2025年3月1日", date(2025, 3, 1)),
        (45717, date(2025, 3, 1)),
    ],
)
def test_dates_are_read_however_they_are_written(competition, olga, value, wanted):
    head = ("项目编号", "已注册企业", "企业名称", "注册日期", "股东和持股比例")
    row = ("新1", "是", "智巡科技", value, "张三 60%；李四 1/3；王五 -")
    book = make_workbook(
        [make_project_row(组别="高教主赛道 · 本科生创业组")],
        make_member_rows(),
        more={"企业": [head, row]},
    )

    write(check(competition, book, olga), olga)

    company = db.session.scalars(select(Company)).one()
    assert company.registered_on == wanted
    assert [row["name"] for row in company.shareholders] == ["张三", "李四", "王五"]


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("注册日期", 7, "日期"),
        ("注册日期", "2025-13-01", "日期"),
        ("注册日期", "2999-01-01", "日期"),
        ("已注册企业", "大概", "是"),
        ("股东和持股比例", "张三百分之六十", "百分比"),
        ("股东和持股比例", "张三 60%；李四 50%", "100%"),
    ],
)
def test_each_mistake_in_a_company_is_told(competition, olga, column, value, word):
    cells = {"项目编号": "新1", "已注册企业": "是", "注册日期": "", "股东和持股比例": ""}
    cells[column] = value
    book = make_workbook(
        [make_project_row()], make_member_rows(), more={"企业": [[*cells], [*cells.values()]]}
    )

    sheet, _cell, why = only_problem(check(competition, book, olga))

    assert sheet == "企业"
    assert word in why


def test_the_same_row_twice_is_taken_once_and_two_that_differ_are_not(competition, olga):
    row = make_project_row()
    run = check(competition, make_workbook([row, row], make_member_rows()), olga)
    assert problems(run) == []
    assert "完全相同" in run.report["warnings"][0]["why"]
    assert run.report["created"] == 1

    other = make_project_row(项目简介="别的话")
    run = check(competition, make_workbook([row, other], make_member_rows()), olga)
    assert "内容却不同" in only_problem(run)[2]


def test_a_student_twice_in_a_team_or_in_two_projects(competition, olga):
    with transaction():
        competition.is_one_project = True
    rows = make_member_rows()
    rows[2]["学号"] = rows[1]["学号"]
    assert (
        "同一名学生"
        in only_problem(check(competition, make_workbook([make_project_row()], rows), olga))[2]
    )

    second = make_member_rows("新2")
    second[1]["学号"] = make_member_rows()[1]["学号"]
    book = make_workbook(
        [make_project_row(), make_project_row("新2")], [*make_member_rows(), *second]
    )
    assert "同一名学生" in only_problem(check(competition, book, olga))[2]


def test_a_student_who_is_in_another_project_is_told_at_the_check(competition, olga, tia):
    with transaction():
        competition.is_one_project = True
    present = make_entry(competition, captain=tia, state=EntryState.SUBMITTED)
    rows = make_member_rows()
    rows[1]["学号"] = present.members[1].student_number

    why = only_problem(check(competition, make_workbook([make_project_row()], rows), olga))[2]

    assert "已在本届另一个项目中" in why
    assert present.name not in why


def test_a_captain_has_one_project_a_group(competition, olga):
    captain = make_person("成员1之1", email="captain1@eventhub.test", university=make_university())
    make_entry(competition, captain=captain, state=EntryState.SUBMITTED)

    sheet, cell, why = only_problem(
        check(competition, make_workbook([make_project_row()], make_member_rows()), olga)
    )

    assert (sheet, cell) == ("成员", "H2")
    assert "另一个项目" in why


# --- files that are no list, or worse


def refused(competition, book, by) -> str:
    """Refused at once, or by the check: in either case with words, and nothing is written."""
    try:
        run = check(competition, book, by)
    except EventHubError as refusal:
        return str(refusal.message)
    assert entries_of(competition) == []
    return str(run.report["refused"])


def with_part(book: io.BytesIO, name: str, content: bytes) -> io.BytesIO:
    """The same archive with one more part, or another in its place."""
    out = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    out.seek(0)
    return out


def plain_book() -> io.BytesIO:
    return make_workbook([make_project_row()], make_member_rows())


ENTITY = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>"""


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (lambda: io.BytesIO(b"not a workbook"), "XLSX"),
        (lambda: io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), ""),
        (lambda: with_part(plain_book(), "xl/vbaProject.bin", b"x"), "宏"),
        (lambda: with_part(plain_book(), "xl/externalLinks/externalLink1.xml", b"<x/>"), "链接"),
        (lambda: with_part(plain_book(), "xl/embeddings/oleObject1.bin", b"x"), "控件"),
        (lambda: with_part(plain_book(), "xl/worksheets/sheet1.xml", ENTITY), "模板"),
        (lambda: with_part(plain_book(), "xl/media/zeros.bin", bytes(300_000_000)), ""),
        (lambda: with_part(plain_book(), "xl/worksheets/sheet1.xml", b"<broken"), "模板"),
        (lambda: make_workbook([], []), "没有内容"),
        (lambda: saved(openpyxl.Workbook()), "没有找到"),
    ],
    ids=[
        *("text", "old or locked", "macros", "links", "objects", "entities"),
        *("bomb", "broken", "empty", "no sheet"),
    ],
)
def test_files_that_cannot_be_taken_are_refused_in_words(competition, olga, made, word):
    words = refused(competition, made(), olga)

    assert words
    assert word in words


def test_a_list_that_is_too_long_is_refused(competition, olga, monkeypatch):
    monkeypatch.setattr(plans, "PROJECTS_MAX", 2)
    book = make_workbook([make_project_row(f"新{n}") for n in range(1, 5)])

    assert "最多导入 2 个项目" in refused(competition, book, olga)


def test_a_sheet_without_its_columns_is_refused_by_name(competition, olga):
    book = openpyxl.load_workbook(plain_book())
    book["项目"]["C1"] = "组别名称"

    assert "缺少这些列：组别" in refused(competition, book, olga)


def test_a_column_twice_is_refused(competition, olga):
    book = openpyxl.load_workbook(plain_book())
    book["项目"]["F1"] = "项目名称"

    assert "两列都叫" in refused(competition, book, olga)


def test_a_title_above_the_head_and_other_sheets_do_no_harm(competition, olga):
    book = openpyxl.load_workbook(plain_book())
    book["项目"].insert_rows(1)
    book["项目"]["A1"] = "某学院名单"
    book.create_sheet("备注")

    run = check(competition, book, olga)

    assert problems(run) == []
    assert run.report["created"] == 1
    assert run.report["unread"] == ["备注"]


# --- what was exported


def test_what_was_exported_imports_again_unchanged(competition, olga, tia):
    make_entry(competition, captain=tia, by=olga, name="=1+1", summary="第一行\n第二行 _x0041_")
    odd = make_entry(
        competition,
        captain=make_person("𠮷田晓", university=make_university()),
        state=EntryState.SUBMITTED,
        name="'=带“引号”，（全角）",
    )
    make_entry(competition, captain=make_person("石小"), is_complete=False)
    with transaction():
        queries.get_entry(odd.id).company = Company(
            is_registered=True,
            name="智巡科技",
            credit_code="91500000MA5U000000",
            registered_on=date(2025, 3, 1),
            shareholders=[
                {"name": "张 三", "percent": "60"},
                {"name": "李四", "percent": "100/3"},
                {"name": "王五", "percent": ""},
                {"name": '甲；乙 - “丙”; "丁" 基金 5%', "percent": "1.5"},
                {"name": "", "percent": "0.5"},
            ],
        )

    for personal in (True, False):
        run = check(competition, exported(competition, olga, personal=personal), olga)
        assert problems(run) == []
        assert [run.report[key] for key in ("created", "changed", "left")] == [0, 0, 3]
        with pytest.raises(ImportFaultyError):
            service.import_run(run.id, only_good=False, by=olga)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("张三 60%；李四 1/3；王五 -", [("张三", "60%"), ("李四", "1/3"), ("王五", "")]),
        ("张 三\u300060%; 李四 40；；\n", [("张 三", "60%"), ("李四", "40")]),
        ('"甲；乙 合伙" 40%\n"丙""丁" -', [("甲；乙 合伙", "40%"), ('丙"丁', "")]),
        ("", []),
    ],
)
def test_shareholders_are_read_from_one_cell(told, read):
    assert read_holders(told) == read
    assert read_holders(write_holders(read)) == read


@pytest.mark.parametrize("told", ["张三", "张三 六成", "张三 60% 李四 40", '"张三 60%', "60%"])
def test_what_is_not_written_as_a_shareholder_is_refused(told):
    with pytest.raises(InvalidShareError):
        read_holders(told)


def test_it_comes_back_in_english_too(competition, olga, tia):
    make_entry(competition, captain=tia, by=olga)
    with transaction():
        olga.locale = "en"
    from eventhub.i18n import speaking

    with speaking("en"):
        book = exported(competition, olga)

    run = check(competition, book, olga)

    assert problems(run) == []
    assert run.report["left"] == 1


def test_a_changed_cell_changes_that_and_nothing_else(competition, olga, tia):
    entry = make_entry(competition, captain=tia, state=EntryState.SUBMITTED)
    before, version = draft_of(queries.get_entry(entry.id)), entry.version
    book = openpyxl.load_workbook(exported(competition, olga))
    book["项目"]["B2"] = "智巡两江"
    book["成员"]["G3"] = "飞控"

    run = write(check(competition, book, olga), olga)

    assert run.report["lines"][0]["fields"] == ["项目名称", "成员"]
    db.session.expire_all()
    after = queries.get_entry(entry.id)
    members = list(before.members)
    members[1] = replace(members[1], duty="飞控")
    assert draft_of(after) == replace(before, name="智巡两江", members=tuple(members))
    assert [m.id for m in after.members] == [row.id for row in before.members]
    assert after.state is EntryState.SUBMITTED
    assert after.version == version + 1
    assert "entry.imported" in {*db.session.scalars(select(AuditEntry.action))}


def test_a_withdrawn_project_comes_back_unchanged_and_is_not_changed(competition, olga, tia):
    make_entry(competition, captain=tia, by=olga, state=EntryState.WITHDRAWN)
    book = openpyxl.load_workbook(exported(competition, olga))
    run = check(competition, book, olga)
    assert (problems(run), run.report["left"]) == ([], 1)
    assert isinstance(book["项目"]["J2"].value, datetime)

    book["项目"]["B2"] = "智巡两江"

    sheet, cell, why = only_problem(check(competition, book, olga))
    assert (sheet, cell) == ("项目", "A2")
    assert "已退赛" in why


@pytest.mark.parametrize("row", [2, 3])
def test_nobody_in_a_team_loses_their_name_to_an_emptied_cell(competition, olga, tia, row):
    make_entry(competition, captain=tia, state=EntryState.SUBMITTED)
    book = openpyxl.load_workbook(exported(competition, olga))
    book["成员"].cell(row, 4).value = None

    assert only_problem(check(competition, book, olga)) == ("成员", f"D{row}", "请填写姓名。")


def test_who_is_added_to_an_admitted_team_gets_a_ticket(competition, olga, tia):
    entry = make_entry(competition, captain=tia, by=olga)
    book = openpyxl.load_workbook(exported(competition, olga))
    book["成员"].append([entry.code, "", 4, "冉小满", "重庆邮电大学", "2024999999", "", "", "", ""])

    write(check(competition, book, olga), olga)

    names = {place.name for place in list_party(competition.event_id, entry.id)}
    assert "冉小满" in names
    assert len(names) == 4


def test_who_has_confirmed_is_not_changed_by_a_list(competition, olga, tia, time):
    entry = make_entry(competition, captain=tia, state=EntryState.SUBMITTED)
    with transaction():
        member = queries.get_entry(entry.id).members[1]
        member.state, member.consented_at = MemberState.CONFIRMED, time.now()
    book = openpyxl.load_workbook(exported(competition, olga))
    book["成员"]["D3"] = "别人"
    assert "已本人确认" in only_problem(check(competition, book, olga))[2]

    book = openpyxl.load_workbook(exported(competition, olga))
    book["成员"].delete_rows(3)
    assert "不能从名单中去掉" in only_problem(check(competition, book, olga))[2]


def test_a_list_opens_no_lock_and_an_exception_does(competition, olga, tia, time):
    entry = make_entry(competition, captain=tia, by=olga)
    time.move(days=11)
    book = openpyxl.load_workbook(exported(competition, olga))
    book["项目"]["B2"] = "智巡两江"
    assert "项目名称已锁定" in only_problem(check(competition, book, olga))[2]

    ends_at = time.now() + timedelta(days=1)
    service.unlock_entry(
        entry.id, parts=[LockedPart.NAME], reason="名称有误", ends_at=ends_at, by=olga
    )
    write(check(competition, book, olga), olga)

    assert queries.get_entry(entry.id).name == "智巡两江"


def test_a_school_changes_nothing_that_was_approved(competition, olga, tia):
    entry = make_entry(competition, captain=tia, by=olga)
    book = openpyxl.load_workbook(exported(competition, olga))
    officer = make_school_officer()
    assert check(competition, book, officer).report["left"] == 1, "the same again is no change"

    book["成员"]["D3"] = "冉小满"
    assert "联系主办方" in only_problem(check(competition, book, officer))[2]

    assert "冉小满" not in {member.name for member in queries.get_entry(entry.id).members}


def with_company(entry: Entry) -> io.BytesIO:
    """A list that says what stands, and that there is a company."""
    said = {"项目名称": entry.name, "项目简介": entry.summary, "参赛类别": entry.category}
    rows = [("项目编号", "已注册企业", "企业名称"), (entry.code, "是", "山城智巡科技")]
    return make_workbook([make_project_row(entry.code, **said)], more={"企业": rows})


def test_a_school_changes_no_company_of_an_approved_entry_either(competition, olga, tia):
    entry = make_entry(competition, captain=tia, by=olga)

    run = check(competition, with_company(entry), make_school_officer())

    assert "联系主办方" in only_problem(run)[2]
    write(check(competition, with_company(entry), olga), olga)
    assert db.session.scalars(select(Company.name)).all() == ["山城智巡科技"]


def test_a_list_opens_no_lock_of_the_company(competition, olga, tia, time):
    entry = make_entry(competition, captain=tia, by=olga)
    time.move(days=11)

    run = check(competition, with_company(entry), olga)

    assert "企业与股权信息已锁定" in only_problem(run)[2]


# --- what is told, and what is kept


def test_the_captain_hears_once_a_list_what_it_changed(competition, olga, tia):
    make_entry(competition, captain=tia, state=EntryState.SUBMITTED)
    book = openpyxl.load_workbook(exported(competition, olga))
    book["项目"]["B2"] = "智巡两江"
    book["成员"]["D3"] = "冉小满"
    run = check(competition, book, olga)
    letters = select(Delivery).where(Delivery.kind == "entries.listed")
    assert db.session.scalars(letters).all() == [], "it was only tried out"

    write(run, olga)
    importing.write_run(run.id)

    (letter,) = db.session.scalars(letters).all()
    assert "项目名称、成员" in letter.text
    assert "冉小满" not in letter.text


def test_the_log_holds_what_a_list_changed_and_nobody_s_name(competition, olga, tia):
    make_entry(competition, captain=tia, state=EntryState.SUBMITTED)
    book = openpyxl.load_workbook(exported(competition, olga))
    book["项目"]["B2"] = "智巡两江"
    book["成员"]["D3"] = "吉克·阿哈"
    book["成员"]["J3"] = "13900000099"

    write(check(competition, book, olga), olga)

    deed = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "entry.imported")).one()
    assert deed.before["project"] == "智巡山城"
    assert deed.after["project"] == "智巡两江"
    assert set(deed.before) == {"project", "members"}
    assert "139****0099" in deed.after["members"][1]
    assert "138****0002" in deed.before["members"][1]
    for told in ("吉克·阿呷", "吉克·阿哈", "13900000099", "13883000002", tia.name, tia.email):
        assert told not in str(deed.before) + str(deed.after), told


def test_a_mistake_is_kept_with_its_cell_and_not_with_what_stands_there(competition, olga):
    members = make_member_rows()
    members[0]["邮箱"] = "captain1(at)eventhub.test"
    members[0]["姓名"] = "欧阳娜娜"
    members[0]["学校"] = "重庆油电大学"
    members[2]["学号"] = members[1]["学号"]
    book = make_workbook([make_project_row()], members)

    run = check(competition, book, olga)

    found = {p["cell"]: p["found"] for p in run.report["problems"]}
    assert found.keys() == {"E2", "F4", "H2"}
    assert found["E2"] == "重庆油电大学", "what tells of nobody is shown as it is"
    assert "***" in found["F4"]
    assert "***" in found["H2"]
    assert all(p["why"] for p in run.report["problems"])
    for told in ("captain1(at)", members[1]["学号"]):
        assert told not in str(run.report), told


# --- who may, and when


def test_an_officer_imports_for_their_own_school_alone(competition, olga):
    officer = make_school_officer()
    circles.add_university("重庆大学", level="本科", district="沙坪坝区")
    other = make_entry(
        competition,
        captain=make_person("冉小满", university=make_university("重庆大学")),
        state=EntryState.SUBMITTED,
    )

    strange = make_workbook([make_project_row(参赛学校="重庆大学")], make_member_rows())
    assert "只能导入本校" in only_problem(check(competition, strange, officer))[2]
    theirs = make_workbook(
        [make_project_row(other.code, 项目名称="改名", 参赛学校="重庆大学")],
        [{**row, "项目编号": other.code} for row in make_member_rows()],
    )
    assert "没有编号为" in only_problem(check(competition, theirs, officer))[2]
    own = make_workbook([make_project_row()], make_member_rows())
    write(check(competition, own, officer), officer)

    assert {entry.name for entry in entries_of(competition)} == {"智巡山城", "项目新1"}


def test_an_officer_imports_while_entries_are_taken(competition, olga):
    officer = make_school_officer()
    competitions.close_entries(competition.id, by=olga)

    with pytest.raises(EntriesClosedError):
        upload(competition, plain_book(), officer)
    run = check(competition, plain_book(), olga)
    assert run.report["created"] == 1


def test_strangers_neither_hand_in_nor_decide(competition, olga, tia):
    run = check(competition, plain_book(), olga)
    strangers = (tia, make_organiser(circle=make_circle("cqu", university="重庆大学")))
    for person in strangers:
        with pytest.raises(ForbiddenError):
            upload(competition, plain_book(), person)
    for person in (*strangers, make_school_officer()):
        with pytest.raises(ForbiddenError):
            service.import_run(run.id, only_good=False, by=person)
        with pytest.raises(ForbiddenError):
            service.discard_run(run.id, by=person)


# --- the run itself


def test_a_list_is_decided_upon_once(competition, olga):
    run = check(competition, plain_book(), olga)
    service.import_run(run.id, only_good=False, by=olga)

    with pytest.raises(ImportStateError):
        service.import_run(run.id, only_good=False, by=olga)
    importing.write_run(run.id)
    importing.write_run(run.id)

    assert len(entries_of(competition)) == 1
    with pytest.raises(ImportStateError):
        service.discard_run(run.id, by=olga)


def test_a_discarded_list_writes_nothing(competition, olga):
    run = check(competition, plain_book(), olga)
    service.discard_run(run.id, by=olga)

    with pytest.raises(ImportStateError):
        service.import_run(run.id, only_good=False, by=olga)
    assert entries_of(competition) == []


def test_what_changed_since_the_check_is_shown_before_anything_is_written(competition, olga):
    run = check(competition, plain_book(), olga)
    captain = make_person("成员1之1", email="captain1@eventhub.test", university=make_university())
    make_entry(competition, captain=captain, state=EntryState.SUBMITTED, name="先到的")

    run = write(run, olga)

    assert run.state is ImportState.CHECKED
    assert run.report["is_changed"]
    assert "另一个项目" in only_problem(run)[2]
    assert [entry.name for entry in entries_of(competition)] == ["先到的"]


def test_a_run_that_was_cut_short_goes_on_where_it_stopped(competition, olga, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    codes = ("新1", "新2", "新3")
    book = make_workbook(
        [make_project_row(code) for code in codes],
        [row for code in codes for row in make_member_rows(code)],
    )
    run = check(competition, book, olga)
    service.import_run(run.id, only_good=False, by=olga)
    write_chunk, calls = importing._write_chunk, []

    def dying(*given):
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        write_chunk(*given)

    monkeypatch.setattr(importing, "_write_chunk", dying)
    with pytest.raises(KeyboardInterrupt):
        importing.write_run(run.id)
    assert len(entries_of(competition)) == 1
    monkeypatch.setattr(importing, "_write_chunk", write_chunk)
    importing.write_run(run.id)

    assert sorted(entry.name for entry in entries_of(competition)) == [f"项目{c}" for c in codes]
    assert get_run(run.id).state is ImportState.IMPORTED


@pytest.mark.race
def test_two_workers_at_once_write_each_project_once(competition, olga, at_once):
    codes = [f"新{n}" for n in range(1, 5)]
    book = make_workbook(
        [make_project_row(code) for code in codes],
        [row for code in codes for row in make_member_rows(code)],
    )
    run_id = check(competition, book, olga).id
    service.import_run(run_id, only_good=False, by=olga)
    db.session.rollback()

    results = at_once(lambda: importing.write_run(run_id), lambda: importing.write_run(run_id))

    assert results == [None, None]
    assert len(entries_of(competition)) == 4
    assert get_run(run_id).state is ImportState.IMPORTED


def test_a_list_is_kept_encrypted_and_only_until_it_is_decided_upon(competition, olga):
    def stored():
        return db.session.scalars(db.text("SELECT content FROM import_runs ORDER BY created_at"))

    first, second = (check(competition, plain_book(), olga) for _ in range(2))
    assert all(text and not text.startswith("UEsD") for text in stored())  # no bare archive

    write(first, olga)
    service.discard_run(second.id, by=olga)

    assert [*stored()] == [None, None]


def test_what_lists_said_of_people_goes_after_a_month(competition, olga, time):
    run_id = check(competition, plain_book(), olga).id
    time.move(days=29)
    assert importing.forget_runs() == 0
    time.move(days=2)

    assert importing.forget_runs() == 1
    assert db.session.get(ImportRun, run_id) is None


def test_the_template_is_read_as_an_empty_list_and_offers_choices(competition, olga):
    blank = service.write_blank(competition)
    content = io.BytesIO(blank.read())
    blank.close()

    book = openpyxl.load_workbook(content)

    assert book.sheetnames[:4] == ["项目", "成员", "指导教师", "企业"]
    assert {"选项", "说明"} <= {*book.sheetnames}
    assert len(book["项目"].data_validations.dataValidation) == 3
    assert book["选项"]["A2"].value == "高教主赛道 · 本科生创意组"
    assert book["成员"].column_dimensions["F"].number_format == numbers.FORMAT_TEXT
    content.seek(0)
    assert "没有内容" in refused(competition, content, olga)
