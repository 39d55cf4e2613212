"""Three competitions of the demonstration world: one open, one on stage today, one published."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.checkin import service as checkin
from eventhub.competitions import service as competitions
from eventhub.competitions.models import Competition, Round, Rubric
from eventhub.competitions.queries import team_rules
from eventhub.demo.cast import DOMAIN, WORLD, Cast
from eventhub.demo.documents import plan_pdf
from eventhub.entries import service as entries
from eventhub.entries.models import Entry
from eventhub.entries.service import AdviserDraft, EntryDraft, MemberDraft
from eventhub.events import queries as event_queries
from eventhub.judging import service as judging
from eventhub.judging.models import PanelJudge
from eventhub.judging.queries import recusals
from eventhub.reminders import service as reminders
from eventhub.reminders.enums import Anchor
from eventhub.roadshows import queries as roadshow_queries
from eventhub.roadshows import service as roadshows
from eventhub.roadshows.models import Roadshow, Slot

UNIVERSITIES = (
    "重庆邮电大学", "重庆大学", "西南大学", "重庆医科大学", "重庆师范大学", "重庆文理学院",
    "重庆交通大学", "西南政法大学", "重庆理工大学", "四川美术学院",
)  # fmt: skip
HOUSES = ("重庆邮电大学", "重庆大学", "西南大学")  # whose teachers sit on panels and recuse


@dataclass(frozen=True)
class Idea:
    """A project before it is entered."""

    name: str
    category: str
    summary: str


IDEAS = [Idea(*row) for row in WORLD["projects"]]


@dataclass
class Contest:
    """A competition being built, and who runs it."""

    cast: Cast
    competition: Competition
    by: Person

    @property
    def round(self) -> Round:
        """Its one round."""
        return self.competition.rounds[0]

    def draft(self, idea: Idea, *, at: datetime, captain: Person | None = None) -> Entry:
        """A team begins, and writes everything but its documents."""
        cast = self.cast
        home = cast.university(cast.random.choice(UNIVERSITIES))
        if captain is None:
            captain = cast.person(
                cast.name(), f"captain{len(cast.captains) + 1}", university_id=home.id
            )
            cast.captains.append(captain)
        home_id = captain.university_id or home.id
        with clock.pretending(at):
            entry = entries.start_entry(
                self.competition.id, group_id=self.competition.groups[0].id, by=captain
            )
            return entries.save_entry(
                entry.id,
                version=entry.version,
                draft=self._answers(idea, captain, home_id),
                by=captain,
            )

    def _answers(self, idea: Idea, captain: Person, home: uuid.UUID) -> EntryDraft:
        cast, group = self.cast, self.competition.groups[0]
        size = cast.random.randint(max(group.member_min, 3), min(group.member_max, 6))
        people = [captain.name, *(cast.name() for _ in range(size - 1))]
        away = cast.university(cast.random.choice(UNIVERSITIES)).id
        members = tuple(
            MemberDraft(
                name=name,
                university_id=away if position == 2 and cast.random.random() < 0.2 else home,
                student_number=cast.student_number(),
                email=captain.email or "" if position == 0 else f"{cast.student_number()}@{DOMAIN}",
                phone=cast.phone(),
                duty=cast.random.choice(WORLD["duties"]) if position else "项目负责人",
            )
            for position, name in enumerate(people)
        )
        advisers = tuple(
            AdviserDraft(
                name=cast.name(),
                title=cast.random.choice(WORLD["adviser_titles"]),
                organisation=next(u.name for u in cast.universities if u.id == home),
            )
            for _ in range(max(1, min(group.adviser_max, cast.random.randint(1, 2))))
        )
        return EntryDraft(
            name=idea.name,
            category=idea.category if idea.category in group.categories else "",
            summary=idea.summary,
            university_id=home,
            members=members,
            advisers=advisers,
            statements=frozenset(rule.key for rule in team_rules(group).statements),
            is_declared=True,
        )

    def submit(self, entry: Entry, *, at: datetime) -> Entry:
        """The team hands in: the required documents, then the whole."""
        with clock.pretending(at):
            for requirement in self.round.requirements:
                if requirement.is_required:
                    content = plan_pdf(f"{entry.name} {requirement.name}", [entry.summary])
                    entries.add_document(
                        entry.id,
                        requirement_id=requirement.id,
                        content=content,
                        name=f"{requirement.name}.pdf",
                        by=entry.captain,
                    )
            return entries.submit_entry(entry.id, by=entry.captain)

    def approve(self, entry: Entry, *, at: datetime) -> Entry:
        """The organiser says yes."""
        with clock.pretending(at):
            return entries.approve_entry(entry.id, by=self.by)

    def remind(self, anchor: Anchor, *, days: int) -> None:
        """Tell the captains so long before."""
        reminders.add_rule(
            self.competition.id, anchor=anchor, lead=timedelta(days=days), by=self.by
        )

    def seat_panels(self, *, at: datetime, first: list[tuple[str, str]]) -> list[PanelJudge]:
        """Five judges a room, one of them chief; ``first`` sit first, by name and address."""
        cast, seats = self.cast, []
        waiting = list(first)
        with clock.pretending(at):
            for panel in judging.add_room_panels(self.round.id, by=self.by):
                for position in range(5):
                    name, email = waiting.pop(0) if waiting else (cast.name(), None)
                    teacher = cast.university(HOUSES[position]) if position in {1, 2} else None
                    seats.append(
                        judging.seat_judge(
                            panel.id,
                            name=name,
                            email=email,
                            university_id=teacher.id if teacher else None,
                            organisation=teacher.name
                            if teacher
                            else cast.random.choice(WORLD["judge_organisations"]),
                            is_chief=position == 0,
                            by=self.by,
                        )
                    )
        return seats

    def prepare_roadshow(self, *, starts_at: datetime, venue: str, at: datetime) -> Roadshow:
        """Two rooms, eight and seven minutes, drawn and published."""
        with clock.pretending(at):
            roadshow = roadshows.set_up(
                self.round.id,
                rooms=["第一会场", "第二会场"],
                starts_at=starts_at,
                venue=venue,
                pitch_minutes=8,
                qa_minutes=7,
                by=self.by,
            )
            roadshows.announce_draw(
                roadshow.id, public_source="抽签当晚福利彩票双色球开奖号码", by=self.by
            )
        with clock.pretending(at + timedelta(hours=2)):
            roadshows.draw(roadshow.id, public_text="03 08 17 21 26 31 + 09", by=self.by)
            return roadshows.publish_timetable(roadshow.id, by=self.by)

    def judge(self, slot: Slot, *, seats: list[PanelJudge], submit: bool = True) -> None:
        """The judges of the slot's room give their marks, each a little apart from the others."""
        barred = recusals.find_recusals(self.round.id, seats, [slot.entry])
        rubric = next(r for r in self.round.rubrics if r.group_id == slot.entry.group_id)
        talent = Decimal(self.cast.random.randint(66, 94))
        for seat in seats:
            is_away = seat.panel.room_id != slot.room_id
            if is_away or barred.bar(seat.person_id, slot.entry_id):
                continue
            done_at = slot.ends_at if submit else slot.starts_at - timedelta(minutes=2)
            with clock.pretending(done_at + timedelta(seconds=20 * seat.position)):
                give = judging.submit_sheet if submit else judging.save_sheet
                give(
                    self.round.id,
                    slot.entry_id,
                    version=0,
                    marks=self._marks(rubric, talent, seat, is_whole=submit),
                    gates={gate.key: True for gate in rubric.gates},
                    note="",
                    feedback=self.cast.random.choice(
                        ("", "数据扎实，建议补充与竞品的对照。", "现场演示很好，请把成本讲清楚。")
                    ),
                    by=seat.person,
                )

    def _marks(
        self, rubric: Rubric, talent: Decimal, seat: PanelJudge, *, is_whole: bool
    ) -> dict[str, Decimal | None]:
        severity = Decimal(seat.position - 3) * Decimal("1.2")
        marks: dict[str, Decimal | None] = {}
        for line in rubric.criteria if is_whole else rubric.criteria[:2]:
            share = (talent - severity + self.cast.random.randint(-4, 4)) / 100
            points = (line.points_max * min(share, Decimal(1)) * 2).to_integral_value() / 2
            marks[line.key] = min(line.points_max, max(Decimal(0), points))
        return marks


