"""Reminders, with something to remind of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from eventhub.accounts.models import Person
from eventhub.competitions.models import Competition
from eventhub.reminders import service
from eventhub.reminders.enums import Anchor
from eventhub.reminders.models import ReminderRule
from eventhub.roadshows.models import Roadshow
from tests.factories.competitions import make_competition
from tests.factories.people import make_organiser
from tests.factories.roadshows import make_roadshow

ONE_DAY = timedelta(days=1)


def make_rule(
    competition: Competition | None = None,
    *,
    anchor: Anchor = Anchor.SLOT,
    lead: timedelta = ONE_DAY,
    by: Person | None = None,
) -> ReminderRule:
    """A rule, by default 出场前 1 天."""
    by = by or make_organiser()
    competition = competition or make_competition(by=by)
    return service.add_rule(competition.id, anchor=anchor, lead=lead, by=by)


def make_reminded_roadshow(*, lead: timedelta = ONE_DAY, **roadshow: Any) -> Roadshow:
    """A roadshow, by default a published one tomorrow from nine, with a rule for its slots."""
    made = make_roadshow(**roadshow)
    make_rule(made.round.competition, lead=lead)
    return made
