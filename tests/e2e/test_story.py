"""The whole trade once through, in nine steps, by the right people, on desks and phones."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from icalendar import Calendar
from PIL import Image
from playwright.sync_api import Page, expect

from eventhub import worker
from eventhub.accounts import queries as people_queries
from eventhub.circles import queries as circles
from eventhub.circles import reference
from eventhub.competitions.queries import get_competition_by_code
from eventhub.db import db
from eventhub.demo.documents import plan_pdf
from eventhub.entries import service as entries
from eventhub.entries.service import AdviserDraft, EntryDraft, MemberDraft
from eventhub.entries.service.statements import list_statements
from tests.browser import PASSWORD
from tests.e2e.conftest import House
from tests.factories import make_organiser, make_person, make_staff

ZONE = ZoneInfo("Asia/Shanghai")
TITLE = "中国国际大学生创新大赛（2026）重庆邮电大学校级初赛"
Visitor = Callable[..., Page]


def local(moment: datetime) -> str:
    """As a datetime-local control wants it."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def sign_in(page: Page, email: str, path: str = "/desk") -> None:
    page.goto(f"/sign-in?next={path}")
    page.get_by_label("邮箱").fill(email)
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(f"**{path}")


def people(house: House) -> None:
    """The circle, its organiser and its staff; everybody else comes by themselves."""
    with house.app.app_context():
        reference.load_chongqing()
        circle = circles.find_circle_by_code("cqupt")
        make_organiser("欧阳澜", email="olga@example.com", circle=circle)
        make_staff("单明", email="sam@example.com", circle=circle)
        db.session.remove()


def create_competition(page: Page, now: datetime) -> str:
    """Step 1: from the template to open registration. Returns the competition's address."""
    sign_in(page, "olga@example.com", "/manage/competitions")
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


def enter_others(house: House, code: str) -> None:
    """Three more teams, of another university, through the services."""
    with house.app.app_context():
        competition = get_competition_by_code(code)
        olga = people_queries.find_person_by_email("olga@example.com")
        assert olga is not None
        home = circles.find_university("重庆大学")
        assert home is not None
        for number, name in enumerate(("柑橘医生", "智云桥", "银龄伴行"), 1):
            captain = make_person(f"队长{number}", email=f"captain{number}@example.com")
            entry = entries.start_entry(
                competition.id, group_id=competition.groups[0].id, by=captain
            )
            members = tuple(
                MemberDraft(f"成员{number}{at}", home.id, f"20232200{number}{at}")
                for at in range(3)
            )
            draft = EntryDraft(
                name, "新农科", "一个项目。", home.id, members,
                (AdviserDraft("导师", "教授", "重庆大学"),),
                statements=frozenset(rule.key for rule in list_statements(entry)), is_declared=True,
            )  # fmt: skip
            entries.save_entry(entry.id, version=entry.version, draft=draft, by=captain)
            entries.add_document(
                entry.id,
                requirement_id=competition.rounds[0].requirements[0].id,
                content=plan_pdf(name, ["一"]),
                name="plan.pdf",
                by=captain,
            )
            entries.submit_entry(entry.id, by=captain)
            entries.approve_entry(entry.id, by=olga)
        db.session.remove()


def schedule(page: Page, competition: str, code: str, starts_at: datetime) -> None:
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


def seat_judges(page: Page, competition: str) -> list[str]:
    """Step 5: three judges a room and one of the team's own university; their links."""
    page.goto(f"{competition}/judging")
    page.get_by_role("button", name="按会场建组").first.click()
    for room in range(2):
        for number in range(4):
            page.goto(f"{competition}/judging")
            page.get_by_role("link", name="添加评委", exact=True).nth(room).click()
            page.locator('[name="name"]').fill(f"评委{'甲乙'[room]}{number + 1}")
            if number == 3:
                page.locator('[name="university"]').select_option(label="重庆邮电大学")
            page.locator("main form button[type=submit]").last.click()
            expect(page.locator("main")).to_contain_text(f"评委{'甲乙'[room]}{number + 1}")
    page.goto(f"{competition}/rules")
    confirm(page, "开始评分", "open-1")
    page.goto(f"{competition}/judging")
    page.get_by_role("button", name="打印评委二维码卡").click()
    expect(page.locator(".print-card")).to_have_count(8)
    links = page.locator(".print-card").evaluate_all(
        'cards => cards.map(card => card.innerHTML.match(/https?:[^"<>\\s]*\\/j\\/[\\w-]+/)[0])'
    )
    assert len(set(links)) == 8
    return [str(link) for link in links]


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


