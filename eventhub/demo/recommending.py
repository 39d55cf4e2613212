"""A municipal round that takes entries: schools recommend in order, the organiser decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.circles.models import University
from eventhub.demo.cast import SEASON, Cast
from eventhub.demo.contest import IDEAS, Contest, begin
from eventhub.demo.press import Press
from eventhub.entries import service as entries
from eventhub.entries.models import Entry
from eventhub.entries.service.answering import save_answers
from eventhub.entries.service.answers import form_of
from eventhub.entries.service.group_forms import set_form
from eventhub.entries.service.waivers import waive_rule
from eventhub.events.enums import HostRole
from eventhub.questionnaires import service as questionnaires
from eventhub.reminders.enums import Anchor

HOME = "重庆邮电大学"
SCHOOLS = {
    1: HOME, 2: HOME, 3: HOME, 4: "重庆大学", 5: HOME, 6: "重庆大学", 7: HOME, 8: "西南大学",
    9: "重庆交通大学", 10: HOME, 11: "西南大学", 12: "重庆大学", 13: "西南大学",
}  # fmt: skip
WRITTEN = {0, 9, 13}  # still being written
RECOMMENDED = (1, 2, 3, 4, 6, 8, 12)  # each after those of its school before it
APPROVED = {1, 4, 8, 12}
RETURNED, SMALL = 10, 8
POSTGRADUATE = {12, 13}
COLUMNS = {
    "ip": ("kind", "name", "number", "holder", "status"),
    "earlier_awards": ("contest", "year", "award"),
}


def build_open(cast: Cast, press: Press, today: datetime, captain: Person) -> Contest:
    """市级复赛 of 国创赛, hosted by three circles, taking entries for five more days."""
    contest = begin(
        cast,
        press,
        circle="cqupt",
        template="cicic-2026",
        groups=["ug-creative", "pg-creative"],
        at=today - timedelta(days=21),
        title="中国国际大学生创新大赛（2026）重庆市级复赛",
        edition="2026",
        round_name="市级复赛",
        entries_open_at=today - timedelta(days=20),
        entries_close_at=today + timedelta(days=5, hours=12),
        starts_at=today + timedelta(days=12, hours=8, minutes=30),
        ends_at=today + timedelta(days=12, hours=18),
        venue="大学生活动中心",
        address="重庆市南岸区崇文路 2 号",
        summary="高教主赛道创意组。各校在名额内排序推荐，三个生态圈联合承办。",
        co_hosts=[
            (cast.circles["cqu"].id, HostRole.ORGANISER),
            (cast.circles["swu"].id, HostRole.JOINT),
        ],
        is_one_project=True,
        needs_consent=True,
        needs_recommendation=True,
    )
    contest.remind(Anchor.ENTRY_DEADLINE, days=1)
    contest.remind(Anchor.SLOT, days=1)
    _set_up(contest, today - timedelta(days=21))
    entered = {
        number: _enter(contest, number, today, captain if number == 0 else None)
        for number in range(len(SCHOOLS) + 1)
    }
    _recommend(contest, entered, today)
    _decide(contest, entered, today)
    return contest


def _set_up(contest: Contest, at: datetime) -> None:
    """The form of one group, and how many each school may recommend."""
    competition, by = contest.competition, contest.by
    with clock.pretending(at):
        group = contest.group("ug-creative")
        form = set_form(competition.id, source="preset:general", group_ids=[group.id], by=by)
        questionnaires.publish_questionnaire(form.id, revision=form.revision, by=by)
        for school, group_id, places in (
            (None, None, 4),
            (None, group.id, 3),
            (None, contest.group("pg-creative").id, 2),
            (contest.cast.university(HOME).id, None, 6),
            (contest.cast.university(HOME).id, group.id, 5),
        ):
            entries.set_quota(
                competition.id, university_id=school, group_id=group_id, places=places, by=by
            )


def _enter(contest: Contest, number: int, today: datetime, captain: Person | None) -> Entry:
    """One team writes, most say yes, fill in the form and hand in."""
    begun = contest.some_time(today - timedelta(days=4 if captain else 15 - number))
    entry = contest.draft(
        IDEAS[number],
        at=begun,
        captain=captain,
        group="pg-creative" if number in POSTGRADUATE else None,
        school=SCHOOLS.get(number),
        size=2 if number == SMALL else 5 if captain else 3,
        advisers=1 if captain else None,
    )
    if captain:
        _gather(contest, entry, at=begun)
    elif number not in WRITTEN:
        contest.confirm_team(entry, at=begun + timedelta(hours=1))
    told = SEASON["answers"].get(entry.name)
    if told:
        _answer(entry, told, at=begun + timedelta(hours=2), is_whole=number not in WRITTEN)
    if number == SMALL:
        _waive(contest, entry, at=begun + timedelta(hours=3))
    if number not in WRITTEN:
        contest.submit(entry, at=begun + timedelta(hours=4))
    return entry


def _gather(contest: Contest, entry: Entry, *, at: datetime) -> None:
    """The captain and two members have said yes, one is asked by mail, one is only listed."""
    contest.confirm_captain(entry, at=at)
    with clock.pretending(at):
        token = entries.issue_team_link(entry.id, by=entry.captain)
    for member in entry.members[1:3]:
        contest.join(entry, member, token=token, at=at + timedelta(minutes=50 * member.position))
    asked = entry.members[3]
    with clock.pretending(at + timedelta(days=2, hours=3)):
        entries.invite_member(
            entry.id, member_id=asked.id, email=asked.email or "", by=entry.captain
        )
    contest.hand_over_documents(entry, at=at + timedelta(days=2, hours=4))


def _answer(entry: Entry, told: Mapping[str, Any], *, at: datetime, is_whole: bool) -> None:
    """The captain fills in the group's form; in a draft the last questions are still empty."""
    state = form_of(entry)
    if state.version is None:
        return
    values: dict[str, Any] = {
        key: told[key]
        for key in ("field", "problem", "solution", "stage", "evidence")
        if key in told
    }
    values["ip"] = _rows("ip", told["ip"])
    if is_whole:
        values["earlier"] = "yes" if told["earlier"] else "no"
        values["earlier_awards"] = _rows("earlier_awards", told["earlier"])
    with clock.pretending(at):
        save_answers(
            entry.id,
            version_id=state.version.id,
            revision=state.revision,
            values={key: value for key, value in values.items() if value},
            by=entry.captain,
        )


