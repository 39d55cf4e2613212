"""Closing a round: missing sheets, the sample, signatures, deliberations."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions import queries as competitions
from eventhub.competitions.enums import RoundState
from eventhub.errors import NotFoundError
from eventhub.i18n import _
from eventhub.judging import service
from eventhub.judging.enums import (
    ACT_STATE_LOOKS,
    OFFICER_ROLE_LABELS,
    ActState,
    SignatureRole,
)
from eventhub.judging.forms import MoveForm, ReasonForm, RecountForm, SignForm, StepForm
from eventhub.judging.queries import results
from eventhub.judging.queries.board import build_board
from eventhub.judging.queries.closing import Closing, Place, find_closing, list_returns
from eventhub.judging.queries.offices import Office, find_office
from eventhub.judging.queries.seats import LINK_SCOPE
from eventhub.judging.views.blueprint import bp, only_round
from eventhub.web.access import me, signed_in_or_link
from eventhub.web.forms import HubForm, render_form


def my_office(round_id: uuid.UUID) -> Office:
    """As what whoever asks stands in a round.

    Raises:
        NotFoundError: they have nothing to do with its closing, or their link is for another.

    """
    if only_round() not in {None, round_id}:
        raise NotFoundError
    office = find_office(competitions.get_round(round_id), me())
    if not office.is_any:
        raise NotFoundError
    return office


@bp.get("/judging/<uuid:round_id>/closing")
@signed_in_or_link(LINK_SCOPE)
def closing(round_id: uuid.UUID) -> ResponseReturnValue:
    """What is still to be done before the results can be published, and one's own part of it."""
    return _show(my_office(round_id), StepForm())


@bp.post("/judging/<uuid:round_id>/closing/recounts/<uuid:sheet_id>")
@signed_in_or_link(LINK_SCOPE)
def recount(round_id: uuid.UUID, sheet_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what the scrutineer made of a sheet of the sample."""
    office, form = my_office(round_id), RecountForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.recount_sheet(round_id, sheet_id, total=form.total.data, by=me())
    ):
        return redirect(url_for(".closing", round_id=round_id, _anchor="sample"), 303)
    return _show(office, form, recounting=sheet_id)


@bp.post("/judging/<uuid:round_id>/closing/signature")
@signed_in_or_link(LINK_SCOPE)
def sign(round_id: uuid.UUID) -> ResponseReturnValue:
    """Put one's name under the results."""
    return _step(
        round_id,
        SignForm(),
        lambda form: service.sign_results(round_id, by=me(), **form.to_values()),
        _("已签字。"),
    )


@bp.route("/judging/<uuid:round_id>/closing/move", methods=["GET", "POST"])
@signed_in_or_link(LINK_SCOPE)
def move(round_id: uuid.UUID) -> ResponseReturnValue:
    """Ask that an entry stands at another rank."""
    office = my_office(round_id)
    if office.round.state is not RoundState.CLOSED:
        raise NotFoundError
    form = MoveForm.offering(results.list_standings(round_id))
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.propose_move(
            round_id,
            uuid.UUID(form.entry.data),
            rank=form.rank.data or 0,
            reason=form.reason.data or "",
            by=me(),
        )
    ):
        flash(_("合议调整已提出，评委组长和监督员都签字后生效。"), "success")
        return redirect(url_for(".closing", round_id=round_id), 303)
    return render_form("judging/move.html", form, office=office, round=office.round)


@bp.post("/judging/<uuid:round_id>/closing/moves/<uuid:move_id>/signature")
@signed_in_or_link(LINK_SCOPE)
def sign_move(round_id: uuid.UUID, move_id: uuid.UUID) -> ResponseReturnValue:
    """Agree to a move."""
    return _step(
        round_id, StepForm(), lambda _form: service.sign_move(move_id, by=me()), _("已签字。")
    )


@bp.post("/judging/<uuid:round_id>/closing/moves/<uuid:move_id>/refusal")
@signed_in_or_link(LINK_SCOPE)
def refuse_move(round_id: uuid.UUID, move_id: uuid.UUID) -> ResponseReturnValue:
    """Let the ranks stand."""
    return _step(
        round_id,
        ReasonForm(),
        lambda form: service.refuse_move(move_id, reason=form.reason.data, by=me()),
        _("名次不作调整。"),
    )


@bp.post("/judging/<uuid:round_id>/closing/signatures")
@signed_in_or_link(LINK_SCOPE)
def need_signatures(round_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for signatures under the results."""
    return _step(
        round_id,
        StepForm(),
        lambda _form: service.set_signatures_needed(round_id, is_needed=True, by=me()),
        _("成绩须签字后才能公布。"),
    )


@bp.post("/judging/<uuid:round_id>/closing/signatures/waived")
@signed_in_or_link(LINK_SCOPE)
def waive_signatures(round_id: uuid.UUID) -> ResponseReturnValue:
    """Publish without signatures, and say why."""
    return _step(
        round_id,
        ReasonForm(),
        lambda form: service.set_signatures_needed(
            round_id, is_needed=False, reason=form.reason.data, by=me()
        ),
        _("成绩不再要求签字，理由已记入日志。"),
    )


def _step(
    round_id: uuid.UUID, form: Any, deed: Callable[[Any], Any], said: str
) -> ResponseReturnValue:
    office = my_office(round_id)
    if form.validate_on_submit() and form.accepted_by(lambda: deed(form)):
        flash(said, "success")
        return redirect(url_for(".closing", round_id=round_id), 303)
    return _show(office, form)


def _show(
    office: Office, form: HubForm, recounting: uuid.UUID | None = None
) -> ResponseReturnValue:
    round_ = office.round
    is_open = round_.state in {RoundState.DRAFT, RoundState.OPEN}
    found = None if is_open else find_closing(round_)
    waiting = [each for each in list_returns(round_.id) if each.state is ActState.OPEN]
    return render_form(
        "judging/closing.html",
        form,
        office=office,
        round=round_,
        board=build_board(round_) if is_open else None,
        closing=found,
        mine=[place for place in found.places if _is_mine(office, place)] if found else [],
        next=_next_step(office, found),
        returns=[] if office.is_scrutineer and not office.is_organiser else waiting,
        recounting=recounting,
        act_looks=ACT_STATE_LOOKS,
        officer_labels=OFFICER_ROLE_LABELS,
        name_place=service.name_place,
    )


def _is_mine(office: Office, place: Place) -> bool:
    """Whether whoever asks signs on this line."""
    if place.role is SignatureRole.CHIEF:
        panel_id = place.panel.id if place.panel else None
        return any(panel.id == panel_id for panel in office.panels)
    return office.role is not None and office.role.value == place.role.value


def _next_step(office: Office, found: Closing | None) -> str:
    """What the page asks of whoever looks at it, as a word for the template."""
    if found is None:
        return "wait"
    if office.round.state is RoundState.PUBLISHED:
        return "done"
    if found.open_deliberation is not None:
        return "move"
    if office.is_scrutineer and not found.is_recounted:
        return "recount"
    mine = [place for place in found.places if _is_mine(office, place)]
    if any(place.signature is None for place in mine):
        return "sign"
    if office.is_organiser and (found.is_signed or not office.round.needs_signatures):
        return "publish"
    return "wait"
