"""The cards by which judges come in: printed, or their links copied, once."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.competitions import queries as competitions
from eventhub.competitions.permissions import can_manage_round
from eventhub.errors import NotFoundError
from eventhub.judging import service
from eventhub.judging.enums import LinkState
from eventhub.judging.forms import CardsForm
from eventhub.judging.models import PanelJudge
from eventhub.judging.queries import seats
from eventhub.judging.views.blueprint import bp
from eventhub.web import qr
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.urls import external_url

CARDS_A_SHEET = 8
WORKING = frozenset({LinkState.ISSUED, LinkState.USED})


@dataclass(frozen=True)
class Card:
    """A judge's card. ``picture`` is the QR code as a data address."""

    seat: PanelJudge
    url: str
    picture: str


@bp.post("/manage/rounds/<uuid:round_id>/links")
@signed_in
def issue_links(round_id: uuid.UUID) -> ResponseReturnValue:
    """Make links and show them, this once: only their fingerprints are kept.

    The answer to the POST is the page itself, so that no link is ever stored to be shown later.
    """
    round_ = authorize(can_manage_round, competitions.get_round(round_id))
    form = CardsForm()
    if not form.validate_on_submit():
        raise NotFoundError
    cards = [_card(seat) for seat in _chosen(round_id, form.seats.data or "")]
    sheets = [cards[at : at + CARDS_A_SHEET] for at in range(0, len(cards), CARDS_A_SHEET)]
    response = make_response(render_template("judging/cards.html", round=round_, sheets=sheets))
    response.headers["Cache-Control"] = "no-store"
    return response


def _chosen(round_id: uuid.UUID, asked: str) -> Sequence[PanelJudge]:
    """The seats that ``CardsForm`` names, in the order of the panels."""
    seated = seats.list_seats(round_id)
    if asked == "all":
        return seated
    if asked == "new":
        links, now = seats.list_links(round_id), clock.now()
        return [
            seat
            for seat in seated
            if seats.link_state(links.get(seat.person_id), now) not in WORKING
        ]
    return [seat for seat in seated if str(seat.id) == asked]


def _card(seat: PanelJudge) -> Card:
    url = external_url("judging.enter", token=service.issue_judge_link(seat.id, by=me()))
    picture = base64.b64encode(qr.png(url)).decode()
    return Card(seat, url, f"data:image/png;base64,{picture}")
