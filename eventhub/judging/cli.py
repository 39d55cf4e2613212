"""Assigning judges from the command line."""

from __future__ import annotations

import json
from typing import IO

import click
from flask import Flask
from flask.cli import AppGroup

from eventhub.domain import assignment
from eventhub.judging.explaining import explain

LARGEST_FILE = 64_000_000  # bytes

group = AppGroup("judging", help="The work of the judges.")


class _BadInput(click.ClickException):
    exit_code = 2


@group.command("assign")
@click.argument("source", metavar="PROBLEM.json", type=click.File("rb"))
@click.option(
    "--limit",
    type=click.FloatRange(min=0.1, max=86_400),
    default=assignment.LIMIT,
    show_default=True,
    help="Seconds after which the best that is known is printed.",
)
def assign(source: IO[bytes], limit: float) -> None:
    """Assign judges to entries and print the answer as JSON.

    PROBLEM.json, or - for standard input, holds entries, judges, per_entry, conflicts, affinity
    and floor. That a problem has no solution is an answer too; exit 2 where it is no problem.
    """
    try:
        problem = assignment.read(_load(source))
    except assignment.BadProblemError as error:
        raise _BadInput(str(error)) from error
    answer = assignment.solve(problem, limit=limit)
    told = {**answer.to_json(), "explanation": explain(answer)}
    click.echo(json.dumps(told, ensure_ascii=False, allow_nan=False))


def _load(source: IO[bytes]) -> object:
    content = source.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise _BadInput(f"the file has more than {LARGEST_FILE} bytes")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _BadInput(f"not JSON: {error}") from error


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
