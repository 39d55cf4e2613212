"""What judging puts on people's desks."""

from __future__ import annotations

from typing import Any

from eventhub.circles.models import Circle
from eventhub.competitions.enums import RoundState
from eventhub.judging.queries import results, seats
from eventhub.web.navigation import Panel

RECENT = 5


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


def recent_results(circle: Circle | None) -> Panel | None:
    """The results that came out last: of one circle on its page, of all on the front page."""
    found = results.list_recently_published(
        limit=RECENT, circle_id=None if circle is None else circle.id
    )
    return Panel("judging/_front.html", {"rounds": found}) if found else None


def captain_panel(person: Any) -> Panel | None:
    """The latest results of someone's own entries."""
    standings = results.list_results_of_captain(person.id)
    return Panel("judging/_captain_panel.html", {"standings": standings}) if standings else None
