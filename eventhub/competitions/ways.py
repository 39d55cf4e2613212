"""The course of rounds as a picture: which leads where, and how many go."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from eventhub.competitions.enums import PassageKind, RoundKind
from eventhub.competitions.models import Passage, Round
from eventhub.i18n import _

SPAN_MAX = 6


@dataclass(frozen=True)
class Stop:
    """A round in the picture. Regular rounds form a line, each in a ``column`` of its own.

    A revival stands below the line: from the column of the round whose others it takes, over
    ``span`` columns to where its best come back. ``ways`` say where one goes from here.
    ``is_reached``: something leads here, or it is first. ``leads_on``: the best go on from here.
    """

    round: Round
    column: int
    span: int
    is_revival: bool
    ways: tuple[str, ...]
    is_reached: bool
    leads_on: bool


def list_stops(rounds: Sequence[Round]) -> list[Stop]:
    """The rounds in order, each with its place in the picture."""
    columns = _columns(rounds)
    sources = {
        way.to_round_id: columns[each.id]
        for each in rounds
        for way in each.passages
        if way.kind is PassageKind.OTHERS
    }
    reached = {way.to_round_id for each in rounds for way in each.passages}
    stops: list[Stop] = []
    for each in rounds:
        is_revival = each.kind is RoundKind.REVIVAL
        best = next((way for way in each.passages if way.kind is PassageKind.BEST), None)
        column = sources.get(each.id, columns[each.id]) if is_revival else columns[each.id]
        back = columns[best.to_round_id] if best and is_revival else column
        stops.append(
            Stop(
                round=each,
                column=column,
                span=min(max(back - column + 1, 2), SPAN_MAX) if is_revival else 1,
                is_revival=is_revival,
                ways=tuple(sentence for way in each.passages for sentence in describe(way)),
                is_reached=each.position == 1 or each.id in reached,
                leads_on=best is not None,
            )
        )
    return stops


def _columns(rounds: Sequence[Round]) -> dict[uuid.UUID, int]:
    """The place of each round in the line; a revival's is that of the round before it."""
    columns: dict[uuid.UUID, int] = {}
    line = 0
    for each in rounds:
        line += each.kind is RoundKind.REGULAR
        columns[each.id] = max(line, 1)
    return columns


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
