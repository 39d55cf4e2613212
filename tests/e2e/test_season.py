"""A whole season: from a template to the day on which its last notice comes down.

Whoever acts does so through the pages; only judges, whose day has a test of its own, and the
second and third project take the short way through the services. The clock is the test's.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader
from sqlalchemy import select

from eventhub.accounts.models import Person
from eventhub.accounts.queries import find_person_by_email
from eventhub.competitions import service as courses
from eventhub.competitions.models import Competition
from eventhub.competitions.queries import get_competition_by_code
from eventhub.db import db, transaction
from eventhub.demo.documents import plan_pdf
from eventhub.entries import queries as entries
from eventhub.entries import service as entering
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.entries.queries import schools
from eventhub.events.models import Event
from eventhub.judging import service as judging
from eventhub.outcomes import service as outcomes
from eventhub.outcomes.enums import ObjectionState
from eventhub.outcomes.models import Objection, PublicNotice
from tests.conftest import Clock
from tests.e2e.conftest import House, until
from tests.factories import make_circle, make_organiser, make_person, make_university
from tests.factories.judging import make_judge, make_panel, make_sheet
from tests.factories.roadshows import make_approved
from tests.factories.schools import make_school_officer
from tests.factories.teams import make_confirmation

pytestmark = pytest.mark.e2e

ZONE = ZoneInfo("Asia/Shanghai")
TITLE = "中国国际大学生创新大赛（2026）重庆邮电大学选拔赛"
PLAN, PROMISE = "项目计划书", "诚信参赛承诺书"
OTHERS = ("柑橘医生", "智云桥")
Visitor = Callable[..., Page]


@dataclass
class Season:
    """The people's windows, and what became known on the way."""

    house: House
    time: Clock
    visitor: Visitor
    olga: Page
    ora: Page
    tia: Page
    desk: str = ""
    code: str = ""
    entry: str = ""

    @contextmanager
    def by(self, name: str) -> Iterator[tuple[Competition, Person]]:
        """The short way: the competition, and somebody to act on it."""
        with self.house.app.app_context():
            person = find_person_by_email(f"{name}@eventhub.test")
            assert person is not None
            yield get_competition_by_code(self.code), person

    def key(self, name: str) -> UUID:
        """Of a project by its name."""
        with self.house.app.app_context():
            found = select(Entry.id).join(Entry.competition).join(Competition.event)
            found = found.where(Event.code == self.code, Entry.name == name)
            return db.session.scalars(found).one()


@pytest.fixture
def season(house: House, visitor: Visitor, time: Clock) -> Season:
    """The cast: two organisers, a school's office, a team of three, a judge."""
    with house.app.app_context():
        circle, home = make_circle(), make_university()
        for name, email in (("欧阳澜", "olga"), ("欧阳菁", "ora")):
            make_organiser(name, email=f"{email}@eventhub.test", circle=circle)
        make_school_officer("石敏", university=home, email="sue@eventhub.test")
        for name, email in (("田佳", "tia"), ("次仁卓玛", "dolma"), ("罗安", "luo")):
            make_person(name, email=f"{email}@eventhub.test", university=home)
    olga, ora = visitor("olga@eventhub.test"), visitor("ora@eventhub.test")
    return Season(house, time, visitor, olga, ora, visitor("tia@eventhub.test", phone=True))


def local(moment: datetime) -> str:
    """As a datetime-local control wants it."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def press(page: Page, name: str) -> None:
    """A button of the page itself."""
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def send(page: Page, name: str) -> None:
    """A button that sends a form, until it is answered."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        press(page, name)


def follow(page: Page, name: str) -> None:
    """A link of the page itself."""
    page.locator("main").get_by_role("link", name=name, exact=True).first.click()


def shows(page: Page, *words: str) -> None:
    """The page says all of it."""
    for each in words:
        expect(page.locator("main")).to_contain_text(each)


