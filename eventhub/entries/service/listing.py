"""Making entries what an office's list says of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.accounts.service import add_person
from eventhub.audit import service as audit
from eventhub.competitions.models import Competition, Group
from eventhub.db import db
from eventhub.domain.pinyin import fold
from eventhub.domain.text import compact
from eventhub.entries.enums import EntryState, LockedPart
from eventhub.entries.errors import CompanyDateError, ShareholdersError
from eventhub.entries.models import Document, Entry, Member
from eventhub.entries.service import claims, companies
from eventhub.entries.service.binding import (
    bind_advisers,
    bind_row,
    is_same,
    list_changes,
    match_member,
)
from eventhub.entries.service.bounds import EntryDraft, MemberDraft
from eventhub.entries.service.cells import shorten
from eventhub.entries.service.checklist import list_checks
from eventhub.entries.service.drafts import changed_parts, draft_of, speaks_for_self, write_draft
from eventhub.entries.service.listed import Facts, differing, listed_facts
from eventhub.entries.service.places import sync_places
from eventhub.entries.service.plans import Line, Plan
from eventhub.entries.service.recommendations import drop_recommendation
from eventhub.entries.service.searching import note_proof
from eventhub.entries.service.sheets import COMPANIES, MEMBERS, PROJECTS
from eventhub.entries.service.slots import list_slots
from eventhub.entries.service.starting import find_led, new_code
from eventhub.entries.service.submission import move
from eventhub.entries.service.window import refuse_locked
from eventhub.entries.service.workbooks import Problem
from eventhub.errors import EventHubError
from eventhub.i18n import _, join_words

NOTES_MAX = 8


@dataclass
class Outcome:
    """What becomes of one project: ``created``, ``changed``, ``left``, or ``faulty``."""

    row: int
    kind: str
    name: str
    code: str = ""
    entry_id: uuid.UUID | None = None
    fields: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Office:
    """Who hands the list in, and for which schools; None for all of them."""

    person: Person
    school_ids: frozenset[uuid.UUID] | None

    def may_touch(self, university_id: uuid.UUID | None) -> bool:
        """Whether the school's entries are theirs to write."""
        return self.school_ids is None or university_id in self.school_ids


class _FaultyError(Exception):
    """The project cannot be written as the list has it; its problems say why."""


def find_listed(competition_id: uuid.UUID, codes: Sequence[str]) -> dict[str, Entry]:
    """The entries with these codes, locked in one order, with all that a list speaks of."""
    query = (
        select(Entry)
        .where(Entry.competition_id == competition_id, Entry.code.in_(codes))
        .options(
            joinedload(Entry.competition).joinedload(Competition.event),
            joinedload(Entry.group),
            joinedload(Entry.captain),
            joinedload(Entry.university),
            joinedload(Entry.company),
            joinedload(Entry.recommendation),
            selectinload(Entry.members).joinedload(Member.university),
            selectinload(Entry.advisers),
            selectinload(Entry.waivers),
            selectinload(Entry.unlocks),
            selectinload(Entry.documents).joinedload(Document.file),
        )
        .order_by(Entry.id)
        .with_for_update(of=Entry)
        .execution_options(populate_existing=True)
    )
    return {entry.code: entry for entry in db.session.scalars(query).unique()}


def apply_plan(
    plan: Plan, competition: Competition, known: Entry | None, office: Office, *, tells: bool
) -> Outcome:
    """Write one project, in a savepoint: what cannot be written leaves nothing behind.

    ``tells`` False leaves out what others would hear of: it is only being tried out.
    """
    outcome = Outcome(plan.row, "left", plan.name, plan.code)
    outcome.problems, outcome.warnings = [*plan.problems], [*plan.warnings]
    try:
        if not outcome.problems:
            with db.session.begin_nested():
                _Writing(plan, competition, office, outcome).write(known, tells=tells)
    except _FaultyError:
        pass
    except EventHubError as refusal:
        outcome.problems.append(_refused(plan, refusal))
    if outcome.problems:
        return replace(outcome, kind="faulty", entry_id=None, fields=[], notes=[])
    return outcome


def _refused(plan: Plan, refusal: EventHubError) -> Problem:
    """A refusal of a rule, at the project's own row."""
    is_company = isinstance(refusal, CompanyDateError | ShareholdersError)
    sheet = str(COMPANIES.title) if is_company else plan.sheet
    place = "" if is_company else f"A{plan.row}"
    return Problem(sheet, place, shorten(plan.name), str(refusal.message))


