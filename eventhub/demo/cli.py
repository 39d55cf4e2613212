"""``flask demo``: load, reset, sign-ins."""

from __future__ import annotations

import json
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from eventhub.demo import service
from eventhub.errors import EventHubError

group = AppGroup("demo", help="The demonstration world.")


@group.command("load")
@click.option("--if-empty", is_flag=True, help="Do nothing when there is data already.")
def load(if_empty: bool) -> None:
    """Build the world in an empty database."""
    if if_empty and not service.is_empty():
        return
    _run(service.load)


@group.command("reset")
@click.confirmation_option(prompt="This empties the whole database. Go on?")
def reset() -> None:
    """Empty the database and build the world anew."""
    _run(service.reset)


def _run(use_case: Any) -> None:
    try:
        use_case()
    except EventHubError as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal.message}") from refusal
    click.echo("the demonstration world is there")


@group.command("sign-ins")
@click.option("--json", "as_json", is_flag=True)
def sign_ins(as_json: bool) -> None:
    """List one person a role, with the password."""
    rows = _rows()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['role']}\t{row['name']}\t{row['email']}\t{row['password']}")


def _rows() -> list[dict[str, str]]:
    return [
        {
            "role": str(sign_in.role),
            "label": str(sign_in.role),
            "name": name,
            "email": sign_in.email,
            "password": sign_in.password,
            "path": sign_in.path,
        }
        for sign_in, name in service.list_sign_ins()
    ]


def register(app: Flask) -> None:
    """Add the commands; tell the sign-in page whom it may offer."""
    app.cli.add_command(group)
    app.extensions["demo_sign_ins"] = _rows
