"""The whole trade in nine steps, by the right people, on desks and phones.

The steps are five tests that can run side by side; each begins where the one before it ended.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from eventhub import clock, worker
from eventhub.accounts import queries as people_queries
from eventhub.accounts.models import Person
from eventhub.circles import queries as circles
from eventhub.circles import reference
from eventhub.competitions.models import Competition
from eventhub.competitions.queries import get_competition
from eventhub.demo.documents import plan_pdf
from eventhub.entries.service import AdviserDraft, MemberDraft
from eventhub.judging import service as judging
from eventhub.judging.queries import sheets
from eventhub.judging.queries.seats import list_panels
from tests.browser import PASSWORD
from tests.e2e.camera import camera_that_sees
from tests.e2e.conftest import House
from tests.factories import (
    make_competition,
    make_entry,
    make_organiser,
    make_person,
    make_staff,
    make_university,
)
from tests.factories.judging import make_sheet
from tests.factories.roadshows import make_roadshow

pytestmark = pytest.mark.e2e

ZONE = ZoneInfo("Asia/Shanghai")
TITLE = "中国国际大学生创新大赛（2026）重庆邮电大学校级初赛"
TEAMS = (
    ("江水一号·𠮷 🌊", "田佳", "tia@example.com", "重庆邮电大学"),
    ("柑橘医生", "队长一", "captain1@example.com", "重庆大学"),
    ("智云桥", "队长二", "captain2@example.com", "重庆大学"),
    ("银龄伴行", "队长三", "captain3@example.com", "重庆大学"),
)
Visitor = Callable[..., Page]


@dataclass(frozen=True)
class Stage:
    """A competition under way: its keys and addresses."""

    house: House
    competition_id: UUID
    code: str
    entry_id: UUID

    @property
    def desk(self) -> str:
        """The organisers' page."""
        return f"/manage/competitions/{self.competition_id}"

    @contextmanager
    def opened(self) -> Iterator[tuple[Competition, Person]]:
        """The competition, and Olga to act on it."""
        with self.house.app.app_context():
            olga = people_queries.find_person_by_email("olga@example.com")
            assert olga is not None
            yield get_competition(self.competition_id), olga


def local(moment: datetime) -> str:
    """As a datetime-local control wants it."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def people(house: House) -> None:
    """The circle, its organiser and its staff; everybody else comes by themselves."""
    with house.app.app_context():
        reference.load_chongqing()
        circle = circles.find_circle_by_code("cqupt")
        make_organiser("欧阳澜", email="olga@example.com", circle=circle)
        make_staff("单明", email="sam@example.com", circle=circle)


def create_competition(page: Page, now: datetime) -> str:
    """Step 1: from the template to open registration. Returns the competition's address."""
    page.goto("/manage/competitions")
    page.get_by_role("link", name="创建赛事").first.click()
    page.get_by_role("link", name=re.compile("中国国际大学生创新大赛")).click()
    page.locator('input[name="group_keys"][value="ug-creative"]').check()
    expect(page.locator('input[name="round_keys"][value="school"]')).to_be_checked()
    page.locator('[name="title"]').fill(TITLE)
    page.locator('[name="entries_open_at"]').fill(local(now - timedelta(days=1)))
    page.locator('[name="entries_close_at"]').fill(local(now + timedelta(hours=20)))
    page.locator('[name="starts_at"]').fill(local(now - timedelta(minutes=30)))
    page.locator('[name="ends_at"]').fill(local(now + timedelta(days=2)))
    page.locator('[name="venue"]').fill("大学生活动中心")
    page.get_by_role("button", name="创建草稿").click()
    expect(page.locator("h1")).to_contain_text(TITLE)
    return page.url


def confirm(page: Page, opener: str, dialog: str) -> None:
    """Press a button that asks first, and say yes in its dialog."""
    page.locator("main").get_by_role("button", name=opener, exact=True).first.click()
    page.locator(f"dialog#{dialog}[open] button[type=submit]").click()


