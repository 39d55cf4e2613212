"""Changing a timetable: one slot, or what the places are called."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub.i18n import _
from eventhub.roadshows import queries, service
from eventhub.roadshows.forms import DelayForm, MoveForm, PlacesForm, SwapForm
from eventhub.roadshows.models import Slot
from eventhub.roadshows.permissions import can_arrange, can_arrange_slot
from eventhub.roadshows.views.blueprint import bp
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.forms import HubForm, render_form


@bp.get("/manage/slots/<uuid:slot_id>")
@signed_in
def slot(slot_id: uuid.UUID) -> ResponseReturnValue:
    """What can be done with one slot."""
    return _page(authorize(can_arrange_slot, queries.get_slot(slot_id)))


@bp.post("/manage/slots/<uuid:slot_id>/swap")
@signed_in
def swap(slot_id: uuid.UUID) -> ResponseReturnValue:
    """Change places with another slot."""
    chosen = authorize(can_arrange_slot, queries.get_slot(slot_id))
    form = SwapForm(prefix="swap-").offer(chosen, _all_slots(chosen))
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.swap_slots(slot_id, with_slot_id=uuid.UUID(form.other.data), by=me())
    ):
        return _done(chosen, _("两个时段已对调。"))
    return _page(chosen, swap=form)


@bp.post("/manage/slots/<uuid:slot_id>/move")
@signed_in
def move(slot_id: uuid.UUID) -> ResponseReturnValue:
    """Go to another place."""
    chosen = authorize(can_arrange_slot, queries.get_slot(slot_id))
    form = MoveForm(prefix="move-").offer(chosen.roadshow.rooms)
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.move_slot(
            slot_id,
            room_id=uuid.UUID(form.room.data),
            position=form.position.data or 1,
            by=me(),
        )
    ):
        return _done(chosen, _("项目已移到新的位置。"))
    return _page(chosen, move=form)


@bp.post("/manage/slots/<uuid:slot_id>/delay")
@signed_in
def delay(slot_id: uuid.UUID) -> ResponseReturnValue:
    """Shift this slot and those behind it in its room."""
    chosen = authorize(can_arrange_slot, queries.get_slot(slot_id))
    form = DelayForm(prefix="delay-")
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.delay_room(
            chosen.room_id,
            from_position=chosen.position,
            minutes=form.minutes.data or 0,
            by=me(),
        )
    ):
        return _done(chosen, _("%(room)s的后续时段已调整。", room=chosen.room.name))
    return _page(chosen, delay=form)


@bp.route("/manage/roadshows/<uuid:roadshow_id>/places", methods=["GET", "POST"])
@signed_in
def places(roadshow_id: uuid.UUID) -> ResponseReturnValue:
    """What venue and rooms are called."""
    roadshow = authorize(can_arrange, queries.get_roadshow(roadshow_id))
    names = [room.name for room in roadshow.rooms]
    form = PlacesForm(data={"venue": roadshow.venue, "rooms": names})
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.change_places(
            roadshow_id,
            venue=form.venue.data or "",
            room_names={
                room.id: field.data or ""
                for room, field in zip(roadshow.rooms, form.rooms, strict=False)
            },
            by=me(),
        )
    ):
        flash(_("地点和会场名称已更新。"), "success")
        round_ = roadshow.round
        url = url_for(".manage", competition_id=round_.competition_id, round=round_.position)
        return redirect(url, 303)
    return render_form(
        "roadshows/places.html", form, roadshow=roadshow, competition=roadshow.round.competition
    )


def _all_slots(chosen: Slot) -> list[Slot]:
    return list(queries.list_slots(chosen.roadshow_id, with_vacant=True))


def _done(chosen: Slot, words: str) -> ResponseReturnValue:
    published = chosen.roadshow.is_published
    told = _("受影响的项目负责人会收到邮件。") if published else ""
    flash(f"{words}{told}", "success")
    round_ = chosen.roadshow.round
    url = url_for(".manage", competition_id=round_.competition_id, round=round_.position)
    return redirect(f"{url}#timetable", 303)


def _page(chosen: Slot, **forms: HubForm) -> tuple[str, int]:
    refused = next(iter(forms.values()), None)
    rooms = chosen.roadshow.rooms
    here = {"room": str(chosen.room_id), "position": chosen.position}
    page = render_template(
        "roadshows/slot.html",
        slot=chosen,
        roadshow=chosen.roadshow,
        competition=chosen.roadshow.round.competition,
        swap=forms.get("swap")
        or SwapForm(formdata=None, prefix="swap-").offer(chosen, _all_slots(chosen)),
        move=forms.get("move") or MoveForm(formdata=None, prefix="move-", data=here).offer(rooms),
        delay=forms.get("delay") or DelayForm(formdata=None, prefix="delay-"),
    )
    return page, refused.status if refused else 200
