"""The database of the last minute: made, its deadline set, and read again.

python -m benchmarks.last_minute_world make COUNT | close SECONDS | tell
"""

from __future__ import annotations

import io
import json
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import select, text

from eventhub import clock
from eventhub.accounts import service as accounts
from eventhub.app import create_app
from eventhub.circles import reference
from eventhub.circles import service as circles
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Circle
from eventhub.competitions import service as competitions
from eventhub.competitions.models import Competition
from eventhub.db import db, transaction
from eventhub.demo.documents import plan_pdf
from eventhub.entries import service as entries
from eventhub.entries.models import Entry
from eventhub.entries.service import AdviserDraft, EntryDraft, MemberDraft
from eventhub.entries.service.statements import list_statements

PASSWORD = "chongqing-2026"  # of people who live for a minute


def make(count: int) -> list[dict[str, str]]:
    """A competition that takes entries, and so many captains with complete drafts."""
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
        entries_open_at=now - timedelta(hours=1),
        entries_close_at=now + timedelta(days=1),
        starts_at=now + timedelta(days=9),
        ends_at=now + timedelta(days=10),
        venue="报告厅",
        group_keys=["ug-creative"],
        by=organiser,
    )
    competitions.open_entries(competition.id, by=organiser)
    return list(_captains(competition, circle.university_id, count))


def _captains(
    competition: Competition, school_id: uuid.UUID, count: int
) -> Iterator[dict[str, str]]:
    paper = plan_pdf("项目计划书", ["一段话。"]).getvalue()
    group = competition.groups[0]
    competition_id, group_id, category = competition.id, group.id, group.categories[0]
    for at in range(count):
        email, name = f"captain{at}@example.com", f"最后一分钟项目{at}"
        captain = accounts.sign_up(
            f"负责人{at}", email=email, password=PASSWORD, university_id=school_id
        )
        entry = entries.start_entry(competition_id, group_id=group_id, by=captain)
        members = tuple(
            MemberDraft(f"成员{at}之{n}", school_id, f"2024{at:04}{n}") for n in range(3)
        )
        draft = EntryDraft(
            name=name,
            category=category,
            summary="做什么，解决谁的什么问题。",
            university_id=school_id,
            members=members,
            advisers=(AdviserDraft("周文渊", "教授", "自动化学院"),),
            statements=frozenset(rule.key for rule in list_statements(entry)),
            is_declared=True,
        )
        entries.save_entry(entry.id, version=entry.version, draft=draft, by=captain)
        for slot in entries.list_slots(entry):
            if slot.is_due and slot.requirement.is_required:
                entries.add_document(
                    entry.id,
                    requirement_id=slot.requirement.id,
                    content=io.BytesIO(paper),
                    name="计划书.pdf",
                    by=captain,
                )
        yield {"email": email, "password": PASSWORD, "entry": str(entry.id), "name": name}
        db.session.remove()


def close(seconds: float) -> dict[str, str]:
    """Let the competition close at this moment."""
    at = datetime.fromtimestamp(seconds, UTC)
    with transaction():
        db.session.execute(text("UPDATE competitions SET entries_close_at = :at"), {"at": at})
    return {"closes_at": at.isoformat()}


def tell() -> list[dict[str, Any]]:
    """Every entry, and when it was taken."""
    return [
        {"entry": str(key), "submitted_at": at.timestamp() if at else None}
        for key, at in db.session.execute(select(Entry.id, Entry.submitted_at)).all()
    ]


def main() -> None:
    """Do what the command line says; print it as JSON."""
    word, *rest = sys.argv[1:]
    with create_app().app_context():
        if word == "make":
            done: Any = make(int(rest[0]))
        elif word == "close":
            done = close(float(rest[0]))
        else:
            done = tell()
        print(json.dumps(done, ensure_ascii=False))


if __name__ == "__main__":
    main()
