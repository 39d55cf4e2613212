"""The organiser's side of documents: how much came in, all of a round at once, blind copies."""

from __future__ import annotations

import uuid

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions.models import Competition, DocumentRequirement, Round
from eventhub.competitions.permissions import can_manage
from eventhub.competitions.queries import get_competition
from eventhub.entries import queries, service
from eventhub.entries.forms import ConfirmForm
from eventhub.entries.models import Document
from eventhub.entries.permissions import can_review
from eventhub.entries.queries import papers
from eventhub.entries.views.blueprint import bp, whoever
from eventhub.entries.views.documents import LOOKS
from eventhub.errors import NotFoundError
from eventhub.files import service as files
from eventhub.files.sending import name_it, send, send_page
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form
from eventhub.web.security import limiter


def _round(competition_id: uuid.UUID, round_id: uuid.UUID) -> tuple[Competition, Round]:
    competition = authorize(can_manage, get_competition(competition_id))
    for round_ in competition.rounds:
        if round_.id == round_id:
            return competition, round_
    raise NotFoundError


def _blind_document(document_id: uuid.UUID) -> Document:
    """A document of a competition that one runs."""
    document = papers.get_document_of_entry(document_id)
    authorize(can_review, document.entry)
    return document


@bp.get("/manage/competitions/<uuid:competition_id>/papers")
@signed_in
def papers_index(competition_id: uuid.UUID) -> ResponseReturnValue:
    """What each round asks for and how much of it is there."""
    competition = authorize(can_manage, get_competition(competition_id))
    return render_template(
        "entries/papers_index.html",
        competition=competition,
        asked=_by_round(competition),
        handed=papers.count_handed(competition_id),
        expected={r.id: queries.count_participants(r) for r in competition.rounds},
    )


def _by_round(competition: Competition) -> dict[uuid.UUID, list[DocumentRequirement]]:
    found: dict[uuid.UUID, list[DocumentRequirement]] = {}
    for requirement in queries.list_requirements(competition.id):
        found.setdefault(requirement.round_id, []).append(requirement)
    return found


@bp.get("/manage/competitions/<uuid:competition_id>/rounds/<uuid:round_id>/documents.zip")
@signed_in
@limiter.limit("30/hour", key_func=whoever)
def documents_zip(competition_id: uuid.UUID, round_id: uuid.UUID) -> ResponseReturnValue:
    """Every document of a round's participants, or of one kind, or the blind copies."""
    _competition, round_ = _round(competition_id, round_id)
    archive = service.pack_documents(
        round_,
        requirement_id=request.args.get("requirement", type=uuid.UUID),
        is_blind=request.args.get("blind") == "1",
        by=me(),
    )
    response = Response(archive.stream, mimetype="application/zip")
    response.content_length = archive.size
    name_it(response, archive.name)
    return response


@bp.route(
    "/manage/competitions/<uuid:competition_id>/rounds/<uuid:round_id>/blind",
    methods=["GET", "POST"],
)
@signed_in
@limiter.limit("60/hour", key_func=whoever, methods=["POST"])
def blind_index(competition_id: uuid.UUID, round_id: uuid.UUID) -> ResponseReturnValue:
    """The blind copies of a round; to POST, those that are lacking are made."""
    competition, round_ = _round(competition_id, round_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        count = service.make_missing(round_, by=me())
        flash(_("%(count)s 份盲评副本已开始制作，完成后请逐份核对。", count=count), "success")
        return redirect(request.url, 303)
    found = service.list_blind_papers(round_)
    states = [paper.state for paper in found]
    return render_template(
        "entries/blind_index.html",
        competition=competition,
        round=round_,
        papers=found,
        lacking_count=sum(state in {"none", "failed", "stale"} for state in states),
        making_count=states.count("making"),
        waiting_count=states.count("made"),
        ready_count=states.count("looked_over"),
    )


@bp.route("/manage/blind-copies/<uuid:document_id>", methods=["GET", "POST"])
@signed_in
def blind_copy(document_id: uuid.UUID) -> ResponseReturnValue:
    """One copy to look over beside what was found; to POST, one stands in for it."""
    document = _blind_document(document_id)
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.look_over(document_id, by=me())
    ):
        flash(_("已确认，评委现在可以看到这份副本。"), "success")
        following = service.find_next_blind(document)
        return redirect(
            url_for(".blind_copy", document_id=following.id) if following else _to_index(document),
            303,
        )
    paper = service.get_blind_paper(document)
    return render_form(
        "entries/blind_copy.html",
        form,
        competition=document.entry.competition,
        document=document,
        paper=paper,
        pages=_pages(document) if paper.state in {"made", "looked_over", "stale"} else [],
        back_url=_to_index(document),
    )


@bp.post("/manage/blind-copies/<uuid:document_id>/remake")
@signed_in
@limiter.limit("120/hour", key_func=whoever)
def remake_blind(document_id: uuid.UUID) -> ResponseReturnValue:
    """Make one copy anew."""
    document = _blind_document(document_id)
    service.remake(document_id, by=me())
    flash(_("正在重新制作，完成后请再核对一遍。"), "success")
    return redirect(_to_index(document), 303)


@bp.get("/manage/blind-copies/<uuid:document_id>/pages/<int:page>.webp")
@signed_in
@limiter.limit(LOOKS, key_func=whoever)
def blind_page(document_id: uuid.UUID, page: int) -> ResponseReturnValue:
    """One page of a copy as a picture."""
    file = service.get_blind_file(_blind_document(document_id))
    return send_page(files.draw(file, page=page, width=request.args.get("width", 1200, type=int)))


@bp.get("/manage/blind-copies/<uuid:document_id>/content")
@signed_in
def blind_content(document_id: uuid.UUID) -> ResponseReturnValue:
    """A copy as a download."""
    return send(service.get_blind_file(_blind_document(document_id)))


def _to_index(document: Document) -> str:
    round_ = service.blind_round_of(document)
    return url_for(
        ".blind_index",
        competition_id=document.entry.competition_id,
        round_id=round_.id if round_ else document.requirement.round_id,
    )


def _pages(document: Document) -> list[tuple[int, str]]:
    """The pages of a copy with their addresses."""
    file = service.get_blind_file(document)
    count = min(files.measure(file).count, files.PAGES_MAX)
    return [
        (
            number,
            url_for(
                ".blind_page",
                document_id=document.id,
                page=number,
                width=1200,
                v=file.sha256[:8],
            ),
        )
        for number in range(1, count + 1)
    ]
