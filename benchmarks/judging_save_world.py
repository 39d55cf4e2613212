"""The database of a final: judges, entries, and the cookies by which each judge is known.

python -m benchmarks.judging_save_world make JUDGES | tell
"""

from __future__ import annotations

import json
import secrets
import sys
import uuid
from contextvars import Context
from datetime import timedelta
from typing import Any

from flask import Flask, Response
from flask_migrate import upgrade
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, select

from eventhub import clock
from eventhub.accounts import service as accounts
from eventhub.accounts.models import Person
from eventhub.accounts.queries import get_person
from eventhub.accounts.sessions import start_session
from eventhub.app import create_app
from eventhub.circles import reference
from eventhub.circles import service as circles
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Circle
from eventhub.competitions import service as competitions
from eventhub.competitions.enums import CompetitionState, RoundState
from eventhub.db import db, transaction
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Entry
from eventhub.judging.models import Panel, PanelJudge, Scoresheet

PASSWORD = "chongqing-2026"  # of people who live for a minute
ENTRIES = 12
PANEL_SIZE = 20


def make(app: Flask, judges: int) -> dict[str, Any]:
    """An open round of some entries, heard by panels of judges."""
    upgrade()
    reference.load_chongqing()
    organiser = accounts.sign_up("欧丽嘉", email="olga@example.com", password=PASSWORD)
    circle = db.session.scalars(select(Circle).order_by(Circle.code).limit(1)).one()
    circles.grant_role(organiser, circle_id=circle.id, role=CircleRole.ORGANISER)
    now = clock.now()
    competition = competitions.create_from_template(
        "cicic-2026",
        circle_id=circle.id,
        title="校级初赛",
        edition="2026",
        entries_open_at=now - timedelta(days=9),
        entries_close_at=now - timedelta(hours=1),
        starts_at=now,
        ends_at=now + timedelta(days=1),
        venue="报告厅",
        group_keys=["ug-creative"],
        by=organiser,
    )
    group, round_ = competition.groups[0], competition.rounds[0]
    rubric = round_.rubrics[0]
    with transaction():
        competition.state = CompetitionState.OPEN
        round_.state, round_.opened_at = RoundState.OPEN, now
        captains, people = _people("负责人", ENTRIES), _people("评委", judges)
        entries = [
            Entry(
                competition_id=competition.id,
                group_id=group.id,
                captain_id=captains[at].id,
                name=f"决赛项目{at}",
                code=f"FNL{at:03}",
                state=EntryState.APPROVED,
                saved_at=now,
                submitted_at=now,
            )
            for at in range(ENTRIES)
        ]
        panels = [
            Panel(round_id=round_.id, name=f"第{at + 1}组")
            for at in range(-(-judges // PANEL_SIZE))
        ]
        db.session.add_all([*entries, *panels])
        db.session.flush()
        db.session.add_all(
            PanelJudge(
                panel_id=panels[at // PANEL_SIZE].id,
                round_id=round_.id,
                person_id=person.id,
                position=at % PANEL_SIZE,
            )
            for at, person in enumerate(people)
        )
    return {
        "round": str(round_.id),
        "entries": [str(entry.id) for entry in entries],
        "criteria": {line.key: f"{line.points_max:f}" for line in rubric.criteria},
        "judges": [
            {"id": str(person.id), **Context().run(_session, app, person.id)} for person in people
        ],
    }


def _people(name: str, count: int) -> list[Person]:
    """So many people who exist."""
    people = [Person(name=f"{name}{at}", session_key=secrets.token_hex(16)) for at in range(count)]
    db.session.add_all(people)
    db.session.flush()
    return people


def _session(app: Flask, person_id: uuid.UUID) -> dict[str, str]:
    """A cookie and its CSRF token; the way in has a measure of its own.

    Called in a fresh context: an application's context around it would share one person's token.
    """
    with app.test_request_context():
        start_session(get_person(person_id))
        token = generate_csrf()
        answer = app.process_response(Response())
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    return {"cookie": f"{name}={rest.partition(';')[0]}", "token": token}


def tell() -> dict[str, int]:
    """How many sheets there are, and how many saves they have seen."""
    count, saves = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Scoresheet.version), 0))
    ).one()
    return {"sheets": count, "saves": int(saves)}


def main() -> None:
    """Do what the command line says; print it as JSON."""
    app = create_app()
    with app.app_context():
        done = make(app, int(sys.argv[2])) if sys.argv[1] == "make" else tell()
        print(json.dumps(done, ensure_ascii=False))


if __name__ == "__main__":
    main()
