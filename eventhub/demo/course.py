"""A school's contest of four rounds, between the first and the second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.competitions import service as competitions
from eventhub.competitions.enums import PassageKind, RoundKind, RoundMode
from eventhub.competitions.models import Passage, Round
from eventhub.competitions.service import CriterionDraft, PassageDraft, QuotaDraft, RoundDraft
from eventhub.demo.cast import SEASON, Cast
from eventhub.demo.contest import IDEAS, Contest, begin
from eventhub.demo.judges import judge_entry, seat_panel
from eventhub.demo.press import Press
from eventhub.domain.scoring.rules import ScoreRuleKind
from eventhub.entries import service as entries
from eventhub.entries.enums import LockedPart
from eventhub.entries.models import Entry
from eventhub.judging import service as judging
from eventhub.outcomes import service as outcomes
from eventhub.outcomes.enums import NoticeKind, ObjectionState
from eventhub.outcomes.models import Advancement
from eventhub.outcomes.service import LevelDraft, NoticeDraft

GROUPS = ("t2-ug", "t3-ug", "t4-ug", "t6-ug")
PLACES = {"t2-ug": 2, "t3-ug": 2, "t4-ug": 1, "t6-ug": 1}
OFFICE = "重庆邮电大学创新创业学院，023-62460000"


def build_course(cast: Cast, press: Press, today: datetime) -> Contest:
    """挑战杯 at 重庆邮电大学: 校级初赛 → 复赛 → 复活赛 → 决赛, the first of them over."""
    contest = begin(
        cast,
        press,
        circle="cqupt",
        template="tiaozhanbei-cy-2026",
        groups=GROUPS,
        at=today - timedelta(days=60),
        is_open=False,
        title="第十五届“挑战杯”大学生创业计划竞赛重庆邮电大学校赛",
        edition="第十五届（2026）",
        round_name="校级初赛",
        entries_open_at=today - timedelta(days=58),
        entries_close_at=today - timedelta(days=22, hours=6),
        starts_at=today + timedelta(days=8, hours=8, minutes=30),
        ends_at=today + timedelta(days=22, hours=18),
        venue="老图书馆一楼路演厅",
        address="重庆市南岸区崇文路 2 号",
        summary="四个赛道，四轮比赛：网评初赛、路演复赛、复活赛和决赛。复赛名单正在公示。",
    )
    way = _lay_out(contest, today)
    entered = _enter(contest, today)
    _judge(contest, entered, today)
    advancement = _send_up(contest, way, today)
    _unlock(contest, advancement, today)
    _give_notice(contest, today)
    return contest


def _lay_out(contest: Contest, today: datetime) -> Passage:
    """Rubrics of the school's own, three more rounds, and how many go up from the first."""
    competition, first, by = contest.competition, contest.round, contest.by
    criteria = [
        CriterionDraft(name, Decimal(points), tuple(told))
        for name, points, told in SEASON["course_criteria"]
    ]
    rules = RoundDraft(name=first.name, mode=RoundMode.ONLINE, score_rule=ScoreRuleKind.MEAN)
    with clock.pretending(today - timedelta(days=59)):
        for rubric in first.rubrics:
            competitions.save_rubric(rubric.id, criteria=criteria, gates=(), by=by)
            competitions.confirm_rubric(rubric.id, by=by)
        competitions.update_round(first.id, draft=rules, by=by)
        second = _add_round(contest, "复赛", RoundMode.ROADSHOW)
        _add_round(contest, "复活赛", RoundMode.ONLINE, RoundKind.REVIVAL)
        _add_round(contest, "决赛", RoundMode.ROADSHOW)
        quotas = [
            QuotaDraft(PLACES[group.key], track_name=group.track_name)
            for group in competition.groups
        ]
        draft = PassageDraft(second.id, places=sum(PLACES.values()), quotas=quotas)
        best = competitions.save_passage(first.id, kind=PassageKind.BEST, draft=draft, by=by)
        competitions.open_entries(competition.id, by=by)
    return best


def _add_round(
    contest: Contest,
    name: str,
    mode: RoundMode,
    kind: RoundKind = RoundKind.REGULAR,
) -> Round:
    return competitions.add_round(
        contest.competition.id, name=name, mode=mode, kind=kind, by=contest.by
    )


def _enter(contest: Contest, today: datetime) -> list[Entry]:
    ideas = {idea.name: idea for idea in IDEAS}
    entered = []
    for number, (name, group) in enumerate(SEASON["course_projects"]):
        day = today - timedelta(days=50 - 2 * number)
        begun = contest.some_time(day)
        entry = contest.draft(ideas[name], at=begun, group=group, school="重庆邮电大学")
        contest.submit(entry, at=begun + timedelta(hours=2))
        entered.append(contest.approve(entry, at=contest.some_time(day + timedelta(days=1))))
    return entered


