"""What everybody may see of lists in force."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub.competitions import queries as competitions
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_see
from eventhub.competitions.tabs import PublicLink
from eventhub.domain.masking import OutputKind, mask_name
from eventhub.entries.models import Adviser, Member
from eventhub.errors import NotFoundError
from eventhub.i18n import lazy
from eventhub.outcomes.queries import advancements, lists
from eventhub.outcomes.queries import awards as award_reads
from eventhub.outcomes.views.blueprint import bp
from eventhub.web.access import authorize, public


@bp.get("/c/<code>/advancement")
@public
def advancement(code: str) -> ResponseReturnValue:
    """Who went up, round by round, once the results they rest on are public."""
    competition = authorize(can_see, competitions.get_competition_by_code(code))
    shown = [
        each
        for each in advancements.list_confirmed(competition_id=competition.id)
        if each.passage.from_round.published_at is not None
    ]
    if not shown:
        raise NotFoundError
    captains = {
        line.entry_id: mask_name(line.entry.captain.name, OutputKind.PUBLIC_NOTICE)
        for each in shown
        for line in each.lines
        if line.is_in
    }
    return render_template(
        "outcomes/advancement.html", competition=competition, shown=shown, captains=captains
    )


@bp.get("/c/<code>/awards")
@public
def awards(code: str) -> ResponseReturnValue:
    """The award list, once the results it rests on are public."""
    competition = authorize(can_see, competitions.get_competition_by_code(code))
    shown = [
        each
        for each in award_reads.list_awardings(competition.id)
        if each.round.published_at is not None
    ]
    if not shown:
        raise NotFoundError
    teams = lists.load_teams([one.entry_id for each in shown for one in each.lines if one.is_in])
    return render_template(
        "outcomes/awards.html",
        competition=competition,
        shown=shown,
        teams=teams,
        members={key: _names(entry.members) for key, entry in teams.items()},
        advisers={key: _names(entry.advisers) for key, entry in teams.items()},
    )


def _names(people: Sequence[Member] | Sequence[Adviser]) -> list[str]:
    return [mask_name(each.name, OutputKind.AWARD_LIST) for each in people]


def advancement_link(competition: Competition) -> PublicLink | None:
    """The way to the list of those who went up."""
    if not advancements.has_public_list(competition.id):
        return None
    url = url_for("outcomes.advancement", code=competition.event.code)
    return PublicLink(lazy("晋级名单"), url, "arrow-up")


def awards_link(competition: Competition) -> PublicLink | None:
    """The way to the award list."""
    if not award_reads.has_public_list(competition.id):
        return None
    url = url_for("outcomes.awards", code=competition.event.code)
    return PublicLink(lazy("获奖名单"), url, "award")
