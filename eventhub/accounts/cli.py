"""Making the first administrator, and changing the key of personal data."""

from __future__ import annotations

import click
from flask import Flask

from eventhub.accounts import rekeying, service
from eventhub.db import transaction
from eventhub.errors import EventHubError


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(create_admin)
    app.cli.add_command(reencrypt)


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


@click.command("reencrypt")
def reencrypt() -> None:
    """Write everything that is encrypted anew under the first key of DATA_KEY."""
    count = rekeying.reencrypt()
    click.echo(f"{count} rows were under an older key and are under the first one now")
