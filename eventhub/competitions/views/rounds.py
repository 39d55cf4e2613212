"""The organiser's side: rounds, rubrics, documents."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions import catalogue, queries, service
from eventhub.competitions.enums import RoundMode
from eventhub.competitions.forms import (
    ConfirmForm,
    MarksDueForm,
    NewRoundForm,
    RequirementsForm,
    RoundForm,
    RubricForm,
)
from eventhub.competitions.models import Competition, Round, Rubric
from eventhub.competitions.permissions import can_manage, can_manage_round, can_manage_rubric
from eventhub.competitions.views.base import bp
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
    )


@bp.route("/manage/competitions/<uuid:competition_id>/rounds/new", methods=["GET", "POST"])
@signed_in
def new_round(competition_id: uuid.UUID) -> ResponseReturnValue:
    """A further round, with a copy of the last one's rules."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    form = NewRoundForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.add_round(
            competition.id,
            name=form.name.data or "",
            mode=RoundMode(form.mode.data),
            by=me(),
        )
    ):
        flash(_("已增加轮次，规则沿用上一轮，可以继续修改。"), "success")
        return redirect(_to_rules(competition), 303)
    return render_form("competitions/new_round.html", form, competition=competition)


@bp.route("/manage/rounds/<uuid:round_id>", methods=["GET", "POST"])
@signed_in
def round_rules(round_id: uuid.UUID) -> ResponseReturnValue:
    """How a round is scored, and its times."""
    round_ = authorize(can_manage_round, queries.get_round(round_id))
    form = RoundForm.of(round_, queries.common_criteria(round_))
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.update_round(round_.id, draft=form.to_draft(), by=me())
    ):
        flash(_("计分规则已保存。"), "success")
        return redirect(_to_rules(of=round_), 303)
    return render_form(
        "competitions/round.html",
        form,
        competition=queries.get_competition(round_.competition_id),
        round=round_,
        minutes=catalogue.list_minutes(),
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


@bp.route("/manage/rounds/<uuid:round_id>/documents", methods=["GET", "POST"])
@signed_in
def documents(round_id: uuid.UUID) -> ResponseReturnValue:
    """What teams hand in."""
    round_ = authorize(can_manage_round, queries.get_round(round_id))
    form = RequirementsForm.of(round_)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.save_requirements(round_.id, drafts=form.to_drafts(), by=me())
    ):
        flash(_("材料要求已保存。"), "success")
        return redirect(_to_rules(of=round_), 303)
    competition = queries.get_competition(round_.competition_id)
    return render_form(
        "competitions/documents.html",
        form,
        competition=competition,
        round=round_,
        blank=RequirementsForm.blank(),
    )


@bp.route("/manage/rubrics/<uuid:rubric_id>", methods=["GET", "POST"])
@signed_in
def rubric(rubric_id: uuid.UUID) -> ResponseReturnValue:
    """The lines of a rubric, where they come from, and whether somebody stands in for them."""
    found = authorize(can_manage_rubric, queries.get_rubric(rubric_id))
    form = RubricForm.of(found)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.save_rubric(
            found.id, criteria=form.to_criteria(), gates=form.to_gates(), by=me()
        )
    ):
        flash(_("评分标准已保存。"), "success")
        return redirect(url_for(".rubric", rubric_id=found.id), 303)
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


def _rubric_page(rubric: Rubric, form: RubricForm, confirm: ConfirmForm) -> ResponseReturnValue:
    page, status = render_form(
        "competitions/rubric.html",
        form,
        competition=queries.get_competition(rubric.round.competition_id),
        rubric=rubric,
        confirm=confirm,
        blank=RubricForm.blank(),
    )
    return page, max(status, confirm.status)
