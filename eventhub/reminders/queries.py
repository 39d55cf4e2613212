"""What is due, what is planned, and what went out: always computed from the present."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, exists, func, select, type_coerce, union_all
from sqlalchemy.orm import contains_eager, joinedload

from eventhub.accounts.models import Person
from eventhub.competitions.enums import CompetitionState
from eventhub.competitions.models import Competition, Round
from eventhub.db import UtcDateTime, db
from eventhub.entries.enums import EDITABLE, EntryState
from eventhub.entries.models import Entry
from eventhub.errors import NotFoundError
from eventhub.events.enums import EventState
from eventhub.events.models import Event
from eventhub.notifications.enums import DeliveryState
from eventhub.notifications.models import Delivery
from eventhub.reminders.enums import Anchor
from eventhub.reminders.models import ReminderRule, ReminderSent
from eventhub.roadshows.enums import PUBLISHED
from eventhub.roadshows.models import Roadshow, Slot
from eventhub.web.paging import PER_PAGE, Page


@dataclass(frozen=True)
class Pending:
    """A reminder that has not gone out: by which rule, about what, and when, as things stand.

    ``due_at`` is ``anchored_at`` less the rule's lead; it may have passed. ``occasion_id`` as
    in ReminderSent. Someone without an address cannot be reminded.
    """

    rule_id: uuid.UUID
    anchor: Anchor
    occasion_id: uuid.UUID
    entry_id: uuid.UUID
    recipient_id: uuid.UUID
    anchored_at: datetime
    due_at: datetime
    has_address: bool


@dataclass(frozen=True)
class Planned:
    """A pending reminder with what a page shows of it."""

    pending: Pending
    rule: ReminderRule
    entry: Entry
    slot: Slot | None


def get_rule(rule_id: uuid.UUID, *, lock: bool = False) -> ReminderRule:
    """One rule with its competition and event.

    Raises:
        NotFoundError: no such rule.

    """
    query = select(ReminderRule).where(ReminderRule.id == rule_id).options(*_COMPETITION)
    if lock:
        query = query.with_for_update(of=ReminderRule).execution_options(populate_existing=True)
    rule = db.session.scalars(query).one_or_none()
    if rule is None:
        raise NotFoundError
    return rule


_COMPETITION = (
    joinedload(ReminderRule.competition, innerjoin=True)
    .joinedload(Competition.event, innerjoin=True)
    .joinedload(Event.circle, innerjoin=True),
)


def list_rules(competition_id: uuid.UUID) -> Sequence[ReminderRule]:
    """A competition's rules: deadlines before slots, the longest lead first."""
    query = (
        select(ReminderRule)
        .where(ReminderRule.competition_id == competition_id)
        .order_by(ReminderRule.anchor, ReminderRule.lead.desc())
    )
    return db.session.scalars(query).all()


def list_due(now: datetime, *, limit: int) -> list[Pending]:
    """What shall go out now, the most urgent appointment first."""
    pending = _pending(now)
    query = (
        select(pending)
        .where(pending.c.due_at <= now, pending.c.has_address)
        .order_by(pending.c.anchored_at, pending.c.entry_id)
        .limit(limit)
    )
    return _fetch(query)


def list_until(until: datetime, *, now: datetime, limit: int) -> list[Planned]:
    """What goes out until a moment, as things stand: what is due now included."""
    pending = _pending(now)
    query = (
        select(pending)
        .where(pending.c.due_at <= until)
        .order_by(pending.c.due_at, pending.c.anchored_at, pending.c.entry_id)
        .limit(limit)
    )
    return _load(_fetch(query))


def hold(pending: Pending, *, now: datetime) -> Pending | None:
    """The same reminder as it stands now, None when it is not due any more.

    Until the transaction ends neither the team nor the timetable or deadline can change, so
    that nobody is told of a time that has just been given up.
    """
    entry = select(Entry.id).where(Entry.id == pending.entry_id).with_for_update(read=True)
    db.session.execute(entry)
    anchored: type[Roadshow | Competition] = (
        Roadshow if pending.anchor is Anchor.SLOT else Competition
    )
    held = select(anchored.id).where(anchored.id == pending.occasion_id)
    db.session.execute(held.with_for_update(read=True))
    present = _pending(now)
    query = select(present).where(
        present.c.rule_id == pending.rule_id,
        present.c.occasion_id == pending.occasion_id,
        present.c.entry_id == pending.entry_id,
        present.c.due_at <= now,
        present.c.has_address,
    )
    return next(iter(_fetch(query)), None)