def adjust_and_open(page: Page, competition: str) -> str:
    """Still step 1: rubric, rule, publication. Returns the public address."""
    page.goto(f"{competition}/rules")
    expect(page.locator("main")).to_contain_text("有出处")
    page.locator('a[href^="/manage/rubrics/"]').first.click()
    page.locator('[name="criteria-1-points_max"]').fill("35")
    page.locator('[name="criteria-2-points_max"]').fill("20")
    page.get_by_role("button", name="保存评分标准").click()
    expect(page.locator("main")).to_contain_text("主办方自定")
    page.goto(f"{competition}/rules")
    page.get_by_role("link", name="修改计分规则").click()
    page.locator('[name="score_rule"][value="drop_extremes"]').check()
    page.locator('[name="sheets_min"]').fill("3")
    page.get_by_role("button", name="保存计分规则").click()
    page.goto(f"{competition}/entry-rules")
    page.locator('[name="needs_consent"]').uncheck()  # the captain plays the whole team here
    page.get_by_role("button", name="保存报名规则").click()
    page.goto(competition)
    confirm(page, "发布赛事", "open-entries")
    expect(page.locator("main")).to_contain_text("报名中")
    return str(page.get_by_role("link", name="查看公开页面").get_attribute("href"))


def enter_a_project(page: Page, public: str) -> str:
    """Step 2, on a phone: sign up, write, upload, submit. Returns the entry's address."""
    page.goto(public)
    expect(page.locator("h1")).to_contain_text("校级初赛")
    page.locator('a[href$="/enter"]').first.click()
    page.get_by_role("button", name="注册并报名").click()
    page.get_by_label("姓名").fill("田佳")
    page.get_by_label("邮箱").fill("tia@example.com")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator('[name="consent"]').check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/enter*")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/entries/*")
    address = page.url.split("?")[0]
    page.locator('[name="name"]').fill("江水一号·𠮷 🌊")
    page.locator('[name="category"]').select_option("新工科")
    page.locator('[name="summary"]').fill("用于支流和农村水源的低成本水质浮标。")
    page.locator('[name="university_id"]').select_option(label="重庆邮电大学")
    page.locator('[name="members-0-student_number"]').fill("2023210001")
    for number, name in ((1, "次仁卓玛"), (2, "罗安")):
        page.get_by_role("button", name="添加成员").click()
        page.locator(f'[name="members-{number}-name"]').fill(name)
        page.locator(f'[name="members-{number}-university_id"]').select_option(label="重庆邮电大学")
        page.locator(f'[name="members-{number}-student_number"]').fill(f"202321000{number + 1}")
    page.get_by_role("button", name="添加指导教师").click()
    page.locator('[name="advisers-0-name"]').fill("祝融")
    page.locator('[name="advisers-0-organisation"]').fill("重庆邮电大学")
    expect(page.locator("[data-autosave-status], .autosave").first).to_contain_text("已保存")
    page.reload()
    expect(page.locator('[name="members-2-name"]')).to_have_value("罗安")
    expect(page.locator("[data-checklist]")).to_contain_text("项目计划书")
    plan = plan_pdf("江水一号 项目计划书", ["一、项目概述"]).getvalue()
    page.locator('input[type="file"]').first.set_input_files(
        {"name": "计划书.pdf", "mimeType": "application/pdf", "buffer": plan}
    )
    expect(page.locator("[data-versions]").first).to_contain_text("计划书.pdf")
    for box in page.locator('[name^="statement-"]').all():
        box.check()
    page.locator('[name="is_declared"]').check()
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("main")).to_contain_text("已提交")
    return address


def review(page: Page, captain: Page, competition: str, entry: str, house: House) -> None:
    """Step 3: returned with a reason that reaches the captain, handed in again, approved."""
    page.goto(f"{competition}/entries")
    page.get_by_role("link", name=re.compile("江水一号")).first.click()
    page.locator('[name="reason"]').fill("请把财务预测补充到计划书第四章。")
    page.locator(
        'form[action$="/return"] button[type=submit], form:has([name="reason"]) button[type=submit]'
    ).first.click()
    expect(page.locator("main")).to_contain_text("已退回")
    house.work()
    mails = house.mailbox.to("tia@example.com")
    assert any("财务预测" in str(mail.get_body(("plain",)).get_content()) for mail in mails)
    captain.goto(entry)
    expect(captain.locator("main")).to_contain_text("财务预测")
    captain.get_by_role("button", name="提交审核").click()
    expect(captain.locator("main")).to_contain_text("已提交")
    page.reload()
    page.get_by_role("button", name="审核通过").click()
    expect(page.locator(".state").filter(has_text="审核通过").first).to_be_visible()


