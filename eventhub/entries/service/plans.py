"""What the rows of a list mean: projects with their teams, and what is wrong with them."""

from __future__ import annotations

import difflib
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from email_validator import EmailNotValidError, validate_email

from eventhub.circles.models import University
from eventhub.competitions.models import Competition, Group
from eventhub.domain.eligibility import InvalidShareError
from eventhub.domain.pinyin import fold
from eventhub.domain.text import compact
from eventhub.entries.errors import BadWorkbookError
from eventhub.entries.service.cells import shorten
from eventhub.entries.service.companies import SHAREHOLDERS_MAX, CompanyDraft, ShareholderDraft
from eventhub.entries.service.holders import read_holders
from eventhub.entries.service.sheets import ADVISERS, COMPANIES, GROUP_JOINT, MEMBERS, PROJECTS
from eventhub.entries.service.workbooks import (
    Problem,
    ReadBook,
    ReadSheet,
    SheetRow,
    row_of,
)
from eventhub.i18n import _, join_words

PROJECTS_MAX = 5000
NEW = "新"  # not translated: a code that begins so stands for a project that has none yet


@dataclass
class Line:
    """A row of a part of a project: a member, an adviser, a company."""

    row: SheetRow
    text: dict[str, str]
    university_id: uuid.UUID | None = None

    def get(self, key: str, otherwise: str) -> str:
        """A cell's text, or what stands already where the sheet lacks the column."""
        return self.text.get(key, otherwise)


@dataclass
class Plan:
    """One project of the list. Parts that the list does not speak of are None."""

    row: int
    code: str
    is_new: bool
    text: dict[str, str]
    places: dict[str, str]
    sheet: str
    group: Group | None = None
    university_id: uuid.UUID | None = None
    members: list[Line] | None = None
    advisers: list[Line] | None = None
    company: CompanyDraft | None = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How the project is called in the list."""
        return self.text.get("name", "") or self.code

    def object_to(self, key: str, why: object) -> None:
        """Note what is wrong with a cell of the project's own row."""
        place = self.places.get(key, f"A{self.row}")
        found = shorten(self.text.get(key, ""))
        self.problems.append(Problem(self.sheet, place, found, str(why)))


@dataclass
class Reading:
    """Everything that a list says. ``stray`` problems belong to no project.

    ``private_cells`` as ``workbooks.ReadBook`` has them.
    """

    plans: list[Plan]
    stray: list[Problem]
    unread: list[str]
    private_cells: frozenset[tuple[str, str]]


class Schools:
    """The universities by every name that they have."""

    def __init__(self, universities: Sequence[University]) -> None:
        self._known: dict[str, University] = {}
        self._names: dict[str, str] = {}
        for university in universities:
            for name in (university.name, *university.aliases):
                self._known.setdefault(fold(name), university)
                self._names.setdefault(fold(name), university.name)

    def find(self, name: str) -> University | None:
        """By present name or alias, whatever width and signs."""
        return self._known.get(fold(name))

    def suggest(self, name: str) -> list[str]:
        """The nearest names, the best first."""
        near = difflib.get_close_matches(fold(name), self._names, n=3, cutoff=0.5)
        return [*dict.fromkeys(self._names[key] for key in near)]


def read_plans(book: ReadBook, competition: Competition, schools: Schools) -> Reading:
    """The projects of a workbook, each with its team.

    Raises:
        BadWorkbookError: there are too many, or none.

    """
    sheet = book.sheets[PROJECTS.key]
    if len(sheet.rows) > PROJECTS_MAX:
        raise BadWorkbookError(
            _(
                "一次最多导入 %(limit)s 个项目，这份名单有 %(count)s 行。",
                limit=PROJECTS_MAX,
                count=len(sheet.rows),
            )
        )
    if not sheet.rows:
        raise BadWorkbookError(_("“%(sheet)s”里没有内容。", sheet=sheet.title))
    reader = _Reader(book, competition, schools)
    reader.read()
    return Reading([*reader.plans.values()], reader.stray, book.unread, book.private_cells)


