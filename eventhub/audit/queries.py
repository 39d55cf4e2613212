"""Reads of the log."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from eventhub.audit.models import AuditEntry
from eventhub.db import db


def select_log(
    *, circle_id: uuid.UUID | None = None, subject_id: uuid.UUID | None = None
) -> Select[AuditEntry]:
    """Deeds, newest first, of a circle or of one subject; the caller pages."""
    query = select(AuditEntry).options(joinedload(AuditEntry.actor))
    if circle_id is not None:
        query = query.where(AuditEntry.circle_id == circle_id)
    if subject_id is not None:
        query = query.where(AuditEntry.subject_id == subject_id)
    return query.order_by(AuditEntry.seq.desc())


def select_log_of(
    circle_ids: Iterable[uuid.UUID], *, area: str = "", subject_id: uuid.UUID | None = None
) -> Select[AuditEntry]:
    """Deeds in these circles, newest first; the caller pages.

    ``area`` is the first word of the action: ``entry`` finds ``entry.submitted``.
    """
    query = select_log(subject_id=subject_id).where(AuditEntry.circle_id.in_([*circle_ids]))
    if area:
        query = query.where(AuditEntry.action.startswith(f"{area}.", autoescape=True))
    return query


def list_recent(subject_id: uuid.UUID, *, limit: int) -> Sequence[AuditEntry]:
    """The last deeds done to one subject, newest first."""
    return db.session.scalars(select_log(subject_id=subject_id).limit(limit)).all()


def list_deeds(
    action: str, subject_ids: Collection[uuid.UUID], *, of: str, since: datetime
) -> Sequence[AuditEntry]:
    """One kind of deed done to any of these subjects of the table ``of`` since a moment."""
    query = (
        select(AuditEntry)
        .where(
            AuditEntry.action == action,
            AuditEntry.subject_type == of,
            AuditEntry.subject_id.in_([*subject_ids]),
            AuditEntry.at > since,
        )
        .order_by(AuditEntry.seq.desc())
    )
    return db.session.scalars(query).all()


def find_hash(action: str, subject_id: uuid.UUID) -> str | None:
    """The hash of the last such deed done to a subject: known to nobody before it was done."""
    query = (
        select(AuditEntry.hash)
        .where(AuditEntry.subject_id == subject_id, AuditEntry.action == action)
        .order_by(AuditEntry.seq.desc())
        .limit(1)
    )
    return db.session.scalar(query)
