"""The database of the large film: a captain whose competition asks for one.

python -m benchmarks.uploads_world
"""

from __future__ import annotations

import json
from datetime import timedelta

from flask_migrate import upgrade
from sqlalchemy import select

from eventhub import clock
from eventhub.accounts import service as accounts
from eventhub.app import create_app
from eventhub.circles import reference
from eventhub.circles import service as circles
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Circle
from eventhub.competitions import service as competitions
from eventhub.competitions.service import RequirementDraft
from eventhub.db import db
from eventhub.entries import service as entries

PASSWORD = "chongqing-2026"  # of people who live for a minute


def make() -> dict[str, str]:
    """Everything up to the moment at which the film is chosen."""
    upgrade()
    reference.load_chongqing()
    olga = accounts.sign_up("欧丽嘉", email="olga@example.com", password=PASSWORD)
    circle = db.session.scalars(select(Circle).order_by(Circle.code).limit(1)).one()
    circles.grant_role(olga, circle_id=circle.id, role=CircleRole.ORGANISER)
    now = clock.now()
    competition = competitions.create_from_template(
        "cicic-2026",
        circle_id=circle.id,
        title="校级初赛",
        edition="2026",
        entries_open_at=now - timedelta(hours=1),
        entries_close_at=now + timedelta(days=1),
        starts_at=now + timedelta(days=9),
        ends_at=now + timedelta(days=10),
        venue="报告厅",
        group_keys=["ug-creative"],
        by=olga,
    )
    round_ = competition.rounds[0]
    film = RequirementDraft("展示视频", ["mp4"], 524_288_000, is_required=False)
    competitions.save_requirements(round_.id, drafts=[film], by=olga)
    competitions.open_entries(competition.id, by=olga)
    tia = accounts.sign_up("田佳", email="tia@example.com", password=PASSWORD)
    entry = entries.start_entry(competition.id, group_id=competition.groups[0].id, by=tia)
    requirement = entries.list_slots(entry)[0].requirement
    return {
        "email": "tia@example.com",
        "password": PASSWORD,
        "entry": str(entry.id),
        "requirement": str(requirement.id),
    }


if __name__ == "__main__":
    app = create_app()
    with app.app_context():
        print(json.dumps(make()))
