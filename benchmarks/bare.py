"""The least that Flask can do: what the house is measured against."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue

app = Flask(__name__)


@app.get("/")
def answer() -> ResponseReturnValue:
    """A word of JSON."""
    return {"status": "ok"}
