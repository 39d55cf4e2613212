"""The steps of a list of awards."""

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
from eventhub.outcomes.forms.lists import (
    AwardForm,
    DiscardForm,
    LevelsForm,
    ProposeForm,
    ReasonForm,
    StepForm,
)
from eventhub.outcomes.models import Awarding
from eventhub.outcomes.permissions import can_decide_awarding
from eventhub.outcomes.presets import find_preset, list_presets
from eventhub.outcomes.queries import awards as reads
from eventhub.outcomes.views.blueprint import bp
from eventhub.outcomes.views.manage import ask, award_of, back, page
from eventhub.web.access import authorize, me, signed_in


def _round(round_id: uuid.UUID) -> Round:
    return authorize(can_manage_round, competitions.get_round(round_id))


def _awarding(awarding_id: uuid.UUID) -> Awarding:
    return authorize(can_decide_awarding, reads.get_awarding(awarding_id))


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
    award = award_of(award_id)
    round_ = award.awarding.round
    form = AwardForm.of(award, reads.list_levels(round_.id))
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.adjust_award(
            award_id, level_id=form.level_id, reason=form.reason.data or "", by=me()
        )
    ):
        flash(_("“%(name)s”的奖项已保存。", name=award.entry.name), "success")
        return back(round_, "awards")
    return ask("outcomes/adjust_award.html", form, round_, award=award)


@bp.route("/manage/awardings/<uuid:awarding_id>/confirm", methods=["GET", "POST"])
@signed_in
def confirm_awards(awarding_id: uuid.UUID) -> ResponseReturnValue:
    """Put the list of awards in force, as a second person."""
    awarding = _awarding(awarding_id)
    form = StepForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.confirm_awards(awarding_id, by=me())
    ):
        flash(_("获奖名单已确认。可以公示，并颁发证书。"), "success")
        return back(awarding.round, "awards")
    return ask(
        "outcomes/confirm_awards.html",
        form,
        awarding.round,
        awarding=awarding,
        levels=reads.list_levels(awarding.round_id),
        counts=reads.count_by_level(awarding_id),
        adjusted=[award for award in awarding.awards if award.reason],
    )


@bp.route("/manage/awardings/<uuid:awarding_id>/discard", methods=["GET", "POST"])
@signed_in
def discard_awards(awarding_id: uuid.UUID) -> ResponseReturnValue:
    """Put a proposal aside."""
    awarding = _awarding(awarding_id)
    form = DiscardForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.discard_awards(awarding_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("名单已作废，可以重新拟定。"), "success")
        return back(awarding.round, "awards")
    return ask("outcomes/discard.html", form, awarding.round)


@bp.route("/manage/awardings/<uuid:awarding_id>/recall", methods=["GET", "POST"])
@signed_in
def recall_awards(awarding_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for the list to be taken back."""
    awarding = _awarding(awarding_id)
    form = ReasonForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.ask_recall_awards(awarding_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("已提出撤回，等待另一位组织者同意。同意之前名单仍然有效。"), "success")
        return back(awarding.round, "awards")
    return ask("outcomes/recall.html", form, awarding.round)


@bp.post("/manage/awardings/<uuid:awarding_id>/recall/agree")
@signed_in
def agree_recall_awards(awarding_id: uuid.UUID) -> ResponseReturnValue:
    """Take the list back, as a second person."""
    awarding = _awarding(awarding_id)
    form = StepForm()
    if form.accepted_by(lambda: service.recall_awards(awarding_id, by=me())):
        flash(_("获奖名单已撤回。"), "success")
        return back(awarding.round, "awards")
    return page(awarding.round, recall=form)


@bp.post("/manage/awardings/<uuid:awarding_id>/recall/drop")
@signed_in
def drop_recall_awards(awarding_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the list in force."""
    awarding = _awarding(awarding_id)
    form = StepForm()
    if form.accepted_by(lambda: service.drop_recall_awards(awarding_id, by=me())):
        flash(_("已取消撤回，名单继续有效。"), "success")
        return back(awarding.round, "awards")
    return page(awarding.round, recall=form)
