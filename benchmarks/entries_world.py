"""The database of a full season: made, and worked upon in a process of its own.

python -m benchmarks.entries_world make COUNT | export COMPETITION FILE PERSONAL
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import insert, select, text

from eventhub import clock
from eventhub.accounts import service as accounts
from eventhub.accounts.models import Person
from eventhub.app import create_app
from eventhub.circles import reference
from eventhub.circles import service as circles
from eventhub.circles.enums import CircleRole
from eventhub.circles.models import Circle, University
from eventhub.competitions import service as competitions
from eventhub.competitions.models import Competition
from eventhub.db import db, transaction
from eventhub.domain import codes
from eventhub.entries.enums import EntryState
from eventhub.entries.models import Adviser, Entry, Member
from eventhub.entries.queries import EntryFilter
from eventhub.entries.service import export_entries, searching

PASSWORD = "chongqing-2026"  # of people who live for a minute
MEMBERS = 8
BATCH = 250
SEED = 7  # any; it makes two runs alike
SURNAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧单曾覃解"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建文辉玲晓雨晨思佳欣怡子涵浩然"
TOPICS = ("智巡", "嘉陵", "巴渝", "云谷", "山城", "绿芯", "星火", "渝见", "青禾", "深蓝")
THINGS = ("桥梁体检", "净水", "骨科导航", "茶园管家", "无障碍出行", "电池回收", "应急通信", "育种")


def make(count: int) -> dict[str, Any]:
    """A competition with so many entries, each with its team; and who runs it."""
    upgrade()
    reference.load_chongqing()
    organiser = accounts.sign_up("欧丽嘉", email="olga@example.com", password=PASSWORD)
    circle = db.session.scalars(select(Circle).order_by(Circle.code).limit(1)).one()
    circles.grant_role(organiser, circle_id=circle.id, role=CircleRole.ORGANISER)
    competition = _make_competition(circle, organiser)
    competition_id, groups = competition.id, [group.id for group in competition.groups]
    schools = [tuple(row) for row in db.session.execute(select(University.id, University.name))]
    chance = random.Random(SEED)
    for start in range(0, count, BATCH):
        school_ids = [school_id for school_id, _name in schools]
        places = range(start, min(start + BATCH, count))
        _insert([*_entries(chance, competition_id, groups, school_ids, places)])
    with transaction():
        db.session.execute(text("ANALYZE"))
    sample = db.session.execute(
        select(Entry.name, Member.name)
        .join(Member, Member.entry_id == Entry.id)
        .where(Entry.competition_id == competition_id, Member.position == 5)
        .order_by(Entry.code)
        .limit(1)
    ).one()
    return {
        "competition": str(competition_id),
        "email": "olga@example.com",
        "password": PASSWORD,
        "project": sample[0],
        "member": sample[1],
        "school": schools[len(schools) // 2][1],
    }


def _make_competition(circle: Circle, organiser: Person) -> Competition:
    now = clock.now()
    competition = competitions.create_from_template(
        "cicic-2026",
        circle_id=circle.id,
        title="市级复赛",
        edition="2026",
        entries_open_at=now - timedelta(hours=1),
        entries_close_at=now + timedelta(days=1),
        starts_at=now + timedelta(days=9),
        ends_at=now + timedelta(days=10),
        venue="报告厅",
        by=organiser,
    )
    return competitions.open_entries(competition.id, by=organiser)


def _name(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2))))


def _entries(
    chance: random.Random,
    competition_id: uuid.UUID,
    groups: list[uuid.UUID],
    schools: list[uuid.UUID],
    places: range,
) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for at in places:
        captain = uuid.UUID(int=chance.getrandbits(128), version=4)
        yield {
            "entry": {
                "id": uuid.UUID(int=chance.getrandbits(128), version=4),
                "competition_id": competition_id,
                "group_id": groups[at % len(groups)],
                "code": codes.from_bytes(chance.randbytes(32), 6),
                "name": f"{chance.choice(TOPICS)}{chance.choice(THINGS)}{at}号",
                "summary": "做什么，解决谁的什么问题，目前进展如何。" * 8,
                "captain_id": captain,
                "university_id": schools[at % len(schools)],
                "state": chance.choice((EntryState.SUBMITTED, EntryState.APPROVED)),
                "submitted_at": now,
                "saved_at": now,
                "created_at": now,
            },
            "captain": {
                "id": captain,
                "name": _name(chance),
                "email": f"captain{at}@example.com",
                "session_key": f"{at}",
                "created_at": now,
            },
        }


def _insert(rows: list[dict[str, Any]]) -> None:
    """Whole batches of rows, and what they are found by as the house itself writes it."""
    chance = random.Random(str(rows[0]["entry"]["id"]))
    with transaction():
        db.session.execute(insert(Person), [row["captain"] for row in rows])
        db.session.execute(insert(Entry), [row["entry"] for row in rows])
        members, advisers = [], []
        for row in rows:
            entry, captain = row["entry"], row["captain"]
            for position in range(1, MEMBERS + 1):
                members.append(
                    {
                        "entry_id": entry["id"],
                        "position": position,
                        "name": captain["name"] if position == 1 else _name(chance),
                        "university_id": entry["university_id"],
                        "student_number": f"2024{chance.randrange(10**8):08}",
                        "email": f"student{chance.randrange(10**8)}@example.com",
                        "phone": f"138{chance.randrange(10**8):08}",
                        "duty": "算法",
                    }
                )
            advisers.append(
                {"entry_id": entry["id"], "position": 1, "name": _name(chance), "title": "教授"}
            )
        db.session.execute(insert(Member), members)
        db.session.execute(insert(Adviser), advisers)
    with transaction():
        ids = [row["entry"]["id"] for row in rows]
        query = select(Entry).where(Entry.id.in_(ids)).options(*searching.WHOLE)
        for entry in db.session.scalars(query).unique():
            searching.refresh(entry)
    db.session.remove()


def export(competition_id: str, path: str, with_personal: bool) -> dict[str, float]:
    """Everything as a workbook; seconds, and the memory of this process at its highest."""
    organiser = db.session.scalars(select(Person).where(Person.email == "olga@example.com")).one()
    started, cpu = time.perf_counter(), time.process_time()
    book = export_entries(
        uuid.UUID(competition_id), wanted=EntryFilter(), with_personal=with_personal, by=organiser
    )
    content = book.read()
    book.close()
    spent, cpu = time.perf_counter() - started, time.process_time() - cpu
    Path(path).write_bytes(content)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": spent, "cpu": cpu, "peak_mb": peak, "file_mb": len(content) / 1e6}


def main() -> None:
    """Do what is asked, and tell."""
    command, *rest = sys.argv[1:]
    with create_app().app_context():
        if command == "make":
            told: Any = make(int(rest[0]))
        else:
            told = export(rest[0], rest[1], rest[2] == "yes")
        print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
