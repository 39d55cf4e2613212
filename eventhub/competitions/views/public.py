"""What everybody may see."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.competitions import queries, tabs
from eventhub.competitions.permissions import can_manage, can_see
from eventhub.competitions.views.base import bp
from eventhub.web.access import authorize, public
from eventhub.web.navigation import person


@bp.get("/c/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    """A competition: what it is, who may enter, until when, and how it is judged."""
    competition = authorize(can_see, queries.get_competition_by_code(code))
    return render_template(
        "competitions/show.html",
        competition=competition,
        rounds=queries.load_rubrics(competition),
        phase=competition.entry_phase(clock.now()),
        takes_entries=queries.takes_entries(competition, clock.now()),
        links=tabs.public_links(competition),
        can_manage=can_manage(person(), competition),
    )