def create(season: Season) -> None:
    """From the template, with two rounds."""
    page, now = season.olga, season.time.now()
    page.goto("/manage/competitions/new/cicic-2026")
    page.locator('[name="group_keys"][value="ug-creative"]').check()
    expect(page.locator('[name="round_keys"][value="school"]')).to_be_checked()
    page.locator('[name="round_keys"][value="province"]').check()
    page.locator('[name="title"]').fill(TITLE)
    page.locator('[name="entries_open_at"]').fill(local(now - timedelta(hours=1)))
    page.locator('[name="entries_close_at"]').fill(local(now + timedelta(days=3)))
    page.locator('[name="starts_at"]').fill(local(now + timedelta(days=5)))
    page.locator('[name="ends_at"]').fill(local(now + timedelta(days=6)))
    page.locator('[name="venue"]').fill("大学生活动中心")
    send(page, "创建草稿")
    expect(page.locator("h1")).to_contain_text(TITLE)
    season.desk = page.url


def ask_for_more(season: Season) -> None:
    """A recommendation, a second document, a place in the next round, and a question."""
    page = season.olga
    page.goto(f"{season.desk}/entry-rules")
    page.locator('[name="needs_recommendation"]').check()
    send(page, "保存报名规则")
    page.goto(f"{season.desk}/rules")
    documents = page.locator('main a[href$="/documents"]').first.get_attribute("href")
    way = page.locator('main a[href$="/ways/best"]').first.get_attribute("href")
    page.goto(documents)
    page.get_by_role("button", name="增加材料").click()
    page.locator('[name^="documents-"][name$="-name"]').last.fill(PROMISE)
    page.locator('[name^="documents-"][name$="-is_required"]').last.check()
    send(page, "保存材料要求")
    page.goto(way)
    page.locator('[name="places"]').fill("1")
    send(page, "保存晋级规则")
    page.goto(f"{season.desk}/forms/new")
    page.locator('[name="source"][value="blank"]').check()
    page.locator('[name="groups"]').first.check()
    send(page, "设定并编辑题目")
    page.locator("#add a").first.click()
    page.locator("#label_zh").fill("已有的用户数")
    page.locator("#label_en").fill("Number of users so far")
    page.locator("#is_required").check()
    send(page, "保存这道题")
    follow(page, "检查并发布")
    send(page, "发布这一版")
    page.goto(season.desk)
    press(page, "发布赛事")
    page.locator("dialog#open-entries[open] button[type=submit]").click()
    shows(page, "报名中")
    public = page.get_by_role("link", name="查看公开页面").get_attribute("href")
    season.code = str(public).rsplit("/", 1)[-1]


def paper(page: Page, name: str) -> Locator:
    """The card of a document."""
    named = page.get_by_role("heading", name=name)
    return page.locator("[data-paper]").filter(has=named).first  # later rounds ask again