def _begin(
    cast: Cast, circle: str, template: str, group: str, *, at: datetime, **facts: Any
) -> Contest:
    """Create from the template, confirm what wants confirming, publish and open."""
    by = cast.organisers[circle]
    with clock.pretending(at):
        competition = competitions.create_from_template(
            template, circle_id=cast.circles[circle].id, by=by, group_keys=[group], **facts
        )
        for rubric in competition.rounds[0].rubrics:
            if rubric.needs_confirmation:
                competitions.confirm_rubric(rubric.id, by=by)
        competitions.open_entries(competition.id, by=by)
    return Contest(cast, competition, by)


def build_open(cast: Cast, today: datetime, captain: Person) -> Contest:
    """校级初赛 of 国创赛, taking entries for five more days."""
    contest = _begin(
        cast,
        "cqupt",
        "cicic-2026",
        "ug-creative",
        at=today - timedelta(days=21),
        title="中国国际大学生创新大赛（2026）重庆邮电大学校级初赛",
        edition="2026",
        round_name="校级初赛",
        entries_open_at=today - timedelta(days=20),
        entries_close_at=today + timedelta(days=5, hours=12),
        starts_at=today + timedelta(days=12, hours=8, minutes=30),
        ends_at=today + timedelta(days=12, hours=18),
        venue="大学生活动中心",
        address="重庆市南岸区崇文路 2 号",
        summary="高教主赛道本科生创意组，校内选拔 20 个项目推荐参加市赛。",
    )
    contest.remind(Anchor.ENTRY_DEADLINE, days=1)
    contest.remind(Anchor.SLOT, days=1)
    for number, idea in enumerate(IDEAS[:14]):
        begun = today - timedelta(days=15 - number, hours=-20)
        entry = contest.draft(idea, at=begun, captain=captain if number == 0 else None)
        if number in {0, 9, 13}:
            continue  # still writing
        submitted = contest.submit(entry, at=begun + timedelta(hours=3))
        if number in {4, 8}:
            with clock.pretending(begun + timedelta(hours=8)):
                entries.return_entry(
                    submitted.id,
                    reason="计划书缺少财务预测，请补充第四章后重新提交。",
                    by=contest.by,
                )
        elif number not in {6, 11, 12}:
            contest.approve(submitted, at=begun + timedelta(hours=8))
    return contest