def _rows(key: str, rows: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS[key], row, strict=True)) for row in rows]


def _waive(contest: Contest, entry: Entry, *, at: datetime) -> None:
    with clock.pretending(at):
        waive_rule(
            entry.id,
            rule_key="team-size",
            reason="一名成员 9 月应征入伍、保留学籍，经学校证明，同意团队暂为两人参赛。",
            by=contest.by,
        )


def _recommend(contest: Contest, entered: Mapping[int, Entry], today: datetime) -> None:
    """The schools' offices speak for some of theirs, best first."""
    opinions = SEASON["opinions"]
    for place, number in enumerate(RECOMMENDED):
        entry = entered[number]
        with clock.pretending(today - timedelta(days=2, hours=-10, minutes=-17 * place)):
            entries.recommend_entry(
                entry.id,
                opinion=opinions[number % len(opinions)],
                by=contest.cast.office(_school(contest.cast, entry)),
            )


def _school(cast: Cast, entry: Entry) -> University:
    return next(u for u in cast.universities if u.id == entry.university_id)


def _decide(contest: Contest, entered: Mapping[int, Entry], today: datetime) -> None:
    """The organiser admits what a school recommends, and gives one back."""
    at = today - timedelta(days=1, hours=-15)
    for number in sorted(APPROVED):
        contest.approve(entered[number], at=at)
    with clock.pretending(at):
        entries.return_entry(
            entered[RETURNED].id,
            reason="计划书缺少财务预测，知识产权的权利人也与证书不一致。请补充第四章、更正后重新提交。",
            by=contest.by,
        )
