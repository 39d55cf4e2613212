"""A judge's phone: all it needs to go from sheet to sheet without a network, and what it sends."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from eventhub import clock
from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Rubric
from eventhub.entries import service as entry_service
from eventhub.errors import NotFoundError
from eventhub.judging import service
from eventhub.judging.errors import WrongJudgeError
from eventhub.judging.forms import plain
from eventhub.judging.forms.edits import read_edit, read_key
from eventhub.judging.models import PanelJudge
from eventhub.judging.queries import seats, sheets
from eventhub.judging.queries.sheets import Assignment, SheetNow, Worklist
from eventhub.judging.views.blueprint import bp, my_seat, only_round
from eventhub.web.access import me, public, signed_in_or_link
from eventhub.web.jinja import show_filesize

SCOPE = seats.LINK_SCOPE
READABLE = frozenset({RoundState.OPEN, RoundState.CLOSED, RoundState.PUBLISHED})
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "video/mp4"})


@bp.get("/judging/<uuid:round_id>/state")
@signed_in_or_link(SCOPE)
def state(round_id: uuid.UUID) -> ResponseReturnValue:
    """All that a judge's page draws, as it stands now; answers JSON."""
    seat = my_seat(round_id)
    answer = jsonify({**describe(seat, find_work(seat)), "token": generate_csrf()})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/judging/<uuid:round_id>/<uuid:entry_id>/sync")
@signed_in_or_link(SCOPE)
def sync(round_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Take one edit of one sheet from a judge's device; takes and answers JSON."""
    if only_round() not in {None, round_id}:
        raise NotFoundError
    sent = request.get_json()
    edit = read_edit(sent)
    if read_key(sent.get("judge")) != me().id:
        raise WrongJudgeError
    sheet = service.sync_sheet(round_id, entry_id, edit=edit, by=me())
    return jsonify(sheet=describe_sheet(sheet))


@bp.get("/judging/worker.js")
@public
def worker() -> Response:
    """The service worker: it may only rule the addresses below its own."""
    script = Path(current_app.static_folder or "") / "js" / "judging_worker.js"
    headers = {"Cache-Control": "no-cache"}
    return Response(script.read_text(), mimetype="text/javascript", headers=headers)


def find_work(seat: PanelJudge) -> Worklist | None:
    """What a judge has to score; None before the round opens."""
    if seat.panel.round.state not in READABLE:
        return None
    return sheets.list_work(seat, now=clock.now())


def describe(seat: PanelJudge, work: Worklist | None) -> dict[str, Any]:
    """A judge's round: entries in their order, rubrics, and the sheets so far."""
    round_ = seat.panel.round
    told: dict[str, Any] = {
        "now": clock.now().isoformat(),
        "judge": str(seat.person_id),
        "round": str(round_.id),
        "state": round_.state.value,
        "timezone": round_.competition.event.timezone,
        "entries": [],
        "rubrics": {},
        "recused": 0,
    }
    if work is None:
        return told
    papers = _papers(seat, work.assignments)
    reasons = sheets.list_return_reasons(seat)
    told["recused"] = work.recused_count
    told["rubrics"] = {str(each.group_id): _rubric(each) for each in sheets.list_rubrics(round_.id)}
    told["entries"] = [
        *(_entry(seat, one, papers.get(one.entry.id, []), reasons) for one in work.assignments),
        *({**_entry(seat, one, [], reasons), "withdrawn": True} for one in work.withdrawn),
    ]
    return told


def describe_sheet(sheet: SheetNow) -> dict[str, Any]:
    """A sheet as it stands on the server."""
    return {
        "version": sheet.version,
        "state": sheet.state.value,
        "total": f"{sheet.total:.2f}",
        "saved": sheet.saved_at.isoformat(),
        "submitted": sheet.submitted_at.isoformat() if sheet.submitted_at else None,
        "device": str(sheet.device_id) if sheet.device_id else None,
        "values": {
            "marks": {key: plain(points) for key, points in sheet.points.items()},
            "gates": dict(sheet.verdicts),
            "note": sheet.note,
            "feedback": sheet.feedback,
        },
    }


def _entry(
    seat: PanelJudge,
    one: Assignment,
    papers: list[dict[str, Any]],
    reasons: Mapping[uuid.UUID, str],
) -> dict[str, Any]:
    slot, sheet = one.slot, one.sheet
    return {
        "id": str(one.entry.id),
        "name": one.entry.name,
        "code": one.entry.code,
        "group": one.entry.group.name,
        "rubric": str(one.entry.group_id),
        "url": url_for(".sheet", round_id=seat.round_id, entry_id=one.entry.id),
        "withdrawn": False,
        "slot": slot
        and {
            "number": slot.position,
            "starts": slot.starts_at.isoformat(),
            "ends": slot.ends_at.isoformat(),
        },
        "sheet": sheet and describe_sheet(SheetNow.of(sheet)),
        "returned": reasons.get(sheet.id) if sheet else None,
        "papers": papers,
    }


def _rubric(rubric: Rubric) -> dict[str, Any]:
    return {
        "total": plain(rubric.total),
        "note": rubric.note,
        "source": rubric.source,
        "criteria": [
            {
                "key": line.key,
                "name": line.name,
                "max": plain(line.points_max),
                "points": line.points_to_judge,
            }
            for line in rubric.criteria
        ],
        "gates": [{"key": gate.key, "name": gate.name, "rule": gate.rule} for gate in rubric.gates],
    }


def _papers(seat: PanelJudge, work: Iterable[Assignment]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """The documents that the judge may be given, by entry."""
    sheets.load_papers(work)
    newest = [paper for one in work for paper in entry_service.list_newest(one.entry)]
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for paper in entry_service.judge_papers(newest, seat.panel.round):
        document, requirement = paper.document, paper.document.requirement
        is_shown = paper.file is not None and paper.file.media_type in SHOWN
        found.setdefault(document.entry_id, []).append(
            {
                "name": requirement.name
                + (f" {document.ordinal}" if requirement.files_max > 1 else ""),
                "url": paper.file
                and url_for(
                    ".document_preview" if is_shown else ".document",
                    round_id=seat.round_id,
                    entry_id=document.entry_id,
                    document_id=document.id,
                ),
                "size": paper.file and show_filesize(paper.file.size),
            }
        )
    return found
