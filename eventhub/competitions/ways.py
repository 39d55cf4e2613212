"""The course of rounds as a picture: which leads where, and how many go."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from eventhub.competitions.enums import PassageKind, RoundKind
from eventhub.competitions.models import Passage, Round
from eventhub.i18n import _


@dataclass(frozen=True)
class Stop:
    """A round in the picture. ``column`` is that of the main line which it stands in or after.

    ``ways`` say where one goes from here. ``is_reached``: something leads here, or it is first.
    ``leads_on``: the best of it go on from here.
    """

    round: Round
    column: int
    is_revival: bool
    ways: tuple[str, ...]
    is_reached: bool
    leads_on: bool


def list_stops(rounds: Sequence[Round]) -> list[Stop]:
    """The rounds in order, each with its place in the picture."""
    reached = {way.to_round_id for each in rounds for way in each.passages}
    stops: list[Stop] = []
    column = 0
    for each in rounds:
        is_revival = each.kind is RoundKind.REVIVAL
        column += 0 if is_revival else 1
        stops.append(
            Stop(
                round=each,
                column=max(column, 1),
                is_revival=is_revival,
                ways=tuple(sentence for way in each.passages for sentence in describe(way)),
                is_reached=each.position == 1 or each.id in reached,
                leads_on=any(way.kind is PassageKind.BEST for way in each.passages),
            )
        )
    return stops


def list_before_revival(rounds: Sequence[Round]) -> set[uuid.UUID]:
    """The rounds from which a revival takes, or could: those that stand right before one."""
    taking = {
        each.id for each in rounds if any(way.kind is PassageKind.OTHERS for way in each.passages)
    }
    before = {
        earlier.id
        for earlier, later in pairwise(rounds)
        if later.kind is RoundKind.REVIVAL and earlier.kind is RoundKind.REGULAR
    }
    return taking | before


def describe(way: Passage) -> list[str]:
    """A way on in short sentences."""
    name = way.to_round.name
    if way.kind is PassageKind.OTHERS:
        said = [
            _("未晋级的取 %(count)s 个进入“%(name)s”", count=way.places, name=name)
            if way.places
            else _("未晋级的进入“%(name)s”", name=name)
        ]
    else:
        said = [
            _("%(count)s 个晋级“%(name)s”", count=way.places, name=name)
            if way.places
            else _("晋级“%(name)s”，名额未定", name=name)
        ]
    if way.school_max:
        said.append(_("每校至多 %(count)s 个", count=way.school_max))
    if way.quotas:
        said.append(_("分 %(count)s 项设名额", count=len(way.quotas)))
    return said
