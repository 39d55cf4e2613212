"""Entries as a workbook, in constant memory however many there are."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import IO, Any

import xlsxwriter
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import joinedload

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.circles.models import University
from eventhub.circles.permissions import works_for_school
from eventhub.competitions.models import Competition, Group
from eventhub.competitions.queries import get_competition
from eventhub.db import db, transaction
from eventhub.entries.enums import ENTRY_STATE_LOOKS, MEMBER_STATE_LOOKS
from eventhub.entries.models import Adviser, Answer, Company, Entry, Member, Recommendation
from eventhub.entries.permissions import can_review_competition
from eventhub.entries.queries.lists import EntryFilter, conditions, ordering
from eventhub.entries.service.answers import answer_rows
from eventhub.entries.service.companies import show_percent
from eventhub.entries.service.holders import write_holders
from eventhub.entries.service.sheets import (
    ADVISERS,
    ANSWERS,
    COMPANIES,
    GROUP_JOINT,
    MEMBERS,
    PROJECTS,
    SHEETS,
    Column,
    Kind,
    SheetShape,
)
from eventhub.errors import ForbiddenError
from eventhub.i18n import _
from eventhub.web.downloads import harmless
from eventhub.web.jinja import zone

BATCH = 500
CELL_MAX = 32_000  # a spreadsheet holds little more in one cell
BOOK_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def export_entries(
    competition_id: uuid.UUID, *, wanted: EntryFilter, with_personal: bool = False, by: Person
) -> IO[bytes]:
    """The entries that the filter shows, as a workbook in a file that goes when it is closed.

    Mail addresses, phones and what the teams wrote into their forms come along only
    ``with_personal``, numbers of identity never. That
    a list left the house is noted, with or without.

    Raises:
        ForbiddenError: ``by`` neither organises for a circle that runs the competition nor asks,
            for a school's office, for this school's entries alone.

    """
    with transaction(), handing_out() as out:
        competition = get_competition(competition_id)
        mine = works_for_school(by, wanted.university_id)
        if not (mine or can_review_competition(by, competition)):
            raise ForbiddenError
        count = _Writer(out, competition, with_personal).write(wanted)
        audit.record(
            "entries.exported",
            competition,
            by=by,
            circle_id=competition.event.circle_id,
            after={"count": count, "with_contacts": with_personal},
        )
    return out


@contextmanager
def handing_out() -> Iterator[IO[bytes]]:
    """A file to write and then to send, which goes when it is closed; closed on a failure."""
    with ExitStack() as failing:
        out = failing.enter_context(tempfile.TemporaryFile())
        yield out
        out.seek(0)
        failing.pop_all()


class _Writer:
    """Writes all sheets side by side, some entries at a time."""

    def __init__(self, out: IO[bytes], competition: Competition, with_personal: bool) -> None:
        self.competition = competition
        self.zone = competition.event.timezone
        self.states = {state: str(look[0]) for state, look in ENTRY_STATE_LOOKS.items()}
        self.consents = {state: str(look[0]) for state, look in MEMBER_STATE_LOOKS.items()}
        self.with_personal = with_personal
        self.book = xlsxwriter.Workbook(out, BOOK_OPTIONS)
        self.columns: dict[str, list[Column]] = {
            shape.key: [c for c in shape.columns if with_personal or not c.is_personal]
            for shape in SHEETS
        }
        self.sheets = {
            shape.key: SheetWriter(self.book, shape, self.columns[shape.key]) for shape in SHEETS
        }
        if with_personal and any(group.questionnaire_id for group in competition.groups):
            writer = SheetWriter(self.book, ANSWERS, ANSWERS.columns)
            self.sheets[ANSWERS.key] = writer

    def write(self, wanted: EntryFilter) -> int:
        """Every sheet; return how many entries there are."""
        count = 0
        rows = db.session.execute(_projects(self.competition.id, wanted)).partitions(BATCH)
        for batch in rows:
            count += len(batch)
            ids = [row.id for row in batch]
            known = {row.id: (row.code, row.name) for row in batch}
            for row in batch:
                self.sheets[PROJECTS.key].write(self._project(row))
            self._write_parts(MEMBERS, _members(ids, self.with_personal), known, self._member)
            self._write_parts(ADVISERS, _advisers(ids), known, _adviser)
            self._write_parts(COMPANIES, _companies(ids), known, _company)
            if ANSWERS.key in self.sheets:
                self._write_answers(ids, known)
        self.book.close()
        return count

    def _write_parts(
        self,
        shape: SheetShape,
        query: Select[*tuple[Any, ...]],
        known: dict[uuid.UUID, tuple[str, str]],
        cells: Callable[[Row[*tuple[Any, ...]]], dict[str, Any]],
    ) -> None:
        order = {entry_id: at for at, entry_id in enumerate(known)}
        rows = sorted(db.session.execute(query), key=lambda row: order[row.entry_id])
        for row in rows:
            code, name = known[row.entry_id]
            self.sheets[shape.key].write({"code": code, "project": name, **cells(row)})

    def _member(self, row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
        return {**row._mapping, "consent": self.consents[row.state]}

    def _write_answers(
        self, ids: Sequence[uuid.UUID], known: dict[uuid.UUID, tuple[str, str]]
    ) -> None:
        """What the teams wrote into their forms, a question a row."""
        query = (
            select(Entry)
            .where(Entry.id.in_(ids))
            .options(joinedload(Entry.answer).joinedload(Answer.version))
        )
        entries = {entry.id: entry for entry in db.session.scalars(query)}
        for entry_id, (code, name) in known.items():
            for reading in answer_rows(entries[entry_id]):
                if not reading.is_section:
                    cells = {"question": reading.label, "answer": reading.plain[:CELL_MAX]}
                    self.sheets[ANSWERS.key].write({"code": code, "project": name, **cells})

    def _project(self, row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
        return {
            "code": row.code,
            "name": row.name,
            "group": row.track_name + GROUP_JOINT + row.group_name,
            "category": row.category,
            "school": row.school or "",
            "summary": row.summary,
            "state": self.states[row.state],
            "captain": row.captain,
            "rank": row.rank,
            "submitted_at": _as_on_the_clock(row.submitted_at, self.zone),
        }


class SheetWriter:
    """One sheet of a workbook that is written row by row."""

    def __init__(
        self, book: xlsxwriter.Workbook, shape: SheetShape, columns: Sequence[Column]
    ) -> None:
        self.columns = columns
        self.at = 0
        self.sheet = book.add_worksheet(str(shape.title))
        style = {"bold": True, "bg_color": "#E8EEF7", "border": 1, "valign": "vcenter"}
        taken, told = book.add_format(style), book.add_format({**style, "italic": True})
        as_text = book.add_format({"num_format": "@"})
        self.as_date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.as_time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for at, column in enumerate(columns):
            own = {Kind.WHOLE: None, Kind.DATE: self.as_date}.get(column.kind, as_text)
            self.sheet.set_column(at, at, column.width, own)
            self.sheet.write_string(0, at, str(column.title), told if column.is_told else taken)
        self.text_format = as_text
        self.sheet.freeze_panes(1, 2)

    def write(self, cells: dict[str, Any]) -> None:
        """The next row, by the keys of the columns."""
        self.at += 1
        for at, column in enumerate(self.columns):
            value = cells.get(column.key)
            if value is None or value == "":
                continue
            if column.kind is Kind.WHOLE:
                self.sheet.write_number(self.at, at, value)
            elif isinstance(value, datetime):
                self.sheet.write_datetime(self.at, at, value, self.as_time)
            elif column.kind is Kind.DATE:
                self.sheet.write_datetime(self.at, at, value, self.as_date)
            else:
                self.sheet.write_string(self.at, at, harmless(value), self.text_format)


def _as_on_the_clock(moment: datetime | None, tz: str) -> datetime | None:
    """A moment as a spreadsheet keeps it, to be sorted and reckoned with: local, without zone."""
    return moment.astimezone(zone(tz)).replace(tzinfo=None) if moment else None


def _projects(competition_id: uuid.UUID, wanted: EntryFilter) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Entry.id,
            Entry.code,
            Entry.name,
            Entry.category,
            Entry.summary,
            Entry.state,
            Entry.submitted_at,
            Group.track_name,
            Group.name.label("group_name"),
            University.name.label("school"),
            Person.name.label("captain"),
            Recommendation.rank,
        )
        .join(Entry.group)
        .join(Entry.captain)
        .outerjoin(Entry.university)
        .outerjoin(Entry.recommendation)
        .where(Entry.competition_id == competition_id, *conditions(wanted))
        .order_by(*ordering(wanted.order))
        .execution_options(yield_per=BATCH)
    )


def _members(ids: Iterable[uuid.UUID], with_personal: bool) -> Select[*tuple[Any, ...]]:
    contacts = (Member.email, Member.phone) if with_personal else ()
    return (
        select(
            Member.entry_id,
            Member.position,
            Member.name,
            University.name.label("school"),
            Member.student_number,
            Member.duty,
            Member.state,
            *contacts,
        )
        .outerjoin(Member.university)
        .where(Member.entry_id.in_(ids))
        .order_by(Member.position)
    )


def _advisers(ids: Iterable[uuid.UUID]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Adviser.entry_id,
            Adviser.position,
            Adviser.name,
            Adviser.title,
            Adviser.organisation,
            Adviser.share,
        )
        .where(Adviser.entry_id.in_(ids))
        .order_by(Adviser.position)
    )


def _companies(ids: Iterable[uuid.UUID]) -> Select[*tuple[Any, ...]]:
    return select(
        Company.entry_id,
        Company.is_registered,
        Company.name,
        Company.credit_code,
        Company.registered_on,
        Company.legal_representative,
        Company.shareholders,
    ).where(Company.entry_id.in_(ids))


def _adviser(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return dict(row._mapping)


def _company(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {
        **row._mapping,
        "is_registered": say_flag(row.is_registered),
        "shareholders": say_shareholders(row.shareholders),
    }


def say_flag(flag: bool | None) -> str:
    """Yes, no, or not said."""
    return "" if flag is None else str(_("是")) if flag else str(_("否"))


def say_shareholders(shareholders: Iterable[dict[str, Any]]) -> str:
    """Each with the share, as a list is read again: see ``holders``."""
    return write_holders(
        (str(holder["name"]), show_percent(holder["percent"]) if holder["percent"] else "")
        for holder in shareholders
    )
