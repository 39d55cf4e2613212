"""A judge's phone: the way in, the list, the sheet."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from eventhub.accounts import service as accounts
from eventhub.accounts.sessions import held_link, start_session
from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Rubric
from eventhub.entries import queries as entries
from eventhub.entries import service as entry_service
from eventhub.errors import NotFoundError
from eventhub.files import service as files
from eventhub.files.sending import send, send_page
from eventhub.files.viewer import Viewed, render_viewer
from eventhub.i18n import _
from eventhub.judging import service
from eventhub.judging.enums import RecusalKind
from eventhub.judging.errors import RoundNotOpenError
from eventhub.judging.forms import RecusalForm, SheetForm, StepForm, sheet_values
from eventhub.judging.models import FEEDBACK_MAX, NOTE_MAX, PanelJudge
from eventhub.judging.queries import seats, sheets
from eventhub.judging.queries.sheets import Assignment
from eventhub.judging.views.blueprint import bp, my_seat, only_round
from eventhub.judging.views.phone import READABLE, describe, find_work
from eventhub.web.access import me, public, signed_in_or_link
from eventhub.web.forms import render_form
from eventhub.web.security import limiter

SCOPE = seats.LINK_SCOPE


@bp.route("/j/<token>", methods=["GET", "POST"])
@public
@limiter.limit("60/minute;600/hour")
def enter(token: str) -> ResponseReturnValue:
    """Come in by personal link: one scan opens the list.

    Whoever is signed in as someone else is asked first, since coming in signs them out.
    """
    link = accounts.open_link(token, scope=SCOPE)
    target = url_for(".work", round_id=link.subject_id)
    held = held_link() if current_user.is_authenticated else None
    if current_user.is_authenticated and me().id == link.person_id:
        if held is None or held.id == link.id:
            return redirect(target, 303)
    elif current_user.is_authenticated and held is None:
        form = StepForm()
        if not form.validate_on_submit():
            return render_form("judging/switch.html", form, judge=link.person, current=me())
    start_session(link.person, scope=SCOPE, link_id=link.id)
    return redirect(target, 303)


@bp.get("/judging")
@signed_in_or_link(SCOPE)
def index() -> ResponseReturnValue:
    """The rounds in which one judges; straight to the list where there is but one."""
    if only_round() is not None:
        return redirect(url_for(".work", round_id=only_round()))
    seated = seats.list_seats_of(me().id)
    if len(seated) == 1:
        return redirect(url_for(".work", round_id=seated[0].round_id))
    return render_template(
        "judging/index.html", seats=seated, submitted=seats.count_submitted(me().id)
    )


@bp.get("/judging/<uuid:round_id>")
@signed_in_or_link(SCOPE)
def work(round_id: uuid.UUID) -> ResponseReturnValue:
    """What one has to score in a round, who is on stage first."""
    seat = my_seat(round_id)
    worklist = find_work(seat)
    return render_template(
        "judging/work.html",
        seat=seat,
        work=worklist,
        told=describe(seat, worklist),
        limits={"feedback": FEEDBACK_MAX, "note": NOTE_MAX},
        is_link=only_round() is not None,
    )


@bp.route("/judging/<uuid:round_id>/<uuid:entry_id>", methods=["GET", "POST"])
@signed_in_or_link(SCOPE)
def sheet(round_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """The sheet of one entry; what is sent is saved, then shown once more for confirmation."""
    seat, assignment, rubric = _open(round_id, entry_id)
    form = SheetForm.for_rubric(rubric, assignment.sheet)
    if request.method == "GET" and _is_settled(seat, assignment):
        return _show("judging/sheet_read.html", seat, assignment, rubric=rubric)
    if (
        form.validate_on_submit()
        and form.is_complete()
        and form.accepted_by(
            lambda: service.save_sheet(round_id, entry_id, by=me(), **form.to_values())
        )
    ):
        return redirect(url_for(".confirm", round_id=round_id, entry_id=entry_id), 303)
    reason = sheets.find_return_reason(assignment.sheet)
    return render_form(
        "judging/sheet.html", form, **_context(seat, assignment), rubric=rubric, reason=reason
    )


@bp.route("/judging/<uuid:round_id>/<uuid:entry_id>/confirm", methods=["GET", "POST"])
@signed_in_or_link(SCOPE)
def confirm(round_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Read the sheet once more, then lock it."""
    seat, assignment, rubric = _open(round_id, entry_id)
    if assignment.sheet is None:
        return redirect(url_for(".sheet", round_id=round_id, entry_id=entry_id))
    values = sheet_values(assignment.sheet)
    form = StepForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.submit_sheet(round_id, entry_id, by=me(), **values)
    ):
        flash(_("“%(name)s”的评分表已提交。", name=assignment.entry.name), "success")
        return redirect(url_for(".work", round_id=round_id), 303)
    return render_form("judging/confirm.html", form, **_context(seat, assignment), rubric=rubric)


