"""What stands above and rests on standings may say that a round must stay closed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

from eventhub.competitions.models import Round

Guard = Callable[[Round], None]


def add_guard(app: Flask, guard: Guard) -> None:
    """Ask before a closed round is opened again; the guard raises its refusal."""
    app.extensions.setdefault("judging_guards", []).append(guard)


def check_unused(round_: Round) -> None:
    """Refuse to open a round again while something rests on its standings.

    Raises:
        ConflictError: what a guard says.

    """
    for guard in current_app.extensions.get("judging_guards", []):
        guard(round_)
