"""The house, put together."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import secrets
from typing import Any

from flask import Flask, g, has_request_context, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from eventhub import i18n, worker
from eventhub.db import db, migrate
from eventhub.web import errors, jinja, security

# lower floors first
SLICES = (
    "web",
    "accounts",
    "circles",
    "audit",
    "files",
    "notifications",
    "questionnaires",
    "events",
    "competitions",
    "entries",
    "roadshows",
    "judging",
    "checkin",
    "outcomes",
    "statistics",
    "reminders",
    "api",
    "demo",
)


class _Json(DefaultJSONProvider):
    """Chinese stays readable; a body nested too deep is as malformed as any other."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deep") from error


def create_app(settings: dict[str, Any] | None = None) -> Flask:
    """Build the application; with ``settings``, for a test with exactly these."""
    chosen = config.TestingConfig if settings is not None else config.current()
    app = Flask(
        "eventhub",
        root_path=str(config.ROOT / "eventhub"),
        template_folder=str(config.ROOT / "templates"),
        static_folder=str(config.ROOT / "static"),
        instance_path=str(config.INSTANCE),
    )
    app.config.from_object(chosen)
    app.config.update(chosen.load())
    app.config.update(settings or {})
    app.json = _Json(app)
    _log(app)
    if app.config["TRUSTED_PROXIES"]:
        count = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    db.init_app(app)
    migrate.init_app(app, db, directory=str(config.ROOT / "migrations"))
    i18n.babel.init_app(app, locale_selector=i18n.choose_locale)
    jinja.register(app)
    errors.register(app)
    security.register(app)
    for name in SLICES:
        _mount(app, name)
    importlib.import_module("eventhub.judging.scoring_cli").register(app)
    worker.register(app)
    return app


def _mount(app: Flask, name: str) -> None:
    """Load a slice's parts; ``views`` and ``cli`` register themselves, ``jobs`` by import."""
    for part in ("models", "jobs", "views", "cli"):
        module = f"eventhub.{name}.{part}"
        spec = importlib.util.find_spec(module)
        if spec is None or spec.origin is None:  # not there, or a folder without code
            continue
        loaded = importlib.import_module(module)
        if part in {"views", "cli"}:
            loaded.register(app)


class _RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = g.get("request_id", "-") if has_request_context() else "-"
        return True


_PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request_id"}


class _Formatter(logging.Formatter):
    """A line of words, then the facts given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        facts = {k: v for k, v in vars(record).items() if k not in _PLAIN}
        return f"{line} {facts}" if facts else line


def _log(app: Flask) -> None:
    handler = logging.StreamHandler()
    handler.addFilter(_RequestId())
    handler.setFormatter(
        _Formatter("%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s")
    )
    hub = logging.getLogger("eventhub")
    hub.handlers[:] = [handler]
    hub.setLevel(app.config["LOG_LEVEL"])
    hub.propagate = app.testing

    @app.before_request
    def name_request() -> None:
        g.request_id = request.headers.get("X-Request-Id", "")[:40] or secrets.token_hex(6)
