"""A circle's public page, and who works for it."""

from __future__ import annotations

import uuid

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.accounts.models import Person
from eventhub.audit.readers import Readable, read_by
from eventhub.circles import personal_data, queries, service
from eventhub.circles.enums import CIRCLE_ROLE_LABELS, CircleRole
from eventhub.circles.forms import (
    AddToTeamForm,
    NameOfficerForm,
    RemoveFromTeamForm,
    RemoveOfficerForm,
)
from eventhub.circles.models import Circle, University
from eventhub.circles.permissions import (
    can_name_officers,
    can_organise,
    is_officer,
    is_organiser,
)
from eventhub.errors import NotFoundError
from eventhub.i18n import _, lazy
from eventhub.web.access import authorize, me, public, signed_in
from eventhub.web.forms import render_form
from eventhub.web.navigation import NavEntry, Panel, add_nav, add_panel
from eventhub.web.sections import sections

bp = Blueprint("circles", __name__)


@bp.get("/circles/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    """One circle and what it offers."""
    circle = queries.find_circle_by_code(code)
    if circle is None:
        raise NotFoundError
    return render_template("circles/show.html", circle=circle, sections=sections("circle", circle))


@bp.route("/manage/team", methods=["GET", "POST"])
@signed_in
def manage_team() -> ResponseReturnValue:
    """Who organises and who works at the doors."""
    circles, circle = _chosen()
    form = AddToTeamForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.add_to_team(
            circle.id, email=form.email.data or "", role=CircleRole(form.role.data), by=me()
        )
    ):
        flash(_("已添加 %(email)s。", email=form.email.data), "success")
        return redirect(url_for(".manage_team", circle=circle.code), 303)
    return render_form(
        "circles/manage_team.html",
        form,
        circle=circle,
        circles=circles,
        members=queries.list_members(circle.id),
        role_labels=CIRCLE_ROLE_LABELS,
    )


def _chosen() -> tuple[list[Circle], Circle]:
    """One's circles, and the one that the address names, else the first."""
    authorize(lambda who, _thing: is_organiser(who), None, hide=False)
    circles = queries.list_circles_of(me(), role=CircleRole.ORGANISER)
    wanted = request.args.get("circle")
    found = [circle for circle in circles if wanted in {None, circle.code}]
    if not found:
        raise NotFoundError
    return circles, found[0]


@bp.post("/manage/team/remove")
@signed_in
def remove() -> ResponseReturnValue:
    """Take a role from someone."""
    form = RemoveFromTeamForm()
    if not form.validate_on_submit():
        raise NotFoundError
    membership = queries.get_membership(uuid.UUID(form.membership.data))
    authorize(can_organise, membership.circle_id)
    circle, name = membership.circle, membership.person.name
    service.remove_from_team(membership.id, by=me())
    flash(_("已移除 %(name)s。", name=name), "success")
    if not can_organise(me(), circle.id):
        return redirect(url_for("web.desk"), 303)
    return redirect(url_for(".manage_team", circle=circle.code), 303)


@bp.route("/manage/school-office", methods=["GET", "POST"])
@signed_in
def school_office() -> ResponseReturnValue:
    """Who recommends and imports for a school."""
    schools, school = _chosen_school()
    form = NameOfficerForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.name_officer(school.id, email=form.email.data or "", by=me())
    ):
        flash(_("已添加 %(email)s。", email=form.email.data), "success")
        return redirect(url_for(".school_office", school=school.id), 303)
    return render_form(
        "circles/school_office.html",
        form,
        schools=schools,
        school=school,
        officers=queries.list_officers_of(school.id),
    )


def _chosen_school() -> tuple[list[University], University]:
    """The schools whose offices one may staff, and the one that the address names."""
    authorize(lambda who, _thing: is_organiser(who), None, hide=False)
    schools = queries.list_universities_run_by(me())
    wanted = request.args.get("school")
    found = [school for school in schools if wanted in {None, str(school.id)}]
    if not found:
        raise NotFoundError
    return schools, found[0]


@bp.post("/manage/school-office/<uuid:membership_id>/remove")
@signed_in
def remove_officer(membership_id: uuid.UUID) -> ResponseReturnValue:
    """Take the work for a school's office from someone."""
    membership = queries.get_officer(membership_id)
    authorize(can_name_officers, membership.university)
    school_id, name = membership.university_id, membership.person.name
    if RemoveOfficerForm().validate_on_submit():
        service.remove_officer(membership_id, by=me())
        flash(_("已移除 %(name)s。", name=name), "success")
    return redirect(url_for(".school_office", school=school_id), 303)


def _readable(person: object) -> list[Readable]:
    circles = queries.list_readable_circles(me()) if person is not None else []
    return [Readable(circle.id, circle.code, circle.name) for circle in circles]


def _reads_a_log(person: Person | None) -> bool:
    return is_organiser(person) or is_officer(person)


def _panel(person: object) -> Panel | None:
    """What one may look after beside the contests and events themselves."""
    readable = queries.list_readable_circles(me()) if person is not None else []
    if not readable:
        return None
    context = {"circles": readable, "is_organiser": is_organiser(me())}
    return Panel("circles/panel.html", context)


def register(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(bp)
    for entry in (
        NavEntry(
            80, lazy("团队成员"), "circles.manage_team", "users-group", is_organiser, in_menu=True
        ),
        NavEntry(
            82, lazy("学校办公室"), "circles.school_office", "school", is_organiser, in_menu=True
        ),
        NavEntry(85, lazy("操作日志"), "audit.index", "history", _reads_a_log, in_menu=True),
    ):
        add_nav(app, entry)
    add_panel(app, 90, _panel)
    personal_data.register(app)
    read_by(app, _readable)
