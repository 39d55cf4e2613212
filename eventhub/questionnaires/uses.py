"""What forms are used for; the slices that use them know, and stand above.

A slice calls ``add_uses`` in its ``register(app)``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app


@dataclass(frozen=True)
class Use:
    """A thing whose people fill the form in.

    ``back`` are (label, address) pairs that lead to it, the nearest last. ``stages`` names, from
    1 on, from when an answer can be required. ``open_count`` and ``closed_count``: answers that
    move on to a new version, and those that keep theirs.
    """

    title: str
    back: tuple[tuple[str, str], ...]
    stages: tuple[str, ...]
    open_count: int = 0
    closed_count: int = 0


UseFinder = Callable[[uuid.UUID], list[Use]]
Runner = Callable[[Any, uuid.UUID], bool]


def add_uses(app: Flask, finder: UseFinder, runner: Runner) -> None:
    """Say how to find what uses a form, and whether a person runs something that does."""
    app.extensions.setdefault("questionnaire_uses", []).append((finder, runner))


def list_uses(questionnaire_id: uuid.UUID) -> list[Use]:
    """Everything that uses a form."""
    return [use for finder, _runner in _known() for use in finder(questionnaire_id)]


def runs_a_use(person: Any, questionnaire_id: uuid.UUID) -> bool:
    """Whether a person runs something that uses the form."""
    return person is not None and any(
        runner(person, questionnaire_id) for _finder, runner in _known()
    )


def _known() -> list[tuple[UseFinder, Runner]]:
    known: list[tuple[UseFinder, Runner]] = current_app.extensions.get("questionnaire_uses", [])
    return known
