"""The organiser's side: rounds and their documents."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions import catalogue, queries, service
from eventhub.competitions.enums import RoundKind, RoundMode
from eventhub.competitions.forms import (
    MarksDueForm,
    NewRoundForm,
    RequirementsForm,
    RoundForm,
)
from eventhub.competitions.models import Competition, Round
from eventhub.competitions.permissions import can_manage, can_manage_round
from eventhub.competitions.views.base import bp
from eventhub.competitions.ways import list_before_revival, list_stops
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


def _to_rules(competition: Competition | None = None, *, of: Round | None = None) -> str:
    competition_id = of.competition_id if of else competition.id if competition else None
    return url_for(".rules", competition_id=competition_id)


@bp.get("/manage/competitions/<uuid:competition_id>/rules")
@signed_in
def rules(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Rounds with rubrics, score rules and documents, and what keeps each from opening."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    rounds = queries.load_rubrics(competition)
    return render_template(
        "competitions/rules.html",
        competition=competition,
        rounds=rounds,
        obstacles={round_.id: service.readiness(round_) for round_ in rounds},
        unseen={round_.id: service.list_unseen_formats(round_) for round_ in rounds},
        stops=list_stops(rounds),
        first_place=service.first_place(competition, rounds),
        before_revival=list_before_revival(rounds),
    )


@bp.route("/manage/competitions/<uuid:competition_id>/rounds/new", methods=["GET", "POST"])
@signed_in
def new_round(competition_id: uuid.UUID) -> ResponseReturnValue:
    """A further round, with a copy of the last one's rules."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    first = service.first_place(competition, competition.rounds)
    form = NewRoundForm.for_rounds(competition.rounds, first=first)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.add_round(
            competition.id,
            name=form.name.data or "",
            kind=RoundKind(form.kind.data),
            mode=RoundMode(form.mode.data),
            position=form.position.data,
            by=me(),
        )
    ):
        flash(_("已增加轮次，规则沿用前一轮，可以继续修改。"), "success")
        return redirect(_to_rules(competition), 303)
    return render_form("competitions/new_round.html", form, competition=competition)


@bp.route("/manage/rounds/<uuid:round_id>", methods=["GET", "POST"])
@signed_in
def round_rules(round_id: uuid.UUID) -> ResponseReturnValue:
    """How a round is scored, and its times."""
    round_ = authorize(can_manage_round, queries.get_round(round_id))
    form = RoundForm.of(round_, queries.common_criteria(round_))
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.update_round(round_id, draft=form.to_draft(), seen=form.seen.data, by=me())
    ):
        flash(_("计分规则已保存。"), "success")
        return redirect(_to_rules(of=round_), 303)
    form.look_again(round_)
    return render_form(
        "competitions/round.html",
        form,
        competition=queries.get_competition(round_.competition_id),
        round=round_,
        unseen=service.list_unseen_formats(round_),
        minutes=catalogue.list_minutes(),
        scores=catalogue.list_scores(),
        ties=service.list_tie_presets(round_),
    )


@bp.route("/manage/rounds/<uuid:round_id>/marks-due", methods=["GET", "POST"])
@signed_in
def marks_due(round_id: uuid.UUID) -> ResponseReturnValue:
    """Until when sheets are due; may change while the round is open."""
    round_ = authorize(can_manage_round, queries.get_round(round_id))
    form = MarksDueForm(marks_due_at=round_.marks_due_at)
    form.marks_due_at.zone = round_.competition.event.timezone
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.set_marks_due(round_.id, at=form.marks_due_at.data, by=me())
    ):
        flash(_("评分截止时间已保存。"), "success")
        return redirect(_to_rules(of=round_), 303)
    competition = queries.get_competition(round_.competition_id)
    return render_form("competitions/marks_due.html", form, competition=competition, round=round_)


@bp.post("/manage/rounds/<uuid:round_id>/open")
@signed_in
def open_round(round_id: uuid.UUID) -> ResponseReturnValue:
    """Begin to take marks."""
    round_ = authorize(can_manage_round, queries.get_round(round_id))
    service.open_round(round_.id, by=me())
    flash(_("“%(name)s”已开始评分，评分标准和计分规则已锁定。", name=round_.name), "success")
    return redirect(_to_rules(of=round_), 303)


@bp.post("/manage/rounds/<uuid:round_id>/remove")
@signed_in
def remove_round(round_id: uuid.UUID) -> ResponseReturnValue:
    """Take a round away in which nothing has happened."""
    round_ = authorize(can_manage_round, queries.get_round(round_id))
    target = _to_rules(of=round_)
    service.remove_round(round_id, by=me())
    flash(_("轮次已删除。"), "success")
    return redirect(target, 303)


@bp.post("/manage/rounds/<uuid:round_id>/move")
@signed_in
def move_round(round_id: uuid.UUID) -> ResponseReturnValue:
    """Let a round change places with its neighbour."""
    round_ = authorize(can_manage_round, queries.get_round(round_id))
    target = _to_rules(of=round_)
    moved = service.move_round(round_id, up=request.form.get("to") == "up", by=me())
    flash(_("“%(name)s”已移到第 %(place)s 轮。", name=moved.name, place=moved.position), "success")
    return redirect(target, 303)


@bp.route("/manage/rounds/<uuid:round_id>/documents", methods=["GET", "POST"])
@signed_in
def documents(round_id: uuid.UUID) -> ResponseReturnValue:
    """What teams hand in."""
    round_ = authorize(can_manage_round, queries.get_round(round_id))
    form = RequirementsForm.of(round_)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.save_requirements(
            round_.id, drafts=form.to_drafts(), seen=form.seen.data, by=me()
        )
    ):
        flash(_("材料要求已保存。"), "success")
        return redirect(_to_rules(of=round_), 303)
    form.look_again(queries.get_round(round_id))
    competition = queries.get_competition(round_.competition_id)
    return render_form(
        "competitions/documents.html",
        form,
        competition=competition,
        round=round_,
        unseen=service.list_unseen_formats(round_),
        blank=RequirementsForm.blank(),
    )
