"""The organiser's side: rules of entry, hosts, groups, and the next edition."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.circles.queries import list_circles
from eventhub.competitions import queries, service
from eventhub.competitions.forms import CloneForm, EntryRulesForm, HostsForm, NewGroupForm
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_manage, can_manage_group, can_own
from eventhub.competitions.views.base import bp
from eventhub.competitions.views.templates import own_circles
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


@bp.route("/manage/competitions/<uuid:competition_id>/entry-rules", methods=["GET", "POST"])
@signed_in
def entry_rules(competition_id: uuid.UUID) -> ResponseReturnValue:
    """What is asked of those who enter, and how long it is kept."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    form = EntryRulesForm.of(competition)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.set_entry_rules(competition.id, rules=form.to_rules(), by=me())
    ):
        flash(_("报名规则已保存。"), "success")
        return redirect(url_for(".settings", competition_id=competition.id), 303)
    return render_form("competitions/entry_rules.html", form, competition=competition)


@bp.route("/manage/competitions/<uuid:competition_id>/hosts", methods=["GET", "POST"])
@signed_in
def hosts(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Which circles hold it, and how; only the one that owns it may change that."""
    competition = authorize(can_own, queries.get_competition(competition_id))
    form = HostsForm.of(competition.event, list_circles())
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.set_hosts(competition.id, hosts=form.to_hosts(), by=me())
    ):
        flash(_("主办与承办已保存。"), "success")
        return redirect(url_for(".hosts", competition_id=competition.id), 303)
    return render_form("competitions/hosts.html", form, competition=competition)


@bp.route("/manage/competitions/<uuid:competition_id>/groups", methods=["GET", "POST"])
@signed_in
def groups(competition_id: uuid.UUID) -> ResponseReturnValue:
    """The groups in their order; further ones from the template, or blank."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    form = NewGroupForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.add_blank_group(
            competition.id,
            track_name=form.track_name.data or "",
            name=form.name.data or "",
            by=me(),
        )
    ):
        flash(_("组别已增加。请填写它的参赛条件和评分标准。"), "success")
        return redirect(url_for(".groups", competition_id=competition.id), 303)
    return render_form(
        "competitions/groups.html",
        form,
        competition=competition,
        absent=service.list_absent_groups(competition, queries.template_of(competition)),
        is_fixed=service.are_groups_fixed(competition),
    )


@bp.post("/manage/competitions/<uuid:competition_id>/groups/<group_key>/add")
@signed_in
def add_template_group(competition_id: uuid.UUID, group_key: str) -> ResponseReturnValue:
    """Add a group of the template."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    service.add_template_group(competition.id, group_key=group_key, by=me())
    flash(_("组别已增加，带有模板的参赛条件和评分标准。"), "success")
    return redirect(url_for(".groups", competition_id=competition.id), 303)


@bp.post("/manage/groups/<uuid:group_id>/remove")
@signed_in
def remove_group(group_id: uuid.UUID) -> ResponseReturnValue:
    """Take a group away while nothing hangs on it."""
    group = authorize(can_manage_group, queries.get_group(group_id))
    target = url_for(".groups", competition_id=group.competition_id)
    service.remove_group(group.id, by=me())
    flash(_("组别已删除。"), "success")
    return redirect(target, 303)


@bp.post("/manage/groups/<uuid:group_id>/move")
@signed_in
def move_group(group_id: uuid.UUID) -> ResponseReturnValue:
    """Move a group up or down."""
    group = authorize(can_manage_group, queries.get_group(group_id))
    service.move_group(group.id, up=request.form.get("to") == "up", by=me())
    return redirect(url_for(".groups", competition_id=group.competition_id), 303)


@bp.route("/manage/competitions/<uuid:competition_id>/clone", methods=["GET", "POST"])
@signed_in
def clone(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Make the next edition; every date is shown before."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    form = CloneForm.of(competition, own_circles(), **service.next_edition(competition))
    made: list[Competition] = []
    is_sent = form.validate_on_submit() and "preview" not in request.form
    if is_sent and form.accepted_by(
        lambda: made.append(
            service.clone_competition(
                competition.id,
                title=form.title.data or "",
                edition=form.edition.data or "",
                days=form.days.data or 0,
                circle_id=uuid.UUID(form.circle_id.data),
                by=me(),
            )
        )
    ):
        flash(_("已复制为新一届的草稿。请核对日期、参赛条件和评分标准。"), "success")
        return redirect(url_for(".manage", competition_id=made[0].id), 303)
    return render_template(
        "competitions/clone.html",
        form=form,
        competition=competition,
        moves=service.preview_moves(competition, days=form.days.data),
    ), form.status
