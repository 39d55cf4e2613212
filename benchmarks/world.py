"""Fill the measured database with the demonstration; print the keys that the scenarios need."""

from __future__ import annotations

import json
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import text

from eventhub.app import create_app
from eventhub.db import db
from eventhub.demo import service

ON_STAGE = (
    "SELECT k.event_id FROM checkpoints k JOIN competitions c ON c.event_id = k.event_id"
    " WHERE c.state = 'closed' LIMIT 1"
)
CODES = (
    "SELECT t.code FROM tickets t JOIN registrations r ON r.id = t.registration_id"
    f" WHERE r.event_id = ({ON_STAGE}) ORDER BY t.code"
)
PUBLISHED = (
    "SELECT e.code FROM events e JOIN competitions c ON c.event_id = e.id"
    " WHERE c.state = 'finished' LIMIT 1"
)


def facts() -> dict[str, Any]:
    """A door, the tickets that it takes, a competition with published results, its staff."""
    door = db.session.scalar(
        text(f"SELECT id FROM checkpoints WHERE event_id = ({ON_STAGE}) LIMIT 1")
    )
    staff = next(one for one in service.SIGN_INS if one.address == "sam")
    return {
        "door": str(door),
        "codes": list(db.session.scalars(text(CODES))),
        "code": db.session.scalar(text(PUBLISHED)),
        "staff": staff.email,
        "password": staff.password,
    }


def main() -> None:
    """Migrate, load, tell."""
    with create_app().app_context():
        upgrade()
        service.load()
        print(json.dumps(facts()))


if __name__ == "__main__":
    main()
