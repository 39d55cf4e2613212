"""The organiser's side: by what entries are judged."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions import queries, service
from eventhub.competitions.forms import AdoptForm, ConfirmForm, RubricForm
from eventhub.competitions.models import Rubric
from eventhub.competitions.permissions import can_manage_rubric
from eventhub.competitions.views.base import bp
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


@bp.route("/manage/rubrics/<uuid:rubric_id>", methods=["GET", "POST"])
@signed_in
def rubric(rubric_id: uuid.UUID) -> ResponseReturnValue:
    """The lines of a rubric, where they come from, and whether somebody stands in for them."""
    found = authorize(can_manage_rubric, queries.get_rubric(rubric_id))
    form = RubricForm.of(found)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.save_rubric(
            rubric_id,
            criteria=form.to_criteria(),
            gates=form.to_gates(),
            seen=form.seen.data,
            by=me(),
        )
    ):
        flash(_("评分标准已保存。"), "success")
        return redirect(url_for(".rubric", rubric_id=rubric_id), 303)
    form.look_again(found)
    return _rubric_page(found, form, ConfirmForm(formdata=None))


@bp.post("/manage/rubrics/<uuid:rubric_id>/confirm")
@signed_in
def confirm_rubric(rubric_id: uuid.UUID) -> ResponseReturnValue:
    """Stand in for a rubric that has no official source."""
    found = authorize(can_manage_rubric, queries.get_rubric(rubric_id))
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.confirm_rubric(found.id, by=me())
    ):
        flash(_("已确认采用这份评分标准。"), "success")
        return redirect(url_for(".rubric", rubric_id=found.id), 303)
    return _rubric_page(found, RubricForm.of(found, fresh=True), form)


@bp.post("/manage/rubrics/<uuid:rubric_id>/restore")
@signed_in
def restore_rubric(rubric_id: uuid.UUID) -> ResponseReturnValue:
    """Go back to the template."""
    found = authorize(can_manage_rubric, queries.get_rubric(rubric_id))
    service.restore_rubric(found.id, by=me())
    flash(_("已恢复为模板的评分标准。"), "success")
    return redirect(url_for(".rubric", rubric_id=found.id), 303)


@bp.post("/manage/rubrics/<uuid:rubric_id>/adopt")
@signed_in
def adopt_rubric(rubric_id: uuid.UUID) -> ResponseReturnValue:
    """Take another rubric that the template knows."""
    found = authorize(can_manage_rubric, queries.get_rubric(rubric_id))
    form = _adopt_form(found)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.adopt_rubric(found.id, choice=form.choice.data, by=me())
    ):
        flash(_("已换用所选的评分标准。"), "success")
        return redirect(url_for(".rubric", rubric_id=found.id), 303)
    page, status = _rubric_page(
        found, RubricForm.of(found, fresh=True), ConfirmForm(formdata=None), form
    )
    return page, max(status, form.status)


def _adopt_form(rubric: Rubric) -> AdoptForm:
    return AdoptForm.of(service.list_choices(queries.template_of(rubric.round.competition)))


def _rubric_page(
    rubric: Rubric, form: RubricForm, confirm: ConfirmForm, adopt: AdoptForm | None = None
) -> tuple[str, int]:
    page, status = render_form(
        "competitions/rubric.html",
        form,
        competition=queries.get_competition(rubric.round.competition_id),
        rubric=rubric,
        confirm=confirm,
        adopt=adopt or _adopt_form(rubric),
        blank=RubricForm.blank(),
    )
    return page, max(status, confirm.status)
