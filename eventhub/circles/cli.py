"""Loading the reference data."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from eventhub.circles import reference

group = AppGroup("circles", help="Circles, universities, bureaus.")


@group.command("load")
def load() -> None:
    """Enter the universities, circles and bureaus of Chongqing that are not there yet."""
    universities, circles = reference.load_chongqing()
    click.echo(f"{universities} universities and {circles} circles added")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