class _Reader:
    def __init__(self, book: ReadBook, competition: Competition, schools: Schools) -> None:
        self.book = book
        self.groups = [*competition.groups]
        self.is_one_project = competition.is_one_project
        self.schools = schools
        self.plans: dict[str, Plan] = {}
        self.stray: list[Problem] = []

    def read(self) -> None:
        for row in self.book.sheets[PROJECTS.key].rows:
            self._project(row, self.book.sheets[PROJECTS.key])
        for shape in (MEMBERS, ADVISERS, COMPANIES):
            sheet = self.book.sheets.get(shape.key)
            if sheet is not None:
                self._parts(sheet)
        self._place_faults()
        for plan in self.plans.values():
            _check_team(plan)
        self._check_students()

    def _project(self, row: SheetRow, sheet: ReadSheet) -> None:
        code = row.text.get("code", "")
        is_new = not code or code.startswith(NEW)
        code = code if is_new else code.upper()
        plan = Plan(row.number, code, is_new, dict(row.text), row.places, sheet.title)
        twin = self.plans.get(_key(code, row.text.get("name", "")))
        if twin is not None:
            self._double(plan, twin)
            return
        self.plans[_key(code, row.text.get("name", ""))] = plan
        self._check_project(plan)

    def _double(self, plan: Plan, twin: Plan) -> None:
        """The same project twice: the same words once more do no harm, others do."""
        own = {key: text for key, text in plan.text.items() if key != "code"}
        if own == {key: text for key, text in twin.text.items() if key != "code"}:
            why = _("与第 %(row)s 行完全相同，只按一行处理。", row=twin.row)
            twin.warnings.append(Problem(plan.sheet, f"A{plan.row}", plan.name, str(why)))
            return
        why = _("与第 %(row)s 行是同一个项目，内容却不同。请只保留一行。", row=twin.row)
        plan.object_to("code", why)
        twin.problems += plan.problems

    def _check_project(self, plan: Plan) -> None:
        if plan.is_new and not plan.text["name"]:
            plan.object_to("name", _("请填写项目名称。"))
        if plan.text.get("group") or plan.is_new:
            self._find_group(plan)
        if plan.text.get("school"):
            plan.university_id = self._find_school(plan.text["school"], plan, plan.places["school"])
        elif plan.is_new:
            plan.object_to("school", _("请填写参赛学校。"))

    def _find_group(self, plan: Plan) -> None:
        wanted = fold(plan.text.get("group", ""))
        if not wanted:
            plan.object_to("group", _("请选择组别。"))
            return
        full = {fold(g.track_name + GROUP_JOINT + g.name): g for g in self.groups}
        short = [group for group in self.groups if fold(group.name) == wanted]
        plan.group = full.get(wanted) or (short[0] if len(short) == 1 else None)
        if plan.group is None:
            names = [g.track_name + GROUP_JOINT + g.name for g in self.groups]
            near = difflib.get_close_matches(plan.text["group"], names, n=3, cutoff=0.2)
            choices = join_words(near or names[:5])
            plan.object_to("group", _("没有这个组别。可以填：%(choices)s。", choices=choices))

    def _find_school(self, name: str, plan: Plan, place: str, sheet: str = "") -> uuid.UUID | None:
        university = self.schools.find(name)
        if university is not None:
            return university.id
        near = join_words(self.schools.suggest(name))
        why = (
            _("没有这所学校。您要填的是不是：%(names)s？", names=near)
            if near
            else _("没有这所学校，请从下拉列表中选择。")
        )
        plan.problems.append(Problem(sheet or plan.sheet, place, shorten(name), str(why)))
        return None

    def _parts(self, sheet: ReadSheet) -> None:
        lines: dict[str, list[Line]] = defaultdict(list)
        for row in sheet.rows:
            key = _part_key(row)
            plan = self.plans.get(key)
            if plan is None:
                place = row.places.get("code", f"A{row.number}")
                why = _("“%(sheet)s”里没有这个项目。", sheet=self.book.sheets[PROJECTS.key].title)
                found = shorten(row.text.get("code") or row.text.get("project", ""))
                self.stray.append(Problem(sheet.title, place, found, str(why)))
                continue
            line = Line(row, dict(row.text))
            if row.text.get("school"):
                line.university_id = self._find_school(
                    row.text["school"], plan, row.places["school"], sheet.title
                )
            lines[key].append(line)
        for key, own in lines.items():
            plan = self.plans[key]
            if sheet.shape is COMPANIES:
                plan.company = _company(plan, own, sheet)
            elif sheet.shape is MEMBERS:
                plan.members = _ordered(plan, own, sheet)
            else:
                plan.advisers = _ordered(plan, own, sheet)

    def _place_faults(self) -> None:
        """Give what could not be read to the project whose row it stands in."""
        owners: dict[tuple[str, int], Plan] = {}
        for plan in self.plans.values():
            owners[plan.sheet, plan.row] = plan
        for shape in (MEMBERS, ADVISERS, COMPANIES):
            sheet = self.book.sheets.get(shape.key)
            for row in sheet.rows if sheet else ():
                owner = self.plans.get(_part_key(row))
                if owner is not None and sheet is not None:
                    owners[sheet.title, row.number] = owner
        unread = {(problem.sheet, problem.cell) for problem in self.book.problems}
        for plan in self.plans.values():  # what could not be read is not missing as well
            plan.problems = [p for p in plan.problems if (p.sheet, p.cell) not in unread]
        for problem in self.book.problems:
            owner = owners.get((problem.sheet, row_of(problem.cell)))
            (owner.problems if owner and ":" not in problem.cell else self.stray).append(problem)

    def _check_students(self) -> None:
        """A student in two projects of the list."""
        seen: dict[tuple[uuid.UUID | None, str], tuple[Plan, Line]] = {}
        title = self.book.sheets[MEMBERS.key].title if MEMBERS.key in self.book.sheets else ""
        for plan in self.plans.values():
            for line in plan.members or ():
                number = compact(line.get("student_number", "")).casefold()
                if not number:
                    continue
                first = seen.setdefault((line.university_id, number), (plan, line))
                if first[1] is line:
                    continue
                other = first[0]
                why = _("与第 %(row)s 行是同一名学生（学校和学号相同）。", row=first[1].row.number)
                found = shorten(line.get("student_number", ""))
                place = line.row.places.get("student_number", f"A{line.row.number}")
                problem = Problem(title, place, found, str(why))
                is_new = plan.is_new or other.is_new  # of two that stand, their claims decide
                is_wrong = is_new and (other is plan or self.is_one_project)
                (plan.problems if is_wrong else plan.warnings).append(problem)