class _Writing:
    """One project on its way from the list into the database."""

    def __init__(
        self, plan: Plan, competition: Competition, office: Office, outcome: Outcome
    ) -> None:
        self.plan, self.competition = plan, competition
        self.office, self.outcome = office, outcome

    def write(self, known: Entry | None, *, tells: bool) -> None:
        """Create or change it; raise ``_FaultyError`` with the problems noted."""
        stood: Facts = {}
        if self.plan.is_new:
            entry = self._create()
        else:
            entry = self._find(known)
            stood = listed_facts(entry)
            self._change(entry, tells=tells)
        self.outcome.entry_id, self.outcome.code = entry.id, entry.code
        if self.outcome.kind == "left":
            return
        db.session.flush()
        items = list_checks(entry, list_slots(entry))
        note_proof(entry, items)
        open_items = [item for item in items if item.state in {"missing", "proof"}]
        open_items.sort(key=lambda item: item.anchor == "declaration")  # promises come last
        self.outcome.notes = [item.label for item in open_items][:NOTES_MAX]
        before, after = differing(stood, listed_facts(entry)) if stood else ({}, {})
        audit.record(
            "entry.imported",
            entry,
            by=self.office.person,
            circle_id=self.competition.event.circle_id,
            before=before or None,
            after={"code": entry.code, "fields": self.outcome.fields, **after},
        )

    def _object(self, key: str, why: object) -> None:
        """Note what is wrong at a cell of the project's own row."""
        place = self.plan.places.get(key, f"A{self.plan.row}")
        found = shorten(self.plan.text.get(key, ""))
        self.outcome.problems.append(Problem(self.plan.sheet, place, found, str(why)))

    def _object_to(self, line: Line, key: str, why: object) -> None:
        """The same at a row of the team's."""
        place = line.row.places.get(key, f"A{line.row.number}")
        found = shorten(line.get(key, ""))
        self.outcome.problems.append(Problem(str(MEMBERS.title), place, found, str(why)))

    def _stop_if_faulty(self) -> None:
        if self.outcome.problems:
            raise _FaultyError

    def _find(self, known: Entry | None) -> Entry:
        """The entry that the code names, if this office may write it."""
        if known is None or not self.office.may_touch(known.university_id):
            words = _("没有编号为 %(code)s 的项目。新项目请填“新1”“新2”。", code=self.plan.code)
            self._object("code", words)
            raise _FaultyError
        self._check_school(known.university_id)
        self._stop_if_faulty()
        return known

    def _check_school(self, present: uuid.UUID | None) -> None:
        told = self.plan.university_id
        if told is not None and told != present and not self.office.may_touch(told):
            self._object("school", _("只能导入本校的项目。"))

    def _create(self) -> Entry:
        """A new entry, handed in, led by whoever the captain's address belongs to."""
        plan = self.plan
        assert plan.group is not None
        assert plan.members
        self._check_school(None)
        self._stop_if_faulty()
        first = plan.members[0]
        address = compact(first.get("email", ""))
        captain = add_person(first.get("name", ""), email=address, university_id=plan.university_id)
        if find_led(captain.id, plan.group) is not None:
            words = _("负责人在这个组别已有另一个项目，每名负责人在一个组别只能有一个项目。")
            self._object_to(first, "email", words)
            raise _FaultyError
        now = clock.now()
        entry = Entry(
            competition=self.competition,
            group=plan.group,
            code=new_code(self.competition.id),
            captain=captain,
            university_id=plan.university_id,
            saved_at=now,
        )
        entry.members.append(Member(position=1, person_id=captain.id))
        db.session.add(entry)
        db.session.flush()
        self._check_people(first, captain)
        write_draft(entry, self._draft(entry))
        if plan.company is not None:
            companies.keep_listed(entry, plan.company)
        db.session.flush()
        move(entry, EntryState.SUBMITTED, by=self.office.person)
        entry.submitted_at = now
        claims.claim_all(entry)
        self.outcome.kind = "created"
        return entry

    def _check_people(self, first: Line, captain: Person) -> None:
        """Say when the address belongs to somebody of another name."""
        if fold(captain.name) != fold(first.get("name", "")):
            place = first.row.places.get("name", f"A{first.row.number}")
            why = _("这个邮箱已有账号，账号上的姓名与名单不同，请核对。")
            found = shorten(first.get("name", ""))
            problem = Problem(str(MEMBERS.title), place, found, str(why))
            self.outcome.warnings.append(problem)

    def _change(self, entry: Entry, *, tells: bool) -> None:
        """An entry that is there already, made what the list says; the same again is no change."""
        stored, school = draft_of(entry), entry.university_id
        ids = [member.id for member in entry.members]
        draft = self._draft(entry)
        fields = self.outcome.fields
        regrouped = self.plan.group is not None and self.plan.group.id != entry.group_id
        if regrouped:
            self._regroup(entry)
            fields.append(str(PROJECTS.column("group").title))
        fields += list_changes(stored, draft)
        team_changed = stored.members != draft.members or ids != [row.id for row in draft.members]
        company = self.plan.company
        if company is not None and not companies.is_news(entry, company):
            company = None
        parts = changed_parts(entry, draft) | ({LockedPart.COMPANY} if company else set())
        if stored != draft or team_changed or company:
            self._check_standing(entry, parts)
        if stored != draft or team_changed:
            write_draft(entry, draft)
        if company is not None:
            companies.keep_listed(entry, company)
            fields.append(str(COMPANIES.title))
        if not fields:
            return
        if entry.state is EntryState.WITHDRAWN:
            self._object("code", _("这个项目已退赛，不能再修改。"))
            self._stop_if_faulty()
        if regrouped or entry.university_id != school:
            drop_recommendation(entry)
        entry.version += 1
        entry.saved_at = clock.now()
        db.session.flush()
        claims.refresh(entry)
        if tells and team_changed and entry.state is EntryState.APPROVED:
            sync_places(entry, by=self.office.person)
        self.outcome.kind = "changed"

    def _check_standing(self, entry: Entry, parts: Collection[LockedPart]) -> None:
        """A list opens no lock, and a school changes nothing that was approved."""
        refuse_locked(entry, parts, clock.now())
        if entry.state is EntryState.APPROVED and self.office.school_ids is not None:
            self._object("code", _("项目已通过审核，需要更改时请联系主办方退回。"))
        self._stop_if_faulty()

    def _regroup(self, entry: Entry) -> None:
        assert self.plan.group is not None
        refuse_locked(entry, {LockedPart.GROUP}, clock.now())
        if entry.state is EntryState.APPROVED:
            self._object("group", _("项目已通过审核，不能再换组别。需要更改时请先退回。"))
        elif find_led(entry.captain_id, self.plan.group) is not None:
            self._object("group", _("负责人在这个组别已有另一个项目。"))
        self._stop_if_faulty()
        entry.group = self.plan.group

    def _draft(self, entry: Entry) -> EntryDraft:
        """What stands, with what the list says in its place."""
        plan, stored = self.plan, draft_of(entry)
        group = plan.group or entry.group
        draft = replace(
            stored,
            name=plan.text.get("name", stored.name),
            category=plan.text.get("category", stored.category),
            summary=plan.text.get("summary", stored.summary),
            university_id=plan.university_id or stored.university_id,
        )
        draft = self._tidied(draft, stored)
        if stored.name and not draft.name:
            self._object("name", _("请填写项目名称。"))
        if plan.members is not None:
            draft = replace(draft, members=tuple(self._team(entry, stored, plan.members)))
        if plan.advisers is not None:
            draft = replace(draft, advisers=tuple(bind_advisers(plan.advisers, stored)))
        if draft.category and draft.category not in {*group.categories, entry.category}:
            choices = join_words(group.categories) or "—"
            self._object(
                "category", _("这个组别没有此类别。可以填：%(choices)s。", choices=choices)
            )
        self._check_counts(draft, group)
        self._stop_if_faulty()
        return draft

    @staticmethod
    def _tidied(draft: EntryDraft, stored: EntryDraft) -> EntryDraft:
        """Words that differ from what stands only in what a workbook cannot carry stay."""
        for key in ("name", "category", "summary"):
            if is_same(getattr(draft, key), getattr(stored, key)):
                draft = replace(draft, **{key: getattr(stored, key)})
        return draft

    def _check_counts(self, draft: EntryDraft, group: Group) -> None:
        if len(draft.members) > group.member_max:
            words = _(
                "团队最多 %(maximum)s 人（含负责人），名单里有 %(count)s 人。",
                maximum=group.member_max,
                count=len(draft.members),
            )
            self._object("code", words)
        if len(draft.advisers) > group.adviser_max:
            words = _(
                "指导教师最多 %(maximum)s 名，名单里有 %(count)s 名。",
                maximum=group.adviser_max,
                count=len(draft.advisers),
            )
            self._object("code", words)
        if sum(adviser.share or 0 for adviser in draft.advisers) > 100:
            self._object("code", _("指导教师的指导占比之和超过了 100%。"))

    def _team(self, entry: Entry, stored: EntryDraft, lines: list[Line]) -> list[MemberDraft]:
        """The list's rows bound to those who are in the team already."""
        rows = {row.id: row for row in stored.members}
        left = {member.id: member for member in entry.members[1:]}
        leader = entry.members[0]
        team = [bind_row(lines[0], rows.get(leader.id), leader.id, is_first=True)]
        self._keep_named(lines[0], team[0], rows.get(leader.id))
        for line in lines[1:]:
            member = match_member(line, left.values())
            if member is not None:
                del left[member.id]
            known = rows.get(member.id) if member else None
            row = bind_row(line, known, member.id if member else None)
            self._keep_named(line, row, known)
            if member is not None and speaks_for_self(member):
                row = self._as_confirmed(line, row, rows[member.id])
            team.append(row)
        for member in left.values():
            if speaks_for_self(member):
                why = _("“%(name)s”已本人确认，不能从名单中去掉。", name=member.name)
                self._object("code", why)
        return team

    def _keep_named(self, line: Line, row: MemberDraft, stored: MemberDraft | None) -> None:
        """Nobody loses their name to an emptied cell."""
        if not row.name and (stored is None or stored.name):
            self._object_to(line, "name", _("请填写姓名。"))

    def _as_confirmed(self, line: Line, row: MemberDraft, stored: MemberDraft) -> MemberDraft:
        """Who has confirmed keeps what they said of themselves."""
        said = (row.name, row.university_id, row.student_number)
        if said != (stored.name, stored.university_id, stored.student_number):
            why = _("这名成员已本人确认，姓名、学校和学号只能由本人修改。")
            self._object_to(line, "name", why)
        return replace(stored, duty=row.duty)
