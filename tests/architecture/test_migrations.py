"""The schema and the models are one, and every step can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, text

from eventhub.app import create_app
from eventhub.db import db

CHECKS = text(
    "SELECT conrelid::regclass::text AS source, conname FROM pg_constraint c"
    " JOIN pg_class t ON t.oid = conrelid"
    " WHERE contype = 'c' AND relname NOT LIKE 'procrastinate%'"
)
EXCLUSIONS = text("SELECT conname FROM pg_constraint WHERE contype = 'x'")
OBJECTS = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'v', 'S') AND relname NOT LIKE 'alembic%'"
    " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')"
    " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
)


@pytest.fixture
def empty_app(databases, template):
    """An application on a migrated database of its own."""
    with databases.fresh_database(template) as url:
        app = create_app({"SQLALCHEMY_DATABASE_URI": url})
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def kept(name: str | None, kind: str, _parents: Any) -> bool:
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def test_models_equal_the_schema(empty_app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": kept}
        )
        differences = compare_metadata(context, db.metadata)
        present = {(row.source, row.conname) for row in connection.execute(CHECKS)}

    assert differences == []
    wanted = {
        (table.name, db.engine.dialect.identifier_preparer.format_constraint(c).strip('"'))
        for table in db.metadata.tables.values()
        for c in table.constraints
        if isinstance(c, CheckConstraint)
    }
    assert present == wanted


def test_a_room_holds_one_team_at_a_time_by_the_database(empty_app):
    with db.engine.connect() as connection:
        assert "ex_slots_room_time" in connection.scalars(EXCLUSIONS).all()


def test_up_down_up(empty_app):
    db.engine.dispose()

    downgrade(revision="base")
    with db.engine.connect() as connection:
        assert connection.scalars(OBJECTS).all() == []

    upgrade()
    with db.engine.connect() as connection:
        assert "entries" in connection.scalars(OBJECTS).all()