def build_today(cast: Cast, today: datetime, now: datetime, captain: Person) -> Contest:
    """渝创渝新, on stage in two rooms at this very hour."""
    starts_at = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    starts_at -= timedelta(minutes=75)
    contest = _begin(
        cast,
        "cqupt",
        "yuchuangyuxin",
        "student",
        at=today - timedelta(days=40),
        title="“渝创渝新”创业创新大赛大学生组南岸赛区选拔赛",
        edition="2026",
        round_name="区县选拔",
        entries_open_at=today - timedelta(days=38),
        entries_close_at=today - timedelta(days=6, hours=6),
        starts_at=starts_at - timedelta(hours=1),
        ends_at=starts_at + timedelta(hours=6),
        venue="大学生创新创业中心",
        address="重庆市南岸区崇文路 2 号",
        summary="南岸区高校联合选拔，两个会场同时路演，前八名推荐市级初赛。",
    )
    for number, idea in enumerate(IDEAS[14:38]):
        begun = today - timedelta(days=30 - number)
        entry = contest.draft(idea, at=begun, captain=captain if number == 0 else None)
        contest.submit(entry, at=begun + timedelta(hours=2))
        contest.approve(entry, at=begun + timedelta(days=1))
    with clock.pretending(today - timedelta(days=6, hours=6)):
        competitions.close_entries(contest.competition.id, by=contest.by)
    roadshow = contest.prepare_roadshow(
        starts_at=starts_at, venue="大学生创新创业中心三楼", at=today - timedelta(days=4)
    )
    contest.remind(Anchor.SLOT, days=1)
    seats = contest.seat_panels(at=today - timedelta(days=3), first=[("江俊", f"jun@{DOMAIN}")])
    with clock.pretending(starts_at - timedelta(minutes=30)):
        competitions.open_round(contest.round.id, by=contest.by)
    for slot in roadshow_queries.list_slots(roadshow.id):
        if slot.ends_at <= now:
            contest.judge(slot, seats=seats)
        elif slot.starts_at <= now:
            contest.judge(slot, seats=seats, submit=False)
    _check_in(cast, contest, roadshow, now)
    return contest


