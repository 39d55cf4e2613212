"""Whose part of the log someone may read; circles know, and stand beside this slice."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Flask, current_app


class Readable(NamedTuple):
    """A circle whose deeds someone may read."""

    circle_id: uuid.UUID
    code: str
    name: str


Reader = Callable[[Any], list[Readable]]


def read_by(app: Flask, reader: Reader) -> None:
    """Say how to find what a person may read."""
    app.extensions["audit_reader"] = reader


def readable_by(person: Any) -> list[Readable]:
    """What a person may read, nothing for a stranger."""
    reader: Reader | None = current_app.extensions.get("audit_reader")
    return reader(person) if reader is not None and person is not None else []
