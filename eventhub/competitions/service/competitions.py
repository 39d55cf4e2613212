"""Changing a competition, and the states it goes through."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions import queries
from eventhub.competitions.enums import COMPETITION_TRANSITIONS, CompetitionState, RoundState
from eventhub.competitions.errors import (
    CompetitionFinishedError,
    CompetitionStateError,
    CompetitionTimesError,
    EntriesNotDatedError,
    EntriesOverError,
    EntryWindowError,
    RoundsUnfinishedError,
)
from eventhub.competitions.models import Competition
from eventhub.competitions.permissions import can_manage, can_own
from eventhub.db import transaction
from eventhub.errors import ForbiddenError
from eventhub.events import service as events

log = logging.getLogger(__name__)


def check_times(
    entries_open_at: datetime | None,
    entries_close_at: datetime | None,
    starts_at: datetime,
    ends_at: datetime,
) -> None:
    """Refuse times that contradict each other.

    Raises:
        EntryWindowError, CompetitionTimesError: they do.

    """
    if entries_open_at and entries_close_at and entries_close_at <= entries_open_at:
        raise EntryWindowError
    if ends_at <= starts_at:
        raise CompetitionTimesError


def update_competition(
    competition_id: uuid.UUID,
    *,
    title: str,
    edition: str,
    theme: str,
    summary: str,
    description: str,
    venue: str,
    address: str,
    starts_at: datetime,
    ends_at: datetime,
    entries_open_at: datetime | None,
    entries_close_at: datetime | None,
    by: Person,
) -> Competition:
    """Change what people read of a competition and its dates.

    Raises:
        ForbiddenError: ``by`` does not run it.
        CompetitionFinishedError: it is over.
        EntriesNotDatedError: it is announced, and a date of its entries would be missing.
        EntryWindowError, CompetitionTimesError: the times contradict each other.

    """
    check_times(entries_open_at, entries_close_at, starts_at, ends_at)
    with transaction():
        competition = get_managed(competition_id, by)
        if competition.state is CompetitionState.FINISHED:
            raise CompetitionFinishedError
        is_dated = entries_open_at is not None and entries_close_at is not None
        if competition.state is not CompetitionState.DRAFT and not is_dated:
            raise EntriesNotDatedError
        events.update_event(
            competition.event_id,
            by=by,
            title=title,
            summary=summary,
            description=description,
            venue=venue,
            address=address,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        wanted = {
            "edition": edition,
            "theme": theme,
            "entries_open_at": entries_open_at,
            "entries_close_at": entries_close_at,
            "edition_key": _edition_key(competition, edition),
        }
        before = {
            k: getattr(competition, k) for k in wanted if getattr(competition, k) != wanted[k]
        }
        for name in before:
            setattr(competition, name, wanted[name])
        if before:
            after = {name: wanted[name] for name in before}
            record("changed", competition, by, before=_plain(before), after=_plain(after))
    return competition


def _edition_key(competition: Competition, edition: str) -> str:
    """The key of the edition: as long as it is a draft and nobody chose one, it follows."""
    template = queries.template_of(competition)
    is_usual = template and competition.edition_key == template.edition_key(competition.edition)
    if template is None or not is_usual or competition.state is not CompetitionState.DRAFT:
        return competition.edition_key
    return template.edition_key(edition)


def open_entries(competition_id: uuid.UUID, *, by: Person) -> Competition:
    """Announce the competition and take entries from its opening date on.

    Publishes the event the first time. Doing it again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not run it.
        EntriesNotDatedError, EntriesOverError: its window is missing or past.
        CompetitionStateError: it is finished.

    """
    with transaction():
        competition = get_managed(competition_id, by)
        if competition.state is CompetitionState.OPEN:
            return competition
        if competition.entries_open_at is None or competition.entries_close_at is None:
            raise EntriesNotDatedError
        if competition.entries_close_at <= clock.now():
            raise EntriesOverError
        events.publish_event(competition.event_id, by=by)
        _move(competition, CompetitionState.OPEN, by)
    return competition


def close_entries(competition_id: uuid.UUID, *, by: Person) -> Competition:
    """Take no more entries and no more changes to them. Again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not run it.
        CompetitionStateError: it never opened, or it is finished.

    """
    with transaction():
        competition = get_managed(competition_id, by)
        if competition.state is not CompetitionState.CLOSED:
            _move(competition, CompetitionState.CLOSED, by)
    return competition


def finish(competition_id: uuid.UUID, *, by: Person) -> Competition:
    """Make the competition a record. Again changes nothing.

    Raises:
        ForbiddenError: ``by`` does not organise for the circle that owns it.
        RoundsUnfinishedError: a round's results are not published, or none ever were.
        CompetitionStateError: its entries are not closed.

    """
    with transaction():
        competition = get_managed(competition_id, by)
        if not can_own(by, competition):
            raise ForbiddenError
        if competition.state is CompetitionState.FINISHED:
            return competition
        states = [round_.state for round_ in competition.rounds]
        if set(states) != {RoundState.PUBLISHED}:
            raise RoundsUnfinishedError
        _move(competition, CompetitionState.FINISHED, by)
    return competition


def get_managed(competition_id: uuid.UUID, by: Person) -> Competition:
    """The competition, its row held.

    Raises:
        ForbiddenError: ``by`` does not run it.

    """
    competition = queries.get_competition(competition_id, lock=True)
    if not can_manage(by, competition):
        raise ForbiddenError
    return competition


def _move(competition: Competition, to: CompetitionState, by: Person) -> None:
    """The one function that changes a competition's state."""
    if to not in COMPETITION_TRANSITIONS[competition.state]:
        raise CompetitionStateError
    before, competition.state = competition.state, to
    record(to.value, competition, by, before={"state": before.value}, after={"state": to.value})
    log.info("competition moved", extra={"competition_id": str(competition.id), "state": to.value})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


def record(
    action: str,
    competition: Competition,
    by: Person,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Note what was done to a competition."""
    audit.record(
        f"competition.{action}",
        competition,
        by=by,
        circle_id=competition.event.circle_id,
        before=before,
        after=after,
    )
