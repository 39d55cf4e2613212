"""Whether the schema is up to date, without loading the application."""

from __future__ import annotations

import ast
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url


def heads(versions: Path) -> set[str]:
    """The revisions that no other one builds on, read from the files' assignments."""
    known: set[str] = set()
    built_on: set[str] = set()
    for path in versions.glob("*.py"):
        values = _assignments(ast.parse(path.read_text(encoding="utf-8")))
        known.add(str(values["revision"]))
        below = values.get("down_revision")
        built_on.update([below] if isinstance(below, str) else below or ())
    return known - built_on


def _assignments(module: ast.Module) -> dict[str, str | tuple[str, ...] | None]:
    found = {}
    for line in module.body:
        if not isinstance(line, ast.Assign | ast.AnnAssign) or line.value is None:
            continue
        target = line.target if isinstance(line, ast.AnnAssign) else line.targets[0]
        if isinstance(target, ast.Name) and target.id in {"revision", "down_revision"}:
            found[target.id] = ast.literal_eval(line.value)
    return found


def is_migrated(url: str, versions: Path) -> bool:
    """Whether the database stands at the newest revision.

    Raises:
        psycopg.OperationalError: no database answers at this address.
    """
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, connect_timeout=10) as connection:
        try:
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except psycopg.errors.UndefinedTable:
            return False
    return {str(row[0]) for row in rows} == heads(versions)
