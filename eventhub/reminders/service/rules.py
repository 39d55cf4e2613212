"""The rules of a competition."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit.service import record
from eventhub.competitions import queries as competition_queries
from eventhub.competitions.permissions import can_manage
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError
from eventhub.reminders import queries
from eventhub.reminders.enums import LEAD_MAX, LEAD_MIN, Anchor
from eventhub.reminders.errors import LeadOutOfRangeError, RuleUsedError
from eventhub.reminders.models import ReminderRule, ReminderSent
from eventhub.reminders.permissions import can_manage_rule

log = logging.getLogger(__name__)


def add_rule(
    competition_id: uuid.UUID, *, anchor: Anchor, lead: timedelta, by: Person
) -> ReminderRule:
    """Remind the captains of a competition, ``lead`` before the anchor.

    A rule that is there already is the same rule, and on again if it was paused.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        LeadOutOfRangeError: a lead below 10 minutes or above 60 days.

    """
    if not LEAD_MIN <= lead <= LEAD_MAX:
        raise LeadOutOfRangeError
    with transaction():
        competition = competition_queries.get_competition(competition_id)
        if not can_manage(by, competition):
            raise ForbiddenError
        values = {
            "id": uuid.uuid4(),
            "created_at": clock.now(),
            "competition_id": competition_id,
            "anchor": anchor,
            "lead": lead,
            "is_active": True,
            "created_by_id": by.id,
        }
        keys = ["competition_id", "anchor", "lead"]
        query = insert(ReminderRule).values(**values).on_conflict_do_nothing(index_elements=keys)
        made = db.session.scalar(query.returning(ReminderRule.id))
        if made is None:
            known = select(ReminderRule.id).filter_by(**{key: values[key] for key in keys})
            return resume_rule(db.session.scalars(known).one(), by=by)
        rule = queries.get_rule(made)
        _record("reminder.added", rule, by=by)
    log.info("reminder rule added", extra={"rule_id": str(rule.id)})
    return rule


def pause_rule(rule_id: uuid.UUID, *, by: Person) -> ReminderRule:
    """Send nothing by this rule until it is resumed.

    Raises:
        ForbiddenError: ``by`` does not run the competition.

    """
    return _switch(rule_id, is_active=False, by=by)


def resume_rule(rule_id: uuid.UUID, *, by: Person) -> ReminderRule:
    """Send by this rule again; what fell due meanwhile goes out, unless its time has passed.

    Raises:
        ForbiddenError: ``by`` does not run the competition.

    """
    return _switch(rule_id, is_active=True, by=by)


def remove_rule(rule_id: uuid.UUID, *, by: Person) -> None:
    """Take away a rule by which nothing was sent yet.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RuleUsedError: something was sent by it.

    """
    with transaction():
        rule = _get_for(rule_id, by=by)
        if db.session.scalar(select(exists().where(ReminderSent.rule_id == rule_id))):
            raise RuleUsedError
        _record("reminder.removed", rule, by=by)
        db.session.delete(rule)


def _switch(rule_id: uuid.UUID, *, is_active: bool, by: Person) -> ReminderRule:
    with transaction():
        rule = _get_for(rule_id, by=by)
        if rule.is_active is not is_active:
            rule.is_active = is_active
            _record("reminder.resumed" if is_active else "reminder.paused", rule, by=by)
    return rule


def _get_for(rule_id: uuid.UUID, *, by: Person) -> ReminderRule:
    rule = queries.get_rule(rule_id, lock=True)
    if not can_manage_rule(by, rule):
        raise ForbiddenError
    return rule


def _record(action: str, rule: ReminderRule, *, by: Person) -> None:
    circle_id = rule.competition.event.circle_id
    after = {"anchor": rule.anchor.value, "lead_seconds": int(rule.lead.total_seconds())}
    record(action, rule, by=by, circle_id=circle_id, after=after)