def _check_in(cast: Cast, contest: Contest, roadshow: Roadshow, now: datetime) -> None:
    """Teams come a while before their slots; some members never do."""
    event = contest.competition.event
    door = checkin.add_main_entrance(event.id, by=contest.by)
    staff = cast.staff or contest.by
    slots = {slot.entry_id: slot for slot in roadshow_queries.list_slots(roadshow.id)}
    for place in event_queries.list_registrations(event.id):
        slot = slots.get(place.party_id) if place.party_id else None
        if slot is None or cast.random.random() < 0.12:
            continue
        moment = slot.starts_at - timedelta(minutes=cast.random.randint(12, 44))
        moment = max(moment, event.starts_at + timedelta(seconds=cast.random.randint(0, 1500)))
        if moment < now:
            with clock.pretending(moment):
                checkin.scan(
                    door.id,
                    scan_id=uuid.UUID(int=cast.random.getrandbits(128), version=4),
                    code=place.ticket.code,
                    scanned_at=moment,
                    by=staff,
                )


def build_published(cast: Cast, today: datetime, captain: Person) -> Contest:
    """研究生创意组 of another circle, over and published three weeks ago."""
    day = today - timedelta(days=24)
    contest = _begin(
        cast,
        "cqu",
        "cicic-2026",
        "pg-creative",
        at=day - timedelta(days=40),
        title="中国国际大学生创新大赛（2026）重庆大学校级决赛",
        edition="2026",
        round_name="校级决赛",
        entries_open_at=day - timedelta(days=38),
        entries_close_at=day - timedelta(days=8, hours=6),
        starts_at=day + timedelta(hours=8),
        ends_at=day + timedelta(hours=18),
        venue="虎溪校区学术报告厅",
        address="重庆市沙坪坝区大学城南路 55 号",
        summary="研究生创意组校级决赛，结果已公布。",
    )
    for number, idea in enumerate(IDEAS[38:60]):
        begun = day - timedelta(days=36 - number)
        entry = contest.draft(idea, at=begun, captain=captain if number == 0 else None)
        contest.submit(entry, at=begun + timedelta(hours=2))
        contest.approve(entry, at=begun + timedelta(days=1))
    with clock.pretending(day - timedelta(days=8, hours=6)):
        competitions.close_entries(contest.competition.id, by=contest.by)
    starts_at = day + timedelta(hours=9)
    roadshow = contest.prepare_roadshow(
        starts_at=starts_at, venue="虎溪校区学术报告厅", at=day - timedelta(days=5)
    )
    seats = contest.seat_panels(at=day - timedelta(days=4), first=[])
    with clock.pretending(starts_at - timedelta(minutes=30)):
        competitions.open_round(contest.round.id, by=contest.by)
    for slot in roadshow_queries.list_slots(roadshow.id):
        contest.judge(slot, seats=seats)
    _check_in(cast, contest, roadshow, day + timedelta(hours=20))
    with clock.pretending(day + timedelta(hours=17)):
        judging.close_round(contest.round.id, reason=None, by=contest.by)
    with clock.pretending(day + timedelta(days=1)):
        judging.publish_results(contest.round.id, by=contest.by)
        competitions.finish(contest.competition.id, by=contest.by)
    return contest
