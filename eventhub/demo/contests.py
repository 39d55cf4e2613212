"""Two competitions that are heard live: one on stage today, one over and its awards given."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.checkin import service as checkin
from eventhub.competitions import service as competitions
from eventhub.demo.cast import DOMAIN, Cast
from eventhub.demo.contest import IDEAS, Contest, Idea, begin
from eventhub.demo.judges import judge_slot, seat_panel
from eventhub.demo.press import Press
from eventhub.events import queries as event_queries
from eventhub.judging import service as judging
from eventhub.judging.models import PanelJudge
from eventhub.outcomes import service as outcomes
from eventhub.outcomes.enums import NoticeKind
from eventhub.outcomes.service import LevelDraft, NoticeDraft
from eventhub.reminders.enums import Anchor
from eventhub.roadshows import queries as roadshow_queries
from eventhub.roadshows import service as roadshows
from eventhub.roadshows.models import Roadshow

HOUSES = ("重庆大学", "西南大学")  # whose teachers sit on panels and recuse
LEVELS = (LevelDraft("金奖", 2), LevelDraft("银奖", 4), LevelDraft("铜奖", 6))


def build_today(
    cast: Cast, press: Press, today: datetime, now: datetime, captain: Person
) -> Contest:
    """渝创渝新, on stage in two rooms at this very hour."""
    starts_at = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    starts_at -= timedelta(minutes=75)
    contest = begin(
        cast,
        press,
        circle="cqupt",
        template="yuchuangyuxin",
        groups=["student"],
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
    _enter(contest, IDEAS[14:34], captain, first_day=today - timedelta(days=30))
    with clock.pretending(today - timedelta(days=6, hours=6)):
        competitions.close_entries(contest.competition.id, by=contest.by)
    roadshow = _prepare_roadshow(
        contest,
        starts_at=starts_at,
        venue="大学生创新创业中心三楼",
        at=today - timedelta(days=4),
    )
    contest.remind(Anchor.SLOT, days=1)
    seats = _seat(contest, at=today - timedelta(days=3), first=[("江俊", f"jun@{DOMAIN}")])
    with clock.pretending(starts_at - timedelta(minutes=30)):
        competitions.open_round(contest.round.id, by=contest.by)
    for slot in roadshow_queries.list_slots(roadshow.id):
        if slot.starts_at <= now:
            judge_slot(contest, slot, seats=seats, is_over=slot.ends_at <= now)
    _check_in(contest, roadshow, now)
    return contest


def build_published(cast: Cast, press: Press, today: datetime, captain: Person) -> Contest:
    """An invitation contest of another circle: over, with awards and certificates."""
    day = today - timedelta(days=24)
    contest = begin(
        cast,
        press,
        circle="cqu",
        template="cicic-2026",
        groups=["ug-creative"],
        at=day - timedelta(days=40),
        title="第六届大学城高校创新创业邀请赛",
        edition="第六届",
        round_name="决赛",
        entries_open_at=day - timedelta(days=38),
        entries_close_at=day - timedelta(days=8, hours=6),
        starts_at=day + timedelta(hours=8),
        ends_at=day + timedelta(hours=18),
        venue="虎溪校区学术报告厅",
        address="重庆市沙坪坝区大学城南路 55 号",
        summary="十所高校的创意组项目同台路演，成绩与获奖名单已公布。",
    )
    _enter(contest, IDEAS[38:54], captain, first_day=day - timedelta(days=36))
    with clock.pretending(day - timedelta(days=8, hours=6)):
        competitions.close_entries(contest.competition.id, by=contest.by)
    starts_at = day + timedelta(hours=9)
    roadshow = _prepare_roadshow(
        contest, starts_at=starts_at, venue="虎溪校区学术报告厅", at=day - timedelta(days=5)
    )
    seats = _seat(contest, at=day - timedelta(days=4), first=[])
    with clock.pretending(starts_at - timedelta(minutes=30)):
        competitions.open_round(contest.round.id, by=contest.by)
    for slot in roadshow_queries.list_slots(roadshow.id):
        talent = 91 if slot.entry.captain_id == captain.id else None
        judge_slot(contest, slot, seats=seats, talent=talent)
    _check_in(contest, roadshow, day + timedelta(hours=20))
    with clock.pretending(day + timedelta(hours=17)):
        judging.close_round(contest.round.id, reason=None, by=contest.by)
    with clock.pretending(day + timedelta(days=1)):
        judging.publish_results(contest.round.id, by=contest.by)
    _award(contest, day + timedelta(days=1), deputy=cast.deputies["cqu"])
    with clock.pretending(day + timedelta(days=9)):
        competitions.finish(contest.competition.id, by=contest.by)
    return contest


def _award(contest: Contest, day: datetime, *, deputy: Person) -> None:
    """One proposes the awards, another confirms; a notice, then certificates."""
    by, round_id = contest.by, contest.round.id
    with clock.pretending(day + timedelta(hours=15)):
        outcomes.save_levels(round_id, drafts=LEVELS, by=by)
        awarding = outcomes.propose_awards(round_id, by=by)
    with clock.pretending(day + timedelta(hours=16)):
        outcomes.confirm(outcomes.AWARDS, awarding.id, by=deputy)
        draft = NoticeDraft(
            title="关于第六届大学城高校创新创业邀请赛获奖名单的公示",
            basis="根据竞赛通知和现场评审结果，经两人核对确认，现将获奖名单予以公示。",
            contact="环重庆大学创新创业生态圈办公室，023-65100000",
            signed_by=contest.competition.event.circle.name,
            opens_at=day + timedelta(days=1, hours=9),
            closes_at=day + timedelta(days=6, hours=18),
        )
        notice = outcomes.create_notice(
            contest.competition.id, kind=NoticeKind.AWARDS, round_id=round_id, draft=draft, by=by
        )
        outcomes.publish_notice(notice.id, by=by)
    with clock.pretending(day + timedelta(days=7, hours=10)):
        outcomes.issue_all(awarding.id, by=by)


def _enter(
    contest: Contest, ideas: Sequence[Idea], captain: Person, *, first_day: datetime
) -> None:
    """One team a day begins, hands in and is admitted; ``captain`` leads the first."""
    for number, idea in enumerate(ideas):
        day = first_day + timedelta(days=number)
        begun = contest.some_time(day)
        entry = contest.draft(idea, at=begun, captain=captain if number == 0 else None)
        contest.submit(entry, at=begun + timedelta(hours=2))
        contest.approve(entry, at=contest.some_time(day + timedelta(days=1)))


def _prepare_roadshow(
    contest: Contest, *, starts_at: datetime, venue: str, at: datetime
) -> Roadshow:
    """Two rooms, eight and seven minutes, drawn and published."""
    by = contest.by
    with clock.pretending(at):
        roadshow = roadshows.set_up(
            contest.round.id,
            rooms=["第一会场", "第二会场"],
            starts_at=starts_at,
            venue=venue,
            pitch_minutes=8,
            qa_minutes=7,
            by=by,
        )
        roadshows.announce_draw(roadshow.id, public_source="抽签当晚福利彩票双色球开奖号码", by=by)
    with clock.pretending(at + timedelta(hours=2)):
        roadshows.draw(roadshow.id, public_text="03 08 17 21 26 31 + 09", by=by)
        return roadshows.publish_timetable(roadshow.id, by=by)


def _seat(contest: Contest, *, at: datetime, first: list[tuple[str, str]]) -> list[PanelJudge]:
    """Five judges a room."""
    with clock.pretending(at):
        return [
            seat
            for panel in judging.add_room_panels(contest.round.id, by=contest.by)
            for seat in seat_panel(contest, panel, teachers=HOUSES, first=first)
        ]


def _check_in(contest: Contest, roadshow: Roadshow, now: datetime) -> None:
    """Teams come a while before their slots; some members never do."""
    event = contest.competition.event
    chance = Random(event.title)  # noqa: S311  # of its own: how often it is asked is not alike
    door = checkin.add_main_entrance(event.id, by=contest.by)
    slots = {slot.entry_id: slot for slot in roadshow_queries.list_slots(roadshow.id)}
    for place in event_queries.list_registrations(event.id):
        slot = slots.get(place.party_id) if place.party_id else None
        if slot is None or chance.random() < 0.12:
            continue
        moment = slot.starts_at - timedelta(minutes=chance.randint(12, 44))
        moment = max(moment, event.starts_at + timedelta(seconds=chance.randint(0, 1500)))
        if moment < now:
            with clock.pretending(moment):
                checkin.scan(
                    door.id,
                    scan_id=uuid.UUID(int=chance.getrandbits(128), version=4),
                    code=place.ticket.code,
                    scanned_at=moment,
                    by=contest.cast.staff or contest.by,
                )
