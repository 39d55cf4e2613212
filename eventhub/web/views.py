"""Pages that belong to no slice: desk, language, privacy, styleguide, health."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from eventhub import clock
from eventhub.db import db
from eventhub.errors import NotFoundError
from eventhub.i18n import LOCALES, lazy
from eventhub.web.access import me, public, signed_in
from eventhub.web.navigation import NavEntry, add_nav, panels
from eventhub.web.stylesheets import style_response
from eventhub.web.urls import safe_next

bp = Blueprint("web", __name__)


@bp.get("/desk")
@signed_in
def desk() -> ResponseReturnValue:
    """What waits for this person, from every slice."""
    return render_template("web/desk.html", panels=panels(), person=me())


@bp.post("/locale/<locale>")
@public
def set_locale(locale: str) -> ResponseReturnValue:
    """Remember the language."""
    if locale not in LOCALES:
        raise NotFoundError
    session["locale"] = locale
    return redirect(safe_next(request.values.get("next"), "/"))


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept, why, and for how long."""
    return render_template("web/privacy.html")


@bp.get("/style.css")
@public
def style() -> ResponseReturnValue:
    """The style of every page."""
    return style_response()


@bp.get("/styleguide")
@public
def styleguide() -> ResponseReturnValue:
    """Every component in one place."""
    return render_template("styleguide.html")


@bp.get("/healthz")
@public
def health() -> ResponseReturnValue:
    """Whether this process reaches its database."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}


@bp.get("/time")
@public
def time() -> ResponseReturnValue:
    """The server's clock, for countdowns on devices whose own is wrong."""
    return {"now": clock.now().isoformat()}


def register(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(bp)
    add_nav(
        app, NavEntry(20, lazy("工作台"), "web.desk", "layout-dashboard", lambda p: p is not None)
    )
