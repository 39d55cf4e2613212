"""Notices: the organiser's side."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.competitions import queries as competitions
from eventhub.competitions.models import Competition, Round
from eventhub.competitions.permissions import can_manage
from eventhub.errors import ConflictError, NotFoundError
from eventhub.i18n import _
from eventhub.outcomes import service
from eventhub.outcomes.enums import NOTICE_STATE_LOOKS, NoticeKind, NoticeState
from eventhub.outcomes.forms.lists import ReasonForm, StepForm
from eventhub.outcomes.forms.notices import NoticeForm
from eventhub.outcomes.models import PublicNotice
from eventhub.outcomes.papers.certificate import named
from eventhub.outcomes.periods import (
    DAYS_DEFAULT,
    default_period,
    working_days,
    years_to_check,
)
from eventhub.outcomes.permissions import can_manage_notice, can_see_notices
from eventhub.outcomes.queries import advancements, awards
from eventhub.outcomes.queries import notices as reads
from eventhub.outcomes.views.blueprint import bp
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form
from eventhub.web.paging import page_number, paginate


def _notice(notice_id: uuid.UUID) -> PublicNotice:
    return authorize(can_manage_notice, reads.get_notice(notice_id))


def _back(notice: PublicNotice) -> ResponseReturnValue:
    return redirect(url_for(".notices", competition_id=notice.competition_id), 303)


def notice_look(notice: PublicNotice) -> tuple[Any, str, str]:
    """Label, colour and icon of how far a notice is at this moment."""
    now = clock.now()
    if notice.state is NoticeState.PUBLISHED and notice.closes_at <= now:
        return (_("公示期满"), "grey", "flag")
    if notice.state is NoticeState.PUBLISHED and notice.opens_at > now:
        return (_("待公示"), "blue", "clock")
    if notice.state is NoticeState.PUBLISHED:
        return (_("公示中"), "green", "speakerphone")
    return NOTICE_STATE_LOOKS[notice.state]


@bp.get("/manage/competitions/<uuid:competition_id>/notices")
@signed_in
def notices(competition_id: uuid.UUID) -> ResponseReturnValue:
    """A competition's notices and objections; bureaus may look."""
    competition = authorize(can_see_notices, competitions.get_competition(competition_id))
    return render_template(
        "outcomes/notices.html",
        competition=competition,
        notices=reads.list_of_competition(competition_id),
        objections=paginate(reads.select_objections(competition_id), page=page_number()),
        options=_options(competition),
        may_manage=can_manage(me(), competition),
        look=notice_look,
    )


def _options(competition: Competition) -> list[dict[str, Any]]:
    """What could be made public now: kind, round, words."""
    leaving = advancements.list_rounds_left(competition.id)
    awarded = awards.list_awarded_rounds(competition.id)
    options: list[dict[str, Any]] = [{"kind": NoticeKind.ENTRIES, "round": None}]
    for round_ in competition.rounds:
        if round_.id in leaving:
            options.append({"kind": NoticeKind.ADVANCEMENT, "round": round_})
        if round_.id in awarded:
            options.append({"kind": NoticeKind.AWARDS, "round": round_})
    return options