def write(season: Season) -> None:
    """The captain begins, on a phone."""
    page = season.tia
    page.goto(f"/c/{season.code}")
    page.locator('a[href$="/enter"]').first.click()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/entries/*")
    season.entry = page.url.split("?")[0]
    page.locator('[name="name"]').fill("江水一号")
    page.locator('[name="category"]').select_option("新工科")
    page.locator('[name="summary"]').fill("用于支流和农村水源的低成本水质浮标。")
    page.locator('[name="university_id"]').select_option(label="重庆邮电大学")
    page.locator('[name="members-0-student_number"]').fill("2023210001")
    page.get_by_role("button", name="添加指导教师").click()
    page.locator('[name="advisers-0-name"]').fill("祝融")
    page.locator('[name="advisers-0-organisation"]').fill("重庆邮电大学")
    expect(page.locator("[data-autosave-status]").first).to_have_attribute(
        "data-autosave-status", "saved"
    )
    page.goto(f"{season.entry}/form")
    page.get_by_label("已有的用户数").fill("1200 户")
    expect(page.locator("[data-autosave-status]").first).to_have_attribute(
        "data-autosave-status", "saved"
    )


def join(season: Season) -> None:
    """A student confirms and consents on a phone, which nobody can do by the way; then another."""
    page = season.tia
    page.goto(f"{season.entry}/team")
    send(page, "生成邀请链接")
    link = page.locator(".invite__link").inner_text()
    dolma = season.visitor("dolma@eventhub.test", link, phone=True)
    dolma.locator('[name="student_number"]').fill("2023210002")
    dolma.locator('[name="degree"]').select_option("bachelor")
    press(dolma, "确认加入")
    expect(dolma.locator('[name="agrees"]')).to_have_attribute("aria-invalid", "true")
    dolma.locator('[name="agrees"]').check()
    send(dolma, "确认加入")
    dolma.wait_for_url("**/entries/**")
    shows(dolma, "江水一号")
    with season.by("luo") as (_competition, luo):
        entering.join_team(link.rsplit("/", 1)[-1], given=make_confirmation(luo), by=luo)
    page.reload()
    shows(page, "次仁卓玛", "罗安", "2 / 3 人已本人确认")


def hand_in(season: Season) -> None:
    """The checklist turns green, and the project is submitted."""
    page = season.tia
    page.goto(season.entry)
    checklist = page.locator("[data-checklist]")
    expect(checklist).to_contain_text(PROMISE)
    for name in (PLAN, PROMISE):
        content = plan_pdf(name, ["一、概述"]).getvalue()
        paper(page, name).locator("input[type=file]").first.set_input_files(
            {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": content}
        )
        expect(paper(page, name).locator("[data-versions]")).to_contain_text(f"{name}.pdf")
    for box in page.locator('[name^="statement-"]').all():
        box.check()
    page.locator('[name="consents"]').check()
    page.locator('[name="is_declared"]').check()
    expect(checklist).to_contain_text("必须满足的都已满足")
    send(page, "提交审核")
    shows(page, "已提交")


def enter_others(season: Season) -> None:
    """Two more projects of the school, handed in and recommended by the short way."""
    with season.by("sue") as (competition, sue):
        for name in OTHERS:
            captain = make_person(f"{name}队长", university=make_university())
            entry = make_approved(competition, name, captain=captain)
            with transaction():
                entry.state, entry.university_id = EntryState.SUBMITTED, captain.university_id
            entering.recommend_entry(entry.id, by=sue)


def recommend(season: Season) -> None:
    """The school's office recommends Tia's project too, and puts it first."""
    page, ours = season.visitor("sue@eventhub.test", "/school"), season.key("江水一号")
    follow(page, TITLE)
    board = page.url
    page.goto(f"/school/entries/{ours}")
    page.locator('[name="opinion"]').fill("团队扎实，已有用户。")
    send(page, "推荐这个项目")
    page.goto(board)
    first, second = OTHERS
    order = page.locator(".ranking__name")
    expect(order).to_have_text([first, second, "江水一号"])
    for wanted in ([first, "江水一号", second], ["江水一号", first, second]):
        page.locator(f"#rank-{ours}").get_by_role("button", name="上移").click()
        expect(order).to_have_text(wanted)
        until(page, lambda wanted=wanted: ranks(season) == wanted)


def ranks(season: Season) -> list[str]:
    """The school's order as it is kept."""
    with season.by("sue") as (competition, _sue):
        found = schools.list_recommended(competition.id, make_university().id)
        return [entry.name for entry in found]


def approve(season: Season) -> None:
    """The organiser reads what the school says and approves; the others follow."""
    page = season.olga
    page.goto(f"{season.desk}/entries")
    page.get_by_role("link", name=re.compile("江水一号")).first.click()
    shows(page, "本组第 1 名", "团队扎实", "1200 户")
    send(page, "审核通过")
    shows(page, "审核通过")
    with season.by("olga") as (_competition, olga):
        for name in OTHERS:
            entering.approve_entry(season.key(name), by=olga)


def pass_the_deadline(season: Season) -> None:
    """All is locked; the name is opened once more, changed, and locked again."""
    page, ours = season.olga, season.key("江水一号")
    season.time.move(days=3, minutes=1)
    page.goto(f"/manage/entries/{ours}/unlocks")
    page.locator('[name="parts"][value="name"]').check()
    page.locator('[name="ends_at"]').fill(local(season.time.now() + timedelta(hours=6)))
    page.locator('[name="reason"]').fill("名称与公函不一致，按公函更正。")
    page.locator('[name="gives_back"]').check()
    send(page, "解锁")
    shows(page, "名称与公函不一致")
    tia = season.tia
    tia.goto(season.entry)
    expect(tia.locator('[name="name"]')).to_be_enabled()
    expect(tia.locator('[name="category"]')).to_be_disabled()
    expect(tia.locator('[name="university_id"]')).to_be_disabled()
    expect(tia.get_by_role("button", name="添加成员")).to_be_hidden()
    tia.locator('[name="name"]').fill("江水一号水质浮标")
    send(tia, "提交审核")
    shows(tia, "已提交")
    page.goto(f"/manage/entries/{ours}")
    send(page, "审核通过")
    shows(page, "审核通过")
    season.time.move(hours=7)
    page.reload()
    shows(page, "已到期")


def judge(season: Season) -> None:
    """A judge marks all three; the round is closed and published."""
    season.time.move(days=2)
    with season.by("olga") as (competition, olga):
        round_ = competition.rounds[0]
        with transaction():
            round_.sheets_min, round_.drop_count = 1, 0
        seat = make_judge(make_panel(round_, by=olga), by=olga)
        courses.open_round(round_.id, by=olga)
        for name, share in zip(("江水一号水质浮标", *OTHERS), ("0.9", "0.8", "0.7"), strict=True):
            make_sheet(seat, entries.get_entry(season.key(name)), share=share)
        judging.close_round(round_.id, by=olga)
        judging.publish_results(round_.id, by=olga)


def advance(season: Season) -> None:
    """One place: proposed by rank, a second added by hand, confirmed by somebody else."""
    page = season.olga
    page.goto(f"{season.desk}/outcomes")
    send(page, "按名次拟定名单")
    shows(page, "晋级线", "请另一位组织者登录后在此确认")
    page.get_by_role("link", name="调整“智云桥”").click()
    page.locator('[name="decision"][value="in"]').check()
    send(page, "保存决定")
    expect(page.locator('[name="reason"]')).to_have_attribute("aria-invalid", "true")
    page.locator('[name="reason"]').fill("经校内会议决定，增补一个乡村振兴项目。")
    send(page, "保存决定")
    shows(page, "总名额超出 1 个")
    ora = season.ora
    ora.goto(f"{season.desk}/outcomes")
    follow(ora, "核对并确认")
    shows(ora, "经校内会议决定", "智云桥")
    send(ora, "确认名单")
    shows(ora, "晋级名单已确认")
    season.tia.goto(f"/c/{season.code}/advancement")
    shows(season.tia, "江水一号水质浮标", "智云桥")


def award(season: Season) -> str:
    """A first and a second prize, confirmed by two; certificates. Returns a number."""
    page = season.olga
    page.goto(f"{season.desk}/outcomes")
    follow(page, "设置奖级")
    for at, name in enumerate(("一等奖", "二等奖")):
        page.locator(f'[name="levels-{at}-name"]').fill(name)
        page.locator(f'[name="levels-{at}-places"]').fill("1")
    send(page, "保存奖级")
    send(page, "按名次拟定获奖名单")
    ora = season.ora
    ora.goto(f"{season.desk}/outcomes")
    follow(ora, "核对并确认")
    send(ora, "确认名单")
    shows(ora, "获奖名单已确认")
    page.reload()
    send(page, "颁发 2 份证书")
    season.house.work()
    page.reload()
    shows(page, "已颁发 2 份，已生成 2 份")
    tia = season.tia
    tia.goto(f"{season.entry}/certificates")
    paper_address = tia.locator('main a[href$=".pdf"]').first.get_attribute("href")
    content = tia.request.get(str(paper_address)).body()
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    return re.search(r"[A-Z0-9]+(?:-[A-Z0-9]+)+", text)[0]


def verify(season: Season, number: str) -> Page:
    """A stranger who reads English looks the number up."""
    stranger = season.visitor(None, "/verify", locale="en-US")
    stranger.locator('main input[type="text"]').first.fill(number)
    stranger.locator("main form button[type=submit]").first.click()
    shows(stranger, "Valid certificate", "江水一号水质浮标")
    return stranger


def post_notice(season: Season) -> None:
    """The list of who goes up is put out for objections."""
    page = season.olga
    page.goto(f"{season.desk}/outcomes")
    follow(page, "发起公示")
    page.locator('[name="contact"]').fill("大赛办公室，023-62460000")
    send(page, "保存并预览")
    send(page, "发布公示")
    shows(page, "公示已发布")
    season.time.set(only_notice(season).opens_at + timedelta(hours=1))
    page.reload()
    shows(page, "公示中")


def only_notice(season: Season) -> PublicNotice:
    """The notice of the season."""
    with season.house.app.app_context():
        return db.session.scalars(select(PublicNotice)).one()


def object_to(season: Season, stranger: Page) -> str:
    """The stranger sees masked names, and objects by name. Returns the receipt's code."""
    stranger.goto("/notices")
    stranger.locator('main a[href^="/notices/"]').first.click()
    shows(stranger, "江水一号水质浮标", "田*")
    expect(stranger.locator("main")).not_to_contain_text("田佳")
    follow(stranger, "Object")
    stranger.locator('[name="row"]').select_option(index=2)
    stranger.locator('[name="text"]').fill("The project was shown as somebody else's last year.")
    stranger.locator('[name="name"]').fill("Ann Reader")
    stranger.locator('[name="contact"]').fill("ann@example.org")
    send(stranger, "Submit objection")
    shows(stranger, "Objection received")
    return stranger.locator('main a[href^="/objections/"]').first.get_attribute("href")


def answer(season: Season, stranger: Page, receipt: str) -> None:
    """The organiser looks into it and answers; the stranger reads the answer."""
    page, words = season.olga, "经查，该项目为本团队原创，有立项书为证。"
    with season.by("olga") as (_competition, olga):
        objection = db.session.scalars(select(Objection)).one()
        outcomes.answer_objection(objection.id, state=ObjectionState.ACCEPTED, answer="", by=olga)
    page.goto(f"{season.desk}/notices")
    page.locator('main a[href^="/manage/objections/"]').first.click()
    shows(page, "Ann Reader", "shown as somebody else's")
    page.locator('[name="state"][value="rejected"]').check()
    page.locator('[name="answer"]').fill(words)
    send(page, "保存处理结果")
    shows(page, "处理结果已保存")
    season.house.work()
    assert season.house.mailbox.to("ann@example.org")
    stranger.goto(receipt)
    stranger.locator('[name="contact"]').fill("ann@example.org")
    send(stranger, "Check progress")
    shows(stranger, words)


def come_down(season: Season, stranger: Page) -> None:
    """The notice ends by itself."""
    stranger.goto("/notices")
    address = stranger.locator('main a[href^="/notices/"]').first.get_attribute("href")
    closes_at = only_notice(season).closes_at
    season.time.set(closes_at - timedelta(seconds=1))
    stranger.goto(str(address))
    shows(stranger, "江水一号")
    season.time.set(closes_at)
    stranger.goto(str(address))
    shows(stranger, "Public notice ended")
    expect(stranger.locator("main")).not_to_contain_text("江水一号")
    stranger.goto("/notices")
    shows(stranger, "No public notices at the moment")


def test_a_whole_season(season: Season) -> None:
    create(season)
    ask_for_more(season)
    write(season)
    join(season)
    hand_in(season)
    enter_others(season)
    recommend(season)
    approve(season)
    pass_the_deadline(season)
    judge(season)
    advance(season)
    stranger = verify(season, award(season))
    post_notice(season)
    receipt = object_to(season, stranger)
    answer(season, stranger, receipt)
    come_down(season, stranger)
