"""What everybody may see."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.competitions import queries, service, tabs
from eventhub.competitions.permissions import can_manage, can_see
from eventhub.competitions.views.base import bp
from eventhub.competitions.ways import list_stops
from eventhub.web.access import authorize, public
from eventhub.web.navigation import person


@bp.get("/c/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    """A competition: what it is, who may enter, until when, and how it is judged."""
    competition = authorize(can_see, queries.get_competition_by_code(code))
    rounds = queries.load_rubrics(competition)
    return render_template(
        "competitions/show.html",
        competition=competition,
        rounds=rounds,
        stops=list_stops(rounds),
        repeats=service.list_repeats(rounds),
        phase=competition.entry_phase(clock.now()),
        takes_entries=queries.takes_entries(competition, clock.now()),
        links=tabs.public_links(competition),
        can_manage=can_manage(person(), competition),
    )
