"""The steps of a round that are asked about first: close, reopen, publish."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions import queries as competitions
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage_round
from eventhub.i18n import _
from eventhub.judging import service
from eventhub.judging.forms import CloseForm, ReopenForm, StepForm
from eventhub.judging.queries import results
from eventhub.judging.queries.board import build_board
from eventhub.judging.views.blueprint import bp
from eventhub.judging.views.results import masked_captains
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


def _round(round_id: uuid.UUID) -> Round:
    return authorize(can_manage_round, competitions.get_round(round_id))


def _back(round_: Round) -> ResponseReturnValue:
    return redirect(
        url_for(".results_manage", competition_id=round_.competition_id, round=round_.position),
        303,
    )


@bp.route("/manage/rounds/<uuid:round_id>/close", methods=["GET", "POST"])
@signed_in
def close(round_id: uuid.UUID) -> ResponseReturnValue:
    """Close a round; where sheets are missing, say why."""
    round_ = _round(round_id)
    form = CloseForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.close_round(round_id, reason=form.reason.data, by=me())
    ):
        flash(_("“%(name)s”已封榜，评分不能再改。", name=round_.name), "success")
        return _back(round_)
    board = build_board(round_)
    return render_form(
        "judging/close.html", form, competition=round_.competition, round=round_, board=board
    )


@bp.route("/manage/rounds/<uuid:round_id>/reopen", methods=["GET", "POST"])
@signed_in
def reopen(round_id: uuid.UUID) -> ResponseReturnValue:
    """Take marks again, and say why."""
    round_ = _round(round_id)
    form = ReopenForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.reopen_round(round_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("“%(name)s”已重新开放评分。", name=round_.name), "success")
        return _back(round_)
    return render_form("judging/reopen.html", form, competition=round_.competition, round=round_)


@bp.route("/manage/rounds/<uuid:round_id>/publish", methods=["GET", "POST"])
@signed_in
def publish(round_id: uuid.UUID) -> ResponseReturnValue:
    """Let everyone see the standings."""
    round_ = _round(round_id)
    form = StepForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.publish_results(round_id, by=me())
    ):
        flash(_("“%(name)s”的成绩已公布，并已通知各团队负责人。", name=round_.name), "success")
        return _back(round_)
    standings = results.by_group(results.list_standings(round_id))
    return render_form(
        "judging/publish.html",
        form,
        competition=round_.competition,
        round=round_,
        groups=standings,
        captains=masked_captains(standings),
    )
