"""Rules that an organiser sets aside for one entry."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.competitions.conditions import describe, list_rules, settled_kinds
from eventhub.db import db, transaction
from eventhub.domain.eligibility import Rule, RuleKind
from eventhub.entries import queries
from eventhub.entries.errors import (
    AlreadyWaivedError,
    RuleKeptError,
    RuleUnknownError,
    TextTooLongError,
    WaiverReasonError,
)
from eventhub.entries.models import REASON_MAX, Entry, Waiver
from eventhub.entries.permissions import can_review
from eventhub.entries.service.searching import look_again
from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.i18n import _

STANDING = "uq_waivers_standing"


def list_waivable(entry: Entry) -> Sequence[Rule]:
    """The rules of the entry's group that can be set aside and are not yet."""
    waived = {waiver.rule_key for waiver in list_standing(entry)}
    kept = _kept(entry)
    return [
        rule
        for rule in list_rules(entry.group)
        if rule.kind is not RuleKind.NOTICE and rule.kind not in kept and rule.key not in waived
    ]


def list_standing(entry: Entry) -> Sequence[Waiver]:
    """The waivers that hold, oldest first."""
    return [waiver for waiver in entry.waivers if waiver.revoked_at is None]


def waives(entry: Entry, kind: RuleKind) -> bool:
    """Whether a rule of this kind is set aside for the entry."""
    waived = {waiver.rule_key for waiver in list_standing(entry)}
    return any(r.key in waived for r in list_rules(entry.group) if r.kind is kind)


def words_of(entry: Entry, rule_key: str) -> str:
    """What a waived rule asks; its key, once the rule is gone."""
    for rule in list_rules(entry.group):
        if rule.key == rule_key:
            return describe(rule)
    return rule_key


def waive_rule(entry_id: uuid.UUID, *, rule_key: str, reason: str, by: Person) -> Waiver:
    """Set a rule aside for one entry. The team reads the reason.

    Raises:
        ForbiddenError: ``by`` does not run the competition.
        RuleUnknownError: the group has no such rule.
        RuleKeptError: the database keeps this rule for everybody.
        WaiverReasonError, TextTooLongError: without a reason, or with too long a one.
        AlreadyWaivedError: it stands already.

    """
    with transaction():
        entry = queries.get_entry(entry_id, lock=True)
        if not can_review(by, entry):
            raise ForbiddenError
        rule = next((r for r in list_rules(entry.group) if r.key == rule_key), None)
        if rule is None or rule.kind is RuleKind.NOTICE:
            raise RuleUnknownError
        if rule.kind in _kept(entry):
            raise RuleKeptError
        _check_reason(reason)
        waiver = Waiver(
            entry_id=entry.id, rule_key=rule_key, reason=reason.strip(), granted_by_id=by.id
        )
        _add(waiver)
        db.session.expire(entry, ["waivers"])
        look_again(entry)
        _note("entry.rule_waived", entry, by, after={"rule": describe(rule), "reason": reason})
    return waiver


def revoke_waiver(waiver_id: uuid.UUID, *, by: Person) -> Waiver:
    """Let a rule count again. A waiver that was revoked before stays as it is.

    Raises:
        NotFoundError: no such waiver.
        ForbiddenError: ``by`` does not run the competition.

    """
    with transaction():
        waiver = db.session.get(Waiver, waiver_id)
        if waiver is None:
            raise NotFoundError
        entry = queries.get_entry(waiver.entry_id, lock=True)
        if not can_review(by, entry):
            raise ForbiddenError
        db.session.refresh(waiver)
        if waiver.revoked_at is not None:
            return waiver
        waiver.revoked_at = clock.now()
        look_again(entry)
        words = words_of(entry, waiver.rule_key)
        _note("entry.waiver_revoked", entry, by, before={"rule": words, "reason": waiver.reason})
    return waiver


def _kept(entry: Entry) -> frozenset[RuleKind]:
    return settled_kinds(entry.group) & {RuleKind.ONE_PROJECT}


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise WaiverReasonError
    if len(reason) > REASON_MAX:
        words = _("最多 %(limit)s 字，现在有 %(count)s 字。", limit=REASON_MAX, count=len(reason))
        raise TextTooLongError(words, field="reason")


def _add(waiver: Waiver) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(waiver)
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", "") != STANDING:
            raise
        raise AlreadyWaivedError from error


def _note(
    action: str,
    entry: Entry,
    by: Person,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit.record(
        action,
        entry,
        by=by,
        circle_id=entry.competition.event.circle_id,
        before=before,
        after=after,
    )
