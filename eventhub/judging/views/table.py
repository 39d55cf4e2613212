"""The organiser's table of marks: on screen, as a workbook, on paper."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.competitions import queries as competitions
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage, can_manage_round
from eventhub.competitions.tabs import find_tab_url
from eventhub.domain.scoring.ranking import TieRule
from eventhub.i18n import _, locale_code
from eventhub.judging.enums import CELL_LOOKS, CellState
from eventhub.judging.queries.board import Board, GroupBoard, Line, build_board, fingerprint
from eventhub.judging.views.blueprint import bp
from eventhub.judging.views.panels import chosen_round
from eventhub.web.access import authorize, signed_in
from eventhub.web.downloads import xlsx


@bp.get("/manage/competitions/<uuid:competition_id>/results")
@signed_in
def results_manage(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Marks as they come in, ranks as they stand, and the way to publication."""
    competition = authorize(can_manage, competitions.get_competition(competition_id))
    round_ = chosen_round(competition)
    return render_template(
        "judging/table.html",
        competition=competition,
        round=round_,
        etag=_etag(round_),
        list_url=find_tab_url("outcomes.index", competition),
        **_table(round_),
    )


@bp.get("/manage/rounds/<uuid:round_id>/results/live")
@signed_in
def live(round_id: uuid.UUID) -> ResponseReturnValue:
    """The table alone, for the page to exchange; 304 while nothing has changed."""
    round_ = authorize(can_manage_round, competitions.get_round(round_id))
    etag = _etag(round_)
    if etag in request.if_none_match:
        return Response(status=304, headers={"ETag": f'"{etag}"'})
    response = make_response(
        render_template("judging/_table.html", round=round_, etag=etag, **_table(round_))
    )
    response.set_etag(etag)
    return response


def _etag(round_: Round) -> str:
    return f"{fingerprint(round_)}-{locale_code()}"


def _table(round_: Round) -> dict[str, Any]:
    board = build_board(round_)
    return {
        "board": board,
        "updated_at": clock.now(),
        "live_url": url_for(".live", round_id=round_.id),
    }


def tie_words(text: str | None, group: GroupBoard) -> str:
    """What decided a tie, for people."""
    names = {line.key: line.name for line in group.rubric.criteria} if group.rubric else {}
    if text is None:
        return ""
    if text == TieRule.RAW_SUM.value:
        return str(_("未去极值总分"))
    return str(_("分项“%(name)s”", name=names.get(text.partition(":")[2], text)))


@bp.get("/manage/rounds/<uuid:round_id>/results.xlsx")
@signed_in
def download(round_id: uuid.UUID) -> ResponseReturnValue:
    """Standings and every mark, as a workbook."""
    round_ = authorize(can_manage_round, competitions.get_round(round_id))
    board = build_board(round_)
    day = clock.now().strftime("%Y%m%d-%H%M")
    name = f"{round_.competition.event.title}-{round_.name}-{_('成绩')}-{day}.xlsx"
    return xlsx(name, [*_standing_sheets(board), *_mark_sheets(board)])


def _standing_sheets(board: Board) -> Iterator[tuple[str, list[str], list[list[Any]]]]:
    head = [
        _("名次"), _("编号"), _("项目"), _("学校"), _("负责人"),
        _("总分"), _("已交"), _("应交"), _("同分依据"), _("备注"),
    ]  # fmt: skip
    for at, group in enumerate(board.groups, 1):
        rows = [_standing_row(line, group) for line in group.lines]
        yield f"{at} {_('名次')} {group.group.name}", [str(word) for word in head], rows


def _standing_row(line: Line, group: GroupBoard) -> list[Any]:
    entry = line.entry
    return [
        line.rank,
        entry.code,
        entry.name,
        entry.university.name if entry.university else "",
        entry.captain.name,
        float(line.total) if line.total else None,  # a workbook's cells are binary numbers
        len(line.counted),
        line.expected_count,
        tie_words(line.decided_by, group),
        _("不满足必要条件") if line.is_vetoed else "",
    ]


def _mark_sheets(board: Board) -> Iterator[tuple[str, list[str], list[list[Any]]]]:
    for at, group in enumerate(board.groups, 1):
        criteria = group.rubric.criteria if group.rubric else []
        head = [_("编号"), _("项目"), _("评委"), _("评委组"), *[line.name for line in criteria]]
        head += [_("合计"), _("状态")]
        rows = [
            _mark_row(line, cell.seat.id, [each.key for each in criteria])
            for line in group.lines
            for cell in line.cells.values()
        ]
        yield f"{at} {_('评分')} {group.group.name}", [str(word) for word in head], rows


def _mark_row(line: Line, seat_id: uuid.UUID, keys: list[str]) -> list[Any]:
    cell = line.cells[seat_id]
    given = next((s for s in line.counted if s.judge_id == cell.seat.person_id), None)
    marks = [float(given.points[key]) for key in keys] if given else [None] * len(keys)
    word = _("去极值，未计入") if cell.is_dropped else str(CELL_LOOKS[cell.state][0])
    return [
        line.entry.code,
        line.entry.name,
        cell.seat.person.name,
        cell.seat.panel.name,
        *marks,
        float(cell.total) if cell.state is CellState.SUBMITTED and cell.total is not None else None,
        word,
    ]


@bp.get("/manage/rounds/<uuid:round_id>/results/print")
@signed_in
def printed(round_id: uuid.UUID) -> ResponseReturnValue:
    """The summary to be signed by chief judge, scrutineer and supervisor."""
    round_ = authorize(can_manage_round, competitions.get_round(round_id))
    return render_template(
        "judging/print.html", round=round_, board=build_board(round_), printed_at=clock.now()
    )
