"""Whose name stays public after they have gone: those whom an award or a certificate names."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from flask import Flask
from sqlalchemy import or_, select

from eventhub.db import db
from eventhub.entries.personal_data import keep_names_by
from eventhub.outcomes.enums import ProposalState
from eventhub.outcomes.models import Award, Awarding, Certificate


def _named(entry_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these entries won something that stands, or hold a certificate."""
    won = Award.level_id.is_not(None) & (Awarding.state == ProposalState.CONFIRMED)
    certified = select(Certificate.award_id).where(Certificate.revoked_at.is_(None))
    query = (
        select(Award.entry_id)
        .join(Award.awarding)
        .where(Award.entry_id.in_(entry_ids), or_(won, Award.id.in_(certified)))
    )
    return {*db.session.scalars(query)}


def register(app: Flask) -> None:
    """Keep their names."""
    keep_names_by(app, _named)