def enter_projects(house: House, **course: datetime) -> Stage:
    """A competition as step 3 leaves it: four approved teams of three, Tia's the first."""
    with house.app.app_context():
        olga = make_organiser("欧阳澜", email="olga@example.com")
        make_staff("单明", email="sam@example.com")
        competition = make_competition(by=olga, title=TITLE, venue="大学生活动中心", **course)
        made = []
        for number, (name, leader, email, school) in enumerate(TEAMS):
            home = make_university(school)
            captain = make_person(leader, email=email, university=home)
            students = [(leader, None), (f"{leader}甲", home.id), (f"{leader}乙", home.id)]
            members = tuple(
                MemberDraft(student, university_id, f"202421{number}{at}")
                for at, (student, university_id) in enumerate(students)
            )
            draft = {
                "name": name,
                "members": members,
                "advisers": (AdviserDraft("导师", "", school),),
            }
            made.append(make_entry(competition, captain=captain, by=olga, **draft))
        return Stage(house, competition.id, competition.event.code, made[0].id)


def schedule(page: Page, competition: str, starts_at: datetime) -> None:
    """Step 4: two rooms, eight and seven minutes, drawn from a published seed, published."""
    page.goto(f"{competition}/roadshow")
    page.locator('[name="venue"]').fill("大学生活动中心")
    page.locator('[name="starts_at"]').fill(local(starts_at))
    page.locator('[name="rooms-0"]').fill("第一会场")
    page.get_by_role("button", name="添加会场").click()
    page.locator('[name="rooms-1"]').fill("第二会场")
    page.locator('[name="preset"]').select_option("8+7")
    page.get_by_role("button", name="保存会场和时间").click()
    page.locator('[name="public_source"]').fill("抽签当晚双色球开奖号码")
    page.get_by_role("button", name="公告抽签").click()
    page.locator('[name="public_text"]').fill("03 08 17 21 26 31 + 09")
    page.get_by_role("button", name="抽签", exact=True).click()
    page.goto(f"{competition}/roadshow")
    confirm(page, "发布日程", "publish-dialog")
    expect(page.locator("main")).to_contain_text("日程已发布")


def check_public_timetable(page: Page, code: str) -> None:
    """Anyone sees the timetable, subscribes to it, and recomputes the draw."""
    page.goto(f"/c/{code}/timetable")
    expect(page.locator("main")).to_contain_text("江水一号")
    feed = page.request.get(f"/c/{code}/timetable.ics")
    calendar = Calendar.from_ical(feed.body())
    slots = [part for part in calendar.walk() if part.name == "VEVENT"]
    assert len(slots) == 4
    assert all(slot.end - slot.start == timedelta(minutes=16) for slot in slots)
    page.goto(f"/c/{code}/draw")
    page.get_by_role("button", name="在浏览器里核对").click()
    expect(page.locator("main")).to_contain_text("一致")
    proof = page.request.get(f"/c/{code}/draw.json").json()
    order = [row["code"] for row in proof["order"]]
    key = bytes.fromhex(proof["secret"]) + b"|" + proof["public_text"].encode()
    digests = {code: hmac.new(key, code.encode(), "sha256").hexdigest() for code in proof["codes"]}
    assert order == sorted(order, key=digests.__getitem__)
    assert proof["commitment"] == hashlib.sha256(bytes.fromhex(proof["secret"])).hexdigest()


def seat_judges(page: Page, stage: Stage) -> dict[str, str]:
    """Step 5: four judges a room, the last of the team's own university; their links by name.

    The first and the last of a room are seated through the page, those between as by it.
    """
    page.goto(f"{stage.desk}/judging")
    page.get_by_role("button", name="按会场建组").first.click()
    expect(page.get_by_role("link", name="添加评委", exact=True)).to_have_count(4)  # none seated
    with stage.opened() as (competition, olga):
        home = make_university("重庆师范大学")
        for room, panel in zip("甲乙", list_panels(competition.rounds[0].id), strict=True):
            for number in (2, 3):
                judging.seat_judge(
                    panel.id, name=f"评委{room}{number}", university_id=home.id, by=olga
                )
    for room in range(2):
        for number in (1, 4):
            page.goto(f"{stage.desk}/judging")
            page.get_by_role("link", name="添加评委", exact=True).nth(room).click()
            page.locator('[name="name"]').fill(f"评委{'甲乙'[room]}{number}")
            if number == 4:
                page.locator('[name="university"]').select_option(label="重庆邮电大学")
            page.locator("main form button[type=submit]").last.click()
            expect(page.locator("main")).to_contain_text(f"评委{'甲乙'[room]}{number}")
    page.goto(f"{stage.desk}/rules")
    confirm(page, "开始评分", "open-1")
    page.goto(f"{stage.desk}/judging")
    page.get_by_role("button", name="打印评委二维码卡").click()
    expect(page.locator(".print-card")).to_have_count(8)
    cards = page.locator(".print-card").evaluate_all(
        "cards => cards.map(card => [card.innerText.match(/评委[甲乙]\\d/)[0],"
        ' card.innerHTML.match(/https?:[^"<>\\s]*\\/j\\/[\\w-]+/)[0]])'
    )
    links = {str(name): str(link) for name, link in cards}
    assert len(set(links.values())) == 8
    return links


