"""The organiser's page of panels, judges and recusals."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.circles import queries as circles
from eventhub.competitions import queries as competitions
from eventhub.competitions.models import Competition, Round
from eventhub.competitions.permissions import can_manage, can_manage_round
from eventhub.competitions.tabs import find_tab_url
from eventhub.entries import queries as entries
from eventhub.i18n import _
from eventhub.judging import service
from eventhub.judging.enums import RecusalKind
from eventhub.judging.forms import OrganiserRecusalForm, PanelForm, SeatForm
from eventhub.judging.models import Panel, PanelJudge
from eventhub.judging.queries import hearing, recusals, seats
from eventhub.judging.views.blueprint import bp
from eventhub.roadshows import queries as roadshows
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import render_form


def chosen_round(competition: Competition) -> Round:
    """The round that the address asks for by its position, else the one at hand.

    Raises:
        NotFoundError: the competition has no round.

    """
    position = request.args.get("round", type=int)
    asked = [each for each in competition.rounds if each.position == position]
    found = asked[0] if asked else competitions.current_round(competition)
    return competitions.get_round(found.id if found else uuid.UUID(int=0))


def back(round_: Round) -> ResponseReturnValue:
    """To the page of panels, at this round."""
    return redirect(
        url_for(".manage", competition_id=round_.competition_id, round=round_.position), 303
    )


@bp.get("/manage/competitions/<uuid:competition_id>/judging")
@signed_in
def manage(competition_id: uuid.UUID) -> ResponseReturnValue:
    """Panels and their judges, links, and who must not score what."""
    competition = authorize(can_manage, competitions.get_competition(competition_id))
    round_ = chosen_round(competition)
    panels = seats.list_panels(round_.id)
    heard = entries.list_participants(round_)
    seated = [seat for panel in panels for seat in panel.judges]
    roadshow = roadshows.find_roadshow(round_.id)
    taken = {panel.room_id for panel in panels}
    slots = hearing.slots_by_entry(round_.id)
    return render_template(
        "judging/manage.html",
        competition=competition,
        round=round_,
        panels=panels,
        heard={
            panel.id: sum(1 for entry in heard if _hears(panel, slots.get(entry.id)))
            for panel in panels
        },
        free_rooms=[room for room in roadshow.rooms if room.id not in taken] if roadshow else [],
        is_drawn=bool(slots),
        **_links(round_, seated),
        recusals=recusals.find_recusals(round_.id, seated, heard),
        judges={seat.person_id: seat for seat in seated},
        entries={entry.id: entry for entry in heard},
        list_url=find_tab_url("outcomes.index", competition),
    )


def _links(round_: Round, seated: Sequence[PanelJudge]) -> dict[str, Any]:
    """Each seat's newest link, and what became of it."""
    links, now = seats.list_links(round_.id), clock.now()
    return {
        "links": {seat.id: links.get(seat.person_id) for seat in seated},
        "link_states": {s.id: seats.link_state(links.get(s.person_id), now) for s in seated},
    }


def _hears(panel: Panel, slot: object) -> bool:
    return panel.room_id is None or getattr(slot, "room_id", None) == panel.room_id


def _round(round_id: uuid.UUID) -> Round:
    return authorize(can_manage_round, competitions.get_round(round_id))


def _panel(panel_id: uuid.UUID) -> Panel:
    panel = seats.get_panel(panel_id)
    authorize(can_manage_round, panel.round)
    return panel


def _seat(seat_id: uuid.UUID) -> PanelJudge:
    seat = seats.get_seat(seat_id)
    authorize(can_manage_round, seat.panel.round)
    return seat


@bp.route("/manage/rounds/<uuid:round_id>/panels/new", methods=["GET", "POST"])
@signed_in
def new_panel(round_id: uuid.UUID) -> ResponseReturnValue:
    """Make a panel that hears the whole round."""
    round_ = _round(round_id)
    form = PanelForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.add_panel(round_id, name=form.name.data or "", by=me())
    ):
        flash(_("评委组“%(name)s”已建好，请添加评委。", name=form.name.data), "success")
        return back(round_)
    return render_form(
        "judging/panel_form.html", form, competition=round_.competition, round=round_
    )


