"""Proving the log from the command line."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import func, select

from eventhub.audit import service
from eventhub.audit.models import AuditEntry
from eventhub.db import db

group = AppGroup("audit", help="The log of deeds.")


@group.command("verify")
def verify() -> None:
    """Recompute the chain from its start; exit 1 where it breaks."""
    rows = db.session.scalars(
        select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=500)
    )
    broken = service.first_break(rows)
    if broken is not None:
        raise click.ClickException(f"the chain breaks at entry {broken}")
    count = db.session.scalar(select(func.count()).select_from(AuditEntry))
    click.echo(f"{count} entries, unbroken")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
