"""A school's office: its entries, its word for them; and the organiser's numbers of places."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.circles.permissions import is_school_officer, works_for_school
from eventhub.circles.queries import list_universities
from eventhub.circles.roles import universities_of
from eventhub.competitions.models import Competition
from eventhub.competitions.queries import get_competition, takes_entries
from eventhub.entries import queries, service
from eventhub.entries.enums import ENTRY_STATE_LOOKS
from eventhub.entries.forms.recommendation import QuotaForm, RankForm, RecommendForm
from eventhub.entries.forms.review import ConfirmForm, read_filter, read_ids
from eventhub.entries.permissions import (
    can_read_entry,
    can_recommend,
    can_review_competition,
    can_see_as_school,
)
from eventhub.entries.queries import schools
from eventhub.entries.views.blueprint import bp, whoever
from eventhub.errors import InvalidError
from eventhub.i18n import _
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.downloads import XLSX, LastReader, attachment
from eventhub.web.forms import render_form
from eventhub.web.paging import page_number, paginate
from eventhub.web.security import limiter
from eventhub.web.urls import safe_next


@bp.get("/school")
@signed_in
def school() -> ResponseReturnValue:
    """The competitions in which one's school takes part."""
    authorize(lambda who, _thing: is_school_officer(who), None)
    work = schools.list_school_work(universities_of(me()))
    return render_template("entries/school.html", work=work, now=clock.now())


@bp.route("/school/<uuid:university_id>/<uuid:competition_id>", methods=["GET", "POST"])
@signed_in
def school_entries(university_id: uuid.UUID, competition_id: uuid.UUID) -> ResponseReturnValue:
    """A school's entries in a competition: those it recommends in their order, and the rest."""
    _authorize_school(university_id, competition_id)
    form = ConfirmForm()
    chosen = read_ids(request.form.getlist("entry"))
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.recommend_entries(
            competition_id, university_id=university_id, entry_ids=chosen, by=me()
        )
    ):
        flash(_("已推荐 %(count)s 个项目，排在各组别的末位。", count=len(chosen)), "success")
        return redirect(_list_of(university_id, competition_id, _narrowing()), 303)
    context = _school_context(university_id, competition_id)
    return render_form("entries/school_entries.html", form, chosen={*chosen}, **context)


def _authorize_school(university_id: uuid.UUID, competition_id: uuid.UUID) -> Competition:
    """The competition, if this is one's school and it takes part there."""
    authorize(works_for_school, university_id)
    return authorize(can_see_as_school, get_competition(competition_id))


def _narrowing() -> dict[str, Any]:
    """What the list is narrowed to, as its address says it."""
    return {name: value for name in ("q", "group") if (value := request.args.get(name, ""))}


def _school_context(university_id: uuid.UUID, competition_id: uuid.UUID) -> dict[str, object]:
    competition = get_competition(competition_id)
    wanted = read_filter(request.args)
    others = schools.select_unrecommended(
        competition_id, university_id, group_id=wanted.group_id, words=wanted.words
    )
    return {
        "competition": competition,
        "university": schools.get_school(university_id),
        "ranked": schools.list_recommended(competition_id, university_id),
        "page": paginate(others, page=page_number()),
        "wanted": wanted,
        "allowed": schools.allowances(competition_id, university_id, competition.groups),
        "may_import": takes_entries(competition, clock.now()),
        "looks": ENTRY_STATE_LOOKS,
    }


@bp.route("/school/entries/<uuid:entry_id>", methods=["GET", "POST"])
@signed_in
@limiter.limit("120/minute", key_func=whoever, methods=["POST"])
def recommend(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Speak for an entry, or change what was said of it."""
    entry = authorize(can_recommend, queries.get_entry(entry_id))
    authorize(can_read_entry, entry)  # no draft
    known, university_id = entry.recommendation, entry.university_id
    assert university_id is not None  # or nobody's office could speak for it
    form = RecommendForm(data={"opinion": known.opinion if known else ""})
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.recommend_entry(entry_id, opinion=form.opinion.data or "", by=me())
    ):
        words = _("已保存推荐意见。") if known else _("已推荐“%(name)s”。", name=entry.name)
        flash(words, "success")
        back = _list_of(university_id, entry.competition_id)
        return redirect(safe_next(request.form.get("next"), back), 303)
    return render_form(
        "entries/recommend.html",
        form,
        entry=queries.get_entry(entry_id),
        allowed=schools.allowances(entry.competition_id, university_id, [entry.group]),
        back=_list_of(university_id, entry.competition_id),
        looks=ENTRY_STATE_LOOKS,
    )


@bp.post("/school/entries/<uuid:entry_id>/take-back")
@signed_in
def take_back(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Take the school's word back."""
    entry = authorize(can_recommend, queries.get_entry(entry_id))
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.take_back_recommendation(entry_id, by=me())
    ):
        flash(_("已撤回对“%(name)s”的推荐。", name=entry.name), "success")
    elif form.refused:
        flash(str(form.refused.message), "danger")
    return redirect(_list_of(entry.university_id, entry.competition_id), 303)


