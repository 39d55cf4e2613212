"""Reads of files."""

from __future__ import annotations

from sqlalchemy import func, select

from eventhub.db import db
from eventhub.files.models import StoredFile


def list_contents() -> dict[str, int]:
    """Every content that a row names, by its sha-256, with its size."""
    query = select(StoredFile.sha256, func.max(StoredFile.size)).group_by(StoredFile.sha256)
    return {row[0]: row[1] for row in db.session.execute(query.order_by(StoredFile.sha256))}