def score(page: Page, link: str, base: int) -> int:
    """One scan on a phone: enter, mark every entry on the list, submit. Returns how many."""
    page.goto(link)
    page.wait_for_url("**/judging/**")
    addresses = page.locator('main a[href^="/judging/"]').evaluate_all(
        "links => [...new Set(links.map(link => link.getAttribute('href')))]"
    )
    for address in addresses:
        page.goto(address)
        marks = (base - 2, base, base - 14, base - 16)
        for at, mark in enumerate(marks):
            page.locator(".score__input").nth(at).fill(str(mark))
        page.locator('input[type=radio][value="met"]').check()
        page.get_by_role("button", name="核对并提交").click()
        page.get_by_role("button", name="确认提交").click()
        expect(page.locator("main")).to_contain_text("已提交")
    return len(addresses)


def score_the_rest(stage: Stage) -> list[int]:
    """Everybody's other sheets, as handed in on phones; how many entries each judge hears."""
    with stage.opened() as (competition, _olga):
        round_id = competition.rounds[0].id
        counts = []
        for seat in [seat for panel in list_panels(round_id) for seat in panel.judges]:
            work = sheets.list_work(seat, now=clock.now()).assignments
            counts.append(len(work))
            for one in work:
                if one.sheet is None:
                    make_sheet(seat, one.entry, share="0.75")
        return counts


def check_in(visitor: Visitor, olga: Page, tia: Page, entry: str, film: Path) -> None:
    """Step 6: scanned by the camera, then typed again, then something unknown."""
    tia.goto(entry)
    addresses = tia.locator('a[href^="/t/"]').evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    assert len(addresses) == 3, "a ticket for each of the team"
    camera_that_sees(tia.request.get(f"{addresses[0]}.png").body(), film)
    olga.get_by_role("button", name="启用“主入口”").click()
    sam = visitor("sam@example.com", "/door", phone=True)
    sam.locator('main a[href^="/door/"]').first.click()
    answer = sam.locator("[data-answer]")
    expect(answer).to_contain_text("江水一号", timeout=30_000)
    expect(answer).to_contain_text("请入场")
    sam.get_by_role("button", name="关闭摄像头").click()
    for typed, words in (
        (addresses[0].removeprefix("/t/"), "已签到"),
        (addresses[1].removeprefix("/t/").lower(), "请入场"),
        ("222222222", "票码"),
    ):
        sam.locator('[name="code"]').fill(typed)
        sam.get_by_role("button", name="核对").click()
        expect(answer).to_contain_text(words)


