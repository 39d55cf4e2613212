"""Contest templates: which to start from, those of one's own, and what is made of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Circle
from eventhub.circles.queries import list_circles_of
from eventhub.competitions import catalogue, queries, service
from eventhub.competitions.forms import NewCompetitionForm, RenameTemplateForm, SaveTemplateForm
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_manage, can_use_template
from eventhub.competitions.views.base import bp
from eventhub.errors import NotFoundError
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form
from eventhub.web.paging import page_number, paginate

OFFERED = 6


def own_circles() -> list[Circle]:
    """The circles for which one organises.

    Raises:
        NotFoundError: none.

    """
    circles = list_circles_of(me(), role=CircleRole.ORGANISER)
    if not circles:
        raise NotFoundError
    return circles


def _ids(circles: Sequence[Circle]) -> list[uuid.UUID]:
    return [circle.id for circle in circles]


@bp.get("/manage/competitions/new")
@signed_in
def choose_template() -> ResponseReturnValue:
    """From which contest's template to start."""
    own = paginate(queries.select_own_templates(_ids(own_circles())), page=1, per_page=OFFERED)
    return render_template(
        "competitions/choose_template.html",
        templates=catalogue.list_templates(),
        own=[(each, catalogue.of_own(each)) for each in own.items],
        own_count=own.total,
    )


@bp.route("/manage/competitions/new/<template_key>", methods=["GET", "POST"])
@signed_in
def create(template_key: str) -> ResponseReturnValue:
    """Make a competition from a template."""
    circles = own_circles()
    template = service.usable_template(template_key, me())
    form = NewCompetitionForm.for_template(template, circles)
    made: list[Competition] = []
    if form.validate_on_submit() and form.accepted_by(
        lambda: made.append(
            service.create_from_template(
                template.key,
                circle_id=uuid.UUID(form.circle_id.data),
                group_keys=form.group_keys.data,
                round_keys=form.round_keys.data,
                timezone=current_app.config["TIMEZONE"],
                by=me(),
                **service.usual_settings(template),
                **form.values(),
            )
        )
    ):
        flash(_("赛事已创建，公众还看不到。请核对规则后开放报名。"), "success")
        return redirect(url_for(".manage", competition_id=made[0].id), 303)
    return render_form("competitions/create.html", form, contest=template)


@bp.get("/manage/templates")
@signed_in
def own_templates() -> ResponseReturnValue:
    """The templates that one's circles keep."""
    query = queries.select_own_templates(_ids(own_circles()), archived=None)
    page = paginate(query, page=page_number())
    rows = [(own, catalogue.of_own(own)) for own in page.items]
    return render_template("competitions/own_templates.html", page=page, rows=rows)


@bp.route("/manage/templates/<uuid:template_id>", methods=["GET", "POST"])
@signed_in
def own_template(template_id: uuid.UUID) -> ResponseReturnValue:
    """What a template holds, and what it is called."""
    own = authorize(can_use_template, queries.get_own_template(template_id))
    form = RenameTemplateForm(name=own.name)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.rename_template(template_id, name=form.name.data or "", by=me())
    ):
        flash(_("模板已改名。"), "success")
        return redirect(url_for(".own_template", template_id=template_id), 303)
    return render_form(
        "competitions/own_template.html", form, own=own, contest=catalogue.of_own(own)
    )


@bp.post("/manage/templates/<uuid:template_id>/archive")
@signed_in
def archive_template(template_id: uuid.UUID) -> ResponseReturnValue:
    """Offer it no longer."""
    own = authorize(can_use_template, queries.get_own_template(template_id))
    service.archive_template(own.id, by=me())
    flash(_("模板已停用，不再出现在新建赛事的选择中。"), "success")
    return redirect(url_for(".own_templates"), 303)


@bp.post("/manage/templates/<uuid:template_id>/bring-back")
@signed_in
def bring_back_template(template_id: uuid.UUID) -> ResponseReturnValue:
    """Offer it again."""
    own = authorize(can_use_template, queries.get_own_template(template_id))
    service.bring_back_template(own.id, by=me())
    flash(_("模板已恢复使用。"), "success")
    return redirect(url_for(".own_templates"), 303)


@bp.route("/manage/competitions/<uuid:competition_id>/template", methods=["GET", "POST"])
@signed_in
def save_template(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a competition as a template of one's circle."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    form = SaveTemplateForm.for_circles(competition, own_circles())
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.save_as_template(
            competition_id,
            name=form.name.data or "",
            circle_id=uuid.UUID(form.circle_id.data),
            replace=bool(form.replace.data),
            by=me(),
        )
    ):
        flash(_("已存为模板，新建赛事时可以选用。"), "success")
        return redirect(url_for(".own_templates"), 303)
    return render_form("competitions/save_template.html", form, competition=competition)
