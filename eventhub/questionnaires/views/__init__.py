"""Pages on which forms are built."""

from __future__ import annotations

from flask import Flask

from eventhub.audit.subjects import name_by
from eventhub.questionnaires import queries
from eventhub.questionnaires.views import edit, publish
from eventhub.questionnaires.views.blueprint import bp

__all__ = ["edit", "publish", "register"]


def register(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(bp)
    name_by(app, "questionnaires", queries.name_questionnaires)
