"""Objections: the organiser's side. Bureaus look on, the author's name masked."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from eventhub.domain.masking import OutputKind, mask_name
from eventhub.errors import NotFoundError
from eventhub.files.sending import send
from eventhub.i18n import _
from eventhub.outcomes import service
from eventhub.outcomes.enums import ObjectionState
from eventhub.outcomes.forms.notices import AnswerForm
from eventhub.outcomes.models import Objection
from eventhub.outcomes.permissions import can_answer, can_see_objection
from eventhub.outcomes.queries import notices as reads
from eventhub.outcomes.views.blueprint import bp
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


@bp.route("/manage/objections/<uuid:objection_id>", methods=["GET", "POST"])
@signed_in
def objection(objection_id: uuid.UUID) -> ResponseReturnValue:
    """One objection and what is done about it."""
    found = authorize(can_see_objection, reads.get_objection(objection_id))
    may_answer = can_answer(me(), found)
    form = AnswerForm.of(found)
    if (
        may_answer
        and form.validate_on_submit()
        and form.accepted_by(
            lambda: service.answer_objection(
                objection_id,
                state=ObjectionState(form.state.data),
                answer=form.answer.data or "",
                by=me(),
            )
        )
    ):
        flash(_("处理结果已保存，异议人留有邮箱的会收到通知。"), "success")
        return redirect(url_for(".notices", competition_id=found.notice.competition_id), 303)
    return render_form(
        "outcomes/objection.html",
        form,
        competition=found.notice.competition,
        objection=found,
        may_answer=may_answer,
        author=_author(found, in_full=may_answer),
    )


def _author(found: Objection, *, in_full: bool) -> str:
    if not found.has_author:
        return str(_("已到期删除"))
    return found.name if in_full else mask_name(found.name, OutputKind.PUBLIC_NOTICE)


@bp.get("/manage/objections/<uuid:objection_id>/evidence")
@signed_in
def evidence(objection_id: uuid.UUID) -> ResponseReturnValue:
    """What was handed in with it, as a download."""
    found = authorize(can_answer, reads.get_objection(objection_id))
    if found.evidence is None:
        raise NotFoundError
    return send(found.evidence)