def close_and_publish(olga: Page, stranger: Page, stage: Stage, folder: Path) -> None:
    """Step 7: nothing is public before; then totals, ranks, and a table anyone can recompute."""
    assert stranger.request.get(f"/c/{stage.code}/results").status == 404
    assert stranger.request.get(f"/c/{stage.code}/results.json").status == 404
    olga.goto(f"{stage.desk}/results")
    olga.get_by_role("link", name="封榜").first.click()
    olga.get_by_role("button", name="确认封榜").click()
    assert stranger.request.get(f"/c/{stage.code}/results").status == 404
    olga.get_by_role("link", name="公布成绩").first.click()
    olga.get_by_role("button", name="确认公布").click()
    stranger.goto(f"/c/{stage.code}/results")
    expect(stranger.locator("main")).to_contain_text("江水一号")
    published = folder / "results.json"
    published.write_bytes(stranger.request.get(f"/c/{stage.code}/results.json").body())
    shown = json.loads(published.read_text("utf-8"))["entries"]
    assert len(shown) == 4
    assert min(row["rank"] for row in shown) == 1
    tool = Path(__file__).resolve().parents[2] / "tools" / "recompute_results.py"
    checked = subprocess.run(
        [sys.executable, tool, published], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def count_attendance(olga: Page, competition: str) -> None:
    """Step 8: who registered, who came, as figures, a chart and a workbook."""
    olga.goto(competition)
    olga.get_by_role("link", name="到场统计").first.click()
    main = olga.locator("main")
    expect(main).to_contain_text("12")
    expect(main.locator("canvas").first).to_be_visible()
    with olga.expect_download() as started:
        olga.get_by_role("link", name="下载 Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(started.value.path().read_bytes()))
    words = {str(cell.value) for sheet in book for row in sheet for cell in row}
    assert {"12", "2"} <= words


def remind(house: House, olga: Page, competition: str, before: int) -> None:
    """Step 9: each captain is reminded once, and a later tick sends nothing more."""
    olga.goto(f"{competition}/reminders")
    olga.locator(
        'form:has([name="amount"][value="1"]):has([name="anchor"][value="slot"]) button'
    ).first.click()
    expect(olga.locator("main")).to_contain_text("马上发送")
    for _ in range(2):
        worker.tick(house.app, "reminders.send_due")
        house.work()
    fresh = house.mailbox.messages[before:]
    reminders = [mail for mail in fresh if "出场" in str(mail["Subject"])]
    assert len(reminders) == 4
    assert len({str(mail["To"]) for mail in reminders}) == 4
    for mail in reminders:
        attached = [
            part for part in mail.iter_attachments() if part.get_content_type() == "text/calendar"
        ]
        event = next(
            p for p in Calendar.from_ical(attached[0].get_content()).walk() if p.name == "VEVENT"
        )
        assert event.start > datetime.now(UTC)
        assert "大学生活动中心" in mail.get_body(("plain",)).get_content()
    olga.goto(f"{competition}/reminders?view=sent")
    expect(olga.locator("main")).to_contain_text("江水一号")
    expect(olga.locator(".state").filter(has_text="已送达邮件服务器")).to_have_count(4)


def test_a_competition_is_opened_and_a_project_comes_in(house: House, visitor: Visitor) -> None:
    people(house)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    olga, tia = visitor("olga@example.com"), visitor(phone=True)
    competition = create_competition(olga, now)
    public = adjust_and_open(olga, competition)
    entry = enter_a_project(tia, public)
    review(olga, tia, competition, entry, house)


def test_a_timetable_is_drawn_that_anyone_can_check(house: House, visitor: Visitor) -> None:
    stage = enter_projects(house)
    schedule(visitor("olga@example.com"), stage.desk, datetime.now(UTC) + timedelta(hours=20))
    check_public_timetable(visitor(phone=True), stage.code)


def test_judges_score_on_phones_and_the_results_can_be_recomputed(
    house: House, visitor: Visitor, tmp_path: Path
) -> None:
    stage = enter_projects(house)
    with stage.opened() as (competition, olga_herself):
        make_roadshow(by=olga_herself, competition=competition, entry_count=0)
    olga, stranger = visitor("olga@example.com"), visitor(phone=True)
    links = seat_judges(olga, stage)
    counts = [score(visitor(phone=True), links[f"评委{seat}"], 25) for seat in ("甲4", "乙4")]
    assert sorted(counts) == [1, 2], "the judge of the team's own university hears one less"
    assert sorted(score_the_rest(stage)) == [1] + [2] * 7
    close_and_publish(olga, stranger, stage, tmp_path)


def test_who_comes_is_scanned_and_counted(house: House, visitor: Visitor, film: Path) -> None:
    now = datetime.now(UTC)
    stage = enter_projects(
        house, starts_at=now - timedelta(minutes=30), ends_at=now + timedelta(days=2)
    )
    olga, tia = visitor("olga@example.com", stage.desk), visitor("tia@example.com", phone=True)
    check_in(visitor, olga, tia, f"/entries/{stage.entry_id}", film)
    count_attendance(olga, stage.desk)


def test_every_captain_is_reminded_once(house: House, visitor: Visitor) -> None:
    stage = enter_projects(house)
    with stage.opened() as (competition, olga):
        soon = datetime.now(UTC) + timedelta(hours=20)
        make_roadshow(by=olga, competition=competition, entry_count=0, starts_at=soon)
    house.work()
    remind(house, visitor("olga@example.com"), stage.desk, len(house.mailbox.messages))
