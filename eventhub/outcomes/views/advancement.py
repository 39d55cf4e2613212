"""Who goes up: drawn up by the standings, and by hand. ``course`` has the steps of all lists."""

from __future__ import annotations

import uuid

from flask import flash
from flask.typing import ResponseReturnValue

from eventhub.domain.cut import TieChoice
from eventhub.i18n import _
from eventhub.outcomes import service
from eventhub.outcomes.forms.lists import IN, AdjustForm, ProposeForm
from eventhub.outcomes.models import AdvancementLine
from eventhub.outcomes.permissions import can_decide_line, can_decide_passage
from eventhub.outcomes.queries import advancements, lists
from eventhub.outcomes.views.blueprint import bp
from eventhub.outcomes.views.manage import ask, back, page
from eventhub.web.access import authorize, me, signed_in


@bp.post("/manage/passages/<uuid:passage_id>/propose")
@signed_in
def propose(passage_id: uuid.UUID) -> ResponseReturnValue:
    """Draw the line under the standings."""
    passage = authorize(can_decide_passage, advancements.get_passage(passage_id))
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
    line = authorize(can_decide_line, lists.get_line(AdvancementLine, line_id))
    passage = line.decision.passage
    form = AdjustForm.of(line, round_=passage.to_round)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.adjust_line(
            line_id, is_in=form.decision.data == IN, reason=form.reason.data or "", by=me()
        )
    ):
        flash(_("“%(name)s”的决定已保存。", name=line.entry.name), "success")
        return back(passage.from_round, "advancement")
    return ask("outcomes/adjust.html", form, passage.from_round, line=line)
