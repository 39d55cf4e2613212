"""Making a competition from a template, changing it, and the states it goes through."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions import catalogue, queries
from eventhub.competitions.catalogue import ContestTemplate, GroupTemplate
from eventhub.competitions.enums import COMPETITION_TRANSITIONS, CompetitionState, RoundState
from eventhub.competitions.errors import (
    CompetitionFinishedError,
    CompetitionStateError,
    CompetitionTimesError,
    EntriesNotDatedError,
    EntriesOverError,
    EntryWindowError,
    NoGroupsError,
    RoundsUnfinishedError,
    UnknownTemplateError,
)
from eventhub.competitions.models import Competition, Group
from eventhub.competitions.permissions import can_manage
from eventhub.competitions.service.rounds import first_round_of
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError
from eventhub.events import service as events
from eventhub.events.enums import EventKind, HostRole

log = logging.getLogger(__name__)


def create_from_template(
    template_key: str,
    *,
    circle_id: uuid.UUID,
    title: str,
    edition: str,
    entries_open_at: datetime | None,
    entries_close_at: datetime | None,
    starts_at: datetime,
    ends_at: datetime,
    venue: str,
    by: Person,
    group_keys: Sequence[str] | None = None,
    round_name: str | None = None,
    theme: str | None = None,
    address: str = "",
    summary: str = "",
    description: str = "",
    timezone: str = "Asia/Shanghai",
    co_hosts: Sequence[tuple[uuid.UUID, HostRole]] = (),
) -> Competition:
    """Make a draft competition: its event, groups, first round, rubrics and documents.

    ``group_keys`` None takes every group of the template. ``round_name`` and ``theme`` None take
    the template's. Everything may be changed afterwards.

    Raises:
        UnknownTemplateError: no such template.
        NoGroupsError: no group of the template was named.
        EntryWindowError, CompetitionTimesError: the times contradict each other.
        ForbiddenError: ``by`` does not organise for the circle.

    """
    template = catalogue.find_template(template_key)
    if template is None:
        raise UnknownTemplateError
    chosen = [g for g in template.groups if group_keys is None or g.key in group_keys]
    if not chosen:
        raise NoGroupsError
    _check_times(entries_open_at, entries_close_at, starts_at, ends_at)
    with transaction():
        event = events.create_event(
            circle_id=circle_id,
            kind=EventKind.CONTEST,
            title=title,
            starts_at=starts_at,
            ends_at=ends_at,
            venue=venue,
            address=address,
            summary=summary,
            description=description,
            timezone=timezone,
            co_hosts=co_hosts,
            by=by,
        )
        competition = Competition(
            event=event,
            template_key=template.key,
            edition=edition,
            theme=template.theme if theme is None else theme,
            source=template.source_text(template.facts["source"]),
            rules=_competition_rules(template),
            entries_open_at=entries_open_at,
            entries_close_at=entries_close_at,
        )
        competition.groups = [
            _group(template, group, position) for position, group in enumerate(chosen)
        ]
        competition.rounds = [first_round_of(template, competition.groups, name=round_name)]
        db.session.add(competition)
        db.session.flush()
        record(
            "created",
            competition,
            by,
            after={"template": template.key, "groups": [group.key for group in chosen]},
        )
    log.info("competition created", extra={"competition_id": str(competition.id)})
    return competition


def _competition_rules(template: ContestTemplate) -> dict[str, Any]:
    facts = template.facts
    return {
        "rules": template.rules(facts["rules"]),
        "dates": template.rules(facts["dates"]),
        "notes": facts["notes"],
        "organisers": facts["organisers"],
        "site": facts["site"],
    }


def _group(template: ContestTemplate, group: GroupTemplate, position: int) -> Group:
    facts = group.facts
    return Group(
        key=group.key,
        track_name=group.track_name,
        name=group.name,
        categories=list(group.categories),
        member_min=facts["member_min"],
        member_max=facts["member_max"],
        adviser_min=facts["adviser_min"],
        adviser_max=facts["adviser_max"],
        rules={
            "rules": template.rules(facts["rules"]),
            "born_on_or_after": facts["born_on_or_after"],
            "company": facts["company"],
        },
        position=position,
    )


def _check_times(
    entries_open_at: datetime | None,
    entries_close_at: datetime | None,
    starts_at: datetime,
    ends_at: datetime,
) -> None:
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
    _check_times(entries_open_at, entries_close_at, starts_at, ends_at)
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
        ForbiddenError: ``by`` does not run it.
        RoundsUnfinishedError: a round's results are not published, or none ever were.
        CompetitionStateError: its entries are not closed.

    """
    with transaction():
        competition = get_managed(competition_id, by)
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
