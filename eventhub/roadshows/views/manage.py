"""From the first room to the published timetable."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions import queries as competition_queries
from eventhub.competitions.enums import RoundMode
from eventhub.competitions.errors import ReasonMissingError
from eventhub.competitions.models import Competition, Round
from eventhub.competitions.permissions import can_manage
from eventhub.competitions.tabs import find_tab_url
from eventhub.entries import queries as entry_queries
from eventhub.entries.enums import EntryState
from eventhub.errors import NotFoundError
from eventhub.i18n import _
from eventhub.roadshows import queries, service
from eventhub.roadshows.enums import RoadshowState
from eventhub.roadshows.forms import (
    PRESET_MINUTES,
    AnnounceForm,
    DrawForm,
    LateForm,
    RecallForm,
    SetupForm,
)
from eventhub.roadshows.models import Roadshow
from eventhub.roadshows.permissions import can_arrange
from eventhub.roadshows.views.blueprint import bp
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import HubForm


@bp.route("/manage/competitions/<uuid:competition_id>/roadshow", methods=["GET", "POST"])
@signed_in
def manage(competition_id: uuid.UUID) -> ResponseReturnValue:
    """The roadshow of a round: set up, announce, draw, publish."""
    competition = authorize(can_manage, competition_queries.get_competition(competition_id))
    round_ = _chosen_round(competition)
    if round_ is None:
        return render_template("roadshows/no_round.html", competition=competition)
    form = SetupForm.of(round_, queries.find_roadshow(round_.id))
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.set_up(round_.id, **form.to_values(), by=me())
    ):
        flash(_("会场和时间已保存。"), "success")
        return redirect(_manage_url(round_) + "#announce", 303)
    return _page(round_, setup=form)


@bp.post("/manage/roadshows/<uuid:roadshow_id>/announce")
@signed_in
def announce(roadshow_id: uuid.UUID) -> ResponseReturnValue:
    """Freeze the list and show the commitment."""
    roadshow = authorize(can_arrange, queries.get_roadshow(roadshow_id))
    form = AnnounceForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.announce_draw(
            roadshow_id, public_source=form.public_source.data or "", by=me()
        )
    ):
        flash(_("抽签已公告。承诺值和参加抽签的项目现在所有人可见。"), "success")
        return redirect(_manage_url(roadshow.round), 303)
    return _page(roadshow.round, announce=form)


@bp.post("/manage/roadshows/<uuid:roadshow_id>/recall")
@signed_in
def recall(roadshow_id: uuid.UUID) -> ResponseReturnValue:
    """Take the announcement back."""
    roadshow = authorize(can_arrange, queries.get_roadshow(roadshow_id))
    form = RecallForm()
    if not form.validate_on_submit():
        raise ReasonMissingError
    service.recall_draw(roadshow_id, reason=form.reason.data or "", by=me())
    flash(_("公告已撤回，理由会显示在公开页面上。"), "success")
    return redirect(_manage_url(roadshow.round), 303)


@bp.post("/manage/roadshows/<uuid:roadshow_id>/draw")
@signed_in
def draw(roadshow_id: uuid.UUID) -> ResponseReturnValue:
    """Draw, and go to the big screen."""
    roadshow = authorize(can_arrange, queries.get_roadshow(roadshow_id))
    form = DrawForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.draw(roadshow_id, public_text=form.public_text.data or "", by=me())
    ):
        event, round_ = roadshow.round.competition.event, roadshow.round
        return redirect(url_for(".reveal", code=event.code, round=round_.position), 303)
    return _page(roadshow.round, draw=form)


@bp.post("/manage/roadshows/<uuid:roadshow_id>/publish")
@signed_in
def publish(roadshow_id: uuid.UUID) -> ResponseReturnValue:
    """Show the timetable to everyone."""
    roadshow = authorize(can_arrange, queries.get_roadshow(roadshow_id))
    service.publish_timetable(roadshow_id, by=me())
    flash(_("日程已发布，各项目负责人会收到邮件。"), "success")
    return redirect(_manage_url(roadshow.round), 303)


@bp.post("/manage/roadshows/<uuid:roadshow_id>/late")
@signed_in
def add_late(roadshow_id: uuid.UUID) -> ResponseReturnValue:
    """Give an entry that came in late its place."""
    roadshow = authorize(can_arrange, queries.get_roadshow(roadshow_id))
    form = LateForm().offer(queries.list_without_slot(roadshow), roadshow.rooms)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.add_late_slot(
            roadshow_id,
            entry_id=uuid.UUID(form.entry.data),
            room_id=uuid.UUID(form.room.data),
            by=me(),
        )
    ):
        flash(_("项目已排入会场末尾。"), "success")
        return redirect(_manage_url(roadshow.round), 303)
    return _page(roadshow.round, late=form)


def _manage_url(round_: Round) -> str:
    return url_for(".manage", competition_id=round_.competition_id, round=round_.position)


def _chosen_round(competition: Competition) -> Round | None:
    """The round that the address names, else the first on stage that is not over."""
    rounds = [r for r in competition.rounds if r.mode is RoundMode.ROADSHOW]
    wanted = request.args.get("round", type=int)
    if wanted is not None:
        named = [r for r in rounds if r.position == wanted]
        if not named:
            raise NotFoundError
        return named[0]
    pending = [r for r in rounds if r.published_at is None]
    return next(iter(pending or rounds[-1:]), None)


def _page(round_: Round, **forms: HubForm) -> tuple[str, int]:
    """The whole page of a round around the form that was refused, if one was."""
    roadshow = queries.find_roadshow(round_.id)
    competition = round_.competition
    heard = entry_queries.count_participants(round_)
    waiting = entry_queries.count_by_state(competition.id)[EntryState.SUBMITTED]
    refused = next((form for form in forms.values() if form.status != 200), None)
    stages = [r for r in competition.rounds if r.mode is RoundMode.ROADSHOW]
    name = next((name for name, form in forms.items() if form is refused), "")
    context = _drawn(roadshow, forms) if roadshow and roadshow.is_drawn else {}
    page = render_template(
        "roadshows/manage.html",
        competition=competition,
        round=round_,
        stages=stages,
        roadshow=roadshow,
        heard_count=heard,
        list_url=find_tab_url("outcomes.index", competition),
        waiting_count=waiting if round_.position == 1 else 0,
        forecast=_forecast(roadshow, heard),
        setup=forms.get("setup") or SetupForm.of(round_, roadshow),
        announce=forms.get("announce") or AnnounceForm(formdata=None),
        draw=forms.get("draw") or DrawForm(formdata=None),
        presets=PRESET_MINUTES,
        overtaken=refused.form_errors if refused and not _shows(name, roadshow) else [],
        **context,
    )
    return page, refused.status if refused else 200


def _shows(form: str, roadshow: Roadshow | None) -> bool:
    """Whether the page at this stage has that form; another window may have moved on."""
    state = roadshow.state if roadshow else RoadshowState.SETUP
    stages = {"draw": {RoadshowState.ANNOUNCED}, "late": {*RoadshowState} - _UNDRAWN}
    return state in stages.get(form, {RoadshowState.SETUP})


def _drawn(roadshow: Roadshow, forms: dict[str, HubForm]) -> dict[str, Any]:
    unplaced = queries.list_without_slot(roadshow)
    late = forms.get("late") or LateForm(formdata=None).offer(unplaced, roadshow.rooms)
    slots = queries.list_slots(roadshow.id, with_vacant=True)
    return {"slots": slots, "unplaced": unplaced, "late": late}


def _forecast(roadshow: Roadshow | None, count: int) -> dict[str, Any] | None:
    """How a timetable of so many entries would look, before it is drawn."""
    if roadshow is None or not count or roadshow.state not in _UNDRAWN:
        return None
    rooms = len(roadshow.rooms)
    sizes = [len(range(room, count, rooms)) for room in range(rooms)]
    ends_at = max(slot.ends_at for slot in service.plan(roadshow, sizes))
    return {"sizes": sizes, "ends_at": ends_at, "rooms": rooms}


_UNDRAWN = {RoadshowState.SETUP, RoadshowState.ANNOUNCED}