@bp.post("/school/entries/<uuid:entry_id>/up", defaults={"where": "up"})
@bp.post("/school/entries/<uuid:entry_id>/down", defaults={"where": "down"})
@signed_in
def move_rank(entry_id: uuid.UUID, where: str) -> ResponseReturnValue:
    """Put a recommended entry one place up or down."""
    entry = authorize(can_recommend, queries.get_entry(entry_id))
    form = ConfirmForm()
    if not (
        form.validate_on_submit()
        and form.accepted_by(lambda: service.move_recommended(entry_id, up=where == "up", by=me()))
    ):
        flash(str(form.refused.message if form.refused else _("请重试。")), "danger")
    here = _list_of(entry.university_id, entry.competition_id)
    return redirect(f"{here}#rank-{entry_id}", 303)


@bp.post("/school/<uuid:university_id>/<uuid:competition_id>/<uuid:group_id>/rank")
@signed_in
def rank(
    university_id: uuid.UUID, competition_id: uuid.UUID, group_id: uuid.UUID
) -> ResponseReturnValue:
    """Take over the order that was dragged together; a script's refusal is JSON."""
    _authorize_school(university_id, competition_id)
    form = RankForm()
    if not form.validate_on_submit():
        raise InvalidError
    service.rank_entries(
        competition_id,
        university_id=university_id,
        group_id=group_id,
        order=read_ids((form.order.data or "").split()),
        by=me(),
    )
    return jsonify({})


@bp.get("/school/<uuid:university_id>/<uuid:competition_id>.xlsx")
@signed_in
@limiter.limit("60/hour", key_func=whoever)
def recommendations_xlsx(
    university_id: uuid.UUID, competition_id: uuid.UUID
) -> ResponseReturnValue:
    """The table that the school stamps."""
    competition = _authorize_school(university_id, competition_id)
    book = service.export_recommendations(competition_id, university_id=university_id, by=me())
    name = _(
        "%(school)s-%(title)s-推荐汇总表.xlsx",
        school=schools.get_school(university_id).name,
        title=competition.event.title,
    )
    return attachment(LastReader(book), name, XLSX)


@bp.route("/manage/competitions/<uuid:competition_id>/quotas", methods=["GET", "POST"])
@signed_in
def quotas(competition_id: uuid.UUID) -> ResponseReturnValue:
    """How many entries each school may recommend, and how far they are."""
    competition = authorize(can_review_competition, get_competition(competition_id))
    form = QuotaForm.for_groups(competition.groups, list_universities())
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.set_quota(
            competition_id,
            university_id=form.university_id,
            group_id=form.group_id,
            places=form.places.data,
            by=me(),
        )
    ):
        flash(_("已保存名额。"), "success")
        return redirect(url_for(".quotas", competition_id=competition_id), 303)
    return render_form("entries/school_quotas.html", form, **_quota_context(competition))


def _quota_context(competition: Competition) -> dict[str, object]:
    rows = schools.list_quotas(competition.id)
    overall = {row.university_id: row.places for row in rows if row.group_id is None}
    return {
        "competition": competition,
        "rows": rows,
        "counts": schools.list_school_counts(competition.id),
        "overall": overall,
    }


@bp.post("/manage/competitions/<uuid:competition_id>/quotas/<uuid:quota_id>/remove")
@signed_in
def remove_quota(competition_id: uuid.UUID, quota_id: uuid.UUID) -> ResponseReturnValue:
    """Take one number away."""
    authorize(can_review_competition, get_competition(competition_id))
    if ConfirmForm().validate_on_submit():
        service.remove_quota(quota_id, by=me())
        flash(_("已取消这项名额限制。"), "success")
    return redirect(url_for(".quotas", competition_id=competition_id), 303)


def _list_of(
    university_id: uuid.UUID | None, competition_id: uuid.UUID, args: dict[str, Any] | None = None
) -> str:
    here: dict[str, Any] = {"university_id": university_id, "competition_id": competition_id}
    return url_for(".school_entries", **here, **(args or {}))
