"""What a round knows of its entries beside their sheets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select

from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Round
from eventhub.db import db
from eventhub.domain.scoring.composing import Adjustment as Points
from eventhub.domain.scoring.composing import AdjustmentKind
from eventhub.domain.scoring.ranking import TieRule
from eventhub.domain.scoring.standings import Facts
from eventhub.judging.models import Adjustment, Standing, VoteCount
from eventhub.judging.queries.scoring import options_of


def find_facts(round_: Round) -> Mapping[uuid.UUID, Facts]:
    """Adjustments, votes and earlier totals by entry, as far as the rule asks for them."""
    found: dict[uuid.UUID, Facts] = {}
    for row in db.session.scalars(
        select(Adjustment)
        .where(Adjustment.round_id == round_.id, Adjustment.revoked_at.is_(None))
        .order_by(Adjustment.created_at)
    ):
        held = found.get(row.entry_id, Facts())
        found[row.entry_id] = replace(held, adjustments=(*held.adjustments, _points(row)))
    options = options_of(round_)
    if options.vote is not None:
        votes = select(VoteCount.entry_id, VoteCount.votes).where(VoteCount.round_id == round_.id)
        for entry_id, count in db.session.execute(votes):
            found[entry_id] = replace(found.get(entry_id, Facts()), votes=count)
    if options.earlier_weight is not None or TieRule.EARLIER.value in round_.tie_order:
        for entry_id, total in _earlier(round_).items():
            found[entry_id] = replace(found.get(entry_id, Facts()), earlier=total)
    return found


def _points(row: Adjustment) -> Points:
    kind = AdjustmentKind.BONUS if row.points > 0 else AdjustmentKind.PENALTY
    return Points(kind, abs(row.points), row.reason)


def _earlier(round_: Round) -> dict[uuid.UUID, Decimal]:
    """Each entry's published total in the latest round before this one that it was ranked in."""
    query = (
        select(Standing.entry_id, Standing.total)
        .join(Standing.round)
        .where(
            Round.competition_id == round_.competition_id,
            Round.position < round_.position,
            Round.state == RoundState.PUBLISHED,
            Standing.total.is_not(None),
        )
        .order_by(Round.position)
    )
    return {entry_id: Decimal(total or 0) for entry_id, total in db.session.execute(query)}
