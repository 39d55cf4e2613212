"""Who is at the keyboard: starting a session, and what a personal link has opened."""

from __future__ import annotations

import uuid

from flask import session
from flask_login import login_user

from eventhub import clock
from eventhub.accounts.errors import LinkExpiredError
from eventhub.accounts.models import Person, PersonalLink
from eventhub.db import db
from eventhub.web.access import LINK_SCOPE

LINK_ID = "link_id"  # session key: by which personal link this session was opened


def start_session(
    person: Person, *, scope: str | None = None, link_id: uuid.UUID | None = None
) -> None:
    """Sign someone in, fully or through a personal link of a scope; keep only the language."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    session.permanent = True
    if scope is not None:
        session[LINK_SCOPE] = scope
    if link_id is not None:
        session[LINK_ID] = str(link_id)
    login_user(person)


def held_link() -> PersonalLink | None:
    """The personal link that opened this session; None when a password did.

    Asked at every request, so that withdrawing a link also ends what it opened.

    Raises:
        LinkExpiredError: past its time, or withdrawn since.

    """
    held = session.get(LINK_ID)
    if held is None:
        return None
    link = db.session.get(PersonalLink, uuid.UUID(held))
    if link is None or link.revoked_at is not None or clock.now() >= link.expires_at:
        raise LinkExpiredError
    return link