@bp.route("/judging/<uuid:round_id>/<uuid:entry_id>/recusal", methods=["GET", "POST"])
@signed_in_or_link(SCOPE)
def recuse(round_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Declare that one must not score this entry."""
    seat, assignment, _rubric = _open(round_id, entry_id)
    form = RecusalForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.declare_recusal(
            round_id,
            entry_id,
            judge_id=me().id,
            kind=RecusalKind(form.kind.data),
            detail=form.detail.data or "",
            by=me(),
        )
    ):
        flash(_("已登记回避，这个项目不再由您评审。"), "success")
        return redirect(url_for(".work", round_id=round_id), 303)
    return render_form("judging/recuse.html", form, **_context(seat, assignment))


DOCUMENT = "/judging/<uuid:round_id>/<uuid:entry_id>/documents/<uuid:document_id>"
LOOKS = "600/minute"  # pages of a preview come by the dozen


@bp.get(DOCUMENT)
@signed_in_or_link(SCOPE)
def document(
    round_id: uuid.UUID, entry_id: uuid.UUID, document_id: uuid.UUID
) -> ResponseReturnValue:
    """A document of an entry that one judges; of a blind round its blind copy."""
    paper = _paper(round_id, entry_id, document_id)
    return send(paper.file, name=paper.name)


@bp.get(f"{DOCUMENT}/content")
@signed_in_or_link(SCOPE)
@limiter.limit(LOOKS)
def document_content(
    round_id: uuid.UUID, entry_id: uuid.UUID, document_id: uuid.UUID
) -> ResponseReturnValue:
    """A film, to be played in a page."""
    paper = _paper(round_id, entry_id, document_id)
    return send(paper.file, name=paper.name, inline=True)


@bp.get(f"{DOCUMENT}/pages/<int:page>.webp")
@signed_in_or_link(SCOPE)
@limiter.limit(LOOKS)
def document_page(
    round_id: uuid.UUID, entry_id: uuid.UUID, document_id: uuid.UUID, page: int
) -> ResponseReturnValue:
    """One page of a document as a picture."""
    file = _paper(round_id, entry_id, document_id).file
    return send_page(files.draw(file, page=page, width=request.args.get("width", 1200, type=int)))


@bp.get(f"{DOCUMENT}/preview")
@signed_in_or_link(SCOPE)
def document_preview(
    round_id: uuid.UUID, entry_id: uuid.UUID, document_id: uuid.UUID
) -> ResponseReturnValue:
    """A document to look through in the page."""
    paper = _paper(round_id, entry_id, document_id)
    keys: dict[str, Any] = {
        "round_id": round_id,
        "entry_id": entry_id,
        "document_id": document_id,
    }
    return render_viewer(
        paper.file,
        Viewed(
            title=paper.document.requirement.name,
            note=paper.document.entry.name or paper.document.entry.code,
            name=paper.name,
            page_endpoint=".document_page",
            content_endpoint=".document_content",
            download_url=url_for(".document", **keys),
            back_url=url_for(".sheet", round_id=round_id, entry_id=entry_id),
            keys=keys,
        ),
    )


def _paper(
    round_id: uuid.UUID, entry_id: uuid.UUID, document_id: uuid.UUID
) -> entry_service.ReadyPaper:
    """What this judge may be given of a document."""
    seat, assignment, _rubric = _open(round_id, entry_id)
    found = entries.get_document(assignment.entry, document_id)
    return entry_service.judge_file(found, seat.panel.round)


def _open(round_id: uuid.UUID, entry_id: uuid.UUID) -> tuple[PanelJudge, Assignment, Rubric]:
    """What a judge may see of an entry; nothing before the round opens."""
    seat = my_seat(round_id)
    if seat.panel.round.state not in READABLE:
        raise RoundNotOpenError
    assignment = sheets.get_assignment(seat, entry_id)
    rubric = competitions.find_rubric(round_id, assignment.entry.group_id)
    if rubric is None:
        raise NotFoundError
    return seat, assignment, rubric


def _is_settled(seat: PanelJudge, assignment: Assignment) -> bool:
    given = assignment.sheet is not None and assignment.sheet.is_submitted
    return given or seat.panel.round.state is not RoundState.OPEN


def _context(seat: PanelJudge, assignment: Assignment) -> dict[str, object]:
    return {
        "seat": seat,
        "work": assignment,
        "documents": entry_service.judge_papers(
            entry_service.list_newest(assignment.entry), seat.panel.round
        ),
    }


def _show(template: str, seat: PanelJudge, assignment: Assignment, **more: object) -> str:
    return render_template(template, **_context(seat, assignment), **more)
