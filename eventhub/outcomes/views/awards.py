"""Awards: levels, and who gets them. ``course`` has the steps of all lists."""

from __future__ import annotations

import uuid

from flask import flash, request
from flask.typing import ResponseReturnValue

from eventhub.competitions import queries as competitions
from eventhub.competitions.models import Round
from eventhub.competitions.permissions import can_manage_round
from eventhub.domain.cut import TieChoice
from eventhub.i18n import _
from eventhub.outcomes import service
from eventhub.outcomes.forms.lists import AwardForm, LevelsForm, ProposeForm
from eventhub.outcomes.models import Award
from eventhub.outcomes.permissions import can_decide_line
from eventhub.outcomes.presets import find_preset, list_presets
from eventhub.outcomes.queries import awards as reads
from eventhub.outcomes.queries import lists
from eventhub.outcomes.views.blueprint import bp
from eventhub.outcomes.views.manage import ask, back, page
from eventhub.web.access import authorize, me, signed_in


def _round(round_id: uuid.UUID) -> Round:
    return authorize(can_manage_round, competitions.get_round(round_id))


@bp.route("/manage/rounds/<uuid:round_id>/award-levels", methods=["GET", "POST"])
@signed_in
def levels(round_id: uuid.UUID) -> ResponseReturnValue:
    """Set the awards of a round; ``?preset=`` fills the form with a usual set."""
    round_ = _round(round_id)
    groups = round_.competition.groups
    preset = find_preset(round_.competition, request.args.get("preset", ""))
    known = [] if preset else reads.list_levels(round_id)
    rows = [
        {
            "name": level.name,
            "group": str(level.group_id or ""),
            "places": level.places,
            "total_min": level.total_min or "",
        }
        for level in known
    ]
    form = LevelsForm.of(groups, preset.rows if preset else rows)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.save_levels(round_id, drafts=form.to_drafts(), by=me())
    ):
        flash(_("奖级已保存。"), "success")
        return back(round_, "awards")
    return ask("outcomes/levels.html", form, round_, presets=list_presets(round_.competition))


@bp.post("/manage/rounds/<uuid:round_id>/awards/propose")
@signed_in
def propose_awards(round_id: uuid.UUID) -> ResponseReturnValue:
    """Give the awards by the standings."""
    round_ = _round(round_id)
    form = ProposeForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.propose_awards(round_id, ties=TieChoice(form.ties.data), by=me())
    ):
        flash(_("获奖名单已拟定。核对并调整后，请另一位组织者确认。"), "success")
        return back(round_, "awards")
    return page(round_, propose=form)


@bp.route("/manage/award-lines/<uuid:award_id>", methods=["GET", "POST"])
@signed_in
def adjust_award(award_id: uuid.UUID) -> ResponseReturnValue:
    """Give one entry another award, or none."""
    award = authorize(can_decide_line, lists.get_line(Award, award_id))
    round_ = award.decision.round
    form = AwardForm.of(award, reads.list_levels(round_.id))
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.adjust_award(
            award_id, level_id=form.level_id, reason=form.reason.data or "", by=me()
        )
    ):
        flash(_("“%(name)s”的奖项已保存。", name=award.entry.name), "success")
        return back(round_, "awards")
    return ask("outcomes/adjust_award.html", form, round_, award=award)
