"""Reads of what was closed and published."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from eventhub.competitions.enums import RoundState
from eventhub.competitions.models import Competition, Group, Round
from eventhub.db import db
from eventhub.entries.models import Entry
from eventhub.events.enums import EventState
from eventhub.events.models import Event, EventHost
from eventhub.judging.enums import ScoresheetState
from eventhub.judging.models import Scoresheet, Standing


def list_standings(round_id: uuid.UUID) -> Sequence[Standing]:
    """A round's standings by group and rank; those without a rank at the end of their group."""
    query = (
        select(Standing)
        .join(Standing.group)
        .join(Standing.entry)
        .where(Standing.round_id == round_id)
        .options(
            joinedload(Standing.group),
            joinedload(Standing.entry).options(
                joinedload(Entry.university), joinedload(Entry.captain)
            ),
        )
        .order_by(
            Group.position, Standing.rank.is_(None), Standing.rank, Standing.is_vetoed, Entry.code
        )
    )
    return db.session.scalars(query).unique().all()


def by_group(standings: Sequence[Standing]) -> list[tuple[Group, list[Standing]]]:
    """Standings under their groups, both in their order."""
    found: dict[uuid.UUID, tuple[Group, list[Standing]]] = {}
    for standing in standings:
        found.setdefault(standing.group_id, (standing.group, []))[1].append(standing)
    return list(found.values())


def list_recently_published(*, limit: int, circle_id: uuid.UUID | None = None) -> Sequence[Round]:
    """The rounds whose results came out last, with competition, event and circle.

    ``circle_id``: only those of events that this circle runs or hosts with others.
    """
    query = (
        select(Round)
        .join(Round.competition)
        .join(Competition.event)
        .where(Round.state == RoundState.PUBLISHED, Event.state == EventState.PUBLISHED)
        .options(
            contains_eager(Round.competition)
            .contains_eager(Competition.event)
            .joinedload(Event.circle)
        )
        .order_by(Round.published_at.desc(), Round.id)
        .limit(limit)
    )
    if circle_id is not None:
        query = query.where(Event.hosts.any(EventHost.circle_id == circle_id))
    return db.session.scalars(query).all()


def find_latest_standing(entry_id: uuid.UUID) -> Standing | None:
    """An entry's standing in the latest published round, with round and event."""
    query = (
        select(Standing)
        .join(Standing.round)
        .where(Standing.entry_id == entry_id, Round.state == RoundState.PUBLISHED)
        .options(
            joinedload(Standing.group),
            joinedload(Standing.round).joinedload(Round.competition).joinedload(Competition.event),
        )
        .order_by(Round.position.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def list_feedback(standing: Standing) -> Sequence[str]:
    """What judges wrote for the team, unsigned and in an order that names no one."""
    query = (
        select(Scoresheet.feedback)
        .where(
            Scoresheet.round_id == standing.round_id,
            Scoresheet.entry_id == standing.entry_id,
            Scoresheet.state == ScoresheetState.SUBMITTED,
            Scoresheet.feedback != "",
        )
        .order_by(func.md5(Scoresheet.feedback))
    )
    return db.session.scalars(query).all()


def list_results_of_captain(person_id: uuid.UUID, *, limit: int = 5) -> Sequence[Standing]:
    """The latest published standings of someone's own entries."""
    query = (
        select(Standing)
        .join(Standing.round)
        .join(Standing.entry)
        .where(Entry.captain_id == person_id, Round.state == RoundState.PUBLISHED)
        .options(
            joinedload(Standing.entry),
            joinedload(Standing.group),
            joinedload(Standing.round)
            .joinedload(Round.competition)
            .joinedload(Competition.event)
            .joinedload(Event.circle),
        )
        .order_by(Round.published_at.desc())
        .limit(limit)
    )
    return db.session.scalars(query).unique().all()
