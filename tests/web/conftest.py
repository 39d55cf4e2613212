"""What tests of pages can ask for beside the common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from eventhub.app import create_app
from eventhub.db import db
from eventhub.web import rate_storage
from eventhub.web.security import limiter
from tests.browser import Browser


@pytest.fixture
def counted(app: Flask) -> Iterator[Browser]:
    """A visitor of a house that counts requests; the limiter is one for all applications."""
    kept = dict(vars(limiter))
    settings = {key: app.config[key] for key in ("SQLALCHEMY_DATABASE_URI", "FILES_DIR")}
    counting = create_app({**settings, "RATELIMIT_ENABLED": True})
    yield Browser(counting)
    with counting.app_context():
        db.engine.dispose()
    vars(limiter).clear()
    vars(limiter).update(kept)
    rate_storage.bind(app)
