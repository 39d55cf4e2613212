"""How Alembic reaches the database: through the running application, or a given connection."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from eventhub.db import Encrypted, EncryptedJson, Points, UtcDateTime

database = current_app.extensions["migrate"].db


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave the queue's own tables out of every comparison: their SQL is procrastinate's."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def render_item(kind: str, thing: Any, _context: Any) -> str | bool:
    """Write the house's column types as what they are in the database, the same for ever."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Points):
        return "sa.Integer()"
    if kind == "type" and isinstance(thing, Encrypted | EncryptedJson):
        return "sa.Text()"
    return False


def run(connection: Connection) -> None:
    """Migrate over a connection, each revision in the one transaction."""
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        include_name=include_name,
        compare_type=True,
        compare_server_default=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with database.engine.connect() as fresh:
        run(fresh)
        fresh.commit()
