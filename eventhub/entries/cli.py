"""What an administrator does with entries by hand."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from eventhub.entries.service import searching

group = AppGroup("entries", help="Entries of competitions.")


@group.command("reindex")
def reindex() -> None:
    """Write anew what every entry is found by; after a change of schools' names or of rules."""
    click.echo(f"{searching.refresh_all()} entries can be found anew")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