def _judge(contest: Contest, entered: Sequence[Entry], today: datetime) -> None:
    """Judges from elsewhere read at home; the round is closed and published."""
    by, first = contest.by, contest.round
    with clock.pretending(today - timedelta(days=22, hours=6)):
        competitions.close_entries(contest.competition.id, by=by)
    with clock.pretending(today - timedelta(days=20)):
        panel = judging.add_panel(first.id, name="网评组", by=by)
        seats = seat_panel(contest, panel, teachers=(), first=[])
        competitions.open_round(first.id, by=by)
    for number, entry in enumerate(entered):
        at = today - timedelta(days=18 - number % 5, hours=-20)
        judge_entry(entry, round_=first, seats=seats, at=at)
    with clock.pretending(today - timedelta(days=9, hours=-10)):
        judging.close_round(first.id, reason=None, by=by)
    with clock.pretending(today - timedelta(days=8, hours=-10)):
        judging.publish_results(first.id, by=by)


def _send_up(contest: Contest, way: Passage, today: datetime) -> Advancement:
    """Who goes up is in force by two people; the awards of the round wait for the second."""
    by, deputy = contest.by, contest.cast.deputies["cqupt"]
    with clock.pretending(today - timedelta(days=7, hours=-15)):
        best = outcomes.propose_advancement(way.id, by=by)
        _replace_last(best, by)
    with clock.pretending(today - timedelta(days=6, hours=-9)):
        outcomes.confirm(outcomes.ADVANCEMENT, best.id, by=deputy)
    with clock.pretending(today - timedelta(days=1, hours=-16)):
        outcomes.save_levels(contest.round.id, drafts=[LevelDraft("校赛优秀奖", 6)], by=deputy)
        outcomes.propose_awards(contest.round.id, by=deputy)
    return best


def _replace_last(best: Advancement, by: Person) -> None:
    """The last on the list gives its place up, in writing; the next of its track takes it."""
    last = [line for line in best.lines if line.is_in][-1]
    track = last.entry.group_id
    heir = next(line for line in best.lines if not line.is_in and line.entry.group_id == track)
    for line, is_in, reason in (
        (last, False, "团队将赴境外交换学习，成绩公布次日提交书面说明，放弃晋级。"),
        (heir, True, "同赛道前一名放弃晋级，按名次依次递补。"),
    ):
        outcomes.adjust_line(line.id, is_in=is_in, reason=reason, by=by)


def _unlock(contest: Contest, best: Advancement, today: datetime) -> None:
    """The team that moved up gets its entry back, to replace a member in two days."""
    entry = next(line.entry for line in best.lines if line.is_in and not line.is_proposed)
    with clock.pretending(today - timedelta(days=1, hours=-11)):
        entries.unlock_entry(
            entry.id,
            parts=[LockedPart.MEMBERS],
            reason="一名成员因病休学，学院已出具证明，允许替换一名成员后重新提交。",
            ends_at=today + timedelta(days=2, hours=18),
            gives_back=True,
            by=contest.by,
        )


def _give_notice(contest: Contest, today: datetime) -> None:
    """Who goes up, in public, with an objection that is being looked into."""
    opens_at = today - timedelta(days=2, hours=-9)
    with clock.pretending(opens_at):
        notice = outcomes.create_notice(
            contest.competition.id,
            kind=NoticeKind.ADVANCEMENT,
            round_id=contest.round.id,
            draft=NoticeDraft(
                title="关于第十五届“挑战杯”校赛复赛入围项目的公示",
                basis="根据竞赛通知和校级初赛网评结果，经两人核对确认，现将入围复赛的项目予以公示。",
                contact=OFFICE,
                signed_by="重庆邮电大学创新创业学院",
                opens_at=opens_at,
                closes_at=today + timedelta(days=3, hours=18),
            ),
            by=contest.by,
        )
        outcomes.publish_notice(notice.id, by=contest.by)
    with clock.pretending(today - timedelta(days=1, hours=-20)):
        objection = outcomes.object_to(
            notice.code,
            name="郝知行",
            contact="hao.zhixing@example.com",
            text="该项目的主要成果与 2024 年学校一个结题的大创项目相同，当时的成员却不在名单中。"
            "请核对成果归属，并说明两支团队的关系。",
            row=2,
        )
    with clock.pretending(today - timedelta(hours=-1)):
        outcomes.answer_objection(
            objection.id,
            state=ObjectionState.ACCEPTED,
            answer="已受理。我们已请项目团队和指导教师在两个工作日内提交说明。",
            by=contest.by,
        )
