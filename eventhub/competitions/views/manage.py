"""The organiser's side: competitions, their settings and groups."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub.circles.enums import CircleRole
from eventhub.circles.queries import list_circles_of
from eventhub.competitions import queries, service, tabs
from eventhub.competitions.forms import (
    SettingsForm,
)
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_manage, can_own
from eventhub.competitions.views.base import bp
from eventhub.competitions.ways import list_stops
from eventhub.errors import NotFoundError
from eventhub.events.permissions import RUNNING
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form
from eventhub.web.paging import Page, page_number, paginate


def competitions_of(person: Any, *, page: int) -> Page[Competition]:
    """The competitions that someone runs."""
    circles = list_circles_of(person, role=CircleRole.ORGANISER)
    if not circles:
        raise NotFoundError
    ids = [circle.id for circle in circles]
    query = queries.select_competitions(circle_ids=ids, roles=RUNNING)
    return paginate(query, page=page)


@bp.get("/manage/competitions")
@signed_in
def manage_index() -> ResponseReturnValue:
    """The competitions that one runs."""
    page = competitions_of(me(), page=page_number())
    return render_template("competitions/manage_index.html", page=page)


@bp.get("/manage/events/<uuid:event_id>/competition")
@signed_in
def of_event(event_id: uuid.UUID) -> ResponseReturnValue:
    """From a contest among the events to the competition that it is."""
    competition = queries.find_competition_of_event(event_id)
    if competition is None:
        raise NotFoundError
    authorize(can_manage, competition)
    return redirect(url_for(".manage", competition_id=competition.id))


@bp.get("/manage/competitions/<uuid:competition_id>")
@signed_in
def manage(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Where a competition stands and what is next."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    rounds = queries.load_rubrics(competition)
    return render_template(
        "competitions/manage.html",
        competition=competition,
        rounds=rounds,
        stops=list_stops(rounds),
        parts=tabs.overview_parts(competition),
        owns=can_own(me(), competition),
        template=queries.template_of(competition),
        earlier=queries.find_clone_source(competition),
    )


@bp.post("/manage/competitions/<uuid:competition_id>/open")
@signed_in
def open_entries(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Announce it and take entries."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    service.open_entries(competition.id, by=me())
    flash(_("赛事已发布，报名按设定的时间开放。"), "success")
    return redirect(url_for(".manage", competition_id=competition.id), 303)


@bp.post("/manage/competitions/<uuid:competition_id>/close")
@signed_in
def close_entries(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Take no more entries."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    service.close_entries(competition.id, by=me())
    flash(_("报名已关闭。"), "success")
    return redirect(url_for(".manage", competition_id=competition.id), 303)


@bp.post("/manage/competitions/<uuid:competition_id>/finish")
@signed_in
def finish(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Make it a record."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    service.finish(competition.id, by=me())
    flash(_("赛事已结束并归档。"), "success")
    return redirect(url_for(".manage", competition_id=competition.id), 303)


@bp.post("/manage/competitions/<uuid:competition_id>/remove")
@signed_in
def remove(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Take a draft away."""
    competition = authorize(can_own, queries.get_competition(competition_id))
    title = competition.event.title
    service.remove_competition(competition.id, by=me())
    flash(_("已删除“%(title)s”的草稿。", title=title), "success")
    return redirect(url_for(".manage_index"), 303)


@bp.route("/manage/competitions/<uuid:competition_id>/settings", methods=["GET", "POST"])
@signed_in
def settings(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Names, dates, place, and the groups."""
    competition = authorize(can_manage, queries.get_competition(competition_id))
    form = SettingsForm.of(competition)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.update_competition(competition.id, by=me(), **form.values())
    ):
        flash(_("基本信息已保存。"), "success")
        return redirect(url_for(".settings", competition_id=competition.id), 303)
    return render_form(
        "competitions/settings.html",
        form,
        competition=competition,
        owns=can_own(me(), competition),
    )