@bp.post("/manage/rounds/<uuid:round_id>/panels/by-room")
@signed_in
def room_panels(round_id: uuid.UUID) -> ResponseReturnValue:
    """Make a panel for each room."""
    round_ = _round(round_id)
    made = service.add_room_panels(round_id, by=me())
    flash(_("已按会场建好 %(count)s 个评委组。", count=len(made)), "success")
    return back(round_)


@bp.post("/manage/panels/<uuid:panel_id>/remove")
@signed_in
def remove_panel(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Take an empty panel away."""
    panel = _panel(panel_id)
    round_ = panel.round
    service.remove_panel(panel_id, by=me())
    flash(_("评委组已删除。"), "success")
    return back(round_)


@bp.route("/manage/panels/<uuid:panel_id>/judges/new", methods=["GET", "POST"])
@signed_in
def new_seat(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Give someone a seat."""
    panel = _panel(panel_id)
    form = SeatForm.offering(circles.list_universities())
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.seat_judge(
            panel_id,
            name=form.name.data or "",
            email=form.email.data or None,
            university_id=uuid.UUID(form.university.data) if form.university.data else None,
            organisation=form.organisation.data or "",
            is_chief=form.is_chief.data,
            by=me(),
        )
    ):
        flash(_("已添加评委 %(name)s。", name=form.name.data), "success")
        return back(panel.round)
    return render_form(
        "judging/seat_form.html",
        form,
        competition=panel.round.competition,
        panel=panel,
        round=panel.round,
    )


@bp.post("/manage/judges/<uuid:seat_id>/remove")
@signed_in
def remove_seat(seat_id: uuid.UUID) -> ResponseReturnValue:
    """Take a seat away."""
    seat = _seat(seat_id)
    round_, name = seat.panel.round, seat.person.name
    service.unseat_judge(seat_id, by=me())
    flash(_("已将 %(name)s 移出评委组。", name=name), "success")
    return back(round_)


@bp.post("/manage/judges/<uuid:seat_id>/chief")
@signed_in
def make_chief(seat_id: uuid.UUID) -> ResponseReturnValue:
    """Make a judge the chief of their panel."""
    seat = _seat(seat_id)
    service.set_chief(seat_id, by=me())
    flash(_("%(name)s 已设为评委组长。", name=seat.person.name), "success")
    return back(seat.panel.round)


@bp.post("/manage/judges/<uuid:seat_id>/link/revoke")
@signed_in
def revoke_link(seat_id: uuid.UUID) -> ResponseReturnValue:
    """End a judge's link."""
    seat = _seat(seat_id)
    service.revoke_judge_link(seat_id, by=me())
    flash(_("%(name)s 的链接已撤销，已打开的页面也随之失效。", name=seat.person.name), "success")
    return back(seat.panel.round)


@bp.route("/manage/rounds/<uuid:round_id>/recusals/new", methods=["GET", "POST"])
@signed_in
def new_recusal(round_id: uuid.UUID) -> ResponseReturnValue:
    """Declare that a judge must not score an entry."""
    round_ = _round(round_id)
    form = OrganiserRecusalForm.offering(
        seats.list_seats(round_id), entries.list_participants(round_)
    )
    if request.method == "GET":  # a suspicion leads here with everything filled in
        form.process(None, data={**request.args.to_dict()})
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.declare_recusal(
            round_id,
            uuid.UUID(form.entry.data),
            judge_id=uuid.UUID(form.judge.data),
            kind=RecusalKind(form.kind.data),
            detail=form.detail.data or "",
            by=me(),
        )
    ):
        flash(_("回避已登记。"), "success")
        return back(round_)
    return render_form(
        "judging/recusal_form.html", form, competition=round_.competition, round=round_
    )


@bp.post("/manage/recusals/<uuid:recusal_id>/withdraw")
@signed_in
def withdraw_recusal(recusal_id: uuid.UUID) -> ResponseReturnValue:
    """Take a declared recusal back."""
    recusal = recusals.get_recusal(recusal_id)
    round_ = _round(recusal.round_id)
    service.withdraw_recusal(recusal_id, by=me())
    flash(_("回避已撤销。"), "success")
    return back(round_)
