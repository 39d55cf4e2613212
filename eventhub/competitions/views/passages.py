"""The organiser's side: where a round leads to."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions import queries, service
from eventhub.competitions.enums import PassageKind
from eventhub.competitions.forms import PassageForm
from eventhub.competitions.permissions import can_manage_round
from eventhub.competitions.views.base import bp
from eventhub.errors import NotFoundError
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


def _kind(name: str) -> PassageKind:
    if name not in list(PassageKind):
        raise NotFoundError
    return PassageKind(name)


@bp.route("/manage/rounds/<uuid:round_id>/ways/<kind>", methods=["GET", "POST"])
@signed_in
def passage(round_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Into which round one goes on from here, and how many."""
    way, round_ = _kind(kind), authorize(can_manage_round, queries.get_round(round_id))
    competition = queries.get_competition(round_.competition_id)
    found = queries.find_passage(round_id, way)
    form = PassageForm.of(round_, found, competition, way)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.save_passage(
            round_id, kind=way, draft=form.to_draft(), seen=form.seen.data, by=me()
        )
    ):
        flash(_("晋级规则已保存。"), "success")
        return redirect(url_for(".rules", competition_id=round_.competition_id), 303)
    form.look_again(queries.find_passage(round_id, way))
    return render_form(
        "competitions/passage.html",
        form,
        competition=competition,
        round=round_,
        kind=way,
        passage=found,
        blank=PassageForm.blank(competition),
        known=service.list_known_quotas(competition),
    )


@bp.post("/manage/rounds/<uuid:round_id>/ways/<kind>/remove")
@signed_in
def remove_passage(round_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Let it lead nowhere."""
    round_ = authorize(can_manage_round, queries.get_round(round_id))
    target = url_for(".rules", competition_id=round_.competition_id)
    service.remove_passage(round_id, kind=_kind(kind), by=me())
    flash(_("晋级规则已删除。"), "success")
    return redirect(target, 303)
