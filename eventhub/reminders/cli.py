"""Reminders at the terminal."""

from __future__ import annotations

from datetime import timedelta

import click
from flask import Flask
from flask.cli import AppGroup

from eventhub import clock
from eventhub.reminders import queries
from eventhub.reminders.enums import rule_words
from eventhub.reminders.queries import Planned
from eventhub.web.jinja import show_datetime

SHOWN_MAX = 1000

group = AppGroup("reminders", help="What is sent to whom, when.")


@group.command("due")
@click.option("--hours", default=24.0, show_default=True, help="How far to look ahead.")
def due(hours: float) -> None:
    """Print what would go out now, and what within the next hours. Sends nothing."""
    now = clock.now()
    found = queries.list_until(now + timedelta(hours=hours), now=now, limit=SHOWN_MAX)
    for planned in found:
        click.echo(_line(planned, is_due=planned.pending.due_at <= now))
    click.echo(f"{len(found)} reminders now and within {hours:g} hours")


def _line(planned: Planned, *, is_due: bool) -> str:
    zone = planned.rule.competition.event.timezone
    columns = (
        "now" if is_due else show_datetime(planned.pending.due_at, zone),
        rule_words(planned.rule.anchor, planned.rule.lead),
        planned.entry.code,
        planned.entry.name or "-",
        show_datetime(planned.pending.anchored_at, zone),
        zone,
        "" if planned.pending.has_address else "no address",
    )
    return "\t".join(columns).rstrip()


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
