"""Sending a sheet back to its judge, and what stood on it before."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions import queries as competitions
from eventhub.errors import NotFoundError
from eventhub.i18n import _
from eventhub.judging import service
from eventhub.judging.enums import ACT_STATE_LOOKS, ActState, OfficerRole
from eventhub.judging.errors import RecusedError
from eventhub.judging.forms import ReasonForm, StepForm
from eventhub.judging.models import Scoresheet
from eventhub.judging.queries import closing as reads
from eventhub.judging.queries.offices import Office, is_kept_from
from eventhub.judging.queries.seats import LINK_SCOPE, find_seat
from eventhub.judging.views.blueprint import bp
from eventhub.judging.views.closing import my_office
from eventhub.web.access import me, signed_in_or_link
from eventhub.web.forms import HubForm, render_form


@bp.route("/judging/<uuid:round_id>/sheets/<uuid:sheet_id>/return", methods=["GET", "POST"])
@signed_in_or_link(LINK_SCOPE)
def ask_return(round_id: uuid.UUID, sheet_id: uuid.UUID) -> ResponseReturnValue:
    """A sheet with its history, and the way to send it back."""
    _open(round_id, sheet_id)
    form = ReasonForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.ask_return(sheet_id, reason=form.reason.data or "", by=me())
    ):
        flash(_("退回申请已提出，评委组长和监督员都签字后生效。"), "success")
        return redirect(_page(round_id, sheet_id), 303)
    return _show(round_id, sheet_id, form)


@bp.post("/judging/<uuid:round_id>/sheets/<uuid:sheet_id>/returns/<uuid:return_id>/signature")
@signed_in_or_link(LINK_SCOPE)
def sign_return(
    round_id: uuid.UUID, sheet_id: uuid.UUID, return_id: uuid.UUID
) -> ResponseReturnValue:
    """Agree to a return."""
    return _step(
        round_id,
        sheet_id,
        StepForm(),
        lambda _form: service.sign_return(return_id, by=me()),
        _("已签字。"),
    )


@bp.post("/judging/<uuid:round_id>/sheets/<uuid:sheet_id>/returns/<uuid:return_id>/refusal")
@signed_in_or_link(LINK_SCOPE)
def refuse_return(
    round_id: uuid.UUID, sheet_id: uuid.UUID, return_id: uuid.UUID
) -> ResponseReturnValue:
    """Let the sheet stand."""
    return _step(
        round_id,
        sheet_id,
        ReasonForm(),
        lambda form: service.refuse_return(return_id, reason=form.reason.data, by=me()),
        _("评分表维持不变。"),
    )


def _step(
    round_id: uuid.UUID, sheet_id: uuid.UUID, form: Any, deed: Callable[[Any], Any], said: str
) -> ResponseReturnValue:
    _open(round_id, sheet_id)
    if form.validate_on_submit() and form.accepted_by(lambda: deed(form)):
        flash(said, "success")
        return redirect(_page(round_id, sheet_id), 303)
    return _show(round_id, sheet_id, form)


def _open(round_id: uuid.UUID, sheet_id: uuid.UUID) -> tuple[Office, Scoresheet]:
    """A sheet that whoever asks may see: a recused chief judge may not."""
    office = my_office(round_id)
    sheet = reads.get_sheet_of(round_id, sheet_id)
    if office.role is OfficerRole.SCRUTINEER and not office.is_organiser:
        raise NotFoundError
    if is_kept_from(office, me(), sheet.entry):
        raise RecusedError
    return office, sheet


def _page(round_id: uuid.UUID, sheet_id: uuid.UUID) -> str:
    return url_for(".ask_return", round_id=round_id, sheet_id=sheet_id)


def _show(round_id: uuid.UUID, sheet_id: uuid.UUID, form: HubForm) -> ResponseReturnValue:
    office, sheet = _open(round_id, sheet_id)
    returns = reads.list_returns_of(sheet_id)
    waiting = next((each for each in returns if each.state is ActState.OPEN), None)
    seat = find_seat(round_id, sheet.judge_id)
    return render_form(
        "judging/return.html",
        form,
        office=office,
        round=office.round,
        sheet=sheet,
        rubric=competitions.find_rubric(round_id, sheet.entry.group_id),
        submitted=reads.list_submitted(sheet_id),
        returns=returns,
        waiting=waiting,
        may_sign=waiting is not None and service.may_sign_return(waiting, office, seat, me()),
        act_looks=ACT_STATE_LOOKS,
    )
