"""What both halves of the pages hang on."""

from __future__ import annotations

from flask import Blueprint
from flask_limiter.util import get_remote_address

from eventhub.web.navigation import person

bp = Blueprint("entries", __name__)


def whoever() -> str:
    """By whom requests are counted: the person, since a campus shares one address."""
    someone = person()
    return f"person:{someone.id}" if someone is not None else get_remote_address()
