"""What deeds were done to, by name; the slices whose rows they are know, and stand above.

A slice calls ``name_by`` in its ``register(app)``.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from flask import Flask, current_app

from eventhub.audit.models import AuditEntry

Namer = Callable[[Collection[uuid.UUID]], dict[uuid.UUID, str]]


def name_by(app: Flask, table: str, namer: Namer) -> None:
    """Say how rows of a table are called; ``namer`` asks the database once for all of them."""
    app.extensions.setdefault("audit_namers", {})[table] = namer


def names_of(deeds: Iterable[AuditEntry]) -> dict[uuid.UUID, str]:
    """Subject to name; what is gone, or of a table that nobody names, is left out."""
    namers: dict[str, Namer] = current_app.extensions.get("audit_namers", {})
    asked: defaultdict[str, set[uuid.UUID]] = defaultdict(set)
    for deed in deeds:
        asked[deed.subject_type].add(deed.subject_id)
    found: dict[uuid.UUID, str] = {}
    for table, ids in asked.items():
        if table in namers:
            found |= namers[table](ids)
    return found