@bp.route("/manage/competitions/<uuid:competition_id>/notices/new", methods=["GET", "POST"])
@signed_in
def new_notice(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Begin a notice with everything proposed."""
    competition = authorize(can_manage, competitions.get_competition(competition_id))
    kind, round_ = _asked(competition)
    form = NoticeForm.of(_proposed(competition, kind, round_), zone=competition.event.timezone)
    made: list[PublicNotice] = []
    if form.validate_on_submit() and form.accepted_by(
        lambda: made.append(
            service.create_notice(
                competition_id,
                kind=kind,
                round_id=round_.id if round_ else None,
                draft=form.to_draft(),
                by=me(),
            )
        )
    ):
        return redirect(url_for(".preview_notice", notice_id=made[0].id), 303)
    return render_form(
        "outcomes/notice_form.html", form, competition=competition, kind=kind, round=round_
    )


def _asked(competition: Competition) -> tuple[NoticeKind, Round | None]:
    kind, position = request.args.get("kind"), request.args.get("round", type=int)
    if kind is None or kind not in {*NoticeKind}:
        raise NotFoundError
    round_ = next((each for each in competition.rounds if each.position == position), None)
    if round_ is None and kind != NoticeKind.ENTRIES:
        raise NotFoundError
    return NoticeKind(kind), None if kind == NoticeKind.ENTRIES else round_


def _proposed(competition: Competition, kind: NoticeKind, round_: Round | None) -> dict[str, Any]:
    event = competition.event
    opens_at, closes_at = default_period(clock.now(), event.timezone)
    stage = named(event.title, round_.name) if round_ else event.title
    subject = {
        NoticeKind.ENTRIES: _("参赛项目"),
        NoticeKind.ADVANCEMENT: _("晋级名单"),
        NoticeKind.AWARDS: _("获奖名单"),
    }[kind]
    basis = {
        NoticeKind.ENTRIES: _("根据%(stage)s通知，经资格审核，现将参赛项目予以公示。", stage=stage),
        NoticeKind.ADVANCEMENT: _("经专家评审，现将%(stage)s晋级名单予以公示。", stage=stage),
        NoticeKind.AWARDS: _(
            "经专家评审和组委会审定，现将%(stage)s获奖名单予以公示。", stage=stage
        ),
    }[kind]
    return {
        "title": _("关于%(stage)s%(subject)s的公示", stage=stage, subject=subject)[:120],
        "basis": basis,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "signed_by": event.circle.name,
    }


@bp.route("/manage/notices/<uuid:notice_id>/edit", methods=["GET", "POST"])
@signed_in
def edit_notice(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Change a draft."""
    notice = _notice(notice_id)
    form = NoticeForm.of(notice, zone=notice.competition.event.timezone)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.update_notice(notice_id, draft=form.to_draft(), by=me())
    ):
        return redirect(url_for(".preview_notice", notice_id=notice_id), 303)
    return render_form(
        "outcomes/notice_form.html",
        form,
        competition=notice.competition,
        kind=notice.kind,
        round=notice.round,
    )


@bp.route("/manage/notices/<uuid:notice_id>", methods=["GET", "POST"])
@signed_in
def preview_notice(notice_id: uuid.UUID) -> ResponseReturnValue:
    """A notice as it will be seen, and the step that makes it public."""
    notice = _notice(notice_id)
    form = StepForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.publish_notice(notice_id, by=me())
    ):
        flash(_("公示已发布，到期自动撤下。"), "success")
        return _back(notice)
    rows, problem = _rows(notice)
    period = (notice.opens_at, notice.closes_at, notice.competition.event.timezone)
    return render_form(
        "outcomes/notice_preview.html",
        form,
        competition=notice.competition,
        notice=notice,
        days=working_days(*period),
        days_usual=DAYS_DEFAULT,
        years=years_to_check(*period),
        look=notice_look(notice),
        rows=rows,
        problem=problem,
    )


def _rows(notice: PublicNotice) -> tuple[list[Any], str]:
    """What a notice lists or would list, or why it cannot."""
    if notice.state is not NoticeState.DRAFT:
        return notice.rows, ""
    try:
        return service.build_rows(notice), ""
    except ConflictError as refusal:
        return [], str(refusal.message)


@bp.route("/manage/notices/<uuid:notice_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw_notice(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Take a notice down before its time."""
    notice = _notice(notice_id)
    form = ReasonForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.withdraw_notice(notice_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("公示已撤下，公示页面会说明原因。"), "success")
        return _back(notice)
    return render_form(
        "outcomes/withdraw_notice.html", form, competition=notice.competition, notice=notice
    )


@bp.post("/manage/notices/<uuid:notice_id>/delete")
@signed_in
def delete_notice(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    notice = _notice(notice_id)
    service.delete_draft(notice_id, by=me())
    flash(_("草稿已删除。"), "success")
    return _back(notice)
