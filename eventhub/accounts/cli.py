"""Making the first administrator."""

from __future__ import annotations

import click
from flask import Flask

from eventhub.accounts import service
from eventhub.db import transaction
from eventhub.errors import EventHubError


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(create_admin)


@click.command("create-admin")
@click.option("--name", prompt=True)
@click.option("--email", prompt=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def create_admin(name: str, email: str, password: str) -> None:
    """Make an account that runs the platform."""
    try:
        with transaction():
            service.sign_up(name, email=email, password=password).is_admin = True
    except EventHubError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"administrator {email} is there")
