"""What judging puts on people's desks."""

from __future__ import annotations

from typing import Any

from eventhub.competitions.enums import RoundState
from eventhub.judging.queries import results, seats
from eventhub.web.navigation import Panel


def judge_panel(person: Any) -> Panel | None:
    """The rounds in which someone judges now."""
    if not seats.has_seat(person):
        return None
    seated = [
        seat
        for seat in seats.list_seats_of(person.id, limit=5)
        if seat.panel.round.state in {RoundState.DRAFT, RoundState.OPEN}
    ]
    if not seated:
        return None
    return Panel(
        "judging/_judge_panel.html",
        {"seats": seated, "submitted": seats.count_submitted(person.id)},
    )


def captain_panel(person: Any) -> Panel | None:
    """The latest results of someone's own entries."""
    standings = results.list_results_of_captain(person.id)
    return Panel("judging/_captain_panel.html", {"standings": standings}) if standings else None