def _key(code: str, name: str) -> str:
    return code or f"name:{fold(name)}"


def _part_key(row: SheetRow) -> str:
    code = row.text.get("code", "")
    return _key(code if code.startswith(NEW) else code.upper(), row.text.get("project", ""))


def _ordered(plan: Plan, lines: list[Line], sheet: ReadSheet) -> list[Line]:
    """In the order of their numbers, where they have some; else as they stand."""
    told = [line.get("position", "") for line in lines]
    for text, count in Counter(filter(None, told)).items():
        if count > 1:
            line = [line for line in lines if line.get("position", "") == text][-1]
            why = _("同一个项目里有两个排序 %(number)s。", number=text)
            _object(plan, sheet, line, "position", why)
    if any(told) and not all(told):
        line = lines[told.index("")]
        _object(plan, sheet, line, "position", _("请填写排序，或把这个项目的排序全部留空。"))
    for line in lines:
        if plan.is_new and not line.get("name", "-"):
            _object(plan, sheet, line, "name", _("请填写姓名。"))
    if all(told):
        return sorted(lines, key=lambda line: int(line.text["position"]))
    return lines


def _object(plan: Plan, sheet: ReadSheet, line: Line, key: str, why: object) -> None:
    place = line.row.places.get(key, f"A{line.row.number}")
    plan.problems.append(Problem(sheet.title, place, shorten(line.get(key, "")), str(why)))


def _company(plan: Plan, lines: list[Line], sheet: ReadSheet) -> CompanyDraft | None:
    if len(lines) > 1:
        why = _("一个项目只能填一家企业，第 %(row)s 行已填。", row=lines[0].row.number)
        _object(plan, sheet, lines[1], "code", why)
    line = lines[0]
    flags = {"yes": True, "no": False, "": None}
    told = line.get("registered_on", "")
    return CompanyDraft(
        is_registered=flags[line.get("is_registered", "")],
        name=line.get("name", ""),
        credit_code=line.get("credit_code", ""),
        registered_on=date.fromisoformat(told) if told else None,
        legal_representative=line.get("legal_representative", ""),
        shareholders=tuple(_shareholders(plan, line, sheet)),
    )


def _shareholders(plan: Plan, line: Line, sheet: ReadSheet) -> Iterable[ShareholderDraft]:
    try:
        holders = read_holders(line.get("shareholders", ""))
    except InvalidShareError:
        why = _("请写作“姓名 百分比”，用分号隔开，如“张三 60%；李四 40%”。")
        _object(plan, sheet, line, "shareholders", why)
        return ()
    if len(holders) > SHAREHOLDERS_MAX:
        why = _("最多填写 %(count)s 名股东。", count=SHAREHOLDERS_MAX)
        _object(plan, sheet, line, "shareholders", why)
    return (ShareholderDraft(name, share) for name, share in holders[:SHAREHOLDERS_MAX])


def _check_team(plan: Plan) -> None:
    """What can be said of a new project before anything is looked up."""
    if not plan.is_new:
        return
    if not plan.members:
        plan.object_to("code", _("“成员”工作表里没有这个项目的成员。"))
        return
    captain = plan.members[0]
    address = captain.get("email", "")
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        place = captain.row.places.get("email", f"A{captain.row.number}")
        why = _("请填写负责人的邮箱：接管项目的邮件会发到那里。")
        plan.problems.append(Problem(str(MEMBERS.title), place, shorten(address), str(why)))