def camera_that_sees(picture: bytes, path: Path) -> str:
    """A film of a ticket, in the form in which Chromium takes one for its camera."""
    ticket = Image.open(io.BytesIO(picture)).convert("RGB")
    ticket.thumbnail((400, 400))
    frame = Image.new("RGB", (640, 480), "white")
    frame.paste(ticket, ((640 - ticket.width) // 2, (480 - ticket.height) // 2))
    shot = io.BytesIO()
    frame.save(shot, "JPEG", quality=95)
    path.write_bytes(shot.getvalue() * 30)
    return str(path)


def open_camera(page: Page) -> None:
    """Start it, unless the page has: it does so where the browser allows the camera already."""
    page.wait_for_timeout(500)
    button = page.get_by_role("button", name="打开摄像头")
    if button.is_visible():
        button.click()


def check_in(
    house: House, visitor: Visitor, olga: Page, tia: Page, entry: str, folder: Path
) -> None:
    """Step 6: scanned by the camera, then typed again, then something unknown."""
    tia.goto(entry)
    addresses = tia.locator('a[href^="/t/"]').evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    assert len(addresses) == 3, "a ticket for each of the team"
    picture = tia.request.get(f"{addresses[0]}.png").body()
    film = camera_that_sees(picture, folder / "ticket.mjpeg")
    olga.get_by_role("button", name="启用“主入口”").click()
    sam = visitor(phone=True, arguments=(f"--use-file-for-fake-video-capture={film}",))
    sign_in(sam, "sam@example.com", "/door")
    sam.locator('main a[href^="/door/"]').first.click()
    open_camera(sam)
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


def close_and_publish(
    olga: Page, stranger: Page, competition: str, code: str, folder: Path
) -> None:
    """Step 7: nothing is public before; then totals, ranks, and a table anyone can recompute."""
    assert stranger.request.get(f"/c/{code}/results").status == 404
    assert stranger.request.get(f"/c/{code}/results.json").status == 404
    olga.goto(f"{competition}/results")
    olga.get_by_role("link", name="封榜").first.click()
    olga.get_by_role("button", name="确认封榜").click()
    assert stranger.request.get(f"/c/{code}/results").status == 404
    olga.get_by_role("link", name="公布成绩").first.click()
    olga.get_by_role("button", name="确认公布").click()
    stranger.goto(f"/c/{code}/results")
    expect(stranger.locator("main")).to_contain_text("江水一号")
    published = folder / "results.json"
    published.write_bytes(stranger.request.get(f"/c/{code}/results.json").body())
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


@pytest.mark.e2e
def test_the_whole_path(house: House, visitor: Visitor, tmp_path: Path) -> None:
    people(house)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    olga, tia, stranger = visitor(), visitor(phone=True), visitor(phone=True)
    competition = create_competition(olga, now)
    public = adjust_and_open(olga, competition)
    code = public.rsplit("/", 1)[-1]
    entry = enter_a_project(tia, public)
    review(olga, tia, competition, entry, house)
    enter_others(house, code)
    schedule(olga, competition, code, now + timedelta(hours=20))
    check_public_timetable(stranger, code)
    links = seat_judges(olga, competition)
    counts = [score(visitor(phone=True), link, 25 + at % 3) for at, link in enumerate(links)]
    assert sorted(counts) == [1] + [2] * 7, "the judge of the team's own university hears one less"
    olga.goto(competition)
    check_in(house, visitor, olga, tia, entry, tmp_path)
    close_and_publish(olga, stranger, competition, code, tmp_path)
    count_attendance(olga, competition)
    house.work()
    remind(house, olga, competition, len(house.mailbox.messages))