def page_planned(competition_id: uuid.UUID, *, now: datetime, page: int) -> Page[Planned]:
    """What one competition's rules will send, soonest first: a fixed number of statements."""
    pending = _pending(now, competition_id)
    total = db.session.scalar(select(func.count()).select_from(pending)) or 0
    page = min(page, max(1, -(-total // PER_PAGE)))
    query = (
        select(pending)
        .order_by(pending.c.due_at, pending.c.anchored_at, pending.c.entry_id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    return Page(_load(_fetch(query)), page, PER_PAGE, total)


def count_planned(competition_id: uuid.UUID, *, now: datetime) -> dict[uuid.UUID, int]:
    """How many messages each rule still has to send; rules without any are left out."""
    pending = _pending(now, competition_id)
    query = select(pending.c.rule_id, func.count()).group_by(pending.c.rule_id)
    return dict(db.session.execute(query).all())


def select_sent(
    competition_id: uuid.UUID, *, state: DeliveryState | None = None
) -> Select[ReminderSent]:
    """What went out for a competition, newest first; the caller pages."""
    query = (
        select(ReminderSent)
        .join(ReminderSent.rule)
        .join(ReminderSent.delivery)
        .where(ReminderRule.competition_id == competition_id)
        .options(
            contains_eager(ReminderSent.rule),
            contains_eager(ReminderSent.delivery),
            joinedload(ReminderSent.entry, innerjoin=True),
        )
        .order_by(ReminderSent.created_at.desc(), ReminderSent.id)
    )
    return query if state is None else query.where(Delivery.state == state)


def count_sent(competition_id: uuid.UUID) -> dict[uuid.UUID, dict[DeliveryState, int]]:
    """How many messages each rule has sent, and how far they got."""
    query = (
        select(ReminderSent.rule_id, Delivery.state, func.count())
        .join(ReminderSent.rule)
        .join(ReminderSent.delivery)
        .where(ReminderRule.competition_id == competition_id)
        .group_by(ReminderSent.rule_id, Delivery.state)
    )
    found: dict[uuid.UUID, dict[DeliveryState, int]] = {}
    for rule_id, state, count in db.session.execute(query):
        found.setdefault(rule_id, {})[state] = count
    return found


def _pending(now: datetime, competition_id: uuid.UUID | None = None) -> Subquery:
    return union_all(_slots(now, competition_id), _deadlines(now, competition_id)).subquery()


def _slots(now: datetime, competition_id: uuid.UUID | None) -> Select[Any]:
    """By published timetables, the teams that appear after this moment."""
    query = (
        select(*_columns(Roadshow.id, Slot.starts_at))
        .join(Competition, Competition.id == ReminderRule.competition_id)
        .join(Event, Event.id == Competition.event_id)
        .join(Round, Round.competition_id == Competition.id)
        .join(Roadshow, Roadshow.round_id == Round.id)
        .join(Slot, Slot.roadshow_id == Roadshow.id)
        .join(Entry, Entry.id == Slot.entry_id)
        .join(Person, Person.id == Entry.captain_id)
        .where(
            ReminderRule.anchor == Anchor.SLOT,
            Roadshow.state.in_(PUBLISHED),
            Entry.state != EntryState.WITHDRAWN,
            Slot.starts_at > now,
        )
    )
    return _wanted(query, Roadshow.id, competition_id)


def _deadlines(now: datetime, competition_id: uuid.UUID | None) -> Select[Any]:
    """The teams that can still hand in, and have not."""
    query = (
        select(*_columns(Competition.id, Competition.entries_close_at))
        .join(Competition, Competition.id == ReminderRule.competition_id)
        .join(Event, Event.id == Competition.event_id)
        .join(Entry, Entry.competition_id == Competition.id)
        .join(Person, Person.id == Entry.captain_id)
        .where(
            ReminderRule.anchor == Anchor.ENTRY_DEADLINE,
            Competition.state == CompetitionState.OPEN,
            Competition.entries_close_at > now,
            Entry.state.in_(EDITABLE),
        )
    )
    return _wanted(query, Competition.id, competition_id)


def _columns(occasion: Any, anchored_at: Any) -> Iterable[ColumnElement[Any]]:
    return (
        ReminderRule.id.label("rule_id"),
        ReminderRule.anchor.label("anchor"),
        occasion.label("occasion_id"),
        Entry.id.label("entry_id"),
        Person.id.label("recipient_id"),
        anchored_at.label("anchored_at"),
        type_coerce(anchored_at - ReminderRule.lead, UtcDateTime).label("due_at"),
        Person.email.is_not(None).label("has_address"),
    )


def _wanted(query: Select[Any], occasion: Any, competition_id: uuid.UUID | None) -> Select[Any]:
    """Only rules that are on, events that take place, and what has not been sent."""
    sent = exists().where(
        ReminderSent.rule_id == ReminderRule.id,
        ReminderSent.occasion_id == occasion,
        ReminderSent.entry_id == Entry.id,
        ReminderSent.recipient_id == Person.id,
    )
    query = query.where(ReminderRule.is_active, Event.state == EventState.PUBLISHED, ~sent)
    if competition_id is not None:
        query = query.where(ReminderRule.competition_id == competition_id)
    return query


def _fetch(query: Select[Any]) -> list[Pending]:
    return [Pending(**row) for row in db.session.execute(query).mappings()]


def _load(found: Sequence[Pending]) -> list[Planned]:
    """The rows that these name: three statements, whatever their number."""
    rule_query = select(ReminderRule).where(ReminderRule.id.in_({p.rule_id for p in found}))
    rules = {rule.id: rule for rule in db.session.scalars(rule_query.options(*_COMPETITION))}
    entry_query = select(Entry).where(Entry.id.in_({p.entry_id for p in found}))
    entries = {
        entry.id: entry
        for entry in db.session.scalars(
            entry_query.options(joinedload(Entry.captain, innerjoin=True))
        )
    }
    slot_query = select(Slot).where(
        Slot.roadshow_id.in_({p.occasion_id for p in found if p.anchor is Anchor.SLOT}),
        Slot.entry_id.in_({p.entry_id for p in found}),
    )
    slots = {
        (slot.roadshow_id, slot.entry_id): slot
        for slot in db.session.scalars(
            slot_query.options(
                joinedload(Slot.room, innerjoin=True), joinedload(Slot.roadshow, innerjoin=True)
            )
        )
    }
    return [
        Planned(p, rules[p.rule_id], entries[p.entry_id], slots.get((p.occasion_id, p.entry_id)))
        for p in found
    ]
