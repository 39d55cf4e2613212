"""The places where people are checked in."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from eventhub.accounts.models import Person
from eventhub.audit import service as audit
from eventhub.checkin import queries
from eventhub.checkin.errors import (
    CheckpointNameTakenError,
    CheckpointUsedError,
    CheckpointWindowError,
)
from eventhub.checkin.models import LEAD, Checkpoint, Scan
from eventhub.db import db, transaction
from eventhub.errors import ForbiddenError
from eventhub.events.permissions import can_manage_event
from eventhub.events.queries import get_event
from eventhub.i18n import _


def add_checkpoint(
    event_id: uuid.UUID,
    *,
    name: str,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    by: Person,
) -> Checkpoint:
    """Open a place where people of an event are checked in; see ``Checkpoint`` for its window.

    Raises:
        NotFoundError: no such event.
        ForbiddenError: ``by`` does not organise the event.
        CheckpointWindowError: it would close before it opens.
        CheckpointNameTakenError: the event has one of this name.

    """
    with transaction():
        event = get_event(event_id, lock=True)
        if not can_manage_event(by, event):
            raise ForbiddenError
        checkpoint = Checkpoint(event=event, name=name, opens_at=opens_at, closes_at=closes_at)
        _check(checkpoint)
        db.session.add(checkpoint)
        db.session.flush()
        audit.record(
            "checkpoint.added",
            checkpoint,
            by=by,
            circle_id=event.circle_id,
            after=_facts(checkpoint),
        )
    return checkpoint


def add_main_entrance(event_id: uuid.UUID, *, by: Person) -> Checkpoint:
    """Give an event its first checkpoint; an event that has one keeps it.

    Raises:
        NotFoundError, ForbiddenError: as ``add_checkpoint``.

    """
    with transaction():
        get_event(event_id, lock=True)
        present = queries.list_checkpoints([event_id])
        return present[0] if present else add_checkpoint(event_id, name=_("主入口"), by=by)


def change_checkpoint(
    checkpoint_id: uuid.UUID,
    *,
    name: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    by: Person,
) -> Checkpoint:
    """Rename a checkpoint or move its window; scans decided before stay as they are.

    Raises:
        NotFoundError, ForbiddenError, CheckpointWindowError, CheckpointNameTakenError:
            as ``add_checkpoint``.

    """
    with transaction():
        checkpoint = _get_managed(checkpoint_id, by)
        before = _facts(checkpoint)
        checkpoint.name, checkpoint.opens_at, checkpoint.closes_at = name, opens_at, closes_at
        _check(checkpoint)
        if before != _facts(checkpoint):
            audit.record(
                "checkpoint.changed",
                checkpoint,
                by=by,
                circle_id=checkpoint.event.circle_id,
                before=before,
                after=_facts(checkpoint),
            )
    return checkpoint


def remove_checkpoint(checkpoint_id: uuid.UUID, *, by: Person) -> None:
    """Take a checkpoint away that nobody has used.

    Raises:
        NotFoundError, ForbiddenError: as ``add_checkpoint``.
        CheckpointUsedError: something was scanned there.

    """
    with transaction():
        checkpoint = _get_managed(checkpoint_id, by)
        db.session.refresh(
            checkpoint, ["name"], with_for_update=True
        )  # waits for a scan on its way
        if db.session.scalar(select(exists().where(Scan.checkpoint_id == checkpoint.id))):
            raise CheckpointUsedError
        audit.record(
            "checkpoint.removed",
            checkpoint,
            by=by,
            circle_id=checkpoint.event.circle_id,
            before=_facts(checkpoint),
        )
        db.session.delete(checkpoint)


def _get_managed(checkpoint_id: uuid.UUID, by: Person) -> Checkpoint:
    checkpoint = queries.get_checkpoint(checkpoint_id)
    event = get_event(checkpoint.event_id, lock=True)  # names are checked one after the other
    if not can_manage_event(by, event):
        raise ForbiddenError
    return checkpoint


def _check(checkpoint: Checkpoint) -> None:
    opens_at = checkpoint.opens_at or checkpoint.event.starts_at - LEAD
    if opens_at >= (checkpoint.closes_at or checkpoint.event.ends_at):
        raise CheckpointWindowError
    with db.session.no_autoflush:
        namesake = select(Checkpoint.id).where(
            Checkpoint.event_id == checkpoint.event.id,
            Checkpoint.name == checkpoint.name,
            Checkpoint.id != checkpoint.id,
        )
        if db.session.scalar(namesake) is not None:
            raise CheckpointNameTakenError


def _facts(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "name": checkpoint.name,
        "opens_at": checkpoint.opens_at.isoformat() if checkpoint.opens_at else None,
        "closes_at": checkpoint.closes_at.isoformat() if checkpoint.closes_at else None,
    }
