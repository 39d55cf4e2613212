"""The steps of a list of who goes up."""

from __future__ import annotations

import uuid

from flask import flash
from flask.typing import ResponseReturnValue

from eventhub.domain.cut import TieChoice
from eventhub.i18n import _
from eventhub.outcomes import service
from eventhub.outcomes.forms.lists import (
    IN,
    AdjustForm,
    DiscardForm,
    ProposeForm,
    ReasonForm,
    StepForm,
)
from eventhub.outcomes.models import Advancement
from eventhub.outcomes.permissions import can_decide_advancement, can_decide_passage
from eventhub.outcomes.queries import lists
from eventhub.outcomes.views.blueprint import bp
from eventhub.outcomes.views.manage import ask, back, line_of, page
from eventhub.web.access import authorize, me, signed_in


def _list(advancement_id: uuid.UUID) -> Advancement:
    return authorize(can_decide_advancement, lists.get_advancement(advancement_id))


@bp.post("/manage/passages/<uuid:passage_id>/propose")
@signed_in
def propose(passage_id: uuid.UUID) -> ResponseReturnValue:
    """Draw the line under the standings."""
    passage = authorize(can_decide_passage, lists.get_passage(passage_id))
    form = ProposeForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.propose_advancement(passage_id, ties=TieChoice(form.ties.data), by=me())
    ):
        flash(_("名单已拟定。核对并调整后，请另一位组织者确认。"), "success")
        return back(passage.from_round, "advancement")
    return page(passage.from_round, propose=form)


@bp.route("/manage/advancement-lines/<uuid:line_id>", methods=["GET", "POST"])
@signed_in
def adjust(line_id: uuid.UUID) -> ResponseReturnValue:
    """Put one entry in or out."""
    line = line_of(line_id)
    passage = line.advancement.passage
    form = AdjustForm.of(line, round_=passage.to_round)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.adjust_line(
            line_id, is_in=form.decision.data == IN, reason=form.reason.data or "", by=me()
        )
    ):
        flash(_("“%(name)s”的决定已保存。", name=line.entry.name), "success")
        return back(passage.from_round, "advancement")
    return ask("outcomes/adjust.html", form, passage.from_round, line=line)


@bp.route("/manage/advancements/<uuid:advancement_id>/confirm", methods=["GET", "POST"])
@signed_in
def confirm(advancement_id: uuid.UUID) -> ResponseReturnValue:
    """Put the list in force, as a second person."""
    advancement = _list(advancement_id)
    round_ = advancement.passage.from_round
    form = StepForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.confirm_advancement(advancement_id, by=me())
    ):
        flash(_("晋级名单已确认，晋级团队的负责人会收到邮件。"), "success")
        return back(round_, "advancement")
    return ask(
        "outcomes/confirm.html",
        form,
        round_,
        advancement=advancement,
        excess=service.excess_of(advancement),
        adjusted=[line for line in advancement.lines if line.reason],
        chosen=[line for line in advancement.lines if line.is_in],
    )


@bp.route("/manage/advancements/<uuid:advancement_id>/discard", methods=["GET", "POST"])
@signed_in
def discard(advancement_id: uuid.UUID) -> ResponseReturnValue:
    """Put a proposal aside."""
    advancement = _list(advancement_id)
    round_ = advancement.passage.from_round
    form = DiscardForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.discard_advancement(advancement_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("名单已作废，可以重新拟定。"), "success")
        return back(round_, "advancement")
    return ask("outcomes/discard.html", form, round_)


@bp.route("/manage/advancements/<uuid:advancement_id>/recall", methods=["GET", "POST"])
@signed_in
def recall(advancement_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for the list to be taken back."""
    advancement = _list(advancement_id)
    round_ = advancement.passage.from_round
    form = ReasonForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.ask_recall_advancement(
            advancement_id, reason=form.reason.data or "", by=me()
        )
    ):
        flash(_("已提出撤回，等待另一位组织者同意。同意之前名单仍然有效。"), "success")
        return back(round_, "advancement")
    return ask("outcomes/recall.html", form, round_)


@bp.post("/manage/advancements/<uuid:advancement_id>/recall/agree")
@signed_in
def agree_recall(advancement_id: uuid.UUID) -> ResponseReturnValue:
    """Take the list back, as a second person."""
    round_ = _list(advancement_id).passage.from_round
    form = StepForm()
    if form.accepted_by(lambda: service.recall_advancement(advancement_id, by=me())):
        flash(_("晋级名单已撤回，相关团队会收到邮件。"), "success")
        return back(round_, "advancement")
    return page(round_, recall=form)


@bp.post("/manage/advancements/<uuid:advancement_id>/recall/drop")
@signed_in
def drop_recall(advancement_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the list in force."""
    round_ = _list(advancement_id).passage.from_round
    form = StepForm()
    if form.accepted_by(lambda: service.drop_recall_advancement(advancement_id, by=me())):
        flash(_("已取消撤回，名单继续有效。"), "success")
        return back(round_, "advancement")
    return page(round_, recall=form)
