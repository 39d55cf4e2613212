"""The table of a school's recommendations that the office prints, signs and stamps."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import IO, Any

import xlsxwriter

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.circles.models import University
from eventhub.circles.permissions import works_for_school
from eventhub.competitions.models import Competition
from eventhub.competitions.queries import get_competition
from eventhub.db import transaction
from eventhub.entries.models import Entry
from eventhub.entries.permissions import can_review_competition
from eventhub.entries.queries.schools import get_school, list_recommended
from eventhub.entries.service.exporting import handing_out
from eventhub.errors import ForbiddenError
from eventhub.i18n import _, join_words
from eventhub.web.downloads import harmless

A4 = 9
WIDTHS = (6, 26, 30, 12, 12, 30, 20, 34)


def export_recommendations(
    competition_id: uuid.UUID, *, university_id: uuid.UUID, by: Person
) -> IO[bytes]:
    """What a school recommends, by group and rank, as one sheet of A4 across.

    Raises:
        ForbiddenError: ``by`` works neither for the school nor for who runs the competition.
        NotFoundError: no such school or competition.

    """
    with transaction(), handing_out() as out:
        competition = get_competition(competition_id)
        allowed = works_for_school(by, university_id) or can_review_competition(by, competition)
        if not allowed:
            raise ForbiddenError
        school = get_school(university_id)
        entries = list_recommended(competition_id, university_id)
        circle_id = competition.event.circle_id
        after = {"count": len(entries)}
        audit.record("entries.summary_made", competition, by=by, circle_id=circle_id, after=after)
        _write(out, competition, school, entries)
    return out


def _write(
    out: IO[bytes], competition: Competition, school: University, entries: Sequence[Entry]
) -> None:
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("推荐汇总表"))
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5)
    for at, width in enumerate(WIDTHS):
        sheet.set_column(at, at, width)
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    head = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    cell = book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True})
    number = book.add_format({"border": 1, "align": "center", "valign": "vcenter"})
    words = _("%(title)s 推荐汇总表", title=competition.event.title)
    sheet.merge_range(0, 0, 0, len(WIDTHS) - 1, words, title)
    sheet.set_row(0, 34)
    sheet.write_string(1, 0, _("推荐学校：%(name)s", name=school.name))
    sheet.write_row(2, 0, _head(), head)
    sheet.repeat_rows(0, 2)
    for at, entry in enumerate(entries, 3):
        first, *rest = _row(entry)
        sheet.write_number(at, 0, first, number)
        for column, text in enumerate(rest, 1):
            sheet.write_string(at, column, harmless(text), cell)
    foot = len(entries) + 4
    sheet.write_string(foot, 1, _("负责人签字："))
    sheet.write_string(foot, 5, _("学校（盖章）："))
    sheet.write_string(foot + 2, 5, _("日期：      年    月    日"))
    book.close()


def _head() -> list[str]:
    return [
        _("名次"),
        _("组别"),
        _("项目名称"),
        _("项目编号"),
        _("负责人"),
        _("团队成员"),
        _("指导教师"),
        _("推荐意见"),
    ]


def _row(entry: Entry) -> list[Any]:
    assert entry.recommendation is not None
    return [
        entry.recommendation.rank,
        f"{entry.group.track_name} · {entry.group.name}",
        entry.name,
        entry.code,
        entry.captain.name,
        join_words(member.name for member in entry.members),
        join_words(adviser.name for adviser in entry.advisers),
        entry.recommendation.opinion,
    ]
