"""A competition while it is built: how it begins, and its teams until they are admitted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.competitions import service as competitions
from eventhub.competitions.enums import DocumentKind
from eventhub.competitions.models import Competition, Group, Round
from eventhub.competitions.queries import team_rules
from eventhub.demo.cast import DOMAIN, SEASON, WORLD, Cast
from eventhub.demo.documents import plan_pdf
from eventhub.demo.press import Plan, Press
from eventhub.entries import service as entries
from eventhub.entries.enums import Degree
from eventhub.entries.models import Entry, Member
from eventhub.entries.service import AdviserDraft, Confirmation, EntryDraft, MemberDraft
from eventhub.reminders import service as reminders
from eventhub.reminders.enums import Anchor

UNIVERSITIES = (
    "重庆邮电大学", "重庆大学", "西南大学", "重庆医科大学", "重庆师范大学", "重庆文理学院",
    "重庆交通大学", "西南政法大学", "重庆理工大学", "四川美术学院",
)  # fmt: skip


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
    press: Press
    competition: Competition
    by: Person
    scans: dict[str, bytes] = field(default_factory=dict)

    @property
    def round(self) -> Round:
        """Its first round."""
        return self.competition.rounds[0]

    def group(self, key: str | None = None) -> Group:
        """The group of this key, by default the first."""
        groups = self.competition.groups
        return next(g for g in groups if key in {None, g.key})

    def some_time(self, day: datetime) -> datetime:
        """A moment of a working day, from nine to five."""
        minutes = self.cast.random.randint(0, 8 * 60)
        return day + timedelta(hours=9, minutes=minutes)

    def draft(
        self,
        idea: Idea,
        *,
        at: datetime,
        captain: Person | None = None,
        group: str | None = None,
        school: str | None = None,
        size: int | None = None,
        advisers: int | None = None,
    ) -> Entry:
        """A team begins, and writes everything but its documents and the group's form."""
        cast, where = self.cast, self.group(group)
        home = cast.university(school or cast.random.choice(UNIVERSITIES))
        if captain is None:
            captain = cast.person(
                cast.name(), f"captain{len(cast.captains) + 1}", university_id=home.id
            )
            cast.captains.append(captain)
        draft = self._answers(idea, where, captain, captain.university_id or home.id, size)
        if advisers:
            draft = replace(draft, advisers=self._advisers(where, home.id, count=advisers))
        with clock.pretending(at):
            entry = entries.start_entry(self.competition.id, group_id=where.id, by=captain)
            return entries.save_entry(entry.id, version=entry.version, draft=draft, by=captain)

    def _answers(
        self, idea: Idea, group: Group, captain: Person, home: uuid.UUID, size: int | None
    ) -> EntryDraft:
        cast = self.cast
        size = size or cast.random.randint(max(group.member_min, 3), min(group.member_max, 5))
        away = cast.university(cast.random.choice(UNIVERSITIES)).id
        members = [
            MemberDraft(
                name=captain.name,
                university_id=home,
                student_number=cast.student_number(captain),
                email=captain.email or "",
                phone=cast.phone(),
                duty="项目负责人",
            )
        ]
        members += [
            MemberDraft(
                name=cast.name(),
                university_id=away if position == 2 and cast.random.random() < 0.2 else home,
                student_number=cast.student_number(),
                email=f"{cast.student_number()}@{DOMAIN}",
                phone=cast.phone(),
                duty=cast.random.choice(WORLD["duties"]),
            )
            for position in range(1, size)
        ]
        return EntryDraft(
            name=idea.name,
            category=idea.category if idea.category in group.categories else "",
            summary=idea.summary,
            university_id=home,
            members=tuple(members),
            advisers=self._advisers(group, home),
            statements=frozenset(rule.key for rule in team_rules(group).statements),
            is_declared=True,
        )

    def _advisers(
        self, group: Group, home: uuid.UUID, count: int | None = None
    ) -> tuple[AdviserDraft, ...]:
        cast = self.cast
        school = next(u.name for u in cast.universities if u.id == home)
        count = count or max(1, min(group.adviser_max, cast.random.randint(1, 2)))
        return tuple(
            AdviserDraft(
                name=cast.name(),
                title=cast.random.choice(WORLD["adviser_titles"]),
                organisation=school,
                share=100 if count == 1 else (60, 40)[at],
            )
            for at in range(count)
        )

    def confirm_captain(self, entry: Entry, *, at: datetime) -> None:
        """The captain says yes in person."""
        with clock.pretending(at):
            given = self._word_of(entry.members[0], entry.captain)
            entries.confirm_captain(entry.id, given=given, by=entry.captain)

    def join(self, entry: Entry, member: Member, *, token: str, at: datetime) -> None:
        """A listed member makes an account and says yes through the team's link."""
        university = member.university_id
        address = f"student{member.student_number}"
        person = self.cast.person(member.name, address, university_id=university)
        with clock.pretending(at):
            entries.join_team(token, given=self._word_of(member, person), by=person)

    def confirm_team(self, entry: Entry, *, at: datetime) -> None:
        """The whole team says yes."""
        self.confirm_captain(entry, at=at)
        with clock.pretending(at):
            token = entries.issue_team_link(entry.id, by=entry.captain)
        for member in entry.members[1:]:
            self.join(entry, member, token=token, at=at + timedelta(minutes=40 * member.position))

    def _word_of(self, member: Member, person: Person) -> Confirmation:
        return Confirmation(
            name=member.name,
            university_id=member.university_id,
            student_number=member.student_number,
            degree=Degree.BACHELOR,
            phone=member.phone or self.cast.phone(),
            agrees=True,
        )

    def hand_over_documents(self, entry: Entry, *, at: datetime) -> None:
        """The team puts in the required documents of the first round."""
        with clock.pretending(at):
            for requirement in self.round.requirements:
                if requirement.is_required:
                    is_plan = requirement.kind is DocumentKind.PLAN
                    content = self._plan(entry) if is_plan else self._scan(requirement.name)
                    entries.add_document(
                        entry.id,
                        requirement_id=requirement.id,
                        content=content,
                        name=f"{requirement.name}.pdf",
                        by=entry.captain,
                    )

    def submit(self, entry: Entry, *, at: datetime) -> Entry:
        """The team hands in: the required documents, then the whole."""
        self.hand_over_documents(entry, at=at)
        with clock.pretending(at):
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

    def _plan(self, entry: Entry) -> BytesIO:
        told = SEASON["answers"].get(entry.name, {})
        sections = [("项目概述", entry.summary)]
        sections += [
            (heading, told[key])
            for key, heading in (
                ("problem", "要解决的问题"),
                ("solution", "方案与创新点"),
                ("evidence", "进展与证据"),
            )
            if key in told
        ]
        school = entry.university.name if entry.university else ""
        plan = Plan(
            name=entry.name,
            contest=self.competition.event.title,
            school=school,
            sections=sections,
            team=[(each.name, each.duty) for each in entry.members],
            schedule=WORLD["schedule"],
        )
        return self.press.plan(plan)

    def _scan(self, name: str) -> BytesIO:
        """A paper that is the same for all: its content is kept once."""
        if name not in self.scans:
            self.scans[name] = plan_pdf(f"{name}（演示样张）", [WORLD["sample"]]).getvalue()
        return BytesIO(self.scans[name])


def begin(
    cast: Cast,
    press: Press,
    *,
    circle: str,
    template: str,
    groups: Sequence[str],
    at: datetime,
    is_open: bool = True,
    **facts: Any,
) -> Contest:
    """Create from the template, confirm what wants confirming, publish and open."""
    by = cast.organisers[circle]
    with clock.pretending(at):
        competition = competitions.create_from_template(
            template, circle_id=cast.circles[circle].id, by=by, group_keys=groups, **facts
        )
        if is_open:
            for rubric in competition.rounds[0].rubrics:
                if rubric.needs_confirmation:
                    competitions.confirm_rubric(rubric.id, by=by)
            competitions.open_entries(competition.id, by=by)
    return Contest(cast, press, competition, by)
